//! The settings, and what a change of them will do, shown before it is saved.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::json;
use sync_app::form::Part;
use sync_app::office::{Change, Difference};
use sync_app::{Language, SettingsError};
use tenancy::{Actor, Connection, Role};

use super::setting_fields::{entered, shown};
use crate::fault::Fault;
use crate::guard::{SignedForm, SignedIn, member};
use crate::server::Server;
use crate::view::{Chrome, shown};

const PARTS: [Part; 2] = [Part::Sync, Part::Invoices];

#[derive(Debug, Serialize)]
struct ShownDifference {
    key: &'static str,
    label: &'static str,
    old: String,
    new: String,
    consequences: Vec<String>,
}

impl ShownDifference {
    fn new(it: &Difference, language: Language) -> Self {
        Self {
            key: it.field.key,
            label: language.pick(it.field.label[0], it.field.label[1]),
            old: it.field.shown(&it.old, language),
            new: it.field.shown(&it.new, language),
            consequences: it.consequences(language),
        }
    }
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
    typed: &BTreeMap<String, SecretString>,
    wrong: Option<&SettingsError>,
) -> Result<Html<String>, Fault> {
    let (office, language) = (server.office(), signed.language);
    let own = shown! {
        here => "settings",
        version => connection.version,
        wrong => wrong.is_some(),
        sync => shown(office, connection, Part::Sync, typed, wrong, language)?,
        invoices => shown(office, connection, Part::Invoices, typed, wrong, language)?,
    };
    Chrome::of(server, signed, connection, role).await?.page("settings.html", own)
}

/// Shows what a change will do; saves it when that was seen.
pub(crate) async fn change(
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
    if fields.get("save") != "yes" || change.differences.is_empty() {
        let entered: Vec<(&str, &str)> = typed.iter().map(|(key, text)| (key.as_str(), text.expose_secret())).collect();
        let language = signed.language;
        let differences: Vec<_> = change.differences.iter().map(|it| ShownDifference::new(it, language)).collect();
        let own = shown! { here => "settings", version => connection.version, differences, entered };
        return Ok(Chrome::of(&server, &signed, &connection, role).await?.page("review.html", own)?.into_response());
    }
    save(&server, &signed, change, fields.get("version")).await?;
    Ok(Redirect::to(&format!("/c/{id}/settings")).into_response())
}

/// Saves a change, unless somebody else was faster than `version`.
async fn save(server: &Server, signed: &SignedIn, change: Change, version: &str) -> Result<(), Fault> {
    let told: BTreeMap<&str, [&str; 2]> =
        change.differences.iter().map(|it| (it.field.key, [it.old.as_str(), it.new.as_str()])).collect();
    let changed = Connection { version: version.parse().unwrap_or_default(), ..change.connection };
    let saved = server.registry().put_connection(&changed).await?;
    let actor = Actor::Account(signed.account.id.clone());
    server.office().note(actor, Some(&saved.id), "settings-changed", json!(told)).await?;
    Ok(())
}
