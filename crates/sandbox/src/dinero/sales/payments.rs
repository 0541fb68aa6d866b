//! Payments of booked vouchers (fact sheet §6.4, §6.5, §7.5).
//!
//! Known: they need the current time stamp and give a new one; an amount is in DKK and not 0, negative for money that goes
//! back; a voucher in another currency needs the amount in it too; the rest is negative when too much was paid; nothing guards
//! against a second payment of the same reference. Not known: the currency of what reads back (here the voucher's, with the
//! rate that the two amounts give), the words of `PaymentClass`, what an unknown payment answers (here 404 with code 40), when
//! a rest may be booked as a fee (here when something is left in DKK), and whether a set-off can be taken away as if it were a
//! payment (here it cannot).

use chrono::{DateTime, NaiveDate, Utc};
use http::Method;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::voucher::Voucher;
use super::{Answer, Call, Dinero, Failure, Kind, required_stamp};
use crate::dinero::body::{Reader, refuse_if};
use crate::dinero::money::amount;

const NAMES: [&str; 8] = [
    "Timestamp",
    "DepositAccountNumber",
    "RemainderIsFee",
    "AmountInForeignCurrency",
    "ExternalReference",
    "PaymentDate",
    "Description",
    "Amount",
];

/// Something that settled a part of a voucher.
#[derive(Debug, Clone)]
pub(super) struct Payment {
    guid: String,
    /// None for what another voucher or a fee settled.
    deposit: Option<i64>,
    /// In the voucher's currency.
    pub(super) amount: Decimal,
    /// DKK for 100.
    rate: Decimal,
    related: Option<String>,
    reference: Option<String>,
    date: NaiveDate,
    description: String,
}

impl Payment {
    pub(super) fn guid(&self) -> &str {
        &self.guid
    }

    /// What `other` settled of a voucher that it is set off against.
    pub(super) fn set_off(guid: String, amount: Decimal, other: &Voucher, today: NaiveDate) -> Self {
        let description = format!("{} {}", other.draft.description, other.number.unwrap_or_default());
        Self {
            guid,
            deposit: None,
            amount,
            rate: other.draft.exchange_rate(),
            related: Some(other.guid.clone()),
            reference: None,
            date: today,
            description,
        }
    }
}

impl Dinero {
    pub(super) fn payment_route(&mut self, kind: Kind, guid: &str, call: &Call<'_>, rest: &[&str]) -> Answer {
        let lists = match kind {
            Kind::Invoice => "v2",
            Kind::CreditNote => "v1",
        };
        match (call.method, call.version, rest) {
            (&Method::GET, version, []) if version == lists => Ok(Some(shown(self.voucher(kind, guid)?))),
            (&Method::POST, "v1", []) => self.create_payment(kind, guid, call),
            (&Method::DELETE, "v1", [payment]) => self.delete_payment(kind, guid, payment, call),
            _ => Err(Failure::no_route()),
        }
    }

    fn create_payment(&mut self, kind: Kind, guid: &str, call: &Call<'_>) -> Answer {
        let sent = self.known_body(call, "POST payments", &NAMES)?;
        self.voucher(kind, guid)?;
        let stamp = required_stamp(&sent)?;
        let voucher = self.changeable(kind, guid, Some(&stamp))?.clone();
        let mut reader = Reader::new(&sent, String::new());
        if voucher.number.is_none() {
            reader.refuse("Status", "must be booked");
        }
        let deposit = reader.whole("DepositAccountNumber").unwrap_or(0);
        if !self.is_deposit_account(deposit) {
            reader.refuse("DepositAccountNumber", "is no deposit account");
        }
        let paid = reader.number("Amount").unwrap_or_default();
        if paid.is_zero() {
            reader.refuse("Amount", "must not be 0");
        }
        let description = reader.text("Description").unwrap_or_default();
        if description.is_empty() {
            reader.refuse("Description", "The Description field is required.");
        }
        let foreign = reader.number("AmountInForeignCurrency");
        let (amount, rate) = match (voucher.draft.currency.as_str(), foreign) {
            ("DKK", None) => (paid, Decimal::ONE_HUNDRED),
            ("DKK", Some(_)) => {
                reader.refuse("AmountInForeignCurrency", "is for vouchers in another currency");
                (paid, Decimal::ONE_HUNDRED)
            }
            (_, Some(foreign)) if !foreign.is_zero() && foreign.is_sign_negative() == paid.is_sign_negative() => {
                (foreign, (paid * Decimal::ONE_HUNDRED / foreign).round_dp(4))
            }
            (_, _) => {
                reader.refuse("AmountInForeignCurrency", "must be set for a voucher in another currency");
                (paid, Decimal::ONE_HUNDRED)
            }
        };
        let fee = reader.flag("RemainderIsFee").unwrap_or(false);
        if fee && !fee_available(&voucher) {
            reader.refuse("RemainderIsFee", "is not available");
        }
        let date = reader.date("PaymentDate").unwrap_or_else(|| call.now.date_naive());
        let reference = reader.short_text("ExternalReference", 128);
        refuse_if(&reader.end())?;
        self.open_period(date, call.now).map_err(|why| Failure::validation(&[("PaymentDate", why)]))?;
        let related = self.next_guid();
        let payment = Payment {
            guid: self.next_guid(),
            deposit: Some(deposit),
            amount,
            rate,
            related: Some(related.clone()),
            reference,
            date,
            description,
        };
        let made = payment.guid.clone();
        let stamp = self.keep_payment(guid, payment, fee, call.now);
        Ok(Some(json!({ "Guid": made, "TimeStamp": stamp, "RelatedVoucherGuid": related })))
    }

    /// Registers a payment. Returns the voucher's new time stamp.
    pub(super) fn keep_payment(&mut self, guid: &str, payment: Payment, fee: bool, now: DateTime<Utc>) -> Value {
        let fee_guid = self.next_guid();
        if let Some(voucher) = self.vouchers.get_mut(&guid.to_lowercase()) {
            let rest = voucher.rest() - payment.amount;
            if fee && !rest.is_zero() {
                let description = "Gebyr".to_owned();
                let (deposit, related) = (None, None);
                let fee = Payment { guid: fee_guid, deposit, amount: rest, related, description, ..payment.clone() };
                voucher.payments.push(fee);
            }
            voucher.tally.payments += u32::from(payment.deposit.is_some());
            voucher.payments.push(payment);
        }
        self.touch(guid, now)["TimeStamp"].take()
    }

    /// A payment that a person registers in Dinero.
    pub(super) fn payment_by_hand(&mut self, amount: Decimal, rate: Decimal, date: NaiveDate) -> Payment {
        Payment {
            guid: self.next_guid(),
            deposit: self.default_deposit(),
            amount,
            rate,
            related: Some(self.next_guid()),
            reference: None,
            date,
            description: "Betaling".to_owned(),
        }
    }

    fn delete_payment(&mut self, kind: Kind, guid: &str, payment: &str, call: &Call<'_>) -> Answer {
        let stamp = self.optional_stamp(call)?;
        self.voucher(kind, guid)?;
        if stamp.is_none() && kind == Kind::Invoice {
            return Err(Failure::validation(&[("timestamp", "The Timestamp field is required.")]));
        }
        self.changeable(kind, guid, stamp.as_deref())?;
        self.take_payment_away(guid, payment, call.now).map(|stamp| Some(json!({ "TimeStamp": stamp })))
    }

    /// Takes a payment away. Returns the voucher's new time stamp.
    pub(super) fn take_payment_away(
        &mut self,
        guid: &str,
        payment: &str,
        now: DateTime<Utc>,
    ) -> Result<Value, Failure> {
        let missing = || Failure::not_found("The payment does not exist");
        let voucher = self.vouchers.get_mut(&guid.to_lowercase()).ok_or_else(missing)?;
        let place = voucher.payments.iter().position(|it| it.guid.eq_ignore_ascii_case(payment)).ok_or_else(missing)?;
        if voucher.payments[place].deposit.is_none() {
            return Err(Failure::validation(&[("DepositAccountNumber", "is no payment, but a set-off or a fee")]));
        }
        voucher.payments.remove(place);
        Ok(self.touch(guid, now)["TimeStamp"].take())
    }
}

fn fee_available(voucher: &Voucher) -> bool {
    voucher.number.is_some() && voucher.draft.currency == "DKK" && voucher.rest() > Decimal::ZERO
}

/// All payments, and what is left.
fn shown(voucher: &Voucher) -> Value {
    let payment = |payment: &Payment| {
        json!({
            "Guid": payment.guid,
            "DepositAccountNumber": payment.deposit,
            "Currency": voucher.draft.currency,
            "ExchangeRate": amount(payment.rate),
            "PaymentClass": voucher.kind.name(),
            "RelatedVoucherId": payment.related,
            "ExternalReference": payment.reference,
            "PaymentDate": payment.date,
            "Description": payment.description,
            "Amount": amount(payment.amount),
        })
    };
    json!({
        "Payments": voucher.payments.iter().map(payment).collect::<Vec<_>>(),
        "RemainingAmount": amount(voucher.rest()),
        "PaidAmount": amount(voucher.paid()),
        "InvoiceTotalIncludingReminderExpenses": amount(voucher.draft.totals.gross),
        "RemainderAsFeeAvailable": fee_available(voucher),
    })
}
