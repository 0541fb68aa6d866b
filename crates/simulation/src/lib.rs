//! The whole engine in one process, without sockets and without real time: both stand-ins, the real clients, connectors,
//! rules and engine, people at both desks, and whatever can go wrong, all from one seed.
//!
//! [`play`] plays one history and says what broke. The same seed plays the same history, byte for byte; that is why
//! nothing in here may ask the machine for the time, for chance or for the order of threads.
//!
//! ```
//! let played = simulation::play(7, simulation::Detail::Verdict);
//! assert!(played.breaches.is_empty(), "{:#?}", played.breaches);
//! ```
//!
//! # Who does what
//! A `subject` is what a module adds to histories: where its records stand, and what people write in them. `people` make,
//! edit and delete things, and everything they type goes into the `ledger`. A `process` is one run of the engine; it may
//! die or stall at any edge of a request (`wire`) or of a journal write (`disk`). The `history` puts them in an order, and
//! the `oracle` judges the end from the ledger and the two systems alone.

mod audit;
mod chance;
mod connectors;
mod credits;
mod dealings;
mod disk;
mod errand;
mod fault;
mod history;
mod ledger;
mod oracle;
mod people;
mod process;
mod sale;
mod season;
mod subject;
mod tamper;
mod till;
mod watch;
mod wire;
mod world;

pub use dealings::Dealings;
pub use fault::{Fault, Hits};
pub use history::{Detail, Played, play, play_with_credit_notes, play_with_invoices};
pub use season::{Play, Season};
