//! The judgement: which records are the same thing, what changed on which side, what to do about it, and what to leave.
//!
//! Everything here is a pure function of what was observed. The same inputs give the same plan, whatever the order in
//! which records were listed, and no clock, network or database is in reach.

mod birth;
mod decision;
mod deletion;
mod diff;
mod echo;
mod explain;
mod failure;
mod guard;
mod inbox;
mod matching;
mod pair;
mod plan;
mod planner;
mod reference;
mod swing;
mod undo;

pub use decision::{Choice, Correction, Decision, Decisions, GuardedStep};
pub use deletion::{Answer, Deletes, Deletion};
pub use diff::{FieldCase, FieldOutcome, Verdict, judge};
pub use echo::is_kept_form;
pub use explain::{FieldView, explain};
pub use failure::{Failure, FailureClass};
pub use guard::{Bound, Guarded, Guards};
pub use inbox::Reply;
pub use plan::{
    Action, FieldWhy, Finding, LikelyPair, Matter, Observed, Plan, Policy, Rule, Seen, Step, Write, WriteChange,
};
pub use planner::{belonging, plan, proves_earlier_life};
pub use reference::{Partners, ReferenceCircle, in_reference_order, referred};
pub use undo::{Kept, KeptWhy, UndoPlan, Undoing, plan_undo};
