//! One value of a record, as the wire carries it, and text that was written for a web page.

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// One value as it came, or as it goes. Stored values arrive as text whatever their type; numbers, flags and nulls
/// appear in values that the server has just computed (fact sheet §7.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldValue {
    /// Text; the usual form of everything.
    Text(String),
    /// A number, exact.
    Number(Decimal),
    /// A JSON boolean.
    Flag(bool),
    /// JSON null, which means the same as empty text on read.
    Null,
    /// A list or an object, such as the lines of an invoice.
    Nested(serde_json::Value),
}

impl FieldValue {
    /// Whether there is nothing in it: null, empty text or an empty list (PHP's empty object).
    #[must_use]
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Null => true,
            Self::Nested(nested) => nested.as_array().is_some_and(Vec::is_empty),
            Self::Number(_) | Self::Flag(_) => false,
        }
    }
}

impl From<serde_json::Value> for FieldValue {
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(flag) => Self::Flag(flag),
            serde_json::Value::String(text) => Self::Text(text),
            serde_json::Value::Number(number) => {
                let text = number.to_string();
                // A number beyond 28 digits keeps its digits as text rather than losing some of them.
                text.parse().or_else(|_| Decimal::from_scientific(&text)).map_or(Self::Text(text), Self::Number)
            }
            nested @ (serde_json::Value::Array(_) | serde_json::Value::Object(_)) => Self::Nested(nested),
        }
    }
}

impl From<&str> for FieldValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl<'de> Deserialize<'de> for FieldValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde_json::Value::deserialize(deserializer).map(Self::from)
    }
}

impl Serialize for FieldValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Null => serializer.serialize_unit(),
            Self::Nested(nested) => nested.serialize(serializer),
            // Digit by digit, because a number that goes through a binary float may come out as another.
            Self::Number(number) => {
                RawValue::from_string(number.to_string()).map_err(serde::ser::Error::custom)?.serialize(serializer)
            }
        }
    }
}

/// Text with its HTML entities resolved. The server encodes them in titles (`label`), in the product names of lines and
/// in the display data of inventory records, and nowhere else (fact sheet §7.2, §8.2).
///
/// ```
/// assert_eq!(simplycrm_client::decode_entities("Bl&aring; &AElig;ble &amp; p&#039;re"), "Blå Æble & p're");
/// ```
#[must_use]
pub fn decode_entities(text: &str) -> String {
    htmlize::unescape(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_through_digit_by_digit() {
        for text in ["1757.1875", "0", "-0.01", "100000000000000000.12", "199.95"] {
            let value: FieldValue = FieldValue::Number(text.parse().unwrap());
            assert_eq!(serde_json::to_string(&value).unwrap(), text);
        }
        let read: FieldValue = serde_json::from_str("1757.1875").unwrap();
        assert_eq!(read, FieldValue::Number("1757.1875".parse().unwrap()));
    }

    #[test]
    fn numbers_come_out_as_they_went_in_however_many_digits_they_are_written_with() {
        // PHP before 7.1 writes seventeen digits, whether they mean anything or not.
        let table = [
            ("1.1000000000000001", "1.1"),
            ("0.10000000000000001", "0.1"),
            ("1405.766666666667", "1405.766666666667"),
            ("1405.76666666666666666666666666666666666666666666666666665", "1405.7666666666667"),
            ("-0.5", "-0.5"),
            ("125", "125"),
        ];
        for (written, expected) in table {
            let value: FieldValue = serde_json::from_str(written).unwrap();
            assert_eq!(value, FieldValue::Number(expected.parse().unwrap()), "{written}");
            let again: FieldValue = serde_json::from_str(&serde_json::to_string(&value).unwrap()).unwrap();
            assert_eq!(again, value, "{written}");
        }
    }
}
