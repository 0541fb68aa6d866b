//! Ids as types, so that a contact's guid cannot stand where a product's belongs.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A Dinero organisation's number: *Firma ID*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrganizationId(pub u64);

impl fmt::Display for OrganizationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Declares a guid newtype.
macro_rules! guid_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

guid_type! {
    /// A contact's guid. The caller may choose it on create (fact sheet §8.4).
    ContactGuid
}
guid_type! {
    /// A product's guid, always chosen by Dinero.
    ProductGuid
}
