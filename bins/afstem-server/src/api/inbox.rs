//! What waits for a person, and what was decided.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde_json::json;
use sync_app::{Language, Reply, Side, Word};
use tenancy::Scope;

use super::Problem;
use super::caller::Caller;
use super::once::once;
use super::problem::Refusals;
use super::views::{Decided, DecisionWord};
use crate::server::Server;

type Body<T> = Result<Json<T>, JsonRejection>;
type Named<T> = Result<Path<T>, PathRejection>;

/// What waits for a person, as `afstem held --json` prints it.
#[utoipa::path(get, path = "/api/v1/inbox", responses((status = 200, body = Vec<serde_json::Value>), Refusals))]
pub(super) async fn inbox(
    State(server): State<Server>,
    caller: Caller,
) -> Result<Json<Vec<serde_json::Value>>, Problem> {
    caller.needs(Scope::Read)?;
    let inbox = server.office().app(&caller.connection)?.inbox().await?;
    Ok(Json(inbox.entries().iter().map(|entry| entry.to_json(Language::En)).collect()))
}

/// Takes down what a person decided about something in the inbox. The next synchronisation follows it.
#[utoipa::path(
    post, path = "/api/v1/inbox/{entry}", request_body = Decided,
    params(("entry" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = serde_json::Value), Refusals)
)]
pub(super) async fn decide(
    State(server): State<Server>,
    caller: Caller,
    headers: HeaderMap,
    named: Named<String>,
    body: Body<Decided>,
) -> Result<Response, Problem> {
    caller.needs(Scope::Sync)?;
    let (Path(entry), Json(decided)) = (named?, body?);
    let what = format!("decide {entry} {decided:?}");
    let act = async {
        let app = server.office().app(&caller.connection)?;
        let word = Word { by: format!("token {}", caller.token.id), given: true };
        let fields: Vec<String> = decided.field.iter().cloned().collect();
        let answered = match decided.decision {
            DecisionWord::Approve => app.answer(&entry, Reply::Approve, &word).await?,
            DecisionWord::Reject => app.answer(&entry, Reply::Reject, &word).await?,
            DecisionWord::Dinero => app.resolve(&entry, Side::Left, &fields, &word).await?,
            DecisionWord::Simplycrm => app.resolve(&entry, Side::Right, &fields, &word).await?,
        };
        let detail = json!({ "entry": entry, "decision": decided.decision });
        server.office().note(caller.actor(), Some(&caller.connection.id), "decided", detail).await?;
        Ok((StatusCode::OK, answered.to_json(Language::En)))
    };
    once(&server, &caller, &headers, &what, act).await
}
