//! Credit notes (fact sheet §6.5). Time stamps as with invoices.

use chrono::{DateTime, Utc};

use super::invoices::Book;
use super::operations;
use crate::model::{
    CreditNote, CreditNotePreview, CreditNoteWrite, ElectronicInvoice, Mail, MailOut, MailSent, MailTemplate,
    PaymentCreated, PaymentDeleted, PaymentWrite, Payments, Stored,
};
use crate::{CreditNoteGuid, PaymentGuid, Timestamp};

operations! {
    /// Makes a draft. With a guid of the caller's choice it may be sent again: a second time is refused as a duplicate.
    CreateCreditNote {
        /// The credit note.
        credit_note: CreditNoteWrite,
    }
    "credit_notes.create": IdempotentWrite when |it: &Self| it.credit_note.guid.is_some(),
    POST "v1" ["sales", "creditnotes"].json(credit_note) => json Stored<CreditNoteGuid>;

    /// Computes totals and stores nothing.
    PreviewCreditNote {
        /// The credit note.
        credit_note: CreditNoteWrite,
    }
    "credit_notes.preview": Read,
    POST "v1" ["sales", "creditnotes", "fetch"].json(credit_note) => json CreditNotePreview;

    /// One credit note, in full.
    GetCreditNote {
        /// Which one.
        guid: CreditNoteGuid,
    }
    "credit_notes.get": Read, GET "v1" ["sales", "creditnotes", guid] => json CreditNote;

    /// A booked credit note as a PDF.
    GetCreditNotePdf {
        /// Which one.
        guid: CreditNoteGuid,
    }
    "credit_notes.pdf": Read, GET "v1" ["sales", "creditnotes", guid, "pdf"].expecting_file() => bytes;

    /// Replaces a draft as a whole.
    UpdateCreditNote {
        /// Which one.
        guid: CreditNoteGuid,
        /// What it looked like.
        timestamp: Timestamp,
        /// Everything.
        credit_note: CreditNoteWrite,
    }
    "credit_notes.update": UnsafeWrite,
    PUT "v1.2" ["sales", "creditnotes", guid].stamped(timestamp, credit_note) => json Stored<CreditNoteGuid>;

    /// Deletes a draft.
    DeleteCreditNote {
        /// Which one.
        guid: CreditNoteGuid,
        /// What it looked like; `None`: whatever it looks like.
        timestamp: Option<Timestamp>,
    }
    "credit_notes.delete": IdempotentWrite,
    DELETE "v1" ["sales", "creditnotes", guid].stamp(timestamp.as_ref()) => nothing;

    /// Posts a draft to the accounts, for good, and sets it off against its invoice.
    BookCreditNote {
        /// Which one.
        guid: CreditNoteGuid,
        /// What it looked like.
        timestamp: Timestamp,
        /// A number of one's own; `None`: the next.
        number: Option<i64>,
    }
    "credit_notes.book": UnsafeWrite,
    POST "v1" ["sales", "creditnotes", guid, "book"].json(&Book { number: *number, timestamp }) => json CreditNote;

    /// Mails a booked credit note.
    EmailCreditNote {
        /// Which one.
        guid: CreditNoteGuid,
        /// What it says.
        mail: Mail,
    }
    "credit_notes.email": UnsafeWrite,
    POST "v1" ["sales", "creditnotes", guid, "email"].json(mail) => json MailSent;

    /// What a mail would say.
    GetCreditNoteEmailTemplate {
        /// About which one.
        guid: CreditNoteGuid,
    }
    "credit_notes.email.template": Read,
    GET "v1" ["sales", "creditnotes", guid, "email", "template"] => json MailTemplate;

    /// Sends a booked credit note electronically.
    SendElectronicCreditNote {
        /// Which one.
        guid: CreditNoteGuid,
        /// How.
        credit_note: ElectronicInvoice,
    }
    "credit_notes.e_credit_note": UnsafeWrite,
    POST "v3" ["sales", "creditnotes", guid, "e-creditNote"].json(credit_note) => nothing;

    /// Mails about a credit note.
    ListCreditNoteMailOuts {
        /// About which one.
        guid: CreditNoteGuid,
        /// Only those made or changed after this time.
        changes_since: Option<DateTime<Utc>>,
    }
    "credit_notes.mailouts": Read,
    GET "v1" ["sales", "creditnotes", guid, "mailouts"].time("changesSince", *changes_since) => json Vec<MailOut>;

    /// Registers a payment of a booked credit note.
    CreateCreditNotePayment {
        /// Of which one.
        credit_note: CreditNoteGuid,
        /// The payment.
        payment: PaymentWrite,
    }
    "credit_notes.payments.create": UnsafeWrite,
    POST "v1" ["sales", "creditnotes", credit_note, "payments"].json(payment) => json PaymentCreated;

    /// All payments, and what is left.
    GetCreditNotePayments {
        /// Of which one.
        credit_note: CreditNoteGuid,
    }
    "credit_notes.payments.list": Read,
    GET "v1" ["sales", "creditnotes", credit_note, "payments"] => json Payments;

    /// Takes a payment away.
    DeleteCreditNotePayment {
        /// Of which credit note.
        credit_note: CreditNoteGuid,
        /// Which one.
        payment: PaymentGuid,
        /// What the credit note looked like; `None`: whatever it looks like.
        timestamp: Option<Timestamp>,
    }
    "credit_notes.payments.delete": UnsafeWrite,
    DELETE "v1" ["sales", "creditnotes", credit_note, "payments", payment].stamp(timestamp.as_ref())
        => json PaymentDeleted;
}
