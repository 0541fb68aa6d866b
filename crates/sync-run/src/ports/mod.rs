//! The ports: what a run needs from the two systems, from the database and from the world.

mod connector;
mod effect;
pub mod keeping;
mod ledger;
mod store;
pub mod trail;
mod world;

pub use connector::{
    ChangePage, Connector, ConnectorError, ErrorClass, Health, Next, Probed, Receipt, Refusal, Usage, WriteError,
};
pub use effect::{Effect, EffectFound, EffectRecord, EffectState, JournaledEffect, SendWay};
pub use ledger::{Decided, Ledger};
pub use store::{
    Change, Intent, IntentId, Journaled, Lease, Outcome, RunRecord, Scope, Spent, Store, StoreError, StoredFinding,
};
pub use trail::TrailEntry;
pub use world::{Clock, Guids};
