//! The store on SQLite, the embedded default: one file, many pairs, every commit on the disk before it is answered.
//!
//! One connection writes and another reads, so that a long look never holds up a commit. Neither waits on a timer:
//! a test may stop the clock. Who changes a pair's state proves in the same transaction that it still holds the lease.
//!
//! ```
//! use store_sqlite::SqliteStore;
//! use sync_model::PairId;
//! use sync_run::Store;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), sync_run::StoreError> {
//! let store = SqliteStore::open("sqlite::memory:").await?;
//! assert!(!store.has_links(&PairId::new("4711@firma.simply-crm.dk")).await?);
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
mod many;
mod open;
mod registry;
mod text;

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use reconcile::{Observed, Seen};
use sqlx::SqliteConnection;
use sync_model::{Cursor, Fingerprint, Kind, PairId, RecordKey, RunId, Schema, Side};
use sync_run::{
    Change, Checked, Decided, EffectRecord, Failure, Intent, Lease, Ledger, Outcome, RunRecord, Scope, Spent, Store,
    StoreError, StoredFinding, TrailEntry,
};
use tokio::sync::{Mutex, MutexGuard};

/// The state of many pairs in one SQLite database.
#[derive(Debug)]
pub struct SqliteStore {
    writer: Mutex<SqliteConnection>,
    /// None for a database in memory, which only one connection sees.
    reader: Option<Mutex<SqliteConnection>>,
}

impl SqliteStore {
    async fn reader(&self) -> MutexGuard<'_, SqliteConnection> {
        self.reader.as_ref().unwrap_or(&self.writer).lock().await
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn open_run(
        &self,
        pair: &PairId,
        run: &RunId,
        now: DateTime<Utc>,
        ttl: Duration,
    ) -> Result<Lease, StoreError> {
        Ok(lease::open_run(&mut *self.writer.lock().await, pair, run, now, now + ttl).await?)
    }

    async fn renew(&self, lease: &Lease, until: DateTime<Utc>) -> Result<(), StoreError> {
        Ok(lease::renew(&mut *self.writer.lock().await, lease, until).await?)
    }

    async fn commit(&self, lease: &Lease, changes: &[Change]) -> Result<(), StoreError> {
        Ok(commit::commit(&mut *self.writer.lock().await, lease, changes).await?)
    }

    async fn close_run(&self, lease: &Lease, record: &RunRecord) -> Result<(), StoreError> {
        Ok(lease::close_run(&mut *self.writer.lock().await, lease, record).await?)
    }

    async fn load(&self, pair: &PairId, scope: &Scope) -> Result<Observed, StoreError> {
        Ok(load::load(&mut *self.reader().await, pair, scope).await?)
    }

    async fn seen(&self, pair: &PairId, side: Side, keys: &[RecordKey]) -> Result<Vec<Seen>, StoreError> {
        Ok(load::seen(&mut *self.reader().await, pair, side, keys).await?)
    }

    async fn cursor(&self, pair: &PairId, side: Side, kind: &Kind) -> Result<Option<Cursor>, StoreError> {
        Ok(load::cursor(&mut *self.reader().await, pair, side, kind).await?)
    }

    async fn schema(&self, pair: &PairId, side: Side) -> Result<Option<(Schema, DateTime<Utc>)>, StoreError> {
        Ok(load::schema(&mut *self.reader().await, pair, side).await?)
    }

    async fn checked(&self, pair: &PairId) -> Result<Option<Checked>, StoreError> {
        Ok(load::checked(&mut *self.reader().await, pair).await?)
    }

    async fn unfinished(&self, pair: &PairId) -> Result<Vec<Intent>, StoreError> {
        Ok(journal::unfinished(&mut *self.reader().await, pair).await?)
    }

    async fn effects(&self, pair: &PairId) -> Result<Vec<EffectRecord>, StoreError> {
        Ok(journal::effects(&mut *self.reader().await, pair).await?)
    }

    async fn has_links(&self, pair: &PairId) -> Result<bool, StoreError> {
        Ok(load::has_links(&mut *self.reader().await, pair).await?)
    }

    async fn has_marks(&self, pair: &PairId) -> Result<bool, StoreError> {
        Ok(load::has_marks(&mut *self.reader().await, pair).await?)
    }

    async fn findings(&self, pair: &PairId) -> Result<Vec<StoredFinding>, StoreError> {
        Ok(journal::findings(&mut *self.reader().await, pair).await?)
    }

    async fn decide(&self, pair: &PairId, decided: &[Decided]) -> Result<(), StoreError> {
        Ok(decisions::decide(&mut *self.writer.lock().await, pair, decided).await?)
    }

    async fn decisions(&self, pair: &PairId) -> Result<Ledger, StoreError> {
        Ok(decisions::decisions(&mut *self.reader().await, pair).await?)
    }

    async fn runs(&self, pair: &PairId, limit: u32) -> Result<Vec<RunRecord>, StoreError> {
        Ok(journal::runs(&mut *self.reader().await, pair, "", limit).await?)
    }

    async fn runs_named(&self, pair: &PairId, beginning: &str, limit: u32) -> Result<Vec<RunRecord>, StoreError> {
        Ok(journal::runs(&mut *self.reader().await, pair, beginning, limit).await?)
    }

    async fn history(
        &self,
        pair: &PairId,
        side: Side,
        key: &RecordKey,
    ) -> Result<Vec<(Intent, Option<Outcome>)>, StoreError> {
        Ok(journal::history(&mut *self.reader().await, pair, side, key).await?)
    }

    async fn journal(
        &self,
        pair: &PairId,
        run: &RunId,
        most: u32,
    ) -> Result<Vec<(Intent, Option<Outcome>)>, StoreError> {
        Ok(journal::journal(&mut *self.reader().await, pair, run, most).await?)
    }

    async fn trail(
        &self,
        pair: &PairId,
        run: Option<&RunId>,
        after: i64,
        most: u32,
    ) -> Result<Vec<TrailEntry>, StoreError> {
        Ok(history::entries(&mut *self.reader().await, pair, run, after, most).await?)
    }

    async fn spent(&self, pair: &PairId, plan: &Fingerprint) -> Result<Option<Spent>, StoreError> {
        Ok(history::spent(&mut *self.reader().await, pair, plan).await?)
    }

    async fn earlier_life(&self, pair: &PairId) -> Result<bool, StoreError> {
        Ok(history::earlier_life(&mut *self.reader().await, pair).await?)
    }

    async fn failures(&self, pair: &PairId) -> Result<Vec<Failure>, StoreError> {
        Ok(history::failures(&mut *self.reader().await, pair).await?)
    }
}
