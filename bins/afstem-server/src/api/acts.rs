//! What can be done.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use secrecy::SecretString;
use serde_json::json;
use sync_app::office::Job;
use sync_app::{Language, ModuleName, Say, form};
use tenancy::{Connection, Scope};

use super::Problem;
use super::caller::Caller;
use super::once::once;
use super::problem::Refusals;
use super::views::{
    Begun, DifferenceView, MappingChange, MappingText, SettingsChange, SettingsChanged, StatusView, SyncOrder,
};
use crate::server::Server;

type Body<T> = Result<Json<T>, JsonRejection>;
type Named<T> = Result<Path<T>, PathRejection>;

/// Changes settings, or says what a change would do.
#[utoipa::path(
    patch, path = "/api/v1/settings", request_body = SettingsChange,
    responses((status = 200, body = SettingsChanged), Refusals)
)]
pub(super) async fn change_settings(
    State(server): State<Server>,
    caller: Caller,
    body: Body<SettingsChange>,
) -> Result<Json<SettingsChanged>, Problem> {
    caller.needs(Scope::Settings)?;
    let Json(asked) = body?;
    let office = server.office();
    if let Some(key) = asked.settings.keys().find(|key| form::Field::of(key).is_none() || office.gives(key)) {
        return Err(Problem::unusable(format!("`{key}` is no setting of a connection")));
    }
    let entered: BTreeMap<String, SecretString> =
        asked.settings.into_iter().map(|(key, text)| (key, text.into())).collect();
    let change = office.change(&caller.connection, &entered)?;
    if let Some(wrong) = &change.wrong {
        return Err(Problem::unusable(wrong.say(Language::En)));
    }
    let differences: Vec<DifferenceView> = change
        .differences
        .iter()
        .map(|it| DifferenceView {
            key: it.field.key.to_owned(),
            old: it.old.clone(),
            new: it.new.clone(),
            consequences: it.consequences(Language::En),
        })
        .collect();
    if asked.dry_run || differences.is_empty() {
        return Ok(Json(SettingsChanged { version: caller.connection.version, saved: false, differences }));
    }
    let saved = put(&server, Connection { version: asked.version, ..change.connection }).await?;
    let told: BTreeMap<&str, [&str; 2]> =
        change.differences.iter().map(|it| (it.field.key, [it.old.as_str(), it.new.as_str()])).collect();
    office.note(caller.actor(), Some(&saved.id), "settings-changed", json!(told)).await?;
    Ok(Json(SettingsChanged { version: saved.version, saved: true, differences }))
}

/// Takes a mapping instead of the one in force, if it fits both systems.
#[utoipa::path(
    put, path = "/api/v1/mapping", request_body = MappingChange,
    responses((status = 200, body = MappingText), Refusals)
)]
pub(super) async fn change_mapping(
    State(server): State<Server>,
    caller: Caller,
    body: Body<MappingChange>,
) -> Result<Json<MappingText>, Problem> {
    caller.needs(Scope::Settings)?;
    let Json(asked) = body?;
    let app = server.office().app(&caller.connection)?;
    let sheet = app.mapping_sheet(Some(&asked.text), Language::En).await?;
    if !sheet.wrong.is_empty() {
        return Err(Problem::unusable(sheet.wrong.join("\n\n")));
    }
    let mut changed = Connection { version: asked.version, mapping: Some(asked.text), ..caller.connection.clone() };
    changed.entries.insert("mapping.kind".to_owned(), "custom".to_owned());
    let saved = put(&server, changed).await?;
    server.office().note(caller.actor(), Some(&saved.id), "mapping-changed", json!({})).await?;
    Ok(Json(MappingText { version: saved.version, custom: true, text: saved.mapping.unwrap_or_default() }))
}

/// A version that nobody has seen yet overtakes nothing.
async fn put(server: &Server, changed: Connection) -> Result<Connection, Problem> {
    if changed.version < 1 {
        return Err(Problem::new(StatusCode::CONFLICT, "somebody else changed it in the meantime"));
    }
    Ok(server.registry().put_connection(&changed).await?)
}

/// Brings both systems into agreement. Comes back at once; `/work` tells how it goes on.
#[utoipa::path(
    post, path = "/api/v1/sync", request_body = SyncOrder,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 202, body = Begun), Refusals)
)]
pub(super) async fn sync(
    State(server): State<Server>,
    caller: Caller,
    headers: HeaderMap,
    body: Body<SyncOrder>,
) -> Result<Response, Problem> {
    caller.needs(Scope::Sync)?;
    let Json(order) = body?;
    let what = format!("sync {}", order.modules.join(","));
    let act = async {
        let taking_part = server.office().settings(&caller.connection)?.sync.modules;
        let modules = order.modules.iter().map(|it| ModuleName::parse(it, &taking_part)).collect::<Result<_, _>>()?;
        begin(&server, &caller, Job::Sync(modules))
    };
    once(&server, &caller, &headers, &what, act).await
}

/// Finds out what a synchronisation would write. Comes back at once; `/plan` shows it when `/work` says it is done.
#[utoipa::path(
    post, path = "/api/v1/preview", params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 202, body = Begun), Refusals)
)]
pub(super) async fn preview(
    State(server): State<Server>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.needs(Scope::Sync)?;
    once(&server, &caller, &headers, "preview", async { begin(&server, &caller, Job::Preview) }).await
}

/// Asks what goes on to stop, between two writes.
#[utoipa::path(
    post, path = "/api/v1/stop", params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 202, body = Begun), Refusals)
)]
pub(super) async fn stop(
    State(server): State<Server>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.needs(Scope::Sync)?;
    let act = async {
        let desk = server.office().desk(&caller.connection.id);
        desk.stop();
        Ok((StatusCode::ACCEPTED, Begun { number: desk.told().state().run }))
    };
    once(&server, &caller, &headers, "stop", act).await
}

/// Asks both systems how they are.
#[utoipa::path(
    post, path = "/api/v1/check", params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = StatusView), Refusals)
)]
pub(super) async fn check(
    State(server): State<Server>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.needs(Scope::Sync)?;
    let act = async {
        let health = server.office().look(&caller.connection).await?;
        Ok((StatusCode::OK, StatusView::new(Some(&health))))
    };
    once(&server, &caller, &headers, "check", act).await
}

/// Sends one record to Dinero; only where the direction is CRM→Dinero.
#[utoipa::path(
    post, path = "/api/v1/records/{module}/{record}/push",
    params(("module" = String, Path), ("record" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 202, body = Begun), Refusals)
)]
pub(super) async fn push(
    State(server): State<Server>,
    caller: Caller,
    headers: HeaderMap,
    named: Named<(String, String)>,
) -> Result<Response, Problem> {
    caller.needs(Scope::Sync)?;
    let Path((module, record)) = named?;
    let act = async {
        let app = server.office().app(&caller.connection)?;
        let reference = app.reference(&module, &record).await?;
        app.may_push(&reference)?;
        begin(&server, &caller, Job::Push(reference))
    };
    once(&server, &caller, &headers, &format!("push {module}/{record}"), act).await
}

/// Reconciles one record by all the rules.
#[utoipa::path(
    post, path = "/api/v1/records/{module}/{record}/reconcile",
    params(("module" = String, Path), ("record" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 202, body = Begun), Refusals)
)]
pub(super) async fn reconcile(
    State(server): State<Server>,
    caller: Caller,
    headers: HeaderMap,
    named: Named<(String, String)>,
) -> Result<Response, Problem> {
    caller.needs(Scope::Sync)?;
    let Path((module, record)) = named?;
    let act = async {
        let reference = server.office().app(&caller.connection)?.reference(&module, &record).await?;
        begin(&server, &caller, Job::Record(reference))
    };
    once(&server, &caller, &headers, &format!("reconcile {module}/{record}"), act).await
}

pub(super) fn begin(server: &Server, caller: &Caller, job: Job) -> Result<(StatusCode, Begun), Problem> {
    server.office().begin(&caller.connection, job, caller.actor())?;
    let number = server.office().desk(&caller.connection.id).told().state().run;
    Ok((StatusCode::ACCEPTED, Begun { number }))
}
