//! How long things may take, and how many writes go together.

use std::time::Duration as StdDuration;

use chrono::Duration;

/// How long things may take, and how many go together.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How long a lease lives without a sign of life. A killed run blocks the next one for this long at most.
    pub lease: Duration,
    /// How long a client waits for an answer. What a dead process sent may be on its way as long as if it waited.
    pub answer: Duration,
    /// How long an answer that was lost may still be on its way, before a create that left no trace counts as not made.
    pub settle: Duration,
    /// How old a system's description of itself may be.
    pub schema_age: Duration,
    /// Writes that are journaled together, at first. As long as they take a moment only, the next ones are twice as many.
    pub batch: usize,
}

/// A batch that takes no longer leaves room for one of twice its size before anybody has typed much.
const MOMENT: StdDuration = StdDuration::from_millis(250);
/// How many times the first batch the largest one is.
const LARGEST: usize = 16;

impl Pace {
    /// How many writes go together after `size` of them took so long.
    pub(crate) fn next_batch(&self, size: usize, took: StdDuration) -> usize {
        let first = self.batch.max(1);
        if took <= MOMENT { (size * 2).min(first * LARGEST) } else { (size / 2).max(first) }
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            lease: Duration::seconds(10),
            answer: Duration::seconds(30),
            settle: Duration::seconds(15),
            schema_age: Duration::hours(12),
            batch: 32,
        }
    }
}
