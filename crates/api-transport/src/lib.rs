//! How one HTTP exchange leaves the process, and what may be done when it fails.
//!
//! [`Transport`] is the port: an `http::Request` goes in, an `http::Response` comes out. [`HttpTransport`] is the one
//! that uses a network; tests and simulations bring their own, such as a function over an in-memory sandbox.
//! [`Courier`] carries a request through a rate limit ([`Pacer`]) and a retry policy ([`RetryPolicy`]), and counts it.
//!
//! ```
//! use api_transport::BaseUrl;
//!
//! assert!(BaseUrl::parse("https://firma.simply-crm.dk/index.php").is_ok());
//! assert!(BaseUrl::parse("http://127.0.0.1:8080").is_ok(), "this machine may be reached without encryption");
//! assert!(BaseUrl::parse("http://firma.simply-crm.dk").unwrap_err().is_insecure());
//! ```

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod base_url;
mod budget;
mod courier;
mod gate;
mod limits;
mod network;
mod pace;
mod reach;
mod redact;
mod retry;
mod transport;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use base_url::{BaseUrl, BaseUrlError};
pub use budget::ErrorBudget;
pub use courier::{Courier, Errand, MayHaveHappened, Usage};
pub use gate::{Gate, only_while};
pub use limits::Limits;
pub use network::{HttpSettings, HttpTransport, NetworkError};
pub use pace::{Pacer, SlidingWindow, Unpaced};
pub use redact::redacted;
pub use retry::{Decision, Failure, RetryPolicy, Safety, SoFar, retry_after};
pub use transport::{BodyStream, Transport, TransportError};
