//! Names and ids. Each is its own type, so that a record's id cannot stand where a field's name belongs.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

use arcstr::ArcStr;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use string_cache::DefaultAtom;

/// Declares a text newtype that is cheap to clone and compares by its text, on top of something that holds a `str`.
macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident($held:ty)) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name($held);

        impl $name {
            /// Takes the text as it is.
            pub fn new(text: impl AsRef<str>) -> Self {
                Self(text.as_ref().into())
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::new(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.as_str().to_owned()
            }
        }

        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.as_str().hash(state);
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                self.as_str()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl Visitor<'_> for Text {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("a text")
                    }

                    fn visit_str<E>(self, text: &str) -> Result<$name, E> {
                        Ok($name::new(text))
                    }
                }
                deserializer.deserialize_str(Text)
            }
        }
    };
}

/// A word that stands in many thousand records and is held once. Where it stands it takes no more room than a pointer.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Word(DefaultAtom);

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl Deref for Word {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

text_type! {
    /// What the user switches on and off: `organisations`, `contacts`, `products`, `invoices`.
    Module(Word)
}
text_type! {
    /// What one system calls a kind of record: `contact` in Dinero, `Accounts` in Simply CRM.
    Kind(Word)
}
text_type! {
    /// A field's name: a system's own (`VatNumber`, `cf_cvr`) or the mapping's canonical one (`cvr`).
    FieldName(Word)
}
text_type! {
    /// A record's id as its system writes it. Opaque: it is compared and sent back, never calculated with.
    RecordId(ArcStr)
}
text_type! {
    /// Which version of a record was seen. Opaque: equal means "not changed since", anything else means "changed".
    Revision(ArcStr)
}
text_type! {
    /// Our own sign, written into a record that we made, by which it is found again: the id of the record it was made from.
    Mark(ArcStr)
}
text_type! {
    /// One pair of systems that is kept in agreement. One database may hold many.
    PairId(ArcStr)
}
text_type! {
    /// One run of the procedure.
    RunId(ArcStr)
}

/// A record's kind and id: enough to find it in its own system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RecordKey {
    /// The kind, in its system's words.
    pub kind: Kind,
    /// The id, in its system's form.
    pub id: RecordId,
}

impl RecordKey {
    /// A key of `kind` and `id`.
    pub fn new(kind: impl Into<Kind>, id: impl Into<RecordId>) -> Self {
        Self { kind: kind.into(), id: id.into() }
    }
}

impl fmt::Display for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.id)
    }
}
