//! The lease of a run: taken, kept for as long as the run lives, and asked for before anything is written.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Duration, Utc};
use futures::future::BoxFuture;
use sync_model::RunId;
use tokio::time::Instant;

use crate::event::Event;
use crate::ports::{Clock, Lease, Store, StoreError};
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

/// The lease of a run, as far as the run knows that it is still its own.
#[derive(Debug)]
pub(crate) struct Hold {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    lease: Lease,
    life: Duration,
    /// Until when nobody can have taken it over: by a clock that is never put back, and by one that goes on while the
    /// machine sleeps.
    until: Mutex<(Instant, DateTime<Utc>)>,
}

impl Hold {
    pub(crate) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, lease: Lease, life: Duration) -> Self {
        // How long ago the lease was given is not known exactly; the first write asks.
        let until = Mutex::new((Instant::now(), clock.now()));
        Self { store, clock, lease, life, until }
    }

    async fn renew(&self) -> Result<(), StoreError> {
        let (now, until) = (Instant::now(), self.clock.now() + self.life);
        self.store.renew(&self.lease, until).await?;
        *self.until.lock().unwrap_or_else(PoisonError::into_inner) =
            (now + self.life.to_std().unwrap_or_default(), until);
        Ok(())
    }

    /// Makes sure that the lease is still ours. A run that stood still for longer than the lease finds out here, before it
    /// writes anything that the next holder may have written already.
    pub(crate) async fn still_holds(&self) -> Result<(), StoreError> {
        // A renewal during which it stood still is asked for once more.
        while !self.is_known() {
            self.renew().await?;
        }
        Ok(())
    }

    fn is_known(&self) -> bool {
        let (until, by_the_clock) = *self.until.lock().unwrap_or_else(PoisonError::into_inner);
        Instant::now() < until && self.clock.now() < by_the_clock
    }
}

/// The right to write, which a run loses to the next one when it stands still for too long. Whoever waits before a request
/// leaves, for a rate limit or to repeat it, asks for it after the wait.
#[derive(Debug, Clone)]
pub struct Permit(Option<Arc<Hold>>);

impl Permit {
    pub(crate) fn of(hold: &Arc<Hold>) -> Self {
        Self(Some(Arc::clone(hold)))
    }

    /// For the conformance suite, whose runs have no lease.
    #[cfg(feature = "conformance")]
    pub(crate) fn for_ever() -> Self {
        Self(None)
    }

    /// Whether nobody else may write, and so we may.
    pub async fn holds(&self) -> bool {
        match &self.0 {
            Some(hold) => hold.still_holds().await.is_ok(),
            None => true,
        }
    }

    /// [`holds`](Self::holds) as a question, for a client that asks it right before each of its requests.
    #[must_use]
    pub fn question(&self) -> Arc<dyn Fn() -> BoxFuture<'static, bool> + Send + Sync> {
        let permit = self.clone();
        Arc::new(move || {
            let permit = permit.clone();
            Box::pin(async move { permit.holds().await })
        })
    }
}

impl Run<'_> {
    /// Extends the lease for as long as the run is alive; comes back only when it was lost.
    pub(crate) async fn keep_lease(&self) -> RunError {
        loop {
            tokio::time::sleep((self.engine.pace.lease / 3).to_std().unwrap_or_default()).await;
            if let Err(error) = self.hold.renew().await {
                return error.into();
            }
        }
    }
}
