//! The properties of `docs/properties.md`, each under its number, over generated histories.

use std::collections::BTreeMap;

use chrono::Duration;
use field_mapping::{Direction, Drift, Priority};
use proptest::prelude::*;
use sync_model::{Fields, Side, Sides, Value};
use sync_run::Order;

use crate::history::{Deed, Field, ORGANISATIONS, Start, act, deeds, find, make, start};
use crate::pair::{Pair, account, contact};
use crate::world::{Request, WriteFault};

/// Runs `test` on a clock that waits for nobody.
pub(crate) fn on_virtual_time<F: Future>(test: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.unwrap().block_on(test)
}

fn sides() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Left), Just(Side::Right)]
}

pub(crate) fn assert_converged(pair: &Pair) {
    let shown = pair.canonical();
    assert_eq!(shown.left, shown.right, "both sides hold the same organisations with the same values");
}

pub(crate) fn assert_no_duplicates(pair: &Pair) {
    for side in Side::BOTH {
        let field = if side == Side::Left { "Name" } else { "accountname" };
        let mut seen = BTreeMap::new();
        for (key, fields) in pair.systems.get(side).live() {
            let name = fields.get(field).map(ToString::to_string);
            if let Some(other) = seen.insert(name.clone(), key.clone()) {
                panic!("{name:?} stands twice on {side}: {other} and {key}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn p1_a_second_run_is_silent(begin in start(), prefer in sides(), later in deeds()) {
        on_virtual_time(async {
            let pair = Pair::two_way(prefer);
            begin.lay_out(&pair);
            pair.sync().await.unwrap();
            act(&pair, &later);
            pair.sync().await.unwrap();
            for side in Side::BOTH { pair.systems.get(side).forget_log(); }
            let summary = pair.sync().await.unwrap();
            assert_eq!(pair.systems.left.writes() + pair.systems.right.writes(), 0);
            assert!(summary.in_agreement());
        });
    }

    #[test]
    fn p2_both_sides_converge(begin in start(), prefer in sides(), later in deeds()) {
        on_virtual_time(async {
            let pair = Pair::two_way(prefer);
            begin.lay_out(&pair);
            pair.sync().await.unwrap();
            assert_converged(&pair);
            act(&pair, &later);
            pair.sync().await.unwrap();
            assert_converged(&pair);
            assert_no_duplicates(&pair);
        });
    }

    #[test]
    fn p3_page_size_and_batch_size_change_nothing(begin in start(), later in deeds(), page in 1..9_usize, batch in 1..9_usize) {
        on_virtual_time(async {
            let plain = Pair::two_way(Side::Right);
            let mut other = Pair::two_way(Side::Right);
            other.batch = batch;
            other.systems.left.page = page;
            other.systems.right.page = page;
            for pair in [&plain, &other] {
                begin.lay_out(pair);
                pair.sync().await.unwrap();
                act(pair, &later);
                pair.sync().await.unwrap();
            }
            assert_eq!(plain.canonical(), other.canonical());
        });
    }

    #[test]
    fn p6_edits_of_different_fields_both_survive(prefer in sides(), street in 1..4_usize, phone in 1..4_usize, who in 0..ORGANISATIONS.len()) {
        on_virtual_time(async {
            let pair = Pair::two_way(prefer);
            make(&pair, Side::Left, who, 0);
            pair.sync().await.unwrap();
            act(&pair, &[
                Deed::Edit { side: Side::Left, who, field: Field::Street, value: who + street },
                Deed::Edit { side: Side::Right, who, field: Field::Phone, value: who + phone },
            ]);
            let summary = pair.sync().await.unwrap();
            assert_eq!(summary.conflicts(), 0);
            assert_converged(&pair);
            let key = find(&pair, Side::Right, who).unwrap();
            let held = pair.systems.right.live()[&key].clone();
            assert_eq!(held.get("bill_street"), Some(&Value::text(Field::Street.value(who + street))));
        });
    }

    #[test]
    fn p7_the_same_edit_on_both_sides_writes_nothing(prefer in sides(), who in 0..ORGANISATIONS.len(), value in 0..4_usize) {
        on_virtual_time(async {
            let pair = Pair::two_way(prefer);
            make(&pair, Side::Left, who, 0);
            pair.sync().await.unwrap();
            let same = |side| Deed::Edit { side, who, field: Field::Street, value };
            act(&pair, &[same(Side::Left), same(Side::Right)]);
            for side in Side::BOTH { pair.systems.get(side).forget_log(); }
            pair.sync().await.unwrap();
            assert_eq!(pair.systems.left.writes() + pair.systems.right.writes(), 0);
        });
    }

    #[test]
    fn p8_priority_decides_only_where_both_changed_one_field(begin in start(), later in deeds()) {
        on_virtual_time(async {
            let mut ends = Vec::new();
            let mut conflicts = Vec::new();
            for prefer in Side::BOTH {
                let pair = Pair::two_way(prefer);
                // Both begin alike, so that the first meeting decides nothing.
                for who in begin.left.iter().chain(&begin.right) {
                    make(&pair, Side::Left, *who, 0);
                    make(&pair, Side::Right, *who, 0);
                }
                pair.sync().await.unwrap();
                let before = pair.canonical();
                act(&pair, &later.iter().filter(|deed| matches!(deed, Deed::Edit { .. })).cloned().collect::<Vec<_>>());
                let after = pair.canonical();
                for (name, left) in &after.left {
                    for (field, value) in left.iter() {
                        let base = before.left[name].get(field.as_str());
                        let right = after.right[name].get(field.as_str());
                        if Some(value) != base && right != base && Some(value) != right {
                            conflicts.push((name.clone(), field.clone()));
                        }
                    }
                }
                pair.sync().await.unwrap();
                ends.push(pair.canonical().left);
            }
            for (name, fields) in &ends[0] {
                for (field, value) in fields.iter() {
                    let differs = ends[1][name].get(field.as_str()) != Some(value);
                    assert_eq!(differs, conflicts.contains(&(name.clone(), field.clone())), "{name} {field}");
                }
            }
        });
    }

    #[test]
    fn p9_a_lone_edit_reaches_the_other_side_whoever_has_priority(prefer in sides(), side in sides(), who in 0..ORGANISATIONS.len(), step in 1..4_usize) {
        on_virtual_time(async {
            let pair = Pair::two_way(prefer);
            make(&pair, Side::Left, who, 0);
            pair.sync().await.unwrap();
            act(&pair, &[Deed::Edit { side, who, field: Field::Street, value: who + step }]);
            pair.sync().await.unwrap();
            let other = side.other();
            let key = find(&pair, other, who).unwrap();
            let held = pair.systems.get(other).live()[&key].clone();
            assert_eq!(held.get(Field::Street.own(other)), Some(&Value::text(Field::Street.value(who + step))));
        });
    }

    #[test]
    fn p12_a_one_way_run_never_writes_its_source(begin in start(), later in deeds(), from in sides(), overwrite: bool,
        faults in proptest::collection::vec(fault(), 0..6)) {
        on_virtual_time(async {
            let drift = if overwrite { Drift::Overwrite } else { Drift::Keep };
            let pair = Pair::new(Direction::OneWay { from, drift });
            begin.lay_out(&pair);
            pair.systems.get(from.other()).state().faults = faults;
            pair.sync().await.unwrap();
            act(&pair, &later);
            pair.sync().await.unwrap();
            assert_eq!(pair.systems.get(from).writes(), 0);
        });
    }

    #[test]
    fn p14_a_wrong_clock_changes_nothing(begin in start(), later in deeds(), days in -4000..4000_i64) {
        on_virtual_time(async {
            let direction = Direction::TwoWay { priority: Priority::Prefer(Side::Left) };
            let (right, wrong) = (Pair::new(direction), Pair::shifted(direction, Duration::days(days)));
            for pair in [&right, &wrong] {
                begin.lay_out(pair);
                pair.sync().await.unwrap();
                act(pair, &later);
                pair.sync().await.unwrap();
            }
            assert_eq!(right.canonical(), wrong.canonical());
        });
    }

    #[test]
    fn p15_what_the_far_side_normalises_is_not_written_again(begin in start(), later in deeds()) {
        on_virtual_time(async {
            let pair = Pair::two_way(Side::Left);
            for side in Side::BOTH { pair.systems.get(side).state().habit = Some(shout); }
            begin.lay_out(&pair);
            pair.sync().await.unwrap();
            act(&pair, &later);
            pair.sync().await.unwrap();
            for side in Side::BOTH { pair.systems.get(side).forget_log(); }
            pair.sync().await.unwrap();
            assert_eq!(pair.systems.left.writes() + pair.systems.right.writes(), 0);
        });
    }

    #[test]
    fn p18_a_plan_writes_nothing_anywhere(begin in start(), later in deeds()) {
        on_virtual_time(async {
            let pair = Pair::two_way(Side::Left);
            begin.lay_out(&pair);
            pair.sync().await.unwrap();
            act(&pair, &later);
            for side in Side::BOTH { pair.systems.get(side).forget_log(); }
            let before = format!("{:?}", pair.memory.snapshot());
            let preview = pair.engine().plan(&pair.rules, &Order::default()).await.unwrap();
            assert_eq!(before, format!("{:?}", pair.memory.snapshot()));
            assert_eq!(pair.systems.left.writes() + pair.systems.right.writes(), 0);
            let planned: usize = preview.plans.iter().map(|plan| plan.writes().count()).sum();
            pair.sync().await.unwrap();
            assert_eq!(pair.systems.left.writes() + pair.systems.right.writes(), planned, "the plan is what is done");
        });
    }

    #[test]
    fn p22_at_most_one_create_for_each_origin(begin in start(), later in deeds(), prefer in sides(),
        left in proptest::collection::vec(fault(), 0..10), right in proptest::collection::vec(fault(), 0..10)) {
        on_virtual_time(async {
            let pair = Pair::two_way(prefer);
            begin.lay_out(&pair);
            pair.systems.left.state().faults = left;
            pair.systems.right.state().faults = right;
            pair.sync().await.unwrap();
            act(&pair, &later);
            pair.sync().await.unwrap();
            for side in Side::BOTH { pair.systems.get(side).state().faults.clear(); }
            for _ in 0..3 { pair.sync().await.unwrap(); }
            assert_no_duplicates(&pair);
            assert_one_create_per_origin(&pair);
            assert_converged(&pair);
        });
    }

    #[test]
    fn p23_a_look_up_that_fails_makes_nothing(begin in start()) {
        on_virtual_time(async {
            let pair = Pair::two_way(Side::Left);
            begin.lay_out(&pair);
            for side in Side::BOTH { pair.systems.get(side).state().blind = true; }
            assert!(pair.sync().await.is_err());
            assert_eq!(pair.systems.left.writes() + pair.systems.right.writes(), 0);
        });
    }

    #[test]
    fn p26_losing_the_database_overwrites_and_doubles_nothing(begin in start(), later in deeds(), prefer in sides()) {
        on_virtual_time(async {
            let pair = Pair::two_way(prefer);
            begin.lay_out(&pair);
            let one_sided = begin.left.iter().any(|who| !begin.right.contains(who));
            pair.sync().await.unwrap();
            act(&pair, &later.iter().filter(|deed| matches!(deed, Deed::Edit { .. })).cloned().collect::<Vec<_>>());
            let before = pair.canonical();
            let lost = Pair { memory: sync_run::conformance::MemoryStore::default(), ..pair.clone() };
            for _ in 0..2 { lost.sync().await.unwrap(); }
            assert_no_duplicates(&lost);
            if one_sided {
                // A record that we made carries the mark that proves the earlier life.
                assert_eq!(before, lost.canonical(), "nothing that differs is overwritten");
            }
        });
    }

    #[test]
    fn p27_absence_is_no_deletion(begin in start(), later in deeds()) {
        on_virtual_time(async {
            let pair = Pair::two_way(Side::Left);
            begin.lay_out(&pair);
            pair.sync().await.unwrap();
            let before = pair.canonical();
            for side in Side::BOTH { pair.systems.get(side).state().forgetful = true; }
            pair.sync().await.unwrap();
            assert_eq!(before, pair.canonical());
            for side in Side::BOTH { pair.systems.get(side).state().forgetful = false; }
            act(&pair, &later);
            pair.sync().await.unwrap();
            assert_no_duplicates(&pair);
        });
    }
}

fn fault() -> impl Strategy<Value = Option<WriteFault>> {
    prop_oneof![
        3 => Just(None),
        1 => Just(Some(WriteFault::LostBefore)),
        1 => Just(Some(WriteFault::LostAfter)),
        1 => Just(Some(WriteFault::Refused)),
    ]
}

/// A system that recases and trims what it is given.
fn shout(fields: &mut Fields) {
    let louder: Vec<_> = fields
        .iter()
        .filter_map(|(name, value)| Some((name.clone(), Value::text(value.as_text()?.trim().to_uppercase()))))
        .filter(|(name, _)| !matches!(name.as_str(), "CountryKey" | "Name" | "accountname"))
        .collect();
    for (name, value) in louder {
        fields.set(name, value);
    }
}

fn assert_one_create_per_origin(pair: &Pair) {
    for side in Side::BOTH {
        let mut made = BTreeMap::new();
        for request in &pair.systems.get(side).state().log {
            if let Request::Create(key, mark) = request
                && let Some(other) = made.insert(mark.clone(), key.clone())
            {
                panic!("{mark} was made twice on {side}: {other} and {key}");
            }
        }
    }
}

#[test]
fn p21_an_ambiguous_match_is_reported_and_left_alone() {
    on_virtual_time(async {
        let pair = Pair::two_way(Side::Left);
        let (name, cvr) = ORGANISATIONS[0];
        pair.systems.left.put(
            "contact",
            "00000000-0000-4000-8000-000000000001",
            contact(name, "Algade 1", "", Some(cvr)),
        );
        pair.systems.right.put("Accounts", "11x1", account(name, "Algade 1", "", Some(cvr)));
        pair.systems.right.put("Accounts", "11x2", account(name, "Bygaden 2", "", Some(cvr)));
        let summary = pair.sync().await.unwrap();
        assert_eq!((summary.held(), summary.linked), (1, 0));
        assert_eq!(pair.systems.left.writes() + pair.systems.right.writes(), 0);
        let again = pair.sync().await.unwrap();
        assert_eq!(again.held(), 1, "it waits until somebody decides");
    });
}

#[test]
fn p21_names_that_are_only_alike_are_proposed_and_made_no_second_time() {
    on_virtual_time(async {
        let pair = Pair::two_way(Side::Left);
        let (left, right) = ("00000000-0000-4000-8000-000000000001", "11x1");
        pair.systems.left.put("contact", left, contact("Nordlys Bådebyggeri", "Algade 1", "86123456", None));
        pair.systems.right.put(
            "Accounts",
            right,
            account("Nordlys Baadebygeri ApS", "Algade 1", "+45 86 12 34 56", None),
        );
        let summary = pair.sync().await.unwrap();
        assert_eq!((summary.held(), summary.linked, summary.created), (1, 0, Sides::new(0, 0)));
        assert_eq!(pair.systems.left.writes() + pair.systems.right.writes(), 0);
        let (_, finding) = &summary.findings[0];
        let reconcile::Matter::Ambiguous { rule, pairs, .. } = &finding.matter else { panic!("{finding:?}") };
        assert_eq!((rule.as_str(), pairs.len()), ("name+phone", 1));
        assert_eq!(pairs[0].score, 84);
        assert_eq!(pairs[0].keys.as_ref().map(|key| key.id.to_string()), Sides::new(left.into(), right.into()));
    });
}

#[test]
fn p29_a_deleted_record_is_not_made_again() {
    on_virtual_time(async {
        let pair = Pair::two_way(Side::Left);
        Start { left: vec![0, 1], right: vec![] }.lay_out(&pair);
        pair.sync().await.unwrap();
        pair.systems.left.delete(&find(&pair, Side::Left, 0).unwrap());
        for _ in 0..3 {
            pair.sync().await.unwrap();
        }
        assert!(find(&pair, Side::Left, 0).is_none(), "what a person deleted stays deleted");
        assert!(find(&pair, Side::Right, 0).is_some(), "and the other side keeps its record");
    });
}
