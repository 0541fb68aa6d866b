//! Values made by chance from a schema.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::schema::DINERO;

/// Whom a value is made for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    /// For us to read: optional members may be missing, dates may be any text.
    Reading,
    /// For us to send: everything is said.
    Sending,
}

/// Members that our types cannot leave out, although the schema lets them be null.
const NEVER_NULL: [&str; 4] = ["Uri", "EventId", "Lines", "Timestamp"];

pub(crate) struct Chance(SmallRng);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(SmallRng::seed_from_u64(seed))
    }

    pub(crate) fn coin(&mut self) -> bool {
        self.0.random()
    }

    pub(crate) fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.coin().then(|| make(self))
    }

    pub(crate) fn up_to(&mut self, most: u32) -> u32 {
        self.0.random_range(0..=most)
    }

    pub(crate) fn uuid(&mut self) -> Uuid {
        uuid::Builder::from_random_bytes(self.0.random()).into_uuid()
    }

    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.0.random_range(0..from.len())].clone()
    }

    pub(crate) fn some_of<T: Clone>(&mut self, from: &[T]) -> Vec<T> {
        from.iter().filter(|_| self.0.random()).cloned().collect()
    }

    pub(crate) fn time(&mut self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.0.random_range(0..4_000_000_000), self.0.random_range(0..1_000_000_000)).unwrap()
    }

    pub(crate) fn date(&mut self) -> NaiveDate {
        NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + Duration::days(self.0.random_range(0..40_000))
    }

    pub(crate) fn text(&mut self) -> String {
        const CHARACTERS: [&str; 14] = ["a", "Z", "9", " ", "æ", "Ø", "å", "\"", "\\", "\n", "/", "€", "😀", "'"];
        (0..self.up_to(12)).map(|_| self.pick(&CHARACTERS)).collect()
    }

    /// Text that says something.
    pub(crate) fn words(&mut self) -> String {
        format!("x{}", self.text())
    }

    /// A value of ours, made from what the schema `name` allows.
    pub(crate) fn sent<T: DeserializeOwned>(&mut self, name: &str) -> (T, Value) {
        let schema = &DINERO.document["components"]["schemas"][name];
        let value = self.value(name, schema, For::Sending);
        assert_eq!(DINERO.faults(schema, &value), Vec::<String>::new(), "{value}");
        (serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{name}: {error} in {value}")), value)
    }

    /// An answer that fits `schema`.
    pub(crate) fn answer(&mut self, schema: &'static Value) -> Value {
        let (name, schema) = DINERO.resolved(schema);
        self.value(name, schema, For::Reading)
    }

    fn value(&mut self, name: &str, schema: &'static Value, whom: For) -> Value {
        if whom == For::Sending && name.ends_with("LineCreateModel") || name == "InvoiceLinesCreateModel" {
            return self.line();
        }
        if let Some(words) = schema["enum"].as_array() {
            return self.pick(words);
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => kinds.iter().find_map(|kind| kind.as_str().filter(|it| *it != "null")).unwrap(),
            kind => kind.as_str().unwrap(),
        };
        match kind {
            "object" => self.object(schema, whom),
            "array" => {
                let (name, items) = DINERO.resolved(&schema["items"]);
                (0..self.up_to(3)).map(|_| self.value(name, items, whom)).collect()
            }
            "boolean" => json!(self.coin()),
            "integer" if schema["format"] == "int64" => json!(self.0.random::<i64>()),
            "integer" => json!(self.0.random_range(0..=i32::MAX)),
            "number" => self.amount(),
            "string" => self.string(name, schema, whom),
            other => panic!("no values of type {other}"),
        }
    }

    fn amount(&mut self) -> Value {
        let hundredths = self.0.random_range(-99_999_999_999_i64..=99_999_999_999);
        serde_json::from_str(&format!("{}.{:02}", hundredths / 100, hundredths.abs() % 100)).unwrap()
    }

    fn object(&mut self, schema: &'static Value, whom: For) -> Value {
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let mut object = Map::new();
        for (member, declared) in schema["properties"].as_object().into_iter().flatten() {
            let (name, resolved) = DINERO.resolved(declared);
            let nullable = declared["type"].as_array().is_some_and(|kinds| kinds.contains(&json!("null")));
            let never_null = whom == For::Sending && NEVER_NULL.contains(&member.as_str());
            let name = if name.is_empty() { member } else { name };
            if nullable && !never_null && self.up_to(3) == 0 {
                object.insert(member.clone(), Value::Null);
            } else if whom == For::Sending || required.contains(&member.as_str()) || self.up_to(3) > 0 {
                object.insert(member.clone(), self.value(name, resolved, whom));
            }
        }
        Value::Object(object)
    }

    fn string(&mut self, name: &str, schema: &Value, whom: For) -> Value {
        match schema["format"].as_str() {
            Some("uuid") => json!(self.uuid()),
            Some("uri") => json!(format!("https://example.dk/{}", self.uuid())),
            Some("date-time") if whom == For::Sending => json!(self.time().format("%Y-%m-%dT%H:%M:%SZ").to_string()),
            Some("date-time") => {
                let form = self.pick(&["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%.3f", "%Y-%m-%dT%H:%M:%S%.9f"]);
                let zone = self.pick(&["", "Z", "+02:00"]);
                let digits = if form.ends_with("9f") { 2 } else { 0 };
                let time = self.time().format(form).to_string();
                json!(format!("{}{zone}", &time[..time.len() - digits]))
            }
            Some(other) => panic!("no strings of format {other}"),
            None if whom == For::Sending && name.ends_with("Date") => json!(self.date()),
            None if schema["minLength"] == 1 => json!(self.words()),
            None => json!(self.text()),
        }
    }

    /// Only the lines that the rules allow: a product, a description, or text alone (fact sheet §8.5).
    fn line(&mut self) -> Value {
        let goods = self.up_to(2) > 0;
        let product = self.coin();
        json!({
            "BaseAmountValue": if goods { self.amount() } else { json!(0.0) },
            "ProductGuid": if goods && product { json!(self.uuid()) } else { Value::Null },
            "Description": if goods && product { Value::Null } else { json!(self.words()) },
            "Comments": if goods { json!(self.maybe(Self::words)) } else { Value::Null },
            "Quantity": if goods { self.amount() } else { json!(0.0) },
            "AccountNumber": if goods { self.up_to(99_999) } else { 0 },
            "Unit": if goods { json!(self.pick(&["hours", "parts", "squareMetre", "pallet"])) } else { Value::Null },
            "Discount": if goods { json!(self.pick(&[0.0, 12.5, 100.0])) } else { json!(0.0) },
            "LineType": if goods { "Product" } else { "Text" },
        })
    }
}

/// Without what is null, which says as much as what is not there.
pub(crate) fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.iter().filter(|(_, it)| !it.is_null());
            Value::Object(kept.map(|(name, it)| (name.clone(), without_nulls(it))).collect())
        }
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}
