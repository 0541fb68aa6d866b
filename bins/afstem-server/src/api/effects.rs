//! Booking, sending and payments: what would happen, and carrying out exactly that.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use sync_app::office::Job;
use sync_app::{Language, due_invoices_json};
use tenancy::Scope;

use super::Problem;
use super::acts::begin;
use super::caller::Caller;
use super::once::once;
use super::problem::Refusals;
use super::views::{Begun, EffectsOrder};
use crate::server::Server;

type Body<T> = Result<Json<T>, JsonRejection>;

/// Finds out what could be booked, sent and registered. Comes back at once; `GET /effects` shows it when `/work` says that it
/// is done.
#[utoipa::path(
    post, path = "/api/v1/effects/preview", params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 202, body = Begun), Refusals)
)]
pub(super) async fn preview_effects(
    State(server): State<Server>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.needs(Scope::Sync)?;
    once(&server, &caller, &headers, "effects preview", async { begin(&server, &caller, Job::PreviewEffects) }).await
}

/// What could be booked, sent and registered, as it was asked for last.
#[utoipa::path(get, path = "/api/v1/effects", responses((status = 200, body = serde_json::Value), Refusals))]
pub(super) async fn due(State(server): State<Server>, caller: Caller) -> Result<Json<Value>, Problem> {
    caller.needs(Scope::Read)?;
    let last = server.office().desk(&caller.connection.id).last();
    let none =
        || Problem::new(StatusCode::NOT_FOUND, "nobody asked what could be booked; POST /api/v1/effects/preview");
    let last = last.ok_or_else(none)?;
    let mut document = due_invoices_json(last.due().ok_or_else(none)?, Language::En);
    document["seen"] = json!(last.at.to_rfc3339());
    Ok(Json(document))
}

/// Carries out exactly what `GET /effects` showed, each at most once. It cannot be undone.
#[utoipa::path(
    post, path = "/api/v1/effects", request_body = EffectsOrder,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 202, body = Begun), Refusals)
)]
pub(super) async fn carry_out(
    State(server): State<Server>,
    caller: Caller,
    headers: HeaderMap,
    body: Body<EffectsOrder>,
) -> Result<Response, Problem> {
    caller.needs(Scope::Sync)?;
    let Json(order) = body?;
    let what = format!("effects {}", order.seen);
    let act = async {
        let last = server.office().desk(&caller.connection.id).last();
        let last = last.filter(|last| last.at.to_rfc3339() == order.seen);
        let moved = || Problem::new(StatusCode::CONFLICT, "that is not what was shown last; look again");
        let due = last.as_ref().and_then(|last| last.due()).ok_or_else(moved)?;
        begin(&server, &caller, Job::Effects(Arc::clone(due)))
    };
    once(&server, &caller, &headers, &what, act).await
}
