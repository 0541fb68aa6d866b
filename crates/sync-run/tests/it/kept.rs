//! What is agreed after a write: what the system really kept, and nothing that nobody knows.

use reconcile::Matter;
use sync_model::{Fields, Kind, PairId, RecordKey, Side, Sides, Value};
use sync_run::{Scope, Store as _, Summary};

use crate::history::{Deed, Field, act, find, make};
use crate::pair::Pair;
use crate::paused::at_every_edge;
use crate::properties::{assert_converged, on_virtual_time};
use crate::world::{Request, WriteFault};

fn id() -> PairId {
    PairId::new("test")
}

/// What both sides agreed on for a field of the one organisation that is there, without its blanks.
async fn agreed(pair: &Pair, field: &str) -> Sides<Option<String>> {
    let kinds = Sides::new(vec![Kind::new("contact")], vec![Kind::new("Accounts")]);
    let scope = Scope { kinds, all: true, ..Scope::default() };
    let links = pair.memory.load(&id(), &scope).await.unwrap().links;
    let (_, link) = links.into_iter().next().unwrap();
    let values = link.baseline.unwrap().values;
    values.map(|fields| fields.get(field).map(|it| it.to_string().replace(' ', "")))
}

fn writes(summary: &Summary) -> u64 {
    summary.created.left + summary.created.right + summary.updated.left + summary.updated.right
}

fn phone(pair: &Pair, side: Side) -> Option<String> {
    let key = find(pair, side, 0).unwrap();
    pair.systems.get(side).live()[&key].get(Field::Phone.own(side)).map(|it| it.to_string().replace(' ', ""))
}

fn some(left: &str, right: &str) -> Sides<Option<String>> {
    Sides::new(Some(left.to_owned()), Some(right.to_owned()))
}

/// What the books make of what they are given.
type Habit = fn(&mut Fields);

#[test]
fn p15_what_is_agreed_is_what_the_system_made_of_it_and_it_is_written_once() {
    const SENT: &str = "+4586121314";
    let cases: [(&str, Habit, Sides<Option<String>>); 4] = [
        ("it is taken as it is", |_| {}, some(SENT, SENT)),
        ("it is spelled otherwise", |it| it.set("Phone", Value::text("86 12 13 14")), some(SENT, SENT)),
        ("it is left empty", |it| it.set("Phone", Value::Empty), some("", SENT)),
        ("the record has no such field", |it| drop(it.remove("Phone")), Sides::new(None, None)),
    ];
    for (case, habit, expected) in cases {
        on_virtual_time(async {
            let pair = Pair::two_way(Side::Left);
            make(&pair, Side::Right, 0, 2);
            pair.systems.left.state().habit = Some(habit);
            assert_eq!(writes(&pair.sync().await.unwrap()), 1, "{case}");
            assert_eq!(agreed(&pair, "phone").await, expected, "{case}");
            for _ in 0..2 {
                let summary = pair.sync().await.unwrap();
                assert_eq!((writes(&summary), summary.held()), (0, 0), "{case}: {:?}", summary.findings);
            }
            let untouched = phone(&pair, Side::Right).unwrap();
            assert!(SENT.ends_with(&untouched), "{case}: what was carried over stays where it came from: {untouched}");
        });
    }
}

#[test]
fn p4_what_somebody_emptied_while_an_answer_was_lost_is_filled_again_and_erases_nothing() {
    let mut lost = 0;
    at_every_edge(async |edge| {
        let pair = Pair::two_way(Side::Left);
        make(&pair, Side::Right, 0, 2);
        pair.systems.left.state().faults = vec![Some(WriteFault::LostAfter)];
        if !pair.sync_until_killed(edge).await {
            return false;
        }
        let there = find(&pair, Side::Left, 0).filter(|_| pair.systems.left.state().faults.is_empty());
        let Some(contact) = there else { return true };
        pair.systems.left.edit(&contact, |fields| fields.set("Phone", Value::Empty));
        lost += 1;
        for _ in 0..2 {
            pair.sync().await.unwrap();
        }
        let (left, right) = (phone(&pair, Side::Left), phone(&pair, Side::Right));
        let known = pair.systems.left.state().log.iter().filter(|it| matches!(it, Request::Update(_))).count();
        // Once it was noted what stood there, emptying it is an edit like any other.
        let erased = left.as_deref() == Some("") && right.as_deref() == Some("");
        assert!(erased || left.as_deref() == Some("+4586121314") && known == 1, "edge {edge}: {left:?}, {right:?}");
        if !erased {
            assert_eq!(right.as_deref(), Some("86121314"), "edge {edge}");
        }
        true
    });
    assert!(lost > 1, "at {lost} edges an answer was lost");
}

#[test]
fn p4_an_edit_of_another_field_right_after_our_update_is_carried_over_by_the_same_run() {
    on_virtual_time(async {
        let pair = Pair::two_way(Side::Left);
        make(&pair, Side::Right, 0, 0);
        pair.sync().await.unwrap();
        act(&pair, &[Deed::Edit { side: Side::Right, who: 0, field: Field::Phone, value: 3 }]);
        // Whoever writes a telephone number there finds the street changed.
        pair.systems.left.state().habit = Some(|it| it.set("Street", Value::text("Nygade 9")));
        let summary = pair.sync().await.unwrap();
        assert_eq!(summary.updated, Sides::new(1, 1));
        assert_converged(&pair);
        let account = find(&pair, Side::Right, 0).unwrap();
        assert_eq!(pair.systems.right.live()[&account].get("bill_street"), Some(&Value::text("Nygade 9")));
        let refusals =
            |summary: &Summary| summary.findings.iter().any(|(_, it)| matches!(it.matter, Matter::Refused { .. }));
        assert!(!refusals(&summary));
    });
}

#[test]
fn l1_what_could_not_be_read_back_is_noted_as_known_in_part() {
    for (blind, partial) in [(false, false), (true, true)] {
        on_virtual_time(async {
            let pair = Pair::two_way(Side::Left);
            make(&pair, Side::Right, 0, 0);
            if blind {
                pair.systems.left.state().unreadable = true;
            }
            pair.sync().await.unwrap();
            let key: RecordKey = find(&pair, Side::Left, 0).unwrap();
            let seen = pair.memory.seen(&id(), Side::Left, std::slice::from_ref(&key)).await.unwrap();
            assert_eq!((seen[0].record.partial, seen[0].dirty), (partial, blind));
            assert_eq!(seen[0].record.fields.get("Name"), Some(&Value::text("Nordlys ApS")));
        });
    }
}

#[test]
fn p4_what_stands_there_instead_of_what_was_sent_travels_on_wherever_the_run_is_killed() {
    let edges = at_every_edge(async |edge| {
        let pair = Pair::two_way(Side::Left);
        make(&pair, Side::Right, 0, 2);
        pair.systems.left.state().habit = Some(|it| it.set("Phone", Value::text("22 33 44 55")));
        if !pair.sync_until_killed(edge).await {
            return false;
        }
        let there = find(&pair, Side::Left, 0).is_some();
        pair.systems.left.state().habit = None;
        for _ in 0..2 {
            pair.sync().await.unwrap();
        }
        assert_converged(&pair);
        let expected = if there { "22334455" } else { "86121314" };
        let stands = phone(&pair, Side::Right).unwrap();
        assert!(stands.ends_with(expected), "edge {edge}: {stands}");
        true
    });
    assert!(edges > 10, "killed at {edges} edges");
}
