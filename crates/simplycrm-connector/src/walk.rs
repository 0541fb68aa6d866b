//! Walks over a module: all of it by id, or what was saved since a time.
//!
//! Times have whole seconds, and a save may take a while, so a walk begins some seconds before the place where the last
//! one ended (fact sheet §6.5). Within a walk the next page begins after the last record of the page before, and not at an
//! offset: a record that is saved meanwhile moves to the end and pushes no other one past the border of a page.

use chrono::{Duration, NaiveDateTime};
use simplycrm_client::vtql::{
    Comparison, Condition, Direction, Filter, KeysetPages, Limit, Literal, Select, VtqlError,
};
use simplycrm_client::{FieldName, ModuleName, Record, WsId};
use sync_model::Cursor;

use crate::invoice::{INVOICE, LISTED};

use crate::record::saved_at;

/// How far a walk reaches back before the place where the last one ended.
const OVERLAP: Duration = Duration::seconds(10);
const FORMAT: &str = "%Y-%m-%d %H:%M:%S";

/// A walk in progress.
#[derive(Debug)]
pub(crate) struct Walk {
    way: Way,
    rows: u32,
    /// Whether only an empty page is the last one: a limit counts an invoice once for each of its lines (fact sheet §13).
    until_empty: bool,
    latest: Option<NaiveDateTime>,
    /// When it began, by the server's clock.
    bound: NaiveDateTime,
}

#[derive(Debug)]
enum Way {
    /// Everything, by id, after the last one seen.
    All { pages: Box<KeysetPages>, last: Option<u64> },
    /// What was saved at or after `from`, and after the last one seen where there is one.
    Saved { module: ModuleName, from: NaiveDateTime, last: Option<(NaiveDateTime, WsId)> },
}

impl Walk {
    /// Everything of `module`, or what was saved since `since`, in pages of at most `rows`, while the server's clock shows
    /// `now`. When it was put back behind the place where the last walk ended, nothing is known of what was saved since.
    pub(crate) fn begin(
        module: ModuleName,
        since: Option<&Cursor>,
        now: NaiveDateTime,
        rows: u32,
    ) -> Result<Self, VtqlError> {
        let since = since.and_then(time_of).filter(|since| *since <= now + OVERLAP);
        let until_empty = module.as_str() == INVOICE;
        let way = match since {
            Some(since) => Way::Saved { module, from: since - OVERLAP, last: None },
            None => {
                let pages = Box::new(KeysetPages::new(select(&module)).rows(Limit::new(0, rows)?));
                Way::All { pages, last: None }
            }
        };
        Ok(Self { way, rows, until_empty, latest: since, bound: now })
    }

    /// The query for the next page; `None` when the walk is over.
    pub(crate) fn next(&self) -> Result<Option<Select>, VtqlError> {
        Ok(match &self.way {
            Way::All { pages, .. } => pages.next_page(),
            Way::Saved { module, from, last } => {
                let saved = |how, at: &NaiveDateTime| {
                    Condition::Compare(FieldName::MODIFIED_TIME, how, Literal::time(at.and_utc()))
                };
                let wanted = match last {
                    None => Filter::from(saved(Comparison::AtLeast, from)),
                    Some((at, id)) => Filter::all(saved(Comparison::Equal, at), [Condition::after(*id)]).or(saved(
                        Comparison::Greater,
                        at,
                    )
                    .into()),
                };
                let order = [FieldName::MODIFIED_TIME, FieldName::ID];
                let select = select(module).filter(wanted).order_by(order, Direction::Ascending);
                Some(select.limit(Limit::new(0, self.rows)?))
            }
        })
    }

    /// Takes note of a page. `true` when it was the last one: it is not full. `None` when it came before: what the right
    /// page holds would be missed, and taken for absent.
    pub(crate) fn seen(&mut self, page: &[Record]) -> Option<bool> {
        if !self.asked_for(page) {
            return None;
        }
        let times = page.iter().filter_map(saved_at);
        self.latest = self.latest.max(times.max());
        match &mut self.way {
            Way::All { pages, last } => {
                let ids: Vec<WsId> = page.iter().filter_map(|record| record.id().ok()).collect();
                *last = ids.iter().map(|id| id.number()).max().max(*last);
                pages.seen(ids);
            }
            Way::Saved { last, .. } => *last = page.iter().filter_map(place).max().or(*last),
        }
        let full = usize::try_from(self.rows).unwrap_or(usize::MAX);
        Some(if self.until_empty { page.is_empty() } else { page.len() < full })
    }

    /// Whether the page holds only what the query for it can hold.
    fn asked_for(&self, page: &[Record]) -> bool {
        match &self.way {
            Way::All { last, .. } => page.iter().filter_map(|it| it.id().ok()).all(|id| Some(id.number()) > *last),
            Way::Saved { from, last, .. } => {
                page.iter().filter_map(place).all(|place| place.0 >= *from && last.is_none_or(|last| place > last))
            }
        }
    }

    /// Where the next walk begins: at the latest save that was seen, but not after this walk began. What was read already
    /// may have been saved again meanwhile, and a time ahead of the server's own clock says only that it was wrong then.
    pub(crate) fn end(&self) -> Option<Cursor> {
        Some(Cursor(self.latest?.min(self.bound).format(FORMAT).to_string()))
    }
}

/// The time of a place where a walk ended; `None` where it had seen nothing.
pub(crate) fn time_of(cursor: &Cursor) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(&cursor.0, FORMAT).ok()
}

/// Where a record stands in the order of saves. Ids of one module are in the order of their numbers.
fn place(record: &Record) -> Option<(NaiveDateTime, WsId)> {
    Some((saved_at(record)?, record.id().ok()?))
}

/// What a list of `module` shows: everything, or of an invoice what needs no join with its lines.
fn select(module: &ModuleName) -> Select {
    let select = Select::from(module.clone());
    if module.as_str() == INVOICE { select.columns(LISTED) } else { select }
}
