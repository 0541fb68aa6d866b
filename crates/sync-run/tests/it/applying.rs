//! One batch of writes: what is told of it while it runs, and what is looked at again afterwards.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use field_mapping::{Direction, Drift};
use reconcile::Matter;
use sync_model::{Kind, PairId, Side, Sides, Value};
use sync_run::{Event, Miss, Order, RunError, Scope, Store, Summary};

use crate::hearing::{heard, heard_to_the_end};
use crate::history::{Deed, Field, Start, act, find};
use crate::pair::Pair;
use crate::properties::{assert_converged, assert_no_duplicates, on_virtual_time};
use crate::world::{Request, WriteFault};

/// A run in which `on_write` happens after each write, and what was heard of it.
async fn run(pair: &Pair, on_write: impl Fn(&Pair) + Send + Sync + 'static) -> (Summary, Vec<String>) {
    let world = pair.clone();
    let told = move |event| match event {
        Event::Applying { writes, wait, .. } => Some(format!("{} + {} writes, {wait} ms", writes.left, writes.right)),
        Event::Wrote { side, wait, .. } => {
            on_write(&world);
            Some(format!("wrote to {side}, {wait} ms left"))
        }
        Event::Missed { miss: Miss::Held(Matter::Refused { .. }), .. } => Some("refused".to_owned()),
        Event::Missed { miss: Miss::Stale, .. } => Some("stale".to_owned()),
        Event::Missed { miss: Miss::NotSent(_), .. } => Some("not sent".to_owned()),
        _ => None,
    };
    heard(pair, &pair.rules, &Order::default(), told).await
}

/// How many linked pairs are looked at in the next run, because something of them is not known to be settled.
async fn in_play(pair: &Pair) -> usize {
    let kinds = Sides::new(vec![Kind::new("contact")], vec![Kind::new("Accounts")]);
    let scope = Scope { kinds, ..Scope::default() };
    pair.memory.load(&PairId::new("test"), &scope).await.unwrap().links.len()
}

/// Two organisations on the left and one on the right, none of them on both.
fn strangers() -> Pair {
    let pair = Pair::two_way(Side::Right);
    Start { left: vec![0, 1], right: vec![2] }.lay_out(&pair);
    pair
}

#[test]
fn what_was_written_and_read_back_is_not_looked_at_again() {
    on_virtual_time(async {
        let pair = strangers();
        run(&pair, |_| {}).await;
        assert_eq!(in_play(&pair).await, 0);
        let reads = pair.systems.as_ref().map(|it| it.state().log.iter().filter(|it| **it == Request::Read).count());
        assert_eq!(reads, Sides::new(2, 1), "a list each, and Dinero's record, which its answer did not show");
        act(&pair, &[Deed::Edit { side: Side::Left, who: 0, field: Field::Phone, value: 3 }]);
        act(&pair, &[Deed::Edit { side: Side::Right, who: 1, field: Field::Phone, value: 2 }]);
        run(&pair, |_| {}).await;
        assert_eq!(in_play(&pair).await, 0);
        assert_converged(&pair);
    });
}

#[test]
fn l1_what_could_not_be_read_back_is_looked_at_again() {
    on_virtual_time(async {
        let pair = strangers();
        // From the first write on Dinero shows nothing more.
        let (summary, _) = run(&pair, |pair| pair.systems.left.state().blind = true).await;
        assert_eq!((summary.created, in_play(&pair).await), (Sides::new(1, 2), 1));
        pair.systems.left.state().blind = false;
        let (summary, _) = run(&pair, |_| {}).await;
        assert_eq!((summary.created, summary.updated, in_play(&pair).await), (Sides::new(0, 0), Sides::new(0, 0), 0));
        assert_converged(&pair);
    });
}

#[test]
fn p4_an_edit_right_after_our_write_is_carried_over_by_the_same_run() {
    on_virtual_time(async {
        let pair = strangers();
        let edit = |pair: &Pair| {
            let Some(key) = find(pair, Side::Left, 2) else { return };
            let fresh = pair.systems.left.live()[&key].get("Street") != Some(&Value::text("Nygade 9"));
            if fresh {
                pair.systems.left.edit(&key, |fields| fields.set("Street", Value::text("Nygade 9")));
            }
        };
        run(&pair, edit).await;
        let account = find(&pair, Side::Right, 2).unwrap();
        assert_eq!(pair.systems.right.live()[&account].get("bill_street"), Some(&Value::text("Nygade 9")));
        assert_converged(&pair);
        assert_eq!(in_play(&pair).await, 0);
    });
}

#[test]
fn what_is_told_of_a_batch_is_how_long_it_takes_and_what_came_of_each_write() {
    on_virtual_time(async {
        let pair = strangers();
        pair.systems.left.state().wait = 1_000;
        pair.systems.right.state().wait = 700;
        pair.systems.right.state().faults = vec![Some(WriteFault::Refused)];
        let (summary, mut heard) = run(&pair, |_| {}).await;
        assert_eq!(heard.remove(0), "1 + 2 writes, 1400 ms", "the slower system counts");
        heard.sort();
        assert_eq!(heard, ["refused", "wrote to left, 0 ms left", "wrote to right, 0 ms left"]);
        assert_eq!(summary.held(), 1);
    });
}

#[test]
fn what_is_told_while_writing_is_how_long_the_rest_takes() {
    on_virtual_time(async {
        let pair = Pair::two_way(Side::Right);
        Start { left: (0..6).collect(), right: vec![] }.lay_out(&pair);
        pair.systems.right.state().wait = 100;
        let (_, heard) = run(&pair, |_| {}).await;
        let left = [500, 400, 300, 200, 100, 0].map(|wait| format!("wrote to right, {wait} ms left"));
        assert_eq!(heard[0], "0 + 6 writes, 600 ms");
        assert_eq!(heard[1..], left, "in two batches");
    });
}

#[test]
fn a_record_that_moved_on_is_told_and_planned_again() {
    on_virtual_time(async {
        let pair = strangers();
        run(&pair, |_| {}).await;
        act(&pair, &[Deed::Edit { side: Side::Left, who: 0, field: Field::Phone, value: 3 }]);
        pair.systems.right.state().restless = true;
        let (_, heard) = run(&pair, |_| {}).await;
        assert_eq!(heard.iter().filter(|it| *it == "stale").count(), 3, "{heard:?}");
        assert!(in_play(&pair).await > 0);
        pair.systems.right.state().restless = false;
        let (_, heard) = run(&pair, |_| {}).await;
        assert!(!heard.contains(&"stale".to_owned()));
        assert_eq!(in_play(&pair).await, 0);
        assert_converged(&pair);
    });
}

#[test]
fn p22_a_create_that_has_its_effect_long_after_its_answer_was_given_up_is_not_made_again() {
    for seconds in [0, 1, 14] {
        on_virtual_time(async {
            let pair = strangers();
            pair.systems.right.state().faults = vec![Some(WriteFault::Late(seconds)); 2];
            for _ in 0..2 {
                run(&pair, |_| {}).await;
                // Whatever is still on its way arrives.
                tokio::time::sleep(Duration::from_secs(60)).await;
            }
            assert_no_duplicates(&pair);
            assert_converged(&pair);
            assert_eq!(pair.systems.right.live().len(), 3, "{seconds} s");
        });
    }
}

#[test]
fn p15_a_list_that_has_not_caught_up_with_our_write_is_nobodys_edit() {
    on_virtual_time(async {
        let pair = strangers();
        run(&pair, |_| {}).await;
        for (field, value) in [(Field::Street, 1), (Field::Phone, 2)] {
            act(&pair, &[Deed::Edit { side: Side::Right, who: 0, field, value }]);
            pair.systems.left.state().lags = true;
            let (summary, heard) = run(&pair, |_| {}).await;
            assert_eq!(summary.updated, Sides::new(1, 0), "{heard:?}");
            assert_converged(&pair);
            assert_eq!(in_play(&pair).await, 1, "it is looked at again");
            pair.systems.left.state().lags = false;
            let (summary, _) = run(&pair, |_| {}).await;
            assert_eq!((summary.updated, in_play(&pair).await), (Sides::new(0, 0), 0));
            assert_converged(&pair);
        }
    });
}

#[test]
fn p4_an_edit_outlives_a_run_by_other_settings_that_died_after_it_had_put_it_aside() {
    let mut edge = 0;
    let mut died = true;
    while died {
        on_virtual_time(async {
            let mut pair = strangers();
            run(&pair, |_| {}).await;
            let both = pair.rules;
            act(&pair, &[Deed::Edit { side: Side::Right, who: 0, field: Field::Phone, value: 3 }]);
            pair.rules.direction = Direction::OneWay { from: Side::Left, drift: Drift::Keep };
            died = pair.sync_until_killed(edge).await;
            pair.rules = both;
            tokio::time::sleep(Duration::from_secs(3600)).await;
            run(&pair, |_| {}).await;
            assert_converged(&pair);
            let contact = find(&pair, Side::Left, 0).unwrap();
            let phone = pair.systems.left.live()[&contact].get("Phone").map(ToString::to_string);
            assert_eq!(phone.as_deref().map(|it| it.replace(' ', "")), Some("+4545987654".to_owned()), "edge {edge}");
        });
        edge += 1;
    }
    assert!(edge > 10, "it was killed at {edge} edges");
}

#[test]
fn a_run_that_is_asked_to_stop_writes_no_more_and_says_so_unless_all_was_written() {
    const WRITES: usize = 4;
    for stop_after in 1..=WRITES {
        on_virtual_time(async {
            let pair = Pair::two_way(Side::Right);
            Start { left: (0..WRITES).collect(), right: vec![] }.lay_out(&pair);
            let order = Order::default();
            let (halt, written) = (order.halt.clone(), AtomicUsize::new(0));
            let stop = move |event| {
                let is_write = matches!(event, Event::Wrote { .. });
                if is_write && written.fetch_add(1, Ordering::SeqCst) + 1 == stop_after {
                    halt.ask();
                }
                is_write.then_some(())
            };
            let (ended, writes) = heard_to_the_end(&pair, &pair.rules, &order, stop).await;
            assert_eq!(writes.len(), stop_after, "none after it");
            assert_eq!(matches!(ended, Err(RunError::Stopped)), stop_after < WRITES, "{stop_after}: {ended:?}");
            assert_eq!(pair.systems.right.live().len(), stop_after);
            assert!(pair.memory.unfinished(&PairId::new("test")).await.unwrap().is_empty(), "nothing is left unknown");
            let rest = pair.sync().await.unwrap();
            assert_eq!(rest.created.right as usize, WRITES - stop_after);
            assert_converged(&pair);
        });
    }
}

#[test]
fn p21_a_new_record_that_repeats_one_at_rest_is_reported_and_not_made() {
    on_virtual_time(async {
        let pair = Pair::two_way(Side::Right);
        Start { left: vec![0, 1], right: vec![0, 1] }.lay_out(&pair);
        pair.sync().await.unwrap();
        assert_eq!(in_play(&pair).await, 0, "all of them are at rest");
        let first = find(&pair, Side::Left, 0).unwrap();
        let mut again = pair.systems.left.live()[&first].clone();
        again.set("Street", Value::text("Et andet sted 7"));
        pair.systems.left.put("contact", "00000000-0000-4000-8000-000000000099", again);
        for _ in 0..2 {
            let summary = pair.sync().await.unwrap();
            let matters: Vec<&Matter> = summary.findings.iter().map(|(_, finding)| &finding.matter).collect();
            assert!(matches!(matters[..], [Matter::Duplicate { .. }]), "{matters:?}");
            assert_eq!((summary.created.right, pair.systems.right.live().len()), (0, 2));
        }
    });
}
