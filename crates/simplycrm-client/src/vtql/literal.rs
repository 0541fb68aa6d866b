//! Values as VTQL writes them: one function renders, and every text passes through it.

use std::fmt::{self, Write as _};

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use rust_decimal::Decimal;

use super::VtqlError;
use crate::id::WsId;

/// A value to compare with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// Text of at least one character: text, picklists, decimals, days and times all go as this.
    Text(Text),
    /// A whole number, the only value that stands bare.
    Integer(i64),
    /// A record, for references, owners and `id`.
    Id(WsId),
}

/// Text of at least one character, because the language has no empty literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(String);

impl Text {
    /// # Errors
    /// When the text is empty or holds a NUL.
    pub fn new(text: impl Into<String>) -> Result<Self, VtqlError> {
        let text = text.into();
        if text.is_empty() {
            return Err(VtqlError::EmptyText);
        }
        if text.contains('\0') { Err(VtqlError::NulText) } else { Ok(Self(text)) }
    }

    /// The text, unquoted.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What LIKE compares with: `%` stands for any text, `_` for any character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(Text);

impl Pattern {
    /// Values that hold `text`.
    #[must_use]
    pub fn contains(text: &Text) -> Self {
        Self(Text(format!("%{}%", Self::plain(text))))
    }

    /// Values that begin with `text`.
    #[must_use]
    pub fn starts_with(text: &Text) -> Self {
        Self(Text(format!("{}%", Self::plain(text))))
    }

    /// Values that end with `text`.
    #[must_use]
    pub fn ends_with(text: &Text) -> Self {
        Self(Text(format!("%{}", Self::plain(text))))
    }

    /// A pattern in LIKE's own notation, where a backslash takes `%`, `_` and itself literally.
    #[must_use]
    pub fn raw(pattern: Text) -> Self {
        Self(pattern)
    }

    /// The pattern in LIKE's own notation.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    fn plain(text: &Text) -> String {
        let mut plain = String::with_capacity(text.0.len());
        for character in text.0.chars() {
            if matches!(character, '\\' | '%' | '_') {
                plain.push('\\');
            }
            plain.push(character);
        }
        plain
    }
}

impl Literal {
    /// A number with decimals: quoted, because a bare point is an error on the server.
    #[must_use]
    pub fn decimal(number: Decimal) -> Self {
        Self::Text(Text(number.to_string()))
    }

    /// A day: quoted, because a bare date is read as a subtraction.
    #[must_use]
    pub fn date(date: NaiveDate) -> Self {
        Self::Text(Text(date.format("%Y-%m-%d").to_string()))
    }

    /// A point in time for a server whose clock is UTC, cut to whole seconds.
    #[must_use]
    pub fn time(time: DateTime<Utc>) -> Self {
        Self::time_in(time, &Utc)
    }

    /// A point in time for a server in `zone`, cut to whole seconds.
    #[must_use]
    pub fn time_in<Z: TimeZone>(time: DateTime<Utc>, zone: &Z) -> Self {
        Self::Text(Text(time.with_timezone(zone).naive_local().format("%Y-%m-%d %H:%M:%S").to_string()))
    }

    /// A checkbox.
    #[must_use]
    pub fn flag(flag: bool) -> Self {
        Self::Text(Text(if flag { "1" } else { "0" }.to_owned()))
    }
}

impl From<Text> for Literal {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}

impl From<WsId> for Literal {
    fn from(id: WsId) -> Self {
        Self::Id(id)
    }
}

impl From<i64> for Literal {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => fmt::Display::fmt(text, f),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Id(id) => write!(f, "'{id}'"),
        }
    }
}

impl fmt::Display for Text {
    /// Quoted: the server passes the literal to the database as it stands, so a backslash is doubled as well as a quote.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('\'')?;
        for character in self.0.chars() {
            if matches!(character, '\\' | '\'') {
                f.write_char(character)?;
            }
            f.write_char(character)?;
        }
        f.write_char('\'')
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The database keeps `\%` and `\_` of a literal as they are, so that one backslash before them would do as
        // well; two are what a reader of the escape rule expects, and mean the same.
        fmt::Display::fmt(&self.0, f)
    }
}
