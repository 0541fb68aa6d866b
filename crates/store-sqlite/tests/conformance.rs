//! The contract of a store, on a file and in memory.

use std::sync::Arc;

use async_trait::async_trait;
use store_sqlite::SqliteStore;
use sync_run::Store;
use sync_run::conformance::store::Database;
use tempfile::TempDir;

struct InFile(TempDir);

impl InFile {
    async fn fresh() -> Self {
        Self(TempDir::new().expect("a temporary directory"))
    }
}

#[async_trait]
impl Database for InFile {
    async fn open(&self) -> Arc<dyn Store> {
        let url = format!("sqlite://{}", self.0.path().join("afstem.db").display());
        Arc::new(SqliteStore::open(&url).await.expect("a database in a fresh directory"))
    }
}

sync_run::store_conformance!(InFile::fresh());
