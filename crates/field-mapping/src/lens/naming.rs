//! The lenses by the names under which a mapping file calls them, and what each needs and gives.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use invoicing::Sign;
use sync_model::{FieldType, Side};

use super::{CustomerTerms, Lens, LineTerms, Table, lines};

/// What a lens gives.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gives {
    Text,
    Number,
    Flag,
    Date,
    Reference,
}

impl Lens {
    /// The lenses that need nothing but their name.
    fn plain() -> &'static [(&'static str, Self)] {
        static PLAIN: LazyLock<[(&str, Lens); 31]> = LazyLock::new(Lens::make_plain);
        PLAIN.as_slice()
    }

    fn make_plain() -> [(&'static str, Self); 31] {
        [
            ("text", Self::Text),
            ("line", Self::Line),
            ("verbatim", Self::Verbatim),
            ("html", Self::Html),
            ("code", Self::Code),
            ("email", Self::Email),
            ("url", Self::Url),
            ("phone", Self::Phone),
            ("country", Self::Country),
            ("currency", Self::Currency),
            ("language", Self::Table(Table::languages())),
            ("culture", Self::Table(Table::cultures())),
            ("cvr", Self::Cvr),
            ("se", Self::Se),
            ("p-number", Self::PNumber),
            ("gln", Self::Gln),
            ("decimal", Self::Decimal),
            ("flag", Self::Flag),
            ("date", Self::Date),
            ("danish-date", Self::DanishDate),
            ("person", Self::Person),
            ("address", Self::Address),
            ("payment", Self::Payment),
            ("unit", Self::Table(Table::units())),
            ("reference", Self::Reference),
            ("total", Self::Total),
            ("voucher-date", Self::VoucherDate(None)),
            ("lines", Self::Lines(Box::default())),
            ("customer", Self::Customer(CustomerTerms::default())),
            ("credit-total", Self::CreditTotal),
            ("credit-lines", Self::Lines(Box::new(LineTerms::of_credit_notes(&BTreeMap::new())))),
        ]
    }

    /// The names that `translate` may hold.
    #[must_use]
    pub fn names() -> Vec<&'static str> {
        Self::plain().iter().map(|(name, _)| *name).collect()
    }

    /// The lens of this name, where it needs nothing but its name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::plain().iter().find(|(known, _)| *known == name).map(|(_, lens)| lens.clone())
    }

    /// The name by which a mapping file calls it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Amount(_) => "amount",
            Self::Most(_) => "most",
            Self::Cut(_) => "cut",
            Self::Expression(_) => "expression",
            Self::VoucherDate(_) => "voucher-date",
            Self::Lines(terms) if terms.sign() == Sign::CreditNote => "credit-lines",
            Self::Lines(_) => "lines",
            Self::Customer(_) => "customer",
            _ => Self::plain().iter().find(|(_, lens)| lens == self).map_or("table", |(name, _)| name),
        }
    }

    /// What else says how it translates, for a digest of its meaning.
    pub(crate) fn parameters(&self) -> Vec<String> {
        match self {
            Self::Table(table) => table.rows().map(|(left, right)| format!("{left}={}", right.join("|"))).collect(),
            Self::Amount(currency) => vec![currency.code().to_owned()],
            Self::Most(most) | Self::Cut(most) => vec![most.to_string()],
            Self::Lines(terms) => terms.parameters(),
            Self::Customer(terms) => terms.parameters(),
            Self::Expression(expression) => {
                let parts = expression.parts().map(str::to_owned);
                std::iter::once(expression.source().to_string()).chain(parts).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether values can only travel one way through it without losing what they mean. With a side: only away from it.
    #[must_use]
    pub fn one_way(&self) -> Option<Option<Side>> {
        match self {
            Self::Cut(_) => Some(None),
            Self::Expression(expression) if !expression.is_invertible() => Some(Some(expression.source())),
            _ => None,
        }
    }

    /// How many of a side's own fields it reads and writes.
    #[must_use]
    pub fn width(&self, side: Side) -> usize {
        match (self, side) {
            (Self::Person | Self::Address | Self::Customer(_), Side::Right) | (Self::Payment, Side::Left) => 2,
            (Self::Lines(_), _) => lines::width(side),
            (Self::Expression(expression), _) => expression.width(side),
            _ => 1,
        }
    }

    /// Whether a field of this type can hold what it writes.
    #[must_use]
    pub fn suits(&self, ty: &FieldType) -> bool {
        let gives = match self {
            Self::Decimal | Self::Amount(_) | Self::Total | Self::CreditTotal => Gives::Number,
            Self::Flag => Gives::Flag,
            Self::Date | Self::DanishDate | Self::VoucherDate(_) => Gives::Date,
            Self::Reference | Self::Customer(_) => Gives::Reference,
            // Rows, a mode and amounts: each field gets its own.
            Self::Lines(_) => return !matches!(ty, FieldType::Time | FieldType::Reference(_)),
            _ => Gives::Text,
        };
        match ty {
            FieldType::Text => !matches!(gives, Gives::Flag | Gives::Reference),
            FieldType::Choice(_) => gives == Gives::Text && !matches!(self, Self::Person | Self::Address),
            FieldType::Decimal { .. } => {
                let digits =
                    matches!(self, Self::Cvr | Self::Se | Self::PNumber | Self::Gln | Self::Phone | Self::Code);
                gives == Gives::Number || digits || *self == Self::Payment
            }
            FieldType::Flag => gives == Gives::Flag,
            FieldType::Date => gives == Gives::Date,
            FieldType::Reference(_) => gives == Gives::Reference,
            FieldType::Time | FieldType::Rows(_) => false,
        }
    }
}
