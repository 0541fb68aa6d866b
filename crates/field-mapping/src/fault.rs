//! Why a value cannot be carried over, said so that a person can mend it.

use chrono::NaiveDate;
use invoicing::{Inexpressible, OverCredit};
use serde::{Deserialize, Serialize};
use sync_model::{FieldName, Side};

/// One field that cannot be read from, or written to, one side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The side whose field it is.
    pub side: Side,
    /// The canonical field.
    pub field: FieldName,
    /// The side's own field, where one can be named.
    pub own_field: Option<FieldName>,
    /// The value in question, as a person reads it.
    pub value: String,
    /// What is wrong.
    pub kind: FaultKind,
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// The target keeps fewer characters.
    TooLong {
        /// How many it keeps.
        max: u32,
    },
    /// The target needs a value and there is none.
    Missing,
    /// Not a valid number of its kind, such as a CVR number with a wrong check digit.
    Invalid {
        /// What it should be, in words such as `CVR number`.
        expected: String,
    },
    /// The target's list has no such choice.
    NotAChoice,
    /// The translation has no counterpart on that side; the rest of the record is unaffected.
    NoCounterpart,
    /// The translation itself broke: a mistake of ours. The field is left out, and everything else goes on.
    Broken,
    /// An invoice says what Dinero has no words for.
    Inexpressible(Inexpressible),
    /// The settings name no account for this VAT.
    NoAccount {
        /// The rate in percent, with the zone where the customer is abroad.
        vat: String,
    },
    /// The settings do not say which VAT this account carries.
    UnknownAccount {
        /// The account.
        account: u32,
    },
    /// A line has no product, and the settings name no service that stands for words.
    NoTextService,
    /// The one whom the invoice would belong to is missing, and the other may not stand in.
    NoCustomer {
        /// Whether a person is missing, and not an organisation.
        person: bool,
    },
    /// A credit note does not say which invoice it credits, or there is no field to say it in.
    NoCreditedInvoice,
    /// The invoice that a credit note credits is not booked.
    CreditsDraft,
    /// A credit note would credit more than is left of its invoice.
    OverCredit(OverCredit),
    /// The day is in a period that is closed.
    ClosedPeriod {
        /// The last closed day.
        until: NaiveDate,
    },
}

impl FaultKind {
    /// Whether the record as a whole must wait. A missing counterpart leaves out one field; everything else would make
    /// the other system refuse, cut or distort the record.
    #[must_use]
    pub fn holds_record(&self) -> bool {
        match self {
            Self::TooLong { .. } | Self::Missing | Self::Invalid { .. } => true,
            Self::Inexpressible(_)
            | Self::NoAccount { .. }
            | Self::UnknownAccount { .. }
            | Self::NoTextService
            | Self::NoCustomer { .. }
            | Self::NoCreditedInvoice
            | Self::CreditsDraft
            | Self::OverCredit(_)
            | Self::ClosedPeriod { .. } => true,
            Self::NotAChoice | Self::NoCounterpart | Self::Broken => false,
        }
    }

    /// Whether it says of a whole record that it cannot be understood, and not only of one of its values.
    #[must_use]
    pub fn is_of_an_invoice(&self) -> bool {
        match self {
            Self::Inexpressible(_) | Self::UnknownAccount { .. } | Self::NoCustomer { .. } => true,
            Self::TooLong { .. }
            | Self::Missing
            | Self::Invalid { .. }
            | Self::NotAChoice
            | Self::NoCounterpart
            | Self::Broken
            | Self::NoAccount { .. }
            | Self::NoTextService
            | Self::NoCreditedInvoice
            | Self::CreditsDraft
            | Self::OverCredit(_)
            | Self::ClosedPeriod { .. } => false,
        }
    }
}
