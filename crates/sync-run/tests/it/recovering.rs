//! Answers that were lost: what is found out about them, how long that may take, and what waits until a person looks.

use std::time::Duration;

use reconcile::Matter;
use sync_model::{PairId, RecordKey, Side, Sides, Value};
use sync_run::{RunError, Store as _, Summary};
use tokio::time::Instant;

use crate::ends::came_of;
use crate::history::{Deed, Field, Start, act, find};
use crate::pair::Pair;
use crate::paused::at_every_edge;
use crate::properties::{assert_converged, assert_no_duplicates, on_virtual_time};
use crate::world::{Request, WriteFault};

/// One organisation on the left, which the right does not have.
fn newcomer() -> Pair {
    let pair = Pair::two_way(Side::Right);
    Start { left: vec![0], right: vec![] }.lay_out(&pair);
    pair
}

fn trouble(pair: &Pair, faults: &[WriteFault]) {
    pair.systems.right.state().faults = faults.iter().copied().map(Some).collect();
}

async fn unfinished(pair: &Pair) -> usize {
    pair.memory.unfinished(&PairId::new("test")).await.unwrap().len()
}

/// What came of the writes of the last run.
async fn outcomes(pair: &Pair) -> Vec<&'static str> {
    let id = PairId::new("test");
    let run = pair.memory.runs(&id, 1).await.unwrap().remove(0).run;
    let journal = pair.memory.journal(&id, &run, u32::MAX).await.unwrap();
    journal.iter().map(|(_, outcome)| came_of(outcome.as_ref())).collect()
}

/// The sources of writes of whose fate nobody knows.
fn doubtful(summary: &Summary) -> Vec<&(Side, RecordKey)> {
    let of = |matter: &Matter| matches!(matter, Matter::OutcomeUnknown { side: Side::Right });
    summary.findings.iter().filter(|(_, it)| of(&it.matter)).flat_map(|(_, it)| &it.records).collect()
}

#[test]
fn p22_a_lost_create_is_looked_up_and_made_again_only_where_it_left_no_trace() {
    let cases: [(WriteFault, &[&str], u64); 4] = [
        (WriteFault::LostAfter, &["done"], 0),
        (WriteFault::Late(1), &["done"], 15),
        (WriteFault::Late(14), &["done"], 15),
        (WriteFault::LostBefore, &["not sent", "done"], 15),
    ];
    for (fault, expected, seconds) in cases {
        on_virtual_time(async {
            let pair = newcomer();
            trouble(&pair, &[fault]);
            let began = Instant::now();
            pair.sync().await.unwrap();
            assert_eq!(outcomes(&pair).await, expected, "{fault:?}");
            assert_eq!(
                began.elapsed(),
                Duration::from_secs(seconds),
                "{fault:?}: it is waited for as long as it takes"
            );
            assert_eq!((unfinished(&pair).await, pair.systems.right.live().len()), (0, 1), "{fault:?}");
            assert_converged(&pair);
        });
    }
}

#[test]
fn p22_a_lost_update_is_looked_at_and_written_again_only_where_it_does_not_show() {
    let cases: [(WriteFault, &[&str], u64); 3] = [
        (WriteFault::LostAfter, &["done"], 0),
        (WriteFault::LostBefore, &["stale", "done"], 15),
        (WriteFault::Late(10), &["done"], 15),
    ];
    for (fault, expected, seconds) in cases {
        on_virtual_time(async {
            let pair = newcomer();
            pair.sync().await.unwrap();
            act(&pair, &[Deed::Edit { side: Side::Left, who: 0, field: Field::Street, value: 3 }]);
            trouble(&pair, &[fault]);
            let began = Instant::now();
            pair.sync().await.unwrap();
            assert_eq!((outcomes(&pair).await, unfinished(&pair).await), (expected.to_vec(), 0), "{fault:?}");
            assert_eq!(
                began.elapsed(),
                Duration::from_secs(seconds),
                "{fault:?}: it is waited for as long as it takes"
            );
            assert_converged(&pair);
        });
    }
}

#[test]
fn p4_what_of_ours_arrived_late_is_not_taken_for_a_persons_edit() {
    let mut late = 0;
    at_every_edge(async |edge| {
        let pair = newcomer();
        pair.sync().await.unwrap();
        let street = |value| Deed::Edit { side: Side::Left, who: 0, field: Field::Street, value };
        act(&pair, &[street(3)]);
        trouble(&pair, &[WriteFault::Late(10)]);
        if !pair.sync_until_killed(edge).await {
            return false;
        }
        late += u32::from(pair.systems.right.state().faults.is_empty());
        // The right side's edits go first, and what arrives there now is none.
        act(&pair, &[street(2)]);
        tokio::time::sleep(Duration::from_secs(60)).await;
        for _ in 0..2 {
            pair.sync().await.unwrap();
        }
        assert_converged(&pair);
        let key = find(&pair, Side::Left, 0).unwrap();
        let stands = pair.systems.left.live()[&key].get(Field::Street.own(Side::Left)).cloned();
        assert_eq!(stands, Some(Value::text(Field::Street.value(2))), "edge {edge}");
        true
    });
    assert!(late > 3, "killed at {late} edges after it had left");
}

#[test]
fn p4_what_shows_of_an_update_that_was_edited_since_is_agreed() {
    at_every_edge(async |edge| {
        let pair = newcomer();
        pair.sync().await.unwrap();
        let edit = |side, field, value| Deed::Edit { side, who: 0, field, value };
        act(&pair, &[edit(Side::Left, Field::Street, 3), edit(Side::Left, Field::Phone, 3)]);
        if !pair.sync_until_killed(edge).await {
            return false;
        }
        // The right side's edits go first: the phone is one, and the street that we may have written there is none.
        act(&pair, &[edit(Side::Left, Field::Street, 2), edit(Side::Right, Field::Phone, 1)]);
        for _ in 0..2 {
            pair.sync().await.unwrap();
        }
        assert_converged(&pair);
        let key = find(&pair, Side::Right, 0).unwrap();
        for (field, value) in [(Field::Street, 2), (Field::Phone, 1)] {
            let stands = pair.systems.right.live()[&key].get(field.own(Side::Right)).cloned();
            assert_eq!(stands, Some(Value::text(field.value(value))), "{field:?} at edge {edge}");
        }
        true
    });
}

#[test]
fn p22_what_a_dead_process_had_on_its_way_is_waited_for_as_long_as_if_it_waited() {
    let mut on_their_way = 0;
    at_every_edge(async |edge| {
        let pair = newcomer();
        trouble(&pair, &[WriteFault::Late(40)]);
        let began = Instant::now();
        if !pair.sync_until_killed(edge).await {
            return false;
        }
        // Killed right after its request had left, while it would have waited for the answer.
        if pair.systems.right.state().faults.is_empty() && began.elapsed() == Duration::ZERO {
            on_their_way += 1;
            pair.sync().await.unwrap();
            tokio::time::sleep(Duration::from_secs(60)).await;
            pair.sync().await.unwrap();
            assert_no_duplicates(&pair);
            assert_eq!(pair.systems.right.live().len(), 1, "edge {edge}");
            assert_converged(&pair);
        }
        true
    });
    assert!(on_their_way > 0);
}

#[test]
fn p22_a_create_of_whose_fate_nobody_knows_is_not_made_again_and_holds_its_own_source_only() {
    on_virtual_time(async {
        let pair = newcomer();
        act(&pair, &[Deed::Make { side: Side::Left, who: 1 }]);
        // Of the first one two are there, and nobody can say which is ours; the second one is planned again.
        trouble(&pair, &[WriteFault::Twice, WriteFault::LostBefore]);
        let source = (Side::Left, find(&pair, Side::Left, 0).unwrap());
        let summary = pair.sync().await.unwrap();
        assert_eq!(doubtful(&summary), [&source], "{:?}", summary.findings);
        assert_eq!((outcomes(&pair).await, made(&pair)), (vec!["open", "not sent", "done"], 3));

        // Nor does a list show it that has not caught up.
        pair.systems.right.state().forgetful = true;
        act(&pair, &[Deed::Make { side: Side::Left, who: 2 }]);
        let summary = pair.sync().await.unwrap();
        assert_eq!(doubtful(&summary), [&source], "{:?}", summary.findings);
        assert_eq!((outcomes(&pair).await, made(&pair)), (vec!["done"], 4), "the others go on");
        pair.systems.right.state().forgetful = false;

        // Where both are shown, a person is asked which one it is, and is not told once more that nobody knows.
        for key in pair.systems.right.live().into_keys().take(2) {
            pair.systems.right.edit(&key, |fields| fields.set("website", Value::text("nordlys.dk")));
        }
        let summary = pair.sync().await.unwrap();
        assert_eq!((doubtful(&summary), summary.held(), unfinished(&pair).await), (vec![], 1, 1));

        let copy = pair.systems.right.live().into_keys().next().unwrap();
        pair.systems.right.delete(&copy);
        for _ in 0..2 {
            let summary = pair.sync().await.unwrap();
            assert_eq!((doubtful(&summary), unfinished(&pair).await), (vec![], 0));
        }
        assert_eq!(made(&pair), 4);
        assert_no_duplicates(&pair);
        assert_converged(&pair);
    });
}

fn made(pair: &Pair) -> usize {
    pair.systems.right.state().log.iter().filter(|it| matches!(it, Request::Create(..))).count()
}

#[test]
fn p24_when_a_system_goes_away_the_rest_is_not_sent_and_the_next_run_goes_on() {
    on_virtual_time(async {
        let pair = Pair::two_way(Side::Right);
        Start { left: vec![0, 1, 2, 3, 4], right: vec![] }.lay_out(&pair);
        pair.systems.right.state().faults = vec![None, Some(WriteFault::Away)];
        let away = pair.sync().await;
        assert!(matches!(&away, Err(RunError::Connector(error)) if error.message == "away"), "{away:?}");
        assert_eq!(outcomes(&pair).await, ["done", "not sent", "not sent", "not sent"]);
        let record = pair.memory.runs(&PairId::new("test"), 1).await.unwrap().remove(0);
        assert_eq!(record.summary["failed"], 3, "{}", record.summary);
        let summary = pair.sync().await.unwrap();
        assert_eq!((summary.created, summary.failed), (Sides::new(0, 4), 0));
        assert_no_duplicates(&pair);
        assert_converged(&pair);
    });
}
