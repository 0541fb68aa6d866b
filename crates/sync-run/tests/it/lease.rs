//! The lease of a run: how long it is kept, and what becomes of a run that loses it.

use std::sync::Arc;
use std::time::Duration;

use sync_model::Side;
use sync_run::{Event, Events, Order, RunError, StoreError};

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

/// Hears until when a run waits for another one.
#[derive(Debug, Default)]
struct Waits(std::sync::Mutex<usize>);

impl Events for Waits {
    fn take(&self, event: Event) {
        if matches!(event, Event::Waiting { .. }) {
            *self.0.lock().unwrap() += 1;
        }
    }
}

#[test]
fn l8_who_waits_for_a_dead_run_says_so_and_goes_on_when_its_lease_is_over() {
    on_virtual_time(async {
        let pair = Pair::two_way(Side::Right);
        Start { left: vec![0, 1], right: vec![2] }.lay_out(&pair);
        assert!(pair.sync_until_killed(12).await);
        let waits = Arc::new(Waits::default());
        let engine = sync_run::Engine { events: waits.clone(), ..pair.engine() };
        let began = tokio::time::Instant::now();
        engine.sync(&pair.rules, &Order::default()).await.unwrap();
        assert!(began.elapsed() >= engine.pace.lease.to_std().unwrap(), "not sooner than the dead one could be alive");
        engine.sync(&pair.rules, &Order::default()).await.unwrap();
        assert_eq!(*waits.0.lock().unwrap(), 1, "once, for the dead one");
        assert_converged(&pair);
    });
}
