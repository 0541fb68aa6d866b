//! A plan as a contract: saved, read by a person, and carried out exactly, once.
//!
//! What is carried out is the plan of now, cut down to the saved one: a step is done only when planning anew gives the very
//! same step, with the same values, versions and reasons. So a record that moved on is left out by itself and reported, and
//! nothing is done that nobody read.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use field_mapping::ModuleMapping;
use reconcile::{Action, Plan, Policy, Step};
use serde::{Deserialize, Serialize};
use sync_model::{Fingerprint, Module, PairId, RecordKey, Side, Sides};

use crate::engine::Preview;
use crate::{Run, RunError};

/// The form of the file. A file of another form is refused, never guessed at.
const FORM: u32 = 1;

/// A plan in a file. It is made once and never changed; its hash covers every byte of meaning in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedPlan {
    /// The form of the file.
    pub afstem_plan: u32,
    /// The version of Afstem that made it.
    pub version: String,
    /// The pair it was made for.
    pub pair: PairId,
    /// When it was made, in UTC.
    pub made_at: DateTime<Utc>,
    /// The modules that were asked for; none means all.
    pub modules: Vec<Module>,
    /// What carrying it out costs, by side.
    pub cost: Sides<Cost>,
    /// When the systems say that the records in it were last changed, where they say so.
    pub changed_at: Vec<ChangedAt>,
    /// What will be done, module by module, with the reason for each field.
    pub plans: Vec<Plan>,
    /// A digest of the mapping and the policy it was made by.
    pub rules: Fingerprint,
    /// A digest of everything it was made from.
    pub inputs: Fingerprint,
    /// A digest of all of the above: the plan's name.
    pub hash: Fingerprint,
}

/// What carrying out a plan costs one system.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Requests at most, without sign-in: reading what changed, checking, writing and reading back.
    pub requests: u64,
    /// Those that change the system.
    pub writes: u64,
    /// Minutes that the rate limit makes them take, begun ones counted in full.
    pub minutes: u64,
}

/// When a record was last changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ChangedAt {
    /// Where.
    pub side: Side,
    /// Which.
    pub record: RecordKey,
    /// When, by its system's clock, in UTC.
    pub at: DateTime<Utc>,
}

/// Why a saved plan is not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The file is no saved plan.
    #[error("the file is no saved plan: {0}")]
    Unreadable(String),
    /// The file was changed after it was made.
    #[error("the plan was changed after it was made")]
    Tampered,
    /// It was made for another pair.
    #[error("the plan was made for {0}")]
    OtherPair(PairId),
    /// It was made by another version.
    #[error("the plan was made by version {0}")]
    OtherVersion(String),
    /// The mapping or the settings are not those it was made by.
    #[error("the mapping or the settings changed since the plan was made")]
    OtherRules,
}

impl SavedPlan {
    pub(crate) fn new(pair: PairId, made_at: DateTime<Utc>, preview: &Preview) -> Self {
        let mut saved = Self {
            afstem_plan: FORM,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            pair,
            made_at,
            modules: preview.modules.clone(),
            cost: preview.cost,
            changed_at: preview.changed_at.clone(),
            plans: preview.plans.clone(),
            rules: preview.rules.clone(),
            inputs: Fingerprint::of(preview.plans.iter().map(|plan| plan.basis.as_str())),
            hash: Fingerprint::from_text(""),
        };
        saved.hash = saved.digest();
        saved
    }

    /// Reads a file, and proves that it is as it was made.
    ///
    /// # Errors
    /// [`PlanError`] when it is no saved plan, another version's, or was changed.
    pub fn read(text: &str) -> Result<Self, PlanError> {
        let unreadable = |error: serde_json::Error| PlanError::Unreadable(error.to_string());
        let document: serde_json::Value = serde_json::from_str(text).map_err(unreadable)?;
        let form = document.get("afstem_plan").and_then(serde_json::Value::as_u64);
        let version = document.get("version").and_then(serde_json::Value::as_str).unwrap_or_default();
        match form {
            None => return Err(PlanError::Unreadable("`afstem_plan` is missing".to_owned())),
            Some(form) if form != u64::from(FORM) || version != env!("CARGO_PKG_VERSION") => {
                return Err(PlanError::OtherVersion(version.to_owned()));
            }
            Some(_) => {}
        }
        let saved: Self = serde_json::from_value(document.clone()).map_err(unreadable)?;
        let again = serde_json::to_value(&saved).map_err(unreadable)?;
        // What was added and means nothing to us shows in the comparison, what was altered in the hash.
        if again == document && saved.digest() == saved.hash { Ok(saved) } else { Err(PlanError::Tampered) }
    }

    /// The file's text.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }

    pub(crate) fn is_for(&self, pair: &PairId) -> Result<(), PlanError> {
        if self.pair == *pair { Ok(()) } else { Err(PlanError::OtherPair(self.pair.clone())) }
    }

    fn digest(&self) -> Fingerprint {
        let unnamed = Self { hash: Fingerprint::from_text(""), ..self.clone() };
        Fingerprint::of(serde_json::to_vec(&unnamed))
    }

    fn plan(&self, module: &Module) -> Option<&Plan> {
        self.plans.iter().find(|plan| plan.module == *module)
    }
}

/// A digest of the rules that plans of these modules are made by.
pub(crate) fn rules_digest(modules: &[&ModuleMapping], policy: &Policy) -> Fingerprint {
    let mappings = modules.iter().map(|module| serde_json::to_vec(&(&module.module, &module.fingerprint)));
    Fingerprint::of(mappings.chain([serde_json::to_vec(policy)]).filter_map(Result::ok))
}

impl Run<'_> {
    /// Whether `saved` was carried out before, which the summary then says.
    pub(crate) async fn is_spent(&self, saved: Option<&SavedPlan>) -> Result<bool, RunError> {
        let Some(saved) = saved else { return Ok(false) };
        let spent = self.store.spent(&self.engine.pair, &saved.hash).await?;
        let was = spent.is_some();
        self.tally(|summary| summary.spent = spent);
        Ok(was)
    }

    /// Leaves in `plan` only what stands in `saved`, word for word. What is new since then is counted and left.
    pub(crate) fn keep_to(&self, saved: &SavedPlan, plan: &mut Plan) {
        let (wanted, quiet): (BTreeSet<Fingerprint>, BTreeSet<_>) = match saved.plan(&plan.module) {
            Some(saved) => (saved.steps.iter().map(|step| digest(step)).collect(), saved.quiet.iter().collect()),
            None => Default::default(),
        };
        let (kept, left): (Vec<Arc<Step>>, Vec<Arc<Step>>) =
            std::mem::take(&mut plan.steps).into_iter().partition(|step| wanted.contains(&digest(step)));
        plan.steps = kept;
        let untouched: BTreeSet<(Side, RecordKey)> = left.iter().flat_map(|step| records(step)).collect();
        plan.quiet.retain(|record| quiet.contains(record) && !untouched.contains(record));
        let seen = left.iter().filter(|step| !matches!(step.action, Action::Settle { .. })).count() as u64;
        let module = plan.module.clone();
        self.tally(|summary| {
            summary.beyond_plan.insert(module, seen);
            summary.left_alone.extend(untouched);
        });
    }

    /// What of the module's part of `saved` was not done: its records moved on, or it was refused.
    pub(crate) fn moved_on(&self, saved: &SavedPlan, module: &Module) {
        let Some(plan) = saved.plan(module) else { return };
        self.tally(|summary| {
            let told = |step: &&Arc<Step>| !matches!(step.action, Action::Settle { .. });
            let left = plan.steps.iter().filter(told).filter(|step| !summary.performed.contains(&digest(step)));
            summary.moved_on.extend(left.map(|step| (module.clone(), step.clone())));
        });
    }

    /// `step` was done.
    pub(crate) fn performed(&self, step: &Step) {
        if self.contract.is_some() {
            self.tally(|summary| {
                summary.performed.insert(digest(step));
            });
        }
    }
}

fn digest(step: &Step) -> Fingerprint {
    Fingerprint::of(serde_json::to_vec(step))
}

/// The records that a step is about.
fn records(step: &Step) -> Vec<(Side, RecordKey)> {
    let both = |keys: &Sides<RecordKey>| keys.iter().map(|(side, key)| (side, key.clone())).collect();
    match &step.action {
        Action::Tie(link) => both(&link.keys),
        Action::Settle { keys, .. } | Action::Retire { keys, .. } => both(keys),
        Action::Write(write) => {
            let target = write.target().map(|key| (write.side, key.clone()));
            [(write.side.other(), write.counterpart().clone())].into_iter().chain(target).collect()
        }
    }
}

/// When the records of `plans` were last changed, as far as `seen` shows.
pub(crate) fn changed_at(plan: &Plan, seen: &reconcile::Observed) -> Vec<ChangedAt> {
    let of = |(side, record): (Side, RecordKey)| {
        let at = seen.records.get(side).get(&record)?.record.changed_at?;
        Some(ChangedAt { side, record, at })
    };
    let all: BTreeSet<ChangedAt> = plan.steps.iter().flat_map(|step| records(step)).filter_map(of).collect();
    all.into_iter().collect()
}
