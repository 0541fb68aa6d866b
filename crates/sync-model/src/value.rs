//! What a field can hold. Never a float: amounts and counts are exact decimals.

use std::fmt;

use arcstr::ArcStr;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Fields, RecordKey};

/// A field's value. *Not returned* is not a value: such a field is missing from its [`Fields`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Value {
    /// Known to be empty.
    Empty,
    /// Text, also a choice from a list, in the system's stored form.
    Text(ArcStr),
    /// A number: an amount, a quantity, a percentage, a count.
    Decimal(Decimal),
    /// Yes or no.
    Flag(bool),
    /// A calendar day without a zone.
    Date(NaiveDate),
    /// An instant in UTC.
    Time(DateTime<Utc>),
    /// Another record of the same system.
    Reference(RecordKey),
    /// Lines of a document, in order.
    Rows(Vec<Fields>),
}

impl Value {
    /// Text, or [`Value::Empty`] where there is nothing but blanks.
    ///
    /// ```
    /// # use sync_model::Value;
    /// assert_eq!(Value::text("  "), Value::Empty);
    /// ```
    pub fn text(text: impl AsRef<str>) -> Self {
        let text = text.as_ref();
        if text.trim().is_empty() { Self::Empty } else { Self::Text(text.into()) }
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            Self::Rows(rows) => rows.is_empty(),
            Self::Decimal(_) | Self::Flag(_) | Self::Date(_) | Self::Time(_) | Self::Reference(_) => false,
        }
    }

    /// Whether other records are named in it, perhaps in one of its rows.
    #[must_use]
    pub fn refers(&self) -> bool {
        match self {
            Self::Reference(_) => true,
            Self::Rows(rows) => rows.iter().any(|row| row.iter().any(|(_, value)| value.refers())),
            Self::Empty | Self::Text(_) | Self::Decimal(_) | Self::Flag(_) | Self::Date(_) | Self::Time(_) => false,
        }
    }

    /// The same with every record that is named in it replaced, also in its rows.
    #[must_use]
    pub fn referring(&self, of: &mut dyn FnMut(&RecordKey) -> RecordKey) -> Self {
        match self {
            Self::Reference(key) => Self::Reference(of(key)),
            Self::Rows(rows) => {
                let mut row =
                    |row: &Fields| row.iter().map(|(name, value)| (name.clone(), value.referring(of))).collect();
                Self::Rows(rows.iter().map(&mut row).collect())
            }
            Self::Empty | Self::Text(_) | Self::Decimal(_) | Self::Flag(_) | Self::Date(_) | Self::Time(_) => {
                self.clone()
            }
        }
    }

    /// The text, if it is text.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Empty
            | Self::Decimal(_)
            | Self::Flag(_)
            | Self::Date(_)
            | Self::Time(_)
            | Self::Reference(_)
            | Self::Rows(_) => None,
        }
    }

    /// The number, if it is one.
    #[must_use]
    pub fn as_decimal(&self) -> Option<Decimal> {
        if let Self::Decimal(number) = self { Some(*number) } else { None }
    }
}

impl fmt::Display for Value {
    /// The value as a person reads it; empty prints nothing.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::Text(text) => f.write_str(text),
            Self::Decimal(number) => write!(f, "{}", number.normalize()),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Date(date) => write!(f, "{date}"),
            Self::Time(time) => write!(f, "{}", time.format("%Y-%m-%dT%H:%M:%SZ")),
            Self::Reference(key) => write!(f, "{key}"),
            Self::Rows(rows) => write!(f, "{} rows", rows.len()),
        }
    }
}
