//! What every [`Store`](crate::Store) and every [`Connector`](crate::Connector) must do, as tests that anybody's can run; a
//! store in memory that does it; and a gate before a store for those who test what happens when it fails.

pub mod connector;
mod gated;
mod memory;
pub mod store;

pub use gated::{Call, Gate, Gated};
pub use memory::{MemoryState, MemoryStore};
