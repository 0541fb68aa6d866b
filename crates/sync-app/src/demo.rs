//! The demonstration: two sandboxes with believable data, an app wired to them, and a person who edits on both sides.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::Utc;
use sandbox::dinero::Dinero;
use sandbox::simplycrm::SimplyCrm;
use serde_json::Value;
use sync_run::{Clock, Events};

use crate::sandboxed::{SandboxTransport, sandbox_settings};
use crate::settings::SettingsError;
use crate::world::SystemClock;
use crate::{App, AppError, Language, Reach, Say, Settings};

/// Addresses under which the embedded sandboxes are known; nothing is sent to them.
const DINERO: &str = "http://localhost:1";
const SIMPLYCRM: &str = "http://localhost:2";

/// Two embedded sandboxes and an app wired to them.
pub struct Demo {
    dinero: Arc<Mutex<Dinero>>,
    crm: Arc<Mutex<SimplyCrm>>,
    language: Language,
    store_url: String,
    events: Arc<dyn Events>,
}

impl std::fmt::Debug for Demo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Demo").finish_non_exhaustive()
    }
}

/// What a person changed in one of the systems.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The system's name.
    pub system: &'static str,
    /// The record's name.
    pub record: String,
    /// Which field.
    pub field: &'static str,
    /// What it was.
    pub before: String,
    /// What it is now.
    pub after: String,
}

impl Say for Edit {
    fn say(&self, language: Language) -> String {
        let Self { system, record, field, before, after } = self;
        let verb = language.pick("rettes i", "is edited in");
        format!("“{record}” {verb} {system}: {field} “{before}” → “{after}”")
    }
}

impl Demo {
    /// Sandboxes with `records` organisations, contacts and products each; the same seed gives the same data.
    #[must_use]
    pub fn new(records: u32, seed: u64, store_url: String, language: Language, events: Arc<dyn Events>) -> Self {
        let (dinero, crm) = sandbox::seed_pair(records, seed, Utc::now());
        Self { dinero: Arc::new(Mutex::new(dinero)), crm: Arc::new(Mutex::new(crm)), language, store_url, events }
    }

    /// The app, wired to the sandboxes.
    ///
    /// # Errors
    /// As [`App::connect`].
    pub fn app(&self) -> Result<App, AppError> {
        self.connect(sandbox::dinero::API_KEY)
    }

    /// The app of somebody who mistyped the API key.
    ///
    /// # Errors
    /// As [`App::connect`].
    pub fn app_with_wrong_key(&self) -> Result<App, AppError> {
        self.connect("0000000000")
    }

    /// The settings that the demonstration runs with.
    ///
    /// # Errors
    /// When they cannot be parsed.
    pub fn settings(&self) -> Result<Settings, SettingsError> {
        let text = sandbox_settings(DINERO, SIMPLYCRM, &self.store_url, self.language);
        Settings::parse("afstem.toml", &text, &[], &|name| Err(name.to_owned()))
    }

    fn connect(&self, api_key: &str) -> Result<App, AppError> {
        let mut settings = self.settings()?;
        settings.dinero.api_key = api_key.to_owned().into();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let reach = Reach {
            dinero: Arc::new(SandboxTransport::new(Arc::clone(&self.dinero), Arc::clone(&clock))),
            simplycrm: Arc::new(SandboxTransport::new(Arc::clone(&self.crm), Arc::clone(&clock))),
            clock,
        };
        App::connect(settings, Some(reach), Arc::clone(&self.events))
    }

    /// One organisation is edited in both systems, each in a field of its own.
    #[must_use]
    pub fn edit_apart(&self) -> Vec<Edit> {
        let Some(shared) = self.shared(0) else { return Vec::new() };
        vec![
            self.edit_dinero(&shared, "Phone", "+45 70 10 20 30"),
            self.edit_crm(&shared, "bill_street", "Havnegade 12"),
        ]
    }

    /// One organisation is edited in both systems, in the same field.
    #[must_use]
    pub fn edit_against(&self) -> Vec<Edit> {
        let Some(shared) = self.shared(1) else { return Vec::new() };
        vec![
            self.edit_dinero(&shared, "Email", "bogholderi@eksempel.dk"),
            self.edit_crm(&shared, "email1", "faktura@eksempel.dk"),
        ]
    }

    /// The `nth` organisation that both systems have, as both show it.
    fn shared(&self, nth: usize) -> Option<Shared> {
        let accounts = lock(&self.crm).records("Accounts");
        let contacts = lock(&self.dinero).contacts();
        let pairs = contacts.into_iter().filter_map(|contact| {
            let number = text(&contact, "vatNumber");
            let twin = accounts.iter().find(|account| {
                let fields = account.as_object();
                !number.is_empty() && fields.is_some_and(|it| it.values().any(|value| value.as_str() == Some(&number)))
            })?;
            Some(Shared { contact, account: twin.clone() })
        });
        pairs.into_iter().nth(nth)
    }

    fn edit_dinero(&self, shared: &Shared, field: &'static str, after: &str) -> Edit {
        let before = text(&shared.contact, field);
        lock(&self.dinero).edit_contact(&text(&shared.contact, "contactGuid"), &[(field, after.into())], Utc::now());
        Edit { system: "Dinero", record: text(&shared.contact, "name"), field, before, after: after.to_owned() }
    }

    fn edit_crm(&self, shared: &Shared, field: &'static str, after: &str) -> Edit {
        let before = text(&shared.account, field);
        let id = text(&shared.account, "id");
        let edited = lock(&self.crm).edit(&id, &[(field, after)], "mette", Utc::now());
        let after = edited.map_or_else(|error| error.to_string(), |()| after.to_owned());
        Edit { system: "Simply CRM", record: text(&shared.account, "accountname"), field, before, after }
    }
}

/// An organisation that both systems have.
struct Shared {
    contact: Value,
    account: Value,
}

/// A field as text, whichever case its name is in.
fn text(record: &Value, field: &str) -> String {
    let fields = record.as_object().into_iter().flatten();
    let value = fields.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(field)).map(|(_, value)| value);
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
