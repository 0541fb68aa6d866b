//! Any sandbox on a socket of this machine, so that it can be tried by hand and by other programs.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::{Reply, Sandbox};

/// The largest request that is read.
const MOST_BYTES: usize = 16 << 20;

/// A sandbox that is being served.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Server {
    /// Stops serving.
    pub async fn stop(self) {
        // The receiver is gone only when serving has ended already.
        let _ = self.stop.send(());
        let _ = self.task.await;
    }
}

/// Serves `sandbox` on a free port of the loopback address.
///
/// # Errors
/// When no port can be had.
pub async fn serve<S: Sandbox + Send + 'static>(sandbox: Arc<Mutex<S>>) -> std::io::Result<Server> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel();
    let router = Router::new().fallback(answer::<S>).with_state(sandbox);
    let task = tokio::spawn(async move {
        let serving = axum::serve(listener, router).with_graceful_shutdown(async {
            let _ = stopped.await;
        });
        // A server that cannot go on ends; whoever asks it notices.
        let _ = serving.await;
    });
    Ok(Server { address, stop, task })
}

async fn answer<S: Sandbox + Send + 'static>(State(sandbox): State<Arc<Mutex<S>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MOST_BYTES).await else { return broken() };
    let request = http::Request::from_parts(parts, body);
    let reply = sandbox.lock().unwrap_or_else(PoisonError::into_inner).handle(&request, chrono::Utc::now());
    match reply {
        Reply::Answer(response) => response.map(Body::from),
        Reply::NoAnswer => broken(),
    }
}

/// A response whose body breaks off, so that the connection ends without an answer.
fn broken() -> Response {
    let nothing = std::io::Error::new(std::io::ErrorKind::ConnectionAborted, "no answer");
    let body = futures::stream::once(async move { Err::<bytes::Bytes, _>(nothing) });
    let mut response = Response::new(Body::from_stream(body));
    response.headers_mut().insert(http::header::CONTENT_LENGTH, 1.into());
    response
}
