//! What happens during a run, as data. The command line and the server render it; this crate never prints.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use reconcile::{Matter, Plan, Step};
use serde::{Deserialize, Serialize};
use sync_model::{Kind, Module, Side, Sides};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// Another run holds the lease; this one waits for it until then.
    Waiting {
        /// When the lease runs out, in UTC.
        until: DateTime<Utc>,
    },
    /// Unfinished writes of an earlier run are being cleared up.
    Recovering {
        /// How many.
        intents: usize,
    },
    /// A page of changes was read.
    Gathered {
        /// From this side.
        side: Side,
        /// Of this kind.
        kind: Kind,
        /// Records seen in this walk so far.
        records: usize,
    },
    /// What both systems hold is known, and nothing will be written: somebody only wanted to know.
    Looked,
    /// A module was planned.
    Planned {
        /// The plan.
        plan: Arc<Plan>,
    },
    /// Writes are about to begin.
    Applying {
        /// The module.
        module: Module,
        /// Writes by side.
        writes: Sides<usize>,
        /// Milliseconds the rate limits will make them wait at least.
        wait: u64,
    },
    /// A write was done.
    Wrote {
        /// The step.
        step: Arc<Step>,
        /// The side.
        side: Side,
        /// Milliseconds the rate limit will make the rest of this module wait at least.
        wait: u64,
    },
    /// An effect on an invoice happened.
    Happened {
        /// Which.
        record: Box<crate::ports::EffectRecord>,
    },
    /// A write came to nothing.
    Missed {
        /// The step.
        step: Arc<Step>,
        /// Why.
        miss: Miss,
    },
}

/// Why a write came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Miss {
    /// The record had changed; it is planned again.
    Stale,
    /// The system could not be reached.
    NotSent(String),
    /// It waits for a person.
    Held(Matter),
}

/// Takes events as they happen.
pub trait Events: fmt::Debug + Send + Sync {
    /// Takes one.
    fn take(&self, event: Event);
}

/// Takes events and does nothing with them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unheard;

impl Events for Unheard {
    fn take(&self, _event: Event) {}
}
