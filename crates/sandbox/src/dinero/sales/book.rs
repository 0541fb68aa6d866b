//! Booking: a number, a place in the books, and no change after it.
//!
//! Known: it needs the current time stamp and a contact; a number of one's own fails when it is taken; the year after the last
//! accounting year is made when it is needed. Not known, and strict here: a deleted contact is refused with code 65 and one
//! without a country with 42, a date outside the years or in a closed period with 42, a negative total with 42; a deleted
//! product does not matter any more, for its line is stored.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::{Dinero, Failure};

impl Dinero {
    /// Books a draft that may be changed.
    pub(super) fn book(&mut self, guid: &str, number: Option<i64>, now: DateTime<Utc>) -> Result<(), Failure> {
        let guid = guid.to_lowercase();
        let Some(voucher) = self.vouchers.get(&guid) else { return Err(Failure::no_result("Voucher")) };
        let draft = voucher.draft.clone();
        let Some(contact) = draft.contact.as_ref().and_then(|contact| self.contacts.get(contact)) else {
            return Err(Failure::validation(&[("ContactGuid", "must be set before booking")]));
        };
        if !contact["DeletedAt"].is_null() {
            return Err(Failure::deleted_item("Invalid ContactGuid, the contact is deleted."));
        }
        if contact["CountryKey"].as_str().unwrap_or_default().is_empty() {
            return Err(Failure::validation(&[("ContactGuid", "has no country")]));
        }
        if draft.totals.gross < Decimal::ZERO {
            return Err(Failure::validation(&[("TotalInclVat", "must not be negative")]));
        }
        let taken = |number| self.vouchers.values().any(|voucher| voucher.number == Some(number));
        if number.is_some_and(|number| number <= 0 || taken(number)) {
            return Err(Failure::validation(&[("Number", "is taken, or is no number")]));
        }
        self.check_credit(&draft)?;
        self.open_period(draft.date, now).map_err(|why| Failure::validation(&[("Date", why)]))?;
        let number = number.unwrap_or_else(|| self.next_number());
        if let Some(voucher) = self.vouchers.get_mut(&guid) {
            voucher.number = Some(number);
            voucher.tally.bookings += 1;
        }
        self.touch(&guid, now);
        self.set_off(&guid, now);
        Ok(())
    }
}
