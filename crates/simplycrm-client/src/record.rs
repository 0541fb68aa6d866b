//! A record as an ordered map of fields, read by type.
//!
//! A field that is not there is an error, a field that is empty is `None`: the server leaves out what the user may not
//! see, and unknown must never be taken for empty.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use indexmap::IndexMap;
use rust_decimal::Decimal;
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::id::WsId;
use crate::value::{FieldValue, decode_entities};

/// A record: its fields in the server's order.
///
/// ```
/// use simplycrm_client::Record;
/// let record: Record = serde_json::from_str(r#"{"id":"11x57","accountname":"Ågade ApS","phone":""}"#)?;
/// assert_eq!(record.text("accountname")?.as_deref(), Some("Ågade ApS"));
/// assert_eq!(record.text("phone")?, None);
/// assert!(record.text("fax").unwrap_err().is_absent());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Record {
    fields: IndexMap<String, FieldValue>,
}

/// A field that is not there, or whose value is not of the type asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.describe())]
pub struct FieldError {
    field: String,
    wanted: &'static str,
    found: Option<String>,
}

impl FieldError {
    pub(crate) fn malformed(field: &str, wanted: &'static str, found: &FieldValue) -> Self {
        let found = match found {
            FieldValue::Text(text) => text.chars().take(80).collect(),
            FieldValue::Number(number) => number.to_string(),
            FieldValue::Flag(flag) => flag.to_string(),
            FieldValue::Null => "null".to_owned(),
            FieldValue::Nested(_) => "a list or an object".to_owned(),
        };
        Self { field: field.to_owned(), wanted, found: Some(found) }
    }

    /// The field's name.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Whether the field is missing from the record: not selected, not known, or hidden from the user.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        self.found.is_none()
    }

    fn describe(&self) -> String {
        match &self.found {
            None => format!("the record has no field {}", self.field),
            Some(found) => format!("field {} holds {found:?}, which is not {}", self.field, self.wanted),
        }
    }
}

impl Record {
    /// A record of these fields.
    pub fn from_fields(fields: impl IntoIterator<Item = (String, FieldValue)>) -> Self {
        Self { fields: fields.into_iter().collect() }
    }

    /// The raw value of a field, if the record has that field.
    #[must_use]
    pub fn get(&self, field: impl AsRef<str>) -> Option<&FieldValue> {
        self.fields.get(field.as_ref())
    }

    /// All fields in the server's order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &FieldValue)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// How many fields there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there is no field at all, as in PHP's empty object `[]`.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The record's id.
    ///
    /// # Errors
    /// When the row has none (a `count(*)` row) or it is not an id.
    pub fn id(&self) -> Result<WsId, FieldError> {
        let value = self.present("id")?;
        parse_with(value, |text| text.parse().ok()).ok_or_else(|| FieldError::malformed("id", "a record id", value))
    }

    /// Text, exactly as stored.
    ///
    /// # Errors
    /// When the field is absent, or a list or object.
    pub fn text(&self, field: impl AsRef<str>) -> Result<Option<Cow<'_, str>>, FieldError> {
        let field = field.as_ref();
        match self.present(field)? {
            FieldValue::Text(text) if text.is_empty() => Ok(None),
            FieldValue::Text(text) => Ok(Some(Cow::Borrowed(text))),
            FieldValue::Number(number) => Ok(Some(Cow::Owned(number.to_string()))),
            FieldValue::Flag(flag) => Ok(Some(Cow::Borrowed(if *flag { "1" } else { "0" }))),
            FieldValue::Null => Ok(None),
            nested @ FieldValue::Nested(_) if nested.is_blank() => Ok(None),
            nested @ FieldValue::Nested(_) => Err(FieldError::malformed(field, "text", nested)),
        }
    }

    /// Text that the server wrote for a web page, with its entities resolved: `label`, `product_name`.
    ///
    /// # Errors
    /// As [`text`](Self::text).
    pub fn display_text(&self, field: impl AsRef<str>) -> Result<Option<String>, FieldError> {
        Ok(self.text(field)?.map(|text| decode_entities(&text)))
    }

    /// The stored value of a picklist, never its translated label.
    ///
    /// # Errors
    /// As [`text`](Self::text).
    pub fn picklist(&self, field: impl AsRef<str>) -> Result<Option<Cow<'_, str>>, FieldError> {
        self.text(field)
    }

    /// The stored values of a multi-picklist, which is one text with ` |##| ` between them (fact sheet §7.1).
    ///
    /// # Errors
    /// As [`text`](Self::text).
    pub fn multi_picklist(&self, field: impl AsRef<str>) -> Result<Vec<String>, FieldError> {
        let text = self.text(field)?;
        Ok(text.map(|text| text.split(" |##| ").map(str::to_owned).collect()).unwrap_or_default())
    }

    /// A number, an amount or a percentage: a decimal point, no grouping.
    ///
    /// # Errors
    /// When the field is absent or not such a number.
    pub fn decimal(&self, field: impl AsRef<str>) -> Result<Option<Decimal>, FieldError> {
        self.parsed(field.as_ref(), "a decimal number", |text| text.parse().ok())
    }

    /// A checkbox.
    ///
    /// # Errors
    /// When the field is absent or none of the spellings the server uses.
    pub fn flag(&self, field: impl AsRef<str>) -> Result<Option<bool>, FieldError> {
        self.parsed(field.as_ref(), "a flag", |text| match text {
            "1" | "on" | "true" | "yes" => Some(true),
            "0" | "off" | "false" | "no" => Some(false),
            _ => None,
        })
    }

    /// A day. The `0000-00-00` that the server stores for an impossible date is no day (fact sheet §7.1).
    ///
    /// # Errors
    /// When the field is absent or not `YYYY-MM-DD`.
    pub fn date(&self, field: impl AsRef<str>) -> Result<Option<NaiveDate>, FieldError> {
        let date = self.parsed(field.as_ref(), "a date", |text| match text {
            "0000-00-00" => Some(None),
            text => NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(Some),
        })?;
        Ok(date.flatten())
    }

    /// A point in time of a server whose clock is UTC, as vtiger is shipped (fact sheet §6.5).
    ///
    /// # Errors
    /// When the field is absent or not `YYYY-MM-DD HH:MM:SS`.
    pub fn time(&self, field: impl AsRef<str>) -> Result<Option<DateTime<Utc>>, FieldError> {
        self.time_in(field, &Utc)
    }

    /// A point in time of a server in `zone`.
    ///
    /// # Errors
    /// When the field is absent, not `YYYY-MM-DD HH:MM:SS`, or an hour that `zone` skipped.
    pub fn time_in<Z: TimeZone>(&self, field: impl AsRef<str>, zone: &Z) -> Result<Option<DateTime<Utc>>, FieldError> {
        let time = self.parsed(field.as_ref(), "a time", |text| match text {
            "0000-00-00 00:00:00" => Some(None),
            text => zone.from_local_datetime(&parse_datetime(text)?).earliest().map(|time| Some(time.to_utc())),
        })?;
        Ok(time.flatten())
    }

    /// A time of day.
    ///
    /// # Errors
    /// When the field is absent or not `HH:MM:SS`.
    pub fn time_of_day(&self, field: impl AsRef<str>) -> Result<Option<NaiveTime>, FieldError> {
        self.parsed(field.as_ref(), "a time of day", |text| {
            NaiveTime::parse_from_str(text, "%H:%M:%S").or_else(|_| NaiveTime::parse_from_str(text, "%H:%M")).ok()
        })
    }

    /// The record that a reference points to; `None` also when that record was deleted (fact sheet §6.3).
    ///
    /// # Errors
    /// When the field is absent or not an id.
    pub fn reference(&self, field: impl AsRef<str>) -> Result<Option<WsId>, FieldError> {
        self.parsed(field.as_ref(), "a record id", |text| text.parse().ok())
    }

    /// The user or group that owns the record.
    ///
    /// # Errors
    /// When the field is absent, or the bare number that 8.x shows for an owner who does not exist.
    pub fn owner(&self, field: impl AsRef<str>) -> Result<Option<WsId>, FieldError> {
        self.reference(field)
    }

    pub(crate) fn present(&self, field: &str) -> Result<&FieldValue, FieldError> {
        self.fields.get(field).ok_or_else(|| FieldError { field: field.to_owned(), wanted: "", found: None })
    }

    fn parsed<T>(
        &self,
        field: &str,
        wanted: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, FieldError> {
        let value = self.present(field)?;
        if value.is_blank() {
            return Ok(None);
        }
        parse_with(value, parse).map(Some).ok_or_else(|| FieldError::malformed(field, wanted, value))
    }
}

/// The server's form of a point in time: no zone, whole seconds.
pub(crate) fn parse_datetime(text: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok()
}

fn parse_with<T>(value: &FieldValue, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    match value {
        FieldValue::Text(text) => parse(text),
        FieldValue::Number(number) => parse(&number.to_string()),
        FieldValue::Flag(flag) => parse(if *flag { "1" } else { "0" }),
        FieldValue::Null | FieldValue::Nested(_) => None,
    }
}

impl IntoIterator for Record {
    type Item = (String, FieldValue);
    type IntoIter = indexmap::map::IntoIter<String, FieldValue>;

    fn into_iter(self) -> Self::IntoIter {
        self.fields.into_iter()
    }
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RecordVisitor)
    }
}

struct RecordVisitor;

impl<'de> Visitor<'de> for RecordVisitor {
    type Value = Record;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Record, A::Error> {
        let mut fields = IndexMap::with_capacity(map.size_hint().unwrap_or(48));
        while let Some((name, value)) = map.next_entry()? {
            fields.insert(name, value);
        }
        Ok(Record { fields })
    }

    /// PHP writes an empty object as `[]` (fact sheet §1.3).
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Record, A::Error> {
        match seq.next_element::<de::IgnoredAny>()? {
            None => Ok(Record::default()),
            Some(_) => Err(de::Error::invalid_type(de::Unexpected::Seq, &self)),
        }
    }
}
