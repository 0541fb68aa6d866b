//! Writes that failed: tried again a few times, then given up until the record or the mapping gives another write.
//!
//! What counts is the write, not the record: as soon as somebody corrects the record, on either side, or the mapping, the
//! write is another one and is tried from the beginning.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sync_model::{Fingerprint, RecordKey, Side};

use crate::{Action, Finding, Matter, Plan, Step, Write};

/// What kind of trouble one record's write is in, cut by who can help.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureClass {
    /// The system did not answer for this record, time and again: whoever runs it looks at its log.
    Transient,
    /// The record's own data are refused: whoever keeps the record corrects it.
    #[default]
    Data,
    /// The user that we act as may not do this: an administrator gives the right.
    Permission,
    /// Something else in the system stands against it, such as a number that is taken.
    Conflict,
    /// The books do not allow it, such as a closed period: the bookkeeper decides.
    Accounting,
}

impl FailureClass {
    /// In how many runs one write is tried before it is given up. A refusal repeats itself; an outage passes.
    #[must_use]
    pub fn most_attempts(self) -> u32 {
        match self {
            Self::Transient => 5,
            Self::Data | Self::Permission | Self::Conflict | Self::Accounting => 3,
        }
    }
}

/// A write that failed when it was last tried: what is remembered so that it is not tried for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The system that was written to.
    pub side: Side,
    /// The record of the other side that was to be carried over.
    pub source: RecordKey,
    /// A digest of what was to be written. Another write of the same record is another matter.
    pub write: Fingerprint,
    /// In how many runs it was tried.
    pub attempts: u32,
    /// What kind of trouble it is, as far as the last attempt showed.
    pub class: FailureClass,
    /// The system's words.
    pub message: String,
    /// The field it named, if it named one.
    pub field: Option<String>,
    /// When it first failed.
    pub since: DateTime<Utc>,
}

impl Failure {
    /// `write` failed, after what is known of `earlier` attempts at the same record.
    #[must_use]
    pub fn again(
        earlier: Option<&Self>,
        write: &Write,
        (class, message, field): (FailureClass, String, Option<String>),
        at: DateTime<Utc>,
    ) -> Self {
        let digest = write.digest();
        let same = earlier.filter(|earlier| earlier.write == digest);
        Self {
            side: write.side,
            source: write.counterpart().clone(),
            write: digest,
            attempts: same.map_or(1, |earlier| earlier.attempts.saturating_add(1)),
            class,
            message,
            field,
            since: same.map_or(at, |earlier| earlier.since),
        }
    }

    /// Whether it is not tried any more.
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.attempts >= self.class.most_attempts()
    }

    fn is_about(&self, write: &Write) -> bool {
        self.side == write.side && self.source == *write.counterpart()
    }
}

impl Write {
    /// A digest of what is written to which record, and of the version it is written over.
    #[must_use]
    pub fn digest(&self) -> Fingerprint {
        let parts =
            [serde_json::to_vec(&self.side), serde_json::to_vec(&self.change), serde_json::to_vec(&self.fields)];
        Fingerprint::of(parts.into_iter().filter_map(Result::ok))
    }
}

/// Takes out of `plan` the writes that failed too often, and says so.
pub(crate) fn give_up(plan: &mut Plan, failures: &[Failure]) {
    let given_up = |step: &Step| match &step.action {
        Action::Write(write) => {
            let failure = failures.iter().find(|failure| failure.is_about(write) && failure.is_final())?;
            (failure.write == write.digest()).then(|| finding(failure, write, &step.title))
        }
        Action::Tie(_) | Action::Settle { .. } | Action::Retire { .. } => None,
    };
    let findings: Vec<Finding> = plan.steps.iter().filter_map(|step| given_up(step)).collect();
    plan.steps.retain(|step| given_up(step).is_none());
    plan.findings.extend(findings);
}

fn finding(failure: &Failure, write: &Write, title: &str) -> Finding {
    let target = write.target().map(|key| (write.side, key.clone()));
    let records = [(write.side.other(), write.counterpart().clone())].into_iter().chain(target).collect();
    let matter = Matter::GivenUp {
        side: failure.side,
        class: failure.class,
        attempts: failure.attempts,
        message: failure.message.clone(),
        field: failure.field.clone(),
    };
    Finding { records, title: title.to_owned(), matter }
}
