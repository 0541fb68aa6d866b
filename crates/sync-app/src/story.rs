//! A record's past as a page shows it: for each field why it is as it is, what was written, and what comes next.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use reconcile::{Action, Step, WriteChange};
use serde::Serialize;
use sync_model::FieldName;
use sync_run::{Explanation, FieldView, Intent, Outcome};

use crate::report::step_line;
use crate::runs::{ending, shown, verb};
use crate::why::{last_write, other_priority};
use crate::words::side_name;
use crate::{App, AppError, Language, RecordReference, Say};

/// Writes that are told of, the newest first.
const MOST_WRITES: usize = 20;

/// A record's past.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Story {
    /// By the mapping's name of each field.
    pub fields: BTreeMap<String, FieldStory>,
    /// What the next run does, as far as both systems were seen.
    pub next: Vec<String>,
    /// What waits for a person.
    pub waits: Vec<String>,
    /// What was written, the newest first.
    pub writes: Vec<ToldWrite>,
}

/// Why a field is as it is.
#[derive(Debug, Clone, Serialize)]
pub struct FieldStory {
    /// The rule that holds now.
    pub rule: String,
    /// What both sides last agreed on, where they hold something else now.
    pub agreed: Option<String>,
    /// What the next run writes.
    pub next: Option<String>,
    /// What the other priority would write instead.
    pub otherwise: Option<String>,
    /// What was last written to it.
    pub written: Option<WrittenField>,
}

/// One field of a write.
#[derive(Debug, Clone, Serialize)]
pub struct WrittenField {
    /// When.
    pub at: DateTime<Utc>,
    /// The run.
    pub run: String,
    /// Where.
    pub system: &'static str,
    /// What stood there.
    pub from: String,
    /// What was written.
    pub to: String,
    /// By which rule.
    pub why: String,
    /// Whether something stood there that could be put back.
    pub undoable: bool,
}

/// One write.
#[derive(Debug, Clone, Serialize)]
pub struct ToldWrite {
    /// When.
    pub at: DateTime<Utc>,
    /// The run.
    pub run: String,
    /// What, where, and how it ended.
    pub what: String,
    /// The fields, by the mapping's names.
    pub fields: Vec<String>,
    /// Whether it was done.
    pub done: bool,
}

impl App {
    /// Why a record is as it is, over what was seen last; neither system is asked for its records. `None` before the record
    /// was seen.
    ///
    /// # Errors
    /// When the store cannot be used, or the mapping does not fit.
    pub async fn story(&self, record: &RecordReference, language: Language) -> Result<Option<Story>, AppError> {
        Ok(self.recall(record).await?.map(|told| Story::new(&told, language)))
    }
}

impl Story {
    fn new(told: &Explanation, language: Language) -> Self {
        let field = |view: &FieldView| (view.why.field.to_string(), FieldStory::new(told, view, language));
        let next = told.steps.iter().filter_map(|step| step_line("", step, language, false));
        Self {
            fields: told.fields.iter().map(field).collect(),
            next: next.map(|line| format!("{}: {}", line.what, line.why.replace('\n', "; "))).collect(),
            waits: told.findings.iter().map(|finding| finding.matter.say(language)).collect(),
            writes: told.history.iter().rev().take(MOST_WRITES).map(|entry| write(entry, language)).collect(),
        }
    }
}

impl FieldStory {
    fn new(told: &Explanation, view: &FieldView, language: Language) -> Self {
        let why = &view.why;
        let base = || {
            let side = |side| format!("{} {}", side_name(side), shown(why.base.get(side).as_ref(), language));
            sync_model::Side::BOTH.map(side).join(", ")
        };
        // What waits is not written, whatever the rule of the field says.
        let next = why.write.as_ref().filter(|_| told.steps.iter().any(|step| writes(step, &why.field)));
        let next = next.map(|(side, value)| {
            let value = shown(Some(value), language);
            match language {
                Language::Da => format!("næste kørsel skriver {value} i {}", side_name(*side)),
                Language::En => format!("the next run writes {value} to {}", side_name(*side)),
            }
        });
        Self {
            rule: why.rule.say(language),
            agreed: (why.base.left.is_some() && why.base != why.now).then(base),
            next,
            otherwise: view
                .otherwise
                .as_ref()
                .map(|(side, value)| other_priority(*side, value, language).trim().to_owned()),
            written: last_write(told, &why.field).and_then(|(intent, _)| {
                let past = intent.why.iter().find(|past| past.field == why.field)?;
                Some(WrittenField {
                    at: intent.at,
                    run: intent.run.to_string(),
                    system: side_name(intent.write.side),
                    from: shown(past.now.get(intent.write.side).as_ref(), language),
                    to: shown(past.write.as_ref().map(|(_, value)| value), language),
                    why: past.rule.say(language),
                    undoable: matches!(intent.write.change, WriteChange::Update { .. }),
                })
            }),
        }
    }
}

fn writes(step: &Step, field: &FieldName) -> bool {
    matches!(step.action, Action::Write(_)) && step.why.iter().any(|why| why.field == *field && why.write.is_some())
}

fn write((intent, outcome): &(Intent, Option<Outcome>), language: Language) -> ToldWrite {
    let what = verb(&intent.write.change, language);
    ToldWrite {
        at: intent.at,
        run: intent.run.to_string(),
        what: format!("{what} {}{}", side_name(intent.write.side), ending(outcome.as_ref(), language)),
        fields: intent.why.iter().filter(|why| why.write.is_some()).map(|why| why.field.to_string()).collect(),
        done: matches!(outcome, Some(Outcome::Done { .. })),
    }
}
