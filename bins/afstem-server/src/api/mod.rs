//! The HTTP API, `/api/v1`: what the pages can do, for other programs. Each token is for one connection, so that no request
//! names one, and none can name another's.

mod acts;
mod caller;
mod effects;
mod inbox;
mod once;
mod problem;
mod reads;
mod undo;
mod views;

use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use axum::{Json, Router};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) use problem::Problem;

use crate::server::Server;

/// The largest body: a mapping file is the longest thing anybody sends.
const LARGEST_BODY: usize = 512 * 1024;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Afstem",
        description = "Keeps Simply CRM and Dinero in agreement. Each token belongs to one connection; its scopes are `read`, \
                       `sync` and `settings`. Errors are RFC 9457 problem documents. A POST with an `Idempotency-Key` is \
                       carried out once; its answer is given again for a day.",
        license(name = "MIT OR Apache-2.0")
    ),
    servers((url = "/")),
    components(schemas(Problem)),
    modifiers(&Bearer),
    security(("token" = []))
)]
struct Document;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        document.components.get_or_insert_default().add_security_scheme("token", bearer);
    }
}

fn described() -> OpenApiRouter<Server> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(reads::connection))
        .routes(routes!(reads::status))
        .routes(routes!(reads::settings, acts::change_settings))
        .routes(routes!(reads::mapping, acts::change_mapping))
        .routes(routes!(reads::work))
        .routes(routes!(reads::plan))
        .routes(routes!(reads::runs))
        .routes(routes!(reads::run))
        .routes(routes!(reads::record))
        .routes(routes!(reads::why))
        .routes(routes!(reads::notes))
        .routes(routes!(inbox::inbox))
        .routes(routes!(inbox::decide))
        .routes(routes!(acts::sync))
        .routes(routes!(acts::preview))
        .routes(routes!(acts::stop))
        .routes(routes!(acts::check))
        .routes(routes!(acts::push))
        .routes(routes!(acts::reconcile))
        .routes(routes!(undo::preview_undo))
        .routes(routes!(undo::would_undo, undo::undo))
        .routes(routes!(effects::preview_effects))
        .routes(routes!(effects::due, effects::carry_out))
}

/// The description of the API, as it is served.
#[cfg(test)]
pub(crate) fn document() -> utoipa::openapi::OpenApi {
    described().split_for_parts().1
}

pub(crate) fn router() -> Router<Server> {
    let (router, document) = described().split_for_parts();
    router
        .route("/api/v1/openapi.json", get(move || async { Json(document) }))
        .route("/api/v1/{*rest}", axum::routing::any(|| async { Problem::not_found() }))
        .method_not_allowed_fallback(|| async { Problem::wrong_method() })
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
}
