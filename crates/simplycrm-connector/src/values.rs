//! Between the CRM's values and ours. Stored values are texts on the wire (fact sheet §7.1); what one means follows from
//! the type that `describe` names.

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveDateTime};
use rust_decimal::Decimal;
use simplycrm_client::FieldValue;
use sync_model::{FieldType, Kind, RecordKey, Value};

/// What `value` means in a field of type `ty`. Text that does not fit its type stays text, so that nothing is lost.
pub(crate) fn value_of(ty: &FieldType, value: &FieldValue) -> Value {
    let text = match value {
        FieldValue::Text(text) => Cow::Borrowed(text.as_str()),
        FieldValue::Number(number) => Cow::Owned(number.to_string()),
        FieldValue::Flag(flag) => Cow::Borrowed(if *flag { "1" } else { "0" }),
        FieldValue::Null | FieldValue::Nested(_) => return Value::Empty,
    };
    if text.trim().is_empty() {
        return Value::Empty;
    }
    let typed = match ty {
        FieldType::Text | FieldType::Choice(_) | FieldType::Rows(_) => None,
        FieldType::Decimal { .. } => text.parse::<Decimal>().ok().map(|number| Value::Decimal(number.normalize())),
        FieldType::Flag => match &*text {
            "1" => Some(Value::Flag(true)),
            "0" => Some(Value::Flag(false)),
            _ => None,
        },
        FieldType::Date => NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok().map(Value::Date),
        FieldType::Time => {
            let time = NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S").ok();
            time.map(|time| Value::Time(time.and_utc()))
        }
        FieldType::Reference(kinds) => {
            let kind = kinds.first().cloned().unwrap_or_else(|| Kind::new("unknown"));
            Some(Value::Reference(RecordKey { kind, id: (&*text).into() }))
        }
    };
    typed.unwrap_or(Value::text(text))
}

/// How `value` is written.
pub(crate) fn text_of(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Empty | Value::Rows(_) => Cow::Borrowed(""),
        Value::Text(text) => Cow::Borrowed(text),
        Value::Decimal(number) => Cow::Owned(number.normalize().to_string()),
        Value::Flag(true) => Cow::Borrowed("1"),
        Value::Flag(false) => Cow::Borrowed("0"),
        Value::Date(date) => Cow::Owned(date.format("%Y-%m-%d").to_string()),
        Value::Time(time) => Cow::Owned(time.format("%Y-%m-%d %H:%M:%S").to_string()),
        Value::Reference(key) => Cow::Borrowed(key.id.as_str()),
    }
}
