//! What is asked of a run, and what of a plan it leaves.

use std::sync::Arc;

use field_mapping::{Mapping, ModuleMapping};
use reconcile::{Action, Plan, WriteChange};
use sync_model::{Module, RecordKey, Side};

use crate::due::DueInvoice;
use crate::halt::Halt;
use crate::single::with_what_they_refer_to;
use crate::undo::Undo;
use crate::{RulesError, SavedPlan};

/// What is to be done.
#[derive(Debug, Clone, Default)]
pub struct Order {
    /// Only these modules; empty means all.
    pub modules: Vec<Module>,
    /// Only this record, with what it needs.
    pub record: Option<(Side, RecordKey)>,
    /// Where this order may write. A single-record push to one system writes there only.
    pub only_writes: Option<Side>,
    /// Whether the effects that the rules allow are carried out, too: booking, sending, payments.
    pub effects: bool,
    /// With `effects`: only these, as far as their invoices did not move on.
    pub agreed: Option<Arc<[DueInvoice]>>,
    /// Asks the run to stop.
    pub halt: Halt,
    /// Exactly this saved plan, as far as its records did not move on.
    pub plan: Option<Arc<SavedPlan>>,
    /// Instead of a synchronisation, undo this.
    pub undo: Option<Undo>,
    /// Who gives it, for the trail.
    pub by: Option<String>,
}

impl Order {
    /// Whether it is about a part only.
    pub(crate) fn is_partial(&self) -> bool {
        !self.modules.is_empty() || self.record.is_some() || self.undo.is_some()
    }

    /// What it asks for, for the trail.
    pub(crate) fn purpose(&self) -> String {
        match &self.undo {
            Some(Undo::Run(run)) => return format!("undo {run}"),
            Some(Undo::Record(_, key)) => return format!("undo {key}"),
            Some(Undo::Field(_, key, field)) => return format!("undo {key} {field}"),
            None => {}
        }
        if let Some(saved) = &self.plan {
            return format!("plan {}", saved.hash);
        }
        if self.effects {
            return "effects".to_owned();
        }
        match (&self.record, self.modules.as_slice()) {
            (Some((_, key)), _) => format!("sync {key}"),
            (None, []) => "sync".to_owned(),
            (None, modules) => {
                let names: Vec<&str> = modules.iter().map(Module::as_str).collect();
                format!("sync {}", names.join(", "))
            }
        }
    }
}

/// The modules that were ordered, what others refer to first.
pub(crate) fn chosen<'m>(mapping: &'m Mapping, order: &Order) -> Result<Vec<&'m ModuleMapping>, RulesError> {
    let ordered = reconcile::in_reference_order(mapping.modules.iter().collect());
    let ordered = ordered.map_err(|circle| RulesError(circle.to_string()))?;
    Ok(match (order.modules.as_slice(), &order.record) {
        ([], _) => ordered,
        (wanted, Some(_)) => with_what_they_refer_to(&ordered, wanted),
        (wanted, None) => ordered.into_iter().filter(|module| wanted.contains(&module.module)).collect(),
    })
}

/// Leaves in `plan` only what `order` asks for.
pub(crate) fn restrict(plan: &mut Plan, order: &Order) {
    if let Some((side, key)) = &order.record {
        plan.steps.retain(|step| match &step.action {
            Action::Tie(link) => link.keys.get(*side) == key,
            Action::Settle { keys, .. } | Action::Retire { keys, .. } => keys.get(*side) == key,
            Action::Write(write) => match &write.change {
                WriteChange::Update { key: own, .. } | WriteChange::Delete { key: own, .. } if write.side == *side => {
                    own == key
                }
                WriteChange::Update { .. } | WriteChange::Delete { .. } | WriteChange::Create { .. } => {
                    write.side != *side && write.counterpart() == key
                }
            },
        });
        plan.findings.retain(|finding| finding.records.contains(&(*side, key.clone())));
        plan.quiet.retain(|quiet| *quiet == (*side, key.clone()));
    }
    if let Some(only) = order.only_writes {
        plan.steps.retain(|step| match &step.action {
            Action::Write(write) => write.side == only,
            Action::Tie(_) | Action::Settle { .. } | Action::Retire { .. } => true,
        });
    }
}
