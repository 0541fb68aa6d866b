//! Accounts, VAT types, accounting years, entries and countries (fact sheet §6.6, §7.7).

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::time::VoucherDate;
use super::vocabulary::SalarySumTaxState;
use crate::{ContactGuid, FileGuid, VoucherGuid};

/// An account of entries. A list shows the fields that were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct EntryAccount {
    pub account_number: i32,
    pub public_standard_number: Option<i32>,
    pub name: Option<String>,
    /// Decides the VAT of what is sold on it.
    pub vat_code: Option<String>,
    pub category: Option<String>,
    /// In Danish.
    pub category_name: Option<String>,
    pub is_hidden: Option<bool>,
    pub is_default_sales_account: Option<bool>,
}

/// A new account of entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct EntryAccountWrite {
    pub number: i32,
    pub public_standard_number: Option<i32>,
    pub name: String,
    /// A code of the VAT types, or `none`.
    pub vat_code: String,
}

/// An account that payments go to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct DepositAccount {
    pub account_number: i32,
    pub public_standard_number: Option<i32>,
    pub name: Option<String>,
    pub is_default: Option<bool>,
    pub is_hidden: Option<bool>,
    pub bank_registration_number: Option<String>,
    pub bank_account_number: Option<String>,
    pub bank_swift_number: Option<String>,
    pub bank_iban_number: Option<String>,
}

/// A new account that payments go to; usually 55000 to 55999.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct DepositAccountWrite {
    pub number: i32,
    pub public_standard_number: Option<i32>,
    pub name: String,
    pub registration_number: Option<String>,
    pub account_number: Option<String>,
    pub swift_number: Option<String>,
    pub iban_number: Option<String>,
}

/// A kind of VAT.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct VatType {
    pub vat_code: Option<String>,
    pub name: Option<String>,
    /// A fraction: 0.25.
    #[serde(with = "rust_decimal::serde::float")]
    pub vat_rate: Decimal,
}

/// An accounting year.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct AccountingYear {
    pub name: Option<String>,
    pub from_date: Option<VoucherDate>,
    pub to_date: Option<VoucherDate>,
    #[serde(rename = "SalarySumTaxStateEnum")]
    pub salary_sum_tax_state: SalarySumTaxState,
}

/// A country that contacts may be in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct Country {
    /// ISO 3166-1, two letters.
    pub key: String,
    pub danish_name: String,
    pub english_name: String,
}

/// An entry in the books.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct Entry {
    pub account_number: i32,
    pub account_name: Option<String>,
    pub date: Option<VoucherDate>,
    pub voucher_number: Option<i64>,
    pub voucher_guid: Option<VoucherGuid>,
    pub file_guid: Option<FileGuid>,
    pub voucher_type: Option<String>,
    pub description: Option<String>,
    pub vat_type: Option<String>,
    pub vat_code: Option<String>,
    /// DKK.
    #[serde(with = "rust_decimal::serde::float")]
    pub amount: Decimal,
    pub entry_guid: Option<Uuid>,
    pub contact_guid: Option<ContactGuid>,
    #[serde(rename = "Type")]
    pub kind: Option<String>,
}
