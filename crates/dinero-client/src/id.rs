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

/// Declares an id newtype.
macro_rules! id_type {
    ($($(#[$doc:meta])* $name:ident($inner:ty) $(: $trait:ident)?;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, $($trait,)? PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

id_type! {
    /// A contact's guid. The caller may choose it on create (fact sheet §8.4).
    ContactGuid(Uuid): Copy;
    /// The guid of a note on a contact.
    NoteGuid(Uuid): Copy;
    /// A product's guid, always chosen by Dinero.
    ProductGuid(Uuid): Copy;
    /// An invoice's guid. The caller may choose it on create (fact sheet §8.4).
    InvoiceGuid(Uuid): Copy;
    /// A credit note's guid. The caller may choose it on create (fact sheet §8.4).
    CreditNoteGuid(Uuid): Copy;
    /// A trade offer's guid. What choosing it twice does is not known (fact sheet §8.4).
    TradeOfferGuid(Uuid): Copy;
    /// Any voucher's guid: an invoice, a credit note, a trade offer, or what a payment was booked as.
    VoucherGuid(Uuid): Copy;
    /// A payment's guid, always chosen by Dinero.
    PaymentGuid(Uuid): Copy;
    /// A reminder's number within Dinero.
    ReminderId(i32): Copy;
    /// A design of vouchers, made in Dinero's own pages.
    TemplateId(Uuid): Copy;
    /// A line of the cash ledger. The caller may choose it on create (fact sheet §8.4).
    LedgerItemId(Uuid): Copy;
    /// A file. Opaque: not always a guid (fact sheet §2).
    FileGuid(String);
    /// What a voucher looked like when it was read: the API refuses a change based on an older look (fact sheet §8.3).
    Timestamp(String);
    /// What a ledger item looked like when it was read.
    Version(String);
}

macro_rules! vouchers {
    ($($name:ident)*) => {$(
        impl From<$name> for VoucherGuid {
            fn from(guid: $name) -> Self {
                Self(guid.0)
            }
        }
    )*};
}

vouchers! { InvoiceGuid CreditNoteGuid TradeOfferGuid }
