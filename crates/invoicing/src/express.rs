//! A CRM invoice in Dinero's words. What these cannot say becomes a line that says the same to the øre, or is named.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{CrmInvoice, CrmLine, Discount, Entry, Goods, Line, TaxMode, Totals, Vat, ore};

/// What an invoice says that Dinero has no words for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Inexpressible {
    /// It has no lines.
    NoLines,
    /// The product of the line with this number was deleted.
    ProductDeleted(usize),
    /// Tax by line and a discount on the whole: the CRM takes the discount off after the tax.
    DiscountAfterTax,
    /// An adjustment, and no account to post it to.
    Adjustment(Decimal),
    /// Taxes that are held back.
    DeductedTax(Decimal),
    /// It comes to less than nothing: that is a credit note.
    Negative(Decimal),
    /// It is a credit note, and comes to nothing or more.
    NotNegative(Decimal),
    /// How its taxes are computed is not known.
    NoTaxMode,
    /// A discount outside 0–100 percent on the line with this number.
    DiscountOutOfRange(usize),
}

/// What lines that the invoice does not spell out are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineTexts {
    /// A discount.
    pub discount: String,
    /// Shipping and handling.
    pub charges: String,
    /// An adjustment.
    pub adjustment: String,
    /// A rounding.
    pub rounding: String,
}

/// A rounding that the user allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rounding {
    /// The account it is posted to.
    pub account: u32,
    /// The most it may come to, either way.
    pub limit: Decimal,
}

/// What an invoice of the CRM stands for. There is no other word for a credit note there than its sign.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sign {
    /// An invoice: nothing or more.
    #[default]
    Invoice,
    /// A credit note: less than nothing.
    CreditNote,
}

impl Sign {
    /// Whether `total` is one of what this stands for.
    ///
    /// # Errors
    /// What it is instead.
    pub fn admits(self, total: Decimal) -> Result<(), Inexpressible> {
        match (self, total < Decimal::ZERO) {
            (Self::Invoice, true) => Err(Inexpressible::Negative(total)),
            (Self::CreditNote, false) => Err(Inexpressible::NotNegative(total)),
            (Self::Invoice, false) | (Self::CreditNote, true) => Ok(()),
        }
    }
}

/// How an invoice is put into Dinero's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// What it stands for.
    pub sign: Sign,
    /// What lines of our own are called.
    pub texts: LineTexts,
    /// The account of adjustments; without one they are not said.
    pub adjustment: Option<u32>,
    /// The rounding line, where the user wants one.
    pub rounding: Option<Rounding>,
}

impl CrmInvoice {
    /// The invoice as lines without VAT in their prices.
    ///
    /// # Errors
    /// The first thing that Dinero has no words for.
    pub fn express(&self, terms: &Terms) -> Result<Vec<Line>, Inexpressible> {
        self.expressible(terms)?;
        let mut lines = Vec::new();
        for line in &self.lines {
            self.express_line(line, terms, &mut lines);
        }
        let discount = self.discount.of(self.totals().sub_total);
        if !discount.is_zero() {
            let vat = self.vat(self.lines.first().map_or(Decimal::ZERO, |first| self.rate(first)));
            lines.push(extra(&named(&terms.texts.discount, self.discount), -discount, vat));
        }
        if !self.charges.is_zero() {
            lines.push(extra(&terms.texts.charges, self.charges, self.vat(self.charges_tax)));
        }
        if let Some(account) = terms.adjustment.filter(|_| !self.adjustment.is_zero()) {
            lines.push(extra(&terms.texts.adjustment, self.adjustment, Vat::FreeOn(account)));
        }
        if let Some(rounding) = terms.rounding {
            let off = ore(self.totals().grand) - Totals::of(&lines, Entry::Net).gross;
            if !off.is_zero() && off.abs() <= rounding.limit {
                lines.push(extra(&terms.texts.rounding, off, Vat::FreeOn(rounding.account)));
            }
        }
        Ok(lines)
    }

    fn expressible(&self, terms: &Terms) -> Result<(), Inexpressible> {
        if self.lines.is_empty() {
            return Err(Inexpressible::NoLines);
        }
        if let Some(at) = self.lines.iter().position(|line| line.product.is_none()) {
            return Err(Inexpressible::ProductDeleted(at + 1));
        }
        let in_range = |line: &CrmLine| match line.discount {
            Discount::Percent(percent) => percent >= Decimal::ZERO && percent <= Decimal::ONE_HUNDRED,
            Discount::None | Discount::Amount(_) => true,
        };
        if let Some(at) = self.lines.iter().position(|line| !in_range(line)) {
            return Err(Inexpressible::DiscountOutOfRange(at + 1));
        }
        let taxed = self.lines.iter().any(|line| !self.rate(line).is_zero());
        if self.tax_mode == TaxMode::Individual && self.discount != Discount::None && taxed {
            return Err(Inexpressible::DiscountAfterTax);
        }
        if !self.deducted.is_zero() {
            return Err(Inexpressible::DeductedTax(self.deducted));
        }
        // Where a rounding line came from Dinero it stands here as an adjustment, and becomes that line again.
        let is_rounding = terms.rounding.as_ref().is_some_and(|it| self.adjustment.abs() <= it.limit);
        if !self.adjustment.is_zero() && terms.adjustment.is_none() && !is_rounding {
            return Err(Inexpressible::Adjustment(self.adjustment));
        }
        terms.sign.admits(ore(self.totals().grand))
    }

    fn express_line(&self, line: &CrmLine, terms: &Terms, lines: &mut Vec<Line>) {
        if line.quantity.is_zero() {
            let words = if line.comment.trim().is_empty() { &line.name } else { &line.comment };
            lines.push(Line::Text(words.clone()));
            return;
        }
        let vat = self.vat(self.rate(line));
        let discount = match line.discount {
            Discount::Percent(percent) => percent,
            Discount::None | Discount::Amount(_) => Decimal::ZERO,
        };
        lines.push(Line::Goods(Goods {
            product: line.product.clone(),
            text: line.name.clone(),
            comment: line.comment.clone(),
            quantity: line.quantity,
            price: line.price,
            discount,
            vat,
        }));
        if let Discount::Amount(amount) = line.discount {
            lines.push(extra(&terms.texts.discount, -amount, vat));
        }
    }
}

fn named(word: &str, discount: Discount) -> String {
    match discount {
        Discount::Percent(percent) => format!("{word} {} %", percent.normalize()),
        Discount::None | Discount::Amount(_) => word.to_owned(),
    }
}

/// One of an amount that the invoice has no line for.
fn extra(text: &str, amount: Decimal, vat: Vat) -> Line {
    Line::Goods(Goods::new(text, Decimal::ONE, amount, vat))
}
