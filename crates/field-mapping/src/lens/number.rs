//! Numbers with a meaning: CVR and EAN with their check digits; exact decimals, flags and days.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use sync_model::Value;

use super::text::{composed, line, on_text};
use crate::FaultKind;

/// Whether these eight digits are a CVR number: weighted with 2, 7, 6, 5, 4, 3, 2, 1 they are divisible by eleven.
///
/// ```
/// assert!(field_mapping::is_valid_cvr("10150817"));
/// assert!(!field_mapping::is_valid_cvr("12345678"));
/// ```
#[must_use]
pub fn is_valid_cvr(digits: &str) -> bool {
    let weights = [2, 7, 6, 5, 4, 3, 2, 1];
    digits.len() == 8
        && all_digits(digits)
        && !digits.starts_with('0')
        && digits.bytes().zip(weights).map(|(byte, weight)| u32::from(byte - b'0') * weight).sum::<u32>() % 11 == 0
}

/// Whether these thirteen digits are an EAN/GLN number: weighted alternately with 1 and 3 they are divisible by ten.
///
/// ```
/// assert!(field_mapping::is_valid_gln("5790000000005"));
/// assert!(!field_mapping::is_valid_gln("5790000000001"));
/// ```
#[must_use]
pub fn is_valid_gln(digits: &str) -> bool {
    let weighted = |(at, byte): (usize, u8)| u32::from(byte - b'0') * if at % 2 == 0 { 1 } else { 3 };
    digits.len() == 13 && all_digits(digits) && digits.bytes().enumerate().map(weighted).sum::<u32>() % 10 == 0
}

/// Whether these are ten digits of which the first is not zero. The register publishes no check digit for P-numbers.
///
/// ```
/// assert!(field_mapping::is_valid_p_number("1003388394"));
/// assert!(!field_mapping::is_valid_p_number("0003388394"));
/// ```
#[must_use]
pub fn is_valid_p_number(digits: &str) -> bool {
    digits.len() == 10 && all_digits(digits) && !digits.starts_with('0')
}

/// Whether a number in normal form claims to be a Danish CVR number: digits alone, or still with its `DK`.
pub(super) fn looks_danish(text: &str) -> bool {
    all_digits(text.strip_prefix("DK").unwrap_or(text))
}

/// Eight digits where it is a Danish number in any spelling, otherwise capitals without blanks.
pub(super) fn cvr(value: &Value) -> Value {
    registered(value, &["DK", "CVRNR", "CVRNO", "CVR"], 8)
}

/// As a CVR number. `SE` before eight digits is the name of the number; Swedish numbers have twelve.
pub(super) fn se(value: &Value) -> Value {
    registered(value, &["DK", "SENR", "SENO", "SE"], 8)
}

/// Ten digits where it is a P-number in any spelling, otherwise capitals without blanks.
pub(super) fn p_number(value: &Value) -> Value {
    registered(value, &["PNUMMER", "PNR", "PNO", "P"], 10)
}

/// Thirteen digits where it is an EAN/GLN number in any spelling, otherwise capitals without blanks.
pub(super) fn gln(value: &Value) -> Value {
    registered(value, &["EANNR", "EAN", "GLN"], 13)
}

/// The digits alone, where there are as many as the number has and one of the names before them.
fn registered(value: &Value, names: &[&str], digits: usize) -> Value {
    on_text(&number_text(value), |text| {
        let bare = bare(text);
        let whole = |rest: &&str| rest.len() == digits && all_digits(rest);
        let named = names.iter().find_map(|name| bare.strip_prefix(name).filter(whole));
        named.map_or_else(|| bare.clone(), ToOwned::to_owned)
    })
}

/// An exact number without trailing zeros.
pub(super) fn decimal(value: &Value) -> Result<Value, FaultKind> {
    match value {
        Value::Empty => Ok(Value::Empty),
        Value::Decimal(number) => Ok(Value::Decimal(number.normalize())),
        Value::Text(text) if text.trim().is_empty() => Ok(Value::Empty),
        Value::Text(text) => match text.trim().parse::<Decimal>() {
            Ok(number) => Ok(Value::Decimal(number.normalize())),
            Err(_) => Err(invalid("tal / number")),
        },
        Value::Flag(_) | Value::Date(_) | Value::Time(_) | Value::Reference(_) | Value::Rows(_) => {
            Err(invalid("tal / number"))
        }
    }
}

/// Yes or no; nothing is neither.
pub(super) fn flag(value: &Value) -> Result<Value, FaultKind> {
    match value {
        Value::Empty | Value::Flag(_) => Ok(value.clone()),
        Value::Text(text) => match text.trim() {
            "" => Ok(Value::Empty),
            "1" | "true" => Ok(Value::Flag(true)),
            "0" | "false" => Ok(Value::Flag(false)),
            _ => Err(invalid("ja/nej")),
        },
        Value::Decimal(_) | Value::Date(_) | Value::Time(_) | Value::Reference(_) | Value::Rows(_) => {
            Err(invalid("ja/nej"))
        }
    }
}

/// A day. The CRM keeps a day that does not exist as zeros (fact sheet §7.1), which is none.
pub(super) fn date(value: &Value) -> Result<Value, FaultKind> {
    match value {
        Value::Empty | Value::Date(_) => Ok(value.clone()),
        Value::Time(time) => Ok(Value::Date(time.date_naive())),
        Value::Text(text) => match text.trim() {
            "" | "0000-00-00" => Ok(Value::Empty),
            day => NaiveDate::parse_from_str(day, "%Y-%m-%d").map(Value::Date).map_err(|_| invalid("dato / date")),
        },
        Value::Decimal(_) | Value::Flag(_) | Value::Reference(_) | Value::Rows(_) => Err(invalid("dato / date")),
    }
}

/// A day, written in digits as people here do: day, month and year in four digits.
pub(super) fn danish_date(value: &Value) -> Result<Value, FaultKind> {
    let Value::Text(text) = value else { return date(value) };
    let parts: Vec<&str> = text.trim().split(['-', '.', '/']).map(str::trim).collect();
    match parts.as_slice() {
        [day, month, year] if year.len() == 4 && day.len() <= 2 && month.len() <= 2 => {
            date(&Value::text(format!("{year}-{month:0>2}-{day:0>2}")))
        }
        _ => date(value),
    }
}

/// The day as `31-01-2026`.
pub(super) fn danish_text(value: &Value) -> Value {
    match value {
        Value::Date(day) => Value::text(day.format("%d-%m-%Y").to_string()),
        other => other.clone(),
    }
}

fn invalid(expected: &str) -> FaultKind {
    FaultKind::Invalid { expected: expected.to_owned() }
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn bare(text: &str) -> String {
    // Capitals first: a capital can be several characters, not all of them letters.
    composed(&text.to_uppercase().chars().filter(|char| char.is_alphanumeric()).collect::<String>())
}

/// A number that a system keeps in a numeric field, as text. There, nothing is zero (fact sheet §7.2).
fn number_text(value: &Value) -> Value {
    match value {
        Value::Decimal(number) if number.is_zero() => Value::Empty,
        other => line(other),
    }
}
