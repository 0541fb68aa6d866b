//! Conditions: alternatives of requirements, which is all that a language without parentheses can say.

use std::fmt;

use super::literal::{Literal, Pattern};
use crate::id::{FieldName, WsId};

/// The comparisons of the language other than LIKE and IN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        })
    }
}

/// One requirement on one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// A comparison with one value. NULL in the database never fulfils any.
    Compare(FieldName, Comparison, Literal),
    /// `LIKE`
    Like(FieldName, Pattern),
    /// `IN`, with the first value apart because an empty list is an error on the server.
    In(FieldName, Literal, Vec<Literal>),
}

impl Condition {
    /// The field equals the value; text compares by the database's collation, mostly without regard to case.
    pub fn equal(field: FieldName, value: impl Into<Literal>) -> Self {
        Self::Compare(field, Comparison::Equal, value.into())
    }

    /// The field is at least the value.
    pub fn at_least(field: FieldName, value: impl Into<Literal>) -> Self {
        Self::Compare(field, Comparison::AtLeast, value.into())
    }

    /// The field matches the pattern.
    #[must_use]
    pub fn like(field: FieldName, pattern: Pattern) -> Self {
        Self::Like(field, pattern)
    }

    /// The field is one of the values; `None` when there are none, as no record can be.
    pub fn one_of<L: Into<Literal>>(field: FieldName, values: impl IntoIterator<Item = L>) -> Option<Self> {
        let mut values = values.into_iter().map(Into::into);
        let first = values.next()?;
        Some(Self::In(field, first, values.collect()))
    }

    /// The record's id lies after `id`, by number.
    #[must_use]
    pub fn after(id: WsId) -> Self {
        Self::Compare(FieldName::ID, Comparison::Greater, Literal::Id(id))
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compare(field, comparison, value) => write!(f, "{field} {comparison} {value}"),
            Self::Like(field, pattern) => write!(f, "{field} LIKE {pattern}"),
            Self::In(field, first, rest) => {
                write!(f, "{field} IN ({first}")?;
                for value in rest {
                    write!(f, ",{value}")?;
                }
                f.write_str(")")
            }
        }
    }
}

/// Alternatives, each of which is a list of requirements that all hold: `a AND b OR c`. AND binds tighter on both
/// recorded servers, so that this is exactly what the statement means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    // Invariant: at least one alternative, and none of them empty.
    pub(super) alternatives: Vec<Vec<Condition>>,
}

impl Filter {
    /// `first` and all of `rest`.
    pub fn all(first: Condition, rest: impl IntoIterator<Item = Condition>) -> Self {
        Self { alternatives: vec![std::iter::once(first).chain(rest).collect()] }
    }

    /// This, or `other`.
    #[must_use]
    pub fn or(mut self, other: Self) -> Self {
        self.alternatives.extend(other.alternatives);
        self
    }

    /// This, and also `condition`: put into every alternative, because parentheses do not exist.
    #[must_use]
    pub fn and(mut self, condition: &Condition) -> Self {
        for requirements in &mut self.alternatives {
            requirements.push(condition.clone());
        }
        self
    }
}

impl From<Condition> for Filter {
    fn from(condition: Condition) -> Self {
        Self::all(condition, [])
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, requirements) in self.alternatives.iter().enumerate() {
            if nth > 0 {
                f.write_str(" OR ")?;
            }
            for (nth, condition) in requirements.iter().enumerate() {
                if nth > 0 {
                    f.write_str(" AND ")?;
                }
                fmt::Display::fmt(condition, f)?;
            }
        }
        Ok(())
    }
}
