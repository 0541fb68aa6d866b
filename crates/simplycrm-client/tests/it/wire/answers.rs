//! Recorded answers, and whether ours read the same.

use bytes::Bytes;
use rust_decimal::Decimal;
use serde_json::Value;
use simplycrm_client::{Error, Repair};

use super::requests::Reading;

pub(super) struct RecordedAnswer {
    pub(super) response: http::Response<Bytes>,
    /// The envelope, if there was one.
    body: Option<Value>,
    /// The whole result, where the recorder did not shorten it.
    result: Option<Value>,
    /// Whether a server sent JSON that is none.
    raw_control_characters: bool,
}

pub(super) fn recorded_answer(exchange: &Value) -> Option<RecordedAnswer> {
    let recorded = &exchange["response"];
    let status = u16::try_from(recorded.get("status")?.as_u64()?).ok()?;
    let response = |text: String| http::Response::builder().status(status).body(Bytes::from(text)).unwrap();
    if let Some(text) = recorded.get("not_json").and_then(Value::as_str) {
        let raw_control_characters = text.contains(r#"{"success""#) && text.chars().any(char::is_control);
        return Some(RecordedAnswer {
            response: response(text.to_owned()),
            body: None,
            result: None,
            raw_control_characters,
        });
    }
    if recorded.get("python_repr").is_some() {
        // A part of the raw text around the value.
        let part = python_repr(recorded["raw_text"].as_str()?);
        let text = format!(r#"{{"success":true,"result":{{{part}}}}}"#);
        let sent: Value = serde_json::from_str(exchange["request"]["form"]["element"].as_str()?).ok()?;
        let unchanged = recorded["value_unchanged"] == true;
        let result = unchanged.then(|| serde_json::json!({ "lastname": sent["lastname"] }));
        let raw_control_characters = recorded["json"].as_str().is_some_and(|json| json.starts_with("NOT valid"));
        let body = Some(serde_json::json!({ "success": true }));
        return Some(RecordedAnswer { response: response(text), body, result, raw_control_characters });
    }
    let mut body = recorded.get("body")?.as_object()?.clone();
    let cut = body.remove("result (part)").or_else(|| body.remove("result (shortened)"));
    let whole = body.get("result").cloned();
    if let Some(mut cut) = cut {
        for rows in lists(&mut cut) {
            rows.retain(|row| !row.as_str().is_some_and(|text| text.starts_with('…')));
        }
        body.insert("success".to_owned(), true.into());
        body.insert("result".to_owned(), cut);
    } else if let Some(mut rows) = whole.clone().filter(Value::is_array) {
        rows.as_array_mut()?.retain(|row| !row.as_str().is_some_and(|text| text.starts_with('…')));
        body.insert("result".to_owned(), rows);
    }
    let answered = body.get("success") == Some(&Value::Bool(false)) || body.contains_key("result");
    if !answered {
        return None;
    }
    let result = body.get("result").cloned();
    let body = Value::Object(body);
    let text = body.to_string();
    Some(RecordedAnswer { response: response(text), body: Some(body), result, raw_control_characters: false })
}

/// The list itself, or the lists in an object.
fn lists(value: &mut Value) -> Vec<&mut Vec<Value>> {
    match value {
        Value::Array(list) => vec![list],
        Value::Object(object) => object.values_mut().filter_map(Value::as_array_mut).collect(),
        _ => Vec::new(),
    }
}

fn python_repr(repr: &str) -> String {
    let mut text = String::new();
    let mut characters = repr.trim_matches('\'').chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        let escaped = characters.next().unwrap();
        match escaped {
            'n' => text.push('\n'),
            'r' => text.push('\r'),
            't' => text.push('\t'),
            'x' | 'u' => {
                let length = if escaped == 'x' { 2 } else { 4 };
                let digits: String = characters.by_ref().take(length).collect();
                text.push(char::from_u32(u32::from_str_radix(&digits, 16).unwrap()).unwrap());
            }
            other => text.push(other),
        }
    }
    text
}

pub(super) fn read_alike(recorded: &RecordedAnswer, read: Result<Reading, Error>) -> Result<(), String> {
    let repairs = |reading: &Reading| {
        if reading.repairs.contains(&Repair::ControlCharacters) == recorded.raw_control_characters {
            Ok(())
        } else {
            Err(format!("repairs {:?}", reading.repairs))
        }
    };
    match (&recorded.body, read) {
        (None, Ok(reading)) if recorded.raw_control_characters => repairs(&reading),
        (None, Ok(_)) => Err("read something that is no answer".to_owned()),
        (None, Err(error)) if recorded.response.status() == 500 && !error.is_unknown_operation() => {
            Err(format!("500 was read as {error}"))
        }
        (None, Err(error)) => match error.code() {
            Some(code) if !said(recorded, code.as_str()) => Err(format!("a refusal out of nothing: {error}")),
            Some(_) | None => Ok(()),
        },
        (Some(body), Ok(_)) if body["success"] == false => Err("a refusal was read as success".to_owned()),
        (Some(_), Ok(reading)) => {
            repairs(&reading)?;
            let (Some(mut again), Some(result)) = (reading.again, &recorded.result) else { return Ok(()) };
            let mut result = result.clone();
            if again.get("updated").is_some() && again.as_object().is_some_and(|object| object.len() == 1) {
                result = serde_json::json!({ "updated": result["updated"] });
            }
            exact(&mut again);
            exact(&mut result);
            if again == result { Ok(()) } else { Err(format!("read {again} instead of {result}")) }
        }
        (Some(body), Err(error)) if body["success"] == true => Err(format!("success was read as {error:?}")),
        (Some(body), Err(error)) => {
            let code = &body["error"]["code"];
            let wanted = code.as_str().map_or_else(|| code.to_string(), str::to_owned);
            if error.code().is_some_and(|code| code.as_str() == wanted) {
                Ok(())
            } else {
                Err(format!("{wanted} was read as {error:?}"))
            }
        }
    }
}

/// Whether a text that is not JSON as a whole holds a refusal with this code.
fn said(recorded: &RecordedAnswer, code: &str) -> bool {
    let text = String::from_utf8_lossy(recorded.response.body());
    text.contains(r#"{"success":false"#) && text.contains(&format!(r#""code":"{code}""#))
}

/// Numbers as text, so that 0 and 0.0 are the same number and digits are compared as digits.
fn exact(value: &mut Value) {
    match value {
        Value::Number(number) => {
            let text = number.to_string();
            let number: Decimal = text.parse().or_else(|_| Decimal::from_scientific(&text)).unwrap();
            *value = format!("number {}", number.normalize()).into();
        }
        Value::Array(list) => list.iter_mut().for_each(exact),
        Value::Object(object) => object.values_mut().for_each(exact),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}
