//! What an audit found and what the trail says, as a person reads it.

use serde_json::{Value, json};
use sync_model::Side;
use sync_run::trail::Replay;
use sync_run::{Audit, Differs, Explained, TrailEntry};

use crate::Language;
use crate::report::by_system;
use crate::runs::shown;
use crate::words::{side_key, side_name};

/// The document of `afstem audit`.
#[must_use]
pub fn audit_json(audit: &Audit, language: Language) -> Value {
    let difference = |it: &sync_run::Difference| {
        json!({
            "module": it.module.as_str(),
            "records": it.records.iter().map(|(side, key)| json!({ "on": side_key(*side), "record": key.to_string() })).collect::<Vec<_>>(),
            "differs": it.what,
            "why": differs(&it.what, language),
        })
    };
    json!({
        "agrees": audit.unexplained.is_empty(),
        "read": by_system(&audit.read),
        "links": audit.links,
        "fields": audit.fields,
        "explained": audit.explained,
        "unexplained": audit.unexplained.iter().map(difference).collect::<Vec<_>>(),
        "requests": by_system(&audit.usage.map(|usage| usage.requests)),
        "writes": by_system(&audit.usage.map(|usage| usage.writes)),
    })
}

/// What an audit found, for a person.
#[must_use]
pub fn audit_lines(audit: &Audit, language: Language) -> Vec<String> {
    let mut lines = vec![match language {
        Language::Da => format!(
            "Læst: Dinero {} poster, Simply CRM {}; {} koblinger og {} felter sammenlignet.",
            audit.read.left, audit.read.right, audit.links, audit.fields
        ),
        Language::En => format!(
            "Read: Dinero {} records, Simply CRM {}; {} links and {} fields compared.",
            audit.read.left, audit.read.right, audit.links, audit.fields
        ),
    }];
    let known = audit.explained.iter().map(|(by, count)| format!("  {count} {}", explained(*by, language)));
    if !audit.explained.is_empty() {
        lines.push(language.pick("Forskelle, der er forklaret:", "Differences that are explained:").to_owned());
        lines.extend(known);
    }
    if audit.unexplained.is_empty() {
        lines.push(language.pick("Ingen forskel er uforklaret.", "No difference is unexplained.").to_owned());
    } else {
        let count = audit.unexplained.len();
        lines.push(match language {
            Language::Da => format!("{count} forskelle er UFORKLAREDE:"),
            Language::En => format!("{count} differences are UNEXPLAINED:"),
        });
        lines.extend(audit.unexplained.iter().map(|it| {
            let records =
                it.records.iter().map(|(side, key)| format!("{} {key}", side_name(*side))).collect::<Vec<_>>();
            format!("  {} · {}: {}", it.module, records.join(" ↔ "), differs(&it.what, language))
        }));
        lines.push(language.pick(
            "Næste skridt: ret den ene side, eller se posten med `afstem why`, og kør `afstem sync --record`.",
            "Next step: correct one side, or look at the record with `afstem why`, and run `afstem sync --record`.",
        ).to_owned());
    }
    lines
}

fn explained(by: Explained, language: Language) -> &'static str {
    match by {
        Explained::NextRun => language.pick("overføres ved næste kørsel", "are carried over by the next run"),
        Explained::Waits => language.pick("venter på dig", "wait for you"),
        Explained::Drift => language.pick("er rettet i hånden hos modtageren", "were edited by hand at the target"),
        Explained::StandsStill => language.pick("overføres ikke i denne retning", "do not travel in this direction"),
        Explained::Unknown => language.pick("kendes ikke på den ene side", "are not known on one side"),
        Explained::SettledSo => {
            language.pick("er afsluttet med hver sin form", "were settled with a form for each side")
        }
        Explained::Ended => language.pick("hører til koblinger, der er ophævet", "belong to links that ended"),
        Explained::LeftOut => language.pick("er poster, der ikke deltager", "are records that take no part"),
    }
}

fn differs(what: &Differs, language: Language) -> String {
    match what {
        Differs::Field { field, values } => {
            let values =
                Side::BOTH.map(|side| format!("{} {}", side_name(side), shown(values.get(side).as_ref(), language)));
            format!("{field}: {}", values.join(", "))
        }
        Differs::Missing { side } => match language {
            Language::Da => format!("posten står ikke længere på listen i {}", side_name(*side)),
            Language::En => format!("the record is no longer in the list of {}", side_name(*side)),
        },
        Differs::Alone { side } => match language {
            Language::Da => format!("findes kun i {}", side_name(*side)),
            Language::En => format!("is only in {}", side_name(*side)),
        },
    }
}

/// One line of `afstem log export`.
#[must_use]
pub fn trail_json(entry: &TrailEntry) -> Value {
    let changes: Value = serde_json::from_str(&entry.body).unwrap_or_else(|_| json!(entry.body));
    json!({ "n": entry.n, "run": entry.run.as_str(), "changes": changes, "hash": entry.hash.as_str() })
}

/// The document of `afstem log verify`.
#[must_use]
pub fn replay_json(replay: &Replay) -> Value {
    json!({
        "ok": true,
        "entries": replay.entries,
        "links": replay.links.len(),
        "writes": replay.writes.len(),
        "head": replay.head.as_ref().map(sync_model::Fingerprint::as_str),
    })
}
