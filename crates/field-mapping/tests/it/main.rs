//! The crate seen from outside: laws of the lenses, the standard mapping on recorded schemas, mapping files good and bad.

mod broken;
mod carry;
mod custom;
mod danish;
mod draft;
mod drift;
mod file;
mod filters;
mod laws;
mod schemas;
mod spellings;
mod standard;
