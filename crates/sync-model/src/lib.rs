//! The nouns of synchronisation, and nothing else.
//!
//! Two systems stand on two [`Side`]s. Each shows its things as [`Record`]s made of [`Fields`]. A [`Link`] says that a
//! record on the left and a record on the right are the same thing; its [`Baseline`] remembers what both sides were last
//! seen to hold. A [`Cursor`] is a place in a side's stream of changes, and a [`Schema`] is what a side says of itself.
//!
//! This crate is pure: no clock, no randomness, no input or output, no floating point.
//!
//! ```
//! use sync_model::{Fields, Kind, Record, RecordId, Value};
//!
//! let mut fields = Fields::new();
//! fields.set("accountname", Value::text("Nordlys ApS"));
//! let record = Record::new(Kind::new("Accounts"), RecordId::new("11x57"), fields);
//! assert_eq!(record.fields.get("accountname"), Some(&Value::text("Nordlys ApS")));
//! assert_eq!(record.fields.get("phone"), None, "not returned means unknown, never empty");
//! ```

mod cursor;
mod fields;
mod fingerprint;
mod link;
mod name;
mod record;
mod schema;
mod side;
mod value;

pub use cursor::Cursor;
pub use fields::Fields;
pub use fingerprint::Fingerprint;
pub use link::{Baseline, Evidence, Link, LinkId, LinkState, Retired, Swing, Swings};
pub use name::{FieldName, Kind, Mark, Module, PairId, RecordId, RecordKey, Revision, RunId};
pub use record::{Lock, Presence, Record};
pub use schema::{Choice, FieldSpec, FieldType, KindSchema, Schema};
pub use side::{Side, Sides};
pub use value::Value;
