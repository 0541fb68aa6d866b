//! In which of Dinero's two languages an invoice is written.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use dinero_client::op::GetContact;
use dinero_client::{ContactGuid, DineroClient, Error};
use sync_model::{Fields, Presence};
use uuid::Uuid;

use crate::contact;
use crate::kind::text;

/// In which language new invoices and credit notes are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum InvoiceLanguage {
    /// The customer's: what the contact prefers in Dinero; otherwise Danish in Denmark, and English abroad.
    #[default]
    Customer,
    /// Danish.
    Danish,
    /// English.
    English,
}

const DANISH: &str = "da-DK";
const ENGLISH: &str = "en-GB";

/// The languages of customers, as far as they were seen.
#[derive(Debug, Default)]
pub(crate) struct Languages {
    rule: InvoiceLanguage,
    known: Mutex<BTreeMap<Uuid, &'static str>>,
}

impl Languages {
    pub(crate) fn by(rule: InvoiceLanguage) -> Self {
        Self { rule, known: Mutex::default() }
    }

    /// Remembers the language of contacts that were seen.
    pub(crate) fn note(&self, seen: &[Presence]) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        for record in seen.iter().filter_map(Presence::record) {
            if let (Ok(guid), Some(language)) = (Uuid::parse_str(record.id.as_str()), of_customer(&record.fields)) {
                known.insert(guid, language);
            }
        }
    }

    /// The language for this customer. One that was never seen is asked for.
    pub(crate) async fn of(&self, client: &DineroClient, customer: Option<Uuid>) -> Result<Option<String>, Error> {
        let fixed = match (self.rule, customer) {
            (InvoiceLanguage::Danish, _) => Some(DANISH),
            (InvoiceLanguage::English, _) => Some(ENGLISH),
            (InvoiceLanguage::Customer, None) => return Ok(None),
            (InvoiceLanguage::Customer, Some(customer)) => {
                self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&customer).copied()
            }
        };
        if let (None, Some(customer)) = (fixed, customer) {
            let found = client.send(&GetContact(ContactGuid(customer))).await?;
            let seen = contact::seen(&found, false);
            self.note(std::slice::from_ref(&seen));
            return Ok(seen.record().and_then(|it| of_customer(&it.fields)).map(str::to_owned));
        }
        Ok(fixed.map(str::to_owned))
    }
}

/// `None` where neither language nor country is known.
fn of_customer(contact: &Fields) -> Option<&'static str> {
    let preferred = text(contact, "PreferredInvoiceLanguageKey");
    let said = preferred.or_else(|| text(contact, "CountryKey"))?;
    Some(if ["da", "dk"].contains(&said.to_lowercase().as_str()) { DANISH } else { ENGLISH })
}
