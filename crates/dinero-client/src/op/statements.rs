//! Statements of account (fact sheet §6.2).

use chrono::{DateTime, Utc};

use super::operations;
use crate::ContactGuid;
use crate::model::{StateOfAccount, StateOfAccountMail};

operations! {
    /// What a contact owes and is owed.
    GetStateOfAccount {
        /// Whose.
        contact: ContactGuid,
        /// From when.
        from: Option<DateTime<Utc>>,
        /// Until when.
        to: Option<DateTime<Utc>>,
        /// Leaves out what is settled.
        hide_closed: bool,
    }
    "contacts.statement": Read,
    GET "v1" ["state-of-account", contact].time("from", *from).time("to", *to).query("hideClosed", Some(hide_closed))
        => json StateOfAccount;

    /// The same as a PDF.
    GetStateOfAccountPdf {
        /// Whose.
        contact: ContactGuid,
        /// From when.
        from: Option<DateTime<Utc>>,
        /// Until when.
        to: Option<DateTime<Utc>>,
        /// Leaves out what is settled.
        hide_closed: bool,
    }
    "contacts.statement.pdf": Read,
    GET "v1" ["state-of-account", contact, "pdf"]
        .time("from", *from).time("to", *to).query("hideClosed", Some(hide_closed)).expecting_file()
        => bytes;

    /// Mails a statement of account.
    EmailStateOfAccount {
        /// Whose.
        contact: ContactGuid,
        /// What it says.
        mail: StateOfAccountMail,
    }
    "contacts.statement.email": UnsafeWrite, POST "v1" ["state-of-account", contact, "email"].json(mail) => nothing;
}
