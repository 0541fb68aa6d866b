//! Opening sessions, one at a time for each user.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::Mutex as TurnMutex;
use tokio::time::{Instant, sleep};

use super::{Inner, SimplyCrmClient};
use crate::error::Error;
use crate::op::{Challenge, GetChallenge, Login, Logout, Operation, SessionName};
use crate::session::{LoginAttempt, LoginStep};

/// One turn for each user of each installation, whichever client asks: the server keeps one challenge for each user.
type Turns = HashMap<(String, String), Weak<TurnMutex<()>>>;
static TURNS: Mutex<Option<Turns>> = Mutex::new(None);

fn turn(endpoint: &str, username: &str) -> Arc<TurnMutex<()>> {
    let mut turns = TURNS.lock().unwrap_or_else(PoisonError::into_inner);
    let turns = turns.get_or_insert_with(HashMap::new);
    turns.retain(|_, turn| turn.strong_count() > 0);
    // The server takes user names without regard to case.
    let key = (endpoint.to_owned(), username.to_lowercase());
    if let Some(turn) = turns.get(&key).and_then(Weak::upgrade) {
        return turn;
    }
    let turn = Arc::new(TurnMutex::new(()));
    turns.insert(key, Arc::downgrade(&turn));
    turn
}

impl Inner {
    pub(super) async fn log_in(&self) -> Result<SessionName, Error> {
        let turn = turn(self.endpoint.as_str(), &self.settings.username);
        let _turn = turn.lock().await;
        let nth = self.logins.fetch_add(1, Ordering::Relaxed);
        let mut attempt = LoginAttempt::new(self.settings.jitter_seed.wrapping_add(nth));
        let mut step = LoginStep::AskChallenge;
        loop {
            step = match step {
                LoginStep::AskChallenge => attempt.after_challenge(self.ask_challenge().await, Instant::now()),
                LoginStep::Answer(token) => {
                    let login = Login::new(&self.settings.username, &token, &self.settings.access_key);
                    attempt.after_login(self.exchange(&login.call(), None).await)
                }
                LoginStep::Pause(pause) => {
                    tracing::debug!(?pause, "the login was refused; another may have come between");
                    sleep(pause).await;
                    LoginStep::AskChallenge
                }
                LoginStep::Open(session, connection) => {
                    tracing::debug!(user = %connection.user_id, version = connection.vtiger_version, "logged in");
                    *self.connection.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(connection));
                    return Ok(session);
                }
                LoginStep::Failed(error) => return Err(error),
            };
        }
    }

    async fn ask_challenge(&self) -> Result<Challenge, Error> {
        self.exchange(&GetChallenge { username: self.settings.username.clone() }.call(), None).await
    }
}

impl SimplyCrmClient {
    /// The server's clock, asked now. It costs a request; [`crate::Connection::server_now`] costs none.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn server_time(&self) -> Result<chrono::DateTime<chrono::Utc>, Error> {
        let inner = &self.inner;
        // A challenge makes an earlier one invalid, so this waits its turn like a login.
        let turn = turn(inner.endpoint.as_str(), &inner.settings.username);
        let _turn = turn.lock().await;
        Ok(inner.ask_challenge().await?.server_time)
    }

    /// Closes the sessions that are open and not in use. Servers that cannot log out keep them until they end by
    /// themselves; that is no error.
    pub async fn log_out(&self) {
        for session in self.inner.pool.drain() {
            let closed = self.inner.exchange::<serde_json::Value>(&Logout.call(), Some(&session)).await;
            if let Err(error) = closed {
                tracing::debug!(%error, "the server did not log out");
            }
        }
    }
}
