//! What a server remembers beside the pairs themselves: the port that `store-sqlite` and `store-postgres` implement.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Account, AccountId, ApiToken, Connection, ConnectionId, Digest, Failures, Note, Role, Session};

/// Remembers accounts, sessions, connections, tokens, answers and notes. All methods may be called from several tasks
/// and processes at once; each is one transaction.
#[async_trait]
pub trait Registry: fmt::Debug + Send + Sync {
    /// Whether the registry answers.
    async fn ping(&self) -> Result<(), RegistryError>;

    /// All accounts, by name.
    async fn accounts(&self) -> Result<Vec<Account>, RegistryError>;

    /// One account.
    async fn account(&self, id: &AccountId) -> Result<Option<Account>, RegistryError>;

    /// The account that signs in with `name`.
    async fn account_named(&self, name: &str) -> Result<Option<Account>, RegistryError>;

    /// Remembers the first account of all. False, and nothing is remembered, when there is one already.
    async fn found(&self, account: &Account) -> Result<bool, RegistryError>;

    /// Remembers an account, new or changed.
    ///
    /// # Errors
    /// [`RegistryError::Taken`] when another one has its name.
    async fn put_account(&self, account: &Account) -> Result<(), RegistryError>;

    /// Forgets an account with its sessions and memberships.
    async fn erase_account(&self, id: &AccountId) -> Result<(), RegistryError>;

    /// Remembers a session.
    async fn open_session(&self, session: &Session) -> Result<(), RegistryError>;

    /// The session of this digest, alive or not.
    async fn session(&self, digest: &Digest) -> Result<Option<Session>, RegistryError>;

    /// A session ends later than it would have.
    async fn extend_session(&self, digest: &Digest, expires: DateTime<Utc>) -> Result<(), RegistryError>;

    /// Forgets a session.
    async fn close_session(&self, digest: &Digest) -> Result<(), RegistryError>;

    /// Forgets all sessions of an account.
    async fn close_sessions(&self, account: &AccountId) -> Result<(), RegistryError>;

    /// All connections, by name.
    async fn connections(&self) -> Result<Vec<Connection>, RegistryError>;

    /// One connection.
    async fn connection(&self, id: &ConnectionId) -> Result<Option<Connection>, RegistryError>;

    /// Remembers a connection. Its version says what it was made from: 0 for a new one. It is one more afterwards.
    ///
    /// # Errors
    /// [`RegistryError::Overtaken`] when somebody else changed it since.
    async fn put_connection(&self, connection: &Connection) -> Result<Connection, RegistryError>;

    /// Forgets a connection with its members, tokens, answers, notes, and everything known of its pairs: those whose
    /// name begins with its id and a slash.
    async fn erase_connection(&self, id: &ConnectionId) -> Result<(), RegistryError>;

    /// What there is to know of connections' pairs, by the names of [`known`](Self::known).
    fn tables(&self) -> &'static [&'static str];

    /// Rows of what is known of a connection's pairs, as JSON, in a steady order: at most `most` after the first `after`.
    async fn known(
        &self,
        id: &ConnectionId,
        table: &str,
        after: u32,
        most: u32,
    ) -> Result<Vec<serde_json::Value>, RegistryError>;

    /// What was last seen of a connection's health, in the caller's own form.
    async fn health(&self, id: &ConnectionId) -> Result<Option<serde_json::Value>, RegistryError>;

    /// Remembers what was seen of a connection's health.
    async fn put_health(&self, id: &ConnectionId, health: &serde_json::Value) -> Result<(), RegistryError>;

    /// Who may do what with a connection.
    async fn members(&self, id: &ConnectionId) -> Result<Vec<(AccountId, Role)>, RegistryError>;

    /// What an account may do, connection by connection.
    async fn memberships(&self, account: &AccountId) -> Result<Vec<(ConnectionId, Role)>, RegistryError>;

    /// Gives an account a role, or none. An account or a connection that does not exist gets none.
    async fn set_member(&self, id: &ConnectionId, account: &AccountId, role: Option<Role>)
    -> Result<(), RegistryError>;

    /// The tokens of a connection, newest first.
    async fn tokens(&self, id: &ConnectionId) -> Result<Vec<ApiToken>, RegistryError>;

    /// The token of this digest.
    async fn token(&self, digest: &Digest) -> Result<Option<ApiToken>, RegistryError>;

    /// Remembers a token.
    async fn put_token(&self, token: &ApiToken) -> Result<(), RegistryError>;

    /// Forgets a token.
    async fn revoke_token(&self, connection: &ConnectionId, id: &str) -> Result<(), RegistryError>;

    /// Claims the right to answer a request that must be carried out once. `fingerprint` says what was asked.
    async fn claim(&self, key: &AnswerKey, fingerprint: &Digest, now: DateTime<Utc>) -> Result<Claim, RegistryError>;

    /// Remembers the answer to a claimed request; without one, the claim is given up.
    async fn settle(&self, key: &AnswerKey, answer: Option<&Answer>) -> Result<(), RegistryError>;

    /// Failures of `who`.
    async fn failures(&self, who: &str) -> Result<Option<Failures>, RegistryError>;

    /// One more failure of `who`.
    async fn failed(&self, who: &str, now: DateTime<Utc>) -> Result<(), RegistryError>;

    /// No failure counts any more.
    async fn forgive(&self, who: &str) -> Result<(), RegistryError>;

    /// Notes who did what.
    async fn note(&self, note: &Note) -> Result<(), RegistryError>;

    /// The latest notes of a connection, or of everything, newest first.
    async fn notes(&self, connection: Option<&ConnectionId>, limit: u32) -> Result<Vec<Note>, RegistryError>;

    /// Forgets sessions that ended before `now`, and answers and failures older than a day.
    async fn sweep(&self, now: DateTime<Utc>) -> Result<(), RegistryError>;
}

/// Which request is to be carried out once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerKey {
    /// The connection.
    pub connection: ConnectionId,
    /// What the caller chose.
    pub key: String,
}

/// What came of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Nobody asked before.
    Yours,
    /// The same was asked, and is being carried out.
    UnderWay,
    /// The same was asked and answered.
    Answered(Answer),
    /// Something else was asked under this key.
    Another,
}

/// An answer, to be given again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: serde_json::Value,
}

/// The registry cannot do it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// Another account has this name.
    #[error("there is another account of this name")]
    Taken,
    /// Somebody else changed it since it was read.
    #[error("somebody else changed it in the meantime")]
    Overtaken,
    /// The database failed or holds something unreadable.
    #[error("database: {0}")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
}
