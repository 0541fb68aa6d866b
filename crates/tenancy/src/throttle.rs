//! How guessing is slowed down.

use chrono::{DateTime, Duration, Utc};

/// Failures of one name or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failures {
    /// How many in a row.
    pub count: u32,
    /// When the last one was.
    pub last: DateTime<Utc>,
}

/// How many failures are free, and how long the next ones wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throttle {
    /// Failures that cost nothing.
    pub free: u32,
    /// The wait after the first that costs something; each further one doubles it.
    pub first: Duration,
    /// The longest wait.
    pub most: Duration,
}

impl Throttle {
    /// For one name: five mistakes are human.
    pub const NAME: Self = Self { free: 5, first: Duration::seconds(30), most: Duration::hours(1) };
    /// For one address, behind which an office may sit.
    pub const ADDRESS: Self = Self { free: 20, first: Duration::seconds(30), most: Duration::hours(1) };

    /// Until when nobody is listened to.
    #[must_use]
    pub fn until(&self, failures: Failures) -> Option<DateTime<Utc>> {
        let beyond = failures.count.checked_sub(self.free)?;
        let wait = self.first.checked_mul(1_i32.checked_shl(beyond.min(20)).unwrap_or(i32::MAX));
        Some(failures.last + wait.unwrap_or(self.most).min(self.most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_beyond_the_free_ones_doubles_the_wait() {
        let last = DateTime::<Utc>::UNIX_EPOCH;
        let wait = |count| Throttle::NAME.until(Failures { count, last }).map(|until| (until - last).num_seconds());
        let waits = [0, 4, 5, 6, 7, 11, 12, 40, u32::MAX].map(wait);
        let hour = Some(3600);
        assert_eq!(waits, [None, None, Some(30), Some(60), Some(120), Some(1920), hour, hour, hour]);
    }
}
