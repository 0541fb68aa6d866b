//! The Dinero stand-in's sales as a caller of its API meets them.

#![allow(clippy::unwrap_used)]

mod caller;

mod life;
mod lost;
mod mail;
mod money;
mod seeded;
mod totals;
