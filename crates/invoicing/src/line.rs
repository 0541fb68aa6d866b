//! A line as both systems mean it: prices without VAT, the VAT as a rate.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
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
    /// No VAT, because the customer is abroad; it has an account of its own, for the VAT return tells it apart.
    Abroad(Zone),
}

/// Where a customer abroad is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Zone {
    /// In another country of the European Union.
    Eu,
    /// Anywhere else.
    World,
}

impl Zone {
    /// Its word in settings.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Eu => "eu",
            Self::World => "world",
        }
    }

    /// The zone of a word in settings.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Eu, Self::World].into_iter().find(|zone| zone.word() == word)
    }

    /// The zone of a country, by its ISO code; `None` for Denmark.
    #[must_use]
    pub fn of_country(code: &str) -> Option<Self> {
        match code {
            "DK" => None,
            _ if UNION.contains(&code) => Some(Self::Eu),
            _ => Some(Self::World),
        }
    }
}

/// The countries of the European Union but Denmark.
const UNION: [&str; 26] = [
    "AT", "BE", "BG", "HR", "CY", "CZ", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU", "MT", "NL",
    "PL", "PT", "RO", "SK", "SI", "ES", "SE",
];

impl Vat {
    /// The rate in percent.
    #[must_use]
    pub fn rate(self) -> Decimal {
        match self {
            Self::Rate(rate) => rate.normalize(),
            Self::FreeOn(_) | Self::Abroad(_) => Decimal::ZERO,
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
