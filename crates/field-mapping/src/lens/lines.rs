//! The lines of an invoice: Dinero's own, with an account for the VAT, and the CRM's, with everything vtiger adds to them.
//!
//! In normal form they are [`invoicing::Line`]s: prices without VAT, discounts in percent, the VAT as a rate. Those of a
//! credit note have the CRM's sign: Dinero's credit notes are positive, the CRM's are invoices below nothing.

use std::collections::BTreeMap;

use invoicing::{
    CrmInvoice, CrmLine, Discount, Entry, Goods, Inexpressible, Line, LineTexts, Rounding, Sign, TaxMode, Terms,
    Totals, Vat, VatAccounts, Zone, from_rows, to_rows,
};
use rust_decimal::Decimal;
use sync_model::{Fields, RecordKey, Side, Value};

use super::country;
use crate::FaultKind;

/// The most decimals a price has in the CRM.
const PRICE_SCALE: u32 = 8;

/// How many own fields each side's lines are read from.
pub(super) fn width(side: Side) -> usize {
    match side {
        Side::Left => 2,
        Side::Right => 10,
    }
}

/// What the user set about the lines of invoices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineTerms {
    accounts: VatAccounts,
    terms: Terms,
    /// What the buyer's order number is called.
    order: String,
    /// The CRM's word for an invoice that was cancelled.
    cancelled: Option<String>,
    text_service: Option<RecordKey>,
}

impl Default for LineTerms {
    fn default() -> Self {
        Self::bound(&BTreeMap::new())
    }
}

impl LineTerms {
    /// Of invoices, from the settings that a mapping may refer to.
    #[must_use]
    pub fn bound(settings: &BTreeMap<String, Value>) -> Self {
        Self::of(Sign::Invoice, settings)
    }

    /// Of credit notes.
    #[must_use]
    pub fn of_credit_notes(settings: &BTreeMap<String, Value>) -> Self {
        Self::of(Sign::CreditNote, settings)
    }

    pub(super) fn of(sign: Sign, settings: &BTreeMap<String, Value>) -> Self {
        let number = |name: &str| settings.get(name).and_then(Value::as_decimal);
        let account = |name: &str| number(name).and_then(|number| u32::try_from(number).ok());
        let text = |name: &str, otherwise: &str| {
            settings.get(name).and_then(Value::as_text).map_or_else(|| otherwise.to_owned(), str::to_owned)
        };
        let rows = match settings.get("vat_accounts") {
            Some(Value::Rows(rows)) => rows.as_slice(),
            _ => &[],
        };
        let free = [account("adjustment_account"), account("rounding_account")].into_iter().flatten();
        let of = |row: &Fields| u32::try_from(row.get("account").and_then(Value::as_decimal)?).ok();
        let rates = rows.iter().filter_map(|row| Some((row.get("vat").and_then(Value::as_decimal)?, of(row)?)));
        let zones =
            rows.iter().filter_map(|row| Some((Zone::of_word(row.get("zone").and_then(Value::as_text)?)?, of(row)?)));
        let limit = number("rounding_limit").unwrap_or_default();
        Self {
            accounts: VatAccounts::new(rates, free).abroad(zones),
            order: text("text_order", "Ordrenummer"),
            cancelled: settings.get("cancelled").and_then(Value::as_text).map(str::to_owned),
            terms: Terms {
                sign,
                texts: LineTexts {
                    discount: text("text_discount", "Rabat"),
                    charges: text("text_charges", "Fragt"),
                    adjustment: text("text_adjustment", "Regulering"),
                    rounding: text("text_rounding", "Øreafrunding"),
                },
                adjustment: account("adjustment_account"),
                rounding: account("rounding_account").map(|account| Rounding { account, limit }),
            },
            text_service: match settings.get("text_service") {
                Some(Value::Reference(key)) => Some(key.clone()),
                _ => None,
            },
        }
    }

    /// The CRM's word for an invoice that was cancelled.
    pub(crate) fn cancelled(&self) -> Option<&str> {
        self.cancelled.as_deref()
    }

    /// What the lines stand for.
    pub(crate) fn sign(&self) -> Sign {
        self.terms.sign
    }

    /// What else says what a line means, for a digest.
    pub(super) fn parameters(&self) -> Vec<String> {
        let rates = self.accounts.rates().map(|rate| rate.to_string());
        rates.chain(self.text_service.iter().map(ToString::to_string)).collect()
    }

    /// `lines` but for roundings.
    pub(crate) fn without_rounding(&self, lines: Vec<Line>) -> Vec<Line> {
        let account = self.terms.rounding.as_ref().map(|rounding| rounding.account);
        let is_rounding = |line: &Line| match line {
            Line::Goods(goods) => matches!(goods.vat, Vat::FreeOn(on) if Some(on) == account),
            Line::Text(_) => false,
        };
        lines.into_iter().filter(|line| !is_rounding(line)).collect()
    }

    /// The lines of a side's own fields, which are as many as [`width`] says.
    pub(super) fn read(&self, side: Side, own: &[&Value]) -> Result<Value, FaultKind> {
        match (side, own) {
            (Side::Left, [lines, gross]) => self.read_dinero(lines, **gross == Value::Flag(true)),
            (Side::Right, _) => {
                let invoice = self.crm_invoice(own)?;
                let lines = invoice.express(&self.terms).map_err(FaultKind::Inexpressible)?;
                let mut lines: Vec<Line> = lines.into_iter().map(|line| self.as_shown(line)).collect();
                if let Some(number) = own.last().map(ToString::to_string).filter(|it| !it.trim().is_empty()) {
                    lines.push(Line::Text(format!("{}: {}", self.order, number.trim())));
                }
                Ok(to_rows(&lines))
            }
            (Side::Left, _) => Ok(Value::Empty),
        }
    }

    fn read_dinero(&self, lines: &Value, gross: bool) -> Result<Value, FaultKind> {
        let Value::Rows(rows) = lines else { return Ok(Value::Empty) };
        let mut read = Vec::new();
        for row in rows {
            let text = |name: &str| row.get(name).map(ToString::to_string).unwrap_or_default();
            let number = |name: &str| row.get(name).and_then(Value::as_decimal).unwrap_or_default();
            if text("LineType") == "Text" {
                read.push(Line::Text(text("Description")));
                continue;
            }
            let account = u32::try_from(number("AccountNumber")).unwrap_or_default();
            let vat = self.accounts.vat(account).ok_or(FaultKind::UnknownAccount { account })?;
            let stated = number("BaseAmountValue");
            let price = if gross {
                let net = stated.saturating_mul(Decimal::ONE_HUNDRED) / (Decimal::ONE_HUNDRED + vat.rate());
                net.round_dp(PRICE_SCALE)
            } else {
                stated
            };
            let product = reference(row, "ProductGuid");
            let goods = Goods::new(text("Description"), self.turned(number("Quantity")), price, vat);
            read.push(Line::Goods(Goods { product, comment: text("Comments"), discount: number("Discount"), ..goods }));
        }
        // Only its sign tells the CRM what it is.
        self.terms.sign.admits(Totals::of(&read, Entry::Net).gross).map_err(FaultKind::Inexpressible)?;
        Ok(to_rows(&read))
    }

    /// A quantity with Dinero's sign or the CRM's, whichever it had not.
    fn turned(&self, quantity: Decimal) -> Decimal {
        match self.terms.sign {
            Sign::Invoice => quantity,
            Sign::CreditNote => -quantity,
        }
    }

    /// The invoice that the CRM's own fields describe.
    pub(crate) fn crm_invoice(&self, own: &[&Value]) -> Result<CrmInvoice, FaultKind> {
        let [lines, mode, percent, amount, charges, charges_tax, adjustment, deducted, country, _order] = own else {
            return Err(FaultKind::Missing);
        };
        let number = |value: &Value| value.as_decimal().unwrap_or_default();
        let tax_mode = match mode.as_text() {
            Some("individual") => TaxMode::Individual,
            Some("group") => TaxMode::Group,
            _ => return Err(FaultKind::Inexpressible(Inexpressible::NoTaxMode)),
        };
        let rows = match lines {
            Value::Rows(rows) => rows.as_slice(),
            _ => &[],
        };
        Ok(CrmInvoice {
            tax_mode,
            lines: rows.iter().map(crm_line).collect(),
            discount: Discount::given(number(amount), number(percent)),
            charges: number(charges),
            charges_tax: number(charges_tax),
            adjustment: number(adjustment),
            deducted: number(deducted),
            zone: country::read(country).as_text().and_then(Zone::of_country),
        })
    }

    /// A line as Dinero will show it: a line of the service that stands for words is words again, and an account that stands
    /// for a rate means that rate.
    fn as_shown(&self, line: Line) -> Line {
        let Line::Goods(mut goods) = line else { return line };
        if let Vat::FreeOn(account) = goods.vat {
            goods.vat = self.accounts.vat(account).unwrap_or(goods.vat);
        }
        if goods.product.is_none() || goods.product != self.text_service {
            return Line::Goods(goods);
        }
        if goods.price.is_zero() {
            return Line::Text(goods.comment);
        }
        let (product, text, comment) = (None, goods.comment.clone(), String::new());
        Line::Goods(Goods { product, text, comment, ..goods })
    }

    /// The own fields of `side` for lines in normal form. `current` is what stands there.
    pub(super) fn write(&self, side: Side, value: &Value, current: &[&Value]) -> Result<Vec<Value>, FaultKind> {
        let lines = from_rows(value).ok_or(FaultKind::Invalid { expected: "linjer / lines".to_owned() })?;
        match side {
            Side::Left => {
                let rows: Result<Vec<Fields>, FaultKind> = lines.iter().map(|line| self.dinero_row(line)).collect();
                Ok(vec![Value::Rows(rows?), Value::Flag(false)])
            }
            Side::Right => self.crm_fields(&lines, current),
        }
    }

    fn dinero_row(&self, line: &Line) -> Result<Fields, FaultKind> {
        let goods = match line {
            Line::Goods(goods) => goods,
            Line::Text(words) => {
                let fields = [("LineType", Value::text("Text")), ("Description", Value::text(words.as_str()))];
                return Ok(fields.into_iter().collect());
            }
        };
        let account = self.accounts.account(goods.vat).ok_or_else(|| FaultKind::NoAccount {
            vat: match goods.vat {
                Vat::Abroad(zone) => format!("0-{}", zone.word()),
                Vat::Rate(_) | Vat::FreeOn(_) => goods.vat.rate().to_string(),
            },
        })?;
        let mut row: Fields = [
            ("LineType", Value::text("Product")),
            ("Quantity", Value::Decimal(self.turned(goods.quantity))),
            ("BaseAmountValue", Value::Decimal(goods.price)),
            ("Discount", Value::Decimal(goods.discount)),
            ("AccountNumber", Value::Decimal(account.into())),
        ]
        .into_iter()
        .collect();
        match &goods.product {
            Some(product) => row.set("ProductGuid", Value::Reference(product.clone())),
            None => row.set("Description", Value::text(goods.text.as_str())),
        }
        if !goods.comment.is_empty() {
            row.set("Comments", Value::text(goods.comment.as_str()));
        }
        Ok(row)
    }

    /// The CRM's fields. What is no sale goes into the adjustment, for the CRM has no accounts.
    fn crm_fields(&self, lines: &[Line], current: &[&Value]) -> Result<Vec<Value>, FaultKind> {
        let mut rows = Vec::new();
        let mut adjustment = Decimal::ZERO;
        let mut rates: Vec<Decimal> = Vec::new();
        let mut order = Value::Empty;
        for line in lines {
            match line {
                Line::Text(words) if self.order_number(words).is_some() => {
                    order = self.order_number(words).map_or(Value::Empty, Value::text);
                }
                Line::Goods(goods) if matches!(goods.vat, Vat::FreeOn(_)) => adjustment += goods.amount(),
                Line::Goods(goods) => {
                    rates.push(goods.vat.rate());
                    rows.push(self.crm_row(goods)?);
                }
                Line::Text(words) => rows.push(self.crm_row(&Goods::new(
                    words.as_str(),
                    Decimal::ONE,
                    Decimal::ZERO,
                    Vat::Rate(Decimal::ZERO),
                ))?),
            }
        }
        let one_rate = rates.windows(2).all(|pair| pair[0] == pair[1]);
        if let (true, Some(rate)) = (one_rate, rates.first()) {
            // The first line's tax is that of all of them, so that words before it must carry it, too.
            rows.iter_mut().for_each(|row| row.set("tax", Value::Decimal(*rate)));
        }
        let mode = if one_rate { "group" } else { "individual" };
        let none = || Value::Decimal(Decimal::ZERO);
        let country = current.get(8).map_or(Value::Empty, |value| (*value).clone());
        Ok(vec![
            Value::Rows(rows),
            Value::text(mode),
            none(),
            none(),
            none(),
            none(),
            Value::Decimal(adjustment),
            none(),
            country,
            order,
        ])
    }

    /// The buyer's order number, where these words say it.
    fn order_number<'w>(&self, words: &'w str) -> Option<&'w str> {
        words.strip_prefix(self.order.as_str())?.strip_prefix(": ")
    }

    fn crm_row(&self, goods: &Goods) -> Result<Fields, FaultKind> {
        let (product, comment) = match (&goods.product, &self.text_service) {
            (Some(product), _) => (product, goods.comment.clone()),
            (None, Some(service)) => {
                let words = [goods.text.as_str(), goods.comment.as_str()];
                (service, words.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join("\n"))
            }
            (None, None) => return Err(FaultKind::NoTextService),
        };
        let mut row: Fields = [
            ("productid", Value::Reference(product.clone())),
            ("quantity", Value::Decimal(goods.quantity)),
            ("listprice", Value::Decimal(goods.price)),
            ("tax", Value::Decimal(goods.vat.rate())),
        ]
        .into_iter()
        .collect();
        if !goods.discount.is_zero() {
            row.set("discount_percent", Value::Decimal(goods.discount));
        }
        if !comment.is_empty() {
            row.set("comment", Value::text(comment));
        }
        Ok(row)
    }
}

fn crm_line(row: &Fields) -> CrmLine {
    let number = |name: &str| row.get(name).and_then(Value::as_decimal).unwrap_or_default();
    let text = |name: &str| row.get(name).map(ToString::to_string).unwrap_or_default();
    CrmLine {
        product: reference(row, "productid"),
        name: text("name"),
        comment: text("comment"),
        quantity: number("quantity"),
        price: number("listprice"),
        discount: Discount::given(number("discount_amount"), number("discount_percent")),
        tax: number("tax"),
    }
}

fn reference(row: &Fields, name: &str) -> Option<RecordKey> {
    match row.get(name) {
        Some(Value::Reference(key)) => Some(key.clone()),
        _ => None,
    }
}
