//! What an invoice says, and what it adds up to: the way Dinero counts and the way vtiger counts.
//!
//! Dinero knows lines with a quantity, a price and a discount in percent, and takes the VAT from each line's account.
//! vtiger knows more: discounts by amount, a discount on everything, charges, an adjustment, and taxes by line or by
//! invoice. [`CrmInvoice::express`] says in Dinero's words what can be said in them to the øre, and names what cannot.
//!
//! Amounts are exact decimals. Dinero rounds each line and each rate's VAT to the øre; vtiger rounds nothing.
//! This crate is pure: no clock, no randomness, no input or output, no floating point.
//!
//! ```
//! use invoicing::{Entry, Goods, Line, Totals, Vat};
//!
//! let line = Line::Goods(Goods::new("Skruer", "1".parse().unwrap(), "12.35".parse().unwrap(), Vat::Rate(25.into())));
//! let totals = Totals::of(&[line], Entry::Gross);
//! assert_eq!((totals.net.to_string(), totals.vat.to_string()), ("9.88".to_owned(), "2.47".to_owned()));
//! ```

mod accounts;
mod check;
mod credit;
mod crm;
mod express;
mod line;
mod rows;
mod totals;

pub use accounts::VatAccounts;
pub use check::{Difference, Part, Stated, differences};
pub use credit::{OverCredit, may_credit};
pub use crm::{CrmInvoice, CrmLine, CrmTotals, Discount, TaxMode};
pub use express::{Inexpressible, LineTexts, Rounding, Sign, Terms};
pub use line::{Goods, Line, Vat, Zone};
pub use rows::{from_rows, to_rows};
pub use totals::{Entry, LineTotal, RateTotal, Totals, ore};
