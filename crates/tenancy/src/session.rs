//! A signed-in browser.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use crate::{AccountId, Digest};

/// How long a session lives without being used.
const IDLE: Duration = Duration::hours(12);
/// How long it lives at most.
const MOST: Duration = Duration::days(14);

/// A signed-in browser. What the browser holds is a secret; only its digest is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Of the secret in the browser's cookie.
    pub digest: Digest,
    /// Who signed in.
    pub account: AccountId,
    /// What every form of this session carries.
    pub csrf: String,
    /// When it began.
    pub began: DateTime<Utc>,
    /// When it ends if it is not used before.
    pub expires: DateTime<Utc>,
}

impl Session {
    /// A new session of `account`, with the secret that goes to the browser.
    #[must_use]
    pub fn begin(account: AccountId, now: DateTime<Utc>) -> (Self, String) {
        let secret = crate::fresh();
        let session =
            Self { digest: Digest::of(&secret), account, csrf: crate::fresh(), began: now, expires: now + IDLE };
        (session, secret)
    }

    /// Whether it still counts.
    #[must_use]
    pub fn is_alive(&self, now: DateTime<Utc>) -> bool {
        now < self.expires
    }

    /// When it ends after having been used `now`, if that is worth remembering.
    #[must_use]
    pub fn extended(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let expires = (now + IDLE).min(self.began + MOST);
        (expires - self.expires > Duration::minutes(5)).then_some(expires)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_that_is_used_lives_on_but_not_for_ever() {
        let began = DateTime::<Utc>::UNIX_EPOCH;
        let (session, secret) = Session::begin(AccountId::fresh(), began);
        assert_eq!(session.digest, Digest::of(&secret));
        assert_eq!(session.extended(began + Duration::minutes(1)), None, "not worth a write");
        assert_eq!(session.extended(began + Duration::hours(2)), Some(began + Duration::hours(14)));
        assert!(!session.is_alive(began + IDLE));
        let old = Session { expires: began + MOST, ..session };
        assert_eq!(old.extended(began + Duration::days(13) + Duration::hours(20)), None, "no use prolongs it further");
    }
}
