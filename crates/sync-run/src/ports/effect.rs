//! Effects: what happens to a booked or bookable invoice that no later write can take back. Each happens at most once.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sync_model::{Record, RecordKey, RunId};
use uuid::Uuid;

use crate::lease::Permit;

/// What is to happen to an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// It is posted to the accounts.
    Book,
    /// It goes to the customer.
    Send {
        /// On which way.
        way: SendWay,
    },
    /// A payment that was registered in the CRM is registered in the books.
    Pay {
        /// How much, in kroner.
        amount: Decimal,
        /// What had been received in all when it was registered: no sum is ever registered twice.
        received: Decimal,
        /// On which account.
        account: u32,
        /// When it was received.
        date: NaiveDate,
        /// The sign by which it is found again.
        reference: String,
    },
    /// All of it is credited by a draft of a credit note, because a person approved the correction of a booked invoice.
    Credit {
        /// The credit note's guid. It is chosen once and kept, so that a second one is refused.
        note: Uuid,
        /// The credit note's date.
        date: NaiveDate,
        /// Whether the CRM's invoice becomes another draft; otherwise it stays what it is, and was only to be cancelled.
        again: bool,
    },
}

/// How an invoice goes to the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SendWay {
    /// By e-mail, with a link.
    Mail,
    /// Electronically, to an EAN number.
    Electronic {
        /// The buyer's order reference.
        order_reference: Option<String>,
    },
}

impl Effect {
    /// What makes two effects on one invoice the same one.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Book => "book".to_owned(),
            Self::Send { .. } => "send".to_owned(),
            Self::Pay { received, .. } => format!("pay {}", received.normalize()),
            Self::Credit { .. } => "credit".to_owned(),
        }
    }

    /// Whether the system itself refuses it a second time, so that it may be tried again when it left no trace. A mail
    /// carries nothing by which the system would know that it sent it before.
    #[must_use]
    pub fn refused_twice(&self) -> bool {
        match self {
            Self::Book | Self::Pay { .. } | Self::Credit { .. } => true,
            Self::Send { .. } => false,
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

/// An effect on one invoice, and what came of it. There is one for each invoice and [`Effect::name`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffectRecord {
    /// Its id.
    pub id: Uuid,
    /// The invoice, in the books.
    pub invoice: RecordKey,
    /// The invoice it was made from.
    pub source: RecordKey,
    /// Its name for a person.
    pub title: String,
    /// What.
    pub effect: Effect,
    /// The run that intended it last.
    pub run: RunId,
    /// When it was intended last.
    pub at: DateTime<Utc>,
    /// What came of it.
    pub state: EffectState,
}

/// What came of an effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EffectState {
    /// It is on its way, or nobody looked yet.
    Intended,
    /// It happened. It never happens again.
    Done,
    /// It certainly did not happen, and may be tried again.
    NotDone,
    /// The system refused.
    Refused {
        /// Its words.
        message: String,
    },
    /// Nobody knows, and a person has to look.
    Unknown,
}

/// An effect whose intent certainly stands in the store. Only this crate can make one, after the commit.
#[derive(Debug, Clone)]
pub struct JournaledEffect {
    record: EffectRecord,
    permit: Permit,
}

impl JournaledEffect {
    pub(crate) fn new(record: EffectRecord, permit: Permit) -> Self {
        Self { record, permit }
    }

    /// The effect.
    #[must_use]
    pub fn record(&self) -> &EffectRecord {
        &self.record
    }

    /// What has to hold when the request leaves.
    #[must_use]
    pub fn permit(&self) -> &Permit {
        &self.permit
    }
}

/// What a look says of an effect whose answer was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EffectFound {
    /// It happened; the invoice as it is now, where the look shows it.
    Happened(Option<Box<Record>>),
    /// Nothing shows that it did.
    NoTrace,
}
