//! Plans and summaries as the command line and the server show them: as JSON and as lines of a table.

use reconcile::{Action, FieldWhy, Finding, Matter, Plan, Step, WriteChange};
use serde_json::{Value, json};
use sync_model::{Side, Sides};
use sync_run::{Preview, Summary};

use crate::undone::undone_json;
use crate::words::{side_key, side_name};
use crate::{Language, Say};

/// One line of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The module.
    pub module: String,
    /// The record.
    pub record: String,
    /// What happens.
    pub what: String,
    /// Why.
    pub why: String,
}

/// The document of `afstem sync --json`.
#[must_use]
pub fn summary_json(summary: &Summary, language: Language) -> Value {
    let findings = summary.findings.iter();
    let mut document = json!({
        "run": summary.run.as_str(),
        "created": by_system(&summary.created),
        "updated": by_system(&summary.updated),
        "deleted": by_system(&summary.deleted),
        "linked": summary.linked,
        "conflicts": summary.conflicts(),
        "held": summary.held(),
        "failed": summary.failed,
        "effects": summary.effects,
        "requests": by_system(&summary.usage.map(|usage| usage.requests)),
        "writes": by_system(&summary.usage.map(|usage| usage.writes)),
        "findings": findings.map(|(module, it)| finding_json(module.as_str(), it, language)).collect::<Vec<_>>(),
    });
    if let Some(undone) = &summary.undone {
        document["undone"] = undone_json(undone, language);
    }
    if let Some(plan) = contract_json(summary, language) {
        document["plan"] = plan;
    }
    document
}

/// What became of a saved plan; `None` for a run without one.
fn contract_json(summary: &Summary, language: Language) -> Option<Value> {
    if let Some(spent) = &summary.spent {
        return Some(json!({ "used_before": { "run": spent.run.as_str(), "at": spent.at } }));
    }
    if summary.moved_on.is_empty() && summary.beyond_plan.is_empty() {
        return None;
    }
    let moved_on = summary.moved_on.iter().filter_map(|(_, step)| step_json(step, language));
    Some(json!({
        "used_before": null,
        "moved_on": moved_on.collect::<Vec<_>>(),
        "beyond": summary.beyond_plan.values().sum::<u64>(),
    }))
}

/// What a person has to know of how a saved plan or an undo went.
#[must_use]
pub fn contract_sentences(summary: &Summary, language: Language) -> Vec<String> {
    let mut told = Vec::new();
    if let Some(undone) = &summary.undone {
        told.extend(undone.kept.iter().map(|kept| kept.say(language)));
    }
    if let Some(spent) = &summary.spent {
        let at = spent.at.format("%Y-%m-%d %H:%M:%S");
        told.push(match language {
            Language::Da => format!("Planen er allerede udført, {at} UTC af kørsel {}. Intet er gjort nu.", spent.run),
            Language::En => {
                format!("The plan was carried out already, at {at} UTC by run {}. Nothing was done now.", spent.run)
            }
        });
    }
    let moved_on = summary.moved_on.len();
    if moved_on > 0 {
        told.push(match language {
            Language::Da => {
                format!("{moved_on} af planens trin er ikke udført, fordi posterne er ændret siden; se en ny plan:")
            }
            Language::En => format!(
                "{moved_on} steps of the plan were not done, because the records changed since; see a new plan:"
            ),
        });
        let lines =
            summary.moved_on.iter().filter_map(|(module, step)| step_line(module.as_str(), step, language, false));
        told.extend(lines.map(|line| format!("  {} · {}: {}", line.module, line.record, line.what)));
    }
    let beyond: u64 = summary.beyond_plan.values().sum();
    if beyond > 0 {
        told.push(match language {
            Language::Da => format!("{beyond} ændringer mere kan gøres nu, men står ikke i planen; de er ladt ude."),
            Language::En => {
                format!("{beyond} more changes can be made now, but do not stand in the plan; they were left.")
            }
        });
    }
    told
}

/// The document of `afstem plan --json`.
#[must_use]
pub fn plan_json(preview: &Preview, language: Language) -> Value {
    let writes = writes(preview);
    let modules: Vec<Value> = preview
        .plans
        .iter()
        .map(|plan| {
            json!({
                "module": plan.module.as_str(),
                "basis": plan.basis.as_str(),
                "steps": plan.steps.iter().filter_map(|step| step_json(step, language)).collect::<Vec<_>>(),
                "findings": plan.findings.iter()
                    .map(|finding| finding_json(plan.module.as_str(), finding, language))
                    .collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "writes": by_system(&writes),
        "linked": links(preview),
        "modules": modules,
        "requests": by_system(&preview.usage.map(|usage| usage.requests)),
        "cost": by_system(&preview.cost),
    })
}

/// What lies ahead of whoever reads a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ahead {
    /// Both systems agree.
    Nothing,
    /// A run would do nothing, because all that differs waits for a person.
    Waiting,
    /// A run would do something.
    Steps,
}

/// What lies ahead. To note that both sides agree is no step.
#[must_use]
pub fn ahead(preview: &Preview) -> Ahead {
    let noted = |step: &Step| matches!(step.action, Action::Settle { .. });
    if preview.plans.iter().any(|plan| !plan.steps.iter().all(|step| noted(step))) {
        Ahead::Steps
    } else if preview.plans.iter().flat_map(|plan| &plan.findings).any(|finding| !finding.matter.is_notice()) {
        Ahead::Waiting
    } else {
        Ahead::Nothing
    }
}

/// What undoing would do, as a document.
#[must_use]
pub fn undo_json(preview: &Preview, language: Language) -> Value {
    let mut document = plan_json(preview, language);
    document["undone"] = preview.undone.as_ref().map_or(Value::Null, |undone| undone_json(undone, language));
    document
}

/// How many writes a preview holds for each side.
#[must_use]
pub fn writes(preview: &Preview) -> Sides<usize> {
    Sides::from_fn(|side| preview.plans.iter().map(|plan| *plan.write_counts().get(side)).sum())
}

/// How many pairs a preview links.
#[must_use]
pub fn links(preview: &Preview) -> usize {
    let ties = |plan: &Plan| plan.steps.iter().filter(|step| matches!(step.action, Action::Tie(_))).count();
    preview.plans.iter().map(ties).sum()
}

/// A preview as lines.
#[must_use]
pub fn plan_lines(preview: &Preview, language: Language) -> Vec<Line> {
    let mut lines = Vec::new();
    for plan in &preview.plans {
        lines.extend(plan.steps.iter().filter_map(|step| step_line(plan.module.as_str(), step, language, false)));
        lines.extend(plan.findings.iter().map(|finding| finding_line(plan.module.as_str(), finding, language)));
    }
    lines
}

/// A summary as lines.
#[must_use]
pub fn summary_lines(summary: &Summary, language: Language) -> Vec<Line> {
    let done = summary.done.iter().filter_map(|(module, step)| step_line(module.as_str(), step, language, true));
    let held = summary.findings.iter().map(|(module, finding)| finding_line(module.as_str(), finding, language));
    done.chain(held).collect()
}

/// A record that each of [`summary_lines`] is about, as one asks for it.
#[must_use]
pub fn summary_records(summary: &Summary) -> Vec<Option<String>> {
    let done = summary.done.iter().filter_map(|(_, step)| match &step.action {
        Action::Write(write) => Some(Some(write.counterpart().to_string())),
        Action::Tie(link) => Some(Some(link.keys.right.to_string())),
        Action::Retire { keys, .. } => Some(Some(keys.right.to_string())),
        Action::Settle { .. } => None,
    });
    let held = summary.findings.iter();
    done.chain(held.map(|(_, finding)| finding.records.first().map(|(_, key)| key.to_string()))).collect()
}

pub(crate) fn by_system<T: serde::Serialize>(sides: &Sides<T>) -> Value {
    let mut object = serde_json::Map::new();
    for (side, value) in sides.iter() {
        object.insert(side_key(side).to_owned(), json!(value));
    }
    Value::Object(object)
}

pub(crate) fn step_json(step: &Step, language: Language) -> Option<Value> {
    Some(match &step.action {
        Action::Tie(link) => json!({
            "action": "link",
            "title": step.title,
            "dinero": link.keys.left.to_string(),
            "simplycrm": link.keys.right.to_string(),
        }),
        Action::Write(write) => {
            let (action, record) = match &write.change {
                WriteChange::Create { source, .. } => ("create", source.to_string()),
                WriteChange::Update { key, .. } => ("update", key.to_string()),
                WriteChange::Delete { key, .. } => ("delete", key.to_string()),
            };
            json!({
                "action": action,
                "on": side_key(write.side),
                "record": record,
                "title": step.title,
                "fields": step.why.iter().map(|why| field_json(why, language)).collect::<Vec<_>>(),
            })
        }
        Action::Retire { keys, deleted_on } => json!({
            "action": "unlink",
            "title": step.title,
            "deleted_on": side_key(*deleted_on),
            "dinero": keys.left.to_string(),
            "simplycrm": keys.right.to_string(),
        }),
        Action::Settle { .. } => return None,
    })
}

pub(crate) fn field_json(why: &FieldWhy, language: Language) -> Value {
    let shown = |value: &Option<sync_model::Value>| value.as_ref().map(ToString::to_string);
    json!({
        "field": why.field.as_str(),
        "rule": why.rule,
        "why": why.rule.say(language),
        "base": by_system(&why.base.as_ref().map(shown)),
        "now": by_system(&why.now.as_ref().map(shown)),
        "write": why.write.as_ref().map(|(side, value)| json!({ "on": side_key(*side), "value": value.to_string() })),
    })
}

pub(crate) fn finding_json(module: &str, finding: &Finding, language: Language) -> Value {
    let records = finding.records.iter();
    json!({
        "module": module,
        "title": finding.title,
        "matter": finding.matter,
        "why": finding.matter.say(language),
        "records": records.map(|(side, key)| json!({ "on": side_key(*side), "record": key.to_string() })).collect::<Vec<_>>(),
    })
}

pub(crate) fn step_line(module: &str, step: &Step, language: Language, done: bool) -> Option<Line> {
    let what = match &step.action {
        Action::Tie(_) => language.pick("kobles", "link").to_owned(),
        Action::Retire { .. } => language.pick("kobling ophæves", "unlink").to_owned(),
        Action::Write(write) => {
            let verb = match (&write.change, done) {
                (WriteChange::Create { .. }, false) => language.pick("opret i", "create in"),
                (WriteChange::Create { .. }, true) => language.pick("oprettet i", "created in"),
                (WriteChange::Update { .. }, false) => language.pick("ret i", "update in"),
                (WriteChange::Update { .. }, true) => language.pick("rettet i", "updated in"),
                (WriteChange::Delete { .. }, false) => language.pick("slet i", "delete in"),
                (WriteChange::Delete { .. }, true) => language.pick("slettet i", "deleted in"),
            };
            format!("{verb} {}", side_name(write.side))
        }
        Action::Settle { .. } => return None,
    };
    Some(Line { module: module.to_owned(), record: step.title.clone(), what, why: reasons(step, language) })
}

/// The reasons of a step: for a new record that it is new, otherwise field by field.
fn reasons(step: &Step, language: Language) -> String {
    match &step.action {
        Action::Tie(link) => match &link.evidence {
            sync_model::Evidence::Rule { rule, value, score } => format!("{rule} {value} ({score} %)"),
            sync_model::Evidence::Mark(side) => match language {
                Language::Da => format!("mærket i {}", side_name(*side)),
                Language::En => format!("the mark in {}", side_name(*side)),
            },
            sync_model::Evidence::Person => language.pick("bekræftet i hånden", "confirmed by hand").to_owned(),
            sync_model::Evidence::Created(_) => String::new(),
        },
        Action::Write(write) => match &write.change {
            WriteChange::Create { .. } => match language {
                Language::Da => format!("findes kun i {}", side_name(write.side.other())),
                Language::En => format!("only in {}", side_name(write.side.other())),
            },
            WriteChange::Update { .. } => {
                step.why.iter().map(|why| change(why, write.side, language)).collect::<Vec<_>>().join("\n")
            }
            WriteChange::Delete { .. } => match language {
                Language::Da => format!("slettet i {}; godkendt", side_name(write.side.other())),
                Language::En => format!("deleted in {}; approved", side_name(write.side.other())),
            },
        },
        Action::Settle { .. } | Action::Retire { .. } => String::new(),
    }
}

fn change(why: &FieldWhy, side: Side, language: Language) -> String {
    let shown = |value: Option<&sync_model::Value>| match value {
        Some(value) if !value.is_empty() => format!("“{value}”"),
        Some(_) | None => language.pick("(tom)", "(empty)").to_owned(),
    };
    let old = shown(why.now.get(side).as_ref());
    let new = shown(why.write.as_ref().map(|(_, value)| value));
    format!("{}: {old} → {new} ({})", why.field, why.rule.say(language))
}

fn finding_line(module: &str, finding: &Finding, language: Language) -> Line {
    let what = match &finding.matter {
        Matter::Conflict { .. } => language.pick("konflikt", "conflict"),
        Matter::Deleted { .. } => language.pick("slettet", "deleted"),
        Matter::HeldBack { .. } => language.pick("holdt tilbage", "held back"),
        Matter::Proposal { approved: true, .. } => language.pick("godkendt", "approved"),
        Matter::Proposal { .. } => language.pick("forslag", "proposal"),
        Matter::Ambiguous { .. }
        | Matter::Unfit { .. }
        | Matter::Refused { .. }
        | Matter::GivenUp { .. }
        | Matter::Duplicate { .. }
        | Matter::Deletion { .. }
        | Matter::EditedAfterDeletion { .. }
        | Matter::Guarded { .. }
        | Matter::Swinging { .. }
        | Matter::Totals { .. }
        | Matter::EffectUnknown { .. }
        | Matter::Cancelled
        | Matter::Needs { .. }
        | Matter::SystemChanged { .. }
        | Matter::OutcomeUnknown { .. } => language.pick("venter", "held"),
    };
    Line {
        module: module.to_owned(),
        record: finding.title.clone(),
        what: what.to_owned(),
        why: finding.matter.say(language),
    }
}
