//! Credit: never more than was invoiced.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A credit that would come to more than is left of its invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverCredit {
    /// What was invoiced, with VAT.
    pub invoiced: Decimal,
    /// What was credited before.
    pub credited: Decimal,
    /// What would be credited now.
    pub wanted: Decimal,
}

/// Whether `wanted` may still be credited of an invoice over `invoiced`, after the `earlier` credits. Amounts are with VAT
/// and not negative.
///
/// # Errors
/// When all credits together come to more than the invoice, or one is less than nothing.
pub fn may_credit(invoiced: Decimal, earlier: &[Decimal], wanted: Decimal) -> Result<(), OverCredit> {
    let credited: Decimal = earlier.iter().copied().sum();
    let negative = wanted < Decimal::ZERO || earlier.iter().any(|amount| *amount < Decimal::ZERO);
    if negative || credited.saturating_add(wanted) > invoiced {
        return Err(OverCredit { invoiced, credited, wanted });
    }
    Ok(())
}
