//! Contacts: companies and private persons (fact sheet §7.1).

use serde::{Deserialize, Serialize};

use super::known::{Known, known};
use super::time::AuditTime;
use crate::ContactGuid;

/// A contact as it is read. A list shows the fields that were asked for, a single read all of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct Contact {
    #[serde(default, deserialize_with = "known")]
    pub name: Known<String>,
    pub contact_guid: ContactGuid,
    #[serde(default, deserialize_with = "known")]
    pub external_reference: Known<String>,
    #[serde(default, deserialize_with = "known")]
    pub is_person: Known<bool>,
    #[serde(default, deserialize_with = "known")]
    pub street: Known<String>,
    #[serde(default, deserialize_with = "known")]
    pub zip_code: Known<String>,
    #[serde(default, deserialize_with = "known")]
    pub city: Known<String>,
    #[serde(default, deserialize_with = "known")]
    pub country_key: Known<String>,
    #[serde(default, deserialize_with = "known")]
    pub phone: Known<String>,
    #[serde(default, deserialize_with = "known")]
    pub email: Known<String>,
    #[serde(default, deserialize_with = "known")]
    pub webpage: Known<String>,
    #[serde(default, deserialize_with = "known")]
    pub att_person: Known<String>,
    #[serde(default, deserialize_with = "known")]
    pub vat_number: Known<String>,
    #[serde(default, deserialize_with = "known")]
    pub ean_number: Known<String>,
    #[serde(default, deserialize_with = "known")]
    pub payment_condition_type: Known<String>,
    #[serde(default, deserialize_with = "known")]
    pub payment_condition_number_of_days: Known<i64>,
    #[serde(default, deserialize_with = "known")]
    pub is_member: Known<bool>,
    #[serde(default, deserialize_with = "known")]
    pub member_number: Known<String>,
    #[serde(default, deserialize_with = "known")]
    pub company_status: Known<String>,
    #[serde(default, deserialize_with = "known")]
    pub vat_region_key: Known<String>,
    #[serde(default)]
    pub created_at: Option<AuditTime>,
    #[serde(default)]
    pub updated_at: Option<AuditTime>,
    #[serde(default)]
    pub deleted_at: Option<AuditTime>,
    #[serde(default, deserialize_with = "known")]
    pub preferred_invoice_language_key: Known<String>,
    #[serde(default, deserialize_with = "known")]
    pub preferred_invoice_currency_key: Known<String>,
    #[serde(default, deserialize_with = "known", rename = "SENumber")]
    pub se_number: Known<String>,
    #[serde(default, deserialize_with = "known", rename = "PNumber")]
    pub p_number: Known<String>,
    #[serde(default, deserialize_with = "known")]
    pub use_cvr: Known<bool>,
    #[serde(default, deserialize_with = "known")]
    pub company_type_key: Known<String>,
    #[serde(default, deserialize_with = "known")]
    pub invoice_mail_out_option_key: Known<String>,
    #[serde(default, deserialize_with = "known")]
    pub is_debitor: Known<bool>,
    #[serde(default, deserialize_with = "known")]
    pub is_creditor: Known<bool>,
}

/// A contact as it is written. An update replaces everything: what is `None` is emptied.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct ContactWrite {
    /// Only for a create: the guid that the new contact gets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_guid: Option<ContactGuid>,
    pub external_reference: Option<String>,
    pub name: String,
    pub street: Option<String>,
    pub zip_code: Option<String>,
    pub city: Option<String>,
    pub country_key: String,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub webpage: Option<String>,
    pub att_person: Option<String>,
    pub vat_number: Option<String>,
    pub ean_number: Option<String>,
    #[serde(rename = "SENumber")]
    pub se_number: Option<String>,
    #[serde(rename = "PNumber")]
    pub p_number: Option<String>,
    pub payment_condition_type: Option<String>,
    pub payment_condition_number_of_days: Option<i64>,
    pub is_person: bool,
    pub is_member: bool,
    pub member_number: Option<String>,
    pub use_cvr: bool,
    pub company_type_key: Option<String>,
    pub invoice_mail_out_option_key: Option<String>,
    pub preferred_invoice_language_key: Option<String>,
    pub preferred_invoice_currency_key: Option<String>,
}

/// The answer to a create.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ContactCreated {
    /// The new contact.
    pub contact_guid: ContactGuid,
}
