//! A scene as its tests describe it: a mapping in its own words, and records by their own fields.

use std::collections::BTreeMap;

use field_mapping::{Direction, ModuleMapping, Priority, Source};
use reconcile::{Action, Decision, Deletes, Finding, Guards, Matter, Observed, Plan, Policy, Seen, Write, plan};
use sync_model::{
    Baseline, Evidence, FieldName, FieldSpec, FieldType, Fields, Kind, KindSchema, Link, LinkId, LinkState, Lock, Mark,
    Record, RecordKey, Revision, Schema, Side, Sides, Swings, Value,
};

/// Kinds of one side, each with its fields.
pub(crate) type Kinds<'a> = &'a [(&'a str, Vec<(&'a str, FieldType)>)];

#[derive(Clone)]
pub(crate) struct Scene {
    pub(crate) module: ModuleMapping,
    pub(crate) observed: Observed,
    pub(crate) policy: Policy,
}

/// Fields of text.
pub(crate) fn texts<'a>(names: &[&'a str]) -> Vec<(&'a str, FieldType)> {
    names.iter().map(|name| (*name, FieldType::Text)).collect()
}

/// What a system with these kinds says of itself.
pub(crate) fn schema(kinds: Kinds<'_>) -> Schema {
    let spec = |(name, ty): &(&str, FieldType)| FieldSpec {
        name: FieldName::new(*name),
        label: (*name).to_owned(),
        ty: ty.clone(),
        required: false,
        writable: true,
        max_chars: (*name == "Short").then_some(5),
    };
    let kind = |(name, fields): &(&str, Vec<(&str, FieldType)>)| {
        let kind = Kind::new(*name);
        let fields = fields.iter().map(spec).collect();
        (kind.clone(), KindSchema { kind, label: (*name).to_owned(), fields })
    };
    Schema { kinds: kinds.iter().map(kind).collect() }
}

/// Everything may be made, and nothing is deleted.
pub(crate) fn policy() -> Policy {
    Policy {
        priority: None,
        creates: Sides::new(true, true),
        earlier_life: false,
        deletes: Deletes::Keep,
        guards: Guards::default(),
    }
}

impl Scene {
    /// The module `name` of the mapping `text`, on a stage where nothing stands yet; the CRM has priority.
    pub(crate) fn set(
        name: &str,
        text: &str,
        kinds: Sides<Kinds<'_>>,
        settings: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> Self {
        let settings: BTreeMap<_, _> = settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let source = Source::Custom { file: "mapping.toml", text };
        let direction = Direction::TwoWay { priority: Priority::Prefer(Side::Right) };
        let mapping = field_mapping::resolve(&source, &[name.to_owned()], &kinds.map(schema), direction, &settings);
        let module = mapping.expect("the mapping fits its schemas").modules.remove(0);
        Self { module, observed: Observed::default(), policy: policy() }
    }

    pub(crate) fn put(&mut self, side: Side, key: &RecordKey, fields: Fields) -> &mut Record {
        let record = Record { revision: Revision::new("1"), ..Record::new(key.kind.clone(), key.id.clone(), fields) };
        let seen = Seen { record, deleted: false, dirty: true };
        self.observed.records.get_mut(side).insert(key.clone(), seen);
        self.record(side, key)
    }

    pub(crate) fn record(&mut self, side: Side, key: &RecordKey) -> &mut Record {
        &mut self.observed.records.get_mut(side).get_mut(key).expect("it was put there").record
    }

    pub(crate) fn mark(&mut self, side: Side, key: &RecordKey, mark: &str) {
        self.record(side, key).mark = Some(Mark::new(mark));
    }

    /// Links the two, which agreed on `settled` on either side.
    pub(crate) fn link(&mut self, keys: &Sides<RecordKey>, settled: Sides<Fields>) -> &mut Link {
        let baseline = Baseline { values: settled, mapping: self.module.fingerprint.clone(), swings: Swings::new() };
        let link = Link {
            module: self.module.module.clone(),
            keys: keys.clone(),
            evidence: Evidence::Person,
            state: LinkState::Active,
            review: false,
            baseline: Some(baseline),
        };
        let id = LinkId(i64::try_from(self.observed.links.len()).expect("a few") + 1);
        self.observed.links.push((id, link));
        self.observed.partners.left.insert(keys.left.clone(), keys.right.clone());
        self.observed.partners.right.insert(keys.right.clone(), keys.left.clone());
        &mut self.observed.links.last_mut().expect("it was just pushed").1
    }

    /// Links the two, which agree on all that they show now.
    pub(crate) fn agree(&mut self, keys: &Sides<RecordKey>) -> &mut Link {
        self.link(keys, Sides::default());
        let plan = self.plan();
        let patch = plan.steps.iter().find_map(|step| match &step.action {
            Action::Settle { keys: of, patch } if of == keys => Some(patch.clone()),
            Action::Settle { .. } | Action::Tie(_) | Action::Retire { .. } | Action::Write(_) => None,
        });
        let link = &mut self.observed.links.last_mut().expect("it was just linked").1;
        link.baseline.as_mut().expect("it has one").values = patch.expect("they agree on something");
        link
    }

    pub(crate) fn freeze(&mut self, side: Side, key: &RecordKey) {
        self.record(side, key).lock = Lock::Frozen;
    }

    pub(crate) fn decided(&self, decisions: impl IntoIterator<Item = Decision>) -> Self {
        let mut scene = self.clone();
        decisions.into_iter().for_each(|decision| scene.observed.decisions.give(decision));
        scene
    }

    pub(crate) fn plan(&self) -> Plan {
        plan(&self.module, &self.observed, &self.policy)
    }
}

pub(crate) fn fields(all: &[(&str, &str)]) -> Fields {
    all.iter().map(|(name, value)| (*name, if value.is_empty() { Value::Empty } else { Value::text(*value) })).collect()
}

/// The links that a plan makes.
pub(crate) fn ties(plan: &Plan) -> Vec<(Sides<RecordKey>, Evidence)> {
    let tie = |action: &Action| match action {
        Action::Tie(link) => Some((link.keys.clone(), link.evidence.clone())),
        Action::Settle { .. } | Action::Retire { .. } | Action::Write(_) => None,
    };
    plan.steps.iter().filter_map(|step| tie(&step.action)).collect()
}

/// What a plan writes.
pub(crate) fn writes(plan: &Plan) -> Vec<&Write> {
    plan.writes().collect()
}

/// The one thing that a plan tells.
pub(crate) fn only(plan: &Plan) -> &Finding {
    let [finding] = plan.findings.as_slice() else { panic!("one finding: {plan:#?}") };
    finding
}

pub(crate) fn matter(plan: &Plan) -> &Matter {
    &only(plan).matter
}
