//! A record that was deleted on one side: what becomes of the other one.
//!
//! Absence never comes here; only a system's own word that it deleted the record does. Kept by default. Where deletions
//! travel, each waits for a person and falls away when the record comes back; an edit of the other record is shown with it.

use field_mapping::{EntityMapping, FieldMapping};
use serde::{Deserialize, Serialize};
use sync_model::{FieldName, Fields, Link, Lock, RecordKey, Revision, Side, Sides, Swings, Value};

use crate::reference::show;
use crate::{Action, FieldWhy, Finding, Matter, Observed, Policy, Rule, Seen, Step, Write, WriteChange};

/// What a deletion on one side means for the other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deletes {
    /// Nothing: the other record stays, and the link ends.
    #[default]
    Keep,
    /// A person is asked whether the other record goes, too.
    Approve,
}

/// One deletion that was seen: of these linked records the one on `side`, both as they stood when it was seen. A record
/// that comes back, or is edited, makes it another deletion, and an answer to the former one means nothing to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Deletion {
    /// The linked records.
    pub keys: Sides<RecordKey>,
    /// Where the record was deleted.
    pub side: Side,
    /// The last version seen of each record.
    pub revisions: Sides<Revision>,
    /// What was edited in the other record since both were settled.
    #[serde(default)]
    pub edited: Vec<FieldName>,
}

impl Deletion {
    pub(crate) fn of(keys: &Sides<RecordKey>, side: Side, seen: Sides<&Seen>) -> Self {
        let revisions = seen.map(|seen| seen.record.revision.clone());
        Self { keys: keys.clone(), side, revisions, edited: Vec::new() }
    }
}

/// A person's answer to one deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// The other record goes, too.
    Approved,
    /// The other record stays; the link ends, and nothing is made again.
    Rejected,
}

/// An active link of which at least one record was deleted.
pub(crate) struct DeletedPair<'a> {
    pub(crate) link: &'a Link,
    pub(crate) entity: Option<&'a EntityMapping>,
    pub(crate) seen: Sides<&'a Seen>,
    pub(crate) observed: &'a Observed,
    pub(crate) policy: &'a Policy,
    /// The kept record's name for a person.
    pub(crate) title: String,
}

/// What follows from a deletion.
pub(crate) struct DeletionPlan {
    pub(crate) step: Option<Step>,
    pub(crate) finding: Option<Finding>,
}

pub(crate) fn plan_deletion(case: &DeletedPair<'_>, side: Side) -> DeletionPlan {
    let kept = case.seen.get(side.other());
    if kept.deleted {
        // Gone on both sides is agreement.
        return DeletionPlan { step: Some(case.retire(side)), finding: None };
    }
    let may_travel = case.policy.deletes == Deletes::Approve && *case.policy.creates.get(side.other());
    let entity = case.entity.filter(|entity| entity.takes(side.other(), &kept.record));
    let (Some(entity), true, Lock::Open) = (entity, may_travel, kept.record.lock) else { return case.keep(side) };
    let mut deletion = Deletion::of(&case.link.keys, side, case.seen);
    let edits = case.edits(entity, side.other(), &kept.record.fields);
    deletion.edited = edits.iter().map(|why| why.field.clone()).collect();
    match case.observed.decisions.deletion(&deletion) {
        Some(Answer::Approved) => DeletionPlan { step: Some(case.delete(side)), finding: None },
        Some(Answer::Rejected) => case.keep(side),
        None if edits.is_empty() => case.wait(Matter::Deletion { deletion }),
        None => case.wait(Matter::EditedAfterDeletion { side, fields: edits, deletion: Some(deletion) }),
    }
}

impl DeletedPair<'_> {
    fn keep(&self, side: Side) -> DeletionPlan {
        let finding = self.finding(Matter::Deleted { side });
        DeletionPlan { step: Some(self.retire(side)), finding: Some(finding) }
    }

    fn wait(&self, matter: Matter) -> DeletionPlan {
        DeletionPlan { step: None, finding: Some(self.finding(matter)) }
    }

    fn finding(&self, matter: Matter) -> Finding {
        let records = self.link.keys.iter().map(|(side, key)| (side, key.clone())).collect();
        Finding { records, title: self.title.clone(), matter }
    }

    fn retire(&self, side: Side) -> Step {
        let action = Action::Retire { keys: self.link.keys.clone(), deleted_on: side };
        Step { action, why: Vec::new(), title: self.title.clone() }
    }

    fn delete(&self, side: Side) -> Step {
        let record = &self.seen.get(side.other()).record;
        let change = WriteChange::Delete {
            key: record.key(),
            expected: record.revision.clone(),
            counterpart: self.link.keys.get(side).clone(),
        };
        let write = Write {
            module: self.link.module.clone(),
            side: side.other(),
            change,
            fields: Fields::new(),
            patch: Sides::default(),
            swings: Swings::new(),
        };
        Step { action: Action::Write(write), why: Vec::new(), title: self.title.clone() }
    }

    /// The kept record's fields that changed since they were settled, or were never settled.
    fn edits(&self, entity: &EntityMapping, kept: Side, own: &Fields) -> Vec<FieldWhy> {
        let values = show(entity, kept, own, &self.observed.partners).values;
        let fields = entity.fields.iter().filter(|field| !field.create_only);
        fields.filter_map(|field| self.edit(kept, field, &values)).collect()
    }

    fn edit(&self, kept: Side, field: &FieldMapping, values: &Fields) -> Option<FieldWhy> {
        let name = field.name.as_str();
        let now = values.get(name)?;
        let base = Sides::from_fn(|side| self.link.baseline.as_ref().and_then(|it| it.values.get(side).get(name)));
        let edited = match base.get(kept) {
            Some(before) => now != *before,
            // A field that never travels is never settled either.
            None => field.direction.is_some() && !now.is_empty(),
        };
        let now = Sides::from_fn(|side| (side == kept).then(|| now.clone()));
        let base = base.map(Option::<&Value>::cloned);
        edited.then(|| FieldWhy { field: field.name.clone(), base, now, rule: Rule::OnlyChanged(kept), write: None })
    }
}
