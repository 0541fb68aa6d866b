//! The composition root: settings in, a wired run out. The binaries parse, call this crate, print and exit.
//!
//! [`Settings::parse`] turns `afstem.toml` into types. [`App`] wires the two connectors, the store and the mapping, and
//! offers what a user asks for: [`App::status`], [`App::plan`], [`App::sync`], [`App::push`]. Everything a person reads
//! is said here, in Danish and English; nothing in here prints.

mod app;
mod demo;
mod error;
mod language;
mod mapping;
mod matters;
mod reference;
mod report;
mod rules;
mod sandboxed;
mod settings;
mod status;
mod wiring;
mod words;
mod world;

pub use app::{App, Reach};
pub use demo::{Demo, Edit};
pub use error::AppError;
pub use language::{Language, Say};
pub use mapping::{FieldRow, MappingView, Travel, UnmappedRow, mapping_schema};
pub use reference::{ModuleName, RecordReference};
pub use report::{Line, plan_json, plan_lines, summary_json, summary_lines};
pub use rules::rules_of;
pub use sandboxed::{SandboxTransport, Served, sandbox_settings, serve_sandboxes};
pub use settings::first;
pub use settings::{
    CustomMapping, DataPriority, Deletes, DineroSettings, InvoicePriority, InvoiceSettings, Place, Problem, Settings,
    SettingsError, SimplyCrmSettings, SyncDirection, SyncSettings, Trouble,
};
pub use status::{SideStatus, Status};
pub use sync_model::Side;
pub use sync_run::{Event, Events, Preview, Summary, Unheard};
pub use words::{side_key, side_name};
pub use world::SystemClock;
