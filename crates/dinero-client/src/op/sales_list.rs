//! Lists of invoices, of credit notes, and of both (fact sheet §6.4, §6.5, §6.7).

use api_transport::{BaseUrl, Safety};
use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use http::{Method, Request, Response};

use super::call::{Call, json};
use super::{LARGEST_PAGE, Operation};
use crate::field::{CreditNoteField, InvoiceField, ListField, SaleField};
use crate::model::{Page, PaymentStatus, Sale, SalesSort, SortOrder};
use crate::{Error, Filter, OrganizationId};

/// The first and the last day of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub start: NaiveDate,
    /// The last day.
    pub end: NaiveDate,
}

/// A field of one of the three lists, and which list that is.
pub trait SalesListField: ListField {
    /// The list's name in traces and errors.
    const NAME: &'static str;
    /// Its path behind the organisation.
    const PATH: &'static [&'static str];
    /// The field that is always needed.
    const GUID: Self;
}

impl SalesListField for InvoiceField {
    const NAME: &'static str = "invoices.list";
    const PATH: &'static [&'static str] = &["invoices"];
    const GUID: Self = Self::Guid;
}

impl SalesListField for SaleField {
    const NAME: &'static str = "sales.list";
    const PATH: &'static [&'static str] = &["sales"];
    const GUID: Self = Self::Guid;
}

impl SalesListField for CreditNoteField {
    const NAME: &'static str = "credit_notes.list";
    const PATH: &'static [&'static str] = &["sales", "creditnotes"];
    const GUID: Self = Self::Guid;
}

/// A page of invoices.
pub type ListInvoices = SalesList<InvoiceField>;
/// A page of invoices and credit notes together: one list to poll for changes.
pub type ListSales = SalesList<SaleField>;
/// A page of credit notes.
pub type ListCreditNotes = SalesList<CreditNoteField>;

/// A page of one of the three lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SalesList<F> {
    /// The fields to show; the guid always comes with them.
    pub fields: Vec<F>,
    /// Conditions.
    pub filter: Option<Filter<F>>,
    /// Only vouchers dated within; drafts are shown all the same.
    pub period: Option<Period>,
    /// Words in the number, the contact's name, the description, or the gross total.
    pub free_text: Option<String>,
    /// Only these states; empty means all.
    pub statuses: Vec<PaymentStatus>,
    /// Only what was created, changed or deleted at or after this time. Whole seconds count.
    pub changes_since: Option<DateTime<Utc>>,
    /// `Some(true)`: only deleted ones.
    pub deleted_only: Option<bool>,
    /// Which page, from 0.
    pub page: u32,
    /// Items in a page, 1000 at most.
    pub page_size: u32,
    /// The order; by number and date without it.
    pub sort: Option<SalesSort>,
    /// Which way; descending without it.
    pub order: Option<SortOrder>,
}

impl<F: SalesListField> SalesList<F> {
    /// The first and largest page, with all documented fields.
    #[must_use]
    pub fn new() -> Self {
        Self {
            fields: F::ALL.to_vec(),
            filter: None,
            period: None,
            free_text: None,
            statuses: Vec::new(),
            changes_since: None,
            deleted_only: None,
            page: 0,
            page_size: LARGEST_PAGE,
            sort: None,
            order: None,
        }
    }
}

impl<F: SalesListField> Default for SalesList<F> {
    fn default() -> Self {
        Self::new()
    }
}

impl<F: SalesListField> Operation for SalesList<F> {
    type Output = Page<Sale>;
    const NAME: &'static str = F::NAME;
    const SAFETY: Safety = Safety::Read;

    fn request(&self, base: &BaseUrl, organization: OrganizationId) -> Request<Bytes> {
        let path: Vec<&dyn std::fmt::Display> = F::PATH.iter().map(|it| it as &dyn std::fmt::Display).collect();
        let statuses: Vec<&str> = self.statuses.iter().map(PaymentStatus::as_str).collect();
        let statuses = Some(statuses.join(",")).filter(|it| !it.is_empty());
        Call::new(Method::GET, base, "v1", Some(organization), &path)
            .date("startDate", self.period.map(|period| period.start))
            .date("endDate", self.period.map(|period| period.end))
            .fields(&self.fields, F::GUID)
            .query("freeTextSearch", self.free_text.as_ref())
            .query("statusFilter", statuses)
            .filter(self.filter.as_ref())
            .time("changesSince", self.changes_since)
            .query("deletedOnly", self.deleted_only)
            .page(self.page, self.page_size)
            .query("sort", self.sort.as_ref())
            .query("sortOrder", self.order.as_ref())
            .build()
    }

    fn decode(&self, response: &Response<Bytes>) -> Result<Self::Output, Error> {
        json(Self::NAME, response)
    }
}
