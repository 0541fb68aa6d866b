//! A person's name: one field on one side, first and last name on the other.

use sync_model::Value;

use super::text::line;

/// First and last name together on one line.
pub(super) fn read(own: &[&Value]) -> Value {
    let parts: Vec<String> = own.iter().map(|value| line(value).to_string()).filter(|part| !part.is_empty()).collect();
    Value::text(parts.join(" "))
}

/// The last word is the last name; a single word is one, too, because the CRM needs it.
pub(super) fn split(value: &Value) -> Vec<Value> {
    let name = value.to_string();
    match name.rsplit_once(' ') {
        Some((first, last)) => vec![Value::text(first), Value::text(last)],
        None => vec![Value::Empty, Value::text(name)],
    }
}
