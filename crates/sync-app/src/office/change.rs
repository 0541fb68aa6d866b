//! A change of a connection's settings, before it is saved: what would be different, and what that would do.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use secrecy::{ExposeSecret, SecretString};
use tenancy::Connection;

use super::Office;
use crate::settings::form::Field;
use crate::settings::{Entries, Settings, SettingsError, default_of};
use crate::{AppError, Language};

/// A change that was looked at and not saved.
#[derive(Debug, Clone)]
pub struct Change {
    /// The connection as it would be.
    pub connection: Connection,
    /// What is different.
    pub differences: Vec<Difference>,
    /// What is wrong, field by field; nothing is saved while there is anything.
    pub wrong: Option<SettingsError>,
}

/// One setting that would be different.
#[derive(Debug, Clone)]
pub struct Difference {
    /// Which.
    pub field: &'static Field,
    /// What it is now; of a secret, nothing.
    pub old: String,
    /// What it would be; of a secret, nothing.
    pub new: String,
}

impl Difference {
    /// What this will do, sentence by sentence.
    #[must_use]
    pub fn consequences(&self, language: Language) -> Vec<String> {
        self.field.consequences(&self.old, &self.new, language)
    }
}

impl Office {
    /// What `entered` would change. A setting that was not entered stays; a secret that was entered blank stays, too.
    ///
    /// # Errors
    /// When a secret cannot be opened or sealed.
    pub fn change(
        &self,
        connection: &Connection,
        entered: &BTreeMap<String, SecretString>,
    ) -> Result<Change, AppError> {
        let old = self.entries(connection)?;
        let mut changed = connection.clone();
        let mut differences = Vec::new();
        for (key, text) in entered {
            let Some(field) = Field::of(key).filter(|_| !self.gives(key)) else { continue };
            let new = text.expose_secret().trim();
            if crate::settings::is_secret(key) == Some(true) {
                if new.is_empty() || old.get(key) == Some(new) {
                    continue;
                }
                let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
                changed.secrets.insert(key.clone(), keys.seal(&connection.id, key, &new.to_owned().into())?);
                differences.push(Difference { field, old: String::new(), new: String::new() });
                continue;
            }
            let before = old.get(key).or(default_of(key)).unwrap_or_default();
            if before == new {
                continue;
            }
            differences.push(Difference { field, old: before.to_owned(), new: new.to_owned() });
            if new.is_empty() {
                changed.entries.remove(key);
            } else {
                changed.entries.insert(key.clone(), new.to_owned());
            }
        }
        if changed.entries.get("sync.direction").is_some_and(|direction| direction != "both") {
            changed.entries.remove("sync.priority");
            differences.retain(|it| it.field.key != "sync.priority");
        }
        if changed.entries.get("mapping.kind").is_some_and(|kind| kind == "custom") && changed.mapping.is_none() {
            let modules = changed
                .entries
                .get("sync.modules")
                .map_or_else(|| default_of("sync.modules").unwrap_or_default(), String::as_str);
            let modules: Vec<String> = modules.split(',').map(|it| it.trim().to_owned()).collect();
            changed.mapping = Some(field_mapping::standard_text(&modules));
        }
        let wrong = self.wrong(&changed, entered)?;
        Ok(Change { connection: changed, differences, wrong })
    }

    /// What is wrong with the settings that were entered; others may be missing still.
    fn wrong(
        &self,
        changed: &Connection,
        entered: &BTreeMap<String, SecretString>,
    ) -> Result<Option<SettingsError>, AppError> {
        let entries: Entries = self.entries(changed)?;
        let Err(mut error) = Settings::of_entries(&entries, changed.mapping.as_deref()) else { return Ok(None) };
        let asked =
            |key: &str| entered.contains_key(key) || (key == "sync.priority" && entered.contains_key("sync.direction"));
        error.problems.retain(|problem| asked(&problem.key));
        Ok((!error.problems.is_empty()).then_some(error))
    }
}
