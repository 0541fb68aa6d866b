//! Two computations of one invoice, compared to the øre.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{LineTotal, Totals, ore};

/// What a system says an invoice adds up to. What it does not say is not compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stated {
    /// Line by line, where it says so.
    pub lines: Option<Vec<LineTotal>>,
    /// Without VAT.
    pub net: Option<Decimal>,
    /// The VAT.
    pub vat: Option<Decimal>,
    /// With VAT.
    pub gross: Option<Decimal>,
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// How many lines there are.
    Count,
    /// The net of the line with this number.
    Line(usize),
    /// Without VAT.
    Net,
    /// The VAT.
    Vat,
    /// With VAT.
    Gross,
}

/// Something that comes out differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// What.
    pub part: Part,
    /// What we make of it.
    pub ours: Decimal,
    /// What the system makes of it.
    pub theirs: Decimal,
}

/// Everything that `theirs` makes different from `ours`, to the øre.
#[must_use]
pub fn differences(ours: &Totals, theirs: &Stated) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut compare = |part, ours: Decimal, theirs: Option<Decimal>| {
        if let Some(theirs) = theirs.map(ore).filter(|theirs| *theirs != ore(ours)) {
            found.push(Difference { part, ours, theirs });
        }
    };
    if let Some(lines) = &theirs.lines {
        compare(Part::Count, ours.lines.len().into(), Some(lines.len().into()));
        for (at, (ours, theirs)) in ours.lines.iter().zip(lines).enumerate() {
            compare(Part::Line(at + 1), ours.net, Some(theirs.net));
        }
    }
    compare(Part::Net, ours.net, theirs.net);
    compare(Part::Vat, ours.vat, theirs.vat);
    compare(Part::Gross, ours.gross, theirs.gross);
    found
}
