//! Stateful stand-ins for Dinero and Simply CRM.
//!
//! A [`Sandbox`] is a function: a request, its own state and the time in, a [`Reply`] out. Simulations call it directly;
//! [`serve()`] puts it on a socket of this machine. It shares no type with the clients: two witnesses, so that one mistake
//! cannot hide in both. [`seed_pair`] fills both with believable Danish data, [`seed_sales`] adds invoices, and [`Faulty`]
//! gives them bad days.

pub mod dinero;
mod fault;
mod reply;
mod seed;
mod seed_sales;
mod serve;
pub mod simplycrm;

pub use fault::{Fault, Faulty, When};
pub use reply::{Reply, Sandbox};
pub use seed::{Seeded, seed_pair};
pub use seed_sales::{SeededSales, seed_sales};
pub use serve::{Server, serve};
