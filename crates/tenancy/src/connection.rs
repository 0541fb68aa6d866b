//! One pair of systems, as a user set it up.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Sealed;

/// A connection's id. Nobody can guess one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConnectionId(String);

impl ConnectionId {
    /// A new one.
    #[must_use]
    pub fn fresh() -> Self {
        Self(Uuid::new_v4().to_string())
    }

    /// As it stands in a database or an address; anything may be asked for, and most of it does not exist.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One pair of systems with its settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// Its id.
    pub id: ConnectionId,
    /// What people call it.
    pub name: String,
    /// Grows with every change, so that nobody writes over what he did not see.
    pub version: i64,
    /// Settings by key, such as `sync.direction`, without secrets.
    pub entries: BTreeMap<String, String>,
    /// Secrets by key, such as `dinero.api_key`.
    pub secrets: BTreeMap<String, Sealed>,
    /// The text of a custom mapping.
    pub mapping: Option<String>,
    /// What webhooks must know to be listened to, as a digest; none, when nobody asked for one.
    pub hook: Option<crate::Digest>,
    /// When it was made.
    pub created: DateTime<Utc>,
}

impl Connection {
    /// A new connection without settings.
    #[must_use]
    pub fn named(name: impl Into<String>, now: DateTime<Utc>) -> Self {
        Self {
            id: ConnectionId::fresh(),
            name: name.into(),
            version: 0,
            entries: BTreeMap::new(),
            secrets: BTreeMap::new(),
            mapping: None,
            hook: None,
            created: now,
        }
    }
}
