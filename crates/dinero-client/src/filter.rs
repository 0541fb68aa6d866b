//! `queryFilter`: built from names that exist, with values that cannot break out (fact sheet §4.3).

use std::fmt;

use crate::field::ListField;
use crate::{ContactField, ProductField};

/// Conditions on the fields `F` of one list that must all hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter<F> {
    conditions: Vec<Condition<F>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Condition<F> {
    field: F,
    operator: &'static str,
    value: String,
}

/// A condition that cannot be expressed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FilterError {
    /// How a quote or a semicolon in a value is written is not documented, so none is sent.
    #[error("a filter value may hold neither ' nor ; nor control characters ({0:?})")]
    Unsayable(String),
    /// The API does not filter by this field.
    #[error("{0} cannot be filtered by")]
    NotFilterable(&'static str),
}

impl<F: ListField> Filter<F> {
    /// Those whose `field` is `value`, compared without case.
    ///
    /// # Errors
    /// [`FilterError`].
    ///
    /// ```
    /// use dinero_client::{ContactField, Filter};
    ///
    /// let filter = Filter::equals(ContactField::VatNumber, "10150817")?.and(Filter::contains(ContactField::Name, "Nord")?);
    /// assert_eq!(filter.to_string(), "VatNumber eq '10150817';Name contains 'Nord'");
    /// assert!(Filter::equals(ContactField::Name, "O'Hara").is_err());
    /// assert!(Filter::equals(ContactField::City, "Aarhus").is_err());
    /// # Ok::<(), dinero_client::FilterError>(())
    /// ```
    pub fn equals(field: F, value: &str) -> Result<Self, FilterError> {
        Self::condition(field, "eq", value)
    }

    /// Those whose `field` holds `value` somewhere, compared without case.
    ///
    /// # Errors
    /// [`FilterError`].
    pub fn contains(field: F, value: &str) -> Result<Self, FilterError> {
        Self::condition(field, "contains", value)
    }

    fn condition(field: F, operator: &'static str, value: &str) -> Result<Self, FilterError> {
        if !field.is_filterable() {
            return Err(FilterError::NotFilterable(field.as_str()));
        }
        if value.contains(['\'', ';']) || value.chars().any(char::is_control) {
            return Err(FilterError::Unsayable(value.to_owned()));
        }
        Ok(Self { conditions: vec![Condition { field, operator, value: value.to_owned() }] })
    }

    /// Both this and `other`.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.conditions.extend(other.conditions);
        self
    }
}

impl Filter<ContactField> {
    /// Contacts whose `field` is `value`.
    ///
    /// # Errors
    /// [`FilterError`].
    pub fn contacts(field: ContactField, value: &str) -> Result<Self, FilterError> {
        Self::equals(field, value)
    }
}

impl Filter<ProductField> {
    /// Products whose `field` is `value`.
    ///
    /// # Errors
    /// [`FilterError`].
    pub fn products(field: ProductField, value: &str) -> Result<Self, FilterError> {
        Self::equals(field, value)
    }
}

impl<F: ListField> fmt::Display for Filter<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, Condition { field, operator, value }) in self.conditions.iter().enumerate() {
            let separator = if at == 0 { "" } else { ";" };
            write!(f, "{separator}{} {operator} '{value}'", field.as_str())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Filter;
    use crate::ContactField;

    proptest! {
        #[test]
        fn what_is_accepted_reads_back_as_the_conditions_that_were_meant(
            values in proptest::collection::vec((any::<String>(), any::<bool>()), 1..4),
        ) {
            let built: Result<Vec<_>, _> = values.iter().map(|(value, exact)| {
                let build = if *exact { Filter::equals } else { Filter::contains };
                build(ContactField::Name, value)
            }).collect();
            let sayable = values.iter().all(|(value, _)| !value.contains(['\'', ';']) && !value.contains(char::is_control));
            prop_assert_eq!(built.is_ok(), sayable);
            let Ok(built) = built else { return Ok(()) };
            let filter = built.into_iter().reduce(Filter::and).unwrap().to_string();
            let read: Vec<(String, bool)> = filter.split(';').map(|condition| {
                let exact = condition.starts_with("Name eq '");
                let begin = if exact { "Name eq '" } else { "Name contains '" };
                (condition.strip_prefix(begin).unwrap().strip_suffix('\'').unwrap().to_owned(), exact)
            }).collect();
            prop_assert_eq!(read, values);
        }
    }
}
