//! What is sent to be stored: an ordered map of fields, written by type so that nothing reaches the server in a form
//! that it would quietly misread (fact sheet §7.1).

use chrono::NaiveDate;
use indexmap::IndexMap;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::id::WsId;
use crate::record::Record;
use crate::value::FieldValue;

/// The fields to write. Each setter replaces what stood under that name.
///
/// ```
/// use simplycrm_client::Element;
/// let element = Element::new()
///     .text("accountname", "Ågade ApS")
///     .flag("emailoptout", true)
///     .reference("assigned_user_id", "19x1".parse()?);
/// assert_eq!(element.to_json(), r#"{"accountname":"Ågade ApS","emailoptout":"1","assigned_user_id":"19x1"}"#);
/// # Ok::<(), simplycrm_client::InvalidName>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Element {
    fields: IndexMap<String, FieldValue>,
}

impl Element {
    /// Nothing to write yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Text, a picklist's stored value, an e-mail address and the like.
    #[must_use]
    pub fn text(self, field: impl Into<String>, text: impl Into<String>) -> Self {
        self.value(field, FieldValue::Text(text.into()))
    }

    /// A number, an amount or a percentage: sent with a decimal point, exactly.
    #[must_use]
    pub fn decimal(self, field: impl Into<String>, number: Decimal) -> Self {
        self.value(field, FieldValue::Text(number.to_string()))
    }

    /// A checkbox. Only `1` means yes: the server takes the texts "true" and "yes" for no.
    #[must_use]
    pub fn flag(self, field: impl Into<String>, flag: bool) -> Self {
        self.value(field, if flag { "1" } else { "0" }.into())
    }

    /// A day.
    #[must_use]
    pub fn date(self, field: impl Into<String>, date: NaiveDate) -> Self {
        self.value(field, FieldValue::Text(date.format("%Y-%m-%d").to_string()))
    }

    /// A reference to another record, or the user or group that owns this one.
    #[must_use]
    pub fn reference(self, field: impl Into<String>, id: WsId) -> Self {
        self.value(field, FieldValue::Text(id.to_string()))
    }

    /// The values of a multi-picklist.
    #[must_use]
    pub fn multi_picklist<S: AsRef<str>>(self, field: impl Into<String>, values: &[S]) -> Self {
        let joined = values.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(" |##| ");
        self.value(field, FieldValue::Text(joined))
    }

    /// Empties a field. A reference is emptied by `revise` only; `update` drops an empty reference in silence
    /// (fact sheet §3, update).
    #[must_use]
    pub fn clear(self, field: impl Into<String>) -> Self {
        self.value(field, "".into())
    }

    /// A list of elements, such as the lines of an invoice under `LineItems`.
    #[must_use]
    pub fn list(self, field: impl Into<String>, elements: &[Element]) -> Self {
        let list = elements.iter().map(|element| serde_json::to_value(element).unwrap_or_default()).collect();
        self.value(field, FieldValue::Nested(serde_json::Value::Array(list)))
    }

    /// Any value, as it is.
    #[must_use]
    pub fn value(mut self, field: impl Into<String>, value: FieldValue) -> Self {
        self.fields.insert(field.into(), value);
        self
    }

    /// This element with all fields of `other` put over it.
    #[must_use]
    pub fn merged(mut self, other: &Self) -> Self {
        self.fields.extend(other.fields.iter().map(|(name, value)| (name.clone(), value.clone())));
        self
    }

    /// The value under `field`.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&FieldValue> {
        self.fields.get(field)
    }

    /// The fields in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &FieldValue)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The JSON text that goes into the form field `element`.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Text keys and plain values: there is nothing in here that JSON cannot say.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl From<Record> for Element {
    fn from(record: Record) -> Self {
        Self { fields: record.into_iter().collect() }
    }
}

impl FromIterator<(String, FieldValue)> for Element {
    fn from_iter<I: IntoIterator<Item = (String, FieldValue)>>(fields: I) -> Self {
        Self { fields: fields.into_iter().collect() }
    }
}
