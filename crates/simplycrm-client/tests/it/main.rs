//! The tests of the crate as its users see it.

#![allow(clippy::unwrap_used)]

mod fake;
mod invoices;
mod network;
mod queries;
mod reach;
mod reading;
mod safety;
mod schemas;
mod sessions;
mod skeleton;
mod upkeep;
mod wire;
