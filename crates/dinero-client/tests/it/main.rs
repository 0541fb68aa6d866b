//! The tests of the crate as its users see it.

#![allow(clippy::unwrap_used)]

mod contract;
mod failures;
mod fake;
mod faults;
mod generated;
mod members;
mod sandboxed;
mod schema;
mod secrets;
mod tokens;
mod walking;
