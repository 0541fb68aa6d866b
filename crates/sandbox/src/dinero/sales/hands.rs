//! What people do with sales in Dinero itself, past the API, and what tests may look into.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::voucher::Voucher;
use super::{Dinero, Failure, Kind};

/// How often things were done to a voucher, whoever did them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Bookings; more than one cannot be.
    pub bookings: u32,
    /// Mails with it, reminders left out.
    pub mails: u32,
    /// Electronic invoices.
    pub electronic: u32,
    /// Friendly reminders.
    pub reminders: u32,
    /// Payments that were registered, those that were taken away again included.
    pub payments: u32,
}

impl Dinero {
    /// The invoices that are not deleted, as a single read shows them, from the oldest.
    #[must_use]
    pub fn invoices(&self, now: DateTime<Utc>) -> Vec<Value> {
        self.living(Kind::Invoice, now)
    }

    /// The credit notes that are not deleted, as a single read shows them, from the oldest.
    #[must_use]
    pub fn credit_notes(&self, now: DateTime<Utc>) -> Vec<Value> {
        self.living(Kind::CreditNote, now)
    }

    /// An invoice or a credit note, also a deleted one, as a single read shows it.
    #[must_use]
    pub fn sale(&self, guid: &str, now: DateTime<Utc>) -> Option<Value> {
        self.vouchers.get(guid).map(|voucher| self.read_voucher(voucher, now))
    }

    /// How often things were done to a voucher; zeros for one that there is not.
    #[must_use]
    pub fn tally(&self, guid: &str) -> Tally {
        self.vouchers.get(guid).map(|voucher| voucher.tally).unwrap_or_default()
    }

    /// What is left to pay of a voucher, in its currency.
    #[must_use]
    pub fn remaining(&self, guid: &str) -> Option<Decimal> {
        self.vouchers.get(guid).map(Voucher::rest)
    }

    /// What booked credit notes have credited of an invoice, in its currency.
    #[must_use]
    pub fn credited(&self, invoice: &str) -> Decimal {
        self.credited_of(invoice)
    }

    /// The buyer's order reference that the last electronic invoice carried.
    #[must_use]
    pub fn order_reference(&self, guid: &str) -> Option<&str> {
        self.vouchers.get(guid)?.order_reference()
    }

    /// A person makes a draft of an invoice; `fields` are named as in the API's body. Returns its guid.
    ///
    /// # Errors
    /// What Dinero does not take.
    pub fn add_invoice(&mut self, fields: &[(&str, Value)], now: DateTime<Utc>) -> Result<String, String> {
        self.add_draft(Kind::Invoice, fields, now)
    }

    /// A person makes a draft of a credit note; `fields` are named as in the API's body. Returns its guid.
    ///
    /// # Errors
    /// What Dinero does not take.
    pub fn add_credit_note(&mut self, fields: &[(&str, Value)], now: DateTime<Utc>) -> Result<String, String> {
        self.add_draft(Kind::CreditNote, fields, now)
    }

    /// A person edits a draft: only `fields` change, and the time stamp with them.
    ///
    /// # Errors
    /// When there is no such draft, or Dinero does not take it.
    pub fn edit_sale(&mut self, guid: &str, fields: &[(&str, Value)], now: DateTime<Utc>) -> Result<(), String> {
        let kind = self.kind_of(guid)?;
        let mut sent = self.changeable_draft(kind, guid, None).map_err(said)?.draft.sent();
        sent.extend(named(fields));
        let (draft, _) = self.read_draft(kind, &sent, now).map_err(said)?;
        self.keep_draft(kind, guid, draft, now);
        Ok(())
    }

    /// A person books a draft. Returns its number.
    ///
    /// # Errors
    /// When there is no such draft, or Dinero does not book it.
    pub fn book_sale(&mut self, guid: &str, now: DateTime<Utc>) -> Result<i64, String> {
        let kind = self.kind_of(guid)?;
        self.changeable_draft(kind, guid, None).map_err(said)?;
        self.book(guid, None, now).map_err(said)?;
        self.voucher(kind, guid).map_err(said)?.number.ok_or_else(|| "it has no number".to_owned())
    }

    /// A person sends a booked voucher to the customer by their own means, and notes it in Dinero.
    ///
    /// # Errors
    /// When there is no such booked voucher.
    pub fn mail_sale(&mut self, guid: &str, now: DateTime<Utc>) -> Result<(), String> {
        let kind = self.kind_of(guid)?;
        self.mail_by_hand(kind, guid, now).map_err(said)
    }

    /// A voucher is gone without a trace, as nothing that is known makes it.
    pub fn lose_sale(&mut self, guid: &str) {
        self.vouchers.remove(guid);
    }

    /// A person deletes a draft.
    ///
    /// # Errors
    /// When there is no such draft.
    pub fn remove_sale(&mut self, guid: &str, now: DateTime<Utc>) -> Result<(), String> {
        let kind = self.kind_of(guid)?;
        self.changeable_draft(kind, guid, None).map_err(said)?.deleted = Some(now);
        self.touch(guid, now);
        Ok(())
    }

    /// A person registers a payment on the default deposit account, in the voucher's currency. Returns its guid.
    ///
    /// # Errors
    /// When there is no such booked voucher.
    pub fn pay_sale(
        &mut self,
        guid: &str,
        amount: Decimal,
        date: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<String, String> {
        let kind = self.kind_of(guid)?;
        let voucher = self.changeable(kind, guid, None).map_err(said)?;
        if voucher.number.is_none() {
            return Err("it is not booked".to_owned());
        }
        let rate = voucher.draft.exchange_rate();
        let payment = self.payment_by_hand(amount, rate, date);
        let made = payment.guid().to_owned();
        self.keep_payment(guid, payment, false, now);
        Ok(made)
    }

    /// A person takes a payment away again.
    ///
    /// # Errors
    /// When there is no such payment.
    pub fn unpay_sale(&mut self, guid: &str, payment: &str, now: DateTime<Utc>) -> Result<(), String> {
        self.take_payment_away(guid, payment, now).map(|_| ()).map_err(said)
    }

    /// A person credits the whole of a booked invoice and books the credit note. Returns the credit note's guid.
    ///
    /// # Errors
    /// When there is no such booked invoice, or Dinero does not book it.
    pub fn credit_invoice(&mut self, guid: &str, now: DateTime<Utc>) -> Result<String, String> {
        let made = self.credit(guid, now).map_err(said)?;
        let note = made["Guid"].as_str().unwrap_or_default().to_owned();
        self.book(&note, None, now).map_err(said)?;
        Ok(note)
    }

    fn living(&self, kind: Kind, now: DateTime<Utc>) -> Vec<Value> {
        let of_kind = self.vouchers.values().filter(|voucher| voucher.kind == kind && voucher.deleted.is_none());
        let mut living: Vec<&Voucher> = of_kind.collect();
        living.sort_by_key(|voucher| (voucher.created, voucher.version));
        living.into_iter().map(|voucher| self.read_voucher(voucher, now)).collect()
    }

    fn add_draft(&mut self, kind: Kind, fields: &[(&str, Value)], now: DateTime<Utc>) -> Result<String, String> {
        let (draft, _) = self.read_draft(kind, &named(fields), now).map_err(said)?;
        let guid = self.next_guid();
        self.keep_draft(kind, &guid, draft, now);
        Ok(guid)
    }

    fn kind_of(&self, guid: &str) -> Result<Kind, String> {
        self.vouchers.get(guid).map(|voucher| voucher.kind).ok_or_else(|| format!("Dinero has no voucher {guid}"))
    }
}

fn named(fields: &[(&str, Value)]) -> Map<String, Value> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

#[expect(clippy::needless_pass_by_value, reason = "made for map_err")]
fn said(failure: Failure) -> String {
    failure.to_string()
}
