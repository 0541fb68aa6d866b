//! Who may do what with which connection, and what a server remembers of that.
//!
//! An [`Account`] signs in with a password and gets a [`Session`]. A [`Connection`] is one pair of systems with its
//! settings and its sealed secrets; a [`Role`] says what an account may do there, a [`Scope`] what an [`ApiToken`] may.
//! The [`Registry`] is the port that remembers it all; the stores implement it. Nothing in here sends, prints or knows HTTP.
//!
//! # Guarantees
//! - A password, a session's secret and a token's secret cannot be read back from what is remembered: only digests are.
//! - A sealed secret opens with the key it was sealed with, for the connection and the setting it was sealed for, and
//!   for no other.

mod account;
#[cfg(feature = "conformance")]
pub mod conformance;
mod connection;
mod note;
mod password;
mod registry;
mod seal;
mod secret;
mod session;
mod throttle;
mod token;

pub use account::{Account, AccountId, Role};
pub use connection::{Connection, ConnectionId};
pub use note::{Actor, Note};
pub use password::{PasswordHash, TooShort};
pub use registry::{Answer, AnswerKey, Claim, Registry, RegistryError};
pub use seal::{KeyRing, SealError, Sealed};
pub use secret::{Digest, fresh};
pub use session::Session;
pub use throttle::{Failures, Throttle};
pub use token::{ApiToken, Scope};
