//! The inbox: what waits for a person, each entry under a short name, with what it is, why, since when and what to do.
//!
//! An entry's name is made from exactly what it shows. When that changes, so does the name, and whoever answers the former
//! one is told to look again: nothing is ever decided that was not shown.

mod remedies;
mod shown;

pub use shown::Contested;

use chrono::{DateTime, Utc};
use reconcile::{Decision, Finding, Guarded, Matter, Reply};
use serde_json::{Value, json};
use sync_model::{Fingerprint, Module, RecordKey, Side};
use sync_run::{Ledger, StoredFinding};

use crate::words::side_key;
use crate::{AppError, Language, Say};

/// Letters of an entry's name. Any beginning of it that is nobody else's will do.
const NAME: usize = 8;

/// What a guard held together: of one module, for one reason, from one side.
type Together = (Module, Guarded, Side);

/// Everything that waits for a person.
#[derive(Debug, Clone, Default)]
pub struct Inbox {
    entries: Vec<Entry>,
}

/// One thing that waits.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its name, to be typed.
    pub id: String,
    /// The module.
    pub module: Module,
    /// Since when it has waited without a break.
    pub since: DateTime<Utc>,
    /// What waits: one finding, or all that a guard held together.
    pub findings: Vec<Finding>,
    /// Whether it was answered already; the next run does what was said.
    pub answered: Option<Answered>,
}

/// Who answered, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Who.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl Inbox {
    /// The inbox of what the last planning found, with what was decided since.
    pub(crate) fn new(findings: Vec<StoredFinding>, ledger: &Ledger) -> Self {
        let mut groups: Vec<(Option<Together>, Vec<StoredFinding>)> = Vec::new();
        for stored in findings.into_iter().filter(|stored| !stored.finding.matter.is_notice()) {
            let together = match &stored.finding.matter {
                Matter::Guarded { what, from, .. } => Some((stored.module.clone(), *what, *from)),
                _ => None,
            };
            match groups.iter_mut().find(|(group, _)| group.is_some() && *group == together) {
                Some((_, all)) => all.push(stored),
                None => groups.push((together, vec![stored])),
            }
        }
        let entries = groups.into_iter().filter_map(|(_, all)| Entry::new(all, ledger)).collect();
        Self { entries }
    }

    /// Conflicts of values.
    pub fn conflicts(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.is_conflict())
    }

    /// Everything else that waits.
    pub fn held(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| !entry.is_conflict())
    }

    /// The entry whose name begins with `id`.
    ///
    /// # Errors
    /// [`AppError::NoSuchEntry`], also where several names begin so.
    pub fn find(&self, id: &str) -> Result<&Entry, AppError> {
        let id = id.trim().to_lowercase();
        let mut found = self.entries.iter().filter(|entry| !id.is_empty() && entry.id.starts_with(&id));
        match (found.next(), found.next()) {
            (Some(entry), None) => Ok(entry),
            (None | Some(_), _) => Err(AppError::NoSuchEntry(id)),
        }
    }
}

impl Entry {
    fn new(all: Vec<StoredFinding>, ledger: &Ledger) -> Option<Self> {
        let first = all.first()?;
        let (module, since) = (first.module.clone(), all.iter().map(|stored| stored.since).min()?);
        let findings: Vec<Finding> = all.into_iter().map(|stored| stored.finding).collect();
        let shown = findings.iter().filter_map(|finding| serde_json::to_vec(&(&module, finding)).ok());
        let digest = Fingerprint::of(shown);
        let name = digest.as_str().rsplit(':').next().unwrap_or_default();
        let mut entry = Self { id: name.chars().take(NAME).collect(), module, since, findings, answered: None };
        entry.answered = entry.answered_in(ledger);
        Some(entry)
    }

    /// Whether it is a conflict of values.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.findings.iter().any(|finding| finding.matter.is_conflict())
    }

    /// Whether a person still has to do something about it.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.answered.is_none()
    }

    /// The record's name for a person, or how many records it is about.
    #[must_use]
    pub fn title(&self, language: Language) -> String {
        match self.findings.as_slice() {
            [only] => only.title.clone(),
            many => {
                let names: Vec<&str> = many.iter().take(3).map(|finding| finding.title.as_str()).collect();
                let count = many.len();
                match language {
                    Language::Da => format!("{count} poster: {} …", names.join(", ")),
                    Language::En => format!("{count} records: {} …", names.join(", ")),
                }
            }
        }
    }

    /// What it is and why it waits.
    #[must_use]
    pub fn why(&self, language: Language) -> String {
        self.findings.first().map(|finding| finding.matter.say(language)).unwrap_or_default()
    }

    /// Who has to do what.
    #[must_use]
    pub fn remedy(&self, language: Language) -> String {
        self.findings.first().map(|finding| remedies::remedy(finding, &self.id, language)).unwrap_or_default()
    }

    /// The fields in conflict with what each system holds.
    pub fn values(&self) -> Vec<(&str, String, String)> {
        let shown = |value: &Option<sync_model::Value>| value.as_ref().map(ToString::to_string).unwrap_or_default();
        let fields = self.findings.iter().filter_map(|finding| match &finding.matter {
            Matter::Conflict { fields } => Some(fields),
            _ => None,
        });
        fields.flatten().map(|why| (why.field.as_str(), shown(&why.now.left), shown(&why.now.right))).collect()
    }

    /// The records that it is about.
    pub fn records(&self) -> impl Iterator<Item = &(Side, RecordKey)> {
        self.findings.iter().flat_map(|finding| &finding.records)
    }

    /// What `reply` decides.
    ///
    /// # Errors
    /// [`AppError::NoAnswer`] when that is no answer to it.
    pub fn decided_by(&self, reply: Reply) -> Result<Vec<Decision>, AppError> {
        let decided: Option<Vec<Vec<_>>> = self.findings.iter().map(|finding| finding.decided_by(reply)).collect();
        decided.map(|all| all.concat()).ok_or_else(|| self.no_answer())
    }

    /// What follows when the value of `take` shall stand in `field`, or in all fields.
    ///
    /// # Errors
    /// [`AppError::NoAnswer`] when there is no such field in conflict.
    pub fn resolved_by(&self, take: Side, field: Option<&str>) -> Result<Vec<Decision>, AppError> {
        let resolved = self.findings.first().and_then(|finding| finding.resolved_by(take, field));
        resolved.ok_or_else(|| self.no_answer())
    }

    fn no_answer(&self) -> AppError {
        AppError::NoAnswer {
            id: self.id.clone(),
            remedy: Box::new([Language::Da, Language::En].map(|it| self.remedy(it))),
        }
    }

    /// Every answer that there is to it, as decisions.
    pub(crate) fn answers(&self) -> Vec<Decision> {
        let fields = |finding: &Finding| match &finding.matter {
            Matter::Conflict { fields } => fields.iter().map(|why| why.field.to_string()).collect(),
            _ => Vec::new(),
        };
        let mut all = Vec::new();
        for finding in &self.findings {
            for reply in [Reply::Approve, Reply::Reject] {
                all.extend(finding.decided_by(reply).unwrap_or_default());
            }
            for field in fields(finding) {
                for side in Side::BOTH {
                    all.extend(finding.resolved_by(side, Some(&field)).unwrap_or_default());
                }
            }
        }
        all
    }

    /// Who answered all of it, as far as that is in force.
    fn answered_in(&self, ledger: &Ledger) -> Option<Answered> {
        let decisions = ledger.in_force(&self.module);
        let given: Vec<Decision> = self.answers().into_iter().filter(|decision| decisions.holds(decision)).collect();
        let questions: usize = self.findings.iter().map(questions).sum();
        if given.is_empty() || given.len() < questions {
            return None;
        }
        let entry = ledger.entries.iter().rev().find(|entry| entry.given && given.contains(&entry.decision))?;
        Some(Answered { by: entry.by.clone(), at: entry.at })
    }

    /// As JSON.
    #[must_use]
    pub fn to_json(&self, language: Language) -> Value {
        let records: Vec<Value> =
            self.records().map(|(side, key)| json!({ "on": side_key(*side), "record": key.to_string() })).collect();
        let can = |reply: Reply| self.decided_by(reply).is_ok();
        let answered = self.answered.as_ref().map(|it| json!({ "by": it.by, "at": it.at.to_rfc3339() }));
        let mut document = json!({
            "id": self.id,
            "module": self.module.as_str(),
            "title": self.title(language),
            "records": records,
            "matter": self.findings.first().map(|finding| matter_name(&finding.matter)),
            "why": self.why(language),
            "since": self.since.to_rfc3339(),
            "remedy": self.remedy(language),
            "answered": answered,
        });
        match self.findings.first().map(|finding| &finding.matter) {
            Some(Matter::Conflict { fields }) => {
                let shown = |value: &Option<sync_model::Value>| value.as_ref().map(ToString::to_string);
                let field = |why: &reconcile::FieldWhy| {
                    json!({
                        "field": why.field.as_str(),
                        "dinero": shown(&why.now.left),
                        "simplycrm": shown(&why.now.right),
                        "before": { "dinero": shown(&why.base.left), "simplycrm": shown(&why.base.right) },
                    })
                };
                document["fields"] = fields.iter().map(field).collect();
            }
            _ => document["answers"] = json!({ "approve": can(Reply::Approve), "reject": can(Reply::Reject) }),
        }
        document
    }
}

/// How many decisions answer a finding in full. Several possible pairs are answered by one of them being the same, or by all
/// being different; the first is what counts here.
fn questions(finding: &Finding) -> usize {
    match &finding.matter {
        Matter::Conflict { fields } => fields.len(),
        _ => 1,
    }
}

/// The word under which JSON knows the matter.
fn matter_name(matter: &Matter) -> Option<String> {
    match serde_json::to_value(matter).ok()? {
        Value::Object(map) => map.keys().next().cloned(),
        Value::String(name) => Some(name),
        _ => None,
    }
}
