//! The contract of a store, on a real server; each property in a database of its own.

mod server;

use std::sync::Arc;

use async_trait::async_trait;
use server::Fresh;
use store_postgres::PostgresStore;
use sync_run::Store;
use sync_run::conformance::store::Database;

#[async_trait]
impl Database for Fresh {
    async fn open(&self) -> Arc<dyn Store> {
        Arc::new(PostgresStore::connect(self.url()).await.expect("a fresh database"))
    }
}

sync_run::store_conformance!(Fresh::database());
