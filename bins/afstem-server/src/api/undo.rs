//! Undo: what it would do, and doing it.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use sync_app::office::{Job, UndoTarget};
use sync_app::{Language, undo_json};
use tenancy::Scope;

use super::Problem;
use super::acts::begin;
use super::caller::Caller;
use super::once::once;
use super::problem::Refusals;
use super::views::{Begun, UndoOrder};
use crate::server::Server;

type Body<T> = Result<Json<T>, JsonRejection>;

/// Finds out what undoing a run, a record or one field would do. Comes back at once; `GET /undo` shows it when `/work` says
/// that it is done.
#[utoipa::path(
    post, path = "/api/v1/undo/preview", request_body = UndoOrder,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 202, body = Begun), Refusals)
)]
pub(super) async fn preview_undo(
    State(server): State<Server>,
    caller: Caller,
    headers: HeaderMap,
    body: Body<UndoOrder>,
) -> Result<Response, Problem> {
    undoing(&server, &caller, &headers, body, Job::PreviewUndo).await
}

/// Undoes a run, a record or one field, as far as nobody edited it since. It is a run of its own and can be undone.
#[utoipa::path(
    post, path = "/api/v1/undo", request_body = UndoOrder,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 202, body = Begun), Refusals)
)]
pub(super) async fn undo(
    State(server): State<Server>,
    caller: Caller,
    headers: HeaderMap,
    body: Body<UndoOrder>,
) -> Result<Response, Problem> {
    undoing(&server, &caller, &headers, body, Job::Undo).await
}

async fn undoing(
    server: &Server,
    caller: &Caller,
    headers: &HeaderMap,
    body: Body<UndoOrder>,
    job: impl FnOnce(UndoTarget) -> Job,
) -> Result<Response, Problem> {
    caller.needs(Scope::Sync)?;
    let Json(order) = body?;
    let target = UndoTarget { what: order.target, field: order.field };
    let job = job(target.clone());
    let what = format!("{} {target:?}", job.word());
    let act = async {
        server.office().app(&caller.connection)?.may_undo(&target).await?;
        begin(server, caller, job)
    };
    once(server, caller, headers, &what, act).await
}

/// What undoing would do, as it was asked for last.
#[utoipa::path(get, path = "/api/v1/undo", responses((status = 200, body = serde_json::Value), Refusals))]
pub(super) async fn would_undo(State(server): State<Server>, caller: Caller) -> Result<Json<Value>, Problem> {
    caller.needs(Scope::Read)?;
    let last = server.office().desk(&caller.connection.id).last();
    let none = || Problem::new(StatusCode::NOT_FOUND, "nobody asked what undoing would do; POST /api/v1/undo/preview");
    let (target, preview) = last.as_ref().and_then(|last| last.would_undo()).ok_or_else(none)?;
    let mut document = undo_json(preview, Language::En);
    document["target"] = json!(target.what);
    document["field"] = json!(target.field);
    Ok(Json(document))
}
