//! Why a value cannot be carried over, said so that a person can mend it.

use serde::{Deserialize, Serialize};
use sync_model::{FieldName, Side};

/// One field that cannot be read from, or written to, one side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The side whose field it is.
    pub side: Side,
    /// The canonical field.
    pub field: FieldName,
    /// The side's own field, where one can be named.
    pub own_field: Option<FieldName>,
    /// The value in question, as a person reads it.
    pub value: String,
    /// What is wrong.
    pub kind: FaultKind,
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// The target keeps fewer characters.
    TooLong {
        /// How many it keeps.
        max: u32,
    },
    /// The target needs a value and there is none.
    Missing,
    /// Not a valid number of its kind, such as a CVR number with a wrong check digit.
    Invalid {
        /// What it should be, in words such as `CVR number`.
        expected: String,
    },
    /// The target's list has no such choice.
    NotAChoice,
    /// The translation has no counterpart on that side; the rest of the record is unaffected.
    NoCounterpart,
}

impl FaultKind {
    /// Whether the record as a whole must wait. A missing counterpart leaves out one field; everything else would make
    /// the other system refuse, cut or distort the record.
    #[must_use]
    pub fn holds_record(&self) -> bool {
        match self {
            Self::TooLong { .. } | Self::Missing | Self::Invalid { .. } => true,
            Self::NotAChoice | Self::NoCounterpart => false,
        }
    }
}
