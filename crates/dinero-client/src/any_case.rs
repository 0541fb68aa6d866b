//! Reading JSON whatever the case of its keys: lists echo the spelling of `fields`, and documentation of different age shows
//! both `PascalCase` and `camelCase` (fact sheet §4.2 and §9 P26).
//!
//! A struct tells its deserialiser the names of its fields; a key that equals one of them but for case is given to it in the
//! spelling that it knows.

use std::fmt;

use serde::de::value::{BorrowedStrDeserializer, StrDeserializer};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

type Names = &'static [&'static str];

/// Something that sees keys through the names that a struct knows.
pub(crate) struct AnyCase<T>(pub(crate) T);

/// Containers are looked into; everything else goes straight to whom it concerns.
macro_rules! forward {
    (containers { $($method:ident($($argument:ident: $type:ty),*))* } straight { $($plain:ident($($given:ident: $kind:ty),*))* }) => {
        $(#[inline] fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method($($argument,)* Seeing { visitor, names: &[] })
        })*
        $(#[inline] fn $plain<V: Visitor<'de>>(self, $($given: $kind,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$plain($($given,)* visitor)
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for AnyCase<D> {
    type Error = D::Error;

    forward! {
        containers {
        deserialize_option() deserialize_seq() deserialize_map() deserialize_newtype_struct(name: &'static str)
        deserialize_tuple(len: usize) deserialize_tuple_struct(name: &'static str, len: usize)
        }
        straight {
        deserialize_any() deserialize_bool() deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64()
        deserialize_i128() deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64() deserialize_u128()
        deserialize_f32() deserialize_f64() deserialize_char() deserialize_str() deserialize_string()
        deserialize_bytes() deserialize_byte_buf() deserialize_unit() deserialize_unit_struct(name: &'static str)
        deserialize_identifier() deserialize_ignored_any() deserialize_enum(name: &'static str, variants: Names)
        }
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        names: Names,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_struct(name, names, Seeing { visitor, names })
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for AnyCase<S> {
    type Value = S::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(AnyCase(deserializer))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for AnyCase<A> {
    type Error = A::Error;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(AnyCase(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

/// A visitor of a struct with these names; without names, of anything else.
struct Seeing<V> {
    visitor: V,
    names: Names,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Seeing<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    #[inline]
    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    #[inline]
    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }

    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_some(AnyCase(deserializer))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_newtype_struct(AnyCase(deserializer))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_seq(AnyCase(items))
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(Members { members, names: self.names, next: 0 })
    }
}

/// The members of an object.
struct Members<A> {
    members: A,
    names: Names,
    /// Where the next name is probably found: servers keep to an order.
    next: usize,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Members<A> {
    type Error = A::Error;

    #[inline]
    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.members.next_key_seed(Key { seed, names: self.names, next: &mut self.next })
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.members.next_value_seed(AnyCase(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.members.size_hint()
    }
}

struct Key<'a, S> {
    seed: S,
    names: Names,
    next: &'a mut usize,
}

impl<S> Key<'_, S> {
    #[inline]
    fn known(&mut self, key: &str) -> Option<&'static str> {
        let is_key = |at: &usize| self.names[*at].eq_ignore_ascii_case(key);
        let next = *self.next;
        // Nearly always: the next name, as it is known.
        if self.names.get(next).is_some_and(|name| *name == key) {
            *self.next = next + 1;
            return Some(self.names[next]);
        }
        let at = (next..self.names.len()).find(is_key).or_else(|| (0..next.min(self.names.len())).find(is_key))?;
        *self.next = at + 1;
        Some(self.names[at])
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Key<'_, S> {
    type Value = S::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for Key<'_, S> {
    type Value = S::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(mut self, key: &str) -> Result<S::Value, E> {
        match self.known(key) {
            Some(name) => self.seed.deserialize(BorrowedStrDeserializer::new(name)),
            None => self.seed.deserialize(StrDeserializer::new(key)),
        }
    }

    #[inline]
    fn visit_borrowed_str<E: Error>(mut self, key: &'de str) -> Result<S::Value, E> {
        let key = self.known(key).unwrap_or(key);
        self.seed.deserialize(BorrowedStrDeserializer::new(key))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::AnyCase;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Outer {
        contact_guid: String,
        #[serde(rename = "SENumber")]
        se_number: Option<i64>,
        lines: Vec<Inner>,
        rest: Option<Value>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Inner {
        text: Option<String>,
    }

    #[test]
    fn keys_of_any_case_are_the_same_keys() {
        let expected = Outer {
            contact_guid: "a".to_owned(),
            se_number: Some(7),
            lines: vec![Inner { text: Some("b".to_owned()) }],
            rest: Some(json!({ "keptAsItIs": [1.5] })),
        };
        let cases = [
            r#"{"ContactGuid":"a","SENumber":7,"Lines":[{"Text":"b"}],"Rest":{"keptAsItIs":[1.5]}}"#,
            r#"{"rest":{"keptAsItIs":[1.5]},"lines":[{"text":"b"}],"seNumber":7,"contactGuid":"a","unknown":null}"#,
            r#"{"LINES":[{"TEXT":"b"}],"contactguid":"a","senumber":7,"\u0052est":{"keptAsItIs":[1.5]}}"#,
        ];
        for text in cases {
            let mut json = serde_json::Deserializer::from_str(text);
            assert_eq!(Outer::deserialize(AnyCase(&mut json)).unwrap(), expected, "{text}");
        }
    }
}
