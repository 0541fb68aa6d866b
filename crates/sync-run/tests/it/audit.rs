//! The audit: every difference between the two sides is explained or named, and nothing is written.

use proptest::prelude::*;
use reconcile::Matter;
use sync_model::{Side, Sides, Value};
use sync_run::{Audit, Differs, Explained, Order};

use crate::history::{Deed, Field, Start, act, deeds, find, make, start};
use crate::pair::Pair;
use crate::properties::on_virtual_time;

async fn audit(pair: &Pair) -> Audit {
    pair.engine().audit(&pair.rules, &Order::default()).await.unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn l10_an_audit_finds_nothing_unexplained_at_any_time_and_writes_nothing(begin in start(), later in deeds(), prefer in prop_oneof![Just(Side::Left), Just(Side::Right)]) {
        on_virtual_time(async {
            let pair = Pair::two_way(prefer);
            begin.lay_out(&pair);
            for _ in 0..2 {
                let before = format!("{:?}", pair.memory.snapshot());
                let writes = pair.systems.left.writes() + pair.systems.right.writes();
                assert_eq!(audit(&pair).await.unexplained, []);
                assert_eq!(format!("{:?}", pair.memory.snapshot()), before);
                assert_eq!(pair.systems.left.writes() + pair.systems.right.writes(), writes);
                pair.sync().await.unwrap();
                assert_eq!(audit(&pair).await.unexplained, []);
                act(&pair, &later);
            }
        });
    }
}

#[test]
fn l10_a_difference_that_no_list_of_changes_showed_is_found() {
    on_virtual_time(async {
        let pair = Pair::two_way(Side::Left);
        Start { left: vec![0, 1], right: vec![2] }.lay_out(&pair);
        // The second run sees our own writes in the lists; after it, nothing is listed any more.
        for _ in 0..2 {
            pair.sync().await.unwrap();
        }
        let key = find(&pair, Side::Right, 0).unwrap();
        // The system changes a record without telling: no new version, no entry in its list of changes.
        let held = |pair: &Pair| pair.systems.right.state().records[&key].clone();
        let mut silent = held(&pair);
        silent.fields.set("bill_street", Value::text("Stille Gade 1"));
        pair.systems.right.state().records.insert(key.clone(), silent);
        pair.sync().await.unwrap();
        let found = audit(&pair).await;
        assert_eq!((found.read, found.links), (Sides::new(3, 3), 3));
        let [difference] = found.unexplained.as_slice() else { panic!("{:?}", found.unexplained) };
        assert!(difference.records.contains(&(Side::Right, key.clone())));
        assert!(matches!(&difference.what, Differs::Field { field, .. } if field.as_str() == "street"));

        // A record that vanished from its list without a word of its deletion.
        pair.systems.right.state().records.remove(&key);
        let found = audit(&pair).await;
        assert!(matches!(found.unexplained[0].what, Differs::Missing { side: Side::Right }), "{found:?}");
    });
}

#[test]
fn l10_what_waits_drifts_or_will_be_carried_over_is_explained() {
    on_virtual_time(async {
        let pair = Pair::two_way(Side::Left);
        for who in 0..2 {
            make(&pair, Side::Left, who, 0);
        }
        pair.sync().await.unwrap();
        act(&pair, &[Deed::Edit { side: Side::Left, who: 0, field: Field::Street, value: 3 }]);
        assert_eq!(audit(&pair).await.explained.get(&Explained::NextRun), Some(&1));
        pair.systems.right.state().refuses = Some(|fields| fields.get("bill_street").is_some());
        let summary = pair.sync().await.unwrap();
        assert!(matches!(summary.findings[0].1.matter, Matter::Refused { .. }));
        let found = audit(&pair).await;
        assert_eq!(
            (found.unexplained.len(), found.explained.get(&Explained::NextRun)),
            (0, Some(&1)),
            "it is tried again"
        );
        for _ in 0..3 {
            pair.sync().await.unwrap();
        }
        let found = audit(&pair).await;
        assert_eq!((found.unexplained.len(), found.explained.get(&Explained::Waits)), (0, Some(&1)), "it was given up");
    });
}
