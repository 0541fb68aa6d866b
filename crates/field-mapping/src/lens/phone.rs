//! Telephone numbers: many spellings, one E.164 form.

use phonenumber::{Mode, country};
use sync_model::Value;

use super::text::{line, on_text};

/// E.164 where the text is a valid number (Danish unless it says otherwise); otherwise the text on one line.
pub(super) fn read(value: &Value) -> Value {
    on_text(&line(value), |text| {
        let international = text.strip_prefix("00").map_or_else(|| text.to_owned(), |rest| format!("+{rest}"));
        match phonenumber::parse(Some(country::DK), &international) {
            Ok(number) if number.is_valid() && number.extension().is_none() => {
                number.format().mode(Mode::E164).to_string()
            }
            Ok(_) | Err(_) => text.to_owned(),
        }
    })
}
