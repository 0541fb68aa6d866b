//! What every [`Store`](crate::Store) must do, as tests that anybody's store can run, and a store in memory that does it.

mod memory;
pub mod store;

pub use memory::{MemoryState, MemoryStore};
