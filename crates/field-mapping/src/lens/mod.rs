//! Translations of one value: into the mapping's normal form, and back into a side's own spelling.
//!
//! Laws, for every lens and every value `v` that it reads (property P16):
//!
//! - *written and read again it is the same*: `read(write(v)) == v`;
//! - *writing settles*: `write(read(write(v))) == write(v)`;
//! - *what means the same stays*: where `read(current) == v`, writing `v` over `current` leaves `current`.
//!
//! What a lens loses is its spelling (case of an address, blanks, punctuation of a number), never its meaning.

mod address;
mod country;
mod customer;
mod expression;
mod lines;
mod money;
mod naming;
mod number;
mod payment;
mod person;
mod phone;
mod table;
mod text;

use std::borrow::Cow;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use iso_currency::Currency;
use sync_model::{Side, Value};

use crate::FaultKind;
use crate::fold::fold;

pub use customer::CustomerTerms;
pub use expression::Expression;
pub(crate) use expression::NoExpression;
pub use lines::LineTerms;
pub(crate) use money::currency;
pub use number::{is_valid_cvr, is_valid_gln, is_valid_p_number};
pub use table::Table;

/// How a pair of fields is translated. What each loses and keeps is in docs/mapping.md.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lens {
    /// `text`: text with lines. Compared in Unicode normal form C, without blanks at the ends of lines.
    Text,
    /// `line`: text on one line. Compared with blanks run together.
    Line,
    /// `verbatim`: text with every blank. Only the Unicode normal form is settled.
    Verbatim,
    /// `html`: text that the CRM keeps with HTML entities, and Dinero without.
    Html,
    /// `code`: a number somebody gave, such as an item number. Its punctuation counts.
    Code,
    /// `email`: an e-mail address. Compared and written in lower case.
    Email,
    /// `url`: a web address. Compared and written without scheme and closing slash.
    Url,
    /// `phone`: a telephone number: E.164 where it can be understood as one (Danish unless it says otherwise), text
    /// elsewhere.
    Phone,
    /// `country`: the ISO code in Dinero, a name in the CRM. A spelling that means the same is left as it stands.
    Country,
    /// `currency`: an ISO 4217 code. Names are understood, the code is written.
    Currency,
    /// `cvr`: a CVR number without `DK` and blanks, or a foreign VAT number in capitals.
    Cvr,
    /// `se`: an SE number, in form and check digit like a CVR number.
    Se,
    /// `p-number`: the number of a production unit: ten digits. No check digit is published for it.
    PNumber,
    /// `gln`: an EAN/GLN number: thirteen digits.
    Gln,
    /// `decimal`: an exact number.
    Decimal,
    /// `{ amount = "DKK" }`: an exact amount of one currency, with no more decimals than it has.
    Amount(Currency),
    /// `flag`: yes or no.
    Flag,
    /// `date`: a day.
    Date,
    /// `danish-date`: a day, which the CRM keeps as text such as `31-01-2026`.
    DanishDate,
    /// `reference`: another record of the same system. It is carried over as the record that is linked with it.
    Reference,
    /// `total`: an amount of money to the øre, as it is compared.
    Total,
    /// `voucher-date`: the day of a voucher. Dinero takes none of a period that the settings call closed.
    VoucherDate(Option<NaiveDate>),
    /// `credit-total`: the same of a credit note, which is positive in Dinero and negative in the CRM.
    CreditTotal,
    /// `lines`, or `credit-lines` of a credit note: the lines of an invoice, with everything that changes what they come to.
    Lines(Box<LineTerms>),
    /// `customer`: whom an invoice belongs to: a contact in Dinero, an organisation or a person in the CRM.
    Customer(CustomerTerms),
    /// `person`: one name in Dinero, first and last name in the CRM.
    Person,
    /// `address`: lines in Dinero, street and house number in the CRM.
    Address,
    /// `payment`: type and days in Dinero, words such as `Netto 30 dage` in the CRM.
    Payment,
    /// `{ most = 30 }`: one line, refused where it is longer; never cut.
    Most(u32),
    /// `{ cut = 30 }`: one line, cut to its first characters. Only one way.
    Cut(u32),
    /// `unit`, `language`, `culture`, or `{ table = … }`: words by a table. Words without a counterpart are left out.
    Table(Table),
    /// `{ expression = … }`: an expression. Only one way, unless it has an inverse.
    Expression(Expression),
}

impl Lens {
    /// The lens with what the user set about it.
    pub(crate) fn bound(self, settings: &BTreeMap<String, Value>) -> Self {
        match self {
            Self::Lines(terms) => Self::Lines(Box::new(LineTerms::of(terms.sign(), settings))),
            Self::Customer(_) => Self::Customer(CustomerTerms::bound(settings)),
            Self::VoucherDate(_) => match settings.get("closed_until") {
                Some(Value::Date(until)) => Self::VoucherDate(Some(*until)),
                _ => Self::VoucherDate(None),
            },
            other => other,
        }
    }

    /// The normal form of what `side` holds in its own fields.
    ///
    /// ```
    /// use field_mapping::Lens;
    /// use sync_model::{Side, Value};
    ///
    /// let terms = Lens::named("payment").unwrap();
    /// let value = terms.read(Side::Right, &[&Value::text("net 30 days")]).unwrap();
    /// let written = terms.write(Side::Left, &value, &[]).unwrap();
    /// assert_eq!(written, [Value::text("Netto"), Value::Decimal(30.into())]);
    /// ```
    ///
    /// # Errors
    /// When it is not of its kind, such as a number that is none.
    pub fn read(&self, side: Side, own: &[&Value]) -> Result<Value, FaultKind> {
        let encoded = |value: &&Value| matches!(text::decoded(value), Cow::Owned(_));
        if side == Side::Right && self.is_prose() && own.iter().any(encoded) {
            let decoded: Vec<Cow<'_, Value>> = own.iter().map(|value| text::decoded(value)).collect();
            return self.read_plain(side, &decoded.iter().map(|value| &**value).collect::<Vec<_>>());
        }
        self.read_plain(side, own)
    }

    /// Whether it is text of which the CRM may show characters as entities.
    fn is_prose(&self) -> bool {
        matches!(self, Self::Text | Self::Line | Self::Code | Self::Person | Self::Address)
    }

    fn read_plain(&self, side: Side, own: &[&Value]) -> Result<Value, FaultKind> {
        let Some(value) = own.first() else { return Ok(Value::Empty) };
        Ok(match self {
            Self::Text => text::lines(value),
            Self::Line | Self::Code | Self::Most(_) | Self::Cut(_) => text::line(value),
            Self::Verbatim => text::verbatim(value),
            Self::Html => text::html(side, value),
            Self::Email => text::email(value),
            Self::Url => text::url(value),
            Self::Phone => phone::read(value),
            Self::Country => country::read(value),
            Self::Currency => money::read_code(value),
            Self::Cvr => number::cvr(value),
            Self::Se => number::se(value),
            Self::PNumber => number::p_number(value),
            Self::Gln => number::gln(value),
            Self::Decimal => return number::decimal(value),
            Self::Total => return number::decimal(value).map(rounded),
            Self::CreditTotal => return number::decimal(value).map(|it| turned(side, rounded(it))),
            Self::Amount(currency) => return money::read(*currency, value),
            Self::Flag => return number::flag(value),
            Self::Date | Self::VoucherDate(_) => return number::date(value),
            Self::Lines(terms) => return terms.read(side, own),
            Self::Customer(terms) if side == Side::Right => return terms.read(own),
            Self::Reference | Self::Customer(_) => return reference(value),
            Self::DanishDate => return number::danish_date(value),
            Self::Person => person::read(own),
            Self::Address => address::read(own),
            Self::Payment if side == Side::Left => return payment::read_parts(own),
            Self::Payment => payment::read_words(value),
            Self::Table(table) => table.read(side, value),
            Self::Expression(expression) => return expression.read(side, own),
        })
    }

    /// What `side` gets for the normal form `value`, one value for each of its own fields. `current` is what stands
    /// there: a spelling that already means `value` is kept.
    ///
    /// # Errors
    /// When the value has no valid form on that side.
    pub fn write(&self, side: Side, value: &Value, current: &[&Value]) -> Result<Vec<Value>, FaultKind> {
        if !current.is_empty() && self.read(side, current).as_ref() == Ok(value) {
            return Ok(current.iter().map(|value| (*value).clone()).collect());
        }
        let written = self.write_plain(side, value, current)?;
        let shield = side == Side::Right && self.is_prose();
        Ok(if shield { written.into_iter().map(text::shielded).collect() } else { written })
    }

    fn write_plain(&self, side: Side, value: &Value, current: &[&Value]) -> Result<Vec<Value>, FaultKind> {
        let own = match (self, side) {
            (Self::Country, _) => country::write(side, value)?,
            (Self::Currency, _) => money::write_code(side, value)?,
            (Self::Table(table), _) => table.write(side, value)?,
            (Self::Html, Side::Right) => text::entities(value),
            (Self::DanishDate, Side::Right) => number::danish_text(value),
            (Self::Most(most), _) => text::at_most(*most, value)?,
            (Self::Cut(most), _) => text::cut(*most, value),
            (Self::Person, Side::Right) => return Ok(person::split(value)),
            (Self::Address, Side::Right) => return Ok(address::split(value)),
            (Self::Payment, Side::Left) => return payment::parts(value),
            (Self::Payment, Side::Right) => payment::words(value),
            (Self::Expression(expression), _) => return expression.write(side, value),
            (Self::CreditTotal, _) => turned(side, value.clone()),
            (Self::Lines(terms), _) => return terms.write(side, value, current),
            (Self::Customer(_), Side::Right) => return Ok(CustomerTerms::write(value, current)),
            _ => value.clone(),
        };
        Ok(vec![own])
    }

    /// Whether `side` takes the value. `abroad` says that the record is known to be outside Denmark.
    ///
    /// # Errors
    /// When that side refuses it: Dinero refuses a Danish CVR number and an EAN number with a wrong check digit
    /// (fact sheet §7.1), the CRM keeps anything.
    pub fn accept(&self, side: Side, value: &Value, abroad: bool) -> Result<(), FaultKind> {
        if let (Self::VoucherDate(Some(until)), Side::Left, Value::Date(date)) = (self, side, value)
            && date <= until
        {
            return Err(FaultKind::ClosedPeriod { until: *until });
        }
        let (Some(text), Side::Left) = (value.as_text(), side) else { return Ok(()) };
        let danish = || !abroad && number::looks_danish(text);
        let expected = match self {
            Self::Cvr if danish() && !is_valid_cvr(text) => "CVR-nr.",
            Self::Se if danish() && !is_valid_cvr(text) => "SE-nr.",
            Self::PNumber if !abroad && !is_valid_p_number(text) => "P-nr.",
            Self::Gln if !is_valid_gln(text) => "EAN-nr.",
            _ => return Ok(()),
        };
        Err(FaultKind::Invalid { expected: expected.to_owned() })
    }

    /// The words for `value` on `side`, best first, to be looked for in a list of choices.
    pub(crate) fn spellings(&self, side: Side, value: &Value) -> Vec<String> {
        match self {
            Self::Country => country::spellings(value),
            Self::Currency => money::spellings(value),
            Self::Table(table) => table.spellings(side, value),
            _ => vec![value.to_string()],
        }
    }

    /// `value` in the form in which records are matched by it: what people may leave out or spell otherwise is gone.
    pub(crate) fn matching(&self, value: &Value) -> String {
        let shown = value.to_string();
        match self {
            Self::Text
            | Self::Line
            | Self::Verbatim
            | Self::Html
            | Self::Person
            | Self::Address
            | Self::Payment
            | Self::Country
            | Self::Table(_)
            | Self::Most(_)
            | Self::Cut(_)
            | Self::Expression(_) => fold(&shown),
            _ => shown.to_lowercase(),
        }
    }
}

/// To the øre.
fn rounded(value: Value) -> Value {
    value.as_decimal().map_or(value, |number| Value::Decimal(invoicing::ore(number).normalize()))
}

/// An amount of a credit note with the CRM's sign from Dinero's, and the other way round.
fn turned(side: Side, value: Value) -> Value {
    match (side, value.as_decimal()) {
        (Side::Left, Some(number)) => Value::Decimal((-number).normalize()),
        (Side::Left | Side::Right, _) => value,
    }
}

/// A reference as it stands: who it is on the other side, only links can say.
fn reference(value: &Value) -> Result<Value, FaultKind> {
    match value {
        Value::Empty | Value::Reference(_) => Ok(value.clone()),
        Value::Text(_) | Value::Decimal(_) | Value::Flag(_) | Value::Date(_) | Value::Time(_) | Value::Rows(_) => {
            Err(FaultKind::Invalid { expected: "henvisning / reference".to_owned() })
        }
    }
}
