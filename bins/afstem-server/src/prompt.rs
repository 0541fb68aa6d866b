//! Who connects has to say something soon. Until then nobody knows which kind of HTTP he speaks, and no other clock runs.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum_server::accept::Accept;
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// So many bytes tell for certain which HTTP it is; the shortest request that is answered has more.
const ENOUGH: usize = 24;

/// Lets in whom `accept` lets in, and sends him away when he does not say enough within `patience`.
#[derive(Debug, Clone)]
pub(crate) struct Prompt<A> {
    pub(crate) accept: A,
    pub(crate) patience: Duration,
}

impl<A, I, S> Accept<I, S> for Prompt<A>
where
    A: Accept<I, S>,
    A::Future: Send + 'static,
    A::Stream: Send,
    A::Service: Send,
{
    type Stream = PromptStream<A::Stream>;
    type Service = A::Service;
    type Future = BoxFuture<'static, io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let (accepted, patience) = (self.accept.accept(stream, service), self.patience);
        let prompt = move |(inner, service)| {
            let silence = Some(Box::pin(tokio::time::sleep(patience)));
            (PromptStream { inner, silence, said: 0 }, service)
        };
        accepted.map(move |it| it.map(prompt)).boxed()
    }
}

/// A connection that ends by itself unless enough comes.
#[derive(Debug)]
pub(crate) struct PromptStream<I> {
    inner: I,
    /// Runs until enough was said.
    silence: Option<Pin<Box<Sleep>>>,
    said: usize,
}

impl<I: AsyncRead + Unpin> AsyncRead for PromptStream<I> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        if let Poll::Ready(read) = Pin::new(&mut self.inner).poll_read(context, into) {
            self.said = self.said.saturating_add(into.filled().len() - before);
            if self.said >= ENOUGH {
                self.silence = None;
            }
            return Poll::Ready(read);
        }
        match &mut self.silence {
            Some(silence) => {
                ready!(silence.as_mut().poll(context));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
            None => Poll::Pending,
        }
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for PromptStream<I> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}
