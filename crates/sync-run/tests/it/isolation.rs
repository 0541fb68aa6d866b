//! One bad record: what it costs, and that nothing else suffers.

use proptest::prelude::*;
use reconcile::Matter;
use sync_model::{Fields, RecordKey, Side, Sides, Value};
use sync_run::{FailureClass, Order};

use crate::history::{Deed, Field, Start, act, deeds, find, make, start};
use crate::pair::{Pair, account, contact};
use crate::properties::on_virtual_time;
use crate::world::{Request, WriteFault};

/// The record that its system never takes, whatever it is told.
fn poison(fields: &Fields) -> bool {
    let text = |name| fields.get(name).and_then(Value::as_text).unwrap_or_default();
    text("accountname") == "Gift" || text("Name") == "Gift"
}

fn attempts(pair: &Pair) -> usize {
    let of = |side| pair.systems.get(side).state().log.iter().filter(|it| **it == Request::Refused).count();
    of(Side::Left) + of(Side::Right)
}

fn poisoned(pair: &Pair) -> RecordKey {
    pair.systems.right.state().refuses = Some(poison);
    pair.systems.left.put("contact", "00000000-0000-4000-8000-000000000099", contact("Gift", "Algade 1", "", None))
}

#[test]
fn l3_a_record_that_fails_costs_a_bounded_number_of_requests() {
    on_virtual_time(async {
        let pair = Pair::two_way(Side::Left);
        let key = poisoned(&pair);
        for _ in 0..10 {
            let summary = pair.sync().await.unwrap();
            assert_eq!(summary.held(), 1);
        }
        assert_eq!(attempts(&pair), 3, "and not one in every run for ever");
        let summary = pair.sync().await.unwrap();
        let Matter::GivenUp { class, attempts: told, .. } = &summary.findings[0].1.matter else {
            panic!("{:?}", summary.findings);
        };
        assert_eq!((*class, *told), (FailureClass::Data, 3));

        // Somebody corrects the record: it is tried again, from the beginning.
        pair.systems.left.edit(&key, |fields| fields.set("Street", Value::text("Bygaden 2")));
        for _ in 0..10 {
            pair.sync().await.unwrap();
        }
        assert_eq!(attempts(&pair), 6);
        // A person asks for it: it is tried once more.
        let order = Order { record: Some((Side::Left, key.clone())), ..Order::default() };
        pair.engine().sync(&pair.rules, &order).await.unwrap();
        assert_eq!(attempts(&pair), 7);
        // What stood against it is gone.
        pair.systems.right.state().refuses = None;
        let summary = pair.engine().sync(&pair.rules, &order).await.unwrap();
        assert_eq!((summary.created, summary.held()), (Sides::new(0, 1), 0));
        assert!(pair.sync().await.unwrap().in_agreement(), "and is forgotten");
    });
}

#[test]
fn l3_a_record_whose_answers_are_always_lost_is_given_up() {
    on_virtual_time(async {
        let pair = Pair::two_way(Side::Left);
        make(&pair, Side::Left, 0, 0);
        let mut requests = Vec::new();
        for _ in 0..8 {
            pair.systems.right.state().faults = vec![Some(WriteFault::LostBefore); 20];
            pair.systems.right.forget_log();
            pair.sync().await.unwrap();
            requests.push(20 - pair.systems.right.state().faults.len());
        }
        assert_eq!(requests, [3, 3, 3, 3, 1, 0, 0, 0], "in five runs, and no more");
    });
}

#[test]
fn l4_failing_records_at_the_front_starve_none_behind_them() {
    on_virtual_time(async {
        let mut pair = Pair::two_way(Side::Left);
        pair.batch = 4;
        pair.systems.right.state().refuses = Some(poison);
        for n in 0..20 {
            // The keys of the failing ones come first.
            let (id, name) = match n {
                0..5 => (format!("00000000-0000-4000-8000-0000000000{n:02}"), "Gift".to_owned()),
                _ => (format!("00000000-0000-4000-8000-0000000001{n:02}"), format!("Sund {n}")),
            };
            pair.systems.left.put("contact", &id, contact(&name, &format!("Algade {n}"), "", None));
        }
        let summary = pair.sync().await.unwrap();
        assert_eq!((summary.created.right, summary.held()), (15, 5));
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn p31_a_record_that_always_fails_changes_nothing_for_others(begin in start(), later in deeds(), prefer in prop_oneof![Just(Side::Left), Just(Side::Right)]) {
        on_virtual_time(async {
            let (well, ill) = (Pair::two_way(prefer), Pair::two_way(prefer));
            poisoned(&ill);
            ill.systems.left.state().refuses = Some(poison);
            ill.systems.right.put("Accounts", "11x900", account("Gift", "", "12345678", None));
            for pair in [&well, &ill] {
                begin.lay_out(pair);
                pair.sync().await.unwrap();
                act(pair, &later);
                pair.sync().await.unwrap();
            }
            let without = |pair: &Pair| pair.canonical().map(|mut records| {
                records.remove("Gift");
                records
            });
            assert_eq!(without(&well), without(&ill));
        });
    }
}

#[test]
fn p26_a_loss_is_remembered_when_the_first_run_after_it_is_killed() {
    let begin = Start { left: vec![0, 1, 2, 3], right: vec![] };
    let edits: Vec<Deed> = (0..4)
        .map(|who| Deed::Edit { side: Side::Right, who, field: Field::Street, value: who + 1 })
        .chain([Deed::Make { side: Side::Left, who: 5 }])
        .collect();
    let mut kills = 0;
    for edge in 0..200 {
        let killed = on_virtual_time(async {
            let mut pair = Pair::two_way(Side::Left);
            pair.batch = 1;
            begin.lay_out(&pair);
            pair.sync().await.unwrap();
            act(&pair, &edits);
            // Somebody deletes a record that we had made, so that only its mark is left on the other side.
            pair.systems.left.delete(&find(&pair, Side::Left, 3).unwrap());
            let before = pair.canonical();
            let lost = Pair { memory: sync_run::conformance::MemoryStore::default(), ..pair.clone() };
            let killed = lost.sync_until_killed(edge).await;
            for _ in 0..3 {
                lost.sync().await.unwrap();
            }
            let after = lost.canonical();
            for (side, records) in before.iter() {
                for (name, fields) in records {
                    assert_eq!(after.get(side).get(name), Some(fields), "{name} on {side}, killed at edge {edge}");
                }
            }
            assert!(find(&lost, Side::Left, 3).is_none(), "what was deleted is not made again, killed at edge {edge}");
            assert!(find(&lost, Side::Right, 5).is_some(), "the newcomer is carried over");
            killed
        });
        kills += usize::from(killed);
        if !killed {
            break;
        }
    }
    assert!(kills > 15, "killed at {kills} edges");
}
