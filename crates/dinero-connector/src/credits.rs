//! What booked credit notes have credited of an invoice.
//!
//! An invoice does not say so: one that was credited as a whole looks as if it had been paid. A credit note says which invoice
//! it credits, but not in a list. So the booked ones are listed with their customers, those of the invoice's customer are read,
//! once each, because what is booked never changes, and their amounts are summed up.

use std::collections::BTreeMap;

use dinero_client::model::{Invoice, PaymentStatus};
use dinero_client::op::{GetCreditNote, ListCreditNotes};
use dinero_client::{ContactGuid, CreditNoteField, CreditNoteGuid, DineroClient, Error, InvoiceGuid};
use rust_decimal::Decimal;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is known of booked credit notes.
#[derive(Debug, Default)]
pub(crate) struct Credits {
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    /// All booked ones with their customers, as far as they were listed lately.
    listed: Option<Vec<(CreditNoteGuid, Option<ContactGuid>)>>,
    /// The invoice that each credits, and with how much.
    read: BTreeMap<CreditNoteGuid, (Option<InvoiceGuid>, Decimal)>,
}

impl Credits {
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// More may have been booked: they are listed anew when they are asked for next.
    pub(crate) fn look_again(&self) {
        self.memory().listed = None;
    }

    /// What was credited of `invoice`, with VAT.
    pub(crate) async fn of(&self, client: &DineroClient, invoice: &Invoice) -> Result<Decimal, Error> {
        let mut credited = Decimal::ZERO;
        for (guid, contact) in self.booked(client).await? {
            if contact != invoice.contact_guid {
                continue;
            }
            let (credits, amount) = self.note(client, guid).await?;
            if credits == Some(invoice.guid) {
                credited += amount;
            }
        }
        Ok(credited)
    }

    async fn booked(&self, client: &DineroClient) -> Result<Vec<(CreditNoteGuid, Option<ContactGuid>)>, Error> {
        let listed = self.memory().listed.clone();
        if let Some(listed) = listed {
            return Ok(listed);
        }
        let mut booked = Vec::new();
        for page in 0.. {
            let list = ListCreditNotes {
                page,
                fields: vec![CreditNoteField::Guid, CreditNoteField::ContactGuid],
                statuses: vec![PaymentStatus::Booked, PaymentStatus::Paid, PaymentStatus::OverPaid],
                ..ListCreditNotes::new()
            };
            let found = client.send(&list).await?;
            booked.extend(found.collection.iter().map(|sale| (CreditNoteGuid(sale.guid), sale.contact_guid)));
            if found.is_last() {
                break;
            }
        }
        self.memory().listed = Some(booked.clone());
        Ok(booked)
    }

    async fn note(&self, client: &DineroClient, guid: CreditNoteGuid) -> Result<(Option<InvoiceGuid>, Decimal), Error> {
        let known = self.memory().read.get(&guid).copied();
        if let Some(known) = known {
            return Ok(known);
        }
        let note = client.send(&GetCreditNote { guid }).await?;
        let known = (note.credit_note_for, note.total_incl_vat);
        self.memory().read.insert(guid, known);
        Ok(known)
    }
}
