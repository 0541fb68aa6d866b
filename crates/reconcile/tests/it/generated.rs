//! Generated worlds of several records, under every policy: what must hold for every plan, and that carrying plans out comes
//! to an end.
//!
//! `AFSTEM_PLANNER_CASES=N` plans so many worlds, from the seed `AFSTEM_PLANNER_START` on; `cargo xtask planner --cases N`
//! sets both.

use std::collections::BTreeSet;

use field_mapping::{Direction, Drift, ModuleMapping, Priority};
use reconcile::{Action, Deletes, Guards, Observed, Plan, Policy, Seen, WriteChange, plan};
use sync_model::{
    Baseline, Evidence, Link, LinkId, LinkState, Lock, Module, Record, RecordKey, Retired, Revision, Side, Sides,
    Swings, Value,
};

use crate::small::{FIELDS, directed, key, keys, link, module, record};

/// Worlds that every run of the tests plans.
const CASES: u64 = 100_000;

/// Records on each side at most.
const RECORDS: u32 = 3;

/// Plans that are carried out, one after another, before a world has to be at rest.
const ROUNDS: usize = 3;

/// Chance from a seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(all.len() as u64)).expect("an index")].clone()
    }
}

/// A world, and the rules under which it is planned.
struct World {
    module: ModuleMapping,
    directions: [Option<Direction>; 2],
    observed: Observed,
    policy: Policy,
}

fn direction(chance: &mut Chance) -> Option<Direction> {
    match chance.below(8) {
        0 => None,
        1 => Some(Direction::OneWay { from: Side::Left, drift: Drift::Keep }),
        2 => Some(Direction::OneWay { from: Side::Right, drift: Drift::Overwrite }),
        3 => Some(Direction::OneWay { from: Side::Right, drift: Drift::Keep }),
        4 => Some(Direction::TwoWay { priority: Priority::Ask }),
        5 => Some(Direction::TwoWay { priority: Priority::Prefer(Side::Left) }),
        _ => Some(Direction::TwoWay { priority: Priority::Prefer(Side::Right) }),
    }
}

fn value(chance: &mut Chance) -> Option<Value> {
    match chance.below(8) {
        0 => None,
        1 => Some(Value::Empty),
        2..5 => Some(Value::text("base")),
        n => Some(Value::text(format!("edit {n}"))),
    }
}

impl World {
    fn of(seed: u64, module: &ModuleMapping) -> Self {
        let mut chance = Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let directions = [direction(&mut chance), direction(&mut chance)];
        let module = directed(module, directions);
        let mut observed = Observed::default();
        for side in Side::BOTH {
            for n in 1..=RECORDS {
                if chance.once_in(5) {
                    continue;
                }
                let mut record = record(side, n, [value(&mut chance), value(&mut chance)]);
                // Two of a side that share the key are ambiguous.
                let shared = chance.of(&[n, n, n, n, 1]);
                record.fields.set(if side == Side::Left { "Key" } else { "key" }, Value::text(format!("key {shared}")));
                if chance.once_in(6) {
                    record.lock = Lock::Frozen;
                }
                let deleted = chance.once_in(8);
                observed.records.get_mut(side).insert(record.key(), Seen { record, deleted, dirty: true });
            }
        }
        for n in 1..=RECORDS {
            if chance.once_in(2) {
                let values = chance.of(&[None, Some([Value::text("base"), Value::text("base")])]);
                let mut link = link(&module, n, values, chance.once_in(6));
                if chance.once_in(8) {
                    let at = chrono::DateTime::UNIX_EPOCH;
                    link.state = LinkState::Retired(Retired { deleted_on: Side::Left, at });
                }
                observed.links.push((LinkId(n.into()), link));
            }
        }
        let policy = Policy {
            priority: None,
            creates: Sides::new(!chance.once_in(4), !chance.once_in(4)),
            earlier_life: chance.once_in(8),
            deletes: chance.of(&[Deletes::Keep, Deletes::Approve]),
            guards: Guards::default(),
        };
        Self { module, directions, observed, policy }
    }

    fn plan(&self) -> Plan {
        plan(&self.module, &self.observed, &self.policy)
    }

    /// The same plan, whatever order things were listed in.
    fn assert_order_means_nothing(&self, planned: &Plan) {
        let mut observed = self.observed.clone();
        observed.links.reverse();
        assert_eq!(&plan(&self.module, &observed, &self.policy), planned);
    }

    /// No record takes part in two links.
    fn assert_one_to_one(&self, planned: &Plan) {
        let mut taken: Sides<BTreeSet<&RecordKey>> = Sides::default();
        let standing = self.observed.links.iter().map(|(_, link)| &link.keys);
        let fresh = planned.steps.iter().filter_map(|step| match &step.action {
            Action::Tie(link) => Some(&link.keys),
            Action::Settle { .. } | Action::Retire { .. } | Action::Write(_) => None,
        });
        for keys in standing.chain(fresh) {
            for (side, key) in keys.iter() {
                assert!(taken.get_mut(side).insert(key), "{key} is linked twice");
            }
        }
    }

    /// Writes go where they may, take nothing for empty that is unknown, and say only what the other side holds.
    fn assert_writes_are_sound(&self, planned: &Plan) {
        for write in planned.writes() {
            let source = &self.observed.records.get(write.side.other())[write.counterpart()];
            if let WriteChange::Create { .. } = &write.change {
                assert!(*self.policy.creates.get(write.side), "nothing is made where nothing may be made");
            }
            if let Some(target) = write.target() {
                let target = &self.observed.records.get(write.side)[target];
                assert_eq!((target.record.lock, target.deleted), (Lock::Open, false), "what is frozen or gone stays");
            }
            let entity = &self.module.entities[0];
            let held = entity.project(write.side.other(), &source.record.fields).values;
            for (name, direction) in FIELDS.into_iter().zip(self.directions) {
                let Some(written) = write.patch.get(write.side).get(name) else { continue };
                assert_eq!(held.get(name), Some(written), "nothing is invented");
                let may = match direction {
                    None => false,
                    Some(Direction::OneWay { from, .. }) => from != write.side,
                    Some(Direction::TwoWay { .. }) => true,
                };
                assert!(may, "{name} may not travel to the {} side", write.side);
            }
        }
    }

    /// Carries out `planned` as two obedient systems would.
    fn perform(&mut self, planned: &Plan) {
        for (step, nth) in planned.steps.iter().zip(100_i64..) {
            match &step.action {
                Action::Tie(link) => self.observed.links.push((LinkId(nth), link.clone())),
                Action::Settle { keys, patch } => self.settle(keys, patch),
                Action::Retire { keys, deleted_on } => {
                    let at = chrono::DateTime::UNIX_EPOCH;
                    self.linked(keys).state = LinkState::Retired(Retired { deleted_on: *deleted_on, at });
                }
                Action::Write(write) => match &write.change {
                    WriteChange::Create { kind, source, mark } => {
                        let id = format!("new {}", source.id);
                        let made = Record {
                            mark: Some(mark.clone()),
                            revision: Revision::new("1"),
                            ..Record::new(kind.clone(), id.as_str().into(), write.fields.clone())
                        };
                        let keys = write.keys(made.key());
                        self.see(write.side, made);
                        let baseline = Baseline {
                            values: write.patch.clone(),
                            mapping: self.module.fingerprint.clone(),
                            swings: Swings::new(),
                        };
                        let link = Link {
                            module: Module::new("organisations"),
                            keys,
                            evidence: Evidence::Created(write.side),
                            state: LinkState::Active,
                            review: false,
                            baseline: Some(baseline),
                        };
                        self.observed.links.push((LinkId(nth), link));
                    }
                    WriteChange::Update { key, .. } => {
                        let mut record = self.observed.records.get(write.side)[key].record.clone();
                        record.fields.overlay(&write.fields);
                        self.see(write.side, record);
                        self.settle(&write.keys(key.clone()), &write.patch);
                    }
                    WriteChange::Delete { .. } => unreachable!("nobody approved a deletion"),
                },
            }
        }
    }

    fn see(&mut self, side: Side, record: Record) {
        self.observed.records.get_mut(side).insert(record.key(), Seen { record, deleted: false, dirty: true });
    }

    fn linked(&mut self, keys: &Sides<RecordKey>) -> &mut Link {
        let links = self.observed.links.iter_mut().map(|(_, link)| link);
        links.into_iter().find(|link| link.keys == *keys).expect("it is linked")
    }

    fn settle(&mut self, keys: &Sides<RecordKey>, patch: &Sides<sync_model::Fields>) {
        let baseline = self.linked(keys).baseline.as_mut().expect("links have one");
        for side in Side::BOTH {
            baseline.values.get_mut(side).overlay(patch.get(side));
        }
    }
}

fn setting(name: &str) -> Option<u64> {
    std::env::var_os(name).map(|text| text.to_string_lossy().parse().expect("a number"))
}

#[test]
fn p21_every_generated_world_is_planned_soundly_and_comes_to_rest() {
    let module = module();
    let (cases, start) =
        (setting("AFSTEM_PLANNER_CASES").unwrap_or(CASES), setting("AFSTEM_PLANNER_START").unwrap_or(0));
    let (mut writes, mut findings, mut ties) = (0, 0, 0);
    for seed in start..start + cases {
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let mut world = World::of(seed, &module);
            let (mut counts, mut last) = ((0, 0, 0), usize::MAX);
            for round in 0..=ROUNDS {
                let planned = world.plan();
                world.assert_one_to_one(&planned);
                world.assert_writes_are_sound(&planned);
                if round == 0 {
                    world.assert_order_means_nothing(&planned);
                    let tied = planned.steps.iter().filter(|step| matches!(step.action, Action::Tie(_))).count();
                    counts = (planned.writes().count(), planned.findings.len(), tied);
                }
                last = planned.steps.len();
                if last == 0 {
                    break;
                }
                world.perform(&planned);
            }
            assert_eq!(last, 0, "it comes to rest within {ROUNDS} rounds");
            counts
        }));
        let Ok((written, found, tied)) = result else { panic!("world {seed}: AFSTEM_PLANNER_START={seed} shows it") };
        (writes, findings, ties) = (writes + written, findings + found, ties + tied);
    }
    println!("planner: {cases} worlds: {writes} writes, {findings} findings, {ties} links made");
    assert!(cases < 1000 || (writes > 0 && findings > 0 && ties > 0), "the worlds are worth planning");
}

#[test]
fn the_worlds_hold_what_a_planner_can_meet() {
    let module = module();
    let worlds: Vec<World> = (0..500).map(|seed| World::of(seed, &module)).collect();
    let some = |wanted: fn(&World) -> bool| worlds.iter().filter(|world| wanted(world)).count();
    let linked = keys(1);
    assert!(some(|world| world.observed.records.left.values().any(|seen| seen.deleted)) > 50);
    assert!(some(|world| world.observed.records.right.is_empty()) > 0);
    assert!(worlds.iter().any(|world| world.observed.links.iter().any(|(_, link)| link.keys == linked)));
    assert!(worlds.iter().any(|world| world.observed.records.left.contains_key(&key(Side::Left, RECORDS))));
}
