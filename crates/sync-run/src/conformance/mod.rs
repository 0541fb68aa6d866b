//! What every [`Store`](crate::Store) must do, as tests that anybody's store can run, and a store in memory that does it.

mod gated;
mod memory;
pub mod store;

pub use gated::{Call, Gate, Gated};
pub use memory::{MemoryState, MemoryStore};
