//! The lease of a run: how long it is kept, and what becomes of a run that loses it.

use std::time::Duration;

use sync_model::Side;
use sync_run::{Event, Order, RunError, StoreError};

use crate::hearing::heard;
use crate::history::Start;
use crate::pair::Pair;
use crate::properties::{assert_converged, on_virtual_time};

#[test]
fn p33_a_run_that_reads_for_longer_than_its_lease_keeps_it() {
    on_virtual_time(async {
        let pair = Pair::two_way(Side::Right);
        Start { left: vec![0, 1], right: vec![2] }.lay_out(&pair);
        pair.systems.left.state().slow = 300;
        let (engine, order) = (pair.engine(), Order::default());
        let reading = engine.sync(&pair.rules, &order);
        let knocking = async {
            for second in [1, 9, 11, 25, 90] {
                tokio::time::sleep_until(tokio::time::Instant::now() + Duration::from_secs(second)).await;
                let refused = pair.sync().await;
                assert!(
                    matches!(refused, Err(RunError::Store(StoreError::Busy { .. }))),
                    "after {second} s: {refused:?}"
                );
            }
        };
        let (read, ()) = tokio::join!(reading, knocking);
        read.unwrap();
        pair.systems.left.state().slow = 0;
        pair.sync().await.unwrap();
        assert_converged(&pair);
    });
}

#[test]
fn l8_who_waits_for_a_dead_run_says_so_and_goes_on_when_its_lease_is_over() {
    on_virtual_time(async {
        let pair = Pair::two_way(Side::Right);
        Start { left: vec![0, 1], right: vec![2] }.lay_out(&pair);
        assert!(pair.sync_until_killed(12).await);
        let waits = |event: Event| matches!(event, Event::Waiting { .. }).then_some(());
        let began = tokio::time::Instant::now();
        let (_, first) = heard(&pair, &pair.rules, &Order::default(), waits).await;
        assert!(
            began.elapsed() >= pair.engine().pace.lease.to_std().unwrap(),
            "not sooner than the dead one could live"
        );
        let (_, second) = heard(&pair, &pair.rules, &Order::default(), waits).await;
        assert_eq!([first.len(), second.len()], [1, 0], "once, for the dead one");
        assert_converged(&pair);
    });
}
