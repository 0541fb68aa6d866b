//! Notes on contacts, and statements of account (fact sheet §6.2, §7.1).

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::time::{AuditTime, seconds_or_null};
use crate::{ContactGuid, NoteGuid, VoucherGuid};

/// A note on a contact. A list shows the fields that were asked for, a single read all of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct ContactNote {
    pub id: NoteGuid,
    pub note_date: Option<AuditTime>,
    pub author_name: Option<String>,
    pub author_email: Option<String>,
    pub created_at: Option<AuditTime>,
    pub updated_at: Option<AuditTime>,
    pub deleted_at: Option<AuditTime>,
    pub text: Option<String>,
}

/// A note as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NoteWrite {
    /// Not empty.
    pub text: String,
}

/// The answer to a new note. The name is the API's; whether the guid is the note's is not known (fact sheet §6.2).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct NoteCreated {
    pub contact_guid: Option<Uuid>,
}

/// What a contact owes and is owed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct StateOfAccount {
    pub contact_guid: ContactGuid,
    #[serde(with = "rust_decimal::serde::float")]
    pub income: Decimal,
    #[serde(with = "rust_decimal::serde::float")]
    pub expenses: Decimal,
    pub entries: Option<Vec<StateOfAccountEntry>>,
}

/// A row of a statement of account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct StateOfAccountEntry {
    pub related_voucher_guid: VoucherGuid,
    pub related_voucher_number: Option<String>,
    pub date: AuditTime,
    pub decay_date: Option<AuditTime>,
    pub description: Option<String>,
    #[serde(rename = "Type")]
    pub kind: Option<String>,
    #[serde(with = "rust_decimal::serde::float")]
    pub amount: Decimal,
    #[serde(with = "rust_decimal::serde::float")]
    pub balance: Decimal,
    pub status: Option<String>,
    pub related_voucher_category: Option<String>,
    pub related_voucher_class: Option<String>,
    pub currency: Option<String>,
}

/// A mail with a statement of account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct StateOfAccountMail {
    pub sender: Option<String>,
    #[serde(rename = "CCToSender")]
    pub cc_to_sender: bool,
    pub receiver: Option<String>,
    pub subject: Option<String>,
    pub message: Option<String>,
    #[serde(serialize_with = "seconds_or_null")]
    pub from: Option<DateTime<Utc>>,
    #[serde(serialize_with = "seconds_or_null")]
    pub to: Option<DateTime<Utc>>,
    pub hide_closed: bool,
}
