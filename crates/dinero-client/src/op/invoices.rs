//! Invoices (fact sheet §6.4, §6.12). What depends on a time stamp is not sent twice: the first time may have made the time
//! stamp outdated, and the second answer would then tell of a conflict that there is not.

use chrono::{DateTime, Utc};

use super::operations;
use crate::model::{
    ElectronicInvoice, Invoice, InvoiceMailTemplate, InvoicePreview, InvoiceTemplate, InvoiceWrite, Mail, MailOut,
    MailSent, MailTemplate, PaymentCreated, PaymentDeleted, PaymentWrite, Payments, Stored, TextMessage,
};
use crate::{CreditNoteGuid, InvoiceGuid, PaymentGuid, Timestamp};

/// What booking says.
#[derive(serde::Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Book<'a> {
    pub(super) number: Option<i64>,
    pub(super) timestamp: &'a Timestamp,
}

operations! {
    /// Makes a draft. With a guid of the caller's choice it may be sent again: a second time is refused as a duplicate.
    CreateInvoice {
        /// The invoice.
        invoice: InvoiceWrite,
    }
    "invoices.create": IdempotentWrite when |it: &Self| it.invoice.guid.is_some(),
    POST "v1" ["invoices"].json(invoice) => json Stored<InvoiceGuid>;

    /// Computes totals and stores nothing.
    PreviewInvoice {
        /// The invoice.
        invoice: InvoiceWrite,
    }
    "invoices.preview": Read, POST "v1" ["invoices", "fetch"].json(invoice) => json InvoicePreview;

    /// One invoice, in full.
    GetInvoice {
        /// Which one.
        guid: InvoiceGuid,
    }
    "invoices.get": Read, GET "v1" ["invoices", guid] => json Invoice;

    /// A booked invoice as a PDF.
    GetInvoicePdf {
        /// Which one.
        guid: InvoiceGuid,
    }
    "invoices.pdf": Read, GET "v1" ["invoices", guid].expecting_file() => bytes;

    /// Replaces a draft as a whole.
    UpdateInvoice {
        /// Which one.
        guid: InvoiceGuid,
        /// What it looked like.
        timestamp: Timestamp,
        /// Everything.
        invoice: InvoiceWrite,
    }
    "invoices.update": UnsafeWrite,
    PUT "v1.2" ["invoices", guid].stamped(timestamp, invoice) => json Stored<InvoiceGuid>;

    /// Deletes a draft. A booked invoice takes a credit note.
    DeleteInvoice {
        /// Which one.
        guid: InvoiceGuid,
        /// What it looked like; `None`: whatever it looks like.
        timestamp: Option<Timestamp>,
    }
    "invoices.delete": IdempotentWrite, DELETE "v1" ["invoices", guid].stamp(timestamp.as_ref()) => nothing;

    /// Posts a draft to the accounts, for good.
    BookInvoice {
        /// Which one.
        guid: InvoiceGuid,
        /// What it looked like.
        timestamp: Timestamp,
        /// A number of one's own; `None`: the next.
        number: Option<i64>,
    }
    "invoices.book": UnsafeWrite,
    POST "v1" ["invoices", guid, "book"].json(&Book { number: *number, timestamp }) => json Invoice;

    /// Mails a booked invoice.
    EmailInvoice {
        /// Which one.
        guid: InvoiceGuid,
        /// What it says.
        mail: Mail,
    }
    "invoices.email": UnsafeWrite, POST "v1" ["invoices", guid, "email"].json(mail) => json MailSent;

    /// What a mail would say.
    GetInvoiceEmailTemplate {
        /// About which one.
        guid: InvoiceGuid,
    }
    "invoices.email.template": Read,
    GET "v2" ["invoices", guid, "email", "template"] => json InvoiceMailTemplate;

    /// Mails a friendly reminder of an overdue invoice. It is no formal reminder.
    EmailPreReminder {
        /// About which one.
        guid: InvoiceGuid,
        /// What it says.
        mail: Mail,
    }
    "invoices.email.pre_reminder": UnsafeWrite,
    POST "v1" ["invoices", guid, "email", "pre-reminder"].json(mail) => nothing;

    /// What a friendly reminder would say.
    GetPreReminderTemplate {
        /// About which one.
        guid: InvoiceGuid,
    }
    "invoices.email.pre_reminder.template": Read,
    GET "v1" ["invoices", guid, "email", "pre-reminder", "template"] => json MailTemplate;

    /// Sends a booked invoice electronically.
    SendElectronicInvoice {
        /// Which one.
        guid: InvoiceGuid,
        /// How.
        invoice: ElectronicInvoice,
    }
    "invoices.e_invoice": UnsafeWrite, POST "v3" ["invoices", guid, "e-invoice"].json(invoice) => nothing;

    /// Registers a payment of a booked invoice.
    CreatePayment {
        /// Of which one.
        invoice: InvoiceGuid,
        /// The payment.
        payment: PaymentWrite,
    }
    "invoices.payments.create": UnsafeWrite,
    POST "v1" ["invoices", invoice, "payments"].json(payment) => json PaymentCreated;

    /// All payments, and what is left.
    GetPayments {
        /// Of which one.
        invoice: InvoiceGuid,
    }
    "invoices.payments.list": Read, GET "v2" ["invoices", invoice, "payments"] => json Payments;

    /// Takes a payment away.
    DeletePayment {
        /// Of which invoice.
        invoice: InvoiceGuid,
        /// Which one.
        payment: PaymentGuid,
        /// What the invoice looked like.
        timestamp: Timestamp,
    }
    "invoices.payments.delete": UnsafeWrite,
    DELETE "v1" ["invoices", invoice, "payments", payment].stamp(Some(timestamp)) => json PaymentDeleted;

    /// Makes a draft of a credit note for the whole of a booked invoice.
    GenerateCreditNote {
        /// For which one.
        invoice: InvoiceGuid,
        /// What it looked like; `None`: whatever it looks like.
        timestamp: Option<Timestamp>,
    }
    "invoices.generate_credit_note": UnsafeWrite,
    POST "v1" ["invoices", invoice, "generate-creditnote"].stamp(timestamp.as_ref()) => json Stored<CreditNoteGuid>;

    /// The designs of vouchers.
    ListInvoiceTemplates {}
    "invoices.templates": Read, GET "v1" ["invoices", "templates"] => json Vec<InvoiceTemplate>;

    /// Mails and text messages about an invoice.
    ListInvoiceMailOuts {
        /// About which one.
        guid: InvoiceGuid,
        /// Only those made or changed after this time.
        changes_since: Option<DateTime<Utc>>,
        /// Whether text messages count.
        include_sms: bool,
    }
    "invoices.mailouts": Read,
    GET "v1" ["invoices", guid, "mailouts"].time("changesSince", *changes_since).query("includeSms", Some(include_sms))
        => json Vec<MailOut>;

    /// Sends a text message about a booked invoice. It costs money.
    SendTextMessage {
        /// About which one.
        invoice: InvoiceGuid,
        /// What it says.
        message: TextMessage,
    }
    "sms.send": UnsafeWrite, POST "v1" ["sms", invoice, "send-sms"].json(message) => nothing;
}
