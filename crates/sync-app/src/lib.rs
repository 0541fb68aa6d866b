//! The composition root: settings in, a wired run out. The binaries parse, call this crate, print and exit.
//!
//! [`Settings::parse`] turns `afstem.toml` into types. [`App`] wires the two connectors, the store and the mapping, and
//! offers what a user asks for: [`App::status`], [`App::plan`], [`App::sync`], [`App::push`]. Everything a person reads
//! is said here, in Danish and English; nothing in here prints.

mod agreement;
mod app;
mod audit;
mod booking;
mod changed;
mod deciding;
mod demo;
mod due;
mod error;
mod inbox;
mod invoice_words;
mod language;
mod mapping;
mod mapping_sheet;
mod matters;
mod meeting;
pub mod office;
mod past;
mod record;
mod reference;
mod report;
mod rules;
mod runs;
mod sandboxed;
mod settings;
mod status;
mod story;
mod undone;
mod why;
mod wiring;
mod words;
mod world;

pub use agreement::{Agreement, Light};
pub use app::{App, Reach, backup};
pub use audit::{audit_json, audit_lines, replay_json, trail_json};
pub use booking::{due_invoices_json, kroner};
pub use changed::Changed;
pub use deciding::Word;
pub use demo::{Demo, Edit, Scene};
pub use due::Due;
pub use error::AppError;
pub use inbox::{Answered, Contested, Entry, Inbox};
pub use language::{Language, Say};
pub use mapping::{FieldRow, MappingView, Travel, UnmappedRow, mapping_schema};
pub use mapping_sheet::{EntitySheet, MappingEdit, MappingSheet, PairRow, edited};
pub use meeting::{Counts, Meeting, ModuleMeeting, Proposal, Question, Reason};
pub use reconcile::Reply;
pub use record::{FieldPair, RecordView};
pub use reference::{ModuleName, RecordReference};
pub use report::{
    Ahead, Line, ahead, contract_sentences, links, plan_json, plan_lines, summary_json, summary_lines, summary_records,
    undo_json, writes,
};
pub use rules::rules_of;
pub use runs::{RunDetail, run_detail_json, run_detail_lines, run_lines, runs_json};
pub use sandboxed::{SandboxTransport, Served, sandbox_settings, serve_sandboxes};
pub use settings::{
    CustomMapping, DataPriority, Deletes, DineroSettings, InvoiceLanguage, InvoicePriority, InvoiceSettings, Place,
    Problem, Settings, SettingsError, SimplyCrmSettings, SyncDirection, SyncSettings, Trouble,
};
pub use settings::{Entries, first, form};
pub use status::{SideStatus, Status};
pub use story::{FieldStory, Story, ToldWrite, WrittenField};
pub use sync_model::Side;
pub use sync_run::{Audit, DueInvoice, EffectCounts, Event, Events, Preview, RunRecord, SavedPlan, Summary, Unheard};
pub use why::{why_json, why_lines};
pub use words::{module_name, side_key, side_name};
pub use world::SystemClock;
