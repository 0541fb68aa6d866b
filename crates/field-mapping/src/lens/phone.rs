//! Telephone numbers: many spellings, one E.164 form.

use phonenumber::{Mode, PhoneNumber, country};
use sync_model::Value;

use super::text::{line, on_text};

/// E.164 where the text is nothing but one number (Danish unless it says otherwise); otherwise the text on one line.
pub(super) fn read(value: &Value) -> Value {
    on_text(&line(value), |text| {
        // The zero that people dial only at home.
        let dialled =
            if text.starts_with('+') || text.starts_with("00") { text.replacen("(0)", "", 1) } else { text.to_owned() };
        let bare: String = dialled.chars().filter(|char| !" -./()\u{a0}".contains(*char)).collect();
        let international = bare.strip_prefix("00").map_or_else(|| bare.clone(), |rest| format!("+{rest}"));
        let digits = international.strip_prefix('+').unwrap_or(&international);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.to_owned();
        }
        // What nearly every number is needs no library.
        let home = international.strip_prefix("+45").unwrap_or(&international);
        if home.len() == 8 && !home.starts_with(['0', '+']) {
            return format!("+45{home}");
        }
        // No number of any country is shorter or longer.
        if !(4..=15).contains(&digits.len()) {
            return if international.starts_with('+') { international } else { text.to_owned() };
        }
        match phonenumber::parse(Some(country::DK), &international) {
            Ok(number) if number.extension().is_none() && (number.is_valid() || has_danish_length(&number)) => {
                number.format().mode(Mode::E164).to_string()
            }
            Ok(_) | Err(_) if international.starts_with('+') => international,
            Ok(_) | Err(_) => text.to_owned(),
        }
    })
}

/// Number series are opened faster than libraries learn of them: eight digits are a Danish number.
fn has_danish_length(number: &PhoneNumber) -> bool {
    number.code().value() == 45 && number.national().to_string().len() == 8
}
