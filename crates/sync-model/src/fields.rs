//! A record's fields: a small sorted list, so that order never depends on chance and small records stay small.

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

use crate::{FieldName, Value};

/// Field names with their values, sorted by name. A name that is missing is *unknown*, not empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fields(Vec<(FieldName, Value)>);

impl Fields {
    /// No fields known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of `name`, or `None` where it is unknown.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.place(name).ok().map(|at| &self.0[at].1)
    }

    /// Puts `value` under `name`, replacing what stood there.
    pub fn set(&mut self, name: impl Into<FieldName>, value: Value) {
        let name = name.into();
        match self.place(name.as_str()) {
            Ok(at) => self.0[at].1 = value,
            Err(at) => {
                // Many thousand of them are held at once: room that is never used would be a third of it.
                self.0.reserve_exact(1);
                self.0.insert(at, (name, value));
            }
        }
    }

    /// Takes `name` out, so that it is unknown again.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.place(name).ok().map(|at| self.0.remove(at).1)
    }

    /// All known fields in order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&FieldName, &Value)> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// How many fields are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no field is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Overlays `newer` on these fields: what `newer` knows replaces what stood here.
    pub fn overlay(&mut self, newer: &Self) {
        for (name, value) in newer.iter() {
            self.set(name.clone(), value.clone());
        }
    }

    /// Whether `other` knows every one of these fields, and with the same value.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        // Both are sorted, so that one pass over the other is enough.
        let mut others = other.0.iter();
        self.0.iter().all(|(name, value)| {
            let theirs = others.find(|(their_name, _)| their_name == name);
            theirs.is_some_and(|(_, their_value)| their_value == value)
        })
    }

    /// Keeps only what `wanted` says.
    pub fn retain(&mut self, wanted: impl Fn(&FieldName, &Value) -> bool) {
        self.0.retain(|(name, value)| wanted(name, value));
        self.0.shrink_to_fit();
    }

    /// Of several values under one name the last one stands.
    fn of(mut pairs: Vec<(FieldName, Value)>) -> Self {
        if !pairs.is_sorted_by(|(one, _), (next, _)| one.as_str() < next.as_str()) {
            pairs.reverse();
            pairs.sort_by(|(one, _), (other, _)| one.as_str().cmp(other.as_str()));
            pairs.dedup_by(|(next, _), (kept, _)| next.as_str() == kept.as_str());
        }
        // Many thousand records are held at once, and few of them are written to again.
        pairs.shrink_to_fit();
        Self(pairs)
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.as_str().cmp(name))
    }
}

impl<N: Into<FieldName>> FromIterator<(N, Value)> for Fields {
    fn from_iter<I: IntoIterator<Item = (N, Value)>>(pairs: I) -> Self {
        Self::of(pairs.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldsVisitor;
        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of field names to values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Fields::of(pairs))
            }
        }
        deserializer.deserialize_map(FieldsVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_takes_little_room() {
        // A first run holds a million of them.
        assert!(size_of::<(FieldName, Value)>() <= 32);
    }

    #[test]
    fn of_several_values_under_one_name_the_last_one_stands_however_they_came() {
        let text = |text: &str| Value::text(text);
        let fields = [("b", text("1")), ("a", text("2")), ("b", text("3")), ("c", text("4")), ("a", text("5"))];
        let wanted = [("a", text("5")), ("b", text("3")), ("c", text("4"))];
        let mut set = Fields::new();
        for (name, value) in fields.clone() {
            set.set(name, value);
        }
        assert_eq!(set, wanted.clone().into_iter().collect());
        assert_eq!(set, fields.into_iter().collect());
        let read = r#"{"b":{"text":"1"},"a":{"text":"5"},"b":{"text":"3"},"c":{"text":"4"}}"#;
        assert_eq!(set, serde_json::from_str(read).unwrap());
        assert_eq!(serde_json::to_string(&set).unwrap(), r#"{"a":{"text":"5"},"b":{"text":"3"},"c":{"text":"4"}}"#);
    }
}
