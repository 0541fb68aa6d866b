//! Amounts of a known currency, never rounded and never guessed; currencies by their ISO code.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use iso_currency::{Currency, IntoEnumIterator};
use rust_decimal::Decimal;
use sync_model::{Side, Value};

use super::text::{line, on_text};
use crate::FaultKind;
use crate::fold::fold;

/// What people write for the crown of their own country.
const CROWNS: [(Currency, &[&str]); 3] =
    [(Currency::DKK, &["kr.", "kr"]), (Currency::SEK, &["kr.", "kr"]), (Currency::NOK, &["kr.", "kr"])];

/// Names that people use besides the library's English ones.
const NAMES: [(&str, Currency); 11] = [
    ("Danske kroner", Currency::DKK),
    ("Dansk krone", Currency::DKK),
    ("Svenske kroner", Currency::SEK),
    ("Norske kroner", Currency::NOK),
    ("Islandske kroner", Currency::ISK),
    ("Britiske pund", Currency::GBP),
    ("Amerikanske dollar", Currency::USD),
    ("Schweizerfranc", Currency::CHF),
    ("Japanske yen", Currency::JPY),
    ("Polske zloty", Currency::PLN),
    ("Euroer", Currency::EUR),
];

static CURRENCIES: LazyLock<BTreeMap<String, &'static str>> = LazyLock::new(|| {
    let mut known = BTreeMap::new();
    for currency in Currency::iter() {
        known.insert(fold(currency.code()), currency.code());
    }
    for (name, currency) in NAMES {
        known.entry(fold(name)).or_insert(currency.code());
    }
    for currency in Currency::iter().filter(|currency| !currency.is_fund() && currency.is_superseded().is_none()) {
        known.entry(fold(currency.name())).or_insert(currency.code());
    }
    known
});

fn code_of(text: &str) -> Option<&'static str> {
    CURRENCIES.get(&fold(text)).copied()
}

/// The ISO code where the text names a currency, otherwise the text.
pub(super) fn read_code(value: &Value) -> Value {
    on_text(&line(value), |text| code_of(text).unwrap_or(text).to_owned())
}

/// The ISO code. Dinero takes nothing else.
pub(super) fn write_code(side: Side, value: &Value) -> Result<Value, FaultKind> {
    match (value.as_text().map(code_of), side) {
        (Some(None), Side::Left) => Err(FaultKind::Invalid { expected: "valuta / currency".to_owned() }),
        (None | Some(_), _) => Ok(value.clone()),
    }
}

/// The words a list of currencies may hold.
pub(super) fn spellings(value: &Value) -> Vec<String> {
    let currency = value.as_text().and_then(code_of).and_then(Currency::from_code);
    let name = currency.map(|currency| currency.name().to_owned());
    std::iter::once(value.to_string()).chain(name).collect()
}

/// The currency of an ISO code.
pub(crate) fn currency(code: &str) -> Option<Currency> {
    Currency::from_code(code)
}

/// An exact amount. More decimals than the currency has, another currency, and marks that can mean two numbers are faults.
pub(super) fn read(currency: Currency, value: &Value) -> Result<Value, FaultKind> {
    let number = match line(value) {
        Value::Empty => return Ok(Value::Empty),
        Value::Text(text) => parse(currency, &text),
        _ => value.as_decimal(),
    };
    let scale = u32::from(currency.exponent().unwrap_or(0));
    let number = number.map(|number| number.normalize()).filter(|number| number.scale() <= scale);
    let expected = || FaultKind::Invalid { expected: format!("beløb i {0} / amount in {0}", currency.code()) };
    number.map(Value::Decimal).ok_or_else(expected)
}

fn parse(currency: Currency, text: &str) -> Option<Decimal> {
    let crowns = CROWNS.iter().find(|(of, _)| *of == currency).map_or::<&[&str], _>(&[], |(_, words)| words);
    let symbol = currency.symbol().to_string();
    let mut marks: Vec<String> =
        [currency.code(), symbol.as_str()].iter().chain(crowns).map(|mark| mark.to_lowercase()).collect();
    // The longest first, so that "kr." goes with its point.
    marks.sort_by_key(|mark| std::cmp::Reverse(mark.len()));
    let small = text.to_lowercase();
    let mut bare = small.trim();
    for mark in marks.iter().filter(|mark| !mark.is_empty()) {
        let front = bare.strip_prefix(mark.as_str()).filter(|rest| !rest.starts_with(char::is_alphabetic));
        let back = bare.strip_suffix(mark.as_str()).filter(|rest| !rest.ends_with(char::is_alphabetic));
        bare = front.or(back).unwrap_or(bare).trim();
    }
    let bare = bare.strip_suffix(",-").or_else(|| bare.strip_suffix(",–")).unwrap_or(bare);
    let (sign, digits) = bare.strip_prefix('-').map_or(("", bare), |digits| ("-", digits.trim_start()));
    let plain = plain(digits, currency.exponent().unwrap_or(0))?;
    format!("{sign}{plain}").parse().ok()
}

/// Digits with a point, from Danish (`1.234,56`), English (`1,234.56`) and plain spelling. One mark with three digits behind
/// it may be either, unless the currency has three decimals.
fn plain(text: &str, scale: u16) -> Option<String> {
    let last = |mark: char| text.rfind(mark);
    let (decimal, group) = match (last(','), last('.')) {
        (Some(comma), Some(point)) if comma > point => (Some(','), '.'),
        (Some(_), Some(_)) => (Some('.'), ','),
        (Some(_), None) if text.matches(',').count() > 1 => (None, ','),
        (None, Some(_)) if text.matches('.').count() > 1 => (None, '.'),
        (Some(_), None) => (Some(','), ' '),
        (None, Some(_)) => (Some('.'), ' '),
        (None, None) => (None, ' '),
    };
    let (whole, part) = match decimal {
        Some(mark) => text.split_once(mark)?,
        None => (text, ""),
    };
    let one_mark = decimal.is_some() && group == ' ';
    let ambiguous =
        one_mark && scale < 3 && part.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0');
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let groups: Vec<&str> = whole.split(group).collect();
    let grouped =
        groups.len() == 1 || groups.iter().skip(1).all(|it| it.len() == 3) && (1..=3).contains(&groups[0].len());
    let fits = grouped && digits(part) && groups.iter().all(|it| !it.is_empty() && digits(it)) && !ambiguous;
    fits.then(|| if part.is_empty() { groups.concat() } else { format!("{}.{part}", groups.concat()) })
}
