//! Text in normal form.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;
use sync_model::{Side, Value};

use crate::FaultKind;

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

/// Every character as it stands, in normal form C.
pub(super) fn verbatim(value: &Value) -> Value {
    on_text(value, composed)
}

/// Lines; the CRM's entities are read as the characters they stand for.
pub(super) fn html(side: Side, value: &Value) -> Value {
    match (side, value) {
        (Side::Right, Value::Text(text)) => lines(&Value::text(htmlize::unescape(&**text))),
        (Side::Left | Side::Right, _) => lines(value),
    }
}

/// What stands for something in HTML, as the CRM writes it.
pub(super) fn entities(value: &Value) -> Value {
    match value {
        Value::Text(text) => Value::text(htmlize::escape_all_quotes(&**text)),
        other => other.clone(),
    }
}

/// Text that the CRM or one of its extensions encoded once too often reads as what a person wrote: `Nørre &amp; Søn` is
/// `Nørre & Søn`. Only what is written out with its semicolon is an entity; `AT&T` and `R&D` are names.
pub(super) fn decoded(value: &Value) -> Cow<'_, Value> {
    match value.as_text().and_then(without_entities) {
        Some(text) => Cow::Owned(Value::text(text)),
        None => Cow::Borrowed(value),
    }
}

/// Text in which somebody really means an entity, as `&amp;` in a manual about HTML, is written so that it reads as itself.
pub(super) fn shielded(value: Value) -> Value {
    match value.as_text() {
        Some(text) if without_entities(text).is_some() => Value::text(text.replace('&', "&amp;")),
        Some(_) | None => value,
    }
}

/// The text with the characters that its entities stand for; `None` when there are none.
fn without_entities(text: &str) -> Option<String> {
    let (mut plain, mut rest, mut found) = (String::new(), text, false);
    while let Some(start) = rest.find('&') {
        let (before, entity) = rest.split_at(start);
        plain.push_str(before);
        let name = |letter: char| letter.is_ascii_alphanumeric() || letter == '#';
        let end = entity[1..].find(|letter| !name(letter)).map_or(entity.len(), |end| end + 1);
        let whole = entity.get(..=end).filter(|whole| whole.ends_with(';'));
        let meant = whole.map(htmlize::unescape).filter(|meant| Some(&**meant) != whole);
        match (whole, meant) {
            (Some(whole), Some(meant)) => {
                plain.push_str(&meant);
                (rest, found) = (&entity[whole.len()..], true);
            }
            (None | Some(_), _) => {
                plain.push('&');
                rest = &entity[1..];
            }
        }
    }
    plain.push_str(rest);
    found.then_some(plain)
}

/// The text, or that it is too long.
pub(super) fn at_most(most: u32, value: &Value) -> Result<Value, FaultKind> {
    let length = value.as_text().map_or(0, |text| text.chars().count());
    if u32::try_from(length).is_ok_and(|length| length <= most) {
        Ok(value.clone())
    } else {
        Err(FaultKind::TooLong { max: most })
    }
}

/// The first characters, without a blank at their end.
pub(super) fn cut(most: u32, value: &Value) -> Value {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    on_text(value, |text| text.chars().take(most).collect::<String>().trim_end().to_owned())
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
        Value::Text(text) => match change(text) {
            // Most texts are in normal form already, and one copy of them does for all.
            same if *same == **text && !value.is_empty() => value.clone(),
            other => Value::text(other),
        },
        Value::Decimal(number) => Value::text(change(&number.normalize().to_string())),
        Value::Empty | Value::Flag(_) | Value::Date(_) | Value::Time(_) | Value::Reference(_) | Value::Rows(_) => {
            value.clone()
        }
    }
}
