//! Why a record is as it is, as a person reads it.

use serde_json::{Value, json};
use sync_model::{FieldName, Side};
use sync_run::{Explanation, Intent, Outcome};

use crate::report::{field_json, finding_json, step_json};
use crate::runs::{shown, write_json};
use crate::words::{side_key, side_name};
use crate::{Language, Say};

/// The document of `afstem why`.
#[must_use]
pub fn why_json(told: &Explanation, field: Option<&str>, language: Language) -> Value {
    let other = |value: &Option<(Side, sync_model::Value)>| {
        value.as_ref().map(|(side, value)| json!({ "on": side_key(*side), "value": value.to_string() }))
    };
    let fields = told.fields.iter().filter(|view| field.is_none_or(|it| view.why.field.as_str() == it)).map(|view| {
        let mut document = field_json(&view.why, language);
        document["with_the_other_priority"] = json!(other(&view.otherwise));
        document["last_write"] = match last_write(told, &view.why.field) {
            Some(entry) => {
                let mut write = write_json(entry, language);
                let why = entry.0.why.iter().find(|why| why.field == view.why.field);
                write["fields"] = why.map(|why| field_json(why, language)).into_iter().collect();
                write["with_the_other_priority"] = json!(why.and_then(|why| other(&why.otherwise())));
                write
            }
            None => Value::Null,
        };
        document
    });
    let modules = |module: Option<&str>| module.unwrap_or_default().to_owned();
    json!({
        "title": told.title,
        "linked": told.link.as_ref().map(|link| json!({
            "dinero": link.keys.left.to_string(),
            "simplycrm": link.keys.right.to_string(),
            "evidence": link.evidence,
            "state": link.state,
        })),
        "changed_at": told.changed_at.iter().map(|it| json!({ "on": side_key(it.side), "record": it.record.to_string(), "at": it.at })).collect::<Vec<_>>(),
        "fields": fields.collect::<Vec<_>>(),
        "next": told.steps.iter().filter_map(|step| step_json(step, language)).collect::<Vec<_>>(),
        "waits": told.findings.iter().map(|finding| finding_json(&modules(told.link.as_ref().map(|link| link.module.as_str())), finding, language)).collect::<Vec<_>>(),
        "history": told.history.iter().map(|entry| write_json(entry, language)).collect::<Vec<_>>(),
    })
}

pub(crate) fn last_write<'a>(told: &'a Explanation, field: &FieldName) -> Option<&'a (Intent, Option<Outcome>)> {
    let done = |entry: &&(Intent, Option<Outcome>)| matches!(entry.1, Some(Outcome::Done { .. }));
    told.history.iter().rev().filter(done).find(|(intent, _)| intent.why.iter().any(|why| why.field == *field))
}

/// Why a record is as it is, for a person.
#[must_use]
pub fn why_lines(told: &Explanation, field: Option<&str>, language: Language) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(title) = &told.title {
        lines.push(format!("“{title}”"));
    }
    match &told.link {
        Some(link) => lines.push(format!("Dinero {} ↔ Simply CRM {}", link.keys.left, link.keys.right)),
        None => lines.push(language.pick("Ikke koblet.", "Not linked.").to_owned()),
    }
    for changed in &told.changed_at {
        let what = language.pick("sidst ændret", "last changed");
        lines.push(format!("{} {what} {}", side_name(changed.side), changed.at.format("%Y-%m-%d %H:%M:%S UTC")));
    }
    for view in told.fields.iter().filter(|view| field.is_none_or(|it| view.why.field.as_str() == it)) {
        lines.extend(field_lines(told, view, language));
    }
    if field.is_none() {
        for step in &told.steps {
            if let Some(line) = crate::report::step_line("", step, language, false) {
                let next = language.pick("Næste kørsel", "Next run");
                lines.push(format!("{next}: {} {}", line.what, line.why.replace('\n', "; ")));
            }
        }
    }
    for finding in &told.findings {
        lines.push(format!("{}: {}", language.pick("Venter", "Waits"), finding.matter.say(language)));
    }
    lines
}

fn field_lines(told: &Explanation, view: &sync_run::FieldView, language: Language) -> Vec<String> {
    let why = &view.why;
    let [now, base] = [&why.now, &why.base].map(|values| {
        Side::BOTH.map(|side| format!("{} {}", side_name(side), shown(values.get(side).as_ref(), language))).join(", ")
    });
    let mut lines = vec![format!("{}: {now} — {}", why.field, why.rule.say(language))];
    if why.base.left.is_some() && why.base != why.now {
        lines.push(format!("    {}: {base}", language.pick("sidst enige om", "last agreed")));
    }
    if let Some((side, value)) = &why.write {
        let what = language.pick("næste kørsel skriver", "the next run writes");
        let to = language.pick("i", "to");
        lines.push(format!("    {what} {} {to} {}", shown(Some(value), language), side_name(*side)));
    }
    if let Some((side, value)) = &view.otherwise {
        lines.push(other_priority(*side, value, language));
    }
    if let Some((intent, _)) = last_write(told, &why.field) {
        for past in intent.why.iter().filter(|past| past.field == why.field) {
            let from = shown(past.now.get(intent.write.side).as_ref(), language);
            let to = shown(past.write.as_ref().map(|(_, value)| value), language);
            let (at, name) = (intent.at.format("%Y-%m-%d %H:%M:%S UTC"), side_name(intent.write.side));
            let rule = past.rule.say(language);
            lines.push(match language {
                Language::Da => format!(
                    "    skrevet i {name} {at}: {from} → {to} ({rule}); kørsel {}, forespørgsel {}",
                    intent.run, intent.id.0
                ),
                Language::En => format!(
                    "    written to {name} at {at}: {from} → {to} ({rule}); run {}, request {}",
                    intent.run, intent.id.0
                ),
            });
            if let Some((side, value)) = past.otherwise() {
                lines.push(other_priority(side, &value, language));
            }
        }
    }
    lines
}

pub(crate) fn other_priority(side: Side, value: &sync_model::Value, language: Language) -> String {
    let (name, value) = (side_name(side), shown(Some(value), language));
    match language {
        Language::Da => format!("    med den modsatte prioritet: {value} i {name}"),
        Language::En => format!("    with the other priority: {value} in {name}"),
    }
}
