//! Whole runs: the app, both sandboxes in the same process, SQLite on disk.
#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

mod agreement;
mod bad_days;
mod bulk;
mod cap;
mod conformance;
mod corrections;
mod credit_notes;
#[path = "../../examples/csv/connector.rs"]
mod csv;
mod decisions;
mod drift;
mod habits;
mod invoice_cases;
mod invoices;
mod lamp;
mod looks;
mod races;
mod refusals;
mod secrets;
mod settings;
mod world;
