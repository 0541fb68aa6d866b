//! The port through which every request goes, and the two ways in which it can fail.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::Stream;

/// A body that arrives piece by piece.
pub type BodyStream = Pin<Box<dyn Stream<Item = Result<Bytes, TransportError>> + Send>>;

/// Carries one request and brings its response back. Any HTTP status is a response, not an error.
#[async_trait]
pub trait Transport: fmt::Debug + Send + Sync {
    /// Sends `request` once.
    ///
    /// # Errors
    /// [`TransportError::NotSent`] when it certainly had no effect, [`TransportError::Lost`] when nobody can say.
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError>;

    /// Sends `request` once and hands the body on as it arrives. Without an implementation of its own, all at once.
    ///
    /// # Errors
    /// As for [`send`](Self::send); an error in mid-body comes through the stream.
    async fn stream(&self, request: http::Request<Bytes>) -> Result<http::Response<BodyStream>, TransportError> {
        let response = self.send(request).await?;
        Ok(response.map(|body| Box::pin(futures::stream::once(async { Ok(body) })) as BodyStream))
    }
}

#[async_trait]
impl<T: Transport + ?Sized> Transport for Arc<T> {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        (**self).send(request).await
    }

    async fn stream(&self, request: http::Request<Bytes>) -> Result<http::Response<BodyStream>, TransportError> {
        (**self).stream(request).await
    }
}

/// Why no response came. The text never holds a credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The request never reached the server: no connection, no such host, bad TLS.
    #[error("could not reach {host}: {reason}")]
    NotSent {
        /// The host that was tried.
        host: String,
        /// What went wrong, without the URL's query.
        reason: String,
    },
    /// The request may have reached the server, and its answer is lost: a time-out, a connection broken in mid-flight.
    #[error("no answer from {host}: {reason}")]
    Lost {
        /// The host that was asked.
        host: String,
        /// What went wrong, without the URL's query.
        reason: String,
    },
}

impl TransportError {
    /// Whether a write sent with this request may have taken effect.
    #[must_use]
    pub fn outcome_unknown(&self) -> bool {
        match self {
            Self::NotSent { .. } => false,
            Self::Lost { .. } => true,
        }
    }
}
