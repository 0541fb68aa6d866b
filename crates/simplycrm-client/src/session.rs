//! How a session is opened: a state machine that says what to do next and does nothing itself.
//!
//! A user has one challenge at a time, so two logins at once break each other: the loser is told that the key is wrong
//! (fact sheet §2). A key is therefore believed to be wrong only after a second, complete attempt at another moment.

use std::time::Duration;

use chrono::{DateTime, Utc};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use secrecy::SecretString;
use tokio::time::Instant;

use crate::error::Error;
use crate::id::WsId;
use crate::op::{Challenge, LoginAnswer, SessionName};

/// What a login told about the installation and its clock.
#[derive(Debug, Clone)]
pub struct Connection {
    /// The user that everything is done as.
    pub user_id: WsId,
    /// The version of the CRM, such as `7.3.0`.
    pub vtiger_version: String,
    /// The version of the API.
    pub api_version: String,
    /// Whether the user is an administrator; `None` before 7.3, which does not tell.
    pub is_admin: Option<bool>,
    /// The server's clock when it gave the challenge.
    pub server_time: DateTime<Utc>,
    received: Instant,
}

impl Connection {
    /// What the server's clock shows now, give or take the time a request takes.
    #[must_use]
    pub fn server_now(&self) -> DateTime<Utc> {
        let elapsed = chrono::TimeDelta::from_std(self.received.elapsed()).unwrap_or_default();
        self.server_time.checked_add_signed(elapsed).unwrap_or(self.server_time)
    }
}

/// What to do next in order to open a session.
#[derive(Debug)]
pub(crate) enum LoginStep {
    /// Ask for a challenge.
    AskChallenge,
    /// Answer this token.
    Answer(SecretString),
    /// Wait, so that the other one who logs in as this user gets done, and then ask for a challenge.
    Pause(Duration),
    /// The session is open.
    Open(SessionName, Connection),
    /// It cannot be opened.
    Failed(Error),
}

/// Opening one session.
#[derive(Debug)]
pub(crate) struct LoginAttempt {
    jitter: SmallRng,
    lost_races: u32,
    clock: Option<(DateTime<Utc>, Instant)>,
}

const MOST_LOST_RACES: u32 = 1;

impl LoginAttempt {
    pub(crate) fn new(seed: u64) -> Self {
        Self { jitter: SmallRng::seed_from_u64(seed), lost_races: 0, clock: None }
    }

    pub(crate) fn after_challenge(&mut self, answer: Result<Challenge, Error>, now: Instant) -> LoginStep {
        match answer {
            Ok(challenge) => {
                self.clock = Some((challenge.server_time, now));
                LoginStep::Answer(challenge.token)
            }
            Err(error) => LoginStep::Failed(error),
        }
    }

    pub(crate) fn after_login(&mut self, answer: Result<LoginAnswer, Error>) -> LoginStep {
        match (answer, self.clock) {
            (Ok(answer), Some((server_time, received))) => {
                let session = answer.session();
                let connection = Connection {
                    user_id: answer.user_id,
                    vtiger_version: answer.vtiger_version,
                    api_version: answer.api_version,
                    is_admin: answer.is_admin.map(|flag| flag == "on" || flag == "1"),
                    server_time,
                    received,
                };
                LoginStep::Open(session, connection)
            }
            (Ok(_), None) => LoginStep::AskChallenge,
            (Err(error), _) if error.is_login_race() && self.lost_races < MOST_LOST_RACES => {
                self.lost_races += 1;
                LoginStep::Pause(Duration::from_millis(self.jitter.random_range(200..1_500)))
            }
            (Err(error), _) => LoginStep::Failed(error),
        }
    }
}
