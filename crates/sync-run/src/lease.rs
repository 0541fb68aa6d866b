//! The lease of a run: taken, kept for as long as the run lives, and asked for before anything is written.

use std::sync::PoisonError;

use chrono::Duration;
use sync_model::RunId;
use tokio::time::Instant;

use crate::event::Event;
use crate::ports::{Lease, StoreError};
use crate::{Engine, Run, RunError};

impl Engine {
    /// Takes the lease, waiting once for a former holder that gives no sign of life any more.
    pub(crate) async fn take_lease(&self, run: &RunId) -> Result<Lease, RunError> {
        let life = self.pace.lease;
        let until = match self.store.open_run(&self.pair, run, self.clock.now(), life).await {
            Err(StoreError::Busy { until, .. }) => until,
            other => return Ok(other?),
        };
        self.events.take(Event::Waiting { until });
        // However far ahead a lease seems to end, whoever holds it renews it sooner than in its whole life.
        let wait = (until - self.clock.now()).clamp(Duration::zero(), life) + Duration::milliseconds(500);
        tokio::time::sleep(wait.to_std().unwrap_or_default()).await;
        match self.store.open_run(&self.pair, run, self.clock.now(), life).await {
            // A clock was put back meanwhile, and nobody renewed: the lease has run out by the time that it was given for.
            Err(StoreError::Busy { until: still, .. }) if still == until => {
                Ok(self.store.open_run(&self.pair, run, until, life).await?)
            }
            other => Ok(other?),
        }
    }
}

impl Run<'_> {
    /// Extends the lease for as long as the run is alive; comes back only when it was lost.
    pub(crate) async fn keep_lease(&self) -> RunError {
        loop {
            tokio::time::sleep((self.engine.pace.lease / 3).to_std().unwrap_or_default()).await;
            if let Err(error) = self.renew().await {
                return error.into();
            }
        }
    }

    async fn renew(&self) -> Result<(), StoreError> {
        let life = self.engine.pace.lease;
        let (now, until) = (Instant::now(), self.engine.clock.now() + life);
        self.store.renew(&self.lease, until).await?;
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = (now + life.to_std().unwrap_or_default(), until);
        Ok(())
    }

    /// Makes sure that the lease is still ours. A run that stood still for longer than the lease finds out here, before it
    /// writes anything that the next holder may have written already.
    pub(crate) async fn still_holds(&self) -> Result<(), StoreError> {
        let (until, by_the_clock) = *self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if Instant::now() < until && self.engine.clock.now() < by_the_clock { Ok(()) } else { self.renew().await }
    }
}
