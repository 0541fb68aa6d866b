//! Products (fact sheet §7.2). Amounts are net, in the organisation's currency.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::known::{Known, known, known_decimal};
use super::time::AuditTime;
use crate::ProductGuid;

/// A product as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct Product {
    #[serde(default, deserialize_with = "known")]
    pub name: Known<String>,
    pub product_guid: ProductGuid,
    #[serde(default, deserialize_with = "known")]
    pub product_number: Known<String>,
    #[serde(default, deserialize_with = "known_decimal")]
    pub quantity: Known<Decimal>,
    #[serde(default, deserialize_with = "known")]
    pub unit: Known<String>,
    #[serde(default, deserialize_with = "known")]
    pub account_number: Known<i64>,
    #[serde(default, deserialize_with = "known_decimal")]
    pub base_amount_value: Known<Decimal>,
    #[serde(default, deserialize_with = "known_decimal")]
    pub base_amount_value_incl_vat: Known<Decimal>,
    #[serde(default, deserialize_with = "known_decimal")]
    pub total_amount: Known<Decimal>,
    #[serde(default, deserialize_with = "known_decimal")]
    pub total_amount_incl_vat: Known<Decimal>,
    #[serde(default, deserialize_with = "known")]
    pub external_reference: Known<String>,
    #[serde(default)]
    pub created_at: Option<AuditTime>,
    #[serde(default)]
    pub updated_at: Option<AuditTime>,
    #[serde(default)]
    pub deleted_at: Option<AuditTime>,
    #[serde(default, deserialize_with = "known")]
    pub comment: Known<String>,
}

/// A product as it is written. An update replaces everything: what is `None` is emptied.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct ProductWrite {
    pub product_number: Option<String>,
    pub name: Option<String>,
    #[serde(with = "rust_decimal::serde::float")]
    pub base_amount_value: Decimal,
    #[serde(with = "rust_decimal::serde::float")]
    pub quantity: Decimal,
    pub account_number: i64,
    pub unit: String,
    pub external_reference: Option<String>,
    pub comment: Option<String>,
}

/// The answer to a create.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProductCreated {
    /// The new product.
    pub product_guid: ProductGuid,
}
