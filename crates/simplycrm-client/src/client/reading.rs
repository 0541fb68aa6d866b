//! Reading more than one answer holds.

use std::collections::HashSet;

use chrono::{DateTime, TimeZone, Utc};
use futures::stream::{self, Stream, TryStreamExt};

use super::SimplyCrmClient;
use crate::error::Error;
use crate::id::{FieldName, ModuleName, WsId};
use crate::record::Record;
use crate::vtql::{Condition, KeysetPages, Literal, MAX_ROWS, Select, URL_BUDGET};

impl SimplyCrmClient {
    /// All records that `select` finds, by id, in pages of 100; its own order and limit give way. It ends with an empty
    /// page, so reading a module of `n` records takes about `n / 100 + 2` requests. Records that come or go meanwhile
    /// shift nothing.
    ///
    /// For inventory modules name the columns: with `*` the server gives a row for each line.
    pub fn scan(&self, select: Select) -> impl Stream<Item = Result<Record, Error>> + Send + use<> {
        self.scan_pages(select).map_ok(|page| stream::iter(page.into_iter().map(Ok))).try_flatten()
    }

    /// As [`scan`](Self::scan), page by page.
    pub fn scan_pages(&self, select: Select) -> impl Stream<Item = Result<Vec<Record>, Error>> + Send + use<> {
        let client = self.clone();
        stream::try_unfold((client, KeysetPages::new(select)), |(client, mut pages)| async move {
            let Some(select) = pages.next_page() else { return Ok(None) };
            let mut page = client.query(select).await?;
            let mut ids = Vec::with_capacity(page.len());
            for record in &page {
                ids.push(record.id().map_err(|error| Error::field("query", &error))?);
            }
            pages.seen(ids.iter().copied());
            // 6.x and 7.x give an inventory record once for each of its lines.
            let mut seen = HashSet::with_capacity(ids.len());
            let mut ids = ids.into_iter();
            page.retain(|_| ids.next().is_none_or(|id| seen.insert(id)));
            Ok(if page.is_empty() { None } else { Some((page, (client, pages))) })
        })
    }

    /// Records of `module` saved at or after `since`, on a server whose clock is in `zone`. Times have whole seconds and
    /// a save may take a while, so start some ten seconds before the last mark and compare what comes twice
    /// (fact sheet §6.5).
    pub fn changed_since<Z: TimeZone>(
        &self,
        module: ModuleName,
        columns: &[FieldName],
        since: DateTime<Utc>,
        zone: &Z,
    ) -> impl Stream<Item = Result<Record, Error>> + Send + use<Z> {
        let columns = columns.iter().cloned().chain([FieldName::MODIFIED_TIME]);
        let saved = Condition::at_least(FieldName::MODIFIED_TIME, Literal::time_in(since, zone));
        self.scan(Select::from(module).columns(distinct(columns)).filter(saved))
    }

    /// Those of `ids` that exist and that the user may see, in as few requests as their number and the length of a URL
    /// allow. An id that does not come back belongs to a record that is deleted, or hidden from the user.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn retrieve_many(
        &self,
        module: ModuleName,
        columns: &[FieldName],
        ids: &[WsId],
    ) -> Result<Vec<Record>, Error> {
        let select = Select::from(module).columns(distinct(columns.iter().cloned()));
        let mut records = Vec::with_capacity(ids.len());
        for ids in ids.chunks(MAX_ROWS as usize) {
            let Some(condition) = Condition::one_of(FieldName::ID, ids.iter().copied()) else { continue };
            for part in select.clone().filter(condition).split(URL_BUDGET) {
                records.extend(self.query(part).await?);
            }
        }
        Ok(records)
    }

    /// Whether the record exists and the user may see it: the question that `retrieve` does not answer
    /// (fact sheet §6.4).
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn exists(&self, module: ModuleName, id: WsId) -> Result<bool, Error> {
        let select = Select::from(module).columns([]).filter(Condition::equal(FieldName::ID, id));
        Ok(!self.query(select).await?.is_empty())
    }

    /// How many records a module has; `None` on servers that do not count, as 8.4 does not.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn count(&self, module: ModuleName) -> Result<Option<u64>, Error> {
        let rows = self.query(Select::count(module)).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let count = row.text("count").map_err(|error| Error::field("query", &error))?;
        Ok(count.and_then(|count| count.parse().ok()))
    }
}

fn distinct(columns: impl Iterator<Item = FieldName>) -> Vec<FieldName> {
    let mut distinct = Vec::new();
    for column in columns {
        if !distinct.contains(&column) {
            distinct.push(column);
        }
    }
    distinct
}
