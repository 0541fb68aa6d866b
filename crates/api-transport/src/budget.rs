//! How many refusals a client may collect. Dinero may block a client that is refused too often (fact sheet §3), and a
//! program in a loop does not notice by itself.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::StatusCode;
use tokio::time::Instant;

/// At most so many refusals (400, 401, 403) in a window; then nothing more is sent until some of them are old.
#[derive(Debug)]
pub struct ErrorBudget {
    refusals: usize,
    window: Duration,
    seen: Mutex<VecDeque<Instant>>,
}

impl ErrorBudget {
    /// At most `refusals` within `window`; at least one.
    #[must_use]
    pub fn new(refusals: u32, window: Duration) -> Self {
        let refusals = usize::try_from(refusals.max(1)).unwrap_or(usize::MAX);
        Self { refusals, window, seen: Mutex::default() }
    }

    /// Counts a response.
    pub(crate) fn count(&self, status: StatusCode) {
        if matches!(status.as_u16(), 400 | 401 | 403) {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            if seen.len() >= self.refusals {
                seen.pop_front();
            }
            seen.push_back(Instant::now());
        }
    }

    /// How long nothing may be sent, when the budget is used up.
    pub(crate) fn exceeded(&self) -> Option<Duration> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest = seen.front().filter(|_| seen.len() >= self.refusals)?;
        Some(*oldest + self.window)
            .map(|until| until.saturating_duration_since(Instant::now()))
            .filter(|it| !it.is_zero())
    }

    /// The refusals that are allowed.
    pub(crate) fn refusals(&self) -> usize {
        self.refusals
    }
}
