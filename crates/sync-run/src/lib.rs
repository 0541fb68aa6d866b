//! The procedure of a run, through ports: gather → plan → apply → settle.
//!
//! A [`Connector`] shows one system as records; a [`Store`] remembers; a [`Clock`] and a source of [`Guids`] bring time
//! and chance in from outside. This crate knows nothing of HTTP, of SQL, of Dinero or of Simply CRM.

mod ports;

pub use ports::{
    Change, ChangePage, Clock, Connector, ConnectorError, ErrorClass, Guids, Health, Intent, IntentId, Journaled,
    Lease, Next, Outcome, Probed, Receipt, Refusal, RunRecord, Scope, Store, StoreError, StoredFinding, Usage,
    WriteError,
};
