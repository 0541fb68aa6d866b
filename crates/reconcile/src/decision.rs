//! What a person decides, as data: given once, bound to exactly what was shown, and taken back like any other word.
//!
//! A decision never does anything by itself. The planner sees those in force and follows each where it still applies: what
//! changed since it was shown is asked about again.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sync_model::{FieldName, Fingerprint, RecordKey, Side, Sides, Value};

use crate::{Answer, Deletion, FieldWhy};

/// One thing that a person decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// These two records are the same thing, whatever the rules make of them.
    Same(Sides<RecordKey>),
    /// These two records are not the same thing: they are never proposed again, and neither bars the other's way.
    Different(Sides<RecordKey>),
    /// This record is left alone: neither linked nor made on the other side.
    Ignored(Side, RecordKey),
    /// One side's value stands in a field.
    Choice(Choice),
    /// A deletion is answered.
    Deletion(Deletion, Answer),
    /// A step that a guard held is answered.
    Guarded(GuardedStep, Answer),
    /// The correction of a booked invoice is answered.
    Correction(Correction, Answer),
}

/// Whose value stands in one field of a linked pair, bound to the values that were shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The linked records.
    pub keys: Sides<RecordKey>,
    /// The canonical field.
    pub field: FieldName,
    /// What was agreed before.
    pub base: Sides<Option<Value>>,
    /// What each side held.
    pub now: Sides<Option<Value>>,
    /// The side whose value stands.
    pub take: Side,
}

impl Choice {
    /// The choice of `take` where `shown` was asked about `keys`.
    #[must_use]
    pub fn of(keys: Sides<RecordKey>, shown: &FieldWhy, take: Side) -> Self {
        Self { keys, field: shown.field.clone(), base: shown.base.clone(), now: shown.now.clone(), take }
    }
}

/// A step that a guard held: exactly this one, with exactly what it would write.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct GuardedStep {
    /// The records it is about.
    pub records: Vec<(Side, RecordKey)>,
    /// A digest of everything it would do.
    pub digest: Fingerprint,
}

/// The correction of a booked invoice, bound to exactly the edits that were shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Correction {
    /// The booked invoice and the CRM's.
    pub keys: Sides<RecordKey>,
    /// Whether it is credited and made anew; otherwise it is only credited, because it was cancelled.
    pub again: bool,
    /// A digest of the edits.
    pub shown: Fingerprint,
}

impl Correction {
    /// The correction of the invoice that `keys` name, after these edits.
    pub(crate) fn of(keys: &Sides<RecordKey>, again: bool, edits: &[FieldWhy]) -> Self {
        let shown = Fingerprint::of(edits.iter().filter_map(|why| serde_json::to_vec(why).ok()));
        Self { keys: keys.clone(), again, shown }
    }
}

impl Decision {
    /// The records that must be looked at again once this is given or taken back.
    #[must_use]
    pub fn records(&self) -> Vec<(Side, RecordKey)> {
        match self {
            Self::Same(keys) | Self::Different(keys) => both(keys),
            Self::Ignored(side, key) => vec![(*side, key.clone())],
            Self::Choice(choice) => both(&choice.keys),
            Self::Deletion(deletion, _) => both(&deletion.keys),
            Self::Guarded(step, _) => step.records.clone(),
            Self::Correction(correction, _) => both(&correction.keys),
        }
    }
}

fn both(keys: &Sides<RecordKey>) -> Vec<(Side, RecordKey)> {
    keys.iter().map(|(side, key)| (side, key.clone())).collect()
}

/// The decisions in force: of several about one thing, the last one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decisions {
    /// For each pair of records, whether they are the same.
    pairs: BTreeMap<Sides<RecordKey>, bool>,
    ignored: Sides<BTreeSet<RecordKey>>,
    choices: BTreeMap<(Sides<RecordKey>, FieldName), Choice>,
    deletions: BTreeMap<Deletion, Answer>,
    guarded: BTreeMap<GuardedStep, Answer>,
    corrections: BTreeMap<Correction, Answer>,
}

impl Decisions {
    /// Puts `decision` in force. What it contradicts is in force no longer.
    pub fn give(&mut self, decision: Decision) {
        match decision {
            Decision::Same(keys) => {
                // A record is the same thing as one other at most.
                let shares = |other: &Sides<RecordKey>| other.left == keys.left || other.right == keys.right;
                self.pairs.retain(|other, same| !(*same && shares(other)));
                for (side, key) in keys.iter() {
                    self.ignored.get_mut(side).remove(key);
                }
                self.pairs.insert(keys, true);
            }
            Decision::Different(keys) => drop(self.pairs.insert(keys, false)),
            Decision::Ignored(side, key) => {
                self.pairs.retain(|keys, same| !(*same && *keys.get(side) == key));
                self.ignored.get_mut(side).insert(key);
            }
            Decision::Choice(choice) => {
                drop(self.choices.insert((choice.keys.clone(), choice.field.clone()), choice));
            }
            Decision::Deletion(deletion, answer) => drop(self.deletions.insert(deletion, answer)),
            Decision::Guarded(step, answer) => drop(self.guarded.insert(step, answer)),
            Decision::Correction(correction, answer) => drop(self.corrections.insert(correction, answer)),
        }
    }

    /// Takes `decision` back, if it is in force to the letter.
    pub fn withdraw(&mut self, decision: &Decision) {
        if !self.holds(decision) {
            return;
        }
        match decision {
            Decision::Same(keys) | Decision::Different(keys) => drop(self.pairs.remove(keys)),
            Decision::Ignored(side, key) => drop(self.ignored.get_mut(*side).remove(key)),
            Decision::Choice(choice) => drop(self.choices.remove(&(choice.keys.clone(), choice.field.clone()))),
            Decision::Deletion(deletion, _) => drop(self.deletions.remove(deletion)),
            Decision::Guarded(step, _) => drop(self.guarded.remove(step)),
            Decision::Correction(correction, _) => drop(self.corrections.remove(correction)),
        }
    }

    /// Whether `decision` is in force to the letter.
    #[must_use]
    pub fn holds(&self, decision: &Decision) -> bool {
        match decision {
            Decision::Same(keys) => self.pairs.get(keys) == Some(&true),
            Decision::Different(keys) => self.are_different(keys),
            Decision::Ignored(side, key) => self.ignored(*side).contains(key),
            Decision::Choice(choice) => self.choices.get(&(choice.keys.clone(), choice.field.clone())) == Some(choice),
            Decision::Deletion(deletion, answer) => self.deletion(deletion) == Some(*answer),
            Decision::Guarded(step, answer) => self.guarded(step) == Some(*answer),
            Decision::Correction(correction, answer) => self.correction(correction) == Some(*answer),
        }
    }

    /// Everything in force, in an order that depends on nothing else.
    pub fn in_force(&self) -> impl Iterator<Item = Decision> + '_ {
        let pairs = self
            .pairs
            .iter()
            .map(|(keys, same)| if *same { Decision::Same(keys.clone()) } else { Decision::Different(keys.clone()) });
        let ignored = self
            .ignored
            .iter()
            .flat_map(|(side, keys)| keys.iter().map(move |key| Decision::Ignored(side, key.clone())));
        let choices = self.choices.values().cloned().map(Decision::Choice);
        let deletions = self.deletions.iter().map(|(it, answer)| Decision::Deletion(it.clone(), *answer));
        let guarded = self.guarded.iter().map(|(it, answer)| Decision::Guarded(it.clone(), *answer));
        let corrections = self.corrections.iter().map(|(it, answer)| Decision::Correction(it.clone(), *answer));
        pairs.chain(ignored).chain(choices).chain(deletions).chain(guarded).chain(corrections)
    }

    /// Whether any of them is about what a guard stopped.
    pub(crate) fn are_about_guards(&self) -> bool {
        !self.guarded.is_empty()
    }

    /// The pairs that a person called the same thing.
    pub(crate) fn same(&self) -> impl Iterator<Item = &Sides<RecordKey>> {
        self.pairs.iter().filter(|(_, same)| **same).map(|(keys, _)| keys)
    }

    /// Whether a person said that these two are not the same thing.
    pub(crate) fn are_different(&self, keys: &Sides<RecordKey>) -> bool {
        self.pairs.get(keys) == Some(&false)
    }

    /// The records of `side` that a person said are left alone.
    #[must_use]
    pub fn ignored(&self, side: Side) -> &BTreeSet<RecordKey> {
        self.ignored.get(side)
    }

    /// The side whose value stands, where a person chose it with exactly this before the eyes.
    pub(crate) fn choice(&self, keys: &Sides<RecordKey>, asked: &FieldWhy) -> Option<Side> {
        let choice = self.choices.get(&(keys.clone(), asked.field.clone()))?;
        (choice.base == asked.base && choice.now == asked.now).then_some(choice.take)
    }

    /// What a person said about exactly this deletion.
    pub(crate) fn deletion(&self, deletion: &Deletion) -> Option<Answer> {
        self.deletions.get(deletion).copied()
    }

    /// Whether a person answered this deletion, which is given without edits, whatever edits were shown with it.
    pub(crate) fn answers(&self, deletion: &Deletion) -> bool {
        let next = self.deletions.range(deletion..).next();
        next.is_some_and(|(known, _)| Deletion { edited: Vec::new(), ..known.clone() } == *deletion)
    }

    /// What a person said about exactly this correction.
    pub(crate) fn correction(&self, correction: &Correction) -> Option<Answer> {
        self.corrections.get(correction).copied()
    }

    /// What a person said about exactly this step.
    pub(crate) fn guarded(&self, step: &GuardedStep) -> Option<Answer> {
        self.guarded.get(step).copied()
    }
}

impl FromIterator<Decision> for Decisions {
    fn from_iter<I: IntoIterator<Item = Decision>>(given: I) -> Self {
        let mut decisions = Self::default();
        given.into_iter().for_each(|decision| decisions.give(decision));
        decisions
    }
}
