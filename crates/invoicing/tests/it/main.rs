//! Invoices to the øre.

mod golden;
mod properties;
mod sandboxed;
