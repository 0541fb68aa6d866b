//! Everything that is served, and what stands before it.

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use http::StatusCode;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;

use crate::fault::Fault;
use crate::guard::{own_origin, strict_headers};
use crate::server::Server;
use crate::{api, assets, hooks, pages, probes};

/// How long a client may be silent in the middle of a body.
const SILENCE: Duration = Duration::from_secs(10);
/// The largest webhook that is read. What it says is not looked at anyway.
const LARGEST_HOOK: usize = 64 * 1024;

pub(crate) fn all(server: &Server) -> Router {
    let hooks =
        Router::new().route("/hooks/{id}/{secret}", post(hooks::hint)).layer(DefaultBodyLimit::max(LARGEST_HOOK));
    let probes = Router::new()
        .route("/health/live", get(probes::live))
        .route("/health/ready", get(probes::ready))
        .route("/metrics", get(probes::metrics));
    let pages = pages::router()
        .route("/static/{version}/{name}", get(assets::file))
        .layer(from_fn_with_state(server.clone(), own_origin));
    Router::new()
        .merge(pages)
        .merge(api::router())
        .merge(hooks)
        .merge(probes)
        .fallback(|| async { Fault::NotFound })
        .layer(RequestBodyTimeoutLayer::new(SILENCE))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(server.clone(), strict_headers))
        .with_state(server.clone())
}

/// A fault of ours ends one answer, not the server. What it was stands in the log.
#[expect(clippy::needless_pass_by_value, reason = "that is how the layer calls it")]
fn panicked(panic: Box<dyn std::any::Any + Send>) -> axum::response::Response {
    let what = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(what, "a handler panicked");
    (StatusCode::INTERNAL_SERVER_ERROR, "500").into_response()
}
