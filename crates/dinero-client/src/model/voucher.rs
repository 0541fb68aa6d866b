//! Sales vouchers: invoices, credit notes and trade offers (fact sheet §7.3, §7.4, §7.9). What they have in common is said
//! once, here.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::line::{SalesLine, SalesLineRead, TotalLine};
use super::time::{AuditTime, VoucherDate};
use super::vocabulary::{BookStatus, MailOutStatus, MailOutType, PaymentCondition, PaymentStatus, TradeOfferStatus};
use crate::{ContactGuid, CreditNoteGuid, InvoiceGuid, TemplateId, Timestamp, TradeOfferGuid};

/// Declares a voucher as it is read.
macro_rules! voucher_read {
    ($($(#[$doc:meta])* $name:ident { $($(#[$attribute:meta])* $field:ident: $type:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
        #[serde(rename_all = "PascalCase")]
        #[expect(missing_docs, reason = "the API's own field names")]
        pub struct $name {
            $($(#[$attribute])* pub $field: $type,)*
            /// A draft has one too, sometimes `i64::MAX`: it does not mean booked (fact sheet §9 P1).
            pub number: i64,
            pub contact_name: Option<String>,
            pub show_lines_incl_vat: bool,
            #[serde(with = "rust_decimal::serde::float")]
            pub total_excl_vat: Decimal,
            #[serde(with = "rust_decimal::serde::float")]
            pub total_vatable_amount: Decimal,
            #[serde(with = "rust_decimal::serde::float")]
            pub total_incl_vat: Decimal,
            #[serde(with = "rust_decimal::serde::float")]
            pub total_non_vatable_amount: Decimal,
            #[serde(with = "rust_decimal::serde::float")]
            pub total_vat: Decimal,
            pub total_lines: Option<Vec<TotalLine>>,
            pub invoice_template_id: Option<TemplateId>,
            /// ISO 4217.
            pub currency: Option<String>,
            pub language: Option<String>,
            pub external_reference: Option<String>,
            pub description: Option<String>,
            pub comment: Option<String>,
            pub date: Option<VoucherDate>,
            pub product_lines: Vec<SalesLineRead>,
            pub address: Option<String>,
        }
    )*};
}

voucher_read! {
    /// An invoice.
    Invoice {
        guid: InvoiceGuid,
        /// What a change has to be based on.
        time_stamp: Option<Timestamp>,
        status: Option<BookStatus>,
        payment_status: Option<PaymentStatus>,
        /// The day by which it has to be paid.
        payment_date: Option<VoucherDate>,
        payment_condition_number_of_days: i32,
        payment_condition_type: Option<PaymentCondition>,
        fik_code: Option<String>,
        deposit_account_number: Option<i32>,
        mail_out_status: Option<MailOutStatus>,
        latest_mail_out_type: Option<MailOutType>,
        is_sent_to_debt_collection: bool,
        is_mobile_pay_invoice_enabled: bool,
        is_penso_pay_enabled: bool,
        contact_guid: Option<ContactGuid>,
        created_at: Option<AuditTime>,
        updated_at: Option<AuditTime>,
        deleted_at: Option<AuditTime>,
    }
    /// An invoice that was only computed.
    InvoicePreview {
        payment_date: Option<VoucherDate>,
        payment_condition_number_of_days: i32,
        payment_condition_type: Option<PaymentCondition>,
        can_enable_mobile_pay_invoice: bool,
        can_enable_penso_pay: bool,
        contact_guid: Option<ContactGuid>,
    }
    /// A credit note.
    CreditNote {
        guid: CreditNoteGuid,
        /// What a change has to be based on.
        time_stamp: Option<Timestamp>,
        /// The invoice that it credits.
        credit_note_for: Option<InvoiceGuid>,
        status: Option<BookStatus>,
        payment_status: Option<PaymentStatus>,
        mail_out_status: Option<MailOutStatus>,
        latest_mail_out_type: Option<MailOutType>,
        contact_guid: Option<ContactGuid>,
        created_at: Option<AuditTime>,
        updated_at: Option<AuditTime>,
        deleted_at: Option<AuditTime>,
    }
    /// A credit note that was only computed.
    CreditNotePreview { credit_note_for: Option<InvoiceGuid>, contact_guid: Option<ContactGuid> }
    /// A trade offer.
    TradeOffer {
        guid: TradeOfferGuid,
        /// What a change has to be based on.
        time_stamp: Option<Timestamp>,
        contact_guid: ContactGuid,
        status: Option<TradeOfferStatus>,
        mail_out_status: Option<MailOutStatus>,
        latest_mail_out_type: Option<MailOutType>,
        /// The invoices that came of it.
        generated_vouchers: Option<Vec<Uuid>>,
        history: Option<Vec<TradeOfferEvent>>,
        created_at: Option<AuditTime>,
        updated_at: Option<AuditTime>,
        deleted_at: Option<AuditTime>,
    }
    /// A trade offer that was only computed.
    TradeOfferPreview { contact_guid: Option<ContactGuid> }
}

/// Something that happened to a trade offer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct TradeOfferEvent {
    pub status: Option<TradeOfferStatus>,
    pub updated_at: AuditTime,
    pub trade_offer_email_sent_at: Option<AuditTime>,
    pub confirmation_email_sent_at: Option<AuditTime>,
    #[serde(default, with = "rust_decimal::serde::float_option")]
    pub total_incl_vat: Option<Decimal>,
    pub currency: Option<String>,
}

/// Declares a voucher as it is written. An update replaces everything: what is `None` goes back to the default.
macro_rules! voucher_write {
    ($($(#[$doc:meta])* $name:ident($guid:ident) { $($(#[$attribute:meta])* $field:ident: $type:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "PascalCase")]
        #[expect(missing_docs, reason = "the API's own field names")]
        pub struct $name {
            /// The guid that a new one gets (fact sheet §8.4).
            #[serde(skip_serializing_if = "Option::is_none")]
            pub guid: Option<$guid>,
            $($(#[$attribute])* pub $field: $type,)*
            /// Whether prices on lines include VAT.
            pub show_lines_incl_vat: Option<bool>,
            pub invoice_template_id: Option<TemplateId>,
            /// ISO 4217; `None` is DKK.
            pub currency: Option<String>,
            /// `da-DK` or `en-GB`.
            pub language: Option<String>,
            /// At most 128 characters.
            pub external_reference: Option<String>,
            pub description: Option<String>,
            pub comment: Option<String>,
            /// `None` is today.
            pub date: Option<NaiveDate>,
            /// At least one.
            pub product_lines: Vec<SalesLine>,
            /// `None` is the contact's.
            pub address: Option<String>,
        }
    )*};
}

voucher_write! {
    /// An invoice as it is written.
    #[derive(Default)]
    InvoiceWrite(InvoiceGuid) {
        /// May be missing on a draft, but not when it is booked.
        contact_guid: Option<ContactGuid>,
        payment_condition_number_of_days: Option<i32>,
        payment_condition_type: Option<PaymentCondition>,
        #[serde(with = "rust_decimal::serde::float_option")]
        reminder_fee: Option<Decimal>,
        #[serde(with = "rust_decimal::serde::float_option")]
        reminder_interest_rate: Option<Decimal>,
        is_mobile_pay_invoice_enabled: Option<bool>,
        is_penso_pay_enabled: Option<bool>,
    }
    /// A credit note as it is written.
    #[derive(Default)]
    CreditNoteWrite(CreditNoteGuid) {
        contact_guid: Option<ContactGuid>,
        /// The invoice that it credits: booking sets it off against it.
        credit_note_for: Option<InvoiceGuid>,
    }
    /// A trade offer as it is written.
    TradeOfferWrite(TradeOfferGuid) { contact_guid: ContactGuid }
}

/// The answer to a create, an update, and to what makes one voucher of another.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", bound = "G: Deserialize<'de>")]
pub struct Stored<G> {
    /// Which one.
    pub guid: G,
    /// What the next change has to be based on.
    pub time_stamp: Option<Timestamp>,
}
