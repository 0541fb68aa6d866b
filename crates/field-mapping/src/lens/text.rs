//! Text in normal form.

use icu_normalizer::ComposingNormalizerBorrowed;
use sync_model::Value;

/// Unicode normal form C.
pub(super) fn composed(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned()
}

/// Lines without blanks at their ends, without empty lines at the ends of the text. Blanks between words stay.
pub(super) fn lines(value: &Value) -> Value {
    on_text(value, |text| {
        let text = composed(text).replace("\r\n", "\n").replace('\r', "\n");
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        lines.join("\n").trim().to_owned()
    })
}

/// One line with single blanks.
pub(super) fn line(value: &Value) -> Value {
    on_text(value, |text| composed(text).split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Mailboxes differ only in case nowhere in practice, so the whole address is compared and written in lower case.
pub(super) fn email(value: &Value) -> Value {
    on_text(value, |text| composed(&text.trim().to_lowercase()))
}

/// Host in lower case, without scheme and closing slash.
pub(super) fn url(value: &Value) -> Value {
    on_text(value, |text| {
        let text = composed(text);
        let mut bare = text.trim();
        while let Some(rest) = ["http://", "https://"].iter().find_map(|scheme| without(bare, scheme)) {
            bare = rest.trim_start();
        }
        let bare = bare.trim_end_matches(|char: char| char == '/' || char.is_whitespace());
        match bare.split_once('/') {
            Some((host, path)) => composed(&format!("{}/{path}", host.to_lowercase())),
            None => composed(&bare.to_lowercase()),
        }
    })
}

fn without<'t>(text: &'t str, scheme: &str) -> Option<&'t str> {
    let start = text.get(..scheme.len())?;
    start.eq_ignore_ascii_case(scheme).then(|| &text[scheme.len()..])
}

/// Applies `change` to text and to numbers written out, and leaves everything else alone.
pub(super) fn on_text(value: &Value, change: impl FnOnce(&str) -> String) -> Value {
    match value {
        Value::Text(text) => Value::text(change(text)),
        Value::Decimal(number) => Value::text(change(&number.normalize().to_string())),
        Value::Empty | Value::Flag(_) | Value::Date(_) | Value::Time(_) | Value::Reference(_) | Value::Rows(_) => {
            value.clone()
        }
    }
}
