//! What can be asked.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use http::StatusCode;
use sync_app::{Language, Say, plan_json, why_json};
use tenancy::Scope;

use super::Problem;
use super::caller::Caller;
use super::problem::Refusals;
use super::views::{
    ConnectionView, Limit, MappingText, NoteView, OneField, RunView, SettingsView, StatusView, WorkView,
};
use crate::server::Server;

/// Their refusals are problem documents.
type Named<T> = Result<Path<T>, PathRejection>;
type Asked<T> = Result<Query<T>, QueryRejection>;

/// The connection that the token is for.
#[utoipa::path(get, path = "/api/v1/connection", responses((status = 200, body = ConnectionView), Refusals))]
pub(super) async fn connection(State(server): State<Server>, caller: Caller) -> Result<Json<ConnectionView>, Problem> {
    caller.needs(Scope::Read)?;
    Ok(Json(ConnectionView {
        id: caller.connection.id.to_string(),
        name: caller.connection.name.clone(),
        ready: server.office().settings(&caller.connection).is_ok(),
        scopes: caller.token.scopes.iter().map(|scope| scope.word().to_owned()).collect(),
    }))
}

/// Red or green, as both systems were when they were last asked.
#[utoipa::path(get, path = "/api/v1/status", responses((status = 200, body = StatusView), Refusals))]
pub(super) async fn status(State(server): State<Server>, caller: Caller) -> Result<Json<StatusView>, Problem> {
    caller.needs(Scope::Read)?;
    let health = server.office().health(&caller.connection).await?;
    Ok(Json(StatusView::new(health.as_ref())))
}

/// The settings, without secrets.
#[utoipa::path(get, path = "/api/v1/settings", responses((status = 200, body = SettingsView), Refusals))]
pub(super) async fn settings(State(server): State<Server>, caller: Caller) -> Result<Json<SettingsView>, Problem> {
    caller.needs(Scope::Read)?;
    let in_force = server.office().in_force(&caller.connection)?;
    Ok(Json(SettingsView {
        version: caller.connection.version,
        settings: in_force.into_iter().map(|(key, text)| (key.to_owned(), text)).collect(),
        secrets: caller.connection.secrets.keys().cloned().collect(),
    }))
}

/// The mapping in force, as a file.
#[utoipa::path(get, path = "/api/v1/mapping", responses((status = 200, body = MappingText), Refusals))]
pub(super) async fn mapping(State(server): State<Server>, caller: Caller) -> Result<Json<MappingText>, Problem> {
    caller.needs(Scope::Read)?;
    let app = server.office().app(&caller.connection)?;
    let custom = app.settings().mapping.is_some();
    Ok(Json(MappingText { version: caller.connection.version, custom, text: app.mapping_text() }))
}

/// What goes on, and how the last piece of work ended.
#[utoipa::path(get, path = "/api/v1/work", responses((status = 200, body = WorkView), Refusals))]
pub(super) async fn work(State(server): State<Server>, caller: Caller) -> Result<Json<WorkView>, Problem> {
    caller.needs(Scope::Read)?;
    let desk = server.office().desk(&caller.connection.id);
    Ok(Json(WorkView::new(desk.is_busy(), &desk.told().state(), desk.last().as_ref())))
}

/// The plan that was asked for last, as `afstem plan --json` prints it.
#[utoipa::path(get, path = "/api/v1/plan", responses((status = 200, body = serde_json::Value), Refusals))]
pub(super) async fn plan(State(server): State<Server>, caller: Caller) -> Result<Json<serde_json::Value>, Problem> {
    caller.needs(Scope::Read)?;
    let last = server.office().desk(&caller.connection.id).last();
    let none =
        || Problem::new(StatusCode::NOT_FOUND, "no plan was asked for since the server started; POST /api/v1/preview");
    let (preview, _) = last.as_ref().and_then(|last| last.plan()).ok_or_else(none)?;
    Ok(Json(plan_json(preview, Language::En)))
}

/// The latest runs, newest first.
#[utoipa::path(get, path = "/api/v1/runs", params(Limit), responses((status = 200, body = Vec<RunView>), Refusals))]
pub(super) async fn runs(
    State(server): State<Server>,
    caller: Caller,
    query: Asked<Limit>,
) -> Result<Json<Vec<RunView>>, Problem> {
    caller.needs(Scope::Read)?;
    let runs = server.office().runs(&caller.connection, limit(&query?)?).await?;
    Ok(Json(runs.into_iter().map(view).collect()))
}

/// One run.
#[utoipa::path(get, path = "/api/v1/runs/{run}", params(("run" = String, Path)), responses((status = 200, body = RunView), Refusals))]
pub(super) async fn run(
    State(server): State<Server>,
    caller: Caller,
    named: Named<String>,
) -> Result<Json<RunView>, Problem> {
    caller.needs(Scope::Read)?;
    let Path(run) = named?;
    let found = server.office().run(&caller.connection, &run).await?;
    found.map(|run| Json(view(run))).ok_or_else(Problem::not_found)
}

/// A record as both systems showed it last. Modules are named as Simply CRM names them.
#[utoipa::path(
    get, path = "/api/v1/records/{module}/{record}", params(("module" = String, Path), ("record" = String, Path)),
    responses((status = 200, body = serde_json::Value), Refusals)
)]
pub(super) async fn record(
    State(server): State<Server>,
    caller: Caller,
    named: Named<(String, String)>,
) -> Result<Json<serde_json::Value>, Problem> {
    caller.needs(Scope::Read)?;
    let Path((module, record)) = named?;
    let app = server.office().app(&caller.connection)?;
    let reference = app.reference(&module, &record).await?;
    let view = app.record(&reference, Language::En).await?;
    if !view.known {
        return Err(Problem::new(
            StatusCode::NOT_FOUND,
            sync_app::AppError::NoSuchRecord(reference.to_string()).say(Language::En),
        ));
    }
    Ok(Json(serde_json::to_value(view).unwrap_or_default()))
}

/// Why a record is as it is, as `afstem why --json` prints it, over what was seen last: neither system is asked for its records.
#[utoipa::path(
    get, path = "/api/v1/records/{module}/{record}/why",
    params(("module" = String, Path), ("record" = String, Path), OneField),
    responses((status = 200, body = serde_json::Value), Refusals)
)]
pub(super) async fn why(
    State(server): State<Server>,
    caller: Caller,
    named: Named<(String, String)>,
    query: Asked<OneField>,
) -> Result<Json<serde_json::Value>, Problem> {
    caller.needs(Scope::Read)?;
    let (Path((module, record)), Query(one)) = (named?, query?);
    let app = server.office().app(&caller.connection)?;
    let reference = app.reference(&module, &record).await?;
    let told = app.recall(&reference).await?;
    let unknown = || sync_app::AppError::NoSuchRecord(reference.to_string());
    Ok(Json(why_json(&told.ok_or_else(unknown)?, one.field.as_deref(), Language::En)))
}

/// Who changed what, newest first.
#[utoipa::path(get, path = "/api/v1/notes", params(Limit), responses((status = 200, body = Vec<NoteView>), Refusals))]
pub(super) async fn notes(
    State(server): State<Server>,
    caller: Caller,
    query: Asked<Limit>,
) -> Result<Json<Vec<NoteView>>, Problem> {
    caller.needs(Scope::Read)?;
    let notes = server.registry().notes(Some(&caller.connection.id), limit(&query?)?).await?;
    let view = |note: tenancy::Note| NoteView {
        at: note.at,
        actor: serde_json::to_value(&note.actor).unwrap_or_default(),
        what: note.what,
        detail: note.detail,
    };
    Ok(Json(notes.into_iter().map(view).collect()))
}

fn view(run: sync_app::RunRecord) -> RunView {
    RunView { run: run.run.to_string(), started: run.started, ended: run.ended, summary: run.summary }
}

fn limit(query: &Query<Limit>) -> Result<u32, Problem> {
    match query.limit {
        None => Ok(100),
        Some(limit @ 1..=1000) => Ok(limit),
        Some(_) => Err(Problem::new(StatusCode::BAD_REQUEST, "`limit` is 1 to 1000")),
    }
}
