//! Payments of booked vouchers (fact sheet §7.5).

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::time::VoucherDate;
use crate::{PaymentGuid, Timestamp, VoucherGuid};

/// A payment as it is registered. It has no guid of its own choosing: after a lost answer, read the payments and look for the
/// external reference before trying again (fact sheet §9 P9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct PaymentWrite {
    /// What the voucher looked like.
    pub timestamp: Timestamp,
    pub deposit_account_number: i32,
    /// Books what is left as a fee.
    pub remainder_is_fee: bool,
    /// For a voucher in another currency.
    #[serde(with = "rust_decimal::serde::float_option")]
    pub amount_in_foreign_currency: Option<Decimal>,
    /// At most 128 characters; the only sign by which a payment is found again.
    pub external_reference: Option<String>,
    /// `None` is today.
    pub payment_date: Option<NaiveDate>,
    /// Not empty.
    pub description: String,
    /// DKK, not 0; negative for money that goes back.
    #[serde(with = "rust_decimal::serde::float")]
    pub amount: Decimal,
}

/// A payment as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct Payment {
    pub guid: PaymentGuid,
    /// None when a ledger item or another voucher settled it.
    pub deposit_account_number: Option<i32>,
    pub currency: Option<String>,
    /// Of 100 units, in DKK.
    #[serde(with = "rust_decimal::serde::float")]
    pub exchange_rate: Decimal,
    pub payment_class: Option<String>,
    pub related_voucher_id: Option<VoucherGuid>,
    pub external_reference: Option<String>,
    pub payment_date: Option<VoucherDate>,
    pub description: String,
    #[serde(with = "rust_decimal::serde::float")]
    pub amount: Decimal,
}

/// All payments of a voucher, and what is left.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct Payments {
    pub payments: Option<Vec<Payment>>,
    /// Negative when too much was paid.
    #[serde(with = "rust_decimal::serde::float")]
    pub remaining_amount: Decimal,
    #[serde(with = "rust_decimal::serde::float")]
    pub paid_amount: Decimal,
    #[serde(with = "rust_decimal::serde::float")]
    pub invoice_total_including_reminder_expenses: Decimal,
    /// Whether what is left may be booked as a fee.
    pub remainder_as_fee_available: bool,
}

/// The answer to a payment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct PaymentCreated {
    pub guid: PaymentGuid,
    /// What the voucher looks like now.
    pub time_stamp: Option<Timestamp>,
    /// The voucher that the payment was booked as.
    pub related_voucher_guid: Option<VoucherGuid>,
}

/// The answer to taking a payment away.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PaymentDeleted {
    /// What the voucher looks like now.
    pub time_stamp: Option<Timestamp>,
}
