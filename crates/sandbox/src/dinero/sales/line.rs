//! Lines and what they add up to.
//!
//! Known: `BaseAmountValue` is net, or gross when the voucher shows its lines with VAT; `Discount` is a percentage; a product
//! line names a product or describes itself, never both, and reads back with a description either way; a text line carries a
//! description alone; the unit is mandatory for product lines; lines read back as they were stored, whatever becomes of the
//! product. The total line for VAT is left out when there is none (recorded positions 0 and 2).
//!
//! Not known: whether a line is rounded before or after its discount (here once, at the end), whether `TotalAmount` is after
//! the discount (here it is, or sums would not agree), how prices of more than two decimals are kept (here exactly as sent),
//! whether a product's comment comes along (here it does not), and what total lines look like when only some lines carry VAT.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use crate::dinero::body::{Reader, sort_out};
use crate::dinero::money::{Arithmetic, VatRounding, amount};
use crate::dinero::{Dinero, Failure, products};

const WRITABLE: [&str; 9] = [
    "BaseAmountValue",
    "ProductGuid",
    "Description",
    "Comments",
    "Quantity",
    "AccountNumber",
    "Unit",
    "Discount",
    "LineType",
];
/// Prices and quantities beyond this are refused; what the real limit is, is not known.
const LARGEST: i64 = 1_000_000_000;

/// A line as it is kept.
#[derive(Debug, Clone)]
pub(super) struct Line {
    is_text: bool,
    product: Option<String>,
    description: String,
    comments: Option<String>,
    quantity: Decimal,
    account: i64,
    account_name: Option<String>,
    unit: Option<String>,
    discount: Decimal,
    /// The price that was sent: net, or gross.
    price: Decimal,
    rate: Decimal,
    unit_net: Decimal,
    unit_gross: Decimal,
    net: Decimal,
    gross: Decimal,
}

/// What the lines of a voucher add up to.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Totals {
    pub(super) net: Decimal,
    pub(super) vat: Decimal,
    pub(super) gross: Decimal,
    vatable: Decimal,
    free: Decimal,
}

/// What was read of one line: the line if it can be kept, the names that do not exist, and what is wrong.
type Read = (Option<Line>, Vec<String>, Vec<(String, String)>);

impl Dinero {
    /// Reads one line of a body.
    pub(super) fn read_line(&self, place: usize, sent: &Value, gross: bool) -> Result<Read, Failure> {
        let Value::Object(sent) = sent else {
            return Err(Failure::validation(&[("globalErrors[]", "a product line is no model")]));
        };
        let (sent, unknown) = sort_out(sent.clone(), &WRITABLE);
        let mut reader = Reader::new(&sent, format!("ProductLines[{place}]."));
        let is_text = reader.word("LineType", &["Product", "Text"]).is_some_and(|word| word == "Text");
        let line = if is_text { read_text(&mut reader) } else { self.read_goods(&mut reader, gross)? };
        Ok((line, unknown, reader.end()))
    }

    fn read_goods(&self, reader: &mut Reader<'_>, gross: bool) -> Result<Option<Line>, Failure> {
        let product = reader.guid("ProductGuid");
        let description = reader.text("Description");
        let comments = reader.text("Comments");
        let [price, quantity, discount] =
            ["BaseAmountValue", "Quantity", "Discount"].map(|name| reader.number(name).unwrap_or_default());
        for (name, number) in [("BaseAmountValue", price), ("Quantity", quantity)] {
            if number.abs() > Decimal::from(LARGEST) {
                return Err(Failure::limit(&format!("{name} is too large")));
            }
        }
        if !(Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&discount) {
            reader.refuse("Discount", "must be between 0 and 100");
        }
        let description = match (&product, description) {
            (Some(_), Some(_)) => {
                reader.refuse("Description", "must be null when ProductGuid is set");
                String::new()
            }
            (None, None) => {
                reader.refuse("Description", "must not be empty without ProductGuid");
                String::new()
            }
            (None, Some(words)) => words,
            (Some(guid), None) => match self.products.get(guid) {
                Some(product) if product["DeletedAt"].is_null() => {
                    product["Name"].as_str().unwrap_or_default().to_owned()
                }
                Some(_) => return Err(Failure::deleted_item("Invalid ProductGuid, the product is deleted.")),
                None => {
                    reader.refuse("ProductGuid", "is no product");
                    String::new()
                }
            },
        };
        let unit = reader.word("Unit", &products::UNITS);
        if unit.is_none() {
            reader.refuse("Unit", "must be set");
        }
        let number = reader.whole("AccountNumber").unwrap_or(0);
        let Some(account) = self.account(number) else {
            reader.refuse("AccountNumber", "is no account");
            return Ok(None);
        };
        let mut line = Line {
            is_text: false,
            product,
            description,
            comments,
            quantity,
            account: number,
            account_name: Some(account.name.clone()),
            unit,
            discount,
            price,
            rate: self.rate(account),
            ..Line::nothing()
        };
        line.compute(self.arithmetic, gross);
        Ok(Some(line))
    }
}

/// A text line carries its words alone.
fn read_text(reader: &mut Reader<'_>) -> Option<Line> {
    for name in ["BaseAmountValue", "Quantity", "AccountNumber", "Discount"] {
        if reader.number(name).is_some_and(|number| !number.is_zero()) {
            reader.refuse(name, "must be 0 on a text line");
        }
    }
    for name in ["ProductGuid", "Comments", "Unit"] {
        if reader.text(name).is_some() {
            reader.refuse(name, "must be null on a text line");
        }
    }
    match reader.text("Description") {
        Some(description) => Some(Line { is_text: true, description, ..Line::nothing() }),
        None => {
            reader.refuse("Description", "must not be empty");
            None
        }
    }
}

impl Line {
    fn nothing() -> Self {
        Self {
            is_text: false,
            product: None,
            description: String::new(),
            comments: None,
            quantity: Decimal::ZERO,
            account: 0,
            account_name: None,
            unit: None,
            discount: Decimal::ZERO,
            price: Decimal::ZERO,
            rate: Decimal::ZERO,
            unit_net: Decimal::ZERO,
            unit_gross: Decimal::ZERO,
            net: Decimal::ZERO,
            gross: Decimal::ZERO,
        }
    }

    fn compute(&mut self, arithmetic: Arithmetic, gross: bool) {
        let kept = (Decimal::ONE_HUNDRED - self.discount) / Decimal::ONE_HUNDRED;
        let whole = arithmetic.ore(self.price * self.quantity * kept);
        let with_vat = Decimal::ONE + self.rate;
        if gross {
            (self.unit_net, self.unit_gross) = (arithmetic.ore(self.price / with_vat), self.price);
            (self.net, self.gross) = (arithmetic.ore(whole / with_vat), whole);
        } else {
            (self.unit_net, self.unit_gross) = (self.price, arithmetic.ore(self.price * with_vat));
            (self.net, self.gross) = (whole, whole + arithmetic.ore(whole * self.rate));
        }
    }

    /// The line as a body would send it, so that another voucher can be made of it.
    pub(super) fn sent(&self) -> Value {
        let kind = if self.is_text { "Text" } else { "Product" };
        json!({
            "BaseAmountValue": amount(self.price),
            "ProductGuid": self.product,
            "Description": if self.product.is_none() { Some(&self.description) } else { None },
            "Comments": self.comments,
            "Quantity": amount(self.quantity),
            "AccountNumber": self.account,
            "Unit": self.unit,
            "Discount": amount(self.discount),
            "LineType": kind,
        })
    }

    pub(super) fn shown(&self) -> Value {
        let kind = if self.is_text { "Text" } else { "Product" };
        json!({
            "AccountName": self.account_name,
            "BaseAmountValue": amount(self.unit_net),
            "BaseAmountValueInclVat": amount(self.unit_gross),
            "TotalAmount": amount(self.net),
            "TotalAmountInclVat": amount(self.gross),
            "ProductGuid": self.product,
            "Description": self.description,
            "Comments": self.comments,
            "Quantity": amount(self.quantity),
            "AccountNumber": self.account,
            "Unit": self.unit,
            "Discount": amount(self.discount),
            "LineType": kind,
        })
    }
}

impl Totals {
    /// `gross`: whether amounts were entered with VAT; their split is known, and is by line.
    pub(super) fn of(lines: &[Line], arithmetic: Arithmetic, gross: bool) -> Self {
        let mut totals = Self::default();
        let mut bases: BTreeMap<Decimal, Decimal> = BTreeMap::new();
        for line in lines {
            totals.net += line.net;
            totals.vat += line.gross - line.net;
            *(if line.rate.is_zero() { &mut totals.free } else { &mut totals.vatable }) += line.net;
            *bases.entry(line.rate).or_default() += line.net;
        }
        if arithmetic.vat == VatRounding::ByRate && !gross {
            totals.vat = bases.iter().map(|(rate, base)| arithmetic.ore(rate * base)).sum();
        }
        totals.gross = totals.net + totals.vat;
        totals
    }

    pub(super) fn show_in(&self, shown: &mut Map<String, Value>, currency: &str) {
        let numbers = [
            ("TotalExclVat", self.net),
            ("TotalVatableAmount", self.vatable),
            ("TotalInclVat", self.gross),
            ("TotalNonVatableAmount", self.free),
            ("TotalVat", self.vat),
        ];
        shown.extend(numbers.map(|(name, number)| (name.to_owned(), amount(number))));
        let rows = [
            ("SubTotal", self.net, 0, "Subtotal".to_owned()),
            ("Vat", self.vat, 1, "Moms".to_owned()),
            ("Total", self.gross, 2, format!("Total {currency}")),
        ];
        let rows = rows.into_iter().filter(|(kind, number, ..)| *kind != "Vat" || !number.is_zero());
        let row = |(kind, number, position, label): (&str, Decimal, i32, String)| json!({ "Type": kind, "TotalAmount": amount(number), "Position": position, "Label": label });
        shown.insert("TotalLines".to_owned(), rows.map(row).collect());
    }
}
