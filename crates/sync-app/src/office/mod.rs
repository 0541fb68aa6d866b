//! Many connections under one roof: what a server works with.
//!
//! An [`Office`] opens the store and the registry, unseals a [`Connection`]'s secrets, and wires its [`App`]. Each
//! connection has a [`Desk`], where one piece of work lies at a time and from which its progress is told.

mod change;
mod clock;
mod desk;
mod dossier;
mod health;
mod progress;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use api_transport::{HttpSettings, HttpTransport, Transport};
use chrono::{DateTime, Utc};
use sync_run::{RunRecord, Store};
use tenancy::{Actor, Connection, ConnectionId, KeyRing, Note, Registry};

pub use change::{Change, Difference};
pub use desk::{Busy, Desk, Ended, Job, UndoTarget, WorkOutcome};
pub use health::{SideHealth, SystemsHealth};
pub use progress::{Phase, Progress, ProgressLine, State};

use crate::app::Reach;
use crate::settings::{Entries, Settings, default_of, form, is_secret};
use crate::world::SystemClock;
use crate::{App, AppError};

/// What a new connection begins with: nothing happens by itself, and nothing is deleted.
pub const FIRST_SETTINGS: &[(&str, &str)] = &[
    ("mapping.kind", "standard"),
    ("sync.mode", "manual"),
    ("sync.direction", "both"),
    ("sync.priority", "crm-first"),
    ("sync.modules", "organisations,contacts,products"),
    ("sync.deletes", "keep"),
];

/// What holds for every connection of an installation, whatever its users set.
#[derive(Debug, Clone, Default)]
pub struct Ground {
    /// Settings that the installation gives, such as the client id. They win, and the pages do not ask for them.
    pub entries: Entries,
    /// Whether systems in private networks, and on this machine, may be reached.
    pub private_addresses: bool,
    /// How many runs go on at once; the others wait.
    pub runs_at_once: usize,
}

/// Many connections under one roof.
#[derive(Debug)]
pub struct Office {
    store: Arc<dyn Store>,
    registry: Arc<dyn Registry>,
    keys: RwLock<KeyRing>,
    ground: Ground,
    network: Arc<dyn Transport>,
    desks: Mutex<BTreeMap<ConnectionId, Arc<Desk>>>,
    runs: Arc<tokio::sync::Semaphore>,
}

impl Office {
    /// Opens the database at `store_url`: `sqlite://…` or `postgres://…`.
    ///
    /// # Errors
    /// When the database or the network cannot be used.
    pub async fn open(store_url: &str, keys: KeyRing, ground: Ground) -> Result<Self, AppError> {
        let (store, registry): (Arc<dyn Store>, Arc<dyn Registry>) = if store_url.starts_with("sqlite:") {
            let both = Arc::new(store_sqlite::SqliteStore::open(store_url).await?);
            (both.clone(), both)
        } else {
            let both = Arc::new(store_postgres::PostgresStore::connect(store_url).await?);
            (both.clone(), both)
        };
        let reach = HttpSettings { public_only: !ground.private_addresses, ..HttpSettings::default() };
        Ok(Self {
            store,
            registry,
            keys: RwLock::new(keys),
            network: Arc::new(HttpTransport::new(&reach)?),
            runs: Arc::new(tokio::sync::Semaphore::new(ground.runs_at_once.max(1))),
            ground,
            desks: Mutex::default(),
        })
    }

    /// The registry.
    #[must_use]
    pub fn registry(&self) -> &dyn Registry {
        &*self.registry
    }

    /// Whether the installation gives `key`, so that nobody is asked for it.
    #[must_use]
    pub fn gives(&self, key: &str) -> bool {
        self.ground.entries.get(key).is_some()
    }

    /// The place where work for a connection lies.
    #[must_use]
    pub fn desk(&self, id: &ConnectionId) -> Arc<Desk> {
        let mut desks = self.desks.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(desks.entry(id.clone()).or_insert_with(|| Arc::new(Desk::new(id.clone()))))
    }

    /// All settings of a connection, secrets opened, with those of the installation over them.
    ///
    /// # Errors
    /// When a secret cannot be opened.
    pub fn entries(&self, connection: &Connection) -> Result<Entries, AppError> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let mut entries = Entries::default();
        for (key, text) in &connection.entries {
            entries.set(key, text.clone().into());
        }
        for (key, sealed) in &connection.secrets {
            entries.set(key, keys.open(&connection.id, key, sealed)?);
        }
        Ok(entries.under(&self.ground.entries))
    }

    /// What holds now for every key that is no secret, defaults included.
    ///
    /// # Errors
    /// When a secret cannot be opened.
    pub fn in_force(&self, connection: &Connection) -> Result<BTreeMap<&'static str, String>, AppError> {
        let entries = self.entries(connection)?;
        let open = form::FIELDS.iter().filter(|field| is_secret(field.key) == Some(false));
        let text = |key| entries.get(key).or(default_of(key)).unwrap_or_default().to_owned();
        Ok(open.map(|field| (field.key, text(field.key))).collect())
    }

    /// The settings of a connection.
    ///
    /// # Errors
    /// When a secret cannot be opened, or something is missing or wrong.
    pub fn settings(&self, connection: &Connection) -> Result<Settings, AppError> {
        Ok(Settings::of_entries(&self.entries(connection)?, connection.mapping.as_deref())?)
    }

    /// The wired pair of a connection. It is kept until the connection changes, and with it its measure of the rate limit.
    ///
    /// # Errors
    /// When the settings are not complete or cannot be used.
    pub fn app(&self, connection: &Connection) -> Result<App, AppError> {
        let desk = self.desk(&connection.id);
        desk.wired(connection.version, || self.wire(connection, &desk))
    }

    /// A pair as `connection` would have it, not kept: to try settings before they are saved.
    ///
    /// # Errors
    /// As [`app`](Self::app).
    pub fn wire(&self, connection: &Connection, desk: &Desk) -> Result<App, AppError> {
        let reach = Reach {
            dinero: Arc::clone(&self.network),
            simplycrm: Arc::clone(&self.network),
            clock: Arc::new(SystemClock),
        };
        let app = App::connect(self.settings(connection)?, Some(reach), desk.progress())?;
        Ok(app.seated(Arc::clone(&self.store), connection.id.as_str()))
    }

    /// The latest runs of a connection, newest first.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn runs(&self, connection: &Connection, limit: u32) -> Result<Vec<RunRecord>, AppError> {
        match self.app(connection) {
            Ok(app) => app.latest_runs(limit).await,
            // Without settings there is no pair, and so no run of it.
            Err(AppError::Settings(_)) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// One run of a connection, and in its summary the first of what it did; `None` where none has this id.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn run(&self, connection: &Connection, id: &str) -> Result<Option<RunRecord>, AppError> {
        match self.app(connection) {
            Ok(app) => app.run(id).await,
            Err(AppError::Settings(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Asks both systems how they are, and remembers it.
    ///
    /// # Errors
    /// When the settings are not complete or the database cannot be used.
    pub async fn look(&self, connection: &Connection) -> Result<SystemsHealth, AppError> {
        let app = self.app(connection)?;
        let before = self.health(connection).await?;
        let health = SystemsHealth::after(before.as_ref(), app.looks().await, Utc::now());
        self.registry.put_health(&connection.id, &serde_json::to_value(&health).unwrap_or_default()).await?;
        Ok(health)
    }

    /// How both systems were when they were last asked.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn health(&self, connection: &Connection) -> Result<Option<SystemsHealth>, AppError> {
        let health = self.registry.health(&connection.id).await?;
        Ok(health.and_then(|it| serde_json::from_value(it).ok()))
    }

    /// Notes who did what.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn note(
        &self,
        actor: Actor,
        connection: Option<&ConnectionId>,
        what: &str,
        detail: serde_json::Value,
    ) -> Result<(), AppError> {
        let (what, connection) = (what.to_owned(), connection.cloned());
        Ok(self.registry.note(&Note { at: Utc::now(), actor, connection, what, detail }).await?)
    }

    /// Takes other keys from now on, and seals every secret with the first of them. Says how many were sealed anew.
    ///
    /// # Errors
    /// When a secret cannot be opened with the new keys; then the old ones stay in use.
    pub async fn change_keys(&self, keys: KeyRing) -> Result<usize, AppError> {
        let mut sealed_anew = 0;
        let connections = self.registry.connections().await?;
        for mut connection in connections.iter().cloned() {
            let mut changed = false;
            for (key, sealed) in &mut connection.secrets {
                let secret = keys.open(&connection.id, key, sealed)?;
                if !keys.is_current(sealed) {
                    *sealed = keys.seal(&connection.id, key, &secret)?;
                    changed = true;
                    sealed_anew += 1;
                }
            }
            if changed {
                self.registry.put_connection(&connection).await?;
            }
        }
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(sealed_anew)
    }

    /// Forgets a connection with everything that is known of it. What goes on there is stopped first.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn erase(&self, connection: &Connection) -> Result<(), AppError> {
        let desk = self.desk(&connection.id);
        desk.stop();
        desk.rest().await;
        self.registry.erase_connection(&connection.id).await?;
        self.desks.lock().unwrap_or_else(PoisonError::into_inner).remove(&connection.id);
        Ok(())
    }

    /// Asks everything that goes on to stop, and waits for it.
    pub async fn close(&self) {
        let desks: Vec<Arc<Desk>> =
            self.desks.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        desks.iter().for_each(|desk| desk.stop());
        for desk in desks {
            desk.rest().await;
        }
    }

    /// How many runs go on now.
    #[must_use]
    pub fn at_work(&self) -> usize {
        let desks = self.desks.lock().unwrap_or_else(PoisonError::into_inner);
        desks.values().filter(|desk| desk.is_busy()).count()
    }
}

/// When a run began, for the clock.
fn began(runs: &[RunRecord]) -> Option<DateTime<Utc>> {
    runs.first().map(|run| run.started)
}
