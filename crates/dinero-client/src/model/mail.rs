//! Mails, electronic invoices and text messages (fact sheet §7.3).

use serde::{Deserialize, Serialize};

use super::time::AuditTime;
use super::vocabulary::{DeliveryStatus, MailOutType, PaymentMean};
use crate::Timestamp;

/// A mail with a voucher. `None` leaves a field to Dinero.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct Mail {
    /// Refused when the voucher has changed since.
    pub timestamp: Option<Timestamp>,
    /// The organisation's address by default.
    pub sender: Option<String>,
    pub cc_to_sender: Option<bool>,
    /// The contact's address by default; several are separated by commas.
    pub receiver: Option<String>,
    pub subject: Option<String>,
    /// Has to hold `[link-to-pdf]` (fact sheet §9 P21).
    pub message: Option<String>,
    pub add_voucher_as_pdf_attachment: Option<bool>,
    pub should_add_trust_pilot_email_as_bcc: bool,
}

/// To whom a mail went.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct MailSent {
    pub recipients: Option<Vec<Recipient>>,
}

/// One receiver.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct Recipient {
    pub email: Option<String>,
}

/// What a mail would say.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct MailTemplate {
    pub sender: Option<String>,
    pub receiver: Option<String>,
    pub subject: Option<String>,
    pub message: Option<String>,
    pub add_voucher_as_pdf_attachment: bool,
}

/// What a mail with an invoice would say, and whether it would go as a text message too.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct InvoiceMailTemplate {
    pub send_as_sms: bool,
    pub sms_receiver_phone_number: Option<String>,
    pub sender: Option<String>,
    pub receiver: Option<String>,
    pub subject: Option<String>,
    pub message: Option<String>,
    pub add_voucher_as_pdf_attachment: bool,
}

/// A mail or a text message that went out.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct MailOut {
    pub id: i32,
    pub date: AuditTime,
    /// First seen by the receiver.
    pub seen_at: Option<AuditTime>,
    pub sender: Option<String>,
    pub receiver: Option<String>,
    pub subject: Option<String>,
    pub message: Option<String>,
    pub download_count: i32,
    pub print_count: i32,
    #[serde(rename = "Type")]
    pub kind: Option<MailOutType>,
    pub status: Option<DeliveryStatus>,
    pub latest_event: Option<String>,
    pub is_sms_message: bool,
    #[serde(rename = "CCToSender")]
    pub cc_to_sender: bool,
}

/// An electronic invoice or credit note. It goes to the number that the contact has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct ElectronicInvoice {
    pub order_reference: Option<String>,
    /// In place of the contact's.
    pub att_person: Option<String>,
    /// Refused when the voucher has changed since.
    pub timestamp: Option<Timestamp>,
    #[serde(rename = "PaymentMeanEnum")]
    pub payment_mean: PaymentMean,
}

/// A reminder sent electronically.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct ElectronicReminder {
    pub att_person: Option<String>,
    pub timestamp: Option<Timestamp>,
    pub receiver_ean_number: Option<String>,
    #[serde(rename = "PaymentMeanEnum")]
    pub payment_mean: PaymentMean,
}

/// A text message about a booked invoice. It costs money (fact sheet §6.12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct TextMessage {
    pub receiver_phone_number: String,
    pub receiver_name: String,
    pub timestamp: Timestamp,
    pub is_reminder: bool,
    pub message: Option<String>,
}
