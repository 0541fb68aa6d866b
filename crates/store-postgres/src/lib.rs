//! The store on PostgreSQL, for many machines: one database, many pairs, everything in a schema of its own.
//!
//! A transaction that changes a pair's state first locks the row of the pair's lease and proves that the lease is its
//! own. So whoever takes a lease over waits for a commit under way, and is then the only one who can make another.
//! Times are kept to the microsecond.
//!
//! ```no_run
//! use store_postgres::PostgresStore;
//! use sync_model::PairId;
//! use sync_run::Store;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), sync_run::StoreError> {
//! let store = PostgresStore::connect("postgres://afstem@localhost/afstem").await?;
//! let runs = store.runs(&PairId::new("4711@firma.simply-crm.dk"), 10).await?;
//! # Ok(())
//! # }
//! ```

mod commit;
mod decisions;
mod dossier;
mod fault;
mod history;
mod journal;
mod lease;
mod load;
mod open;
mod registry;
mod text;

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use reconcile::{Observed, Seen};
use sqlx::pool::PoolConnection;
use sqlx::{PgPool, Postgres};
use sync_model::{Cursor, Fingerprint, Kind, PairId, RecordKey, RunId, Schema, Side};
use sync_run::{
    Change, Checked, Decided, EffectRecord, Failure, Intent, Lease, Ledger, Outcome, RunRecord, Scope, Spent, Store,
    StoreError, StoredFinding, TrailEntry,
};

use crate::fault::Fault;

/// The state of many pairs in one PostgreSQL database.
#[derive(Debug)]
pub struct PostgresStore {
    pool: PgPool,
}

impl PostgresStore {
    async fn connection(&self) -> Result<PoolConnection<Postgres>, Fault> {
        Ok(self.pool.acquire().await?)
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn open_run(
        &self,
        pair: &PairId,
        run: &RunId,
        now: DateTime<Utc>,
        ttl: Duration,
    ) -> Result<Lease, StoreError> {
        Ok(lease::open_run(&mut *self.connection().await?, pair, run, now, now + ttl).await?)
    }

    async fn renew(&self, lease: &Lease, until: DateTime<Utc>) -> Result<(), StoreError> {
        Ok(lease::renew(&mut *self.connection().await?, lease, until).await?)
    }

    async fn commit(&self, lease: &Lease, changes: &[Change]) -> Result<(), StoreError> {
        Ok(commit::commit(&mut *self.connection().await?, lease, changes).await?)
    }

    async fn close_run(&self, lease: &Lease, record: &RunRecord) -> Result<(), StoreError> {
        Ok(lease::close_run(&mut *self.connection().await?, lease, record).await?)
    }

    async fn load(&self, pair: &PairId, scope: &Scope) -> Result<Observed, StoreError> {
        Ok(load::load(&mut *self.connection().await?, pair, scope).await?)
    }

    async fn seen(&self, pair: &PairId, side: Side, keys: &[RecordKey]) -> Result<Vec<Seen>, StoreError> {
        Ok(load::seen(&mut *self.connection().await?, pair, side, keys).await?)
    }

    async fn cursor(&self, pair: &PairId, side: Side, kind: &Kind) -> Result<Option<Cursor>, StoreError> {
        Ok(load::cursor(&mut *self.connection().await?, pair, side, kind).await?)
    }

    async fn schema(&self, pair: &PairId, side: Side) -> Result<Option<(Schema, DateTime<Utc>)>, StoreError> {
        Ok(load::schema(&mut *self.connection().await?, pair, side).await?)
    }

    async fn checked(&self, pair: &PairId) -> Result<Option<Checked>, StoreError> {
        Ok(load::checked(&mut *self.connection().await?, pair).await?)
    }

    async fn unfinished(&self, pair: &PairId) -> Result<Vec<Intent>, StoreError> {
        Ok(journal::unfinished(&mut *self.connection().await?, pair).await?)
    }

    async fn effects(&self, pair: &PairId) -> Result<Vec<EffectRecord>, StoreError> {
        Ok(journal::effects(&mut *self.connection().await?, pair).await?)
    }

    async fn has_links(&self, pair: &PairId) -> Result<bool, StoreError> {
        Ok(load::has_links(&mut *self.connection().await?, pair).await?)
    }

    async fn has_marks(&self, pair: &PairId) -> Result<bool, StoreError> {
        Ok(load::has_marks(&mut *self.connection().await?, pair).await?)
    }

    async fn findings(&self, pair: &PairId) -> Result<Vec<StoredFinding>, StoreError> {
        Ok(journal::findings(&mut *self.connection().await?, pair).await?)
    }

    async fn decide(&self, pair: &PairId, decided: &[Decided]) -> Result<(), StoreError> {
        Ok(decisions::decide(&mut *self.connection().await?, pair, decided).await?)
    }

    async fn decisions(&self, pair: &PairId) -> Result<Ledger, StoreError> {
        Ok(decisions::decisions(&mut *self.connection().await?, pair).await?)
    }

    async fn runs(&self, pair: &PairId, limit: u32) -> Result<Vec<RunRecord>, StoreError> {
        Ok(journal::runs(&mut *self.connection().await?, pair, "", limit).await?)
    }

    async fn runs_named(&self, pair: &PairId, beginning: &str, limit: u32) -> Result<Vec<RunRecord>, StoreError> {
        Ok(journal::runs(&mut *self.connection().await?, pair, beginning, limit).await?)
    }

    async fn history(
        &self,
        pair: &PairId,
        side: Side,
        key: &RecordKey,
    ) -> Result<Vec<(Intent, Option<Outcome>)>, StoreError> {
        Ok(journal::history(&mut *self.connection().await?, pair, side, key).await?)
    }

    async fn journal(
        &self,
        pair: &PairId,
        run: &RunId,
        most: u32,
    ) -> Result<Vec<(Intent, Option<Outcome>)>, StoreError> {
        Ok(journal::journal(&mut *self.connection().await?, pair, run, most).await?)
    }

    async fn trail(
        &self,
        pair: &PairId,
        run: Option<&RunId>,
        after: i64,
        most: u32,
    ) -> Result<Vec<TrailEntry>, StoreError> {
        Ok(history::entries(&mut *self.connection().await?, pair, run, after, most).await?)
    }

    async fn spent(&self, pair: &PairId, plan: &Fingerprint) -> Result<Option<Spent>, StoreError> {
        Ok(history::spent(&mut *self.connection().await?, pair, plan).await?)
    }

    async fn earlier_life(&self, pair: &PairId) -> Result<bool, StoreError> {
        Ok(history::earlier_life(&mut *self.connection().await?, pair).await?)
    }

    async fn failures(&self, pair: &PairId) -> Result<Vec<Failure>, StoreError> {
        Ok(history::failures(&mut *self.connection().await?, pair).await?)
    }
}
