//! Simply CRM as records: the [`sync_run::Connector`] over [`simplycrm_client`].
//!
//! The kinds are the CRM's modules (`Accounts`, `Contacts`, `Products`, `Services`, `Invoice`); field names are the CRM's own. What
//! a field holds follows from `describe`. A record that we make carries the id of its origin in a custom field for the
//! Dinero guid, where the installation has one.

mod columns;
mod connector;
mod errors;
mod invoice;
mod invoicing;
mod record;
mod schema;
mod values;
mod walk;

pub use connector::SimplyCrmConnector;
