//! Time and chance, brought in from outside so that any history can be replayed.

use std::fmt;

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// What time it is.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Now, in UTC.
    fn now(&self) -> DateTime<Utc>;
}

/// Where new guids come from.
pub trait Guids: fmt::Debug + Send + Sync {
    /// A guid that was never given before.
    fn next(&self) -> Uuid;
}
