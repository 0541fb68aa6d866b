//! Dinero as records: the [`sync_run::Connector`] over [`dinero_client`].
//!
//! The kinds are `contact`, `product`, `invoice` and `credit-note`; field names are the API's own. A list shows a part of a contact's fields, so a
//! contact seen in a list is *partial*, and because an update replaces the whole object (fact sheet §7.1), it is read in
//! full before it is written. What was written is read back in pages of the list of changes, not one request a record.

mod connector;
mod contact;
mod credit_note;
mod credits;
mod draft;
mod effect;
mod errors;
mod invoice;
mod kind;
mod language;
mod product;
mod schema;
mod voucher;
mod walk;

pub use connector::DineroConnector;
pub use language::InvoiceLanguage;
