//! What the crate promises, seen from outside.

mod courier;
mod network;
