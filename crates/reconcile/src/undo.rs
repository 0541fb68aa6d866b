//! Undo: what was written goes back to what stood there before, field by field, unless somebody touched it since.
//!
//! An undone field is settled with what each side then holds, so that the next run does not carry it over once more. What
//! was made is not deleted: a record may be in use, so its link ends and a person is told where it stands.

use std::collections::BTreeSet;

use field_mapping::{Direction, EntityMapping, FieldMapping, ModuleMapping};
use serde::{Deserialize, Serialize};
use sync_model::{FieldName, Fields, Link, LinkState, Lock, Record, RecordKey, Side, Sides, Swing, Swings, Value};

use crate::reference::{on_side, show};
use crate::{Action, FieldWhy, Observed, Rule, Step, Write, WriteChange};

/// A write that is to be undone.
#[derive(Debug, Clone)]
pub struct Undoing {
    /// What was written.
    pub write: Write,
    /// The record that it was written to.
    pub written: RecordKey,
    /// That record as it was before; `None` where it was made.
    pub before: Option<Record>,
    /// Only these fields; `None` means all that were written.
    pub fields: Option<BTreeSet<FieldName>>,
    /// Fields that a later write of ours changed once more.
    pub later: BTreeSet<FieldName>,
    /// The record's name for a person.
    pub title: String,
}

/// What undoing one write comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UndoPlan {
    /// The write that puts things back.
    pub step: Option<Step>,
    /// A link that ends because the write had made one of its records.
    pub unlink: Option<Sides<RecordKey>>,
    /// What stays as it is.
    pub kept: Vec<Kept>,
}

/// Something that an undo leaves as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Where.
    pub side: Side,
    /// The record.
    pub record: RecordKey,
    /// The record's name for a person.
    pub title: String,
    /// The field, where it is about one.
    pub field: Option<FieldName>,
    /// Why.
    pub why: KeptWhy,
}

/// Why an undo leaves something as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeptWhy {
    /// Somebody edited it on this side since.
    EditedSince(Side),
    /// A later run of ours wrote it, or both sides agreed on something else since.
    WrittenSince,
    /// What stood there before is not known.
    Unknown,
    /// The record was deleted, or is linked no longer.
    Gone,
    /// The record is final, as a booked invoice is.
    Frozen,
    /// The settings let nothing be written there any more.
    NoWay,
    /// Its system refused what stood there before, or never got it.
    NotWritten,
    /// The write had made the record: it stays, and the link has ended.
    MadeByRun,
    /// The write had deleted the record, and it cannot be brought back from here.
    Deleted,
}

/// Plans the undoing of one write, over records as they stand now.
#[must_use]
pub fn plan_undo(module: &ModuleMapping, observed: &Observed, undoing: &Undoing) -> UndoPlan {
    let side = undoing.write.side;
    let keys = undoing.write.keys(undoing.written.clone());
    let keep = |field: Option<FieldName>, why: KeptWhy| Kept {
        side,
        record: undoing.written.clone(),
        title: undoing.title.clone(),
        field,
        why,
    };
    let only = |why: KeptWhy| UndoPlan { kept: vec![keep(None, why)], ..UndoPlan::default() };
    if matches!(undoing.write.change, WriteChange::Delete { .. }) {
        return only(KeptWhy::Deleted);
    }
    let Some(scene) = Scene::of(module, observed, &keys, side) else { return only(KeptWhy::Gone) };
    match &undoing.before {
        None => scene.unmake(&keys, keep),
        Some(before) if scene.record().lock == Lock::Open => scene.put_back(undoing, before, keep),
        Some(_) => only(KeptWhy::Frozen),
    }
}

/// A linked pair as it stands.
struct Scene<'a> {
    entity: &'a EntityMapping,
    link: &'a Link,
    observed: &'a Observed,
    side: Side,
    records: Sides<&'a Record>,
    now: Sides<Fields>,
}

impl<'a> Scene<'a> {
    fn of(module: &'a ModuleMapping, observed: &'a Observed, keys: &Sides<RecordKey>, side: Side) -> Option<Self> {
        let link = observed.links.iter().map(|(_, link)| link).find(|link| link.keys == *keys)?;
        if link.state != LinkState::Active {
            return None;
        }
        let entity = module.entity_for(keys.as_ref().map(|key| &key.kind))?;
        let seen = |side: Side| observed.records.get(side).get(keys.get(side)).filter(|seen| !seen.deleted);
        let records = Sides::new(&seen(Side::Left)?.record, &seen(Side::Right)?.record);
        let now = Sides::from_fn(|side| show(entity, side, &records.get(side).fields, &observed.partners).values);
        Some(Self { entity, link, observed, side, records, now })
    }

    fn record(&self) -> &'a Record {
        self.records.get(self.side)
    }

    fn base(&self, side: Side, name: &str) -> Option<&'a Value> {
        self.link.baseline.as_ref().and_then(|baseline| baseline.values.get(side).get(name))
    }

    /// The side on which `name` differs from what it was settled with.
    fn edited(&self, name: &str) -> Option<Side> {
        Side::BOTH.into_iter().find(|side| {
            let base = self.base(*side, name);
            base.is_some() && self.now.get(*side).get(name) != base
        })
    }

    /// A record that was made stays; its link ends, unless somebody works with it already.
    fn unmake(&self, keys: &Sides<RecordKey>, keep: impl Fn(Option<FieldName>, KeptWhy) -> Kept) -> UndoPlan {
        let fields = self.entity.fields.iter().filter(|field| !field.create_only);
        let edited = fields.filter_map(|field| Some((field.name.clone(), self.edited(field.name.as_str())?)));
        let kept: Vec<Kept> = edited.map(|(field, side)| keep(Some(field), KeptWhy::EditedSince(side))).collect();
        if kept.is_empty() {
            let kept = vec![keep(None, KeptWhy::MadeByRun)];
            return UndoPlan { unlink: Some(keys.clone()), kept, step: None };
        }
        UndoPlan { kept, ..UndoPlan::default() }
    }

    fn put_back(
        &self,
        undoing: &Undoing,
        before: &Record,
        keep: impl Fn(Option<FieldName>, KeptWhy) -> Kept,
    ) -> UndoPlan {
        let side = self.side;
        let former = show(self.entity, side, &before.fields, &self.observed.partners).values;
        let mut plan = UndoPlan::default();
        let mut wanted = Fields::new();
        let asked = |name: &FieldName| undoing.fields.as_ref().is_none_or(|fields| fields.contains(name));
        for (name, _) in undoing.write.patch.get(side).iter().filter(|(name, _)| asked(name)) {
            match self.may_go_back(undoing, name, &former) {
                Ok(Some(value)) => wanted.set(name.clone(), value),
                Ok(None) => {}
                Err(why) => plan.kept.push(keep(Some(name.clone()), why)),
            }
        }
        let (fields, lost) = self.own_fields(undoing, before, &wanted);
        for name in lost {
            wanted.remove(name.as_str());
            plan.kept.push(keep(Some(name), KeptWhy::NoWay));
        }
        plan.step = (!fields.is_empty()).then(|| self.write_back(undoing, fields, &wanted));
        plan
    }

    /// What has to be written for `wanted` to stand again, and what of it the system cannot be given any more.
    fn own_fields(&self, undoing: &Undoing, before: &Record, wanted: &Fields) -> (Fields, Vec<FieldName>) {
        let (side, record) = (self.side, self.record());
        let (fields, lost) = match self.as_it_was(&undoing.write, before, wanted) {
            Some(own) => (own, Vec::new()),
            None => {
                let own = on_side(side, wanted, &self.observed.partners);
                let rendering = self.entity.render(side, &own, &record.fields);
                (rendering.fields, rendering.faults.into_iter().map(|fault| fault.field).collect())
            }
        };
        let changed = fields.iter().filter(|(name, value)| record.fields.get(name.as_str()) != Some(value));
        (changed.map(|(name, value)| (name.clone(), value.clone())).collect(), lost)
    }

    /// What `name` goes back to; `None` where it stands so already.
    fn may_go_back(&self, undoing: &Undoing, name: &FieldName, former: &Fields) -> Result<Option<Value>, KeptWhy> {
        let side = self.side;
        let text = name.as_str();
        let field = self.entity.field(text).ok_or(KeptWhy::NoWay)?;
        let may_travel = match field.direction {
            Some(Direction::OneWay { from, .. }) => from != side,
            Some(Direction::TwoWay { .. }) => true,
            None => false,
        };
        if !may_travel {
            return Err(KeptWhy::NoWay);
        }
        if let Some(edited) = self.edited(text) {
            return Err(KeptWhy::EditedSince(edited));
        }
        let memory = self.link.baseline.as_ref().and_then(|baseline| baseline.swings.get(text));
        // Writes of the time before this was remembered are known by the value they left.
        let ours = match undoing.write.swings.get(text) {
            Some(swing) => memory == Some(swing),
            None => self.base(side, text) == undoing.write.patch.get(side).get(text),
        };
        if undoing.later.contains(name) || !ours {
            return Err(KeptWhy::WrittenSince);
        }
        let (value, now) = (former.get(text).ok_or(KeptWhy::Unknown)?, self.now.get(side).get(text));
        let now = now.filter(|_| self.now.get(side.other()).get(text).is_some()).ok_or(KeptWhy::Unknown)?;
        Ok((now != value).then(|| value.clone()))
    }

    fn write_back(&self, undoing: &Undoing, fields: Fields, wanted: &Fields) -> Step {
        let (side, record) = (self.side, self.record());
        let names = || wanted.iter().map(|(name, _)| name.clone());
        let held = |side: Side, name: &FieldName| self.now.get(side).get(name.as_str()).cloned();
        let counterpart = side.other();
        let stays: Fields = names().filter_map(|name| Some((name.clone(), held(counterpart, &name)?))).collect();
        let mut patch = Sides::default();
        *patch.get_mut(side) = wanted.clone();
        *patch.get_mut(counterpart) = stays;
        let swing = |name: FieldName| Some((name.clone(), Swing { to: side, before: held(side, &name)?, undone: 0 }));
        let swings: Swings = names().filter_map(swing).collect();
        let why = wanted.iter().map(|(name, value)| FieldWhy {
            field: name.clone(),
            base: Sides::from_fn(|side| self.base(side, name.as_str()).cloned()),
            now: Sides::from_fn(|side| held(side, name)),
            rule: Rule::Undone,
            write: Some((side, value.clone())),
        });
        let change = WriteChange::Update {
            key: record.key(),
            expected: record.revision.clone(),
            counterpart: self.link.keys.get(counterpart).clone(),
        };
        let write = Write { module: undoing.write.module.clone(), side, change, fields, patch, swings };
        Step { why: why.collect(), action: Action::Write(write), title: undoing.title.clone() }
    }

    /// The system's own fields as they were, spelling and all; `None` where that would change anything but `wanted`.
    fn as_it_was(&self, write: &Write, before: &Record, wanted: &Fields) -> Option<Fields> {
        let side = self.side;
        let undone = |field: &&FieldMapping| wanted.get(field.name.as_str()).is_some();
        let mut own = Fields::new();
        let names = self.entity.fields.iter().filter(undone).flat_map(|field| field.own_fields(side));
        for name in names.filter(|name| write.fields.get(name.as_str()).is_some()) {
            own.set(name.clone(), before.fields.get(name.as_str())?.clone());
        }
        let mut then = self.record().fields.clone();
        then.overlay(&own);
        let after = show(self.entity, side, &then, &self.observed.partners).values;
        let mut expected = self.now.get(side).clone();
        expected.overlay(wanted);
        (after == expected).then_some(own)
    }
}
