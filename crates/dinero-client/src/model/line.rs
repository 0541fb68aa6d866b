//! Lines of sales vouchers (fact sheet §7.3). There is no VAT on a line: it follows the account (§8.5).

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::vocabulary::{LineType, TotalLineType, Unit};
use crate::ProductGuid;

/// A line as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SalesLine {
    /// Something that is sold.
    Goods(Goods),
    /// Bold text alone.
    Text(String),
}

/// Something that is sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goods {
    /// What it is.
    pub what: What,
    /// More text under the line.
    pub comments: Option<String>,
    /// The price of one, net unless the voucher shows its lines with VAT.
    pub base_amount_value: Decimal,
    /// How many; decimals are allowed.
    pub quantity: Decimal,
    /// The sales account, which decides the VAT.
    pub account_number: i32,
    /// What it is counted in.
    pub unit: Unit,
    /// Percent, 0 to 100.
    pub discount: Decimal,
}

/// What a line sells: a product, whose name the line then shows, or what the description says. Never both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// This product.
    Product(ProductGuid),
    /// What these words say.
    Described(String),
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Written<'a> {
    #[serde(with = "rust_decimal::serde::float")]
    base_amount_value: Decimal,
    product_guid: Option<ProductGuid>,
    description: Option<&'a str>,
    comments: Option<&'a str>,
    #[serde(with = "rust_decimal::serde::float")]
    quantity: Decimal,
    account_number: i32,
    unit: Option<&'a Unit>,
    #[serde(with = "rust_decimal::serde::float")]
    discount: Decimal,
    line_type: LineType,
}

impl Serialize for SalesLine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = match self {
            Self::Goods(goods) => {
                let (product_guid, description) = match &goods.what {
                    What::Product(guid) => (Some(*guid), None),
                    What::Described(words) => (None, Some(words.as_str())),
                };
                Written {
                    base_amount_value: goods.base_amount_value,
                    product_guid,
                    description,
                    comments: goods.comments.as_deref(),
                    quantity: goods.quantity,
                    account_number: goods.account_number,
                    unit: Some(&goods.unit),
                    discount: goods.discount,
                    line_type: LineType::Product,
                }
            }
            Self::Text(words) => Written {
                base_amount_value: Decimal::ZERO,
                product_guid: None,
                description: Some(words),
                comments: None,
                quantity: Decimal::ZERO,
                account_number: 0,
                unit: None,
                discount: Decimal::ZERO,
                line_type: LineType::Text,
            },
        };
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SalesLine {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let kept = Kept::deserialize(deserializer)?;
        let description = kept.description.unwrap_or_default();
        if kept.line_type == Some(LineType::Text) {
            return Ok(Self::Text(description));
        }
        Ok(Self::Goods(Goods {
            what: kept.product_guid.map_or(What::Described(description), What::Product),
            comments: kept.comments,
            base_amount_value: kept.base_amount_value,
            quantity: kept.quantity,
            account_number: kept.account_number,
            unit: kept.unit.unwrap_or(Unit::Parts),
            discount: kept.discount,
        }))
    }
}

/// A line that was written down.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Kept {
    #[serde(with = "rust_decimal::serde::float")]
    base_amount_value: Decimal,
    product_guid: Option<ProductGuid>,
    description: Option<String>,
    comments: Option<String>,
    #[serde(with = "rust_decimal::serde::float")]
    quantity: Decimal,
    account_number: i32,
    unit: Option<Unit>,
    #[serde(with = "rust_decimal::serde::float")]
    discount: Decimal,
    line_type: Option<LineType>,
}

/// A line as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct SalesLineRead {
    pub account_name: Option<String>,
    #[serde(with = "rust_decimal::serde::float")]
    pub base_amount_value: Decimal,
    #[serde(with = "rust_decimal::serde::float")]
    pub base_amount_value_incl_vat: Decimal,
    #[serde(with = "rust_decimal::serde::float")]
    pub total_amount: Decimal,
    #[serde(with = "rust_decimal::serde::float")]
    pub total_amount_incl_vat: Decimal,
    pub product_guid: Option<ProductGuid>,
    /// Always filled, also with a product.
    pub description: Option<String>,
    pub comments: Option<String>,
    #[serde(with = "rust_decimal::serde::float")]
    pub quantity: Decimal,
    pub account_number: i32,
    pub unit: Option<Unit>,
    /// Percent.
    #[serde(with = "rust_decimal::serde::float")]
    pub discount: Decimal,
    pub line_type: Option<LineType>,
}

/// A row of the sums under a voucher, for display.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct TotalLine {
    #[serde(rename = "Type")]
    pub kind: Option<TotalLineType>,
    #[serde(with = "rust_decimal::serde::float")]
    pub total_amount: Decimal,
    pub position: Option<i32>,
    pub label: Option<String>,
}
