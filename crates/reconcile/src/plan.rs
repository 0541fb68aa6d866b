//! A plan as a value: what will be done, why, and what waits for a person. Nothing is left to decide when it is carried out.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sync_model::{
    FieldName, Fields, Fingerprint, Kind, Link, LinkId, Mark, Module, RecordKey, Revision, Side, Sides, Swings, Value,
};

use field_mapping::{Fault, Held, Priority, TotalsCheck};

use crate::{Correction, Decisions, Deletes, Deletion, Failure, FailureClass, Guarded, GuardedStep, Guards};

/// One module's plan. It is made once, is never changed, and names the inputs it was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The module.
    pub module: Module,
    /// What will be done, in the order in which it is done.
    pub steps: Vec<Arc<Step>>,
    /// What waits for a person or for better data. Their records stay as they are.
    pub findings: Vec<Finding>,
    /// Records that need nothing now and may be put aside until they change.
    pub quiet: Vec<(Side, RecordKey)>,
    /// A digest of everything the plan was made from.
    pub basis: Fingerprint,
}

/// One thing to do, with the reason for each field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What.
    pub action: Action,
    /// Why, field by field.
    pub why: Vec<FieldWhy>,
    /// The record's name for a person, such as `Nordlys ApS`.
    pub title: String,
}

/// What can be done. Only [`Action::Write`] reaches the other system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Ties two existing records together. Its baseline holds the fields on which nothing has to be written.
    Tie(Link),
    /// Advances an existing link's baseline where both sides agree, or were seen to settle differently.
    Settle {
        /// The link.
        keys: Sides<RecordKey>,
        /// What to put into its baseline.
        patch: Sides<Fields>,
    },
    /// Ends a link whose record was deleted on one side.
    Retire {
        /// The link.
        keys: Sides<RecordKey>,
        /// Where the record was deleted.
        deleted_on: Side,
    },
    /// A request that changes one system.
    Write(Write),
}

/// A request that changes one system, with everything needed to carry it out, check it and explain it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Write {
    /// The module it belongs to.
    pub module: Module,
    /// The system that is changed.
    pub side: Side,
    /// How.
    pub change: WriteChange,
    /// The side's own fields to write.
    pub fields: Fields,
    /// What the link's baseline will hold for the written fields, as both sides are expected to show them.
    pub patch: Sides<Fields>,
    /// What the link's baseline remembers of the written fields, to notice when they are only changed back and forth.
    #[serde(default, skip_serializing_if = "Swings::is_empty")]
    pub swings: Swings,
}

/// How a system is changed. What changes a standing record carries its precondition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WriteChange {
    /// Make a record.
    Create {
        /// Of this kind.
        kind: Kind,
        /// From this record of the other side.
        source: RecordKey,
        /// Our sign in the new record: the source's id.
        mark: Mark,
    },
    /// Change a record.
    Update {
        /// This one.
        key: RecordKey,
        /// Only if it is still at this revision.
        expected: Revision,
        /// The record it is linked with.
        counterpart: RecordKey,
    },
    /// Delete a record, because its counterpart was deleted and a person approved.
    Delete {
        /// This one.
        key: RecordKey,
        /// Only if it is still at this revision.
        expected: Revision,
        /// The record that was deleted.
        counterpart: RecordKey,
    },
}

impl Write {
    /// The record of the other side that this write carries over.
    #[must_use]
    pub fn counterpart(&self) -> &RecordKey {
        match &self.change {
            WriteChange::Create { source, .. } => source,
            WriteChange::Update { counterpart, .. } | WriteChange::Delete { counterpart, .. } => counterpart,
        }
    }

    /// The standing record that is changed; `None` where one is made.
    #[must_use]
    pub fn target(&self) -> Option<&RecordKey> {
        match &self.change {
            WriteChange::Create { .. } => None,
            WriteChange::Update { key, .. } | WriteChange::Delete { key, .. } => Some(key),
        }
    }

    /// Our sign in the record that is made; `None` where a standing one is changed.
    #[must_use]
    pub fn mark(&self) -> Option<&Mark> {
        match &self.change {
            WriteChange::Create { mark, .. } => Some(mark),
            WriteChange::Update { .. } | WriteChange::Delete { .. } => None,
        }
    }

    /// The revision that the changed record must still have; `None` where one is made.
    #[must_use]
    pub fn expected(&self) -> Option<&Revision> {
        match &self.change {
            WriteChange::Create { .. } => None,
            WriteChange::Update { expected, .. } | WriteChange::Delete { expected, .. } => Some(expected),
        }
    }

    /// The kind that is written.
    #[must_use]
    pub fn kind(&self) -> &Kind {
        match &self.change {
            WriteChange::Create { kind, .. } => kind,
            WriteChange::Update { key, .. } | WriteChange::Delete { key, .. } => &key.kind,
        }
    }

    /// The keys of the link, once the written record's key is known.
    #[must_use]
    pub fn keys(&self, written: RecordKey) -> Sides<RecordKey> {
        match self.side {
            Side::Left => Sides::new(written, self.counterpart().clone()),
            Side::Right => Sides::new(self.counterpart().clone(), written),
        }
    }
}

/// Why one field is treated as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldWhy {
    /// The canonical field.
    pub field: FieldName,
    /// What was agreed before, by side; `None` where the field was never settled or is unknown.
    pub base: Sides<Option<Value>>,
    /// What each side holds now; `None` where that is unknown.
    pub now: Sides<Option<Value>>,
    /// The rule that decided.
    pub rule: Rule,
    /// The side that gets a value, and the value.
    pub write: Option<(Side, Value)>,
}

/// The rule that decided about one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Both sides hold the same.
    Same,
    /// Neither side changed since they were settled.
    Unchanged,
    /// One side's value is unknown, so nothing is concluded.
    Unknown,
    /// The field does not travel in this direction.
    StandsStill,
    /// Only this side changed it.
    OnlyChanged(Side),
    /// Both changed it, and this side has priority.
    Priority(Side),
    /// Both changed it, and a person decides.
    BothChanged,
    /// A person decided that this side's value stands.
    Person(Side),
    /// First meeting: the other side is empty.
    FillsEmpty(Side),
    /// First meeting: both hold something different, and this side has priority.
    FirstMeeting(Side),
    /// The source of a one-way field stands.
    Source(Side),
    /// The target of a one-way field was edited by hand and keeps its edit.
    Drift,
    /// An empty value does not travel for this field.
    EmptyStays,
    /// An earlier life of this pair is proven, and the two sides differ.
    EarlierLife,
    /// Goes into a new record.
    New,
    /// Goes into a new invoice although the other customer is preferred, because that one is missing and the settings allow it.
    StandsIn,
    /// A new record gets the configured default, because the other side holds nothing.
    Default,
    /// There is no counterpart for the value on the other side.
    NoCounterpart,
    /// A person undid what was written.
    Undone,
}

/// Something that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The records concerned, by side.
    pub records: Vec<(Side, RecordKey)>,
    /// The record's name for a person.
    pub title: String,
    /// What it is.
    pub matter: Matter,
}

/// What waits, and for what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Matter {
    /// Several records could be the same thing, or two are only alike.
    Ambiguous {
        /// The rule that found them.
        rule: String,
        /// What they share.
        value: String,
        /// The pairs that are possible, each with its score.
        #[serde(default)]
        pairs: Vec<LikelyPair>,
    },
    /// Both sides hold different values and nobody may decide alone.
    Conflict {
        /// Field by field.
        fields: Vec<FieldWhy>,
    },
    /// The other system would refuse or distort the record.
    Unfit {
        /// What is wrong, field by field.
        faults: Vec<Fault>,
    },
    /// A system refused the write.
    Refused {
        /// Which system.
        side: Side,
        /// Its words.
        message: String,
        /// The field it named, if it named one.
        field: Option<String>,
    },
    /// A write failed so often that it is not tried again until the record or the mapping changes, or a person asks.
    GivenUp {
        /// Which system.
        side: Side,
        /// What kind of trouble it is.
        class: FailureClass,
        /// In how many runs it was tried.
        attempts: u32,
        /// The system's words.
        message: String,
        /// The field it named, if it named one.
        field: Option<String>,
    },
    /// A new record would repeat one that is linked already.
    Duplicate {
        /// The linked record of the other side.
        of: RecordKey,
        /// The rule that found it.
        rule: String,
        /// What they share.
        value: String,
    },
    /// A write got no answer, and what came of it could not be found out.
    OutcomeUnknown {
        /// On which system.
        side: Side,
    },
    /// It refers to records that are not linked, and waits for them.
    Needs {
        /// Those records, each with its side.
        records: Vec<(Side, RecordKey)>,
    },
    /// The record was deleted on one side; the other is left alone.
    Deleted {
        /// Where it was deleted.
        side: Side,
    },
    /// A system is no longer as the mapping was checked against. No record is named: it is about all of the module's.
    SystemChanged {
        /// What waits, and what changed.
        held: Box<Held>,
    },
    /// The record was deleted on one side, and a person decides whether the other one goes, too.
    Deletion {
        /// What a person's answer names.
        deletion: Deletion,
    },
    /// The record was deleted on one side and edited on the other since they were settled: the edit stays, nothing is
    /// deleted, nothing is made again.
    EditedAfterDeletion {
        /// Where it was deleted.
        side: Side,
        /// What was edited.
        fields: Vec<FieldWhy>,
        /// What a person's answer names.
        #[serde(default)]
        deletion: Option<Deletion>,
    },
    /// It would be one of so many that an accident is likelier than an intention.
    Guarded {
        /// What is held.
        what: Guarded,
        /// The side that it comes from.
        from: Side,
        /// How many there are.
        count: usize,
        /// Of how many links.
        links: usize,
        /// What a person's answer names.
        #[serde(default)]
        step: Option<GuardedStep>,
    },
    /// A person held it back: nothing is done about it until one of the records changes.
    HeldBack {
        /// What was held back.
        what: Guarded,
        /// The side that it comes from.
        from: Side,
    },
    /// Both systems keep changing these fields back and forth.
    Swinging {
        /// Field by field.
        fields: Vec<FieldWhy>,
    },
    /// The record is booked and can never be changed: what was edited since is proposed as a credit note and a new draft.
    Proposal {
        /// What was edited, field by field; nothing where the invoice was only cancelled.
        fields: Vec<FieldWhy>,
        /// What a person's answer names.
        #[serde(default)]
        correction: Option<Correction>,
        /// Whether a person approved it, so that it is about to be carried out.
        #[serde(default)]
        approved: bool,
    },
    /// The invoice was cancelled in the CRM and stands as a draft in the books: it is not booked.
    Cancelled,
    /// Nobody knows whether this happened to the invoice: it is not asked for again.
    EffectUnknown {
        /// What: `book`, `send`, or `pay` with the sum.
        effect: String,
    },
    /// An invoice does not come to the same everywhere: it stays a draft.
    Totals {
        /// All computations.
        check: Box<TotalsCheck>,
    },
}

/// Two records that may be the same thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LikelyPair {
    /// The records.
    pub keys: Sides<RecordKey>,
    /// Their names for a person.
    pub titles: Sides<String>,
    /// How sure the rule is of them, in percent.
    pub score: u8,
}

impl Matter {
    /// Whether it is a conflict of values.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict { .. })
    }

    /// Whether it is only told and waits for nobody.
    #[must_use]
    pub fn is_notice(&self) -> bool {
        matches!(self, Self::Deleted { .. } | Self::HeldBack { .. })
    }
}

/// The rules of a run that hold for every module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Whose value stands at a first meeting, and where nothing may be decided.
    pub priority: Option<Priority>,
    /// Where the direction lets records be made, and deleted where deletions travel.
    pub creates: Sides<bool>,
    /// Whether marks prove that this pair ran before and its database was lost.
    pub earlier_life: bool,
    /// What a deletion on one side means for the other.
    pub deletes: Deletes,
    /// When what would be done looks like an accident.
    pub guards: Guards,
}

impl Plan {
    /// The writes of this plan.
    pub fn writes(&self) -> impl Iterator<Item = &Write> {
        self.steps.iter().filter_map(|step| match &step.action {
            Action::Write(write) => Some(write),
            Action::Tie(_) | Action::Settle { .. } | Action::Retire { .. } => None,
        })
    }

    /// How many writes each side gets.
    #[must_use]
    pub fn write_counts(&self) -> Sides<usize> {
        Sides::from_fn(|side| self.writes().filter(|write| write.side == side).count())
    }

    /// Whether nothing at all has to be written.
    #[must_use]
    pub fn writes_nothing(&self) -> bool {
        self.writes().next().is_none()
    }
}

/// What the planner is given: everything it may know.
#[derive(Debug, Clone, Default)]
pub struct Observed {
    /// The records in play, by side and key: all that are dirty, their partners, and all that are unlinked.
    pub records: Sides<BTreeMap<RecordKey, Seen>>,
    /// The links of those records.
    pub links: Vec<(LinkId, Link)>,
    /// Whom the records that they refer to are linked with; [`crate::referred`] names them.
    pub partners: crate::Partners,
    /// What persons decided about this module's records.
    pub decisions: Decisions,
    /// What failed when it was last tried.
    pub failures: Vec<Failure>,
}

/// A record of the mirror.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// As it was last seen.
    pub record: sync_model::Record,
    /// Whether its system says that it was deleted.
    pub deleted: bool,
    /// Whether it changed since it was last settled.
    pub dirty: bool,
}
