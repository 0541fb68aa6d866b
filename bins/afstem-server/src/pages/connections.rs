//! The connections somebody may see, and new ones.

use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Serialize;
use tenancy::{Actor, Connection, Role};

use crate::fault::Fault;
use crate::guard::{SignedForm, SignedIn};
use crate::server::Server;
use crate::view::{Chrome, shown};

#[derive(Debug, Serialize)]
struct Card {
    id: String,
    name: String,
    role: String,
    state: &'static str,
}

/// The one connection, or the list of them.
pub(crate) async fn home(State(server): State<Server>, signed: Result<SignedIn, Fault>) -> Result<Redirect, Fault> {
    if server.is_new() {
        return Ok(Redirect::to("/setup"));
    }
    let held = server.registry().memberships(&signed?.account.id).await?;
    Ok(match held.as_slice() {
        [(only, _)] => Redirect::to(&format!("/c/{only}")),
        _ => Redirect::to("/connections"),
    })
}

pub(crate) async fn list(State(server): State<Server>, signed: SignedIn) -> Result<Html<String>, Fault> {
    let mut cards = Vec::new();
    for (id, role) in server.registry().memberships(&signed.account.id).await? {
        let Some(connection) = server.registry().connection(&id).await? else { continue };
        let health = server.office().health(&connection).await?;
        cards.push(Card {
            id: id.to_string(),
            name: connection.name,
            role: role_name(role, signed.language).to_owned(),
            state: health.map_or("wait", |health| if health.is_green() { "good" } else { "bad" }),
        });
    }
    cards.sort_by(|one, other| one.name.cmp(&other.name));
    Chrome::new(&signed).page("connections.html", shown! { connections => cards })
}

/// Makes a connection, with settings that harm nobody until they are looked at.
pub(crate) async fn create(State(server): State<Server>, form: SignedForm) -> Result<Response, Fault> {
    let SignedForm { signed, fields } = form;
    if !signed.account.administrator {
        return Err(Fault::NotAllowed);
    }
    let name: String = fields.get("name").trim().chars().filter(|it| !it.is_control()).take(80).collect();
    if name.is_empty() {
        return Err(Fault::Unusable(
            signed.language.pick("Giv forbindelsen et navn.", "Give the connection a name.").to_owned(),
        ));
    }
    let mut connection = Connection::named(name, server.now());
    for (key, text) in sync_app::office::FIRST_SETTINGS {
        connection.entries.insert((*key).to_owned(), (*text).to_owned());
    }
    let connection = server.registry().put_connection(&connection).await?;
    server.registry().set_member(&connection.id, &signed.account.id, Some(Role::Owner)).await?;
    let (actor, what) = (Actor::Account(signed.account.id), "connection-made");
    server.office().note(actor, Some(&connection.id), what, serde_json::json!({ "name": connection.name })).await?;
    Ok(Redirect::to(&format!("/c/{}/connection", connection.id)).into_response())
}

pub(super) fn role_name(role: Role, language: sync_app::Language) -> &'static str {
    match role {
        Role::Viewer => language.pick("Læser", "Viewer"),
        Role::Operator => language.pick("Bruger", "Operator"),
        Role::Owner => language.pick("Ejer", "Owner"),
    }
}
