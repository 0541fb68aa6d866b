//! Text in normal form.

use icu_normalizer::ComposingNormalizerBorrowed;
use sync_model::Value;

fn composed(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned()
}

/// Lines without blanks at their ends, without empty lines at the ends of the text.
pub(super) fn lines(value: &Value) -> Value {
    on_text(value, |text| {
        let text = composed(text).replace("\r\n", "\n").replace('\r', "\n");
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        lines.join("\n").trim().to_owned()
    })
}

/// One line with single blanks.
pub(super) fn line(value: &Value) -> Value {
    on_text(value, |text| composed(text).split_whitespace().collect::<Vec<_>>().join(" "))
}

pub(super) fn email(value: &Value) -> Value {
    on_text(value, |text| composed(text.trim()).to_lowercase())
}

pub(super) fn url(value: &Value) -> Value {
    on_text(value, |text| {
        let text = composed(text.trim());
        let bare = ["https://", "http://", "HTTPS://", "HTTP://"].iter().find_map(|scheme| text.strip_prefix(scheme));
        let bare = bare.unwrap_or(&text).trim_end_matches('/');
        match bare.split_once('/') {
            Some((host, path)) => format!("{}/{path}", host.to_lowercase()),
            None => bare.to_lowercase(),
        }
    })
}

/// Applies `change` to text and leaves everything else alone.
pub(super) fn on_text(value: &Value, change: impl FnOnce(&str) -> String) -> Value {
    match value {
        Value::Text(text) => Value::text(change(text)),
        Value::Empty
        | Value::Decimal(_)
        | Value::Flag(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::Reference(_)
        | Value::Rows(_) => value.clone(),
    }
}
