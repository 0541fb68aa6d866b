//! Amounts: decimals in, JSON numbers out, and how what is smaller than an øre is rounded.
//!
//! Known: amounts entered with VAT are split line by line, net rounded to an øre and VAT the rest, so that 12.35 becomes
//! 9.88 + 2.47 and the total is the sum of what was entered (fact sheet §8.5). Not known: which way half an øre goes, and
//! whether VAT on amounts entered without VAT is rounded line by line or once for each rate. [`Arithmetic`] has both, so that
//! whoever computes the same can be tried against the answer that it did not expect.

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;

/// Which way half an øre goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Halves {
    /// Away from zero, as people round.
    #[default]
    AwayFromZero,
    /// To the even neighbour.
    ToEven,
}

/// Where VAT on amounts without VAT is rounded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum VatRounding {
    /// Once for all lines of the same rate, as the vatable total beside the VAT suggests.
    #[default]
    ByRate,
    /// On each line.
    ByLine,
}

/// How an organisation computes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Arithmetic {
    /// Which way half an øre goes.
    pub halves: Halves,
    /// Where VAT is rounded.
    pub vat: VatRounding,
}

impl Arithmetic {
    /// To whole øre.
    pub(super) fn ore(self, amount: Decimal) -> Decimal {
        let strategy = match self.halves {
            Halves::AwayFromZero => RoundingStrategy::MidpointAwayFromZero,
            Halves::ToEven => RoundingStrategy::MidpointNearestEven,
        };
        amount.round_dp_with_strategy(2, strategy)
    }
}

/// A JSON number, exactly as it was written.
pub(super) fn decimal(value: &Value) -> Option<Decimal> {
    let text = value.to_string();
    text.parse().ok().or_else(|| Decimal::from_scientific(&text).ok())
}

/// An amount as a JSON number.
pub(super) fn amount(number: Decimal) -> Value {
    serde_json::from_str(&number.normalize().to_string()).unwrap_or(Value::Null)
}
