//! The procedure of a run, through ports: gather → plan → apply → settle.
//!
//! A [`Connector`] shows one system as records; a [`Store`] remembers; a [`Clock`] and a source of [`Guids`] bring time
//! and chance in from outside. This crate knows nothing of HTTP, of SQL, of Dinero or of Simply CRM.
//!
//! # Expected flow
//! [`Engine::sync`] takes the pair's lease, clears up what an earlier run left unfinished, observes what changed on both
//! sides into the store's mirror, plans module by module, journals each write before it is sent, reads back what the
//! systems kept, and gives the lease back. [`Engine::plan`] does the same without writing anything anywhere.
//!
//! # Guarantees
//! - Every write to a system is preceded by a journaled [`Intent`] and followed by a journaled [`Outcome`].
//! - A run may be killed at any moment; the next one finds the same final state, and no record is made twice.
//! - A record that is absent from a list is never taken for deleted, a field that was not returned never for empty.
//!
//! # Caveats
//! - Where a system has no compare-and-set, one request's time lies between the look at a record and the write to it.
//!   An edit in that window is seen at the next run, and the journal holds the value that was overwritten.

mod applied;
mod apply;
mod audit;
#[cfg(feature = "conformance")]
pub mod conformance;
mod correction;
mod credit;
mod decisions;
mod dry;
mod due;
mod effects;
mod engine;
mod error;
mod event;
mod gather;
mod halt;
mod isolate;
mod kept;
mod lease;
mod order;
mod pace;
mod ports;
mod recover;
mod saved;
mod settle;
mod single;
mod summary;
mod terms;
mod undo;
mod why;

pub use audit::{Audit, Difference, Differs, Explained};
pub use due::DueInvoice;
pub use effects::Effects;
pub(crate) use engine::Run;
pub use engine::{Engine, Preview, Rules};
pub use error::{RulesError, RunError};
pub use event::{Event, Events, Miss, Unheard};
/// What the mapping was checked against, as a store keeps it.
pub use field_mapping::Checked;
pub use halt::Halt;
pub use lease::Permit;
pub use order::Order;
pub use pace::Pace;
pub use ports::{
    Change, ChangePage, Clock, Connector, ConnectorError, Decided, Effect, EffectFound, EffectRecord, EffectState,
    ErrorClass, Guids, Health, Intent, IntentId, Journaled, JournaledEffect, Lease, Ledger, Next, Outcome, Probed,
    Receipt, Refusal, RunRecord, Scope, SendWay, Spent, Store, StoreError, StoredFinding, TrailEntry, Usage,
    WriteError,
};
pub use ports::{keeping, trail};
/// What a connector is asked to write, and what became of it, as the ports speak of it.
pub use reconcile::{Failure, FailureClass, FieldView, Kept, KeptWhy, Write, WriteChange};
pub use saved::{ChangedAt, Cost, PlanError, SavedPlan};
pub use summary::{EffectCounts, Summary, Written};
pub use undo::{Undo, Undone};
pub use why::Explanation;
