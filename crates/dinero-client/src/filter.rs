//! `fields` and `queryFilter`: built from names that exist, with values that cannot break out (fact sheet §4.2, §4.3).

use std::fmt;

/// Declares the documented names of one list.
macro_rules! field_names {
    ($(#[$doc:meta])* $name:ident { $($field:ident),* $(,)? } filterable { $($filterable:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "the API's own field names")]
        pub enum $name { $($field),* }

        impl $name {
            /// Every documented name.
            pub const ALL: &'static [Self] = &[$(Self::$field),*];

            /// The name as the API spells it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$field => stringify!($field)),* }
            }

            /// Whether the API filters by it.
            #[must_use]
            pub fn is_filterable(self) -> bool {
                matches!(self, $(Self::$filterable)|*)
            }
        }
    };
}

field_names! {
    /// Names of the contact list.
    ContactField {
        Name, ContactGuid, ExternalReference, IsPerson, Street, ZipCode, City, CountryKey, Phone, Email, Webpage,
        AttPerson, VatNumber, EanNumber, PaymentConditionType, PaymentConditionNumberOfDays, IsMember, MemberNumber,
        CompanyStatus, VatRegionKey, CreatedAt, UpdatedAt, DeletedAt, PreferredInvoiceLanguageKey,
        PreferredInvoiceCurrencyKey,
    } filterable { ExternalReference, Name, Email, VatNumber, EanNumber, IsPerson, Phone }
}

field_names! {
    /// Names of the product list.
    ProductField {
        Name, ProductGuid, ProductNumber, Quantity, Unit, AccountNumber, BaseAmountValue, BaseAmountValueInclVat,
        TotalAmount, TotalAmountInclVat, ExternalReference, CreatedAt, UpdatedAt, DeletedAt,
    } filterable { Name, ProductNumber, ExternalReference }
}

/// Conditions that must all hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter(Vec<String>);

/// A condition that cannot be expressed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FilterError {
    /// How a quote or a semicolon in a value is written is not documented, so none is sent.
    #[error("a filter value may hold neither ' nor ; ({0:?})")]
    Unsayable(String),
    /// The API does not filter by this field.
    #[error("{0} cannot be filtered by")]
    NotFilterable(&'static str),
}

impl Filter {
    /// Contacts whose `field` is `value`, compared without case.
    ///
    /// # Errors
    /// [`FilterError`].
    ///
    /// ```
    /// use dinero_client::{ContactField, Filter};
    /// assert_eq!(Filter::contacts(ContactField::VatNumber, "10150817").unwrap().to_string(), "VatNumber eq '10150817'");
    /// assert!(Filter::contacts(ContactField::Name, "O'Hara").is_err());
    /// ```
    pub fn contacts(field: ContactField, value: &str) -> Result<Self, FilterError> {
        Self::condition(field.as_str(), field.is_filterable(), value)
    }

    /// Products whose `field` is `value`, compared without case.
    ///
    /// # Errors
    /// [`FilterError`].
    pub fn products(field: ProductField, value: &str) -> Result<Self, FilterError> {
        Self::condition(field.as_str(), field.is_filterable(), value)
    }

    fn condition(field: &'static str, filterable: bool, value: &str) -> Result<Self, FilterError> {
        if !filterable {
            return Err(FilterError::NotFilterable(field));
        }
        if value.contains(['\'', ';']) || value.chars().any(char::is_control) {
            return Err(FilterError::Unsayable(value.to_owned()));
        }
        Ok(Self(vec![format!("{field} eq '{value}'")]))
    }

    /// Both this and `other`.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(";"))
    }
}
