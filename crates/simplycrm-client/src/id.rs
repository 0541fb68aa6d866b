//! Names and ids that cannot carry anything but what they are: record ids, module names, field names.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The id of a record, `<prefix>x<number>`: the prefix stands for the module and differs between installations, the
/// number is unique over all modules of an installation (fact sheet §6.1, §6.2).
///
/// The server pastes ids into SQL without escaping (§4.2); this type is why that cannot be abused: it holds two numbers.
///
/// ```
/// use simplycrm_client::WsId;
/// let id: WsId = "11x57".parse()?;
/// assert_eq!((id.prefix(), id.number()), (11, 57));
/// assert!("11x57 or 1=1".parse::<WsId>().is_err());
/// # Ok::<(), simplycrm_client::InvalidName>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WsId {
    prefix: u32,
    number: u64,
}

impl WsId {
    /// The id of record `number` in the module with `prefix`.
    #[must_use]
    pub const fn new(prefix: u32, number: u64) -> Self {
        Self { prefix, number }
    }

    /// What stands before the `x`: the module, as [`crate::ModuleSchema::id_prefix`] tells.
    #[must_use]
    pub const fn prefix(self) -> u32 {
        self.prefix
    }

    /// What stands after the `x`: unique in the installation.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.number
    }
}

impl fmt::Display for WsId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.prefix, self.number)
    }
}

impl fmt::Debug for WsId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for WsId {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        text.split_once('x')
            .filter(|(prefix, number)| digits(prefix) && digits(number))
            .and_then(|(prefix, number)| Some(Self::new(prefix.parse().ok()?, number.parse().ok()?)))
            .ok_or_else(|| InvalidName::new("a record id such as 11x57", text))
    }
}

impl Serialize for WsId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for WsId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// Text that is not the name or id it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is not {wanted}")]
pub struct InvalidName {
    wanted: &'static str,
    found: String,
}

impl InvalidName {
    fn new(wanted: &'static str, found: &str) -> Self {
        Self { wanted, found: found.chars().take(80).collect() }
    }
}

/// Whether `name` is one bare word of the query language, and not one of its keywords.
const fn is_identifier(name: &str) -> bool {
    let bytes = name.as_bytes();
    if bytes.is_empty() || bytes.len() > 100 || bytes[0].is_ascii_digit() {
        return false;
    }
    let mut at = 0;
    while at < bytes.len() {
        if !(bytes[at].is_ascii_alphanumeric() || bytes[at] == b'_') {
            return false;
        }
        at += 1;
    }
    let mut keyword = 0;
    while keyword < KEYWORDS.len() {
        if name.len() == KEYWORDS[keyword].len() && bytes.eq_ignore_ascii_case(KEYWORDS[keyword].as_bytes()) {
            return false;
        }
        keyword += 1;
    }
    true
}

const KEYWORDS: [&str; 14] =
    ["select", "from", "where", "and", "or", "in", "like", "limit", "order", "by", "asc", "desc", "count", "not"];

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $wanted:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Cow<'static, str>);

        impl $name {
            /// A name known when the program is written. In a `const`, a bad name is a compile error.
            ///
            /// # Panics
            /// When `name` is not an identifier of the query language.
            #[must_use]
            pub const fn literal(name: &'static str) -> Self {
                assert!(is_identifier(name), "not an identifier of the query language");
                Self(Cow::Borrowed(name))
            }

            /// A name learnt at run time.
            ///
            /// # Errors
            /// When `name` is not letters, digits and underscores, or is a keyword of the query language.
            pub fn new(name: impl Into<String>) -> Result<Self, InvalidName> {
                let name = name.into();
                if is_identifier(&name) { Ok(Self(Cow::Owned(name))) } else { Err(InvalidName::new($wanted, &name)) }
            }

            /// The name as the server spells it.
            #[must_use]
            pub fn as_str(&self) -> &str {
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
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidName;

            fn from_str(text: &str) -> Result<Self, InvalidName> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0.into_owned()
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(String::deserialize(deserializer)?).map_err(de::Error::custom)
            }
        }
    };
}

identifier! {
    /// The internal, case-sensitive name of a module (fact sheet §3, listtypes).
    ModuleName, "a module name such as Accounts"
}

identifier! {
    /// The internal, case-sensitive name of a field that may stand in a query.
    FieldName, "a field name such as accountname"
}

impl ModuleName {
    /// Organisations.
    pub const ACCOUNTS: Self = Self::literal("Accounts");
    /// People.
    pub const CONTACTS: Self = Self::literal("Contacts");
    /// Products.
    pub const PRODUCTS: Self = Self::literal("Products");
    /// Services.
    pub const SERVICES: Self = Self::literal("Services");
    /// Invoices (the name is singular).
    pub const INVOICE: Self = Self::literal("Invoice");
    /// Users.
    pub const USERS: Self = Self::literal("Users");
    /// Groups of users, which may own records.
    pub const GROUPS: Self = Self::literal("Groups");
    /// Currencies.
    pub const CURRENCY: Self = Self::literal("Currency");
    /// Tax definitions.
    pub const TAX: Self = Self::literal("Tax");
}

impl FieldName {
    /// The record's id, in every module.
    pub const ID: Self = Self::literal("id");
    /// When the record was last saved, in every entity module.
    pub const MODIFIED_TIME: Self = Self::literal("modifiedtime");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_two_numbers_and_nothing_else() {
        for good in ["11x57", "1x0", "99x18446744073709551615"] {
            assert_eq!(good.parse::<WsId>().unwrap().to_string(), good);
        }
        for bad in ["", "x", "11", "11x", "x57", "11x57x", "11X57", " 11x57", "11x57 or 1=1", "11x-5", "11x5.0", "+1x5"]
        {
            assert!(bad.parse::<WsId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn names_are_bare_words_and_no_keywords() {
        for good in ["Accounts", "cf_vat_number", "tax1", "hdnS_H_Amount"] {
            assert!(FieldName::new(good).is_ok(), "{good}");
        }
        for bad in ["", "a b", "a;b", "a'b", "shipping_&_handling", "Select", "LIKE", "1a", "æ", "a.b", "id,lastname"]
        {
            assert!(FieldName::new(bad).is_err(), "{bad}");
        }
    }
}
