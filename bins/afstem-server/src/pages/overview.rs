//! A connection at a glance: status, the latest run, what comes next.

use axum::extract::{Path, State};
use axum::response::Html;
use serde::Serialize;
use sync_app::office::{Desk, Ended};
use sync_app::{Language, RecordView, Summary};
use tenancy::Role;

use super::connection::sides;
use super::ending::{Ending, Lamp};
use crate::fault::Fault;
use crate::guard::{SignedIn, member};
use crate::server::Server;
use crate::view::{Chrome, shown};

/// What has to be said first.
#[derive(Debug, Serialize)]
pub(super) struct Notice {
    kind: Lamp,
    title: String,
    sentences: Vec<String>,
    link: String,
    link_text: &'static str,
}

/// The latest run.
#[derive(Debug, Serialize)]
struct Last {
    run: String,
    at: String,
    left: u64,
    right: u64,
    waiting: u64,
    state: Lamp,
    says: &'static str,
}

pub(crate) async fn page(
    State(server): State<Server>,
    Path(id): Path<String>,
    signed: SignedIn,
) -> Result<Html<String>, Fault> {
    let (connection, role) = member(&server, &signed, &id, Role::Viewer).await?;
    let (office, language) = (server.office(), signed.language);
    let health = office.health(&connection).await?;
    let ready = office.settings(&connection).is_ok();
    let runs = office.runs(&connection, 1).await?;
    let desk = office.desk(&connection.id);
    let next = if ready { office.next_run(&connection).await? } else { None };
    let own = shown! {
        here => "overview",
        ready,
        connected => health.as_ref().is_some_and(sync_app::office::SystemsHealth::is_green),
        sides => health.as_ref().map(|health| sides(health, language)),
        first => runs.is_empty(),
        last => runs.first().map(|run| last(run, &desk, language)),
        notice => desk.last().filter(|_| !desk.is_busy()).and_then(|ended| notice(&ended, &id, language)),
        auto => connection.entries.get("sync.mode").is_some_and(|mode| mode == "auto"),
        invoices => connection.entries.get("sync.modules").is_none_or(|it| it.split(',').any(|it| it.trim() == "invoices")),
        next => next.map(|next| next.to_rfc3339()),
        hinted => desk.hinted().map(|at| at.to_rfc3339()),
    };
    Chrome::of(&server, &signed, &connection, role).await?.page("overview.html", own)
}

fn last(run: &sync_app::RunRecord, desk: &Desk, language: Language) -> Last {
    let summary: Option<Summary> = serde_json::from_value(run.summary.clone()).ok();
    let written = |side: sync_app::Side| {
        summary.as_ref().map_or(0, |it| it.created.get(side) + it.updated.get(side) + it.deleted.get(side))
    };
    let ending = Ending::of(run, desk);
    Last {
        run: run.run.to_string(),
        at: run.started.to_rfc3339(),
        left: written(sync_app::Side::Left),
        right: written(sync_app::Side::Right),
        waiting: summary.as_ref().map_or(0, |it| it.conflicts() + it.held()),
        state: ending.lamp(),
        says: ending.sentence(language),
    }
}

/// How the last piece of work ended, while that is news.
pub(super) fn notice(ended: &Ended, id: &str, language: Language) -> Option<Notice> {
    if chrono::Utc::now() - ended.at > chrono::Duration::minutes(10) {
        return None;
    }
    let inbox = language.pick("Se indbakken", "See the inbox");
    let plain = |kind, title: &str, sentences| Notice {
        kind,
        title: title.to_owned(),
        sentences,
        link: String::new(),
        link_text: "",
    };
    if ended.is_stopped() {
        let again = language.pick("Tryk Sync for at fortsætte, hvor den slap.", "Press Sync to go on where it ended.");
        return Some(plain(Lamp::Wait, language.pick("Stoppet", "Stopped"), vec![again.to_owned()]));
    }
    if let Some([da, en]) = ended.error() {
        let said = language.pick(da, en).lines().map(str::to_owned).collect();
        return Some(plain(Lamp::Bad, language.pick("Det lykkedes ikke", "It did not work"), said));
    }
    let summary = ended.summary()?;
    let mut sentences = vec![counts(summary, language)];
    sentences.extend(effects(summary, language));
    sentences.extend(sync_app::contract_sentences(summary, language));
    let waiting = summary.conflicts() + summary.held();
    if waiting > 0 {
        sentences.push(match language {
            Language::Da => format!("{waiting} venter på jer."),
            Language::En => format!("{waiting} wait for you."),
        });
        let title = language.pick("Færdig, men noget venter", "Done, but something waits");
        return Some(Notice {
            link: format!("/c/{id}/inbox"),
            link_text: inbox,
            ..plain(Lamp::Wait, title, sentences)
        });
    }
    let ending = Ending::of_whole(summary);
    Some(plain(ending.lamp(), ending.sentence(language), sentences))
}

/// How work on one record ended, on its page. Its fields say whether both systems hold the same, not the run.
pub(super) fn of_record(ended: &Ended, id: &str, record: &RecordView, language: Language) -> Option<Notice> {
    let notice = notice(ended, id, language)?;
    if ended.is_undo() || notice.kind != Lamp::Good {
        return Some(notice);
    }
    let different = record.fields.iter().filter(|field| !field.same).count();
    let (kind, title) = match (&record.partner, different, language) {
        (None, _, Language::Da) => (Lamp::Wait, "Færdig; posten er ikke koblet".to_owned()),
        (None, _, Language::En) => (Lamp::Wait, "Done; the record is not linked".to_owned()),
        (Some(_), 0, Language::Da) => (Lamp::Good, "Posten er ens i de to systemer".to_owned()),
        (Some(_), 0, Language::En) => (Lamp::Good, "The record is the same in both systems".to_owned()),
        (Some(_), 1, Language::Da) => (Lamp::Wait, "Mere er der ikke at gøre; 1 felt er forskelligt".to_owned()),
        (Some(_), 1, Language::En) => (Lamp::Wait, "There is no more to do; 1 field differs".to_owned()),
        (Some(_), _, Language::Da) => {
            (Lamp::Wait, format!("Mere er der ikke at gøre; {different} felter er forskellige"))
        }
        (Some(_), _, Language::En) => (Lamp::Wait, format!("There is no more to do; {different} fields differ")),
    };
    Some(Notice { kind, title, ..notice })
}

fn counts(summary: &Summary, language: Language) -> String {
    let wrote = |side| summary.created.get(side) + summary.updated.get(side) + summary.deleted.get(side);
    let (left, right) = (wrote(sync_app::Side::Left), wrote(sync_app::Side::Right));
    match language {
        Language::Da => format!("Skrevet: Dinero {left}, Simply CRM {right}. Koblet: {}.", summary.linked),
        Language::En => format!("Written: Dinero {left}, Simply CRM {right}. Linked: {}.", summary.linked),
    }
}

/// What happened to invoices for good, if anything did.
fn effects(summary: &Summary, language: Language) -> Option<String> {
    let it = summary.effects;
    (it.booked + it.sent + it.paid > 0).then(|| match language {
        Language::Da => format!("Bogført: {}. Sendt: {}. Betalinger registreret: {}.", it.booked, it.sent, it.paid),
        Language::En => format!("Booked: {}. Sent: {}. Payments registered: {}.", it.booked, it.sent, it.paid),
    })
}
