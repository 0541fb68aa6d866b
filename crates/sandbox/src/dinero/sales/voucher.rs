//! A voucher: its content, where it stands, and how it reads back.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::draft::Draft;
use super::hands::Tally;
use super::mail::MailOut;
use super::payments::Payment;
use super::{Dinero, Kind};
use crate::dinero::money::amount;
use crate::dinero::settings;

/// An invoice or a credit note.
#[derive(Debug, Clone)]
pub(in crate::dinero) struct Voucher {
    pub(super) kind: Kind,
    pub(super) guid: String,
    /// What its time stamp says.
    pub(super) version: u64,
    pub(super) draft: Draft,
    /// Set by booking.
    pub(super) number: Option<i64>,
    pub(super) created: DateTime<Utc>,
    pub(super) updated: DateTime<Utc>,
    pub(super) deleted: Option<DateTime<Utc>>,
    pub(super) payments: Vec<Payment>,
    pub(super) mail_outs: Vec<MailOut>,
    pub(super) tally: Tally,
}

impl Voucher {
    /// Sixteen digits, as time stamps are.
    pub(super) fn stamp(&self) -> String {
        format!("{:016X}", self.version)
    }

    /// What was paid, in the voucher's currency.
    pub(super) fn paid(&self) -> Decimal {
        self.payments.iter().map(|payment| payment.amount).sum()
    }

    /// What is left to pay; negative when too much was paid.
    pub(super) fn rest(&self) -> Decimal {
        self.draft.totals.gross - self.paid()
    }

    /// Draft, booked and payment in one.
    pub(super) fn status(&self, today: NaiveDate) -> &'static str {
        if self.number.is_none() {
            return "Draft";
        }
        let rest = self.rest();
        if rest.is_zero() {
            "Paid"
        } else if rest < Decimal::ZERO {
            "OverPaid"
        } else if self.kind == Kind::Invoice && self.draft.due() < today {
            "Overdue"
        } else {
            "Booked"
        }
    }

    fn fik(&self) -> Option<String> {
        let number = self.number?;
        let digits = format!("{number:014}");
        Some(format!("+71{digits}{}+{}", check_digit(&digits), settings::FIK_CREDITOR))
    }
}

/// Every other digit twice, counted from the right; what is missing to a full ten.
fn check_digit(digits: &str) -> u32 {
    let weighed = digits.bytes().rev().enumerate().map(|(at, digit)| {
        let product = u32::from(digit - b'0') * if at % 2 == 0 { 2 } else { 1 };
        product / 10 + product % 10
    });
    (10 - weighed.sum::<u32>() % 10) % 10
}

impl Dinero {
    /// The number that the next booking gives.
    pub(super) fn next_number(&self) -> i64 {
        self.vouchers.values().filter_map(|voucher| voucher.number).max().unwrap_or(0) + 1
    }

    /// Keeps a draft, new or in place of the one that stands there.
    pub(super) fn keep_draft(&mut self, kind: Kind, guid: &str, draft: Draft, now: DateTime<Utc>) -> Value {
        let created = self.vouchers.get(guid).map_or(now, |standing| standing.created);
        let voucher = Voucher {
            kind,
            guid: guid.to_owned(),
            version: 0,
            draft,
            number: None,
            created,
            updated: now,
            deleted: None,
            payments: Vec::new(),
            mail_outs: Vec::new(),
            tally: Tally::default(),
        };
        self.vouchers.insert(guid.to_owned(), voucher);
        self.touch(guid, now)
    }

    pub(super) fn read_voucher(&self, voucher: &Voucher, now: DateTime<Utc>) -> Value {
        match voucher.kind {
            Kind::Invoice => self.read_invoice(voucher, now),
            Kind::CreditNote => Value::Object(self.read_shared(voucher, now)),
        }
    }

    /// The published shape of an invoice.
    pub(super) fn read_invoice(&self, voucher: &Voucher, now: DateTime<Utc>) -> Value {
        let mut shown = self.read_shared(voucher, now);
        shown.remove("CreditNoteFor");
        shown.entry("PaymentDate").or_insert(Value::Null);
        shown.entry("PaymentConditionNumberOfDays").or_insert(json!(0));
        shown.entry("PaymentConditionType").or_insert(Value::Null);
        shown.insert("FikCode".to_owned(), voucher.fik().into());
        shown.insert("DepositAccountNumber".to_owned(), self.default_deposit().into());
        shown.insert("IsSentToDebtCollection".to_owned(), false.into());
        shown.extend(voucher.draft.switches().map(|(name, on)| (name.to_owned(), on.into())));
        Value::Object(shown)
    }

    fn read_shared(&self, voucher: &Voucher, now: DateTime<Utc>) -> Map<String, Value> {
        let mut shown = voucher.draft.shown(voucher.number.unwrap_or_else(|| self.next_number()));
        let (mailed, by) = voucher.mail_state();
        let status = if voucher.number.is_some() { "Booked" } else { "Draft" };
        let more = [
            ("Guid", voucher.guid.clone().into()),
            ("TimeStamp", voucher.stamp().into()),
            ("Status", status.into()),
            ("PaymentStatus", voucher.status(now.date_naive()).into()),
            ("MailOutStatus", mailed.into()),
            ("LatestMailOutType", by.into()),
            ("CreatedAt", self.time(voucher.created)),
            ("UpdatedAt", self.time(voucher.updated)),
            ("DeletedAt", voucher.deleted.map_or(Value::Null, |at| self.time(at))),
        ];
        shown.extend(more.map(|(name, value)| (name.to_owned(), value)));
        shown
    }

    /// The row of a list.
    pub(super) fn row(&self, voucher: &Voucher, today: NaiveDate) -> Map<String, Value> {
        let draft = &voucher.draft;
        let (mailed, by) = voucher.mail_state();
        let due = match voucher.kind {
            Kind::Invoice => json!(draft.due()),
            Kind::CreditNote => Value::Null,
        };
        let dkk = |number: Decimal| amount(draft.in_dkk(number, self.arithmetic));
        let values = [
            ("Number", voucher.number.unwrap_or(i64::MAX).into()),
            ("Guid", voucher.guid.clone().into()),
            ("ExternalReference", draft.reference.clone().into()),
            ("ContactName", draft.contact_name.clone().into()),
            ("ContactGuid", draft.contact.clone().into()),
            ("Date", json!(draft.date)),
            ("PaymentDate", due),
            ("Description", draft.description.clone().into()),
            ("Currency", draft.currency.clone().into()),
            ("Status", voucher.status(today).into()),
            ("Type", voucher.kind.name().into()),
            ("MailOutStatus", mailed.into()),
            ("LatestMailOutType", by.into()),
            ("TotalExclVatInDkk", dkk(draft.totals.net)),
            ("TotalInclVatInDkk", dkk(draft.totals.gross)),
            ("TotalExclVat", amount(draft.totals.net)),
            ("TotalInclVat", amount(draft.totals.gross)),
            ("CreatedAt", self.time(voucher.created)),
            ("UpdatedAt", self.time(voucher.updated)),
            ("DeletedAt", voucher.deleted.map_or(Value::Null, |at| self.time(at))),
        ];
        values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}
