//! Whether two answers say the same: same keys, same values where a value is determined by the request.

use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::BTreeMap;

/// Recorded record numbers to ours. Numbers are unique over all modules, so the prefix does not matter.
#[derive(Debug, Default)]
pub(crate) struct Numbers(BTreeMap<String, String>);

/// Prefixes whose numbers are the same on both servers: users, groups, currencies, the company, taxes.
const FIXED: [&str; 5] = ["19", "20", "21", "23", "34"];

impl Numbers {
    pub(crate) fn note(&mut self, recorded: &str, ours: &str) {
        self.0.insert(recorded.to_owned(), ours.to_owned());
    }

    /// A text with every recorded id in it made ours.
    pub(crate) fn rewrite(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, prefix, number, after)) = next_id(rest) {
            out.push_str(before);
            out.push_str(prefix);
            out.push('x');
            let ours = if FIXED.contains(&prefix) { None } else { self.0.get(&key(prefix, number)) };
            out.push_str(ours.map_or(number, String::as_str));
            rest = after;
        }
        out + rest
    }

    /// Whether an id of ours stands where the recorded one did; the first meeting decides.
    fn agree(&mut self, recorded: &str, ours: &str) -> bool {
        let (Some(("", prefix, number, "")), Some(("", own_prefix, own, ""))) = (next_id(recorded), next_id(ours))
        else {
            return recorded == ours;
        };
        if FIXED.contains(&prefix) {
            return recorded == ours;
        }
        prefix == own_prefix && self.0.entry(key(prefix, number)).or_insert_with(|| own.to_owned()) == own
    }
}

/// Lines count by themselves.
fn key(prefix: &str, number: &str) -> String {
    if prefix == "33" { format!("line {number}") } else { number.to_owned() }
}

/// The first id in a text: what stands before it, prefix, number, what follows.
fn next_id(text: &str) -> Option<(&str, &str, &str, &str)> {
    let bytes = text.as_bytes();
    let digits_before = |end: usize| bytes[..end].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    for (place, _) in text.match_indices('x') {
        let before = digits_before(place);
        let after = bytes[place + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let start = place - before;
        let alone = start == 0 || !bytes[start - 1].is_ascii_alphanumeric();
        if (1..=2).contains(&before) && after > 0 && alone {
            let end = place + 1 + after;
            return Some((&text[..start], &text[start..place], &text[place + 1..end], &text[end..]));
        }
    }
    None
}

/// The differences between two parsed answers.
pub(crate) fn bodies(recorded: &Value, ours: &Value, numbers: &mut Numbers) -> Vec<String> {
    let mut found = Vec::new();
    if recorded.is_null() || recorded.is_string() {
        return found;
    }
    if recorded.get("success").is_none() && recorded.get("result (part)").is_none() {
        part(recorded, &ours["result"], "result", numbers, &mut found);
        return found;
    }
    if recorded["success"].is_null() && recorded.get("result (part)").is_some() {
        part(&recorded["result (part)"], &ours["result"], "result", numbers, &mut found);
        return found;
    }
    if recorded["success"] != ours["success"] {
        return vec![format!("success {} became {ours}", recorded["success"])];
    }
    for (key, value) in recorded.as_object().into_iter().flatten() {
        match key.as_str() {
            "error" if !value.is_null() => error(value, &ours["error"], &mut found),
            "result" => same(value, &ours["result"], "result", numbers, &mut found),
            "result (part)" | "result (shortened)" => part(value, &ours["result"], "result", numbers, &mut found),
            "id" | "unit_price" => same(value, &ours["result"][key], key, numbers, &mut found),
            "length of lastname in the answer" => length(value, &ours["result"]["lastname"], &mut found),
            "length of description in the answer" => length(value, &ours["result"]["description"], &mut found),
            _ => {}
        }
    }
    found
}

fn error(recorded: &Value, ours: &Value, found: &mut Vec<String>) {
    if recorded["code"] != ours["code"] {
        found.push(format!("code {} became {}", recorded["code"], ours["code"]));
    } else if recorded["code"] != "QUERY_SYNTAX_ERROR" && recorded["message"] != ours["message"] {
        found.push(format!("message {} became {}", recorded["message"], ours["message"]));
    }
}

fn length(recorded: &Value, text: &Value, found: &mut Vec<String>) {
    let ours = text.as_str().map_or(0, |text| text.chars().count());
    if recorded.as_u64() != Some(ours as u64) {
        found.push(format!("length {recorded} became {ours}"));
    }
}

/// Only what the recorder kept is compared.
fn part(recorded: &Value, ours: &Value, path: &str, numbers: &mut Numbers, found: &mut Vec<String>) {
    for (key, value) in recorded.as_object().into_iter().flatten() {
        let at = format!("{path}.{key}");
        match (key.as_str(), value) {
            ("updated_count", count) => {
                let own = ours["updated"].as_array().map_or(0, Vec::len);
                if count.as_u64() != Some(own as u64) {
                    found.push(format!("{at}: {count} became {own}"));
                }
            }
            ("lastModifiedTime_utc", _) => {}
            ("updated", Value::Array(items)) => {
                for (place, item) in items.iter().enumerate().filter(|(_, item)| item.is_object()) {
                    part(item, &ours["updated"][place], &at, numbers, found);
                }
            }
            _ => same(value, &ours[key], &at, numbers, found),
        }
    }
}

fn same(recorded: &Value, ours: &Value, path: &str, numbers: &mut Numbers, found: &mut Vec<String>) {
    let field = path.rsplit('.').next().unwrap_or_default();
    match (recorded, ours) {
        _ if is_undetermined(field) => {}
        (Value::Object(left), Value::Object(right)) => {
            let keys: std::collections::BTreeSet<&String> = left.keys().chain(right.keys()).collect();
            for key in keys {
                match (left.get(key), right.get(key)) {
                    (Some(one), Some(other)) => same(one, other, &format!("{path}.{key}"), numbers, found),
                    (Some(one), None) => found.push(format!("{path}.{key} is missing, was {one}")),
                    (None, _) => found.push(format!("{path}.{key} is new: {}", right[key])),
                }
            }
        }
        (Value::Array(left), Value::Array(right)) => {
            let cut = left.last().and_then(Value::as_str).filter(|last| last.starts_with("… "));
            let (kept, count) = match cut {
                Some(last) => {
                    (&left[..left.len() - 1], last.split(' ').nth(1).and_then(|count| count.parse().ok()).unwrap_or(0))
                }
                None => (left.as_slice(), left.len()),
            };
            if count != right.len() {
                found.push(format!("{path}: {count} items became {}", right.len()));
            }
            for (place, (one, other)) in kept.iter().zip(right).enumerate() {
                same(one, other, &format!("{path}.{place}"), numbers, found);
            }
        }
        (Value::Number(one), Value::Number(other)) if decimal(one) == decimal(other) => {}
        (Value::String(one), Value::String(other)) => {
            if one.starts_with('…')
                || one.starts_with('<') && one.ends_with('>') && field != "lastname"
                || is_moment(one) && is_moment(other)
                || is_counted(field) && stem(one) == stem(other)
            {
                return;
            }
            if !numbers.agree(one, other) {
                found.push(format!("{path}: {one:?} became {other:?}"));
            }
        }
        (Value::String(one), _)
            if one.starts_with('…') || one.starts_with('<') && one.ends_with('>') && field != "lastname" => {}
        _ if recorded == ours => {}
        _ => found.push(format!("{path}: {recorded} became {ours}")),
    }
}

fn decimal(number: &serde_json::Number) -> Option<Decimal> {
    let text = number.to_string();
    Decimal::from_scientific(&text).ok().or_else(|| text.parse().ok())
}

/// Values that differ from server to server, or that the form repeats from elsewhere.
fn is_undetermined(field: &str) -> bool {
    matches!(
        field,
        "token" | "sessionName" | "serverTime" | "expireTime" | "lastModifiedTime" | "LineItems_FinalDetails"
    )
}

fn is_counted(field: &str) -> bool {
    field.ends_with("_no")
}

fn stem(number: &str) -> &str {
    number.trim_end_matches(|character: char| character.is_ascii_digit())
}

fn is_moment(text: &str) -> bool {
    text.len() == 19
        && text
            .bytes()
            .zip("dddd-dd-dd dd:dd:dd".bytes())
            .all(|(byte, shape)| if shape == b'd' { byte.is_ascii_digit() } else { byte == shape })
}
