//! How one HTTP exchange leaves the process, and what may be done when it fails.
//!
//! [`Transport`] is the port: an `http::Request` goes in, an `http::Response` comes out. [`HttpTransport`] is the one
//! that uses a network; tests and simulations bring their own, such as a function over an in-memory sandbox.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod transport;

pub use transport::{Transport, TransportError};
