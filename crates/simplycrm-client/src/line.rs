//! The lines of invoices, quotes and orders (fact sheet §8.2).

use rust_decimal::Decimal;

use crate::element::Element;
use crate::id::WsId;
use crate::product::is_numbered;
use crate::record::{FieldError, Record};
use crate::value::FieldValue;

/// A discount, before tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discount {
    /// Percent.
    Percent(Decimal),
    /// An amount in the record's currency.
    Amount(Decimal),
}

/// A line as the server gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceLine {
    fields: Record,
}

impl From<Record> for InvoiceLine {
    fn from(fields: Record) -> Self {
        Self { fields }
    }
}

/// What the server adds to a line, and what does not survive a save.
const NOT_SAID_AGAIN: [&str; 7] =
    ["id", "parent_id", "sequence_no", "product_name", "entity_type", "deleted", "incrementondel"];

impl InvoiceLine {
    /// All fields of the line.
    #[must_use]
    pub fn fields(&self) -> &Record {
        &self.fields
    }

    /// The product or service; `None` when it was deleted.
    ///
    /// # Errors
    /// When the field is absent or no id.
    pub fn product(&self) -> Result<Option<WsId>, FieldError> {
        self.fields.reference("productid")
    }

    /// The product's name (7.1 and newer).
    #[must_use]
    pub fn product_name(&self) -> Option<String> {
        self.fields.display_text("product_name").ok().flatten()
    }

    /// The module of the product, `Products` or `Services` (7.1 and newer).
    #[must_use]
    pub fn product_module(&self) -> Option<String> {
        self.fields.text("entity_type").ok().flatten().map(Into::into)
    }

    /// The line's place, from 1.
    #[must_use]
    pub fn sequence(&self) -> Option<u32> {
        self.fields.text("sequence_no").ok().flatten()?.parse().ok()
    }

    /// How many.
    ///
    /// # Errors
    /// When the field is absent or no number.
    pub fn quantity(&self) -> Result<Decimal, FieldError> {
        Ok(self.fields.decimal("quantity")?.unwrap_or_default())
    }

    /// The price of one, before tax and discount, in the record's currency.
    ///
    /// # Errors
    /// When the field is absent or no number.
    pub fn list_price(&self) -> Result<Decimal, FieldError> {
        Ok(self.fields.decimal("listprice")?.unwrap_or_default())
    }

    /// The line's discount. An amount wins over a percentage.
    ///
    /// # Errors
    /// When one of the fields is no number.
    pub fn discount(&self) -> Result<Option<Discount>, FieldError> {
        nonzero_discount(&self.fields, "discount_amount", "discount_percent")
    }

    /// The text of the line.
    #[must_use]
    pub fn comment(&self) -> Option<String> {
        self.fields.text("comment").ok().flatten().map(Into::into)
    }

    /// The percentage of each tax that is not 0, by the tax's name (`tax1`).
    ///
    /// # Errors
    /// When one is no number.
    pub fn taxes(&self) -> Result<Vec<(String, Decimal)>, FieldError> {
        let mut taxes = Vec::new();
        for (name, _) in self.fields.iter().filter(|(name, _)| is_numbered(name, "tax")) {
            if let Some(percentage) = self.fields.decimal(name)?.filter(|percentage| !percentage.is_zero()) {
                taxes.push((name.to_owned(), percentage));
            }
        }
        Ok(taxes)
    }

    /// The line as it is sent again; `None` when its product is gone.
    pub(crate) fn said_again(&self) -> Option<Element> {
        self.product().ok().flatten()?;
        let amount_wins = matches!(self.discount(), Ok(Some(Discount::Amount(_))));
        let sent = self.fields.iter().filter(|(name, value)| match *name {
            "discount_percent" => !amount_wins,
            "discount_amount" => amount_wins,
            name => {
                let empty_tax = is_numbered(name, "tax") && value.is_blank();
                !NOT_SAID_AGAIN.contains(&name) && **value != FieldValue::Null && !empty_tax
            }
        });
        Some(sent.map(|(name, value)| (name.to_owned(), value.clone())).collect())
    }
}

/// A line to write. There are no lines without a product: use one product for free text.
///
/// ```
/// use rust_decimal::dec;
/// use simplycrm_client::{Discount, LineItem};
/// let line = LineItem::new("14x4".parse()?, dec!(2), dec!(100)).discount(Discount::Percent(dec!(10))).tax("tax1", dec!(25));
/// # let _ = line;
/// # Ok::<(), simplycrm_client::InvalidName>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineItem {
    element: Element,
}

impl LineItem {
    /// `quantity` of a product or service at `list_price` each, before tax. The price is always sent: left out, the
    /// server takes the product's, and 0 for services.
    #[must_use]
    pub fn new(product: WsId, quantity: Decimal, list_price: Decimal) -> Self {
        let element = Element::new()
            .reference("productid", product)
            .decimal("quantity", quantity)
            .decimal("listprice", list_price);
        Self { element }
    }

    /// With a discount instead of any other.
    #[must_use]
    pub fn discount(self, discount: Discount) -> Self {
        let zero = Decimal::ZERO;
        let (percent, amount) = match discount {
            Discount::Percent(percent) => (percent, zero),
            Discount::Amount(amount) => (zero, amount),
        };
        Self { element: self.element.decimal("discount_percent", percent).decimal("discount_amount", amount) }
    }

    /// With a tax, by its name (`tax1`) and percentage.
    #[must_use]
    pub fn tax(self, name: impl Into<String>, percentage: Decimal) -> Self {
        Self { element: self.element.decimal(name, percentage) }
    }

    /// With a text.
    #[must_use]
    pub fn comment(self, text: impl Into<String>) -> Self {
        Self { element: self.element.text("comment", text) }
    }

    /// The line as an element, to put under `LineItems`.
    #[must_use]
    pub fn element(&self) -> Element {
        self.element.clone()
    }
}

pub(crate) fn nonzero_discount(record: &Record, amount: &str, percent: &str) -> Result<Option<Discount>, FieldError> {
    let nonzero = |field: &str| match record.get(field) {
        Some(_) => Ok(record.decimal(field)?.filter(|number| !number.is_zero())),
        None => Ok(None),
    };
    Ok(match nonzero(amount)? {
        Some(amount) => Some(Discount::Amount(amount)),
        None => nonzero(percent)?.map(Discount::Percent),
    })
}
