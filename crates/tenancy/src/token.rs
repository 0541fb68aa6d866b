//! What other programs show instead of a password.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{AccountId, ConnectionId, Digest, Role};

/// What a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Look.
    Read,
    /// Synchronise and decide what waits.
    Sync,
    /// Change settings and secrets.
    Settings,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Read, Self::Sync, Self::Settings];

    /// As it is written.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Sync => "sync",
            Self::Settings => "settings",
        }
    }

    /// The scope of this name.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
    }

    /// The role a person needs for the same.
    #[must_use]
    pub fn role(self) -> Role {
        match self {
            Self::Read => Role::Viewer,
            Self::Sync => Role::Operator,
            Self::Settings => Role::Owner,
        }
    }
}

/// What another program shows instead of a password, for one connection. Only a digest of it is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiToken {
    /// Names it without giving it away.
    pub id: String,
    /// Of the token itself.
    pub digest: Digest,
    /// The connection it is for.
    pub connection: ConnectionId,
    /// What people call it.
    pub label: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Who made it.
    pub made_by: AccountId,
    /// When it was made.
    pub created: DateTime<Utc>,
}

impl ApiToken {
    /// A new token, with the secret that is shown once.
    #[must_use]
    pub fn make(
        connection: ConnectionId,
        label: String,
        scopes: Vec<Scope>,
        by: AccountId,
        now: DateTime<Utc>,
    ) -> (Self, String) {
        let secret = format!("afstem_{}", crate::fresh());
        let id = Uuid::new_v4().to_string();
        (Self { id, digest: Digest::of(&secret), connection, label, scopes, made_by: by, created: now }, secret)
    }

    /// Whether it may do this.
    #[must_use]
    pub fn allows(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}
