//! How fast requests may leave. The default is a sliding window: in no window of sixty seconds do more than the cap leave,
//! wherever the window begins. (A token bucket with a burst would let twice the cap through around its refill.)

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;

/// Lets requests leave one by one. Share one among all who share a limit; bring your own to share it among machines.
#[async_trait]
pub trait Pacer: fmt::Debug + Send + Sync {
    /// Comes back when the next request may leave.
    async fn ready(&self);

    /// The server asks for silence for this long.
    fn hold(&self, silence: Duration);

    /// How long `requests` more requests will have to wait in all.
    fn forecast(&self, requests: u64) -> Duration;
}

/// No limit.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unpaced;

#[async_trait]
impl Pacer for Unpaced {
    async fn ready(&self) {}

    fn hold(&self, _: Duration) {}

    fn forecast(&self, _: u64) -> Duration {
        Duration::ZERO
    }
}

/// The window that a per-minute limit looks at, with a margin: requests may travel at different speeds.
const WINDOW: Duration = Duration::from_millis(60_500);

/// At most `cap` requests in any sixty seconds.
#[derive(Debug)]
pub struct SlidingWindow {
    cap: usize,
    /// Whoever waits for the next free instant holds it, so that requests leave in the order in which they came.
    gate: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// When the last requests really left, oldest first; never more than the cap.
    departures: VecDeque<Instant>,
    silent_until: Option<Instant>,
}

impl SlidingWindow {
    /// At most `cap` requests in any sixty seconds; at least one.
    #[must_use]
    pub fn new(cap: u32) -> Self {
        let cap = usize::try_from(cap.max(1)).unwrap_or(usize::MAX);
        Self { cap, gate: tokio::sync::Mutex::default(), state: Mutex::default() }
    }

    /// Leaves now if that is allowed; otherwise says when to ask again.
    fn leave(&self) -> Result<(), Instant> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let free =
            if state.departures.len() < self.cap { None } else { state.departures.front().map(|at| *at + WINDOW) };
        match free.max(state.silent_until).filter(|at| *at > now) {
            Some(at) => Err(at),
            None => {
                if state.departures.len() >= self.cap {
                    state.departures.pop_front();
                }
                state.departures.push_back(now);
                Ok(())
            }
        }
    }
}

#[async_trait]
impl Pacer for SlidingWindow {
    async fn ready(&self) {
        let _gate = self.gate.lock().await;
        while let Err(at) = self.leave() {
            tokio::time::sleep_until(at).await;
        }
    }

    fn hold(&self, silence: Duration) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let until = Instant::now() + silence;
        state.silent_until = Some(state.silent_until.map_or(until, |known| known.max(until)));
    }

    fn forecast(&self, requests: u64) -> Duration {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let recent = state.departures.iter().filter(|at| **at + WINDOW > now).count() as u64;
        let cap = self.cap as u64;
        let last = recent + requests;
        if requests == 0 || last <= cap {
            return Duration::ZERO;
        }
        // The last request leaves one window after the one that stands a full cap before it.
        let windows = u32::try_from((last - 1) / cap).unwrap_or(u32::MAX);
        let start = state.departures.iter().find(|at| **at + WINDOW > now).copied().unwrap_or(now);
        (start + WINDOW.saturating_mul(windows)).saturating_duration_since(now)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use proptest::prelude::*;
    use tokio::time::Instant;

    use super::{Pacer, SlidingWindow};

    fn paused<F: Future>(test: F) -> F::Output {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(test)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn l5_no_window_of_sixty_seconds_holds_more_than_the_cap(
            cap in 1..20_u32,
            gaps in proptest::collection::vec(0..9_000_u64, 1..120),
            hold in proptest::option::of((0..100_usize, 0..90_u64)),
        ) {
            let left = paused(async {
                let pacer = Arc::new(SlidingWindow::new(cap));
                let mut tasks = Vec::new();
                for (at, gap) in gaps.iter().enumerate() {
                    tokio::time::advance(Duration::from_millis(*gap)).await;
                    if let Some((when, seconds)) = hold && when == at {
                        pacer.hold(Duration::from_secs(seconds));
                    }
                    let pacer = Arc::clone(&pacer);
                    tasks.push(tokio::spawn(async move { pacer.ready().await; Instant::now() }));
                }
                let mut left = Vec::new();
                for task in tasks { left.push(task.await.unwrap()); }
                left.sort();
                left
            });
            for (first, at) in left.iter().enumerate() {
                let within = left[first..].iter().take_while(|it| **it < *at + Duration::from_secs(60)).count();
                prop_assert!(within <= cap as usize, "{within} requests left within a minute, the cap is {cap}");
            }
        }
    }

    #[test]
    fn the_forecast_is_what_it_takes() {
        paused(async {
            let pacer = SlidingWindow::new(10);
            let forecast = pacer.forecast(35);
            let begin = Instant::now();
            for _ in 0..35 {
                pacer.ready().await;
            }
            assert_eq!(begin.elapsed().as_secs(), forecast.as_secs());
        });
    }
}
