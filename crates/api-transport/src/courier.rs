//! Carries a request to its end: waits for its turn, sends it, tries again where that is harmless, and counts.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use tracing::Instrument;

use crate::budget::ErrorBudget;
use crate::gate;
use crate::pace::{Pacer, SlidingWindow, Unpaced};
use crate::retry::{Decision, Failure, RetryPolicy, Safety, SoFar};
use crate::transport::{BodyStream, Transport, TransportError};

/// Stands among the extensions of a response when an earlier attempt of the same write had no answer, or one that leaves open
/// whether it took effect. A refusal then says what became of the last attempt only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MayHaveHappened;

/// What a request is, for pacing, retrying, counting and tracing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Errand {
    /// The operation's name, such as `contacts.create`.
    pub operation: &'static str,
    /// What sending it twice would do.
    pub safety: Safety,
    /// Whether it changes the other system; a sign-in does not, although it may not be repeated at will.
    pub writes: bool,
}

/// Requests sent so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// All of them, repetitions included.
    pub requests: u64,
    /// Those that changed the other system, or may have.
    pub writes: u64,
}

/// Carries requests over one transport under one limit. Clones share the limit, the counters and the error budget.
#[derive(Debug, Clone)]
pub struct Courier {
    transport: Arc<dyn Transport>,
    pacer: Arc<dyn Pacer>,
    policy: RetryPolicy,
    budget: Option<Arc<ErrorBudget>>,
    subject: Arc<str>,
    counters: Arc<Counters>,
    chance: Arc<Mutex<SmallRng>>,
}

#[derive(Debug, Default)]
struct Counters {
    errands: AtomicU64,
    requests: AtomicU64,
    writes: AtomicU64,
}

impl Courier {
    /// A courier for `subject` (an organisation or a host, named in traces). `per_minute` 0 means no limit.
    #[must_use]
    pub fn new(transport: Arc<dyn Transport>, per_minute: u32, subject: &str) -> Self {
        let pacer: Arc<dyn Pacer> =
            if per_minute == 0 { Arc::new(Unpaced) } else { Arc::new(SlidingWindow::new(per_minute)) };
        Self {
            transport,
            pacer,
            policy: RetryPolicy::default(),
            budget: None,
            subject: subject.into(),
            counters: Arc::default(),
            chance: Arc::new(Mutex::new(SmallRng::seed_from_u64(0))),
        }
    }

    /// Uses another limit, for instance one of [`Limits`](crate::Limits), or one that several machines share.
    #[must_use]
    pub fn with_pacer(mut self, pacer: Arc<dyn Pacer>) -> Self {
        self.pacer = pacer;
        self
    }

    /// Uses another retry policy.
    #[must_use]
    pub fn with_policy(mut self, policy: RetryPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Stops sending when the server refuses too often.
    #[must_use]
    pub fn with_budget(mut self, budget: ErrorBudget) -> Self {
        self.budget = Some(Arc::new(budget));
        self
    }

    /// Spreads waits by this seed; give each machine its own.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.chance = Arc::new(Mutex::new(SmallRng::seed_from_u64(seed)));
        self
    }

    /// Requests sent so far.
    #[must_use]
    pub fn usage(&self) -> Usage {
        Usage {
            requests: self.counters.requests.load(Ordering::Relaxed),
            writes: self.counters.writes.load(Ordering::Relaxed),
        }
    }

    /// How long `requests` more requests will wait for the limit in all.
    #[must_use]
    pub fn forecast(&self, requests: u64) -> Duration {
        self.pacer.forecast(requests)
    }

    /// Sends `request`, again where the policy allows it. Any HTTP status that is not retried is a response.
    ///
    /// # Errors
    /// [`TransportError`] as it stood after the last attempt. [`TransportError::Lost`] stays so even when a later attempt
    /// of a harmless request was not sent: an earlier one may have had its effect, which is also why the response to a later
    /// attempt of a write may carry [`MayHaveHappened`]. [`TransportError::NotSent`] also when the error budget is used up,
    /// or when it changes something and the [gate](crate::only_while) is shut.
    pub async fn carry(
        &self,
        errand: Errand,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let span = self.span(errand);
        self.attempts(errand, request).instrument(span).await
    }

    /// Sends `request` once and hands its body on as it arrives. It waits for its turn and is counted, but not repeated.
    ///
    /// # Errors
    /// [`TransportError`], also in mid-body.
    pub async fn stream(
        &self,
        errand: Errand,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<BodyStream>, TransportError> {
        let span = self.span(errand);
        async {
            self.leave(errand, &request).await?;
            let result = self.transport.stream(request).await;
            if errand.writes {
                self.counters.writes.fetch_add(1, Ordering::Relaxed);
            }
            if let (Some(budget), Ok(response)) = (&self.budget, &result) {
                budget.count(response.status());
            }
            result
        }
        .instrument(span)
        .await
    }

    fn span(&self, errand: Errand) -> tracing::Span {
        let request = self.counters.errands.fetch_add(1, Ordering::Relaxed) + 1;
        tracing::debug_span!("request", operation = errand.operation, organisation = &*self.subject, request)
    }

    /// Waits for the turn of one request, and counts it.
    async fn leave(&self, errand: Errand, request: &http::Request<Bytes>) -> Result<(), TransportError> {
        if let Some((budget, wait)) = self.budget.as_ref().and_then(|budget| Some((budget, budget.exceeded()?))) {
            let (refusals, wait) = (budget.refusals(), wait.as_secs() + 1);
            let reason = format!("the server refused {refusals} requests lately; nothing more is sent for {wait} s");
            return Err(TransportError::NotSent { host: host(request), reason });
        }
        self.pacer.ready().await;
        if errand.writes && !gate::is_open().await {
            let reason = "whoever asked for it may not write any more".to_owned();
            return Err(TransportError::NotSent { host: host(request), reason });
        }
        self.counters.requests.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    async fn attempts(
        &self,
        errand: Errand,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let mut lost: Option<TransportError> = None;
        let mut open = false;
        let mut so_far = SoFar { sent: 0, waited: Duration::ZERO, chance: 0 };
        loop {
            if let Err(error) = self.leave(errand, &request).await {
                return marked(Err(lost.unwrap_or(error)), open);
            }
            so_far.sent += 1;
            let attempt = tracing::debug_span!("attempt", attempt = so_far.sent);
            let result = self.transport.send(request.clone()).instrument(attempt).await;
            let failure = self.judge(errand, &result);
            let Some(failure) = failure else { return marked(result, open) };
            if let Err(error @ TransportError::Lost { .. }) = &result {
                lost = Some(error.clone());
            }
            tracing::debug!(attempt = so_far.sent, ?failure, "the request failed");
            so_far.chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner).random();
            match self.policy.decide(errand.safety, failure, so_far) {
                Decision::Again(wait) => {
                    so_far.waited += wait;
                    tokio::time::sleep(wait).await;
                }
                Decision::GiveUp => {
                    return match (result, lost) {
                        (Err(_), Some(earlier)) => Err(earlier),
                        (result, _) => marked(result, open),
                    };
                }
            }
            open |= errand.writes && !failure.had_no_effect();
        }
    }

    /// What became of one attempt, noted wherever it matters.
    fn judge(&self, errand: Errand, result: &Result<http::Response<Bytes>, TransportError>) -> Option<Failure> {
        let failure = match result {
            Ok(response) => Failure::of(response.status(), response.headers(), SystemTime::now()),
            Err(TransportError::NotSent { .. }) => Some(Failure::NotSent),
            Err(TransportError::Lost { .. }) => Some(Failure::Lost),
        };
        if errand.writes && !failure.is_some_and(Failure::had_no_effect) {
            self.counters.writes.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(Failure::Throttled { after }) = failure {
            self.pacer.hold(after.unwrap_or(self.policy.throttled_wait).min(self.policy.longest_wait));
        }
        if let (Some(budget), Ok(response)) = (&self.budget, result) {
            budget.count(response.status());
        }
        failure
    }
}

fn marked(
    result: Result<http::Response<Bytes>, TransportError>,
    open: bool,
) -> Result<http::Response<Bytes>, TransportError> {
    match result {
        Ok(mut response) if open => {
            response.extensions_mut().insert(MayHaveHappened);
            Ok(response)
        }
        // The last attempt did not leave, and an earlier one may have had its effect.
        Err(TransportError::NotSent { host, reason }) if open => Err(TransportError::Lost { host, reason }),
        result => result,
    }
}

fn host(request: &http::Request<Bytes>) -> String {
    request.uri().host().unwrap_or_default().to_owned()
}
