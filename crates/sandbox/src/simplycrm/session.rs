//! Challenge, login and sessions: one challenge per user, sessions by the dozen (fact sheet §2, recording auth).

use super::failure::Failure;
use super::php::Php;
use super::profile::Version;
use super::{SimplyCrm, User};
use chrono::{DateTime, TimeDelta, Utc};
use md5::{Digest as _, Md5};

/// How long a challenge holds, in seconds.
const CHALLENGE_LIFE: i64 = 300;

/// The live challenge of one user.
#[derive(Debug, Clone)]
pub(crate) struct Challenge {
    token: String,
    expires: DateTime<Utc>,
}

/// A logged-in session.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    user: u64,
    calls: u32,
    last: DateTime<Utc>,
}

impl SimplyCrm {
    pub(crate) fn getchallenge(&mut self, name: Option<&str>, now: DateTime<Utc>) -> Result<Php, Failure> {
        let name = match (name, self.profile.version) {
            (Some(name), _) => name.to_lowercase(),
            (None, Version::V6) => String::new(),
            (None, _) => return Err(Failure::new("ACCESS_DENIED", "No username given")),
        };
        if self.user_named(&name).is_none() && self.profile.version > Version::V6 {
            return Err(Failure::new("ACCESS_DENIED", "username does not exists"));
        }
        let token = self.word()[..13].to_owned();
        let expires = now + TimeDelta::seconds(CHALLENGE_LIFE);
        self.challenges.insert(name, Challenge { token: token.clone(), expires });
        Ok(Php::map([
            ("token", Php::Text(token)),
            ("serverTime", Php::Int(now.timestamp())),
            ("expireTime", Php::Int(expires.timestamp())),
        ]))
    }

    pub(crate) fn login(
        &mut self,
        name: Option<&str>,
        answer: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Php, Failure> {
        let name = name.unwrap_or_default().to_lowercase();
        let token = match self.challenges.get(&name) {
            Some(challenge) if challenge.expires > now => challenge.token.clone(),
            _ => return Err(Failure::new("INVALID_AUTH_TOKEN", "Specified token is invalid or expired")),
        };
        let wrong = || Failure::new("INVALID_USER_CREDENTIALS", "Invalid username or password");
        let user = self.user_named(&name).ok_or_else(wrong)?.clone();
        let expected = hex::encode(Md5::digest(format!("{token}{}", user.access_key)));
        if answer != Some(expected.as_str()) {
            return Err(wrong());
        }
        if !user.active {
            return Err(match self.profile.version {
                Version::V8 => wrong(),
                Version::V6 | Version::V7 => Failure::new("AUTHENTICATION_REQUIRED", "Given user is inactive"),
            });
        }
        let session = self.word()[..21].to_owned();
        self.sessions.insert(session.clone(), Session { user: user.number, calls: 0, last: now });
        Ok(self.welcome(&user, session))
    }

    fn welcome(&self, user: &User, session: String) -> Php {
        let row = &self.actors["Users"][&user.number];
        let mut entries = Vec::new();
        if self.profile.version > Version::V6 {
            for (key, field) in [
                ("username", "user_name"),
                ("first_name", "first_name"),
                ("last_name", "last_name"),
                ("email", "email1"),
                ("time_zone", "time_zone"),
                ("hour_format", "hour_format"),
                ("date_format", "date_format"),
                ("is_admin", "is_admin"),
                ("call_duration", "callduration"),
                ("other_event_duration", "othereventduration"),
            ] {
                entries.push((key, Php::text(row.cell(field))));
            }
        }
        let prefix = self.schema.prefix("Users");
        entries.extend([
            ("sessionName", Php::Text(session)),
            ("userId", Php::Text(format!("{prefix}x{}", user.number))),
            ("version", Php::text("0.22")),
            ("vtigerVersion", Php::text(self.profile.version.number())),
        ]);
        Php::map(entries)
    }

    /// The user behind a session name, counting the call.
    pub(crate) fn authenticate(&mut self, name: Option<&str>, now: DateTime<Utc>) -> Result<User, Failure> {
        let Some(name) = name.filter(|name| *name != "null") else {
            return Err(Failure::new("AUTHENTICATION_REQUIRED", "Authencation required"));
        };
        let (calls, idle) = (self.switches.session_calls, self.switches.session_idle);
        let session = self.sessions.get_mut(name).ok_or_else(Failure::no_session)?;
        let ended =
            calls.is_some_and(|most| session.calls >= most) || idle.is_some_and(|most| now - session.last > most);
        session.calls += 1;
        session.last = now;
        let number = session.user;
        if ended {
            self.sessions.remove(name);
            return Err(Failure::no_session());
        }
        self.users.get(&number).cloned().ok_or_else(Failure::no_session)
    }

    pub(crate) fn logout(&mut self, session: &str) -> Result<Php, Failure> {
        // 7.3 on PHP 7.2 or newer cannot end a session (recording auth).
        if self.profile.version == Version::V7 {
            return Err(Failure::internal());
        }
        self.sessions.remove(session);
        Ok(Php::map([("message", Php::text("successfull"))]))
    }

    fn user_named(&self, name: &str) -> Option<&User> {
        self.users.values().find(|user| user.name.to_lowercase() == name)
    }
}
