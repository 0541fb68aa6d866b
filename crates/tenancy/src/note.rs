//! Who changed what: the audit.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{AccountId, ConnectionId};

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "actor", content = "id", rename_all = "lowercase")]
pub enum Actor {
    /// A person. The name is looked up when it is shown, so that it goes when the account is erased.
    Account(AccountId),
    /// A program with this token.
    Token(String),
    /// The clock.
    Clock,
    /// A webhook.
    Hook,
    /// Whoever starts the server.
    Console,
}

/// Something that was done, and by whom. Secrets never stand in one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: Actor,
    /// With which connection, if with one.
    pub connection: Option<ConnectionId>,
    /// What, as a word such as `settings-changed`.
    pub what: String,
    /// The particulars.
    pub detail: serde_json::Value,
}
