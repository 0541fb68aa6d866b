//! Undo: things go back to what they were, what people edited since stays, and no later run does it over again.

use std::collections::BTreeMap;

use proptest::prelude::*;
use reconcile::KeptWhy;
use sync_model::{FieldName, Fields, RecordKey, RunId, Side, Value};
use sync_run::{Event, Order, Summary, Undo};

use crate::hearing::heard;
use crate::history::{Deed, Field, Start, act, deeds, find, make, start};
use crate::pair::Pair;
use crate::properties::on_virtual_time;
use crate::world::WriteFault;

async fn undo(pair: &Pair, target: Undo) -> Summary {
    let order = Order { undo: Some(target), ..Order::default() };
    pair.engine().sync(&pair.rules, &order).await.unwrap()
}

fn kept(summary: &Summary) -> Vec<(Option<&str>, KeptWhy)> {
    let undone = summary.undone.as_ref().unwrap();
    undone.kept.iter().map(|kept| (kept.field.as_ref().map(FieldName::as_str), kept.why)).collect()
}

fn holdings(pair: &Pair) -> [BTreeMap<RecordKey, Fields>; 2] {
    [pair.systems.left.live(), pair.systems.right.live()]
}

fn street(side: Side, who: usize, value: usize) -> Deed {
    Deed::Edit { side, who, field: Field::Street, value }
}

/// Both sides' organisations agree; then somebody edits the street on the left, and a run carries it over.
async fn carried_over() -> (Pair, RunId) {
    let pair = Pair::two_way(Side::Right);
    make(&pair, Side::Left, 0, 0);
    pair.sync().await.unwrap();
    act(&pair, &[street(Side::Left, 0, 2)]);
    let run = pair.sync().await.unwrap().run;
    (pair, run)
}

fn held(pair: &Pair, side: Side, field: Field) -> Value {
    let key = find(pair, side, 0).unwrap();
    pair.systems.get(side).live()[&key].get(field.own(side)).cloned().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn p20_undo_puts_back_what_a_run_wrote_and_no_later_run_redoes_it(begin in start(), later in deeds(), prefer in prop_oneof![Just(Side::Left), Just(Side::Right)]) {
        on_virtual_time(async {
            let pair = Pair::two_way(prefer);
            begin.lay_out(&pair);
            pair.sync().await.unwrap();
            act(&pair, &later.iter().filter(|deed| matches!(deed, Deed::Edit { .. })).cloned().collect::<Vec<_>>());
            let before = holdings(&pair);
            let run = pair.sync().await.unwrap().run;
            let after = holdings(&pair);

            let undone = undo(&pair, Undo::Run(run)).await;
            assert_eq!(kept(&undone), []);
            assert_eq!(holdings(&pair), before, "as it was before the run");
            for _ in 0..2 {
                let summary = pair.sync().await.unwrap();
                assert_eq!(summary.usage.left.writes + summary.usage.right.writes, 0);
            }
            assert_eq!(holdings(&pair), before, "and it stays so");

            undo(&pair, Undo::Run(undone.run)).await;
            assert_eq!(holdings(&pair), after, "an undo can be undone");
            pair.sync().await.unwrap();
            assert_eq!(holdings(&pair), after);
        });
    }

    #[test]
    fn p20_what_people_edited_since_is_left_and_named(begin in start(), later in deeds(), since in deeds()) {
        on_virtual_time(async {
            let pair = Pair::two_way(Side::Left);
            begin.lay_out(&pair);
            pair.sync().await.unwrap();
            act(&pair, &later);
            let before = holdings(&pair);
            let run = pair.sync().await.unwrap();
            let written = holdings(&pair);
            // Another spelling of the same telephone number is no edit.
            let streets = |deed: &&Deed| matches!(deed, Deed::Edit { field: Field::Street, .. } | Deed::Make { .. });
            act(&pair, &since.iter().filter(streets).cloned().collect::<Vec<_>>());
            let edited = holdings(&pair);
            undo(&pair, Undo::Run(run.run)).await;
            let now = holdings(&pair);
            for side in [0, 1] {
                for (key, fields) in &edited[side] {
                    for (name, value) in fields.iter() {
                        let by_person = written[side].get(key).and_then(|it| it.get(name.as_str())) != Some(value);
                        let stands = now[side][key].get(name.as_str());
                        let former = before[side].get(key).and_then(|it| it.get(name.as_str()));
                        if by_person {
                            assert_eq!(stands, Some(value), "an edit stays");
                        } else {
                            assert!(stands == Some(value) || stands == former, "{name}: nothing is invented");
                        }
                    }
                }
            }
        });
    }
}

#[test]
fn p20_a_field_that_was_edited_since_on_either_side_is_refused() {
    for side in Side::BOTH {
        on_virtual_time(async {
            let (pair, run) = carried_over().await;
            act(&pair, &[street(side, 0, 3)]);
            let before = holdings(&pair);
            let summary = undo(&pair, Undo::Run(run)).await;
            assert_eq!(kept(&summary), [(Some("street"), KeptWhy::EditedSince(side))]);
            assert_eq!(holdings(&pair), before);
        });
    }
}

#[test]
fn p20_what_a_later_run_wrote_is_not_undone_with_an_earlier_one() {
    // Whichever side it came from, and also where the last of them wrote what the first one had written.
    for later in [&[(Side::Right, 3)][..], &[(Side::Left, 3)], &[(Side::Left, 3), (Side::Left, 2)]] {
        on_virtual_time(async {
            let (pair, first) = carried_over().await;
            for (side, value) in later {
                act(&pair, &[street(*side, 0, *value)]);
                pair.sync().await.unwrap();
            }
            let before = holdings(&pair);
            let summary = undo(&pair, Undo::Run(first)).await;
            assert_eq!(kept(&summary), [(Some("street"), KeptWhy::WrittenSince)], "{later:?}");
            assert_eq!(holdings(&pair), before, "{later:?}");
        });
    }
}

#[test]
fn p20_one_record_or_one_field_goes_back_alone_and_edits_of_other_fields_travel_on() {
    on_virtual_time(async {
        let pair = Pair::two_way(Side::Right);
        make(&pair, Side::Left, 0, 0);
        pair.sync().await.unwrap();
        let was = held(&pair, Side::Right, Field::Street);
        let phone = Deed::Edit { side: Side::Left, who: 0, field: Field::Phone, value: 2 };
        act(&pair, &[street(Side::Left, 0, 2), phone]);
        pair.sync().await.unwrap();
        let phone = held(&pair, Side::Right, Field::Phone);
        // Somebody edits a third field, and the undo must not swallow that edit.
        let key = find(&pair, Side::Left, 0).unwrap();
        pair.systems.left.edit(&key, |fields| fields.set("City", Value::text("Svendborg")));
        let record = find(&pair, Side::Right, 0).unwrap();
        let summary = undo(&pair, Undo::Field(Side::Right, record.clone(), FieldName::new("street"))).await;
        assert_eq!((kept(&summary), summary.updated.right), (vec![], 1));
        assert_eq!(held(&pair, Side::Right, Field::Street), was);
        assert_eq!(held(&pair, Side::Right, Field::Phone), phone, "the other field stays");
        pair.sync().await.unwrap();
        assert_eq!(held(&pair, Side::Right, Field::Street), was, "what was undone is not done again");
        assert_eq!(pair.systems.right.live()[&record].get("bill_city"), Some(&Value::text("Svendborg")));
    });
}

#[test]
fn p20_a_record_goes_back_by_one_run_and_a_field_by_the_run_that_wrote_it() {
    // Whether the street, written by the run before the last one, and the telephone number, written by the last one, go back.
    let table = [(None, [false, true]), (Some("phone"), [false, true]), (Some("street"), [true, false])];
    for (field, goes_back) in table {
        on_virtual_time(async {
            let (pair, _) = carried_over().await;
            let now = || [Field::Street, Field::Phone].map(|field| held(&pair, Side::Right, field));
            let was = [Value::text(Field::Street.value(0)), held(&pair, Side::Right, Field::Phone)];
            act(&pair, &[Deed::Edit { side: Side::Left, who: 0, field: Field::Phone, value: 2 }]);
            pair.sync().await.unwrap();
            let written = now();
            let record = find(&pair, Side::Right, 0).unwrap();
            let target = match field {
                None => Undo::Record(Side::Right, record),
                Some(field) => Undo::Field(Side::Right, record, FieldName::new(field)),
            };
            let summary = undo(&pair, target).await;
            assert_eq!((kept(&summary), summary.updated.right), (vec![], 1), "{field:?}");
            for _ in 0..2 {
                for ((now, goes_back), (was, written)) in now().iter().zip(goes_back).zip(was.iter().zip(&written)) {
                    assert_ne!(was, written);
                    assert_eq!(now, if goes_back { was } else { written }, "{field:?}");
                }
                pair.sync().await.unwrap();
            }
        });
    }
}

#[test]
fn p20_what_could_not_be_written_back_is_named_with_its_reason() {
    for fault in [None, Some(WriteFault::Refused), Some(WriteFault::LostBefore)] {
        on_virtual_time(async {
            let (pair, run) = carried_over().await;
            pair.systems.right.state().faults = fault.into_iter().map(Some).collect();
            let world = pair.clone();
            let edited = move |event| {
                if fault.is_none() && matches!(event, Event::Applying { .. }) {
                    act(&world, &[street(Side::Right, 0, 3)]);
                }
                None::<()>
            };
            let order = Order { undo: Some(Undo::Run(run)), ..Order::default() };
            let (summary, _) = heard(&pair, &pair.rules, &order, edited).await;
            let (why, value) = match fault {
                None => (KeptWhy::EditedSince(Side::Right), 3),
                Some(_) => (KeptWhy::NotWritten, 2),
            };
            assert_eq!(kept(&summary), [(Some("street"), why)], "{fault:?}");
            assert_eq!(held(&pair, Side::Right, Field::Street), Value::text(Field::Street.value(value)), "{fault:?}");
        });
    }
}

#[test]
fn p20_a_record_that_was_made_stays_and_is_linked_no_longer() {
    on_virtual_time(async {
        let pair = Pair::two_way(Side::Right);
        Start { left: vec![0], right: vec![] }.lay_out(&pair);
        let run = pair.sync().await.unwrap().run;
        let before = holdings(&pair);
        let summary = undo(&pair, Undo::Run(run)).await;
        assert_eq!(kept(&summary), [(None, KeptWhy::MadeByRun)]);
        act(&pair, &[street(Side::Left, 0, 3)]);
        pair.sync().await.unwrap();
        assert_eq!(holdings(&pair)[1], before[1], "nothing is made, linked or written any more");
        undo(&pair, Undo::Run(summary.run)).await;
        pair.sync().await.unwrap();
        assert_eq!(held(&pair, Side::Right, Field::Street), Value::text(Field::Street.value(3)), "linked again");
    });
}

#[test]
fn p20_an_undo_that_is_killed_at_any_edge_is_not_redone_by_the_next_run() {
    let mut kills = 0;
    for edge in 0..60 {
        kills += on_virtual_time(async {
            let (pair, run) = carried_over().await;
            let order = Order { undo: Some(Undo::Run(run)), ..Order::default() };
            let killed = pair.order_until_killed(edge, &pair.rules, &order).await;
            let right = held(&pair, Side::Right, Field::Street);
            for _ in 0..2 {
                pair.sync().await.unwrap();
            }
            assert_eq!(held(&pair, Side::Left, Field::Street), Value::text(Field::Street.value(2)), "edge {edge}");
            assert_eq!(held(&pair, Side::Right, Field::Street), right, "edge {edge}");
            u32::from(killed)
        });
    }
    assert!(kills > 8, "killed at {kills} edges");
}
