//! Opening a database: how it is kept safe on the disk, and brought to this version.

use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use sync_run::StoreError;
use tokio::sync::Mutex;

use crate::SqliteStore;
use crate::fault::Fault;

static MIGRATIONS: Migrator = sqlx::migrate!();

/// How long one process waits for another that writes to the same file.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long it waits before it tries again to connect.
const PAUSE: Duration = Duration::from_millis(20);

/// SQLite's code for "somebody else is at it" (`SQLITE_BUSY`).
const BUSY: &str = "5";

impl SqliteStore {
    /// Opens the database at `url` and brings it to this version. `sqlite://path` is a file, made when it is missing;
    /// `sqlite::memory:` lives as long as the store.
    ///
    /// # Errors
    /// [`StoreError::Database`] when the file cannot be opened, belongs to a newer version or is no database.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Ok(Self::connect(url).await?)
    }

    /// Copies everything into the new file `to`, as of one moment, while others go on writing.
    ///
    /// # Errors
    /// [`StoreError::Database`] when the file exists or cannot be written.
    pub async fn backup(&self, to: &std::path::Path) -> Result<(), StoreError> {
        let into = sqlx::query("vacuum into $1").bind(to.display().to_string());
        into.execute(&mut *self.reader().await).await.map_err(Fault::from)?;
        Ok(())
    }

    async fn connect(url: &str) -> Result<Self, Fault> {
        let in_memory = url.contains(":memory:") || url.contains("mode=memory");
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            .shared_cache(false)
            .disable_statement_logging();
        let mut writer = connect(&options).await?;
        migrate(&mut writer).await?;
        let reader = if in_memory { None } else { Some(Mutex::new(connect(&options).await?)) };
        Ok(Self { writer: Mutex::new(writer), reader })
    }
}

/// Connects. A fresh file is switched to its write-ahead log by whoever comes first; SQLite refuses the others in that
/// moment without waiting, so that the waiting is done here.
async fn connect(options: &SqliteConnectOptions) -> Result<SqliteConnection, sqlx::Error> {
    let mut left = PATIENCE.as_millis() / PAUSE.as_millis();
    loop {
        match SqliteConnection::connect_with(options).await {
            Err(sqlx::Error::Database(error)) if left > 0 && error.code().as_deref() == Some(BUSY) => {
                left -= 1;
                tokio::time::sleep(PAUSE).await;
            }
            answer => return answer,
        }
    }
}

/// In one transaction, so that two processes that open a new file at once do not both build it.
async fn migrate(connection: &mut SqliteConnection) -> Result<(), Fault> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    // `run` would do the same, but its future is not `Send`.
    MIGRATIONS.run_direct(None, &mut *transaction, false).await?;
    Ok(transaction.commit().await?)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use sync_model::PairId;
    use sync_run::Store;

    use super::*;

    #[tokio::test]
    async fn l12_a_database_of_any_earlier_version_is_brought_to_this_one() {
        for version in 1..MIGRATIONS.migrations.len() {
            let directory = tempfile::tempdir().unwrap();
            let url = format!("sqlite://{}", directory.path().join("a.db").display());
            let earlier = Migrator { migrations: Cow::Borrowed(&MIGRATIONS.migrations[..version]), ..migrator() };
            let options = SqliteConnectOptions::from_str(&url).unwrap().create_if_missing(true);
            let mut connection = connect(&options).await.unwrap();
            earlier.run_direct(None, &mut connection, false).await.unwrap();
            let sql = "insert into lease (pair, epoch) values ('test', 7)";
            sqlx::query(sql).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            let store = SqliteStore::open(&url).await.unwrap();
            assert_eq!(store.checked(&PairId::new("test")).await.unwrap(), None);
            let mut reader = store.reader().await;
            let epoch: i64 = sqlx::query_scalar("select epoch from lease").fetch_one(&mut *reader).await.unwrap();
            assert_eq!(epoch, 7, "nothing was lost");
        }
    }

    fn migrator() -> Migrator {
        sqlx::migrate!()
    }

    #[tokio::test]
    async fn every_commit_is_on_the_disk_before_it_is_answered() {
        let directory = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&format!("sqlite://{}", directory.path().join("a.db").display())).await.unwrap();
        let mut writer = store.writer.lock().await;
        let mode: String = sqlx::query_scalar("pragma journal_mode").fetch_one(&mut *writer).await.unwrap();
        let synchronous: i64 = sqlx::query_scalar("pragma synchronous").fetch_one(&mut *writer).await.unwrap();
        let foreign_keys: i64 = sqlx::query_scalar("pragma foreign_keys").fetch_one(&mut *writer).await.unwrap();
        assert_eq!((mode.as_str(), synchronous, foreign_keys), ("wal", 2, 1), "2 is FULL");
    }
}
