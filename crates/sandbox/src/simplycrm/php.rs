//! Values as the server writes them in JSON. Clients meet exactly these bytes, so the stand-in writes them itself
//! (recording json-encoding).

use rust_decimal::Decimal;
use serde_json::Value;
use std::fmt::Write as _;

/// One value of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Php {
    Null,
    Bool(bool),
    Int(i64),
    Number(Decimal),
    Text(String),
    List(Vec<Php>),
    Map(Vec<(String, Php)>),
}

/// How an answer spells its texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// As PHP's `json_encode`: slashes escaped, everything outside ASCII as `\uXXXX`.
    Escaped,
    /// As the encoder of 8.x: only quotes, backslashes and the common blanks escaped, so a control character in a
    /// text makes an answer that is not JSON.
    Raw,
}

impl Php {
    pub(crate) fn text(value: impl Into<String>) -> Self {
        Self::Text(value.into())
    }

    pub(crate) fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Php)>) -> Self {
        Self::Map(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }

    pub(crate) fn list(items: impl IntoIterator<Item = Php>) -> Self {
        Self::List(items.into_iter().collect())
    }

    /// A parsed recording or description, as an answer.
    pub(crate) fn from_json(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Bool(*flag),
            Value::Number(number) => {
                number.as_i64().map_or_else(|| Self::Number(decimal(&number.to_string())), Self::Int)
            }
            Value::String(text) => Self::text(text),
            Value::Array(items) => Self::list(items.iter().map(Self::from_json)),
            Value::Object(map) => Self::map(map.iter().map(|(key, value)| (key, Self::from_json(value)))),
        }
    }

    /// The same value for a test or the demonstration to look into.
    pub(crate) fn to_json(&self) -> Value {
        serde_json::from_str(&self.encode(Spelling::Escaped)).unwrap_or(Value::Null)
    }

    pub(crate) fn encode(&self, spelling: Spelling) -> String {
        let mut out = String::new();
        self.write(spelling, &mut out);
        out
    }

    fn write(&self, spelling: Spelling, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
            Self::Int(number) => out.push_str(&number.to_string()),
            Self::Number(number) => {
                // A PHP float keeps seventeen significant digits.
                let kept = number.round_sf(17).unwrap_or(*number).normalize();
                out.push_str(&kept.to_string());
            }
            Self::Text(text) => write_text(text, spelling, out),
            Self::List(items) => {
                out.push('[');
                for (place, item) in items.iter().enumerate() {
                    if place > 0 {
                        out.push(',');
                    }
                    item.write(spelling, out);
                }
                out.push(']');
            }
            Self::Map(entries) if entries.is_empty() => out.push_str("[]"),
            Self::Map(entries) => {
                out.push('{');
                for (place, (key, value)) in entries.iter().enumerate() {
                    if place > 0 {
                        out.push(',');
                    }
                    write_text(key, spelling, out);
                    out.push(':');
                    value.write(spelling, out);
                }
                out.push('}');
            }
        }
    }
}

fn write_text(text: &str, spelling: Spelling, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            _ if spelling == Spelling::Raw
                && !matches!(character, '"' | '\\' | '\u{8}' | '\u{c}' | '\n' | '\r' | '\t') =>
            {
                out.push(character);
            }
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '/' => out.push_str("\\/"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            ' '..='\u{7f}' => out.push(character),
            _ => {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    // Writing into a string cannot fail.
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
}

/// What PHP makes of a text used as a number: the number it starts with, else zero.
pub(crate) fn decimal(text: &str) -> Decimal {
    leading_number(text).unwrap_or_default()
}

/// Whether PHP's `is_numeric` holds for the text.
pub(crate) fn is_numeric(text: &str) -> bool {
    let trimmed = text.trim();
    !trimmed.is_empty() && number_length(trimmed) == trimmed.len()
}

fn leading_number(text: &str) -> Option<Decimal> {
    let trimmed = text.trim_start();
    let number = &trimmed[..number_length(trimmed)];
    let number = number.strip_prefix('+').unwrap_or(number);
    let parsed = if number.contains(['e', 'E']) {
        Decimal::from_scientific(&number.to_lowercase()).ok()
    } else {
        number.trim_end_matches('.').parse().ok()
    };
    // Too large for the type means too large for every column as well.
    parsed.or_else(|| (!number.is_empty()).then_some(if number.starts_with('-') { Decimal::MIN } else { Decimal::MAX }))
}

fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let whole = digits(sign);
    let mut end = sign + whole;
    let mut fraction = 0;
    if bytes.get(end) == Some(&b'.') {
        fraction = digits(end + 1);
        if whole + fraction > 0 {
            end += 1 + fraction;
        }
    }
    if whole + fraction == 0 {
        return 0;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let exponent_sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits((end + 1 + exponent_sign).min(bytes.len()));
        if exponent > 0 {
            end += 1 + exponent_sign + exponent;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::{Php, Spelling, decimal, is_numeric};

    #[test]
    fn writes_the_bytes_php_writes() {
        let answer = Php::map([("navn", Php::text("Æ/\"\\\u{1}")), ("tom", Php::Map(Vec::new()))]);
        assert_eq!(answer.encode(Spelling::Escaped), r#"{"navn":"\u00c6\/\"\\\u0001","tom":[]}"#);
    }

    #[test]
    fn reads_numbers_as_php_does() {
        for (text, number) in [
            ("1.234,56", "1.234"),
            ("1,5", "1"),
            ("abc", "0"),
            (" 12 ", "12"),
            ("1e3", "1000"),
            ("-.5", "-0.5"),
            ("5.", "5"),
        ] {
            assert_eq!(decimal(text).to_string(), number, "{text}");
        }
        assert!(is_numeric("1e3") && !is_numeric("1,5") && !is_numeric(""));
    }
}
