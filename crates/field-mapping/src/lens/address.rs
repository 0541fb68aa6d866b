//! Street addresses: lines on one side, street and house number apart on the other.

use sync_model::Value;

use super::text::{line, lines};

/// The lines of an address, with the blanks of the first one run together. Street and house number stand on it.
pub(super) fn read(own: &[&Value]) -> Value {
    let street = own.first().map_or(Value::Empty, |value| lines(value)).to_string();
    let house = own.get(1).map_or(Value::Empty, |value| line(value)).to_string();
    let (first, rest) = street.split_once('\n').unwrap_or((&street, ""));
    let words: Vec<&str> = first.split_whitespace().chain(house.split_whitespace()).collect();
    let first = words.join(" ");
    lines(&Value::text(if rest.is_empty() { first } else { format!("{first}\n{rest}") }))
}

/// Street (with all lines but the first behind it) and house number: what follows from the first word that begins with a
/// digit, except the very first word, because "10. Februarvej" is a street.
pub(super) fn split(value: &Value) -> Vec<Value> {
    let text = value.to_string();
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let words: Vec<&str> = first.split(' ').collect();
    let begins = |word: &&str| word.starts_with(|char: char| char.is_ascii_digit());
    let house = words.iter().skip(1).position(begins).map_or(words.len(), |at| at + 1);
    let mut street = words[..house].join(" ");
    if !rest.is_empty() {
        street = format!("{street}\n{rest}");
    }
    vec![Value::text(street), Value::text(words[house..].join(" "))]
}
