//! A line as both systems mean it: prices without VAT, the VAT as a rate.

use rust_decimal::Decimal;
use sync_model::RecordKey;

/// A line of an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// Something that is sold, or an amount that is added or taken off.
    Goods(Goods),
    /// Words alone.
    Text(String),
}

/// Something that is sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goods {
    /// The product, where the line names one.
    pub product: Option<RecordKey>,
    /// What it is called. With a product, that one's name counts.
    pub text: String,
    /// More text under the line.
    pub comment: String,
    /// How many.
    pub quantity: Decimal,
    /// The price of one.
    pub price: Decimal,
    /// The discount in percent.
    pub discount: Decimal,
    /// The VAT it carries.
    pub vat: Vat,
}

/// The VAT of a line. In Dinero it follows from the account that the line is posted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vat {
    /// This rate in percent, posted to the account that the settings name for it.
    Rate(Decimal),
    /// No VAT, posted to this account.
    FreeOn(u32),
}

impl Vat {
    /// The rate in percent.
    #[must_use]
    pub fn rate(self) -> Decimal {
        match self {
            Self::Rate(rate) => rate.normalize(),
            Self::FreeOn(_) => Decimal::ZERO,
        }
    }
}

impl Goods {
    /// Goods without product, comment and discount.
    pub fn new(text: impl Into<String>, quantity: Decimal, price: Decimal, vat: Vat) -> Self {
        let (text, comment) = (text.into(), String::new());
        Self { product: None, text, comment, quantity, price, discount: Decimal::ZERO, vat }
    }

    /// Quantity times price less the discount, exactly.
    #[must_use]
    pub fn amount(&self) -> Decimal {
        let full = self.quantity.saturating_mul(self.price);
        full.saturating_mul(Decimal::ONE_HUNDRED - self.discount) / Decimal::ONE_HUNDRED
    }
}
