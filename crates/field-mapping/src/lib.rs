//! Which field means which, in which direction, by which translation.
//!
//! A [`Mapping`] belongs to one pair of systems. It holds a [`ModuleMapping`] for each thing the user knows
//! (organisations, contacts, products), and that holds an [`EntityMapping`] for each pair of kinds. An entity mapping
//! reads a side's fields into canonical names and normal forms ([`EntityMapping::project`]) and writes canonical values
//! back as that side's fields ([`EntityMapping::render`]). Everything else compares canonical values only, so that the
//! spelling of a phone number or a country never causes a write.
//!
//! This crate is pure: no clock, no randomness, no input or output, no floating point.

mod binding;
mod check;
mod condition;
mod diagnostic;
mod draft;
mod drift;
mod excerpt;
mod fault;
mod file_schema;
mod fold;
mod lens;
mod likeness;
mod mapping;
mod parsers;
mod reader;
mod resolve;
mod totals;
mod translate;
mod written;

pub use condition::{Condition, Test};
pub use diagnostic::{Diagnostic, Shape, Trouble};
pub use draft::{Constant, Draft, DraftError, Own, Precedence, Translation, Travel, standard_files};
pub use drift::{Change, Checked, Held, SchemaChange, changes, resolve_checked};
pub use excerpt::Excerpt;
pub use fault::{Fault, FaultKind};
pub use file_schema::file_schema;
pub use fold::fold;
pub use lens::{CustomerTerms, Expression, Lens, LineTerms, Table, is_valid_cvr, is_valid_gln, is_valid_p_number};
pub use likeness::Name;
pub use mapping::{
    Direction, Drift, EntityMapping, FieldMapping, Filter, Label, Mapping, MatchKey, MatchRule, ModuleMapping, Note,
    Priority, Projection, Rendering, Similar, Unmapped,
};
pub use resolve::{kinds_of, resolve, standard_text};
pub use totals::TotalsCheck;
pub use written::Source;
