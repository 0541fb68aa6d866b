//! Chance from a seed.

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

/// A stream of chance. Two streams of one seed know nothing of each other, so that one more throw here changes nothing
/// there.
#[derive(Debug, Clone)]
pub(crate) struct Chance(SmallRng);

impl Chance {
    pub(crate) fn of(seed: u64, stream: u64) -> Self {
        Self(SmallRng::seed_from_u64(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(stream)))
    }

    /// At least `low` and less than `high`.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        self.0.random_range(low..high)
    }

    pub(crate) fn below(&mut self, high: u64) -> u64 {
        self.between(0, high)
    }

    /// True so many times in a thousand.
    pub(crate) fn in_thousand(&mut self, times: u64) -> bool {
        self.below(1000) < times
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let last = u64::try_from(from.len()).unwrap_or(0);
        if last == 0 { None } else { from.get(usize::try_from(self.below(last)).unwrap_or(0)) }
    }
}
