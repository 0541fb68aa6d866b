//! Who and what may use a connection: members, tokens, webhooks; who changed what; export and erasure.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde::Serialize;
use serde_json::json;
use sync_app::Language;
use tenancy::{Account, AccountId, Actor, ApiToken, Connection, Digest, Note, Role, Scope};

use super::account::proved;
use super::connections::role_name;
use crate::fault::Fault;
use crate::guard::{SignedForm, SignedIn, member};
use crate::server::Server;
use crate::view::{Chrome, shown};

/// Notes on the page.
const NOTES: u32 = 100;

#[derive(Debug, Serialize)]
struct Member {
    id: String,
    name: String,
    role: &'static str,
    role_name: &'static str,
}

#[derive(Debug, Serialize)]
struct Token {
    id: String,
    label: String,
    scopes: String,
    created: String,
}

#[derive(Debug, Serialize)]
struct ShownNote {
    at: String,
    who: String,
    what: String,
    detail: String,
}

/// Something that is shown this once.
#[derive(Debug, Default, Serialize)]
struct Once {
    token: Option<String>,
    hook: Option<String>,
}

pub(crate) async fn page(
    State(server): State<Server>,
    Path(id): Path<String>,
    signed: SignedIn,
) -> Result<Html<String>, Fault> {
    let (connection, role) = member(&server, &signed, &id, Role::Viewer).await?;
    draw(&server, &signed, &connection, role, Once::default()).await
}

async fn draw(
    server: &Server,
    signed: &SignedIn,
    connection: &Connection,
    role: Role,
    once: Once,
) -> Result<Html<String>, Fault> {
    let (registry, language) = (server.registry(), signed.language);
    let names: BTreeMap<AccountId, String> =
        registry.accounts().await?.into_iter().map(|it| (it.id, it.name)).collect();
    let members = registry.members(&connection.id).await?;
    let members: Vec<Member> = members
        .into_iter()
        .filter_map(|(id, role)| {
            Some(Member {
                name: names.get(&id)?.clone(),
                id: id.to_string(),
                role: role.word(),
                role_name: role_name(role, language),
            })
        })
        .collect();
    let tokens = registry.tokens(&connection.id).await?.into_iter().map(|it| Token {
        id: it.id,
        label: it.label,
        scopes: it.scopes.iter().map(|scope| scope.word()).collect::<Vec<_>>().join(", "),
        created: it.created.to_rfc3339(),
    });
    let notes = registry.notes(Some(&connection.id), NOTES).await?;
    let own = shown! {
        here => "access",
        members,
        roles => Role::ALL.map(|role| (role.word(), role_name(role, language))),
        tokens => tokens.collect::<Vec<_>>(),
        scopes => Scope::ALL.map(Scope::word),
        hooked => connection.hook.is_some(),
        notes => notes.iter().map(|note| shown(note, &names, language)).collect::<Vec<_>>(),
        once,
    };
    Chrome::of(server, signed, connection, role).await?.page("access.html", own)
}

fn shown(note: &Note, names: &BTreeMap<AccountId, String>, language: Language) -> ShownNote {
    let who = match &note.actor {
        Actor::Account(id) => {
            names.get(id).cloned().unwrap_or_else(|| language.pick("slettet konto", "erased account").to_owned())
        }
        Actor::Token(id) => format!("API {}", &id[..id.len().min(8)]),
        Actor::Clock => language.pick("uret", "the clock").to_owned(),
        Actor::Hook => "webhook".to_owned(),
        Actor::Console => language.pick("konsollen", "the console").to_owned(),
    };
    let plain = note.detail.as_object().is_none_or(serde_json::Map::is_empty);
    ShownNote {
        at: note.at.to_rfc3339(),
        who,
        what: what(&note.what, language).to_owned(),
        detail: if plain { String::new() } else { note.detail.to_string() },
    }
}

/// What was done, for a person.
fn what(word: &str, language: Language) -> &str {
    let [da, en] = match word {
        "connection-made" => ["oprettede forbindelsen", "made the connection"],
        "connection-changed" => ["ændrede forbindelsen", "changed the connection"],
        "settings-changed" => ["ændrede indstillingerne", "changed the settings"],
        "mapping-changed" => ["ændrede kortlægningen", "changed the mapping"],
        "sync-begun" => ["startede en synkronisering", "started a synchronisation"],
        "preview-begun" => ["bad om en plan", "asked for a plan"],
        "planned-begun" => ["udførte en plan", "carried out a plan"],
        "record-begun" => ["afstemte én post", "reconciled one record"],
        "push-begun" => ["sendte én post til Dinero", "sent one record to Dinero"],
        "undo-preview-begun" => ["så, hvad en fortrydelse ville gøre", "looked at what an undo would do"],
        "undo-begun" => ["fortrød noget", "undid something"],
        "effects-preview-begun" => ["så, hvad der kunne bogføres", "looked at what could be booked"],
        "effects-begun" => ["bogførte og sendte fakturaer", "booked and sent invoices"],
        "decided" => ["afgjorde noget i indbakken", "decided something in the inbox"],
        "stopped" => ["stoppede kørslen", "stopped the run"],
        "member-changed" => ["ændrede en rolle", "changed a role"],
        "token-made" => ["lavede en API-nøgle", "made an API token"],
        "token-revoked" => ["trak en API-nøgle tilbage", "revoked an API token"],
        "hook-made" => ["lavede en webhook-adresse", "made a webhook address"],
        "exported" => ["hentede alle data", "exported all data"],
        other => return other,
    };
    language.pick(da, en)
}

pub(crate) async fn change(
    State(server): State<Server>,
    Path(id): Path<String>,
    form: SignedForm,
) -> Result<Response, Fault> {
    let (connection, role) = member(&server, &form.signed, &id, Role::Owner).await?;
    let once = match form.fields.get("do") {
        "member" => {
            set_member(&server, &form, &connection).await?;
            Once::default()
        }
        "token" => Once { token: Some(make_token(&server, &form, &connection).await?), ..Once::default() },
        "revoke" => {
            server.registry().revoke_token(&connection.id, form.fields.get("token")).await?;
            note(&server, &form, &connection, "token-revoked", json!({ "token": form.fields.get("token") })).await?;
            Once::default()
        }
        "hook" => Once { hook: Some(make_hook(&server, &form, &connection).await?), ..Once::default() },
        "erase" => return erase(&server, &form, &connection).await,
        _ => return Err(Fault::NotFound),
    };
    if once.token.is_none() && once.hook.is_none() {
        return Ok(Redirect::to(&format!("/c/{id}/access")).into_response());
    }
    // Shown in the answer itself, and never again.
    let connection = server.registry().connection(&connection.id).await?.ok_or(Fault::NotFound)?;
    Ok(draw(&server, &form.signed, &connection, role, once).await?.into_response())
}

async fn set_member(server: &Server, form: &SignedForm, connection: &Connection) -> Result<(), Fault> {
    let language = form.signed.language;
    let name = form.fields.get("name").trim().to_lowercase();
    let nobody = || {
        Fault::Unusable(language.pick("Der er ingen bruger af det navn.", "There is no user of that name.").to_owned())
    };
    let account: Account = server.registry().account_named(&name).await?.ok_or_else(nobody)?;
    let role = Role::named(form.fields.get("role"));
    let members = server.registry().members(&connection.id).await?;
    let owned = members.iter().any(|(id, role)| *role == Role::Owner && *id != account.id);
    if role != Some(Role::Owner) && !owned {
        let last = language.pick("En forbindelse skal have mindst én ejer.", "A connection has to have an owner.");
        return Err(Fault::Unusable(last.to_owned()));
    }
    server.registry().set_member(&connection.id, &account.id, role).await?;
    let detail = json!({ "account": account.id, "role": role.map(Role::word) });
    note(server, form, connection, "member-changed", detail).await
}

async fn make_token(server: &Server, form: &SignedForm, connection: &Connection) -> Result<String, Fault> {
    let scopes: Vec<Scope> = form.fields.all("scope").iter().filter_map(|word| Scope::named(word)).collect();
    let label: String = form.fields.get("label").trim().chars().filter(|it| !it.is_control()).take(80).collect();
    if scopes.is_empty() || label.is_empty() {
        let wrong = "Giv nøglen et navn og mindst én rettighed.";
        let en = "Give the token a name and at least one scope.";
        return Err(Fault::Unusable(form.signed.language.pick(wrong, en).to_owned()));
    }
    let by = form.signed.account.id.clone();
    let (token, secret) = ApiToken::make(connection.id.clone(), label, scopes, by, server.now());
    server.registry().put_token(&token).await?;
    note(server, form, connection, "token-made", json!({ "token": token.id, "scopes": token.scopes })).await?;
    Ok(secret)
}

/// A new address for webhooks; the old one is worth nothing from now on.
async fn make_hook(server: &Server, form: &SignedForm, connection: &Connection) -> Result<String, Fault> {
    let secret = tenancy::fresh();
    let changed = Connection { hook: Some(Digest::of(&secret)), ..connection.clone() };
    server.registry().put_connection(&changed).await?;
    note(server, form, connection, "hook-made", json!({})).await?;
    let base = server
        .manners()
        .public_url
        .as_ref()
        .map_or_else(String::new, |url| url.as_str().trim_end_matches('/').to_owned());
    Ok(format!("{base}/hooks/{}/{secret}", connection.id))
}

async fn erase(server: &Server, form: &SignedForm, connection: &Connection) -> Result<Response, Fault> {
    proved(&form.signed.account, form.fields.get("password").to_owned().into(), &form.signed).await?;
    server.office().erase(connection).await?;
    let actor = Actor::Account(form.signed.account.id.clone());
    server.office().note(actor, None, "connection-erased", json!({ "connection": connection.id })).await?;
    Ok(Redirect::to("/connections").into_response())
}

/// Everything that is known of a connection, the mirrored records among it, without secrets.
pub(crate) async fn export(
    State(server): State<Server>,
    Path(id): Path<String>,
    signed: SignedIn,
) -> Result<Response, Fault> {
    let (connection, _) = member(&server, &signed, &id, Role::Owner).await?;
    let actor = Actor::Account(signed.account.id.clone());
    server.office().note(actor, Some(&connection.id), "exported", json!({})).await?;
    let body = Body::from_stream(Arc::clone(server.office()).dossier(connection));
    let headers = [(CONTENT_TYPE, "application/json"), (CONTENT_DISPOSITION, "attachment; filename=\"afstem.json\"")];
    Ok((headers, body).into_response())
}

async fn note(
    server: &Server,
    form: &SignedForm,
    connection: &Connection,
    what: &str,
    detail: serde_json::Value,
) -> Result<(), Fault> {
    let actor = Actor::Account(form.signed.account.id.clone());
    Ok(server.office().note(actor, Some(&connection.id), what, detail).await?)
}
