//! The mapping editor: the pairs of each kind side by side, checked against both systems as they are now.

use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde_json::json;
use sync_app::{MappingEdit, MappingSheet, Travel, edited};
use tenancy::{Actor, Connection, Role};

use crate::fault::Fault;
use crate::guard::{Fields, SignedForm, SignedIn, member};
use crate::server::Server;
use crate::view::{Chrome, shown};

pub(crate) async fn page(
    State(server): State<Server>,
    Path(id): Path<String>,
    signed: SignedIn,
) -> Result<Html<String>, Fault> {
    let (connection, role) = member(&server, &signed, &id, Role::Viewer).await?;
    draw(&server, &signed, &connection, role, None).await
}

/// The whole mapping as text, on a page of its own: it is long, and few ever need it.
pub(crate) async fn text(
    State(server): State<Server>,
    Path(id): Path<String>,
    signed: SignedIn,
) -> Result<Html<String>, Fault> {
    let (connection, role) = member(&server, &signed, &id, Role::Viewer).await?;
    let text = server.app(&connection)?.mapping_text();
    draw_text(&server, &signed, &connection, role, &text, &[]).await
}

async fn draw_text(
    server: &Server,
    signed: &SignedIn,
    connection: &Connection,
    role: Role,
    text: &str,
    wrong: &[String],
) -> Result<Html<String>, Fault> {
    let custom = server.app(connection)?.settings().mapping.is_some();
    let own = shown! { here => "mapping", version => connection.version, custom, text, wrong };
    Chrome::of(server, signed, connection, role).await?.page("mapping_text.html", own)
}

/// `tried` is an edit that was not saved, because it does not fit.
async fn draw(
    server: &Server,
    signed: &SignedIn,
    connection: &Connection,
    role: Role,
    tried: Option<&MappingSheet>,
) -> Result<Html<String>, Fault> {
    let app = server.app(connection)?;
    let custom = app.settings().mapping.is_some();
    let (sheet, unreachable) = match app.mapping_sheet(None, signed.language).await {
        Ok(sheet) => (Some(sheet), None),
        Err(error) => (None, Some(Fault::from(error).say(signed.language))),
    };
    let own = shown! {
        here => "mapping",
        version => connection.version,
        custom,
        sheet,
        unreachable,
        wrong => tried.map(|sheet| &sheet.wrong),
    };
    Chrome::of(server, signed, connection, role).await?.page("mapping.html", own)
}

/// Carries out one edit. It is saved only when it fits both systems.
pub(crate) async fn change(
    State(server): State<Server>,
    Path(id): Path<String>,
    form: SignedForm,
) -> Result<Response, Fault> {
    let SignedForm { signed, fields } = form;
    let (connection, role) = member(&server, &signed, &id, Role::Owner).await?;
    let app = server.app(&connection)?;
    let edit = edit(&fields).ok_or(Fault::NotFound)?;
    let text = edited(&app.mapping_text(), &edit, &app.settings().sync.modules)?;
    let sheet = app.mapping_sheet(Some(&text), signed.language).await?;
    if !sheet.wrong.is_empty() {
        let page = match edit {
            MappingEdit::Text(_) => draw_text(&server, &signed, &connection, role, &text, &sheet.wrong).await?,
            MappingEdit::Travel { .. }
            | MappingEdit::Remove { .. }
            | MappingEdit::Add { .. }
            | MappingEdit::Standard => draw(&server, &signed, &connection, role, Some(&sheet)).await?,
        };
        return Ok((http::StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let mut changed = Connection { mapping: Some(text), ..connection };
    changed.version = fields.get("version").parse().unwrap_or_default();
    changed.entries.insert("mapping.kind".to_owned(), "custom".to_owned());
    let saved = server.registry().put_connection(&changed).await?;
    let actor = Actor::Account(signed.account.id);
    server.office().note(actor, Some(&saved.id), "mapping-changed", json!({ "edit": fields.get("do") })).await?;
    Ok(Redirect::to(&format!("/c/{id}/mapping")).into_response())
}

fn edit(fields: &Fields) -> Option<MappingEdit> {
    let text = |name: &str| fields.get(name).to_owned();
    let (entity, field) = (text("entity"), text("field"));
    Some(match fields.get("do") {
        "travel" => {
            let to = match fields.get("travel") {
                "to-dinero" => Travel::ToDinero,
                "to-crm" => Travel::ToCrm,
                "both" => Travel::Both,
                _ => return None,
            };
            MappingEdit::Travel { entity, field, to }
        }
        "remove" => MappingEdit::Remove { entity, field },
        "add" => MappingEdit::Add { entity, dinero: text("dinero"), crm: text("crm") },
        "text" => MappingEdit::Text(text("text").replace("\r\n", "\n")),
        "standard" => MappingEdit::Standard,
        _ => return None,
    })
}
