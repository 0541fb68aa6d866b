//! What a system shows of a write just made: what it made of our value, or somebody's edit that came right after.
//!
//! No system says which. What differs from our value only as systems differ — in case, blanks, punctuation, rounding, or by
//! being cut or left out — is its way of keeping it. Anything else is somebody's, and must not be taken for agreed.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use sync_model::{FieldName, Fields, Value};

/// Whether `shown` is what a system may have made of `sent`.
///
/// ```
/// use reconcile::is_kept_form;
/// use sync_model::Value;
///
/// assert!(is_kept_form(&Value::text("Algade  1"), &Value::text("ALGADE 1")));
/// assert!(!is_kept_form(&Value::text("Algade 1"), &Value::text("Bygaden 2")));
/// ```
#[must_use]
pub fn is_kept_form(sent: &Value, shown: &Value) -> bool {
    match (sent, shown) {
        (Value::Decimal(sent), Value::Decimal(shown)) => (sent - shown).abs() < unit(shown),
        (Value::Text(sent), Value::Text(shown)) => {
            let (sent, shown) = (folded(sent), folded(shown));
            !shown.is_empty() && sent.starts_with(&shown)
        }
        // What a system leaves out it leaves out every time. To write it again would never end.
        (_, Value::Empty) => true,
        (Value::Rows(sent), Value::Rows(shown)) => {
            sent.len() == shown.len() && sent.iter().zip(shown).all(|(sent, shown)| is_kept_row(sent, shown))
        }
        (sent, shown) => sent == shown || folded(&sent.to_string()) == folded(&shown.to_string()),
    }
}

/// Field by field; what is not shown is left out, and what was not sent came from somebody.
fn is_kept_row(sent: &Fields, shown: &Fields) -> bool {
    let names: BTreeSet<&FieldName> = sent.iter().chain(shown.iter()).map(|(name, _)| name).collect();
    names.into_iter().all(|name| {
        let [sent, shown] = [sent, shown].map(|fields| fields.get(name.as_str()).unwrap_or(&Value::Empty));
        is_kept_form(sent, shown)
    })
}

/// One in the last place that is shown.
fn unit(shown: &Decimal) -> Decimal {
    Decimal::new(1, shown.scale())
}

fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_system_makes_of_a_value_is_told_from_an_edit() {
        let text = |text: &str| Value::text(text);
        let number = |text: &str| Value::Decimal(text.parse().unwrap());
        let line = |price: &str, text: &str| -> Fields {
            [("price", number(price)), ("text", Value::text(text))].into_iter().collect()
        };
        let lines = |lines: &[Fields]| Value::Rows(lines.to_vec());
        let cases = [
            (text("Algade 1"), text("Algade 1"), true),
            (text("Algade 1, 2. tv."), text("ALGADE 1 2 TV"), true),
            (text("En meget lang adresse"), text("En meget lang"), true),
            (text("Algade 1"), text("Algade 12"), false),
            (text("Algade 1"), text("Bygaden 1"), false),
            (text("Algade 1"), text("."), false),
            (text("Algade 1"), Value::Empty, true),
            (Value::Empty, text("Algade 1"), false),
            (number("12.345"), number("12.35"), true),
            (number("12.345"), number("12.34"), true),
            (number("12.345"), number("12.36"), false),
            (number("12.34"), number("12.35"), false),
            (number("12.30"), number("12.3"), true),
            (number("12"), text("12"), true),
            (Value::Flag(true), Value::Flag(true), true),
            (Value::Flag(true), Value::Flag(false), false),
            (number("12"), text("12.0"), false),
            (number("12"), text("13"), false),
            (lines(&[line("12.345", "Te")]), lines(&[line("12.35", "te")]), true),
            (lines(&[line("12.345", "Te")]), lines(&[line("13.00", "Te")]), false),
            (lines(&[line("12.345", "Te")]), lines(&[line("12.345", "Kaffe")]), false),
            (lines(&[line("12.345", "")]), lines(&[line("12.345", "Kaffe")]), false),
            (lines(&[line("12.345", "Te")]), lines(&[line("12.345", "")]), true),
            (lines(&[line("1", "Te")]), lines(&[line("1", "Te"), line("1", "Te")]), false),
        ];
        for (sent, shown, kept) in cases {
            assert_eq!(is_kept_form(&sent, &shown), kept, "{sent:?} shown as {shown:?}");
        }
    }
}
