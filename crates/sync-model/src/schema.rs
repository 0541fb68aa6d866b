//! What a system says of its own kinds and fields.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{FieldName, Kind};

/// The kinds one system offers to the user we act for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    /// By the system's own name of the kind.
    pub kinds: BTreeMap<Kind, KindSchema>,
}

impl Schema {
    /// The kind named `kind`.
    #[must_use]
    pub fn kind(&self, kind: &str) -> Option<&KindSchema> {
        self.kinds.get(kind)
    }
}

/// One kind of record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindSchema {
    /// The system's name of it.
    pub kind: Kind,
    /// What its users call it, in the language of the account we act for.
    pub label: String,
    /// Its fields in the system's order.
    pub fields: Vec<FieldSpec>,
}

impl KindSchema {
    /// The field named `name`.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&FieldSpec> {
        self.fields.iter().find(|field| field.name.as_str() == name)
    }
}

/// One field of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldSpec {
    /// The system's name of it.
    pub name: FieldName,
    /// What its users call it.
    pub label: String,
    /// What it holds.
    pub ty: FieldType,
    /// Whether a new record needs it.
    pub required: bool,
    /// Whether it may be written.
    pub writable: bool,
    /// The most characters it keeps, where that is known.
    pub max_chars: Option<u32>,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldType {
    /// Any text.
    Text,
    /// A number with at most this many decimals, where that is known.
    Decimal {
        /// Decimals kept, where known.
        scale: Option<u32>,
    },
    /// Yes or no.
    Flag,
    /// A day.
    Date,
    /// An instant.
    Time,
    /// One of a list.
    Choice(Vec<Choice>),
    /// A record of one of these kinds.
    Reference(Vec<Kind>),
    /// Lines of a document.
    Rows(Vec<FieldSpec>),
}

/// One entry of a list to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What is stored.
    pub value: String,
    /// What users see.
    pub label: String,
}
