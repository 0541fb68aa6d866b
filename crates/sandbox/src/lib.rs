//! Stateful stand-ins for Dinero and Simply CRM.

mod reply;
pub mod simplycrm;

pub use reply::{Reply, Sandbox};
