//! Lists of sales vouchers, and settings for sales (fact sheet §7.3). A list shows only the fields that were asked for.

use rust_decimal::Decimal;
use serde::Deserialize;
use uuid::Uuid;

use super::time::{AuditTime, VoucherDate};
use super::vocabulary::{MailOutStatus, MailOutType, PaymentCondition, PaymentStatus, SaleType, TradeOfferStatus};
use crate::{ContactGuid, TemplateId, Timestamp, TradeOfferGuid};

/// An invoice or a credit note in a list. Fields that were not asked for are `None`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct Sale {
    /// `i64::MAX` for drafts: it does not mean booked (fact sheet §9 P1).
    pub number: Option<i64>,
    /// An invoice's or a credit note's, by the type.
    pub guid: Uuid,
    pub external_reference: Option<String>,
    pub contact_name: Option<String>,
    pub contact_guid: Option<ContactGuid>,
    pub date: Option<VoucherDate>,
    pub payment_date: Option<VoucherDate>,
    pub description: Option<String>,
    pub currency: Option<String>,
    /// Draft, booked and payment in one.
    pub status: Option<PaymentStatus>,
    #[serde(rename = "Type")]
    pub kind: Option<SaleType>,
    pub mail_out_status: Option<MailOutStatus>,
    pub latest_mail_out_type: Option<MailOutType>,
    #[serde(default, with = "rust_decimal::serde::float_option")]
    pub total_excl_vat_in_dkk: Option<Decimal>,
    #[serde(default, with = "rust_decimal::serde::float_option")]
    pub total_incl_vat_in_dkk: Option<Decimal>,
    #[serde(default, with = "rust_decimal::serde::float_option")]
    pub total_excl_vat: Option<Decimal>,
    #[serde(default, with = "rust_decimal::serde::float_option")]
    pub total_incl_vat: Option<Decimal>,
    pub created_at: Option<AuditTime>,
    pub updated_at: Option<AuditTime>,
    pub deleted_at: Option<AuditTime>,
}

/// A trade offer in a list. Fields that were not asked for are `None`; lines are never shown.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct TradeOfferItem {
    pub guid: TradeOfferGuid,
    pub time_stamp: Option<Timestamp>,
    pub number: Option<i64>,
    pub contact_name: Option<String>,
    pub contact_guid: Option<ContactGuid>,
    pub address: Option<String>,
    pub date: Option<VoucherDate>,
    pub comment: Option<String>,
    pub description: Option<String>,
    pub external_reference: Option<String>,
    pub language: Option<String>,
    pub currency: Option<String>,
    #[serde(default, with = "rust_decimal::serde::float_option")]
    pub total_excl_vat: Option<Decimal>,
    #[serde(default, with = "rust_decimal::serde::float_option")]
    pub total_vatable_amount: Option<Decimal>,
    #[serde(default, with = "rust_decimal::serde::float_option")]
    pub total_incl_vat: Option<Decimal>,
    #[serde(default, with = "rust_decimal::serde::float_option")]
    pub total_non_vatable_amount: Option<Decimal>,
    #[serde(default, with = "rust_decimal::serde::float_option")]
    pub total_vat: Option<Decimal>,
    pub status: Option<TradeOfferStatus>,
    pub mail_out_status: Option<MailOutStatus>,
    pub latest_mail_out_type: Option<MailOutType>,
    pub created_at: Option<AuditTime>,
    pub updated_at: Option<AuditTime>,
    pub deleted_at: Option<AuditTime>,
}

/// What new sales vouchers begin with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct SalesSettings {
    #[serde(default)]
    pub lines_incl_vat: bool,
    /// The creditor's part alone.
    pub fik_code: Option<String>,
    #[serde(default)]
    pub use_fik_code: bool,
    /// The account of new lines.
    pub default_account_number: i64,
    pub invoice_template_id: Option<TemplateId>,
    #[serde(default)]
    pub add_voucher_as_pdf_attachment: bool,
    #[serde(default, with = "rust_decimal::serde::float_option")]
    pub reminder_fee: Option<Decimal>,
    #[serde(default, with = "rust_decimal::serde::float_option")]
    pub reminder_interest_rate: Option<Decimal>,
    pub trust_pilot_email: Option<String>,
    pub payment_condition_number_of_days: Option<i32>,
    pub payment_condition_type: Option<PaymentCondition>,
}
