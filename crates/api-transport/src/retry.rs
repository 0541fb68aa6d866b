//! Whether a failed request may be sent again: a pure function of what kind of request it was and how it failed.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode, header};

/// What sending a request twice would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Safety {
    /// Nothing: it only looks.
    Read,
    /// Nothing more than sending it once, for instance because the caller chose the new record's guid.
    IdempotentWrite,
    /// Something a second time. It is repeated only when it certainly was not carried out.
    UnsafeWrite,
}

impl Safety {
    /// Whether the request changes the other system.
    #[must_use]
    pub fn writes(self) -> bool {
        match self {
            Self::Read => false,
            Self::IdempotentWrite | Self::UnsafeWrite => true,
        }
    }
}

/// How a request failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// It never left.
    NotSent,
    /// Its answer is lost.
    Lost,
    /// The server limits us and did not carry it out (429).
    Throttled {
        /// How long to wait, where the server says so.
        after: Option<Duration>,
    },
    /// A deprecated endpoint refused by chance (480).
    Brownout,
    /// The server failed (5xx); whether it carried the request out is unknown.
    Server {
        /// How long to wait, where the server says so.
        after: Option<Duration>,
    },
}

impl Failure {
    /// How a response fails, if it does so in a way that a repetition may mend.
    #[must_use]
    pub fn of(status: StatusCode, headers: &HeaderMap, now: SystemTime) -> Option<Self> {
        let after = retry_after(headers, now);
        match status.as_u16() {
            429 => Some(Self::Throttled { after }),
            480 => Some(Self::Brownout),
            500..=599 => Some(Self::Server { after }),
            _ => None,
        }
    }

    /// Whether the request certainly had no effect. Nothing promises that for a brownout.
    #[must_use]
    pub fn had_no_effect(self) -> bool {
        match self {
            Self::NotSent | Self::Throttled { .. } => true,
            Self::Lost | Self::Brownout | Self::Server { .. } => false,
        }
    }

    /// How long the server asks us to wait.
    fn asked(self) -> Option<Duration> {
        match self {
            Self::Throttled { after } | Self::Server { after } => after,
            Self::NotSent | Self::Lost | Self::Brownout => None,
        }
    }
}

/// What to do after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Wait this long and send it again.
    Again(Duration),
    /// Leave it.
    GiveUp,
}

/// How often and how long to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The most times a request is sent, the first included.
    pub attempts: u32,
    /// The wait before the second time; it doubles with each further one.
    pub first_wait: Duration,
    /// The longest single wait. Where the server asks for more, the request is given up rather than sent too early.
    pub longest_wait: Duration,
    /// The longest that one request waits in all between its attempts.
    pub total_wait: Duration,
    /// The wait after a 429 that does not say how long (fact sheet §3: a minute).
    pub throttled_wait: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 4,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(120),
            total_wait: Duration::from_secs(300),
            throttled_wait: Duration::from_secs(60),
        }
    }
}

impl RetryPolicy {
    /// Decides after a request was sent `so_far.sent` times.
    ///
    /// ```
    /// use api_transport::{Decision, Failure, RetryPolicy, Safety, SoFar};
    ///
    /// let policy = RetryPolicy::default();
    /// assert_eq!(policy.decide(Safety::UnsafeWrite, Failure::Lost, SoFar::once()), Decision::GiveUp);
    /// assert_ne!(policy.decide(Safety::Read, Failure::Lost, SoFar::once()), Decision::GiveUp);
    /// ```
    #[must_use]
    pub fn decide(&self, safety: Safety, failure: Failure, so_far: SoFar) -> Decision {
        let harmless = match safety {
            Safety::Read | Safety::IdempotentWrite => true,
            Safety::UnsafeWrite => failure.had_no_effect(),
        };
        let too_long = failure.asked().is_some_and(|asked| asked > self.longest_wait);
        if !harmless || too_long || so_far.sent >= self.attempts {
            return Decision::GiveUp;
        }
        let doubled = self.first_wait.saturating_mul(2_u32.saturating_pow(so_far.sent.saturating_sub(1).min(16)));
        let backoff = doubled + doubled * u32::from(so_far.chance) / 512;
        let wait = match failure {
            Failure::Throttled { after } => after.unwrap_or(self.throttled_wait) + backoff / 4,
            Failure::Server { after } => after.map_or(backoff, |after| after.max(backoff)),
            Failure::NotSent | Failure::Lost | Failure::Brownout => backoff,
        };
        let wait = wait.min(self.longest_wait);
        if so_far.waited + wait > self.total_wait { Decision::GiveUp } else { Decision::Again(wait) }
    }
}

/// What one request has been through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoFar {
    /// How often it was sent.
    pub sent: u32,
    /// How long it waited between attempts.
    pub waited: Duration,
    /// A number by chance, which spreads the waits of several clients.
    pub chance: u8,
}

impl SoFar {
    /// Sent once, at once.
    #[must_use]
    pub fn once() -> Self {
        Self { sent: 1, waited: Duration::ZERO, chance: 0 }
    }
}

/// What `Retry-After` asks for: seconds, or a date in the future of `now`.
#[must_use]
pub fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    httpdate::parse_http_date(text).ok()?.duration_since(now).ok()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use http::{HeaderMap, HeaderValue, header};
    use proptest::prelude::*;

    use super::{Decision, Failure, RetryPolicy, Safety, SoFar, retry_after};

    fn failures() -> [Failure; 5] {
        let after = Some(Duration::from_secs(7));
        [
            Failure::NotSent,
            Failure::Lost,
            Failure::Throttled { after },
            Failure::Brownout,
            Failure::Server { after: None },
        ]
    }

    #[test]
    fn an_unsafe_write_is_repeated_only_when_it_certainly_had_no_effect() {
        let policy = RetryPolicy::default();
        for failure in failures() {
            let again = policy.decide(Safety::UnsafeWrite, failure, SoFar::once()) != Decision::GiveUp;
            assert_eq!(again, failure.had_no_effect(), "{failure:?}");
            assert_ne!(policy.decide(Safety::Read, failure, SoFar::once()), Decision::GiveUp, "{failure:?}");
        }
    }

    #[test]
    fn retry_after_is_obeyed_in_both_forms() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let date = httpdate::fmt_http_date(now + Duration::from_secs(30));
        for (text, expected) in [("7", Some(7)), (date.as_str(), Some(30)), ("soon", None)] {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, HeaderValue::from_str(text).unwrap());
            assert_eq!(retry_after(&headers, now), expected.map(Duration::from_secs), "{text}");
        }
    }

    #[test]
    fn an_unsafe_write_is_decided_by_class() {
        let cases = [
            (Failure::NotSent, true),
            (Failure::Throttled { after: None }, true),
            (Failure::Brownout, false),
            (Failure::Server { after: Some(Duration::from_secs(1)) }, false),
            (Failure::Lost, false),
        ];
        for (failure, again) in cases {
            let decision = RetryPolicy::default().decide(Safety::UnsafeWrite, failure, SoFar::once());
            assert_eq!(decision != Decision::GiveUp, again, "{failure:?}");
        }
    }

    #[test]
    fn a_server_that_asks_for_too_long_a_wait_is_left_alone() {
        let hour = Failure::Throttled { after: Some(Duration::from_secs(3600)) };
        assert_eq!(RetryPolicy::default().decide(Safety::Read, hour, SoFar::once()), Decision::GiveUp);
    }

    proptest! {
        #[test]
        fn trying_ends(sent in 0..50_u32, seconds in 0..400_u64, chance: u8, which in 0..5_usize) {
            let policy = RetryPolicy::default();
            let so_far = SoFar { sent, waited: Duration::from_secs(seconds), chance };
            match policy.decide(Safety::Read, failures()[which], so_far) {
                Decision::Again(wait) => {
                    prop_assert!(sent < policy.attempts);
                    prop_assert!(wait <= policy.longest_wait);
                    prop_assert!(so_far.waited + wait <= policy.total_wait);
                }
                Decision::GiveUp => prop_assert!(sent >= policy.attempts || seconds > 200),
            }
        }
    }
}
