//! Names and ids. Each is its own type, so that a record's id cannot stand where a field's name belongs.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Declares a text newtype that is cheap to clone and compares by its text.
macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes the text as it is.
            pub fn new(text: impl Into<Arc<str>>) -> Self {
                Self(text.into())
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0.as_ref().to_owned()
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }
    };
}

text_type! {
    /// What the user switches on and off: `organisations`, `contacts`, `products`, `invoices`.
    Module
}
text_type! {
    /// What one system calls a kind of record: `contact` in Dinero, `Accounts` in Simply CRM.
    Kind
}
text_type! {
    /// A field's name: a system's own (`VatNumber`, `cf_cvr`) or the mapping's canonical one (`cvr`).
    FieldName
}
text_type! {
    /// A record's id as its system writes it. Opaque: it is compared and sent back, never calculated with.
    RecordId
}
text_type! {
    /// Which version of a record was seen. Opaque: equal means "not changed since", anything else means "changed".
    Revision
}
text_type! {
    /// Our own sign, written into a record that we made, by which it is found again: the id of the record it was made from.
    Mark
}
text_type! {
    /// One pair of systems that is kept in agreement. One database may hold many.
    PairId
}
text_type! {
    /// One run of the procedure.
    RunId
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
