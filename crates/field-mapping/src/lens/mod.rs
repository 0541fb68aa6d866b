//! Translations of one value: into the mapping's normal form, and back into a side's own spelling.
//!
//! Law (P16), for every lens and every value in its domain: what is written and read again is the same normal form.

mod country;
mod number;
mod person;
mod phone;
mod text;
mod unit;

use sync_model::{Side, Value};

use crate::FaultKind;

pub use number::{is_valid_cvr, is_valid_gln};
pub(crate) use unit::synonyms;

/// How a pair of fields is translated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lens {
    /// Text with lines. Compared in Unicode normal form C, without blanks at the ends of lines.
    Text,
    /// Text on one line. Compared with blanks run together.
    Line,
    /// An e-mail address. Compared and written in lower case.
    Email,
    /// A web address. Compared and written without scheme and closing slash.
    Url,
    /// A telephone number: E.164 where it can be understood as one (Danish unless it says otherwise), text elsewhere.
    Phone,
    /// A country: the ISO code in Dinero, a name in the CRM. A spelling that means the same is left as it stands.
    Country,
    /// A CVR number without `DK` and blanks, or a foreign VAT number in capitals.
    Cvr,
    /// An EAN/GLN number: thirteen digits.
    Gln,
    /// An exact number.
    Decimal,
    /// Yes or no.
    Flag,
    /// A unit: Dinero's word and the CRM's. Units without a counterpart are left out.
    Unit,
    /// A person's name: one field in Dinero, first and last name in the CRM.
    Person,
}

impl Lens {
    /// The normal form of what `side` holds in its own fields. `None` when nothing can be made of it.
    #[must_use]
    pub fn read(self, _side: Side, own: &[&Value]) -> Option<Value> {
        if self == Self::Person {
            return Some(person::read(own));
        }
        let value = own.first()?;
        Some(match self {
            Self::Text => text::lines(value),
            Self::Line => text::line(value),
            Self::Email => text::email(value),
            Self::Url => text::url(value),
            Self::Phone => phone::read(value),
            Self::Country => country::read(value),
            Self::Cvr => number::cvr(value),
            Self::Gln => number::gln(value),
            Self::Decimal => number::decimal(value),
            Self::Flag => (*value).clone(),
            Self::Unit => unit::read(value),
            Self::Person => person::read(own),
        })
    }

    /// What `side` gets for the normal form `value`, one value for each of its own fields. `current` is what stands there:
    /// a spelling that already means `value` is kept.
    ///
    /// # Errors
    /// When the value has no valid form on that side.
    pub fn write(self, side: Side, value: &Value, current: &[&Value]) -> Result<Vec<Value>, FaultKind> {
        if !value.is_empty() && self.read(side, current).as_ref() == Some(value) {
            return Ok(current.iter().map(|value| (*value).clone()).collect());
        }
        let own = match self {
            Self::Country => country::write(side, value)?,
            Self::Cvr => number::write_cvr(side, value)?,
            Self::Gln => number::write_gln(side, value)?,
            Self::Unit => unit::write(side, value)?,
            Self::Person if side == Side::Right => return Ok(person::split(value)),
            Self::Text
            | Self::Line
            | Self::Email
            | Self::Url
            | Self::Phone
            | Self::Decimal
            | Self::Flag
            | Self::Person => value.clone(),
        };
        Ok(vec![own])
    }
}
