//! Lists of changes, and the place at which the next one begins.
//!
//! A place is a time of Dinero's own: the latest change that a walk has seen. The zone of Dinero's times is not documented,
//! so our own clock bounds it from above: whichever of the two is earlier can only make the next walk see something twice.
//!
//! Dinero cuts its lists by number. When a record that one page has shown is changed or deleted before the next page is asked
//! for, those behind it may move up over the border between the two, where neither shows them. So a walk of several pages
//! ends with a look at what changed since it began, and when that is anything that it had shown, it is made again.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Duration, Utc};
use dinero_client::model::{AuditTime, Contact, Page, Product, Sale};
use dinero_client::op::{ListContacts, ListCreditNotes, ListInvoices, ListProducts, SalesList, SalesListField};
use dinero_client::{CreditNoteField, DineroClient, Error, InvoiceField};
use sync_model::{Cursor, Presence, RecordKey};

use crate::kind::{CREDIT_NOTE, INVOICE};
use crate::{contact, invoice, product};

/// How far a walk reaches back before the place where the last one ended.
const OVERLAP: Duration = Duration::seconds(60);

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    /// The page, from 0.
    pub(crate) number: u32,
    /// How many records make a page.
    pub(crate) size: u32,
}

/// A page of changes.
#[derive(Debug)]
pub(crate) struct Changes {
    pub(crate) seen: Vec<Presence>,
    /// Vouchers that nobody changed since they were made.
    pub(crate) as_made: BTreeSet<RecordKey>,
    /// When each was last made, changed or deleted.
    pub(crate) times: Vec<(RecordKey, DateTime<Utc>)>,
    pub(crate) is_last: bool,
    /// Which page it says it is.
    pub(crate) number: u32,
}

impl Changes {
    /// The latest change on it.
    pub(crate) fn latest(&self) -> Option<DateTime<Utc>> {
        self.times.iter().map(|(_, at)| *at).max()
    }

    /// Adds what another page shows.
    pub(crate) fn extend(&mut self, other: Self) {
        self.seen.extend(other.seen);
        self.as_made.extend(other.as_made);
        self.times.extend(other.times);
    }
}

/// A walk in progress.
#[derive(Debug)]
pub(crate) struct Walk {
    pub(crate) since: Option<DateTime<Utc>>,
    /// When this round of it began, by our clock.
    pub(crate) began: DateTime<Utc>,
    /// The page of the list that comes next.
    pub(crate) page: u32,
    /// How often it was begun again.
    pub(crate) again: u32,
    /// What it has shown, as of when.
    shown: HashMap<RecordKey, DateTime<Utc>>,
}

impl Walk {
    pub(crate) fn begin(since: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        Self { since, began: now, page: 0, again: 0, shown: HashMap::new() }
    }

    /// Takes note of a page. What the only page of a list shows is shown at one moment, and needs no note.
    pub(crate) fn seen(&mut self, page: &Changes) {
        if !page.is_last || self.page > 0 {
            for (key, at) in &page.times {
                // What another page has shown already, as it was then, has moved since.
                self.shown.entry(key.clone()).or_insert(*at);
            }
        }
        self.page += 1;
    }

    /// Whether anything that it has shown was `changed` afterwards.
    pub(crate) fn is_shaken(&self, changed: &Changes) -> bool {
        changed.times.iter().any(|(key, at)| self.shown.get(key).is_some_and(|shown| shown < at))
    }

    /// Begins it again.
    pub(crate) fn repeat(&mut self, now: DateTime<Utc>) {
        *self = Self { again: self.again + 1, ..Self::begin(self.since, now) };
    }
}

pub(crate) fn cursor(latest: DateTime<Utc>, now: DateTime<Utc>) -> Cursor {
    Cursor(latest.min(now).timestamp().to_string())
}

/// The time that `cursor` stands for, with the overlap taken off.
pub(crate) fn begin(cursor: Option<&Cursor>) -> Option<DateTime<Utc>> {
    Some(time(cursor)? - OVERLAP)
}

/// The time that `cursor` stands for.
pub(crate) fn time(cursor: Option<&Cursor>) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(cursor?.0.parse().ok()?, 0)
}

pub(crate) async fn contacts(
    client: &DineroClient,
    since: Option<DateTime<Utc>>,
    page: Part,
) -> Result<Changes, Error> {
    let list = ListContacts { changes_since: since, page: page.number, page_size: page.size, ..ListContacts::new() };
    let page = client.send(&list).await?;
    let times = |it: &Contact| latest([&it.created_at, &it.updated_at, &it.deleted_at]);
    Ok(changes(&page, times, |item| contact::seen(item, true)))
}

/// Products come in two lists. Deleted ones matter in every walk: also one over everything may follow others.
pub(crate) async fn products(
    client: &DineroClient,
    since: Option<DateTime<Utc>>,
    page: Part,
) -> Result<Changes, Error> {
    let list = ListProducts { changes_since: since, page: page.number, page_size: page.size, ..ListProducts::new() };
    let live = client.send(&list).await?;
    let times = |it: &Product| latest([&it.created_at, &it.updated_at, &it.deleted_at]);
    let mut found = changes(&live, times, |item| product::seen(item, true));
    if page.number > 0 {
        return Ok(found);
    }
    for deleted_page in 0.. {
        let list = ListProducts { deleted_only: Some(true), page: deleted_page, ..list.clone() };
        let deleted = client.send(&list).await?;
        found.extend(changes(&deleted, times, |item| product::seen(item, true)));
        if deleted.is_last() {
            break;
        }
    }
    Ok(found)
}

/// Invoices, like products, come in two lists. Their lines are in neither.
pub(crate) async fn invoices(
    client: &DineroClient,
    since: Option<DateTime<Utc>>,
    page: Part,
) -> Result<Changes, Error> {
    let (fields, page_size) = (INVOICE_FIELDS.into(), page.size);
    let list = ListInvoices { changes_since: since, page: page.number, page_size, fields, ..ListInvoices::new() };
    vouchers(client, INVOICE, list).await
}

/// Credit notes come as invoices do. Which invoice they credit is in neither list.
pub(crate) async fn credit_notes(
    client: &DineroClient,
    since: Option<DateTime<Utc>>,
    page: Part,
) -> Result<Changes, Error> {
    let (fields, page_size) = (CREDIT_NOTE_FIELDS.into(), page.size);
    let list = ListCreditNotes { changes_since: since, page: page.number, page_size, fields, ..ListCreditNotes::new() };
    vouchers(client, CREDIT_NOTE, list).await
}

async fn vouchers<F: SalesListField + Clone + Send + Sync>(
    client: &DineroClient,
    kind: &'static str,
    list: SalesList<F>,
) -> Result<Changes, Error> {
    let live = client.send(&list).await?;
    let times = |it: &Sale| latest([&it.created_at, &it.updated_at, &it.deleted_at]);
    let mut found = changes(&live, times, |sale| invoice::listed(kind, sale));
    let as_made = live.collection.iter().filter(|sale| sale.updated_at.is_none() || sale.updated_at == sale.created_at);
    found.as_made = as_made.map(|sale| RecordKey::new(kind, sale.guid.to_string().as_str())).collect();
    if list.page > 0 {
        return Ok(found);
    }
    for deleted_page in 0.. {
        let list = SalesList { deleted_only: Some(true), page: deleted_page, ..list.clone() };
        let deleted = client.send(&list).await?;
        found.extend(changes(&deleted, times, |sale| invoice::listed(kind, sale)));
        if deleted.is_last() {
            break;
        }
    }
    Ok(found)
}

/// What a list is asked to show of an invoice.
const INVOICE_FIELDS: [InvoiceField; 15] = [
    InvoiceField::Guid,
    InvoiceField::Number,
    InvoiceField::ExternalReference,
    InvoiceField::ContactGuid,
    InvoiceField::Date,
    InvoiceField::PaymentDate,
    InvoiceField::Description,
    InvoiceField::Currency,
    InvoiceField::Status,
    InvoiceField::MailOutStatus,
    InvoiceField::TotalExclVat,
    InvoiceField::TotalInclVat,
    InvoiceField::CreatedAt,
    InvoiceField::UpdatedAt,
    InvoiceField::DeletedAt,
];

/// What a list is asked to show of a credit note.
const CREDIT_NOTE_FIELDS: [CreditNoteField; 14] = [
    CreditNoteField::Guid,
    CreditNoteField::Number,
    CreditNoteField::ExternalReference,
    CreditNoteField::ContactGuid,
    CreditNoteField::Date,
    CreditNoteField::Description,
    CreditNoteField::Currency,
    CreditNoteField::Status,
    CreditNoteField::MailOutStatus,
    CreditNoteField::TotalExclVat,
    CreditNoteField::TotalInclVat,
    CreditNoteField::CreatedAt,
    CreditNoteField::UpdatedAt,
    CreditNoteField::DeletedAt,
];

fn latest(times: [&Option<AuditTime>; 3]) -> Option<DateTime<Utc>> {
    times.into_iter().flatten().map(|time| time.at).max()
}

fn changes<T>(page: &Page<T>, latest: impl Fn(&T) -> Option<DateTime<Utc>>, seen: impl Fn(&T) -> Presence) -> Changes {
    let all: Vec<Presence> = page.collection.iter().map(seen).collect();
    let times = all.iter().zip(&page.collection).filter_map(|(presence, it)| Some((presence.key(), latest(it)?)));
    Changes {
        times: times.collect(),
        seen: all,
        as_made: BTreeSet::new(),
        is_last: page.is_last(),
        number: page.pagination.page,
    }
}
