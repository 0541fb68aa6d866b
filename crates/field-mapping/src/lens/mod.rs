//! Translations of one value: into the mapping's normal form, and back into a side's own spelling.
//!
//! Laws, for every lens and every value `v` that it reads (property P16):
//!
//! - *written and read again it is the same*: `read(write(v)) == v`;
//! - *writing settles*: `write(read(write(v))) == write(v)`;
//! - *what means the same stays*: where `read(current) == v`, writing `v` over `current` leaves `current`.
//!
//! What a lens loses is its spelling (case of an address, blanks, punctuation of a number), never its meaning.

mod country;
mod number;
mod person;
mod phone;
mod table;
mod text;

use sync_model::{FieldType, Side, Value};

use crate::FaultKind;
use crate::fold::fold;

pub use number::{is_valid_cvr, is_valid_gln};
pub use table::Table;

/// How a pair of fields is translated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lens {
    /// `text`: text with lines. Compared in Unicode normal form C, without blanks at the ends of lines.
    Text,
    /// `line`: text on one line. Compared with blanks run together.
    Line,
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
    /// `cvr`: a CVR number without `DK` and blanks, or a foreign VAT number in capitals.
    Cvr,
    /// `gln`: an EAN/GLN number: thirteen digits.
    Gln,
    /// `decimal`: an exact number.
    Decimal,
    /// `flag`: yes or no.
    Flag,
    /// `date`: a day.
    Date,
    /// `person`: one name in Dinero, first and last name in the CRM.
    Person,
    /// `unit`, or `{ table = … }`: words by a table. Words without a counterpart are left out.
    Table(Table),
}

impl Lens {
    /// The lens of this name, where it needs nothing but its name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let at = Self::NAMES.iter().position(|known| *known == name)?;
        let lenses = [
            Self::Text,
            Self::Line,
            Self::Code,
            Self::Email,
            Self::Url,
            Self::Phone,
            Self::Country,
            Self::Cvr,
            Self::Gln,
            Self::Decimal,
            Self::Flag,
            Self::Date,
            Self::Person,
            Self::Table(Table::units()),
        ];
        lenses.into_iter().nth(at)
    }

    /// The names that `translate` may hold, in the order of the variants.
    pub(crate) const NAMES: [&str; 14] = [
        "text", "line", "code", "email", "url", "phone", "country", "cvr", "gln", "decimal", "flag", "date", "person",
        "unit",
    ];

    /// The name by which a mapping file calls it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Line => "line",
            Self::Code => "code",
            Self::Email => "email",
            Self::Url => "url",
            Self::Phone => "phone",
            Self::Country => "country",
            Self::Cvr => "cvr",
            Self::Gln => "gln",
            Self::Decimal => "decimal",
            Self::Flag => "flag",
            Self::Date => "date",
            Self::Person => "person",
            Self::Table(table) if *table == Table::units() => "unit",
            Self::Table(_) => "table",
        }
    }

    /// How many of a side's own fields it reads and writes.
    #[must_use]
    pub fn width(&self, side: Side) -> usize {
        if *self == Self::Person && side == Side::Right { 2 } else { 1 }
    }

    /// Whether a field of this type can hold what it writes.
    #[must_use]
    pub fn suits(&self, ty: &FieldType) -> bool {
        match ty {
            FieldType::Text => *self != Self::Flag,
            FieldType::Choice(_) => !matches!(self, Self::Flag | Self::Decimal | Self::Date | Self::Person),
            FieldType::Decimal { .. } => {
                matches!(self, Self::Decimal | Self::Cvr | Self::Gln | Self::Phone | Self::Code)
            }
            FieldType::Flag => *self == Self::Flag,
            FieldType::Date => *self == Self::Date,
            FieldType::Time | FieldType::Reference(_) | FieldType::Rows(_) => false,
        }
    }

    /// The normal form of what `side` holds in its own fields.
    ///
    /// # Errors
    /// When it is not of its kind, such as a number that is none.
    pub fn read(&self, side: Side, own: &[&Value]) -> Result<Value, FaultKind> {
        let Some(value) = own.first() else { return Ok(Value::Empty) };
        Ok(match self {
            Self::Text => text::lines(value),
            Self::Line | Self::Code => text::line(value),
            Self::Email => text::email(value),
            Self::Url => text::url(value),
            Self::Phone => phone::read(value),
            Self::Country => country::read(value),
            Self::Cvr => number::cvr(value),
            Self::Gln => number::gln(value),
            Self::Decimal => return number::decimal(value),
            Self::Flag => return number::flag(value),
            Self::Date => return number::date(value),
            Self::Person => person::read(own),
            Self::Table(table) => table.read(side, value),
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
        let own = match self {
            Self::Country => country::write(side, value)?,
            Self::Table(table) => table.write(side, value)?,
            Self::Person if side == Side::Right => return Ok(person::split(value)),
            Self::Text
            | Self::Line
            | Self::Code
            | Self::Email
            | Self::Url
            | Self::Phone
            | Self::Cvr
            | Self::Gln
            | Self::Decimal
            | Self::Flag
            | Self::Date
            | Self::Person => value.clone(),
        };
        Ok(vec![own])
    }

    /// Whether `side` takes the value. `abroad` says that the record is known to be outside Denmark.
    ///
    /// # Errors
    /// When that side refuses it: Dinero refuses a Danish CVR number and an EAN number with a wrong check digit
    /// (fact sheet §7.1), the CRM keeps anything.
    pub fn accept(&self, side: Side, value: &Value, abroad: bool) -> Result<(), FaultKind> {
        let (Some(text), Side::Left) = (value.as_text(), side) else { return Ok(()) };
        match self {
            Self::Cvr if !abroad && number::looks_danish(text) && !is_valid_cvr(text) => {
                Err(FaultKind::Invalid { expected: "CVR-nr.".to_owned() })
            }
            Self::Gln if !is_valid_gln(text) => Err(FaultKind::Invalid { expected: "EAN-nr.".to_owned() }),
            Self::Text
            | Self::Line
            | Self::Code
            | Self::Email
            | Self::Url
            | Self::Phone
            | Self::Country
            | Self::Cvr
            | Self::Gln
            | Self::Decimal
            | Self::Flag
            | Self::Date
            | Self::Person
            | Self::Table(_) => Ok(()),
        }
    }

    /// The words for `value` on `side`, best first, to be looked for in a list of choices.
    pub(crate) fn spellings(&self, side: Side, value: &Value) -> Vec<String> {
        match self {
            Self::Country => country::spellings(value),
            Self::Table(table) => table.spellings(side, value),
            Self::Text
            | Self::Line
            | Self::Code
            | Self::Email
            | Self::Url
            | Self::Phone
            | Self::Cvr
            | Self::Gln
            | Self::Decimal
            | Self::Flag
            | Self::Date
            | Self::Person => vec![value.to_string()],
        }
    }

    /// `value` in the form in which records are matched by it: what people may leave out or spell otherwise is gone.
    pub(crate) fn matching(&self, value: &Value) -> String {
        let shown = value.to_string();
        match self {
            Self::Text | Self::Line | Self::Person | Self::Country | Self::Table(_) => fold(&shown),
            Self::Code
            | Self::Email
            | Self::Url
            | Self::Phone
            | Self::Cvr
            | Self::Gln
            | Self::Decimal
            | Self::Flag
            | Self::Date => shown.to_lowercase(),
        }
    }
}
