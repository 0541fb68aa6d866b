//! What waits for a person: conflicts with both values side by side, held records, deletions to approve.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::response::{Html, Redirect};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sync_app::{AppError, Entry, Language, Reply, Side, Word};
use tenancy::{Actor, Role};

use crate::fault::Fault;
use crate::guard::{SignedForm, SignedIn, member};
use crate::server::Server;
use crate::view::{Chrome, shown};

/// Entries on one page.
const MOST: usize = 40;

/// How many entries stand on the pages before this one.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Passed {
    #[serde(default)]
    passed: String,
}

impl Passed {
    /// The first entry of a page, whatever somebody typed.
    fn count(&self) -> usize {
        self.passed.parse::<usize>().unwrap_or_default() / MOST * MOST
    }
}

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
    Query(passed): Query<Passed>,
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
    let entries: Vec<&Entry> = inbox.iter().flat_map(|inbox| inbox.entries()).collect();
    // What was answered in the meantime may leave the last page empty.
    let passed = passed.count().min(entries.len().saturating_sub(1) / MOST * MOST);
    let here = entries.iter().skip(passed).take(MOST);
    let waiting: Vec<Waiting> = here.map(|entry| Waiting::new(entry, &names, &labels, signed.language)).collect();
    let own = shown! {
        here => "inbox",
        first => passed + 1,
        last => passed + waiting.len(),
        all => entries.len(),
        before => (passed > 0).then(|| passed.saturating_sub(MOST)),
        after => (passed + MOST < entries.len()).then_some(passed + MOST),
        waiting,
    };
    Chrome::of(&server, &signed, &connection, role).await?.page("inbox.html", own)
}

/// Takes down what a person decided. The next synchronisation follows it.
pub(crate) async fn decide(
    State(server): State<Server>,
    Path(id): Path<String>,
    Query(passed): Query<Passed>,
    form: SignedForm,
) -> Result<Redirect, Fault> {
    let SignedForm { signed, fields } = form;
    let (connection, _) = member(&server, &signed, &id, Role::Operator).await?;
    let app = server.app(&connection)?;
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
    let page = if passed.count() > 0 { format!("?passed={}", passed.count()) } else { String::new() };
    Ok(Redirect::to(&format!("/c/{id}/inbox{page}")))
}
