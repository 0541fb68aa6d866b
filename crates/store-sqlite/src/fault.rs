//! What can be wrong with a database, as the port's error.

use sync_model::RecordKey;
use sync_run::{IntentId, StoreError};

/// A change that the state does not admit, a row that cannot be read, or what the port names itself.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error(transparent)]
    Port(StoreError),
    #[error("{0} or {1} has another partner already; a record has one link at most")]
    Linked(RecordKey, RecordKey),
    #[error("{0} and {1} are not linked with each other")]
    NotLinked(RecordKey, RecordKey),
    #[error("intent {} was never journaled", .0.0)]
    NoIntent(IntentId),
    #[error("a row holds the side '{0}'; only 'left' and 'right' exist")]
    Side(String),
    #[error("a row holds the role '{0}', which does not exist")]
    Role(String),
    #[error("a row holds JSON that this version cannot read: {0}")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    #[error("the database cannot be brought to this version: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Port(error) => error,
            other => Self::Database(Box::new(other)),
        }
    }
}
