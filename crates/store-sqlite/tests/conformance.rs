//! The contract of a store, in a file and in memory.

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

/// A database in memory lives in its store alone: to open it again is to share the store.
struct InMemory(Arc<SqliteStore>);

impl InMemory {
    async fn fresh() -> Self {
        Self(Arc::new(SqliteStore::open("sqlite::memory:").await.expect("memory")))
    }
}

#[async_trait]
impl Database for InMemory {
    async fn open(&self) -> Arc<dyn Store> {
        self.0.clone()
    }
}

mod in_file {
    sync_run::store_conformance!(super::InFile::fresh());
}

mod in_memory {
    sync_run::store_conformance!(super::InMemory::fresh());
}

impl InFile {
    async fn registry(&self) -> Arc<dyn tenancy::Registry> {
        let url = format!("sqlite://{}", self.0.path().join("afstem.db").display());
        Arc::new(SqliteStore::open(&url).await.expect("a database in a fresh directory"))
    }
}

impl InMemory {
    async fn registry(&self) -> Arc<dyn tenancy::Registry> {
        self.0.clone()
    }
}

mod registry_in_file {
    tenancy::registry_conformance!(super::InFile::fresh());
}

mod registry_in_memory {
    tenancy::registry_conformance!(super::InMemory::fresh());
}
