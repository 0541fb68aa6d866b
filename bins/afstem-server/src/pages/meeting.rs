//! The first meeting: which records belong together, what would be made where, what is to be left alone.

use axum::extract::{Path, State};
use axum::response::{Html, Redirect};
use serde::Serialize;
use serde_json::json;
use sync_app::office::Job;
use sync_app::{Language, Meeting, Proposal, RecordReference, Word, side_key, side_name};
use tenancy::{Actor, Role};

use super::sync::start;
use crate::fault::Fault;
use crate::guard::{SignedForm, SignedIn, member};
use crate::server::Server;
use crate::view::{Chrome, shown};

/// Rows of one list on the page.
const MOST: usize = 100;

#[derive(Debug, Serialize)]
struct Part {
    module: String,
    links: Vec<Pair>,
    links_more: usize,
    asked: Vec<Pair>,
    made: Vec<Made>,
    made_more: usize,
    made_dinero: usize,
    made_crm: usize,
    waiting: Vec<(String, String)>,
    ignored: Vec<(String, String)>,
}

#[derive(Debug, Serialize)]
struct Pair {
    dinero: String,
    crm: String,
    dinero_title: String,
    crm_title: String,
    score: u8,
    why: String,
}

#[derive(Debug, Serialize)]
struct Made {
    title: String,
    /// Where it is made.
    on: &'static str,
    /// The record it is made from.
    from: String,
    system: &'static str,
}

impl Pair {
    fn new(it: &Proposal, language: Language) -> Self {
        Self {
            dinero: it.keys.left.to_string(),
            crm: it.keys.right.to_string(),
            dinero_title: it.titles.left.clone(),
            crm_title: it.titles.right.clone(),
            score: it.score,
            why: it.reason.say(language),
        }
    }
}

fn parts(meeting: &Meeting, language: Language) -> Vec<Part> {
    let part = |it: &sync_app::ModuleMeeting| Part {
        module: it.module.to_string(),
        links: it.links.iter().take(MOST).map(|pair| Pair::new(pair, language)).collect(),
        links_more: it.links.len().saturating_sub(MOST),
        asked: it.asked.iter().take(MOST).map(|pair| Pair::new(pair, language)).collect(),
        made: it
            .made
            .iter()
            .take(MOST)
            .map(|(side, from, title)| Made {
                title: title.clone(),
                on: side_name(*side),
                from: from.to_string(),
                system: side_key(side.other()),
            })
            .collect(),
        made_more: it.made.len().saturating_sub(MOST),
        made_dinero: it.made.iter().filter(|(side, ..)| *side == sync_app::Side::Left).count(),
        made_crm: it.made.iter().filter(|(side, ..)| *side == sync_app::Side::Right).count(),
        waiting: it
            .waiting
            .iter()
            .take(MOST)
            .map(|(_, title, matter)| (title.clone(), sync_app::Say::say(matter, language)))
            .collect(),
        ignored: it
            .ignored
            .iter()
            .take(MOST)
            .map(|(side, key)| (side_name(*side).to_owned(), key.to_string()))
            .collect(),
    };
    meeting.modules.iter().map(part).collect()
}

pub(crate) async fn page(
    State(server): State<Server>,
    Path(id): Path<String>,
    signed: SignedIn,
) -> Result<Html<String>, Fault> {
    let (connection, role) = member(&server, &signed, &id, Role::Viewer).await?;
    let office = server.office();
    let last = office.desk(&connection.id).last();
    let preview = last.as_ref().and_then(|last| last.plan().map(|(preview, _)| preview));
    let (meeting, cost) = match (preview, office.app(&connection)) {
        (Some(preview), Ok(app)) => (Some(app.meeting_of(preview).await?), Some(app.cost(preview, signed.language))),
        (_, _) => (None, None),
    };
    let own = shown! {
        here => "overview",
        at => last.as_ref().map(|last| last.at.to_rfc3339()),
        ready => office.settings(&connection).is_ok(),
        cost,
        parts => meeting.as_ref().map(|meeting| parts(meeting, signed.language)),
    };
    Chrome::of(&server, &signed, &connection, role).await?.page("meeting.html", own)
}

/// Looks at both systems, or takes down what was decided about a pair or a record, and looks again.
pub(crate) async fn decide(
    State(server): State<Server>,
    Path(id): Path<String>,
    form: SignedForm,
) -> Result<Redirect, Fault> {
    let (connection, _) = member(&server, &form.signed, &id, Role::Operator).await?;
    let app = server.app(&connection)?;
    let word = Word { by: form.signed.account.id.to_string(), given: true };
    let reference = |name: &str| RecordReference::parse(form.fields.get(name));
    let decision = form.fields.get("do");
    match decision {
        "look" => {}
        "same" => app.confirm(&reference("dinero")?, &reference("crm")?, &word).await?,
        "apart" => app.tell_apart(&reference("dinero")?, &reference("crm")?, &word).await?,
        "ignore" => {
            for record in form.fields.all("record") {
                app.ignore(&RecordReference::parse(record)?, &word).await?;
            }
        }
        "unignore" => app.ignore(&reference("record")?, &Word { given: false, ..word }).await?,
        _ => return Err(Fault::NotFound),
    }
    if decision != "look" {
        let actor = Actor::Account(form.signed.account.id.clone());
        server.office().note(actor, Some(&connection.id), "decided", json!({ "decision": decision })).await?;
    }
    start(&server, &id, &form, Job::Preview).await?;
    Ok(Redirect::to(&format!("/c/{id}/meeting")))
}
