//! What people typed is kept, and nothing that nobody typed is ever written.

use std::collections::{BTreeMap, BTreeSet};

use field_mapping::Direction;
use field_mapping::Priority::Prefer;
use proptest::prelude::*;
use sync_model::{Fields, PairId, Side, Sides, Value};
use sync_run::{Intent, Store as _};

use crate::history::{Field, ORGANISATIONS, Start, find};
use crate::pair::Pair;
use crate::properties::{assert_converged, on_virtual_time};
use crate::world::WriteFault;

/// An edit: where, whose, and what. No value is typed twice.
type Typed = (Side, usize, Field);

fn typed() -> impl Strategy<Value = Vec<Vec<Typed>>> {
    let side = prop_oneof![Just(Side::Left), Just(Side::Right)];
    let field = prop_oneof![Just(Field::Street), Just(Field::Phone)];
    prop::collection::vec(prop::collection::vec((side, 0..3_usize, field), 0..6), 1..4)
}

fn lost() -> impl Strategy<Value = Vec<Option<WriteFault>>> {
    let fault = prop_oneof![Just(WriteFault::LostBefore), Just(WriteFault::LostAfter)];
    prop::collection::vec(prop::option::weighted(0.4, fault), 0..8)
}

fn type_in(pair: &Pair, (side, who, field): Typed, nth: usize) {
    let value = match field {
        Field::Street => format!("Nyvej {nth}"),
        Field::Phone => format!("20 {nth:02} 33 44"),
    };
    let key = find(pair, side, who).unwrap();
    pair.systems.get(side).edit(&key, |fields| fields.set(field.own(side), Value::text(value)));
}

/// What the journal says of the organisation: what was to be written, and what was seen when that was decided.
async fn journal(pair: &Pair, who: usize) -> Vec<Intent> {
    let mut intents = Vec::new();
    for side in Side::BOTH {
        let key = find(pair, side, who).unwrap();
        let known = pair.memory.history(&PairId::new("test"), side, &key).await.unwrap();
        intents.extend(known.into_iter().map(|(intent, _)| intent));
    }
    intents
}

fn value(records: &BTreeMap<String, Fields>, who: usize, field: &str) -> Value {
    records[ORGANISATIONS[who].0].get(field).cloned().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn p4_every_edit_stands_on_both_sides_or_is_kept_as_the_loser_of_a_conflict(
        rounds in typed(), prefer in prop_oneof![Just(Side::Left), Just(Side::Right)], left in lost(), right in lost(),
    ) {
        on_virtual_time(async {
            let pair = Pair::new(Direction::TwoWay { priority: Prefer(prefer) });
            Start { left: vec![0, 1, 2], right: vec![] }.lay_out(&pair);
            pair.sync().await.unwrap();
            pair.systems.left.state().faults = left;
            pair.systems.right.state().faults = right;
            let mut nth = 0;
            for round in rounds {
                let base = pair.canonical().left;
                for edit in round {
                    nth += 1;
                    type_in(&pair, edit, nth);
                }
                let shown = pair.canonical();
                // Answers that are lost may put a write off, and never for ever.
                for _ in 0..4 { pair.sync().await.unwrap(); }
                assert_converged(&pair);
                let end = pair.canonical().left;
                for (who, field) in (0..3).flat_map(|who| ["street", "phone"].map(|field| (who, field))) {
                    let (base, end) = (value(&base, who, field), value(&end, who, field));
                    let now = Sides::new(value(&shown.left, who, field), value(&shown.right, who, field));
                    let winner = match (now.left == base, now.right == base) {
                        (true, true) => base,
                        (false, true) => now.left.clone(),
                        (true, false) => now.right.clone(),
                        (false, false) => now.get(prefer).clone(),
                    };
                    assert_eq!(end, winner, "{who} {field}");
                    let loser = now.get(prefer.other());
                    if now.left != winner && now.right != winner {
                        panic!("{who} {field}: {now:?} became {winner:?}");
                    }
                    if *loser != winner && now.get(prefer) == &winner {
                        let whys = journal(&pair, who).await.into_iter().flat_map(|intent| intent.why);
                        let told = whys.filter(|why| why.field.as_str() == field)
                            .any(|why| why.now.get(prefer.other()).as_ref() == Some(loser));
                        assert!(told, "{who} {field}: {loser:?} was overwritten without a word");
                    }
                }
            }
        });
    }

    #[test]
    fn p5_nothing_is_written_that_the_other_side_did_not_hold(
        rounds in typed(), begin in crate::history::start(), prefer in prop_oneof![Just(Side::Left), Just(Side::Right)],
        left in lost(), right in lost(),
    ) {
        on_virtual_time(async {
            let pair = Pair::new(Direction::TwoWay { priority: Prefer(prefer) });
            Start { left: vec![0, 1, 2], right: begin.right }.lay_out(&pair);
            pair.systems.left.state().faults = left;
            pair.systems.right.state().faults = right;
            let mut held: BTreeSet<(Side, String, String, Value)> = BTreeSet::new();
            let mut nth = 0;
            for round in [vec![], rounds.concat()] {
                for edit in round {
                    nth += 1;
                    type_in(&pair, edit, nth);
                }
                for (side, records) in pair.canonical().iter() {
                    for (name, fields) in records {
                        held.extend(fields.iter().map(|(field, value)| (side, name.clone(), field.to_string(), value.clone())));
                    }
                }
                for _ in 0..4 { pair.sync().await.unwrap(); }
            }
            let mut written = 0;
            for who in (0..ORGANISATIONS.len()).filter(|who| find(&pair, Side::Left, *who).is_some()) {
                for intent in journal(&pair, who).await {
                    let (name, from) = (ORGANISATIONS[who].0.to_owned(), intent.write.side.other());
                    for (field, value) in intent.write.patch.get(intent.write.side).iter() {
                        written += 1;
                        let origin = (from, name.clone(), field.to_string(), value.clone());
                        assert!(held.contains(&origin), "{origin:?} was written, and nobody held it");
                    }
                }
            }
            assert!(written > 0, "three organisations were made at least");
        });
    }
}
