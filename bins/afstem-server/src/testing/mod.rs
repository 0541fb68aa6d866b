//! The whole server in one process: a database in memory, both systems as sandboxes on this machine, and visitors.

mod api;
mod past;
mod security;
mod truth;
mod visitor;
mod visits;
mod world;

pub(crate) use visitor::Visitor;
pub(crate) use world::{PASSWORD, World, server};
