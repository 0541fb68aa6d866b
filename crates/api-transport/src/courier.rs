//! Carries a request to its end: waits for its turn, sends it, tries again where that is harmless, and counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use tracing::Instrument;

use crate::pace::{Pacer, SlidingWindow, Unpaced};
use crate::retry::{Decision, Failure, RetryPolicy, Safety};
use crate::transport::{Transport, TransportError};

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

/// Carries requests over one transport under one limit. Clones share the limit and the counters.
#[derive(Debug, Clone)]
pub struct Courier {
    transport: Arc<dyn Transport>,
    pacer: Arc<dyn Pacer>,
    policy: RetryPolicy,
    subject: Arc<str>,
    counters: Arc<Counters>,
}

#[derive(Debug, Default)]
struct Counters {
    requests: AtomicU64,
    writes: AtomicU64,
    chance: AtomicU64,
}

impl Courier {
    /// A courier for `subject` (an organisation or a host, named in traces). `per_minute` 0 means no limit.
    #[must_use]
    pub fn new(transport: Arc<dyn Transport>, per_minute: u32, subject: &str) -> Self {
        let pacer: Arc<dyn Pacer> =
            if per_minute == 0 { Arc::new(Unpaced) } else { Arc::new(SlidingWindow::new(per_minute)) };
        Self { transport, pacer, policy: RetryPolicy::default(), subject: subject.into(), counters: Arc::default() }
    }

    /// Uses another limit, for instance one that several machines share.
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
    /// of a harmless request was not sent: an earlier one may have had its effect.
    pub async fn carry(
        &self,
        errand: Errand,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let span = tracing::debug_span!("request", operation = errand.operation, organisation = &*self.subject);
        self.attempts(errand, request).instrument(span).await
    }

    async fn attempts(
        &self,
        errand: Errand,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let mut lost: Option<TransportError> = None;
        let mut sent = 0;
        loop {
            self.pacer.ready().await;
            self.counters.requests.fetch_add(1, Ordering::Relaxed);
            sent += 1;
            let result = self.transport.send(request.clone()).await;
            let failure = match &result {
                Ok(response) => Failure::of(response.status(), response.headers(), SystemTime::now()),
                Err(TransportError::NotSent { .. }) => Some(Failure::NotSent),
                Err(TransportError::Lost { .. }) => Some(Failure::Lost),
            };
            if errand.writes && !failure.is_some_and(Failure::had_no_effect) {
                self.counters.writes.fetch_add(1, Ordering::Relaxed);
            }
            let Some(failure) = failure else { return result };
            if let Failure::Throttled { after: Some(after) } = failure {
                self.pacer.hold(after.min(self.policy.longest_wait));
            }
            if let Err(error @ TransportError::Lost { .. }) = &result {
                lost = Some(error.clone());
            }
            tracing::debug!(attempt = sent, ?failure, "the request failed");
            match self.policy.decide(errand.safety, failure, sent, self.chance()) {
                Decision::Again(wait) => tokio::time::sleep(wait).await,
                Decision::GiveUp => {
                    return match (result, lost) {
                        (Err(_), Some(earlier)) => Err(earlier),
                        (result, _) => result,
                    };
                }
            }
        }
    }

    /// Spreads waits without a source of randomness: a hash of how many waits there were.
    fn chance(&self) -> u8 {
        let count = self.counters.chance.fetch_add(1, Ordering::Relaxed);
        let mixed = count.wrapping_add(0x9E37_79B9_7F4A_7C15).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed.to_be_bytes()[0]
    }
}
