//! Whether it lives, whether it is ready for more, and what it counted.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;

use crate::fault::Fault;
use crate::guard::client_address;
use crate::server::Server;

/// The process answers.
pub(crate) async fn live() -> &'static str {
    "ok"
}

/// The database answers, and nobody asked the server to stop.
pub(crate) async fn ready(State(server): State<Server>) -> Response {
    if server.is_leaving() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping").into_response();
    }
    match server.registry().ping().await {
        Ok(()) => "ok".into_response(),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "database").into_response()
        }
    }
}

/// For Prometheus on this machine, or behind one of our proxies. It holds numbers only, but nobody else's business.
pub(crate) async fn metrics(State(server): State<Server>, request: Request) -> Result<Response, Fault> {
    let (parts, _) = request.into_parts();
    let address = client_address(&server, &parts);
    let ours = address.is_loopback() || server.manners().proxies.iter().any(|net| net.contains(&address));
    if !ours {
        return Err(Fault::NotFound);
    }
    let text = server.metrics().text(server.office().at_work()).map_err(|_| Fault::NotFound)?;
    Ok(([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response())
}
