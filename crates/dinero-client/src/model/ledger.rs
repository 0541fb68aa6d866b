//! The cash ledger: at most 1000 items; amounts in DKK (fact sheet §6.11).

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::time::VoucherDate;
use super::vocabulary::LedgerItemStatus;
use crate::{FileGuid, LedgerItemId, Version, VoucherGuid};

/// An item as it is written. An update needs the id and the version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct LedgerItemWrite {
    pub id: Option<LedgerItemId>,
    pub version: Option<Version>,
    pub voucher_number: Option<i32>,
    pub voucher_date: Option<NaiveDate>,
    pub file_guid: Option<FileGuid>,
    pub lines: Vec<LedgerLine>,
}

/// An item as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct LedgerItem {
    pub id: Option<LedgerItemId>,
    pub version: Option<Version>,
    pub voucher_number: Option<i32>,
    pub voucher_date: Option<VoucherDate>,
    pub file_guid: Option<FileGuid>,
    pub lines: Option<Vec<LedgerLine>>,
}

/// A line of an item.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct LedgerLine {
    pub id: Option<LedgerItemId>,
    pub description: Option<String>,
    #[serde(default, with = "rust_decimal::serde::float_option")]
    pub amount: Option<Decimal>,
    /// Not together with a payment.
    pub account_number: Option<i32>,
    /// `None` is the account's own; `none` is no VAT.
    pub account_vat_code: Option<String>,
    pub balancing_account_number: Option<i32>,
    pub balancing_account_vat_code: Option<String>,
    /// The voucher that the line pays.
    pub is_payment_for_voucher_id: Option<VoucherGuid>,
}

/// An item as it was seen: for reading, booking and deleting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct LedgerItemVersion {
    pub id: LedgerItemId,
    pub version: Option<Version>,
}

/// Where an item stands. Booking takes its time.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct LedgerItemProgress {
    pub id: LedgerItemId,
    pub version: Option<Version>,
    pub status: Option<LedgerItemStatus>,
    pub voucher_number: Option<i64>,
}
