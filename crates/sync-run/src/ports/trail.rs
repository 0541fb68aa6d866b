//! The trail: an append-only, hash-chained record of every change of the mapped state and of every write.
//!
//! A store adds to it inside the transaction that makes the changes, so that neither exists without the other. What was
//! merely seen (records, cursors, descriptions) is not in it: it can be seen again. Replayed from its beginning, the trail
//! gives the links, their baselines and the journal's outcomes as they stand.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use reconcile::{Failure, FieldWhy, Rule, WriteChange};
use serde::{Deserialize, Serialize};
use sync_model::{FieldName, Fields, Fingerprint, Link, LinkState, RecordKey, Retired, RunId, Side, Sides, Swings};

use super::effect::EffectRecord;
use super::keeping;
use super::store::{Change, Intent, IntentId, Outcome};

/// Changes in one entry. A first meeting ties thousands of links in one commit; an entry stays readable.
const MOST_CHANGES: usize = 64;

/// One entry, as a store keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailEntry {
    /// Counts the pair's entries from 1, without a gap.
    pub n: i64,
    /// The run that made the changes.
    pub run: RunId,
    /// The changes, as JSON: byte for byte what the hash was made from.
    pub body: String,
    /// The hash over this entry and the one before.
    pub hash: Fingerprint,
}

/// A change as the trail tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Recorded {
    /// The links that existed when the trail was begun in a database of an earlier version.
    Snapshot {
        /// All of them.
        links: Vec<Link>,
    },
    /// A run is about to make the first change that is recorded.
    Begun {
        /// Who asked for it, where that is known.
        by: Option<String>,
        /// What was asked for.
        purpose: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// Two records were linked, or linked anew.
    Linked {
        /// As it was linked.
        link: Box<Link>,
    },
    /// A link's baseline moved on.
    Settled {
        /// The link.
        keys: Sides<RecordKey>,
        /// Canonical values.
        patch: Sides<Fields>,
        /// What is remembered of written fields.
        #[serde(default, skip_serializing_if = "Swings::is_empty")]
        swings: Swings,
        /// The mapping they were translated with.
        mapping: Fingerprint,
    },
    /// A link ended because a record was deleted.
    Retired {
        /// The link.
        keys: Sides<RecordKey>,
        /// Where it was deleted.
        deleted_on: Side,
        /// When that was learned.
        at: DateTime<Utc>,
    },
    /// A link ended because the run that made one of its records was undone.
    Unlinked {
        /// The link.
        keys: Sides<RecordKey>,
        /// When.
        at: DateTime<Utc>,
    },
    /// A link was forgotten, because its booked invoice was credited and is made anew from the CRM's.
    Released {
        /// The link.
        keys: Sides<RecordKey>,
        /// When.
        at: DateTime<Utc>,
    },
    /// A write is about to be sent.
    Intended {
        /// The intent: the request's id.
        intent: IntentId,
        /// The system that is changed.
        side: Side,
        /// How.
        change: WriteChange,
        /// What is written, in the system's own names.
        fields: Fields,
        /// The rule that decided, by canonical field.
        rules: BTreeMap<FieldName, Rule>,
        /// When.
        at: DateTime<Utc>,
    },
    /// What came of a write.
    Concluded {
        /// The intent.
        intent: IntentId,
        /// What came of it.
        outcome: Outcome,
        /// When.
        at: DateTime<Utc>,
    },
    /// An effect on an invoice is about to be asked for, or this came of it.
    Effect {
        /// The effect with its state.
        record: Box<EffectRecord>,
    },
    /// A saved plan was carried out, and cannot be again.
    Spent {
        /// The plan's hash.
        plan: Fingerprint,
        /// When.
        at: DateTime<Utc>,
    },
    /// Marks proved that this pair ran before and its database was lost.
    EarlierLife {
        /// When that was learned.
        at: DateTime<Utc>,
    },
    /// A write failed once more.
    Failed {
        /// What is remembered of it.
        failure: Box<Failure>,
    },
    /// What failed does not fail any more, or was given up.
    Mended {
        /// The system that was written to.
        side: Side,
        /// The record that was to be carried over.
        source: RecordKey,
    },
}

impl Recorded {
    /// What the trail tells of `change`; `None` for what was only seen.
    fn of(change: &Change) -> Option<Self> {
        Some(match change {
            Change::Observe { .. }
            | Change::Deleted { .. }
            | Change::Quiet { .. }
            | Change::Wake { .. }
            | Change::Cursor { .. }
            | Change::Schema { .. }
            | Change::Checked(_)
            | Change::TakeUp { .. }
            | Change::Findings { .. } => return None,
            Change::Begin { by, purpose, at } => Self::Begun { by: by.clone(), purpose: purpose.clone(), at: *at },
            Change::Tie(link) => Self::Linked { link: Box::new(link.clone()) },
            Change::Patch { keys, patch, swings, mapping } => Self::Settled {
                keys: keys.clone(),
                patch: patch.clone(),
                swings: swings.clone(),
                mapping: mapping.clone(),
            },
            Change::Retire { keys, deleted_on, at } => {
                Self::Retired { keys: keys.clone(), deleted_on: *deleted_on, at: *at }
            }
            Change::Unlink { keys, at } => Self::Unlinked { keys: keys.clone(), at: *at },
            Change::Release { keys, at } => Self::Released { keys: keys.clone(), at: *at },
            Change::Intend(intent) => Self::intended(intent),
            Change::Conclude { intent, outcome, at } => {
                Self::Concluded { intent: *intent, outcome: outcome.clone(), at: *at }
            }
            Change::Effect(record) => Self::Effect { record: record.clone() },
            Change::Spend { plan, at } => Self::Spent { plan: plan.clone(), at: *at },
            Change::EarlierLife { at } => Self::EarlierLife { at: *at },
            Change::Failed(failure) => Self::Failed { failure: failure.clone() },
            Change::Mended { side, source } => Self::Mended { side: *side, source: source.clone() },
        })
    }

    fn intended(intent: &Intent) -> Self {
        let rule = |why: &FieldWhy| (why.field.clone(), why.rule);
        Self::Intended {
            intent: intent.id,
            side: intent.write.side,
            change: intent.write.change.clone(),
            fields: intent.write.fields.clone(),
            rules: intent.why.iter().map(rule).collect(),
            at: intent.at,
        }
    }
}

/// Whether the trail tells of any of `changes`.
#[must_use]
pub fn tells_of(changes: &[Change]) -> bool {
    changes.iter().any(|change| Recorded::of(change).is_some())
}

/// The bodies of the entries that tell of `changes`; none where nothing of them is recorded.
///
/// # Errors
/// When a change cannot be written as JSON.
pub fn bodies(changes: &[Change]) -> Result<Vec<String>, serde_json::Error> {
    let recorded: Vec<Recorded> = changes.iter().filter_map(Recorded::of).collect();
    recorded.chunks(MOST_CHANGES).map(serde_json::to_string).collect()
}

/// The bodies of the entries that begin the trail of a pair which has `links` already.
///
/// # Errors
/// When a link cannot be written as JSON.
pub fn snapshot(links: &[Link]) -> Result<Vec<String>, serde_json::Error> {
    let snapshot = |links: &[Link]| serde_json::to_string(&[Recorded::Snapshot { links: links.to_vec() }]);
    links.chunks(MOST_CHANGES).map(snapshot).collect()
}

impl TrailEntry {
    /// The entry that follows `last` with `body`.
    #[must_use]
    pub fn after(last: Option<(i64, Fingerprint)>, run: &RunId, body: String) -> Self {
        let (n, before) = last.map_or((0, None), |(n, hash)| (n, Some(hash)));
        let n = n + 1;
        Self { n, run: run.clone(), hash: link(before.as_ref(), n, run, &body), body }
    }

    /// What it tells.
    ///
    /// # Errors
    /// When it is not as this version writes it.
    pub fn changes(&self) -> Result<Vec<Recorded>, serde_json::Error> {
        serde_json::from_str(&self.body)
    }
}

fn link(before: Option<&Fingerprint>, n: i64, run: &RunId, body: &str) -> Fingerprint {
    let before = before.map_or("", Fingerprint::as_str);
    Fingerprint::of([before.as_bytes(), &n.to_be_bytes(), run.as_str().as_bytes(), body.as_bytes()])
}

/// A trail that is not as it was written, with the first entry that shows it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrailError {
    /// An entry is missing or stands twice.
    #[error("entry {expected} is followed by entry {found}")]
    Gap {
        /// The number that should have come.
        expected: i64,
        /// The number that came.
        found: i64,
    },
    /// An entry was changed after it was written, or one before it was.
    #[error("entry {n} was changed after it was written")]
    Changed {
        /// Which.
        n: i64,
    },
    /// An entry tells what this version does not understand, or what cannot follow from the entries before it.
    #[error("entry {n} cannot be replayed: {reason}")]
    Unreplayable {
        /// Which.
        n: i64,
        /// Why not.
        reason: String,
    },
}

/// What the trail gives when it is replayed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replay {
    /// Every link, by its records.
    pub links: BTreeMap<Sides<RecordKey>, Link>,
    /// Every write, with its outcome where it has one.
    pub writes: BTreeMap<IntentId, Option<Outcome>>,
    /// How many entries were replayed.
    pub entries: i64,
    /// The hash of the last entry: noted elsewhere, it proves that nothing was cut off.
    pub head: Option<Fingerprint>,
}

impl Replay {
    /// Takes the next entry: checks that it follows from the one before, and makes its changes.
    ///
    /// # Errors
    /// [`TrailError`] when it does not follow.
    pub fn take(&mut self, entry: &TrailEntry) -> Result<(), TrailError> {
        let expected = self.entries + 1;
        if entry.n != expected {
            return Err(TrailError::Gap { expected, found: entry.n });
        }
        if link(self.head.as_ref(), entry.n, &entry.run, &entry.body) != entry.hash {
            return Err(TrailError::Changed { n: entry.n });
        }
        let wrong = |reason: String| TrailError::Unreplayable { n: entry.n, reason };
        for recorded in entry.changes().map_err(|error| wrong(error.to_string()))? {
            self.make(recorded).map_err(wrong)?;
        }
        self.entries = entry.n;
        self.head = Some(entry.hash.clone());
        Ok(())
    }

    fn make(&mut self, recorded: Recorded) -> Result<(), String> {
        match recorded {
            Recorded::Snapshot { links } => {
                self.links.extend(links.into_iter().map(|link| (link.keys.clone(), link)));
            }
            Recorded::Linked { link } => drop(self.links.insert(link.keys.clone(), *link)),
            Recorded::Settled { keys, patch, swings, mapping } => {
                let link = self.linked(&keys)?;
                link.baseline = Some(keeping::settled(link.baseline.take(), &patch, &swings, &mapping));
            }
            Recorded::Retired { keys, deleted_on, at } => {
                self.linked(&keys)?.state = LinkState::Retired(Retired { deleted_on, at });
            }
            Recorded::Unlinked { keys, at } => self.linked(&keys)?.state = LinkState::Undone { at },
            Recorded::Released { keys, .. } => {
                self.linked(&keys)?;
                self.links.remove(&keys);
            }
            Recorded::Intended { intent, .. } => drop(self.writes.insert(intent, None)),
            Recorded::Concluded { intent, outcome, .. } => {
                // A write that was on its way when the trail was begun concludes without its intent in the trail.
                self.writes.insert(intent, Some(outcome));
            }
            Recorded::Begun { .. }
            | Recorded::Effect { .. }
            | Recorded::Spent { .. }
            | Recorded::EarlierLife { .. }
            | Recorded::Failed { .. }
            | Recorded::Mended { .. } => {}
        }
        Ok(())
    }

    fn linked(&mut self, keys: &Sides<RecordKey>) -> Result<&mut Link, String> {
        let missing = || format!("{} and {} were never linked", keys.left, keys.right);
        self.links.get_mut(keys).ok_or_else(missing)
    }
}
