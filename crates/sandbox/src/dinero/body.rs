//! What a request's body says: known names whatever their case, each as the kind of value it has to be.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::money::decimal;
use super::{Call, Failure};

/// The body as an object of known names, and the names that are not known.
pub(super) fn object(call: &Call<'_>, known: &[&str]) -> Result<(Map<String, Value>, Vec<String>), Failure> {
    let Ok(Value::Object(sent)) = serde_json::from_slice(call.body) else {
        return Err(Failure::validation(&[("globalErrors[]", "the model is missing")]));
    };
    Ok(sort_out(sent, known))
}

/// The same where the body may be missing.
pub(super) fn optional_object(call: &Call<'_>, known: &[&str]) -> Result<(Map<String, Value>, Vec<String>), Failure> {
    if call.body.is_empty() { Ok(Default::default()) } else { object(call, known) }
}

/// What is known of `sent`, spelled as `known` spells it, and the names of the rest.
pub(super) fn sort_out(sent: Map<String, Value>, known: &[&str]) -> (Map<String, Value>, Vec<String>) {
    let mut kept = Map::new();
    let mut unknown = Vec::new();
    for (name, value) in sent {
        match known.iter().find(|it| it.eq_ignore_ascii_case(&name)) {
            Some(name) => {
                kept.insert((*name).to_owned(), value);
            }
            None => unknown.push(name),
        }
    }
    (kept, unknown)
}

/// The values of an object, taken out one by one while what is wrong with them is gathered.
pub(super) struct Reader<'a> {
    sent: &'a Map<String, Value>,
    /// Stands before the names in what is wrong, such as `ProductLines[0].`.
    place: String,
    wrong: Vec<(String, String)>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(sent: &'a Map<String, Value>, place: String) -> Self {
        Self { sent, place, wrong: Vec::new() }
    }

    /// Notes that something is wrong with a field.
    pub(super) fn refuse(&mut self, name: &str, why: &str) {
        self.wrong.push((format!("{}{name}", self.place), why.to_owned()));
    }

    /// A text that says something.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        match self.sent.get(name)? {
            Value::String(text) if text.is_empty() => None,
            Value::String(text) => Some(text.clone()),
            Value::Null => None,
            _ => self.not(name, "a text"),
        }
    }

    /// A text of at most so many characters.
    pub(super) fn short_text(&mut self, name: &str, most: usize) -> Option<String> {
        let text = self.text(name);
        if text.as_ref().is_some_and(|text| text.chars().count() > most) {
            self.refuse(name, &format!("must be at most {most} characters"));
        }
        text
    }

    pub(super) fn guid(&mut self, name: &str) -> Option<String> {
        let text = self.text(name)?;
        match uuid::Uuid::parse_str(&text) {
            Ok(guid) => Some(guid.to_string()),
            Err(_) => self.not(name, "a guid"),
        }
    }

    pub(super) fn date(&mut self, name: &str) -> Option<NaiveDate> {
        let text = self.text(name)?;
        match NaiveDate::parse_from_str(&text, "%Y-%m-%d") {
            Ok(date) if text.len() == 10 => Some(date),
            Ok(_) | Err(_) => self.not(name, "a date as yyyy-MM-dd"),
        }
    }

    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        match self.sent.get(name)? {
            Value::Bool(flag) => Some(*flag),
            Value::Null => None,
            _ => self.not(name, "true or false"),
        }
    }

    pub(super) fn number(&mut self, name: &str) -> Option<Decimal> {
        match self.sent.get(name)? {
            value @ Value::Number(_) => match decimal(value) {
                Some(number) => Some(number),
                None => self.not(name, "a number of this size"),
            },
            Value::Null => None,
            _ => self.not(name, "a number"),
        }
    }

    pub(super) fn whole(&mut self, name: &str) -> Option<i64> {
        match self.sent.get(name)? {
            Value::Null => None,
            value => match value.as_i64() {
                Some(number) => Some(number),
                None => self.not(name, "a whole number"),
            },
        }
    }

    /// One of `words`, spelled as they are.
    pub(super) fn word(&mut self, name: &str, words: &[&str]) -> Option<String> {
        let text = self.text(name)?;
        if words.contains(&text.as_str()) {
            Some(text)
        } else {
            self.not(name, &format!("one of {}", words.join(", ")))
        }
    }

    /// What is wrong, if anything is.
    pub(super) fn end(self) -> Vec<(String, String)> {
        self.wrong
    }

    fn not<T>(&mut self, name: &str, kind: &str) -> Option<T> {
        self.refuse(name, &format!("is not {kind}"));
        None
    }
}

/// Refuses what is wrong, if anything is.
pub(super) fn refuse_if(wrong: &[(String, String)]) -> Result<(), Failure> {
    if wrong.is_empty() {
        return Ok(());
    }
    let fields: Vec<(&str, &str)> = wrong.iter().map(|(name, why)| (name.as_str(), why.as_str())).collect();
    Err(Failure::validation(&fields))
}
