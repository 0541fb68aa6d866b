//! What has to hold of an own field before its record takes part.

use serde::{Deserialize, Serialize};
use sync_model::Value;

use crate::fold::caseless;

/// A test, or its opposite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// What is asked.
    pub test: Test,
    /// Whether it must *not* hold.
    #[serde(default)]
    pub not: bool,
}

/// What can be asked of a value that is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Test {
    /// There is nothing in it.
    Empty,
    /// It is one of these, to the letter.
    OneOf(Vec<Value>),
    /// The text contains this, in capitals or not.
    Contains(String),
    /// The text begins with this, in capitals or not.
    StartsWith(String),
    /// The number or day is this or more. Nothing is less than everything.
    AtLeast(Value),
    /// The number or day is this or less. An empty field is not.
    AtMost(Value),
}

impl Condition {
    /// That `test` holds.
    #[must_use]
    pub fn holds(test: Test) -> Self {
        Self { test, not: false }
    }

    /// That `test` does not hold.
    #[must_use]
    pub fn fails(test: Test) -> Self {
        Self { test, not: true }
    }

    /// Whether the condition holds of `held`.
    ///
    /// ```
    /// use field_mapping::{Condition, Test};
    /// use sync_model::Value;
    ///
    /// let set = Condition::fails(Test::Empty);
    /// assert!(set.fits(&Value::text("10150817")) && !set.fits(&Value::Empty));
    /// let company = Condition::holds(Test::Contains("aps".to_owned()));
    /// assert!(company.fits(&Value::text("Nordlys ApS")));
    /// ```
    #[must_use]
    pub fn fits(&self, held: &Value) -> bool {
        self.test.holds_of(held) != self.not
    }
}

impl Test {
    fn holds_of(&self, held: &Value) -> bool {
        match self {
            Self::Empty => held.is_empty(),
            Self::OneOf(values) => values.iter().any(|one| one == held || (one.is_empty() && held.is_empty())),
            Self::Contains(part) => held.as_text().is_some_and(|text| caseless(text).contains(&caseless(part))),
            Self::StartsWith(part) => held.as_text().is_some_and(|text| caseless(text).starts_with(&caseless(part))),
            Self::AtLeast(least) => same_kind(held, least) && held >= least,
            Self::AtMost(most) => same_kind(held, most) && held <= most,
        }
    }
}

/// Values of two kinds have an order of their own, which means nothing to a person.
fn same_kind(held: &Value, bound: &Value) -> bool {
    matches!((held, bound), (Value::Decimal(_), Value::Decimal(_)) | (Value::Date(_), Value::Date(_)))
}
