//! Settings that stand in no file: the keys of `afstem.toml` with their texts, as a server keeps them for a connection.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};

use super::keys::{KEYS, Key, Kind};
use super::problem::Place;
use super::source::{Given, Source};
use super::{Reader, Settings, SettingsError};

/// The file that a custom mapping is said to stand in.
const MAPPING: &str = "mapping.toml";

/// Settings by key. A secret is a text like any other here, so this is never shown.
#[derive(Clone, Default)]
pub struct Entries(BTreeMap<String, SecretString>);

impl std::fmt::Debug for Entries {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Entries {
    /// Sets `key`, or takes it away when the text is blank.
    pub fn set(&mut self, key: &str, text: SecretString) {
        if text.expose_secret().trim().is_empty() {
            self.0.remove(key);
        } else {
            self.0.insert(key.to_owned(), text);
        }
    }

    /// All keys with their texts.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &SecretString)> {
        self.0.iter().map(|(key, text)| (key.as_str(), text))
    }

    /// The text of `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(ExposeSecret::expose_secret)
    }

    /// These, with `over` laid over them.
    #[must_use]
    pub fn under(mut self, over: &Self) -> Self {
        self.0.extend(over.0.iter().map(|(key, text)| (key.clone(), text.clone())));
        self
    }
}

/// Whether `key` holds a secret; `None` when there is no such key.
#[must_use]
pub(crate) fn is_secret(key: &str) -> Option<bool> {
    Key::find(key).map(|key| key.kind == Kind::Secret)
}

/// The text that `key` has when nobody says anything else.
#[must_use]
pub(crate) fn default_of(key: &str) -> Option<&'static str> {
    Key::find(key)?.default
}

impl Settings {
    /// The settings of `entries`, with `mapping` as the text of a custom mapping.
    ///
    /// # Errors
    /// Every problem at once. A key that does not exist is passed over: it is not the user who wrote it.
    pub fn of_entries(entries: &Entries, mapping: Option<&str>) -> Result<Self, SettingsError> {
        let given = |key: &'static Key| {
            let text = entries.get(key.path)?.to_owned();
            Some((key.path, Given { text, place: Place::Page }))
        };
        let source = Source { given: KEYS.iter().filter_map(given).collect(), problems: Vec::new() };
        let read = |_: &str| mapping.map(str::to_owned).ok_or_else(|| "no mapping was given".to_owned());
        let mut reader = Reader { file: MAPPING, source, read: &read };
        let settings = reader.settings();
        let problems = reader.source.problems;
        if problems.is_empty() { Ok(settings) } else { Err(SettingsError { language: settings.language, problems }) }
    }
}
