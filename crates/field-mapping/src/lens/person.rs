//! A person's name: one field on one side, first and last name on the other.

use sync_model::Value;

use super::text::line;

/// First and last name together on one line.
pub(super) fn read(own: &[&Value]) -> Value {
    let parts: Vec<String> = own.iter().map(|value| line(value).to_string()).filter(|part| !part.is_empty()).collect();
    Value::text(parts.join(" "))
}

/// The last word is the last name, with the small words before it, as in "van der Berg"; a single word is one, too,
/// because the CRM needs a last name.
pub(super) fn split(value: &Value) -> Vec<Value> {
    let name = value.to_string();
    let words: Vec<&str> = name.split_whitespace().collect();
    let mut last = words.len().saturating_sub(1);
    while last > 1 && words[last - 1].chars().next().is_some_and(char::is_lowercase) {
        last -= 1;
    }
    vec![Value::text(words[..last].join(" ")), Value::text(words[last..].join(" "))]
}
