//! Opening a database, and bringing it to this version.

use sqlx::PgPool;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgPoolOptions;
use sync_run::StoreError;

use crate::PostgresStore;
use crate::fault::Fault;

static MIGRATIONS: Migrator = sqlx::migrate!();

/// Connections of one process at most. A run needs one at a time; a server may hold several runs.
const CONNECTIONS: u32 = 8;

impl PostgresStore {
    /// Connects to the database at `url`, such as `postgres://user@host/database`, and brings its schema `afstem` to
    /// this version. The user needs the right to create that schema, or to own it.
    ///
    /// # Errors
    /// [`StoreError::Database`] when the server cannot be reached, refuses the user, or holds a newer version.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        Ok(Self { pool: pool(url).await? })
    }
}

async fn pool(url: &str) -> Result<PgPool, Fault> {
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS).connect(url).await?;
    let mut connection = pool.acquire().await?;
    // `run` would do the same, but its future is not `Send`.
    MIGRATIONS.run_direct(None, &mut *connection, false).await?;
    drop(connection);
    Ok(pool)
}
