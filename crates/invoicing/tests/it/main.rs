//! Invoices to the øre.

mod golden;
mod properties;
mod recorded;
mod sandboxed;
