//! Credit notes and the invoices that they credit (fact sheet §8.2).
//!
//! Known: a booked invoice gives a draft for the whole of it; a credit note that names an invoice is set off against it when
//! it is booked, as a whole: the rest of an invoice that was paid becomes negative. Amounts on credit notes are positive. Not
//! known: what becomes of more than was invoiced (refused at booking with code 42, unless
//! [`Dinero::limits_credit`](crate::dinero::Dinero::limits_credit) is switched off), and whether making a credit note gives
//! the invoice a new time stamp (here it does not).

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::draft::Draft;
use super::payments::Payment;
use super::{Answer, Call, Dinero, Failure, Kind};

impl Dinero {
    pub(super) fn credit_route(&mut self, guid: &str, call: &Call<'_>) -> Answer {
        let stamp = self.optional_stamp(call)?;
        self.changeable(Kind::Invoice, guid, stamp.as_deref())?;
        self.credit(guid, call.now).map(Some)
    }

    /// Makes a draft of a credit note for the whole of a booked invoice.
    pub(super) fn credit(&mut self, guid: &str, now: DateTime<Utc>) -> Result<serde_json::Value, Failure> {
        let invoice = self.voucher(Kind::Invoice, guid)?;
        if invoice.number.is_none() {
            return Err(Failure::validation(&[("Status", "must be booked")]));
        }
        let draft = invoice.draft.credited(&invoice.guid, now.date_naive());
        let guid = self.next_guid();
        Ok(self.keep_draft(Kind::CreditNote, &guid, draft, now))
    }

    /// What booked credit notes have credited of an invoice, in its currency.
    pub(super) fn credited_of(&self, invoice: &str) -> Decimal {
        let booked = self.vouchers.values().filter(|voucher| voucher.number.is_some());
        let notes = booked.filter(|voucher| voucher.draft.credit_for.as_deref() == Some(invoice));
        notes.map(|note| note.draft.totals.gross).sum()
    }

    /// Refuses to credit more than was invoiced.
    pub(super) fn check_credit(&self, draft: &Draft) -> Result<(), Failure> {
        let Some(invoice) = draft.credit_for.as_ref().filter(|_| self.limits_credit) else { return Ok(()) };
        let invoiced = self.voucher(Kind::Invoice, invoice)?.draft.totals.gross;
        if self.credited_of(invoice) + draft.totals.gross > invoiced {
            return Err(Failure::validation(&[("CreditNoteFor", "would be credited with more than was invoiced")]));
        }
        Ok(())
    }

    /// Sets a booked credit note off against its invoice.
    pub(super) fn set_off(&mut self, guid: &str, now: DateTime<Utc>) {
        let Some(note) = self.vouchers.get(guid).cloned() else { return };
        let Some(invoice) = note.draft.credit_for.as_ref().and_then(|it| self.vouchers.get(it)).cloned() else {
            return;
        };
        let today = now.date_naive();
        let amount = note.draft.totals.gross;
        let on_invoice = Payment::set_off(self.next_guid(), amount, &note, today);
        let on_note = Payment::set_off(self.next_guid(), amount, &invoice, today);
        self.keep_payment(&invoice.guid, on_invoice, false, now);
        self.keep_payment(&note.guid, on_note, false, now);
    }
}
