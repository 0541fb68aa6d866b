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

impl Fresh {
    async fn registry(&self) -> Arc<dyn tenancy::Registry> {
        Arc::new(PostgresStore::connect(self.url()).await.expect("a fresh database"))
    }
}

mod registry {
    use super::server::Fresh;

    tenancy::registry_conformance!(Fresh::database());
}

/// Fails as soon as a table is added that erasing forgets: its rows would refuse to lose their lease.
#[tokio::test]
async fn p32_erasing_a_connection_takes_its_pairs_with_it() {
    use sync_model::{PairId, RunId};
    use tenancy::{ConnectionId, Registry};

    let fresh = Fresh::database().await;
    let store = PostgresStore::connect(fresh.url()).await.expect("a fresh database");
    let (gone, stays) = (ConnectionId::fresh(), ConnectionId::fresh());
    let pairs = [&gone, &stays].map(|id| PairId::new(format!("{id}/4711@x")));
    for pair in &pairs {
        store.open_run(pair, &RunId::new("r"), chrono::Utc::now(), chrono::Duration::seconds(9)).await.unwrap();
    }
    assert_eq!(store.known(&gone, "run", 0, 9).await.unwrap().len(), 1);
    assert_eq!(store.known(&gone, "run", 1, 9).await.unwrap().len(), 0, "the page after the last");
    store.erase_connection(&gone).await.unwrap();
    for table in store.tables() {
        assert_eq!(store.known(&gone, table, 0, 9).await.unwrap().len(), 0, "{table}");
    }
    let left = [store.runs(&pairs[0], 9).await.unwrap().len(), store.runs(&pairs[1], 9).await.unwrap().len()];
    assert_eq!(left, [0, 1]);
    let sql = "select table_name::text from information_schema.columns
               where table_schema = 'afstem' and column_name = 'pair' order by 1";
    let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(fresh.url()).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap();
    let erased = "checked cursor decision earlier_life effect failure finding intent lease link record run schema spent \
                  taken_up trail";
    assert_eq!(tables.join(" "), erased);
}
