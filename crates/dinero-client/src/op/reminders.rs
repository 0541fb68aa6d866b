//! Formal reminders of overdue invoices (fact sheet §6.4).

use chrono::{DateTime, Utc};

use super::operations;
use crate::model::{ElectronicReminder, Mail, MailSent, MailTemplate, Reminder, ReminderDraft, ReminderWrite};
use crate::{InvoiceGuid, ReminderId, Timestamp};

operations! {
    /// All reminders of an invoice.
    ListReminders {
        /// Of which invoice.
        invoice: InvoiceGuid,
        /// Only those made or changed after this time.
        changes_since: Option<DateTime<Utc>>,
    }
    "reminders.list": Read,
    GET "v1" ["invoices", invoice, "reminders"].time("changesSince", *changes_since) => json Vec<Reminder>;

    /// Makes a draft.
    CreateReminder {
        /// Of which invoice.
        invoice: InvoiceGuid,
        /// The reminder.
        reminder: ReminderWrite,
    }
    "reminders.create": UnsafeWrite, POST "v1" ["invoices", invoice, "reminders"].json(reminder) => json Reminder;

    /// One reminder.
    GetReminder {
        /// Of which invoice.
        invoice: InvoiceGuid,
        /// Which one.
        id: ReminderId,
    }
    "reminders.get": Read, GET "v1" ["invoices", invoice, "reminders", id] => json Reminder;

    /// A reminder as a PDF.
    GetReminderPdf {
        /// Of which invoice.
        invoice: InvoiceGuid,
        /// Which one.
        id: ReminderId,
    }
    "reminders.pdf": Read, GET "v1" ["invoices", invoice, "reminders", id].expecting_file() => bytes;

    /// Replaces a draft.
    UpdateReminder {
        /// Of which invoice.
        invoice: InvoiceGuid,
        /// Which one.
        id: ReminderId,
        /// Everything.
        reminder: ReminderWrite,
    }
    "reminders.update": UnsafeWrite, PUT "v1" ["invoices", invoice, "reminders", id].json(reminder) => json Reminder;

    /// Deletes a reminder. A booked one is offset by an entry.
    DeleteReminder {
        /// Of which invoice.
        invoice: InvoiceGuid,
        /// Which one.
        id: ReminderId,
        /// What it looked like.
        timestamp: Timestamp,
    }
    "reminders.delete": UnsafeWrite,
    DELETE "v1" ["invoices", invoice, "reminders", id].stamp(Some(timestamp)) => nothing;

    /// What the next reminder would be.
    GetNextReminder {
        /// Of which invoice.
        invoice: InvoiceGuid,
    }
    "reminders.next": Read, GET "v1" ["invoices", invoice, "reminders", "next"] => json Reminder;

    /// Computes a reminder and stores nothing.
    PreviewReminder {
        /// Of which invoice.
        invoice: InvoiceGuid,
        /// The reminder.
        reminder: ReminderDraft,
    }
    "reminders.preview": Read, POST "v1" ["invoices", invoice, "reminders", "fetch"].json(reminder) => json Reminder;

    /// Books a draft.
    BookReminder {
        /// Of which invoice.
        invoice: InvoiceGuid,
        /// Which one.
        id: ReminderId,
        /// What it looked like.
        timestamp: Timestamp,
    }
    "reminders.book": UnsafeWrite,
    POST "v1" ["invoices", invoice, "reminders", id, "book"].stamp(Some(timestamp)) => json Reminder;

    /// What a mail with the reminder would say.
    GetReminderEmailTemplate {
        /// Of which invoice.
        invoice: InvoiceGuid,
    }
    "reminders.email.template": Read,
    GET "v1" ["invoices", invoice, "reminders", "email", "template"] => json MailTemplate;

    /// Mails the reminder.
    EmailReminder {
        /// Of which invoice.
        invoice: InvoiceGuid,
        /// What it says.
        mail: Mail,
    }
    "reminders.email": UnsafeWrite, POST "v1" ["invoices", invoice, "reminders", "email"].json(mail) => json MailSent;

    /// Sends a reminder electronically.
    SendElectronicReminder {
        /// Of which invoice.
        invoice: InvoiceGuid,
        /// Which one.
        id: ReminderId,
        /// How.
        reminder: ElectronicReminder,
    }
    "reminders.e_reminder": UnsafeWrite,
    POST "v1" ["invoices", invoice, "reminders", id, "e-reminder"].json(reminder) => nothing;
}
