//! Time and chance: a clock that only waiting and people move, and guids that are counted.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use chrono::{DateTime, Duration, Utc};
use sync_run::{Clock, Guids};
use uuid::Uuid;

/// A clock that follows tokio's, so that waiting costs no time, and that can be set.
#[derive(Debug)]
pub(crate) struct VirtualClock {
    start: tokio::time::Instant,
    /// Milliseconds.
    shift: AtomicI64,
}

impl VirtualClock {
    pub(crate) fn shifted(shift: Duration) -> Self {
        Self { start: tokio::time::Instant::now(), shift: AtomicI64::new(shift.num_milliseconds()) }
    }

    /// Somebody sets it, or the machine sleeps.
    pub(crate) fn jump(&self, by: Duration) {
        self.shift.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> DateTime<Utc> {
        let epoch = DateTime::<Utc>::from_timestamp(1_790_000_000, 0).unwrap();
        let shift = Duration::milliseconds(self.shift.load(Ordering::SeqCst));
        epoch + shift + Duration::from_std(self.start.elapsed()).unwrap()
    }
}

/// Guids in a row.
#[derive(Debug, Default)]
pub(crate) struct CountingGuids(AtomicU64);

impl Guids for CountingGuids {
    fn next(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::SeqCst)) + 1)
    }
}
