//! One record alone, by the rules of a run over all: what it refers to and is not linked yet comes first.

use std::collections::BTreeSet;

use field_mapping::ModuleMapping;
use reconcile::{Finding, Matter, Policy};
use sync_model::{Module, RecordKey, Side};

use crate::effects::Effects;
use crate::order::Order;
use crate::terms::Terms;
use crate::{Run, RunError};

impl Run<'_> {
    /// Settles `record`, and before it the records that it needs, and those that they need.
    pub(crate) async fn settle_record(
        &self,
        record: (Side, RecordKey),
        modules: &[&ModuleMapping],
        terms: &Terms,
        policy: &Policy,
        (order, effects): (&Order, Option<Effects>),
    ) -> Result<(), RunError> {
        let mut met = BTreeSet::from([record.clone()]);
        // What waits for others is settled once more when they had their turn.
        let mut waiting = vec![(record, false)];
        while let Some((record, had_its_turn)) = waiting.pop() {
            let order = Order { record: Some(record.clone()), ..order.clone() };
            let mut findings: Vec<(Module, Finding)> = Vec::new();
            for module in modules.iter().filter(|module| module.kinds(record.0).contains(&record.1.kind)) {
                let waits = self.settle(module, terms, policy, (&order, effects)).await?;
                findings.extend(waits.into_iter().map(|finding| (module.module.clone(), finding)));
            }
            let needs: Vec<_> = findings.iter().flat_map(|(_, finding)| needed(finding)).collect();
            let fresh: Vec<_> = needs.into_iter().filter(|need| met.insert(need.clone())).collect();
            if fresh.is_empty() || had_its_turn {
                self.tally(|summary| summary.findings.extend(findings));
            } else {
                waiting.push((record, true));
                waiting.extend(fresh.into_iter().map(|need| (need, false)));
            }
        }
        Ok(())
    }
}

fn needed(finding: &Finding) -> Vec<(Side, RecordKey)> {
    if let Matter::Needs { records } = &finding.matter { records.clone() } else { Vec::new() }
}

/// The modules that `wanted` names, and those that they refer to.
pub(crate) fn with_what_they_refer_to<'m>(modules: &[&'m ModuleMapping], wanted: &[Module]) -> Vec<&'m ModuleMapping> {
    let mut taken: BTreeSet<Module> = wanted.iter().cloned().collect();
    loop {
        let refers = |module: &&&ModuleMapping| {
            let to = |other: &&ModuleMapping, side: Side| {
                other.refers_to(side).iter().any(|kind| module.kinds(side).contains(kind))
            };
            let others = modules.iter().filter(|other| taken.contains(&other.module));
            others.into_iter().any(|other| Side::BOTH.into_iter().any(|side| to(other, side)))
        };
        let fresh: Vec<Module> = modules
            .iter()
            .filter(|it| !taken.contains(&it.module))
            .filter(refers)
            .map(|it| it.module.clone())
            .collect();
        if fresh.is_empty() {
            return modules.iter().filter(|module| taken.contains(&module.module)).copied().collect();
        }
        taken.extend(fresh);
    }
}
