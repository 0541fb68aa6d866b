//! A run that stands still in the middle: somebody edits meanwhile, or another run takes its lease over, or it never comes back.

use std::sync::Arc;
use std::time::Duration;

use field_mapping::{Direction, Priority};
use reconcile::{Deletes, Guards};
use sync_model::{RecordKey, Side, Value};
use sync_run::{Effects, Event, Order, RunError, StoreError, Summary};

use crate::books::{BookRules, effects, made_twice, open_books, told, write_invoice};
use crate::clock::VirtualClock;
use crate::fuse::Blow;
use crate::hearing::heard;
use crate::history::{Deed, Field, Start, act, find};
use crate::pair::Pair;
use crate::properties::{assert_converged, assert_no_duplicates, on_virtual_time};

const TWO_WAY: Direction = Direction::TwoWay { priority: Priority::Prefer(Side::Right) };

/// A run that is paused at an edge while `meanwhile` happens, and then goes on; `None` when it ended before that edge.
async fn paused_at(
    pair: &Pair,
    edge: u64,
    blow: Blow,
    rules: &dyn sync_run::Rules,
    order: &Order,
    meanwhile: impl AsyncFnOnce(),
) -> Option<Result<Summary, RunError>> {
    let engine = pair.engine();
    let mut run = Box::pin(engine.sync(rules, order));
    pair.fuse.arm(edge, blow);
    let paused = tokio::select! {
        biased;
        () = pair.fuse.blown() => true,
        result = &mut run => {
            result.unwrap();
            false
        }
    };
    pair.fuse.disarm();
    if !paused {
        return None;
    }
    meanwhile().await;
    pair.fuse.go_on();
    Some(run.await)
}

/// Tells `story` for every edge until there is none left, and gives how many there were.
pub(crate) fn at_every_edge(mut story: impl AsyncFnMut(u64) -> bool) -> u64 {
    let mut edge = 0;
    while on_virtual_time(story(edge)) {
        edge += 1;
    }
    edge
}

#[test]
fn l6_an_edit_at_any_moment_of_a_run_is_carried_over_by_the_next_at_the_latest() {
    let edges = at_every_edge(async |edge| {
        let mut pair = Pair::two_way(Side::Right);
        pair.systems.left.page = 2;
        Start { left: vec![0, 1, 2, 3], right: vec![2, 3, 4] }.lay_out(&pair);
        pair.sync().await.unwrap();
        let edit = |side, who, value| Deed::Edit { side, who, field: Field::Street, value };
        act(&pair, &[edit(Side::Left, 0, 3), edit(Side::Right, 2, 0)]);
        let meanwhile = [
            edit(Side::Left, 1, 3),
            edit(Side::Right, 3, 1),
            edit(Side::Left, 0, 2),
            Deed::Make { side: Side::Right, who: 5 },
        ];
        let run =
            paused_at(&pair, edge, Blow::Pause, &pair.rules, &Order::default(), async || act(&pair, &meanwhile)).await;
        let Some(run) = run else { return false };
        run.unwrap();
        let next = pair.sync().await.unwrap();
        assert!(next.in_agreement(), "edge {edge}: {:?}", next.findings);
        assert_converged(&pair);
        for (side, who, value) in [(Side::Right, 0, 2), (Side::Right, 1, 3), (Side::Left, 3, 1)] {
            let held = pair.systems.get(side).live()[&find(&pair, side, who).unwrap()].clone();
            let street = held.get(Field::Street.own(side)).and_then(Value::as_text).map(str::to_owned);
            assert_eq!(street.as_deref(), Some(Field::Street.value(value)), "edge {edge}: {who} on {side}");
        }
        assert!(find(&pair, Side::Left, 5).is_some(), "edge {edge}: the newcomer");
        true
    });
    assert!(edges > 20, "{edges} edges");
}

#[test]
fn l8_a_killed_holder_blocks_the_next_run_for_no_longer_than_its_lease() {
    for clock_jumps in [0, -400, 400] {
        let edges = at_every_edge(async |edge| {
            let pair = Pair::two_way(Side::Right);
            Start { left: vec![0, 1], right: vec![2] }.lay_out(&pair);
            if !pair.sync_until_killed(edge).await {
                return false;
            }
            let clock = Arc::new(VirtualClock::shifted(chrono::Duration::days(clock_jumps)));
            let mut engine = Pair { clock, ..pair.clone() }.engine();
            // Nobody waits for lost answers here.
            (engine.pace.answer, engine.pace.settle) = (chrono::Duration::zero(), chrono::Duration::zero());
            let begun = tokio::time::Instant::now();
            engine.sync(&pair.rules, &Order::default()).await.unwrap();
            let most = engine.pace.lease.to_std().unwrap() + Duration::from_secs(1);
            assert!(begun.elapsed() <= most, "edge {edge}, {clock_jumps} days: it took {:?}", begun.elapsed());
            assert_converged(&pair);
            assert_no_duplicates(&pair);
            true
        });
        assert!(edges > 10, "{edges} edges");
    }
}

#[test]
fn l2_a_module_is_planned_three_times_at_most_however_restless_the_world_is() {
    on_virtual_time(async {
        let pair = Pair::two_way(Side::Right);
        Start { left: vec![0, 1, 2], right: vec![] }.lay_out(&pair);
        pair.sync().await.unwrap();
        let edits = (0..3).map(|who| Deed::Edit { side: Side::Left, who, field: Field::Phone, value: who + 1 });
        act(&pair, &edits.collect::<Vec<_>>());
        pair.systems.right.state().restless = true;
        let planned = |event: Event| matches!(event, Event::Planned { .. }).then_some(());
        for _ in 0..3 {
            let (_, rounds) = heard(&pair, &pair.rules, &Order::default(), planned).await;
            assert_eq!(rounds.len(), 3);
        }
        assert_eq!(pair.systems.right.writes(), 3, "nothing was written over what was being edited");
        pair.systems.right.state().restless = false;
        pair.sync().await.unwrap();
        assert_converged(&pair);
        let (_, rounds) = heard(&pair, &pair.rules, &Order::default(), planned).await;
        assert_eq!(rounds.len(), 1, "and where all is quiet, one look is enough");
    });
}

/// While a run stands still, another takes its lease over: because the time passes, because the machine slept and only the
/// clock knows, or after somebody has put the clock back.
#[test]
fn p33_a_run_that_lost_its_lease_while_it_was_paused_does_no_more_harm() {
    for clock_jumps in [0, 1, -1] {
        fenced_off(chrono::Duration::days(clock_jumps));
    }
}

fn fenced_off(clock_jumps: chrono::Duration) {
    let rules = BookRules {
        direction: TWO_WAY,
        deletes: Deletes::Keep,
        guards: Guards::default(),
        effects: Effects { book: true, send: true, pay: Some(55_000) },
        invoices: true,
    };
    let order = Order { effects: true, ..Order::default() };
    let mut fenced = 0;
    let edges = at_every_edge(async |edge| {
        let pair = open_books(TWO_WAY);
        act(&pair, &[Deed::Make { side: Side::Right, who: 0 }, Deed::Make { side: Side::Left, who: 1 }]);
        pair.engine().sync(&rules, &Order::default()).await.unwrap();
        let customer = find(&pair, Side::Right, 0).unwrap();
        for (id, title) in [("7x1", "Faktura 1"), ("7x2", "Faktura 2")] {
            write_invoice(&pair, &RecordKey::new("Invoice", id), title, &customer, 100);
        }
        act(
            &pair,
            &[
                Deed::Make { side: Side::Left, who: 2 },
                Deed::Edit { side: Side::Right, who: 1, field: Field::Street, value: 0 },
            ],
        );
        let mut after_takeover = 0;
        let run = paused_at(&pair, edge, Blow::PauseBetweenWrites, &rules, &order, async || {
            pair.clock.jump(clock_jumps);
            pair.engine().sync(&rules, &order).await.unwrap();
            after_takeover = pair.writes();
        })
        .await;
        let Some(run) = run else { return false };
        match run {
            Err(RunError::Store(StoreError::Fenced)) => fenced += 1,
            // It had given its lease back already, or was not given one yet.
            Ok(_) | Err(RunError::Store(StoreError::Busy { .. })) => {}
            Err(other) => panic!("edge {edge}: {other}"),
        }
        assert_eq!(pair.writes(), after_takeover, "edge {edge}: it changed nothing any more");
        for side in Side::BOTH {
            assert!(made_twice(&pair, side).is_empty(), "edge {edge}");
        }
        let titles = told(&pair, Side::Left).len();
        assert_eq!((titles, told(&pair, Side::Right).len()), (6, 6), "edge {edge}: nothing stands twice");
        assert!(effects(&pair).values().all(|times| *times == 1), "edge {edge}: {:?}", effects(&pair));
        let quiet = pair.engine().sync(&rules, &Order::default()).await.unwrap();
        assert_eq!((quiet.usage.left.writes, quiet.usage.right.writes), (0, 0), "edge {edge}");
        true
    });
    assert!(edges > 60 && fenced > edges / 2, "fenced at {fenced} of {edges} edges");
}
