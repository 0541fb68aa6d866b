//! The client: sessions kept open, calls sent in them, and nothing written twice.

mod login;
mod operations;
mod reach;
mod reading;
mod upkeep;

pub use reach::SyncReach;
pub use upkeep::Precondition;

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use api_transport::{Courier, Transport};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;
use tokio::time::sleep;

use crate::endpoint::Endpoint;
use crate::envelope::Answer;
use crate::error::{Error, Kind};
use crate::op::{Call, Context, Operation, SessionName};
use crate::pool::SessionPool;
use crate::session::Connection;

/// How often a read is repeated when the server's database fails, and the pause before the first time.
const MOST_DATABASE_FAILURES: u32 = 2;
const DATABASE_PAUSE: Duration = Duration::from_millis(500);

/// What a client needs to know.
#[derive(Clone)]
pub struct SimplyCrmSettings {
    /// Any address of the installation, such as `https://firma.simply-crm.dk`.
    pub url: String,
    /// The user that everything is done as: best one kept for the integration, with the rights of an administrator.
    pub username: String,
    /// That user's access key, from the page "My Preferences". Not the password.
    pub access_key: SecretString,
    /// How many calls may be under way at once; each needs a session of its own. One or two are polite.
    pub sessions: NonZeroUsize,
    /// Decides how long a login that lost a race waits. Different in every process, so that two that race do not race
    /// again.
    pub jitter_seed: u64,
}

impl SimplyCrmSettings {
    /// Settings with one session and a pause that differs from process to process.
    pub fn new(url: impl Into<String>, username: impl Into<String>, access_key: SecretString) -> Self {
        Self {
            url: url.into(),
            username: username.into(),
            access_key,
            sessions: NonZeroUsize::MIN,
            jitter_seed: u64::from(std::process::id()),
        }
    }
}

impl fmt::Debug for SimplyCrmSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimplyCrmSettings")
            .field("url", &self.url)
            .field("username", &self.username)
            .field("sessions", &self.sessions)
            .finish_non_exhaustive()
    }
}

/// A client of one installation in the name of one user. Clones share sessions and counters.
///
/// ```
/// # async fn run(transport: std::sync::Arc<dyn api_transport::Transport>) -> Result<(), simplycrm_client::Error> {
/// use simplycrm_client::{Element, ModuleName, SimplyCrmClient, SimplyCrmSettings};
///
/// let settings = SimplyCrmSettings::new("https://firma.simply-crm.dk", "integration", "…".to_owned().into());
/// let crm = SimplyCrmClient::new(settings, transport)?;
/// let me = crm.connection().await?.user_id;
/// let element = Element::new().text("accountname", "Ågade ApS").reference("assigned_user_id", me);
/// let stored = crm.create(ModuleName::ACCOUNTS, element).await?;
/// # let _ = stored; Ok(()) }
/// ```
#[derive(Clone)]
pub struct SimplyCrmClient {
    inner: Arc<Inner>,
}

struct Inner {
    settings: SimplyCrmSettings,
    endpoint: Endpoint,
    courier: Courier,
    pool: Arc<SessionPool>,
    connection: RwLock<Option<Arc<Connection>>>,
    logins: AtomicU64,
    has_revise: OnceCell<bool>,
}

impl fmt::Debug for SimplyCrmClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimplyCrmClient").field("endpoint", &self.inner.endpoint).finish_non_exhaustive()
    }
}

impl SimplyCrmClient {
    /// A client that has not logged in yet; it does so with the first call. It knows no rate limit, because none is
    /// published; its sessions limit it.
    ///
    /// # Errors
    /// When `settings.url` is not the address of an installation.
    pub fn new(settings: SimplyCrmSettings, transport: Arc<dyn Transport>) -> Result<Self, Error> {
        let courier = Courier::new(transport, 0, &settings.url);
        Self::with_courier(settings, courier)
    }

    /// As [`new`](Self::new), with a rate limit and a retry policy of the caller's.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_courier(settings: SimplyCrmSettings, courier: Courier) -> Result<Self, Error> {
        let endpoint = settings.url.parse().map_err(|reason| Error::unsendable("login", reason))?;
        let pool = SessionPool::new(settings.sessions);
        let inner = Inner {
            settings,
            endpoint,
            courier,
            pool,
            connection: RwLock::default(),
            logins: AtomicU64::new(0),
            has_revise: OnceCell::new(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// How many requests this client and its clones have sent, logins included.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.inner.courier.usage().requests
    }

    /// How many of them may have changed something in the CRM.
    #[must_use]
    pub fn writes(&self) -> u64 {
        self.inner.courier.usage().writes
    }

    /// The user it acts as.
    #[must_use]
    pub fn username(&self) -> &str {
        &self.inner.settings.username
    }

    /// Who we are on which server, logging in if that has not happened yet.
    ///
    /// # Errors
    /// When the login fails.
    pub async fn connection(&self) -> Result<Arc<Connection>, Error> {
        if let Some(connection) = self.inner.known_connection() {
            return Ok(connection);
        }
        let mut lease = self.inner.pool.lease().await;
        if lease.session.is_none() {
            lease.session = Some(self.inner.log_in().await?);
        }
        self.inner.known_connection().ok_or_else(|| Error::unsendable("login", "the login told nothing"))
    }

    /// Carries out one operation.
    ///
    /// When the session turns out to be gone, it logs in again and repeats the operation once, which is safe because the
    /// server checks the session before anything else. Nothing else that writes is repeated unless it certainly had no
    /// effect.
    ///
    /// # Errors
    /// Whatever the server, or the way to it, has to say; see [`Error`].
    pub async fn send<O: Operation>(&self, operation: &O) -> Result<O::Output, Error> {
        self.inner.carry_out(&operation.call()).await
    }

    /// Carries out a call that has no type of its own.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn send_call(&self, call: &Call) -> Result<serde_json::Value, Error> {
        self.inner.carry_out(call).await
    }
}

impl Inner {
    async fn carry_out<T: DeserializeOwned>(&self, call: &Call) -> Result<T, Error> {
        if !call.is_in_session() {
            return self.exchange(call, None).await;
        }
        let mut lease = self.pool.lease().await;
        let mut logged_in_again = false;
        let mut database_failures = 0;
        loop {
            let session = match &lease.session {
                Some(session) => session.clone(),
                None => lease.session.insert(self.log_in().await?).clone(),
            };
            match self.exchange(call, Some(&session)).await {
                Err(error) if error.is_session_lost() && !logged_in_again => {
                    tracing::debug!(operation = call.name(), "the session is gone; logging in again");
                    lease.session = None;
                    logged_in_again = true;
                }
                // The queries that can be built are sound, so what is left is a deadlock in the database (§1.4).
                Err(error) if error.is_deadlock() && !call.writes() && database_failures < MOST_DATABASE_FAILURES => {
                    database_failures += 1;
                    sleep(DATABASE_PAUSE * database_failures).await;
                }
                outcome => return outcome,
            }
        }
    }

    /// Sends one call and reads its answer.
    async fn exchange<T: DeserializeOwned>(&self, call: &Call, session: Option<&SessionName>) -> Result<T, Error> {
        let request = call.request(Context { endpoint: &self.endpoint, session })?;
        let answer: Result<Answer<T>, Error> = match self.courier.carry(call.errand(), request).await {
            Ok(response) => call.decode(&response),
            Err(error) => Err(Error::new(call.owned_name(), call.writes(), Kind::Transport(error))),
        };
        let answer = answer.map_err(|error| match session {
            Some(session) => error.without(session.expose()),
            None => error,
        });
        match answer {
            Ok(answer) => {
                if !answer.repairs.is_empty() {
                    tracing::warn!(operation = call.name(), repairs = ?answer.repairs, "the CRM's answer needed repair");
                }
                Ok(answer.value)
            }
            Err(error) => {
                tracing::debug!(operation = call.name(), %error, "the CRM did not do it");
                Err(error)
            }
        }
    }

    fn known_connection(&self) -> Option<Arc<Connection>> {
        self.connection.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
