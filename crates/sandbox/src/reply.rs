//! What a stand-in gives back for a request.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Request, Response};

/// The outcome of one request.
#[derive(Debug)]
pub enum Reply {
    /// The server answered.
    Answer(Response<Bytes>),
    /// The connection ended, or nothing came, before an answer.
    NoAnswer,
}

/// A server that is a function of a request, its own state and the time.
pub trait Sandbox {
    /// Handles one request at the given moment.
    fn handle(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Reply;
}
