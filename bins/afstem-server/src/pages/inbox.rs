//! What waits for a person: conflicts with both values side by side, held records, deletions to approve.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::{Html, Redirect};
use serde::Serialize;
use serde_json::json;
use sync_app::{AppError, Entry, Language, Reply, Side, Word};
use tenancy::{Actor, Role};

use crate::fault::Fault;
use crate::guard::{SignedForm, SignedIn, member};
use crate::server::Server;
use crate::view::{Chrome, shown};

/// Entries on the page; the rest follows when these are answered.
const MOST: usize = 100;

/// What fields are called, by module and name.
type Labels = BTreeMap<(String, String), String>;

/// One thing that waits.
#[derive(Debug, Serialize)]
struct Waiting {
    id: String,
    module: String,
    title: String,
    why: String,
    since: String,
    /// Fields in conflict: name, what was agreed before, and what each system holds.
    fields: Vec<Field>,
    approve: Option<String>,
    reject: Option<String>,
    answered: Option<String>,
    records: Vec<(String, String)>,
}

#[derive(Debug, Serialize)]
struct Field {
    name: String,
    label: String,
    before: String,
    dinero: String,
    crm: String,
}

impl Waiting {
    fn new(entry: &Entry, names: &BTreeMap<String, String>, labels: &Labels, language: Language) -> Self {
        let [approve, reject] = entry.buttons(language);
        Self {
            id: entry.id.clone(),
            module: sync_app::module_name(entry.module.as_str(), language),
            title: entry.title(language),
            why: entry.why(language),
            since: entry.since.to_rfc3339(),
            fields: entry
                .contested()
                .into_iter()
                .map(|it| {
                    let label = labels.get(&(entry.module.to_string(), it.field.clone())).unwrap_or(&it.field).clone();
                    Field { name: it.field, label, before: it.before, dinero: it.dinero, crm: it.simplycrm }
                })
                .collect(),
            approve,
            reject,
            answered: entry.answered.as_ref().map(|it| {
                let somebody = language.pick("en, der ikke længere er her", "somebody who is no longer here");
                names.get(&it.by).map_or(somebody, String::as_str).to_owned()
            }),
            records: entry
                .records()
                .take(4)
                .map(|(side, key)| (sync_app::side_name(*side).to_owned(), key.to_string()))
                .collect(),
        }
    }
}

pub(crate) async fn page(
    State(server): State<Server>,
    Path(id): Path<String>,
    signed: SignedIn,
) -> Result<Html<String>, Fault> {
    let (connection, role) = member(&server, &signed, &id, Role::Viewer).await?;
    let (inbox, labels) = match server.office().app(&connection) {
        Ok(app) => (Some(app.inbox().await?), app.field_labels(signed.language).await?),
        Err(AppError::Settings(_)) => (None, Labels::new()),
        Err(error) => return Err(error.into()),
    };
    let accounts = server.registry().accounts().await?;
    let names: BTreeMap<String, String> = accounts.into_iter().map(|it| (it.id.to_string(), it.name)).collect();
    let entries = inbox.iter().flat_map(|inbox| inbox.entries());
    let waiting: Vec<Waiting> =
        entries.clone().take(MOST).map(|entry| Waiting::new(entry, &names, &labels, signed.language)).collect();
    let own = shown! { here => "inbox", waiting, more => entries.count().saturating_sub(MOST) };
    Chrome::of(&server, &signed, &connection, role).page("inbox.html", own)
}

/// Takes down what a person decided. The next synchronisation follows it.
pub(crate) async fn decide(
    State(server): State<Server>,
    Path(id): Path<String>,
    form: SignedForm,
) -> Result<Redirect, Fault> {
    let SignedForm { signed, fields } = form;
    let (connection, _) = member(&server, &signed, &id, Role::Operator).await?;
    let app = server.office().app(&connection)?;
    let word = Word { by: signed.account.id.to_string(), given: true };
    let (entry, decision) = (fields.get("entry"), fields.get("decide"));
    match decision.split_once(':') {
        Some((side, field)) => {
            let take = if side == "dinero" { Side::Left } else { Side::Right };
            let fields = if field.is_empty() { Vec::new() } else { vec![field.to_owned()] };
            app.resolve(entry, take, &fields, &word).await?;
        }
        None => {
            let reply = match decision {
                "approve" => Reply::Approve,
                "reject" => Reply::Reject,
                _ => return Err(Fault::NotFound),
            };
            app.answer(entry, reply, &word).await?;
        }
    }
    let (actor, detail) = (Actor::Account(signed.account.id), json!({ "entry": entry, "decision": decision }));
    server.office().note(actor, Some(&connection.id), "decided", detail).await?;
    Ok(Redirect::to(&format!("/c/{id}/inbox")))
}
