//! Totals the way Dinero counts (fact sheet §8.5).
//!
//! Prices without VAT: a line is rounded to the øre, and each rate's VAT is taken of the sum of its lines. Prices with
//! VAT: a line's gross is rounded, its net is rounded, and the VAT is the rest, so that the total is the sum of the grosses.
//! Whether Dinero rounds the VAT of prices without VAT by rate or by line is not known (fact sheet §10 no. 9); if it is by
//! line, the check tells wherever that makes a difference, and the invoice stays a draft.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use crate::{Line, Vat};

/// Whether the prices on the lines are with or without VAT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Entry {
    /// Without.
    Net,
    /// With.
    Gross,
}

/// What one line adds up to. A line of words adds nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineTotal {
    /// Without VAT.
    pub net: Decimal,
    /// With VAT.
    pub gross: Decimal,
}

/// What one rate of VAT adds up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateTotal {
    /// The rate in percent.
    pub rate: Decimal,
    /// What it is taken of.
    pub net: Decimal,
    /// The VAT.
    pub vat: Decimal,
}

/// What an invoice adds up to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Line by line, in order.
    pub lines: Vec<LineTotal>,
    /// Rate by rate, lowest first.
    pub rates: Vec<RateTotal>,
    /// Without VAT.
    pub net: Decimal,
    /// The VAT.
    pub vat: Decimal,
    /// With VAT.
    pub gross: Decimal,
}

/// `amount` to the øre; half an øre goes away from zero.
#[must_use]
pub fn ore(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

impl Totals {
    /// What `lines` add up to.
    #[must_use]
    pub fn of(lines: &[Line], entry: Entry) -> Self {
        let counted: Vec<(Option<Vat>, LineTotal)> = lines.iter().map(|line| count(line, entry)).collect();
        let mut by_rate: BTreeMap<Decimal, LineTotal> = BTreeMap::new();
        for (vat, line) in &counted {
            let Some(vat) = vat else { continue };
            let sum = by_rate.entry(vat.rate()).or_insert(NOTHING);
            sum.net += line.net;
            sum.gross += line.gross;
        }
        let rates: Vec<RateTotal> = by_rate
            .into_iter()
            .map(|(rate, sum)| {
                let vat = match entry {
                    Entry::Net => ore(sum.net.saturating_mul(rate) / Decimal::ONE_HUNDRED),
                    Entry::Gross => sum.gross - sum.net,
                };
                RateTotal { rate, net: sum.net, vat }
            })
            .collect();
        let net = rates.iter().map(|rate| rate.net).sum();
        let vat = rates.iter().map(|rate| rate.vat).sum();
        Self { lines: counted.into_iter().map(|(_, line)| line).collect(), rates, net, vat, gross: net + vat }
    }
}

const NOTHING: LineTotal = LineTotal { net: Decimal::ZERO, gross: Decimal::ZERO };

fn count(line: &Line, entry: Entry) -> (Option<Vat>, LineTotal) {
    let goods = match line {
        Line::Goods(goods) => goods,
        Line::Text(_) => return (None, NOTHING),
    };
    let whole = Decimal::ONE_HUNDRED + goods.vat.rate();
    let total = match entry {
        Entry::Net => {
            let net = ore(goods.amount());
            LineTotal { net, gross: ore(net.saturating_mul(whole) / Decimal::ONE_HUNDRED) }
        }
        Entry::Gross => {
            let gross = ore(goods.amount());
            LineTotal { net: ore(gross.saturating_mul(Decimal::ONE_HUNDRED) / whole), gross }
        }
    };
    (Some(goods.vat), total)
}
