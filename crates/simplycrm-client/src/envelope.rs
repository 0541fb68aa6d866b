//! The envelope around every answer, and what to make of answers that come without it (fact sheet §1.3).

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use crate::code::Code;
use crate::error::Kind;

/// An answer, and what had to be overlooked to read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<T> {
    /// The result.
    pub value: T,
    /// What was not as it should be; worth a line in the log.
    pub repairs: Vec<Repair>,
}

/// Something that a server did which the API does not say it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repair {
    /// Text before the answer, such as a PHP warning on a server that shows them.
    TextBefore,
    /// Text after the answer.
    TextAfter,
    /// Control characters inside texts, which 7.x and 8.x do not escape.
    ControlCharacters,
}

#[derive(Deserialize)]
struct Envelope<T> {
    success: bool,
    #[serde(default = "none", deserialize_with = "present", bound(deserialize = "T: DeserializeOwned"))]
    result: Option<T>,
    #[serde(default)]
    error: Option<serde_json::Value>,
}

fn none<T>() -> Option<T> {
    None
}

/// A result that is there, even when it is null.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// The result in an answer, or what the answer says instead.
pub(crate) fn decode<T: DeserializeOwned>(status: u16, body: &[u8]) -> Result<Answer<T>, Kind> {
    match serde_json::from_slice::<Envelope<T>>(body) {
        Ok(envelope) => Ok(Answer { value: open(envelope)?, repairs: Vec::new() }),
        Err(_) => decode_damaged(status, body),
    }
}

fn open<T>(envelope: Envelope<T>) -> Result<T, Kind> {
    match envelope {
        Envelope { success: true, result: Some(result), .. } => Ok(result),
        Envelope { success: true, result: None, .. } => {
            Err(Kind::Shape { path: "result".to_owned(), reason: "success without a result".to_owned() })
        }
        Envelope { success: false, error, .. } => Err(refusal(error.as_ref())),
    }
}

/// The code and message under every name that the server's history has given them.
fn refusal(error: Option<&serde_json::Value>) -> Kind {
    let text = |names: &[&str]| {
        names.iter().find_map(|name| match error?.get(name)? {
            serde_json::Value::String(text) => Some(text.clone()),
            serde_json::Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    };
    let message = text(&["message", "errorMessage", "errorMsg"]);
    let message = message.or_else(|| error?.as_str().map(str::to_owned)).unwrap_or_default();
    let code = text(&["code", "errorCode", "errorType"]).unwrap_or_default();
    Kind::Refused { code: Code::from_wire(&code), message }
}

fn decode_damaged<T: DeserializeOwned>(status: u16, body: &[u8]) -> Result<Answer<T>, Kind> {
    let Ok(text) = std::str::from_utf8(body) else {
        return Err(Kind::Garbled { excerpt: excerpt(&String::from_utf8_lossy(body)) });
    };
    let Some(start) = text.find(r#"{"success""#) else { return Err(without_envelope(status, text)) };
    let mut repairs = Vec::new();
    if !text[..start].trim().is_empty() {
        repairs.push(Repair::TextBefore);
    }
    let escaped = escape_control_characters(&text[start..]);
    if let Some(escaped) = &escaped {
        repairs.push(Repair::ControlCharacters);
        return decode_text(escaped, repairs);
    }
    decode_text(&text[start..], repairs)
}

fn decode_text<T: DeserializeOwned>(text: &str, mut repairs: Vec<Repair>) -> Result<Answer<T>, Kind> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let envelope: Envelope<T> = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let reason = error.inner();
        if reason.is_data() {
            Kind::Shape { path: error.path().to_string(), reason: reason.to_string() }
        } else {
            Kind::Garbled { excerpt: excerpt(text) }
        }
    })?;
    if deserializer.end().is_err() {
        repairs.push(Repair::TextAfter);
    }
    Ok(Answer { value: open(envelope)?, repairs })
}

fn without_envelope(status: u16, text: &str) -> Kind {
    let lower = text.trim_start().get(..512).unwrap_or(text.trim_start()).to_ascii_lowercase();
    let page = lower.contains("<html") || lower.contains("<!doctype");
    match status {
        408 | 425 | 429 | 503 => Kind::TurnedAway { status },
        500 => Kind::Died { status },
        _ if page => Kind::WebPage { status, excerpt: excerpt(text) },
        200..=299 if text.trim().is_empty() => Kind::Empty,
        200..=299 => Kind::Garbled { excerpt: excerpt(text) },
        _ => Kind::Died { status },
    }
}

/// JSON with the control characters inside its texts escaped; `None` when there are none.
fn escape_control_characters(json: &str) -> Option<String> {
    let mut escaped = String::with_capacity(json.len() + 16);
    let (mut in_text, mut after_backslash, mut changed) = (false, false, false);
    for character in json.chars() {
        if in_text && u32::from(character) < 0x20 {
            escaped.push_str(&format!("\\u{:04x}", u32::from(character)));
            changed = true;
            continue;
        }
        match character {
            '"' if !after_backslash => in_text = !in_text,
            _ => {}
        }
        after_backslash = character == '\\' && !after_backslash;
        escaped.push(character);
    }
    changed.then_some(escaped)
}

/// The readable beginning of `text`, without markup.
fn excerpt(text: &str) -> String {
    let mut plain = String::new();
    let mut in_tag = false;
    for character in text.chars() {
        match character {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ if in_tag => {}
            blank if blank.is_whitespace() => {
                if !plain.is_empty() && !plain.ends_with(' ') {
                    plain.push(' ');
                }
            }
            other => plain.push(other),
        }
        if plain.len() >= 160 {
            break;
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(status: u16, body: &str) -> Result<Answer<serde_json::Value>, Kind> {
        decode(status, body.as_bytes())
    }

    #[test]
    fn answers_are_found_in_what_surrounds_them() {
        let table: [(&str, &[Repair]); 5] = [
            (r#"{"success":true,"result":[1]}"#, &[]),
            ("<b>Warning</b>: x in y\n{\"success\":true,\"result\":[1]}", &[Repair::TextBefore]),
            ("{\"success\":true,\"result\":[1]}<br/>", &[Repair::TextAfter]),
            ("\u{a0}{\"success\":true,\"result\":[1]} \n", &[]),
            (r#"{"success":true,"error":null,"result":[1],"debug":"x"}"#, &[]),
        ];
        for (body, repairs) in table {
            let answer = value(200, body).unwrap();
            assert_eq!(answer.value, serde_json::json!([1]), "{body}");
            assert_eq!(answer.repairs, repairs, "{body}");
        }
    }

    #[test]
    fn control_characters_inside_texts_are_kept() {
        let answer = value(200, "{\"success\":true,\"result\":\"a\u{1}\\\"\u{b}\\\\\"\n}").unwrap();
        assert_eq!(answer.value, serde_json::json!("a\u{1}\"\u{b}\\"));
        assert_eq!(answer.repairs, [Repair::ControlCharacters]);
    }

    #[test]
    fn refusals_are_read_under_every_name() {
        let table = [
            (r#"{"code":"ACCESS_DENIED","message":"m"}"#, Code::AccessDenied),
            (r#"{"errorCode":"ACCESS_DENIED","errorMessage":"m"}"#, Code::AccessDenied),
            (r#"{"errorType":"ACCESS_DENIED","errorMsg":"m","xdebug_message":"x"}"#, Code::AccessDenied),
            (r#"{"code":0,"message":"m"}"#, Code::Duplicate),
            (r#"{"code":"NEW_ONE","message":"m"}"#, Code::Other("NEW_ONE".to_owned())),
        ];
        for (error, code) in table {
            let kind = value(200, &format!(r#"{{"success":false,"error":{error}}}"#)).unwrap_err();
            assert_eq!(kind, Kind::Refused { code, message: "m".to_owned() }, "{error}");
        }
    }

    #[test]
    fn what_is_no_answer_is_told_apart() {
        let page = "<!DOCTYPE html><html><body>Log in</body></html>";
        let table = [
            (200, "", Kind::Empty),
            (500, "", Kind::Died { status: 500 }),
            (500, page, Kind::Died { status: 500 }),
            (503, page, Kind::TurnedAway { status: 503 }),
            (429, "", Kind::TurnedAway { status: 429 }),
            (200, page, Kind::WebPage { status: 200, excerpt: "Log in".to_owned() }),
            (404, page, Kind::WebPage { status: 404, excerpt: "Log in".to_owned() }),
            (502, page, Kind::WebPage { status: 502, excerpt: "Log in".to_owned() }),
            (200, "Sorry! Attempt.", Kind::Garbled { excerpt: "Sorry! Attempt.".to_owned() }),
            (200, r#"{"success":true,"result"#, Kind::Garbled { excerpt: r#"{"success":true,"result"#.to_owned() }),
        ];
        for (status, body, kind) in table {
            assert_eq!(value(status, body).unwrap_err(), kind, "{status} {body}");
        }
    }

    #[test]
    fn an_answer_of_another_shape_says_where() {
        let kind = decode::<Vec<u8>>(200, br#"{"success":true,"result":[1,"x"]}"#).unwrap_err();
        let Kind::Shape { path, .. } = kind else { unreachable!("{kind:?}") };
        assert_eq!(path, "result[1]");
    }
}
