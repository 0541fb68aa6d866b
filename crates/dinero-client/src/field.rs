//! The names that `fields` and `queryFilter` know, list by list (fact sheet §4.2, §4.3). No other name can be sent.

use std::fmt;

/// A field of one list.
pub trait ListField: Copy + Eq + fmt::Debug + Send + Sync + 'static {
    /// Every documented name.
    const ALL: &'static [Self];

    /// The name as the API spells it.
    fn as_str(self) -> &'static str;

    /// Whether the API filters by it.
    fn is_filterable(self) -> bool;
}

/// Declares the documented names of one list.
macro_rules! field_names {
    ($(#[$doc:meta])* $name:ident { $($field:ident),* $(,)? } $(filterable { $($filterable:ident),* $(,)? })?) => {
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
                let filterable: &[Self] = &[$($(Self::$filterable),*)?];
                filterable.contains(&self)
            }
        }

        impl ListField for $name {
            const ALL: &'static [Self] = Self::ALL;

            fn as_str(self) -> &'static str {
                self.as_str()
            }

            fn is_filterable(self) -> bool {
                self.is_filterable()
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
    /// Names of the list of a contact's notes.
    NoteField { Id, NoteDate, Text, AuthorName, AuthorEmail, CreatedAt, UpdatedAt, DeletedAt }
}

field_names! {
    /// Names of the product list.
    ProductField {
        Name, ProductGuid, ProductNumber, Quantity, Unit, AccountNumber, BaseAmountValue, BaseAmountValueInclVat,
        TotalAmount, TotalAmountInclVat, ExternalReference, CreatedAt, UpdatedAt, DeletedAt,
    } filterable { Name, ProductNumber, ExternalReference }
}

field_names! {
    /// Names of the invoice list. The time stamp is not among them (fact sheet §9 P11).
    InvoiceField {
        Number, Guid, ExternalReference, ContactName, ContactGuid, Date, PaymentDate, Description, Currency, Status,
        MailOutStatus, LatestMailOutType, TotalExclVatInDkk, TotalInclVatInDkk, TotalExclVat, TotalInclVat, CreatedAt,
        UpdatedAt, DeletedAt,
    } filterable { ExternalReference, ContactGuid, Description }
}

field_names! {
    /// Names of the list of sales: invoices and credit notes together.
    SaleField {
        Number, Guid, ExternalReference, ContactName, ContactGuid, Date, PaymentDate, Description, Currency, Status,
        Type, MailOutStatus, LatestMailOutType, TotalExclVatInDkk, TotalInclVatInDkk, TotalExclVat, TotalInclVat,
        CreatedAt, UpdatedAt, DeletedAt,
    } filterable { ExternalReference, ContactGuid, Description }
}

field_names! {
    /// Names of the credit note list.
    CreditNoteField {
        Number, Guid, ExternalReference, ContactName, ContactGuid, Date, PaymentDate, Description, Currency, Status,
        MailOutStatus, TotalExclVatInDkk, TotalInclVatInDkk, TotalExclVat, TotalInclVat, CreatedAt, UpdatedAt,
        DeletedAt,
    } filterable { ExternalReference, ContactGuid, Description }
}

field_names! {
    /// Names of the trade offer list, without the deprecated one.
    TradeOfferField {
        Number, Guid, TimeStamp, ContactName, ContactGuid, Address, Date, Comment, Description, ExternalReference,
        Language, Currency, TotalExclVat, TotalVatableAmount, TotalInclVat, TotalNonVatableAmount, TotalVat, Status,
        MailOutStatus, LatestMailOutType, CreatedAt, UpdatedAt, DeletedAt,
    } filterable { ExternalReference, ContactName, Address, Comment, Description, Currency, Date, Number }
}

field_names! {
    /// Names of the list of organisations in version 1.
    OrganizationField {
        Name, Id, Type, IsPro, IsPayingPro, IsVatFree, Email, Phone, Street, City, ZipCode, AttPerson, IsTaxFreeUnion,
        VatNumber,
    }
}

field_names! {
    /// Names of the list of entry accounts.
    EntryAccountField { AccountNumber, Name, VatCode, Category, IsHidden }
}

field_names! {
    /// Names of the list of purchase accounts.
    PurchaseAccountField { AccountNumber, Name, VatCode, Category, CategoryName, IsHidden }
}

field_names! {
    /// Names of the list of deposit accounts.
    DepositAccountField { AccountNumber, Name, IsDefault, IsHidden }
}
