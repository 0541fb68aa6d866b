//! Formal reminders: at most three to an invoice (fact sheet §6.4).

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::time::VoucherDate;
use crate::{ReminderId, Timestamp};

/// A reminder as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct ReminderWrite {
    pub timestamp: Timestamp,
    pub date: NaiveDate,
    pub title: Option<String>,
    pub description: Option<String>,
    pub with_debt_collection_warning: bool,
    pub with_fee: bool,
    pub with_interest_fee: bool,
    pub with_compensation_fee: bool,
}

/// A reminder that is only computed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct ReminderDraft {
    pub date: NaiveDate,
    pub with_debt_collection_warning: bool,
    pub with_fee: bool,
    pub with_interest_fee: bool,
    pub with_compensation_fee: bool,
}

/// A reminder as it is read. The texts are the amounts as a reader is shown them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct Reminder {
    pub id: Option<ReminderId>,
    pub is_draft: bool,
    pub is_deleted: bool,
    pub number: i32,
    pub debt_collection_notice_text: Option<String>,
    pub invoice_total_incl_vat_amount_text: Option<String>,
    #[serde(with = "rust_decimal::serde::float")]
    pub invoice_total_incl_vat_amount: Decimal,
    pub fee_amount_text: Option<String>,
    #[serde(with = "rust_decimal::serde::float")]
    pub fee_amount: Decimal,
    pub interest_amount_text: Option<String>,
    #[serde(default, with = "rust_decimal::serde::float_option")]
    pub interest_amount: Option<Decimal>,
    pub compensation_fee_available: bool,
    pub compensation_fee_amount_text: Option<String>,
    #[serde(with = "rust_decimal::serde::float")]
    pub compensation_fee_amount: Decimal,
    pub accumulated_fees_and_interest_amount_text: Option<String>,
    #[serde(with = "rust_decimal::serde::float")]
    pub accumulated_fees_and_interest_amount: Decimal,
    pub paid_amount_text: Option<String>,
    #[serde(with = "rust_decimal::serde::float")]
    pub paid_amount: Decimal,
    pub reminder_total_incl_vat_amount_text: Option<String>,
    #[serde(with = "rust_decimal::serde::float")]
    pub reminder_total_incl_vat_amount: Decimal,
    pub timestamp: Timestamp,
    pub date: VoucherDate,
    pub title: Option<String>,
    pub description: Option<String>,
    pub with_debt_collection_warning: bool,
    pub with_fee: bool,
    pub with_interest_fee: bool,
    pub with_compensation_fee: bool,
}
