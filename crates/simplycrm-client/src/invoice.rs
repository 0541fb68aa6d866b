//! Invoices with their lines (fact sheet §8): reading them, and saying them again in full.

use std::fmt;

use rust_decimal::Decimal;

use crate::element::Element;
use crate::id::WsId;
use crate::line::{Discount, InvoiceLine, LineItem, nonzero_discount};
use crate::record::{FieldError, Record};
use crate::value::FieldValue;
use crate::whole;

/// An invoice: its header and its lines in order. Quotes and sales orders have the same form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    header: Record,
    lines: Vec<InvoiceLine>,
}

/// How the taxes of an invoice are computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaxMode {
    /// Each line by itself. A line's tax counts only if that tax is attached to the product (§8.3).
    Individual,
    /// The whole invoice at once, after the overall discount.
    Group,
    /// A mode this version does not know.
    Other(String),
}

impl TaxMode {
    /// The mode as the server writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Individual => "individual",
            Self::Group => "group",
            Self::Other(mode) => mode,
        }
    }

    fn from_wire(mode: &str) -> Self {
        match mode {
            "individual" => Self::Individual,
            "group" => Self::Group,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// What the server computed, in the invoice's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// The lines after their discounts; with individual taxes the taxes are in it.
    pub sub_total: Decimal,
    /// Before tax and after the overall discount.
    pub pre_tax_total: Option<Decimal>,
    /// Everything.
    pub grand_total: Decimal,
    /// Shipping and handling, or the sum of charges.
    pub charges: Decimal,
    /// Added at the very end; may be negative.
    pub adjustment: Decimal,
    /// What was paid.
    pub received: Decimal,
    /// What is left to pay, as of the last save.
    pub balance: Decimal,
}

impl TryFrom<Record> for Invoice {
    type Error = FieldError;

    /// # Errors
    /// When the record has no `LineItems`, as rows of a query have not: unknown lines are not the same as no lines.
    fn try_from(record: Record) -> Result<Self, FieldError> {
        let lines = match record.present("LineItems")? {
            FieldValue::Nested(serde_json::Value::Array(lines)) => lines.iter().map(record_of).collect(),
            blank if blank.is_blank() => Some(Vec::new()),
            _ => None,
        };
        let lines = lines.ok_or_else(|| {
            FieldError::malformed("LineItems", "a list of lines", &FieldValue::Nested(serde_json::Value::Null))
        })?;
        let mut lines: Vec<InvoiceLine> = lines.into_iter().map(InvoiceLine::from).collect();
        // The database gives them in any order; a line without a number goes last.
        lines.sort_by_key(|line| line.sequence().unwrap_or(u32::MAX));
        let header = Record::from_fields(record.into_iter().filter(|(name, _)| name != "LineItems"));
        Ok(Self { header, lines })
    }
}

fn record_of(line: &serde_json::Value) -> Option<Record> {
    let line = line.as_object()?;
    Some(Record::from_fields(line.iter().map(|(name, value)| (name.clone(), value.clone().into()))))
}

impl Invoice {
    /// The fields of the invoice itself.
    #[must_use]
    pub fn header(&self) -> &Record {
        &self.header
    }

    /// The lines in order.
    #[must_use]
    pub fn lines(&self) -> &[InvoiceLine] {
        &self.lines
    }

    /// The invoice's id.
    ///
    /// # Errors
    /// When it is missing.
    pub fn id(&self) -> Result<WsId, FieldError> {
        self.header.id()
    }

    /// How its taxes are computed; `None` when 8.x lost the mode because someone did not send it.
    ///
    /// # Errors
    /// When the field is absent.
    pub fn tax_mode(&self) -> Result<Option<TaxMode>, FieldError> {
        Ok(self.header.text("hdnTaxType")?.map(|mode| TaxMode::from_wire(&mode)))
    }

    /// The discount on the whole invoice. An amount wins over a percentage.
    ///
    /// # Errors
    /// When one of the fields is no number.
    pub fn discount(&self) -> Result<Option<Discount>, FieldError> {
        nonzero_discount(&self.header, "hdnDiscountAmount", "hdnDiscountPercent")
    }

    /// The currency its amounts are in.
    ///
    /// # Errors
    /// When the field is absent or no id.
    pub fn currency(&self) -> Result<Option<WsId>, FieldError> {
        self.header.reference("currency_id")
    }

    /// What the server computed.
    ///
    /// # Errors
    /// When an amount is absent or no number.
    pub fn totals(&self) -> Result<Totals, FieldError> {
        let amount = |field: &str| Ok(self.header.decimal(field)?.unwrap_or_default());
        let optional = |field: &str| match self.header.get(field) {
            Some(_) => self.header.decimal(field),
            None => Ok(None),
        };
        Ok(Totals {
            sub_total: amount("hdnSubTotal")?,
            pre_tax_total: optional("pre_tax_total")?,
            grand_total: amount("hdnGrandTotal")?,
            charges: optional("hdnS_H_Amount")?.unwrap_or_default(),
            adjustment: optional("txtAdjustment")?.unwrap_or_default(),
            received: optional("received")?.unwrap_or_default(),
            balance: optional("balance")?.unwrap_or_default(),
        })
    }

    /// The overall tax rates of an invoice with group tax, from the server's display data, as name and percentage.
    /// Empty when the server gave none.
    #[must_use]
    pub fn group_taxes(&self) -> Vec<(String, Decimal)> {
        let Some(FieldValue::Nested(details)) = self.header.get("LineItems_FinalDetails") else { return Vec::new() };
        let taxes = details.get("1").and_then(|first| first.get("final_details")).and_then(|all| all.get("taxes"));
        let taxes = taxes.and_then(serde_json::Value::as_object);
        taxes
            .into_iter()
            .flat_map(|taxes| taxes.values())
            .filter_map(|tax| {
                let percentage = Record::from_fields([("p".to_owned(), tax.get("percentage")?.clone().into())]);
                Some((tax.get("taxname")?.as_str()?.to_owned(), percentage.decimal("p").ok()??))
            })
            .collect()
    }

    /// The element that says this invoice again with `changes` in it: the whole header with tax mode, discounts,
    /// charges, adjustment and currency, and every line.
    ///
    /// # Errors
    /// When it has no lines, or a line's product is deleted.
    pub fn rebuilt(&self, changes: &InvoiceChanges) -> Result<Element, UnsayableLine> {
        let mut lines = Vec::new();
        match &changes.lines {
            Some(replaced) => lines.extend(replaced.iter().map(LineItem::element)),
            None => {
                for (nth, line) in self.lines.iter().enumerate() {
                    lines.push(line.said_again().ok_or(UnsayableLine::ProductDeleted(nth + 1))?);
                }
            }
        }
        let Some(first) = lines.first().and_then(|line| line.get("productid")).cloned() else {
            return Err(UnsayableLine::NoLines);
        };
        let header = whole::element(&self.header).merged(&changes.header);
        // The header repeats the first line's product, and is refused without it (§8.1).
        Ok(header.value("productid", first).list("LineItems", &lines))
    }
}

/// What to change in an invoice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InvoiceChanges {
    /// Fields of the header.
    pub header: Element,
    /// All lines anew; `None` keeps those that are there.
    pub lines: Option<Vec<LineItem>>,
}

/// Lines that the API has no words for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnsayableLine {
    /// An invoice needs a line.
    NoLines,
    /// The product of the line with this number is in the recycle bin.
    ProductDeleted(usize),
}

impl std::error::Error for UnsayableLine {}

impl fmt::Display for UnsayableLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoLines => f.write_str("an invoice needs at least one line"),
            Self::ProductDeleted(nth) => write!(
                f,
                "the product of line {nth} has been deleted, so the line would be lost; restore the product in the CRM"
            ),
        }
    }
}
