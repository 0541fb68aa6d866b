//! Between the CRM's texts and typed values. Every value of a record is a text on the wire (fact sheet §7.1); what it
//! means follows from the type that `describe` names.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};
use rust_decimal::Decimal;
use sync_model::{FieldType, Kind, RecordKey, Value};

/// Modules by the prefix of their ids.
pub(crate) type Prefixes = BTreeMap<String, Kind>;

/// What `text` means in a field of type `ty`. Text that does not fit its type stays text, so that nothing is lost.
pub(crate) fn value_of(ty: &FieldType, text: &str, prefixes: &Prefixes) -> Value {
    if text.is_empty() {
        return Value::Empty;
    }
    let typed = match ty {
        FieldType::Text | FieldType::Choice(_) | FieldType::Rows(_) => None,
        FieldType::Decimal { .. } => text.parse::<Decimal>().ok().map(|number| Value::Decimal(number.normalize())),
        FieldType::Flag => match text {
            "1" => Some(Value::Flag(true)),
            "0" => Some(Value::Flag(false)),
            _ => None,
        },
        FieldType::Date => NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(Value::Date),
        FieldType::Time => {
            let time = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok();
            time.map(|time| Value::Time(time.and_utc()))
        }
        FieldType::Reference(_) => text.split_once('x').map(|(prefix, _)| {
            let kind = prefixes.get(prefix).cloned().unwrap_or_else(|| Kind::new("unknown"));
            Value::Reference(RecordKey { kind, id: text.into() })
        }),
    };
    typed.unwrap_or_else(|| Value::text(text))
}

/// How `value` is written.
pub(crate) fn text_of(value: &Value) -> String {
    match value {
        Value::Empty | Value::Rows(_) => String::new(),
        Value::Text(text) => text.clone(),
        Value::Decimal(number) => number.normalize().to_string(),
        Value::Flag(true) => "1".to_owned(),
        Value::Flag(false) => "0".to_owned(),
        Value::Date(date) => date.format("%Y-%m-%d").to_string(),
        Value::Time(time) => time.format("%Y-%m-%d %H:%M:%S").to_string(),
        Value::Reference(key) => key.id.to_string(),
    }
}
