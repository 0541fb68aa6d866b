//! The real clock and real chance.

use chrono::{DateTime, Utc};
use sync_run::{Clock, Guids};
use uuid::Uuid;

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// Random guids.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RandomGuids;

impl Guids for RandomGuids {
    fn next(&self) -> Uuid {
        Uuid::new_v4()
    }
}
