//! Bad days: faults that strike by the count of requests, by operation or by chance from a seed, the same way every time.

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Request, Response, StatusCode, header};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use crate::{Reply, Sandbox};

/// What goes wrong with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// It has no effect and no answer.
    TimeoutBefore,
    /// It has its effect and no answer.
    TimeoutAfter,
    /// It has its effect and is answered with HTTP 500.
    FailureAfter,
    /// It has no effect and is answered with HTTP 500.
    FailureBefore,
    /// It is refused with HTTP 429 and told to wait this many seconds.
    Throttled(u16),
    /// It is refused with HTTP 429 without a word on how long.
    ThrottledSilently,
    /// It is refused with HTTP 401.
    Unauthorised,
    /// It has its effect, and its answer is cut in the middle.
    Truncated,
    /// It is refused with HTTP 480, as deprecated endpoints are in their last days.
    Brownout,
    /// A web page answers.
    WebPage,
}

/// When a fault strikes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// At the n-th request, counted from 0.
    Nth(u64),
    /// At the n-th request whose URL holds this text, counted from 0.
    NthTo(String, u64),
    /// With this chance in a thousand.
    Chance(u16),
}

/// A sandbox that has bad days.
#[derive(Debug, Clone)]
pub struct Faulty<S> {
    /// The sandbox.
    pub inner: S,
    rules: Vec<(When, Fault)>,
    chance: SmallRng,
    requests: u64,
    matches: BTreeMap<String, u64>,
    hits: BTreeMap<Fault, u64>,
}

impl<S: Sandbox> Faulty<S> {
    /// `inner` with these faults. The same seed strikes the same way.
    pub fn new(inner: S, rules: Vec<(When, Fault)>, seed: u64) -> Self {
        let chance = SmallRng::seed_from_u64(seed);
        Self { inner, rules, chance, requests: 0, matches: BTreeMap::new(), hits: BTreeMap::new() }
    }

    /// How often each fault struck.
    #[must_use]
    pub fn hits(&self) -> &BTreeMap<Fault, u64> {
        &self.hits
    }

    /// Ends the bad days.
    pub fn heal(&mut self) {
        self.rules.clear();
    }

    fn struck(&mut self, url: &str) -> Option<Fault> {
        let nth = self.requests;
        self.requests += 1;
        let mut fault = None;
        for (when, kind) in &self.rules {
            let strikes = match when {
                When::Nth(wanted) => *wanted == nth,
                When::NthTo(text, wanted) if url.contains(text.as_str()) => {
                    let count = self.matches.entry(format!("{text}#{wanted}")).or_default();
                    *count += 1;
                    *count - 1 == *wanted
                }
                When::NthTo(..) => false,
                When::Chance(thousandths) => self.chance.random_range(0..1000) < *thousandths,
            };
            if strikes && fault.is_none() {
                fault = Some(*kind);
            }
        }
        if let Some(fault) = fault {
            *self.hits.entry(fault).or_default() += 1;
        }
        fault
    }
}

impl<S: Sandbox> Sandbox for Faulty<S> {
    fn handle(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Reply {
        match self.struck(&request.uri().to_string()) {
            None => self.inner.handle(request, now),
            Some(Fault::TimeoutBefore) => Reply::NoAnswer,
            Some(Fault::TimeoutAfter) => {
                self.inner.handle(request, now);
                Reply::NoAnswer
            }
            Some(Fault::FailureAfter) => {
                self.inner.handle(request, now);
                plain(StatusCode::INTERNAL_SERVER_ERROR, "")
            }
            Some(Fault::FailureBefore) => plain(StatusCode::INTERNAL_SERVER_ERROR, ""),
            Some(Fault::Throttled(seconds)) => throttled(Some(seconds)),
            Some(Fault::ThrottledSilently) => throttled(None),
            Some(Fault::Unauthorised) => plain(StatusCode::UNAUTHORIZED, ""),
            Some(Fault::Truncated) => match self.inner.handle(request, now) {
                Reply::Answer(answer) => Reply::Answer(answer.map(|body| body.slice(..body.len() / 2))),
                Reply::NoAnswer => Reply::NoAnswer,
            },
            Some(Fault::Brownout) => plain(StatusCode::from_u16(480).unwrap_or(StatusCode::GONE), ""),
            Some(Fault::WebPage) => {
                plain(StatusCode::NOT_FOUND, "<!DOCTYPE html><html><body>404 - Not Found</body></html>")
            }
        }
    }
}

/// A plain answer.
pub(crate) fn plain(status: StatusCode, body: &'static str) -> Reply {
    let mut response = Response::new(Bytes::from_static(body.as_bytes()));
    *response.status_mut() = status;
    Reply::Answer(response)
}

/// The refusal of a request over the limit (fact sheet §3: a sentence, not an error body).
pub(crate) fn throttled(after: Option<u16>) -> Reply {
    let mut response = Response::new(Bytes::from_static(b"API calls quota exceeded! maximum admitted 60 per 1m."));
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    if let Some(after) = after {
        response.headers_mut().insert(header::RETRY_AFTER, after.into());
    }
    Reply::Answer(response)
}
