//! An invoice as vtiger keeps it, and what vtiger makes of it (fact sheet §8.3, recordings invoice and invoice-more).

use rust_decimal::Decimal;
use sync_model::RecordKey;

use crate::{Vat, Zone};

/// How taxes are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaxMode {
    /// Each line by itself, before the discount on the whole.
    Individual,
    /// The whole at once, after the discount on the whole, with the first line's rate.
    Group,
}

/// A discount.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Discount {
    /// None.
    #[default]
    None,
    /// In percent.
    Percent(Decimal),
    /// An amount.
    Amount(Decimal),
}

impl Discount {
    /// An amount that is not zero goes before a percentage.
    #[must_use]
    pub fn given(amount: Decimal, percent: Decimal) -> Self {
        match (amount.is_zero(), percent.is_zero()) {
            (false, _) => Self::Amount(amount),
            (true, false) => Self::Percent(percent),
            (true, true) => Self::None,
        }
    }

    /// What it takes off `amount`.
    #[must_use]
    pub fn of(self, amount: Decimal) -> Decimal {
        match self {
            Self::None => Decimal::ZERO,
            Self::Percent(percent) => amount.saturating_mul(percent) / Decimal::ONE_HUNDRED,
            Self::Amount(taken) => taken,
        }
    }
}

/// A line. It always has a product or a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrmLine {
    /// The product or service; `None` where it was deleted.
    pub product: Option<RecordKey>,
    /// Its name.
    pub name: String,
    /// The line's own text.
    pub comment: String,
    /// How many.
    pub quantity: Decimal,
    /// The price of one, without tax.
    pub price: Decimal,
    /// The line's discount.
    pub discount: Discount,
    /// The sum of its taxes in percent.
    pub tax: Decimal,
}

impl CrmLine {
    /// Quantity times price less the discount.
    #[must_use]
    pub fn base(&self) -> Decimal {
        let full = self.quantity.saturating_mul(self.price);
        full - self.discount.of(full)
    }
}

/// An invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrmInvoice {
    /// How taxes are computed.
    pub tax_mode: TaxMode,
    /// The lines in order.
    pub lines: Vec<CrmLine>,
    /// The discount on the whole.
    pub discount: Discount,
    /// Shipping and handling, or the sum of charges, without tax.
    pub charges: Decimal,
    /// The sum of the taxes on charges in percent.
    pub charges_tax: Decimal,
    /// Added at the very end; may be negative.
    pub adjustment: Decimal,
    /// Taxes that are held back, as an amount.
    pub deducted: Decimal,
    /// Where the customer is, if abroad: what has no tax there has an account of its own.
    pub zone: Option<Zone>,
}

/// What vtiger makes of it, without rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CrmTotals {
    /// `hdnSubTotal`: the lines; with individual taxes, taxes are in it.
    pub sub_total: Decimal,
    /// `pre_tax_total`: before tax and after the discount, with charges.
    pub pre_tax: Decimal,
    /// `hdnGrandTotal`: everything.
    pub grand: Decimal,
}

impl CrmInvoice {
    /// The rate that counts for a line.
    #[must_use]
    pub fn rate(&self, line: &CrmLine) -> Decimal {
        match self.tax_mode {
            TaxMode::Individual => line.tax,
            TaxMode::Group => self.lines.first().map_or(Decimal::ZERO, |first| first.tax),
        }
    }

    /// The VAT of what is taxed with `rate`.
    pub(crate) fn vat(&self, rate: Decimal) -> Vat {
        match self.zone {
            Some(zone) if rate.is_zero() => Vat::Abroad(zone),
            Some(_) | None => Vat::Rate(rate),
        }
    }

    /// What vtiger makes of it.
    ///
    /// ```
    /// use invoicing::{CrmInvoice, CrmLine, Discount, TaxMode};
    /// use rust_decimal::dec;
    ///
    /// let line = CrmLine {
    ///     product: None,
    ///     name: "Vare 1".to_owned(),
    ///     comment: String::new(),
    ///     quantity: dec!(2),
    ///     price: dec!(100),
    ///     discount: Discount::Percent(dec!(10)),
    ///     tax: dec!(25),
    /// };
    /// let invoice = CrmInvoice {
    ///     tax_mode: TaxMode::Group,
    ///     lines: vec![line],
    ///     discount: Discount::None,
    ///     charges: dec!(0),
    ///     charges_tax: dec!(0),
    ///     adjustment: dec!(-5),
    ///     deducted: dec!(0),
    ///     zone: None,
    /// };
    /// assert_eq!(invoice.totals().grand, dec!(220));
    /// ```
    #[must_use]
    pub fn totals(&self) -> CrmTotals {
        let hundred = Decimal::ONE_HUNDRED;
        let bases: Decimal = self.lines.iter().map(CrmLine::base).sum();
        let line_taxes: Decimal =
            self.lines.iter().map(|line| line.base().saturating_mul(self.rate(line)) / hundred).sum();
        let sub_total = match self.tax_mode {
            TaxMode::Individual => bases + line_taxes,
            TaxMode::Group => bases,
        };
        let discount = self.discount.of(sub_total);
        let tax = match self.tax_mode {
            TaxMode::Individual => Decimal::ZERO,
            TaxMode::Group => {
                let rate = self.lines.first().map_or(Decimal::ZERO, |first| first.tax);
                (bases - discount).saturating_mul(rate) / hundred
            }
        };
        let charges_tax = self.charges.saturating_mul(self.charges_tax) / hundred;
        CrmTotals {
            sub_total,
            pre_tax: bases - discount + self.charges,
            grand: sub_total - discount + tax + self.charges + charges_tax + self.adjustment - self.deducted,
        }
    }
}
