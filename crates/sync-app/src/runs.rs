//! Runs as a person reads them: the list, and what one of them wrote.

use reconcile::WriteChange;
use serde_json::{Value, json};
use sync_model::RecordKey;
use sync_run::trail::Recorded;
use sync_run::{Intent, Outcome, RunRecord, Summary, TrailEntry};

use crate::report::{by_system, field_json};
use crate::words::{side_key, side_name};
use crate::{Language, Say};

/// One run, with what it wrote.
#[derive(Debug, Clone)]
pub struct RunDetail {
    /// The run.
    pub record: RunRecord,
    /// What it wrote or meant to.
    pub journal: Vec<(Intent, Option<Outcome>)>,
    /// What the trail tells of it.
    pub trail: Vec<TrailEntry>,
}

/// The document of `afstem runs`.
#[must_use]
pub fn runs_json(runs: &[RunRecord]) -> Value {
    json!({ "runs": runs.iter().map(run_json).collect::<Vec<_>>() })
}

fn run_json(run: &RunRecord) -> Value {
    let summary = told(run);
    json!({
        "run": run.run.as_str(),
        "started": run.started,
        "ended": run.ended,
        "error": run.summary.get("error"),
        "created": summary.as_ref().map(|it| by_system(&it.created)),
        "updated": summary.as_ref().map(|it| by_system(&it.updated)),
        "deleted": summary.as_ref().map(|it| by_system(&it.deleted)),
        "linked": summary.as_ref().map(|it| it.linked),
        "conflicts": summary.as_ref().map(Summary::conflicts),
        "held": summary.as_ref().map(Summary::held),
        "undo": summary.as_ref().is_some_and(|it| it.undone.is_some()),
        "requests": summary.as_ref().map(|it| by_system(&it.usage.map(|usage| usage.requests))),
    })
}

fn told(run: &RunRecord) -> Option<Summary> {
    serde_json::from_value(run.summary.clone()).ok()
}

/// One line for each run: when, which, and what it did.
#[must_use]
pub fn run_lines(runs: &[RunRecord], language: Language) -> Vec<[String; 3]> {
    let line = |run: &RunRecord| {
        [run.started.format("%Y-%m-%d %H:%M:%S").to_string(), run.run.to_string(), did(run, language)]
    };
    runs.iter().map(line).collect()
}

fn did(run: &RunRecord, language: Language) -> String {
    let (Some(summary), Some(_)) = (told(run), run.ended) else {
        return language
            .pick("blev afbrudt; næste kørsel ryddede op", "was cut off; the next run cleared up")
            .to_owned();
    };
    let mut parts = Vec::new();
    let mut count = |number: u64, da: &str, en: &str| {
        if number > 0 {
            parts.push(format!("{number} {}", language.pick(da, en)));
        }
    };
    count(summary.created.left + summary.created.right, "oprettet", "created");
    count(summary.updated.left + summary.updated.right, "rettet", "updated");
    count(summary.deleted.left + summary.deleted.right, "slettet", "deleted");
    count(summary.linked, "koblet", "linked");
    count(summary.conflicts(), "konflikter", "conflicts");
    count(summary.held(), "venter", "held");
    count(summary.failed, "fejlet", "failed");
    if summary.undone.is_some() {
        parts.insert(0, language.pick("fortrydelse", "undo").to_owned());
    }
    if let Some(error) = run.summary.get("error").and_then(Value::as_str) {
        parts.push(format!("{}: {error}", language.pick("stoppede", "stopped")));
    }
    if parts.is_empty() { language.pick("intet at gøre", "nothing to do").to_owned() } else { parts.join(", ") }
}

/// The document of `afstem runs RUN`.
#[must_use]
pub fn run_detail_json(detail: &RunDetail, language: Language) -> Value {
    let mut document = run_json(&detail.record);
    let recorded = || detail.trail.iter().filter_map(|entry| entry.changes().ok()).flatten();
    let by =
        recorded().find_map(|it| if let Recorded::Begun { by, purpose, .. } = it { Some((by, purpose)) } else { None });
    document["by"] = json!(by.as_ref().and_then(|(by, _)| by.clone()));
    document["purpose"] = json!(by.map(|(_, purpose)| purpose));
    document["writes"] = detail.journal.iter().map(|entry| write_json(entry, language)).collect();
    let links = recorded().filter_map(|it| match it {
        Recorded::Linked { link } => {
            Some(json!({ "dinero": link.keys.left.to_string(), "simplycrm": link.keys.right.to_string() }))
        }
        _ => None,
    });
    document["links"] = links.collect();
    document
}

pub(crate) fn write_json((intent, outcome): &(Intent, Option<Outcome>), language: Language) -> Value {
    json!({
        "request": intent.id,
        "run": intent.run.as_str(),
        "at": intent.at,
        "on": side_key(intent.write.side),
        "action": action(&intent.write.change),
        "record": written(intent, outcome.as_ref()).map(|key| key.to_string()),
        "title": intent.title,
        "fields": intent.why.iter().map(|why| field_json(why, language)).collect::<Vec<_>>(),
        "outcome": outcome,
    })
}

fn action(change: &WriteChange) -> &'static str {
    match change {
        WriteChange::Create { .. } => "create",
        WriteChange::Update { .. } => "update",
        WriteChange::Delete { .. } => "delete",
    }
}

fn written<'a>(intent: &'a Intent, outcome: Option<&'a Outcome>) -> Option<&'a RecordKey> {
    match outcome {
        Some(Outcome::Done { key }) => Some(key),
        Some(Outcome::Refused { .. } | Outcome::Stale | Outcome::NotSent | Outcome::Unresolved) | None => {
            intent.write.target()
        }
    }
}

/// What a run wrote, for a person: one line for each write, then one for each field.
#[must_use]
pub fn run_detail_lines(detail: &RunDetail, language: Language) -> Vec<String> {
    let mut lines =
        vec![format!("{}: {}", detail.record.started.format("%Y-%m-%d %H:%M:%S UTC"), did(&detail.record, language))];
    for entry in &detail.journal {
        lines.extend(write_lines(entry, language));
    }
    lines
}

/// What a write does, with the preposition of where.
pub(crate) fn verb(change: &WriteChange, language: Language) -> &'static str {
    match change {
        WriteChange::Create { .. } => language.pick("oprettet i", "created in"),
        WriteChange::Update { .. } => language.pick("rettet i", "updated in"),
        WriteChange::Delete { .. } => language.pick("slettet i", "deleted in"),
    }
}

/// How a write ended, where it did not end well.
pub(crate) fn ending(outcome: Option<&Outcome>, language: Language) -> String {
    match outcome {
        Some(Outcome::Done { .. }) => String::new(),
        Some(Outcome::Refused { message, .. }) => format!(" — {}: {message}", language.pick("afvist", "refused")),
        Some(Outcome::Stale) => {
            format!(" — {}", language.pick("ikke udført: posten var ændret", "not done: the record had changed"))
        }
        Some(Outcome::NotSent) => format!(" — {}", language.pick("ikke sendt", "not sent")),
        Some(Outcome::Unresolved) | None => {
            format!(" — {}", language.pick("svaret kendes ikke", "the answer is not known"))
        }
    }
}

fn write_lines((intent, outcome): &(Intent, Option<Outcome>), language: Language) -> Vec<String> {
    let (what, end) = (verb(&intent.write.change, language), ending(outcome.as_ref(), language));
    let key = written(intent, outcome.as_ref()).map(|key| format!(" [{key}]")).unwrap_or_default();
    let mut lines = vec![format!("“{}” {what} {}{key}{end}", intent.title, side_name(intent.write.side))];
    if matches!(intent.write.change, WriteChange::Update { .. }) {
        lines.extend(intent.why.iter().map(|why| {
            let (old, new) = (shown(why.now.get(intent.write.side).as_ref(), language), why.write.as_ref());
            format!(
                "    {}: {old} → {} ({})",
                why.field,
                shown(new.map(|(_, value)| value), language),
                why.rule.say(language)
            )
        }));
    }
    lines
}

pub(crate) fn shown(value: Option<&sync_model::Value>, language: Language) -> String {
    match value {
        Some(value) if !value.is_empty() => format!("“{value}”"),
        Some(_) => language.pick("(tom)", "(empty)").to_owned(),
        None => language.pick("(ukendt)", "(unknown)").to_owned(),
    }
}
