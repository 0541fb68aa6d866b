//! The connection to both systems: red or green, with the cause and the next step.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Serialize;
use serde_json::json;
use sync_app::form::{Field, Part};
use sync_app::office::SystemsHealth;
use sync_app::{AppError, Language, Say, side_key, side_name};
use tenancy::{Actor, Connection, Role};

use super::setting_fields::{entered, shown};
use crate::fault::Fault;
use crate::guard::{SignedForm, SignedIn, member};
use crate::server::Server;
use crate::view::{Chrome, shown};

const PARTS: [Part; 2] = [Part::Dinero, Part::SimplyCrm];

/// One system, as pages show it.
#[derive(Debug, Serialize)]
pub(super) struct SideShown {
    key: &'static str,
    name: &'static str,
    state: &'static str,
    account: String,
    detail: String,
    cause: String,
    next_step: String,
    words: String,
    since: String,
}

pub(super) fn sides(health: &SystemsHealth, language: Language) -> Vec<SideShown> {
    let shown = health.sides.iter().map(|(side, it)| {
        let (account, detail) = it.account().unwrap_or_default();
        let [cause, next_step, words] = it.trouble(side, language).unwrap_or_default();
        SideShown {
            key: side_key(side),
            name: side_name(side),
            state: if it.is_green() { "good" } else { "bad" },
            account: account.to_owned(),
            detail: detail.to_owned(),
            cause,
            next_step,
            words,
            since: it.since.to_rfc3339(),
        }
    });
    shown.collect()
}

pub(crate) async fn page(
    State(server): State<Server>,
    Path(id): Path<String>,
    signed: SignedIn,
) -> Result<Html<String>, Fault> {
    let (connection, role) = member(&server, &signed, &id, Role::Viewer).await?;
    draw(&server, &signed, &connection, role, &BTreeMap::new(), None).await
}

async fn draw(
    server: &Server,
    signed: &SignedIn,
    connection: &Connection,
    role: Role,
    typed: &BTreeMap<String, secrecy::SecretString>,
    wrong: Option<&sync_app::SettingsError>,
) -> Result<Html<String>, Fault> {
    let (office, language) = (server.office(), signed.language);
    let health = office.health(connection).await?;
    let own = shown! {
        here => "connection",
        version => connection.version,
        ready => office.settings(connection).is_ok(),
        lacking => lacking(server, connection, language)?,
        sides => health.map(|health| sides(&health, language)),
        dinero => shown(office, connection, Part::Dinero, typed, wrong, language)?,
        simplycrm => shown(office, connection, Part::SimplyCrm, typed, wrong, language)?,
    };
    Chrome::of(server, signed, connection, role).await?.page("connection.html", own)
}

/// Something that is missing or wrong, without which nothing can be synchronised.
#[derive(Debug, Serialize)]
struct Lacking {
    name: String,
    /// The page where it is given.
    page: &'static str,
}

fn lacking(server: &Server, connection: &Connection, language: Language) -> Result<Vec<Lacking>, Fault> {
    let problems = match server.office().settings(connection) {
        Ok(_) => return Ok(Vec::new()),
        Err(AppError::Settings(error)) => error.problems,
        Err(error) => return Err(error.into()),
    };
    let lacking = problems.iter().map(|problem| match Field::of(&problem.key) {
        Some(field) => Lacking {
            name: language.pick(field.label[0], field.label[1]).to_owned(),
            page: match field.part {
                Part::Dinero | Part::SimplyCrm => "connection",
                Part::Sync | Part::Invoices => "settings",
            },
        },
        None => Lacking { name: problem.say(language), page: "connection" },
    });
    Ok(lacking.collect())
}

/// Saves what was entered, and tries it at once.
pub(crate) async fn save(
    State(server): State<Server>,
    Path(id): Path<String>,
    form: SignedForm,
) -> Result<Response, Fault> {
    let SignedForm { signed, fields } = form;
    let (connection, role) = member(&server, &signed, &id, Role::Owner).await?;
    let office = server.office();
    let typed = entered(office, &PARTS, &fields);
    let change = office.change(&connection, &typed)?;
    if let Some(wrong) = &change.wrong {
        let page = draw(&server, &signed, &connection, role, &typed, Some(wrong)).await?;
        return Ok((http::StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let mut saved = connection;
    if !change.differences.is_empty() {
        let version = fields.get("version").parse().unwrap_or_default();
        saved = server.registry().put_connection(&Connection { version, ..change.connection }).await?;
        let keys: Vec<&str> = change.differences.iter().map(|it| it.field.key).collect();
        let actor = Actor::Account(signed.account.id.clone());
        office.note(actor, Some(&saved.id), "connection-changed", json!({ "keys": keys })).await?;
    }
    if office.settings(&saved).is_ok() {
        office.look(&saved).await?;
    }
    Ok(Redirect::to(&format!("/c/{id}/connection")).into_response())
}

pub(crate) async fn check(
    State(server): State<Server>,
    Path(id): Path<String>,
    form: SignedForm,
) -> Result<Redirect, Fault> {
    let (connection, _) = member(&server, &form.signed, &id, Role::Operator).await?;
    server.office().look(&connection).await.map_err(|error| Fault::of(error, &connection))?;
    Ok(Redirect::to(&format!("/c/{id}/connection")))
}
