//! The written form of a mapping: TOML, one `[[entity]]` for each pair of kinds, with its place in the file.

use std::ops::Range;

use sync_model::{Side, Sides, Value};

use crate::Condition;
use crate::lens::Lens;
use crate::mapping::{Label, Priority};

/// Where a mapping comes from.
#[derive(Debug, Clone, Copy)]
pub enum Source<'a> {
    /// The standard mapping, which this crate ships.
    Standard,
    /// The user's own file. A module that it does not mention keeps the standard mapping.
    Custom {
        /// The file's name, for messages.
        file: &'a str,
        /// Its text.
        text: &'a str,
    },
}

/// The files of the standard mapping, in the order in which their modules run.
pub(crate) const STANDARD: [(&str, &str); 5] = [
    ("organisations.toml", include_str!("../standard/organisations.toml")),
    ("contacts.toml", include_str!("../standard/contacts.toml")),
    ("products.toml", include_str!("../standard/products.toml")),
    ("services.toml", include_str!("../standard/services.toml")),
    ("invoices.toml", include_str!("../standard/invoices.toml")),
];

/// Modules of documents: they have a course of their own (customer, lines, booking), which pairs of fields only accompany.
/// They are resolved where both systems describe them, and nothing is asked for or noted on their account.
pub(crate) const DOCUMENTS: [&str; 1] = ["invoices"];

/// Something with its place in the file.
#[derive(Debug, Clone)]
pub(crate) struct Placed<T> {
    pub(crate) span: Range<usize>,
    pub(crate) it: T,
}

/// One pair of kinds.
#[derive(Debug)]
pub(crate) struct WrittenEntity {
    pub(crate) module: Placed<String>,
    pub(crate) kinds: Sides<Placed<String>>,
    pub(crate) makes: Sides<bool>,
    pub(crate) filters: Sides<Vec<WrittenFilter>>,
    pub(crate) constants: Sides<Vec<WrittenConstant>>,
    pub(crate) rules: Vec<WrittenRule>,
    pub(crate) fields: Vec<WrittenField>,
    pub(crate) unmapped: Vec<WrittenUnmapped>,
}

/// A condition on an own field.
#[derive(Debug)]
pub(crate) struct WrittenFilter {
    pub(crate) field: Placed<String>,
    pub(crate) condition: Placed<Condition>,
}

/// An own field that every new record gets.
#[derive(Debug)]
pub(crate) struct WrittenConstant {
    pub(crate) field: Placed<String>,
    pub(crate) value: Placed<Given>,
}

/// A value, or the name of the setting that holds it.
#[derive(Debug)]
pub(crate) enum Given {
    Value(Value),
    Setting(String),
}

/// A match rule.
#[derive(Debug)]
pub(crate) struct WrittenRule {
    pub(crate) name: Placed<String>,
    pub(crate) fields: Vec<Placed<String>>,
    pub(crate) vetoes: bool,
    pub(crate) similar: Option<WrittenSimilar>,
    pub(crate) score: Option<u8>,
}

/// The field of a rule that need only be alike.
#[derive(Debug)]
pub(crate) struct WrittenSimilar {
    pub(crate) field: Placed<String>,
    pub(crate) links: u8,
    pub(crate) proposes: u8,
}

/// A pair of fields.
#[derive(Debug)]
pub(crate) struct WrittenField {
    pub(crate) name: Placed<String>,
    pub(crate) label: Option<Label>,
    pub(crate) own: Sides<Placed<WrittenOwn>>,
    /// `None` where it was given and could not be understood.
    pub(crate) lens: Option<Lens>,
    /// Where the translation stands, or the field without one.
    pub(crate) translate: Range<usize>,
    pub(crate) direction: WrittenDirection,
    pub(crate) priority: Option<Placed<Priority>>,
    pub(crate) clearing: bool,
    pub(crate) defaults: Sides<Option<Placed<Value>>>,
}

/// A field's own direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WrittenDirection {
    Both,
    ToDinero,
    ToCrm,
    CreateOnly,
    /// Nowhere; it only tells records apart.
    Compared,
}

impl WrittenDirection {
    /// Whether values travel to `side` at all.
    pub(crate) fn reaches(self, side: Side) -> bool {
        match self {
            Self::Both | Self::CreateOnly => true,
            Self::Compared => false,
            Self::ToDinero => side == Side::Left,
            Self::ToCrm => side == Side::Right,
        }
    }
}

/// A side's own fields: named, or to be found among the custom fields.
#[derive(Debug)]
pub(crate) enum WrittenOwn {
    Named(Vec<Placed<String>>),
    Find { names: Vec<Placed<String>>, labels: Vec<Placed<String>> },
}

/// Fields that are left alone on purpose.
#[derive(Debug)]
pub(crate) struct WrittenUnmapped {
    pub(crate) side: Side,
    pub(crate) fields: Vec<Placed<String>>,
    pub(crate) why: Label,
    /// Whether the system or the connection fills them in, so that a new record does not lack them.
    pub(crate) filled: bool,
}
