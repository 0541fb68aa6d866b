//! A pair of records with two fields: the smallest pair there is, and every way it can stand.

use std::collections::BTreeMap;

use field_mapping::{Direction, Mapping, ModuleMapping, Priority, Source};
use reconcile::{Answer, Decision, Deletes, Deletion, Guards, Observed, Policy, Seen};
use sync_model::{
    Baseline, Evidence, FieldName, FieldSpec, FieldType, Fields, Kind, KindSchema, Link, LinkId, LinkState, Lock, Mark,
    Module, Record, RecordKey, Revision, Schema, Side, Sides, Swings, Value,
};

pub(crate) const FIELDS: [&str; 2] = ["one", "two"];

const MAPPING: &str = r#"
[[entity]]
module = "organisations"
dinero = "contact"
crm = "Accounts"
makes = ["dinero", "crm"]
[[entity.match]]
name = "key"
fields = ["key"]
[[entity.field]]
name = "key"
dinero = "Key"
crm = "key"
translate = "line"
clearing = false
[[entity.field]]
name = "one"
dinero = "One"
crm = "one"
translate = "line"
[[entity.field]]
name = "two"
dinero = "Two"
crm = "two"
translate = "line"
clearing = false
"#;

/// What one field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    Base,
    EditA,
    EditB,
    Same,
    Cleared,
}

impl Held {
    pub(crate) const ALL: [Self; 5] = [Self::Base, Self::EditA, Self::EditB, Self::Same, Self::Cleared];

    pub(crate) fn value(self) -> Value {
        match self {
            Self::Base => Value::text("base"),
            Self::EditA => Value::text("edit a"),
            Self::EditB => Value::text("edit b"),
            Self::Same => Value::text("the same edit"),
            Self::Cleared => Value::Empty,
        }
    }
}

/// What one side shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    /// It was never seen.
    Absent,
    /// Its system says that it was deleted.
    Deleted,
    /// It is there, with these two fields.
    There([Held; 2]),
}

impl Sight {
    pub(crate) fn all() -> Vec<Self> {
        let there = Held::ALL.into_iter().flat_map(|one| Held::ALL.map(|two| Self::There([one, two])));
        [Self::Absent, Self::Deleted].into_iter().chain(there).collect()
    }
}

/// What went before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Past {
    /// They never met.
    Nothing,
    /// They are linked, and both held `base` in both fields.
    Settled,
    /// They are linked, and nothing was ever settled.
    Linked,
    /// They were linked while marks showed that a database had been lost; nothing was settled since.
    Review,
    /// The database was lost: no link is known, and the left record carries our mark.
    Lost,
}

/// One case.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    pub(crate) sights: Sides<Sight>,
    pub(crate) past: Past,
    pub(crate) directions: [Option<Direction>; 2],
    pub(crate) creates: Sides<bool>,
    pub(crate) deletes: Deletes,
    pub(crate) answer: Option<Answer>,
    pub(crate) locks: Sides<Lock>,
}

pub(crate) fn schemas() -> Sides<Schema> {
    let schema = |kind: &str, names: [&str; 3]| {
        let field = |name: &str| FieldSpec {
            name: FieldName::new(name),
            label: name.to_owned(),
            ty: FieldType::Text,
            required: false,
            writable: true,
            max_chars: None,
        };
        let kind = Kind::new(kind);
        let schema = KindSchema { kind: kind.clone(), label: kind.to_string(), fields: names.map(field).to_vec() };
        Schema { kinds: BTreeMap::from([(kind, schema)]) }
    };
    Sides::new(schema("contact", ["Key", "One", "Two"]), schema("Accounts", ["key", "one", "two"]))
}

/// The mapping between the two; the field `two` is never cleared by us.
pub(crate) fn module() -> ModuleMapping {
    let source = Source::Custom { file: "mapping.toml", text: MAPPING };
    let direction = Direction::TwoWay { priority: Priority::Ask };
    let mapping: Mapping =
        field_mapping::resolve(&source, &["organisations".to_owned()], &schemas(), direction, &BTreeMap::new())
            .expect("the mapping fits its own schemas");
    mapping.modules.into_iter().next().expect("there is one module")
}

/// `module` with these directions for the two fields.
pub(crate) fn directed(module: &ModuleMapping, directions: [Option<Direction>; 2]) -> ModuleMapping {
    let mut module = module.clone();
    for (name, direction) in FIELDS.into_iter().zip(directions) {
        let field = module.entities[0].fields.iter_mut().find(|field| field.name.as_str() == name);
        field.expect("the field is mapped").direction = direction;
    }
    module
}

pub(crate) fn key(side: Side, n: u32) -> RecordKey {
    match side {
        Side::Left => RecordKey::new("contact", format!("{n}").as_str()),
        Side::Right => RecordKey::new("Accounts", format!("11x{n}").as_str()),
    }
}

pub(crate) fn keys(n: u32) -> Sides<RecordKey> {
    Sides::from_fn(|side| key(side, n))
}

fn own_name(side: Side, name: &str) -> FieldName {
    let (first, rest) = name.split_at(1);
    match side {
        Side::Left => FieldName::new(format!("{}{rest}", first.to_uppercase())),
        Side::Right => FieldName::new(name),
    }
}

/// A record of `side` with these values in its two fields; `None` leaves one out.
pub(crate) fn record(side: Side, n: u32, values: [Option<Value>; 2]) -> Record {
    let mut fields = Fields::new();
    fields.set(own_name(side, "key"), Value::text(format!("key {n}")));
    for (name, value) in FIELDS.into_iter().zip(values) {
        if let Some(value) = value {
            fields.set(own_name(side, name), value);
        }
    }
    let key = key(side, n);
    Record { revision: Revision::new("1"), ..Record::new(key.kind, key.id, fields) }
}

/// `record` is seen, as it changed or as it was deleted.
pub(crate) fn see(observed: &mut Observed, side: Side, record: Record, deleted: bool) {
    observed.records.get_mut(side).insert(record.key(), Seen { record, deleted, dirty: true });
}

/// A link whose baseline holds `values` on both sides, or nothing.
pub(crate) fn link(module: &ModuleMapping, n: u32, values: Option<[Value; 2]>, review: bool) -> Link {
    let settled = |values: [Value; 2]| -> Fields {
        FIELDS.into_iter().zip(values).chain([("key", Value::text(format!("key {n}")))]).collect()
    };
    let values = values.map(settled).unwrap_or_default();
    Link {
        module: Module::new("organisations"),
        keys: keys(n),
        evidence: Evidence::Person,
        state: LinkState::Active,
        review,
        baseline: Some(Baseline {
            values: Sides::new(values.clone(), values),
            mapping: module.fingerprint.clone(),
            swings: Swings::new(),
        }),
    }
}

impl Case {
    pub(crate) fn policy(&self) -> Policy {
        Policy {
            priority: None,
            creates: self.creates,
            earlier_life: self.past == Past::Lost,
            deletes: self.deletes,
            guards: Guards::default(),
        }
    }

    pub(crate) fn observed(&self, module: &ModuleMapping) -> Observed {
        let mut observed = Observed::default();
        for side in Side::BOTH {
            let (held, deleted) = match self.sights.get(side) {
                Sight::Absent => continue,
                Sight::Deleted => ([Held::Base; 2], true),
                Sight::There(held) => (*held, false),
            };
            let mut record = record(side, 1, held.map(|held| Some(held.value())));
            record.lock = *self.locks.get(side);
            if self.past == Past::Lost && side == Side::Left {
                record.mark = Some(Mark::new("11x1"));
            }
            see(&mut observed, side, record, deleted);
        }
        let linked = match self.past {
            Past::Nothing | Past::Lost => None,
            Past::Settled => Some(link(module, 1, Some([Held::Base.value(), Held::Base.value()]), false)),
            Past::Linked => Some(link(module, 1, None, false)),
            Past::Review => Some(link(module, 1, None, true)),
        };
        observed.links.extend(linked.map(|link| (LinkId(1), link)));
        if let Some(answer) = self.answer {
            for side in Side::BOTH {
                let revisions = Sides::from_fn(|_| Revision::new("1"));
                let deletion = Deletion { keys: keys(1), side, revisions, edited: Vec::new() };
                observed.decisions.give(Decision::Deletion(deletion, answer));
            }
        }
        observed
    }
}
