//! The command line as scripts see it: exit codes, the one JSON document, and sentences with a remedy.
#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

mod commands;
mod deciding;
mod init;
mod meeting;
mod past;
mod refusals;
mod served;
mod shop;
mod timer;
