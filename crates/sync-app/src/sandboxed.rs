//! Both sandboxes, served on this machine or called directly.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use api_transport::{Transport, TransportError};
use async_trait::async_trait;
use bytes::Bytes;
use sandbox::{Reply, Sandbox};
use sync_run::Clock;

/// Carries requests into a sandbox in the same process.
pub(crate) struct SandboxTransport<S> {
    sandbox: Arc<Mutex<S>>,
    clock: Arc<dyn Clock>,
}

impl<S> fmt::Debug for SandboxTransport<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SandboxTransport")
    }
}

impl<S> SandboxTransport<S> {
    pub(crate) fn new(sandbox: Arc<Mutex<S>>, clock: Arc<dyn Clock>) -> Self {
        Self { sandbox, clock }
    }
}

#[async_trait]
impl<S: Sandbox> Transport for SandboxTransport<S> {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let reply = {
            let mut sandbox = self.sandbox.lock().unwrap_or_else(PoisonError::into_inner);
            sandbox.handle(&request, self.clock.now())
        };
        // A real exchange lets others run; this one does, too.
        tokio::task::yield_now().await;
        match reply {
            Reply::Answer(response) => Ok(response),
            Reply::NoAnswer => Err(TransportError::Lost {
                host: request.uri().host().unwrap_or_default().to_owned(),
                reason: "the sandbox gave no answer".to_owned(),
            }),
        }
    }
}
