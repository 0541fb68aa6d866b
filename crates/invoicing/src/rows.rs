//! Lines as a field's value, in canonical form. The text of a line with a product is left out: the product's name counts,
//! and each system shows its own.

use rust_decimal::Decimal;
use sync_model::{Fields, Value};

use crate::{Goods, Line, Vat, Zone};

/// `lines` as a value.
#[must_use]
pub fn to_rows(lines: &[Line]) -> Value {
    if lines.is_empty() { Value::Empty } else { Value::Rows(lines.iter().map(row).collect()) }
}

/// The lines of a value that [`to_rows`] made; `None` for any other.
#[must_use]
pub fn from_rows(value: &Value) -> Option<Vec<Line>> {
    match value {
        Value::Empty => Some(Vec::new()),
        Value::Rows(rows) => rows.iter().map(line).collect(),
        Value::Text(_) | Value::Decimal(_) | Value::Flag(_) | Value::Date(_) | Value::Time(_) | Value::Reference(_) => {
            None
        }
    }
}

fn row(line: &Line) -> Fields {
    let goods = match line {
        Line::Goods(goods) => goods,
        Line::Text(words) => return [("text", Value::text(words.trim()))].into_iter().collect(),
    };
    let number = |number: Decimal| Value::Decimal(number.normalize());
    let mut fields = Fields::new();
    match &goods.product {
        Some(product) => fields.set("product", Value::Reference(product.clone())),
        None => fields.set("text", Value::text(goods.text.trim())),
    }
    if !goods.comment.trim().is_empty() {
        fields.set("comment", Value::text(goods.comment.trim()));
    }
    fields.set("quantity", number(goods.quantity));
    fields.set("price", number(goods.price));
    if !goods.discount.is_zero() {
        fields.set("discount", number(goods.discount));
    }
    match goods.vat {
        Vat::Rate(rate) => fields.set("vat", number(rate)),
        Vat::FreeOn(account) => fields.set("account", number(account.into())),
        Vat::Abroad(zone) => fields.set("zone", Value::text(zone.word())),
    }
    fields
}

fn line(row: &Fields) -> Option<Line> {
    let number = |name: &str| row.get(name).and_then(Value::as_decimal);
    let text = |name: &str| row.get(name).map(ToString::to_string).unwrap_or_default();
    let zone = row.get("zone").and_then(Value::as_text).and_then(Zone::of_word);
    let vat = match (number("vat"), number("account"), zone) {
        (Some(rate), _, _) => Vat::Rate(rate),
        (None, Some(account), _) => Vat::FreeOn(u32::try_from(account).ok()?),
        (None, None, Some(zone)) => Vat::Abroad(zone),
        (None, None, None) => return Some(Line::Text(text("text"))),
    };
    let product = match row.get("product") {
        Some(Value::Reference(product)) => Some(product.clone()),
        _ => None,
    };
    Some(Line::Goods(Goods {
        product,
        text: text("text"),
        comment: text("comment"),
        quantity: number("quantity")?,
        price: number("price")?,
        discount: number("discount").unwrap_or_default(),
        vat,
    }))
}
