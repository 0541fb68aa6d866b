//! Numbers with a meaning: CVR and EAN with their check digits, and exact decimals.

use rust_decimal::Decimal;
use sync_model::{Side, Value};

use super::text::{line, on_text};
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
        && digits.bytes().all(|byte| byte.is_ascii_digit())
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
    digits.len() == 13
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && digits.bytes().enumerate().map(weighted).sum::<u32>() % 10 == 0
}

/// Eight digits where it is a Danish number in any spelling, otherwise capitals without blanks.
pub(super) fn cvr(value: &Value) -> Value {
    on_text(&as_text(value), |text| {
        let bare: String = text.chars().filter(|char| char.is_alphanumeric()).collect::<String>().to_uppercase();
        match bare.strip_prefix("DK") {
            Some(digits) if digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.to_owned(),
            Some(_) | None => bare,
        }
    })
}

pub(super) fn gln(value: &Value) -> Value {
    on_text(&as_text(value), |text| text.chars().filter(|char| !char.is_whitespace() && *char != '-').collect())
}

/// Dinero refuses a Danish number with a wrong check digit; the CRM keeps anything.
pub(super) fn write_cvr(side: Side, value: &Value) -> Result<Value, FaultKind> {
    let wrong = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() == 8 && !is_valid_cvr(text);
    match value.as_text() {
        Some(text) if side == Side::Left && wrong(text) => Err(FaultKind::Invalid { expected: "CVR-nr.".to_owned() }),
        Some(_) | None => Ok(value.clone()),
    }
}

pub(super) fn write_gln(side: Side, value: &Value) -> Result<Value, FaultKind> {
    match value.as_text() {
        Some(text) if side == Side::Left && !is_valid_gln(text) => {
            Err(FaultKind::Invalid { expected: "EAN-nr.".to_owned() })
        }
        Some(_) | None => Ok(value.clone()),
    }
}

pub(super) fn decimal(value: &Value) -> Value {
    match value {
        Value::Decimal(number) => Value::Decimal(number.normalize()),
        Value::Text(text) => match text.trim().parse::<Decimal>() {
            Ok(number) => Value::Decimal(number.normalize()),
            Err(_) => value.clone(),
        },
        Value::Empty | Value::Flag(_) | Value::Date(_) | Value::Time(_) | Value::Reference(_) | Value::Rows(_) => {
            value.clone()
        }
    }
}

/// A number that a system keeps in a numeric field, as text.
fn as_text(value: &Value) -> Value {
    match value {
        Value::Decimal(number) => Value::text(number.normalize().to_string()),
        other => line(other),
    }
}
