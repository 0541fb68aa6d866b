//! What persons decided, on its way into a run, and what a first meeting may not do without one.

use std::collections::BTreeSet;

use field_mapping::ModuleMapping;
use reconcile::{Guarded, Matter, Policy};

use crate::order::Order;
use crate::ports::{Change, Ledger};
use crate::terms::Terms;
use crate::{Run, RunError};

impl Run<'_> {
    /// Everything decided until now. What no run took up yet is taken up: the records it is about are looked at again.
    pub(crate) async fn take_up_decisions(&self) -> Result<Ledger, RunError> {
        let ledger = self.store.decisions(&self.engine.pair).await?;
        let records: BTreeSet<_> = ledger.news().iter().flat_map(|entry| entry.decision.records()).collect();
        if !records.is_empty() {
            let decisions = ledger.entries.len() as u64;
            self.commit(&[Change::TakeUp { decisions, records: records.into_iter().collect() }]).await?;
        }
        Ok(ledger)
    }

    /// Ends a first meeting that would make more records than is allowed, before anything is written. The plan of the first
    /// module is ready then; what is written for it changes the plans of the others.
    pub(crate) async fn refuse_masses(
        &self,
        modules: &[&ModuleMapping],
        terms: &Terms,
        policy: &Policy,
        order: &Order,
    ) -> Result<(), RunError> {
        if order.record.is_some() || order.plan.is_some() || self.store.has_links(&self.engine.pair).await? {
            return Ok(());
        }
        let mut first = None;
        for module in modules {
            let (plan, _) = self.plan_module(module, terms, policy, order).await?;
            for finding in &plan.findings {
                if let Matter::Guarded { what: Guarded::Creates, from, count, .. } = &finding.matter {
                    let (module, most) = (module.module.clone(), policy.guards.creates);
                    return Err(RunError::TooManyCreates { module, side: from.other(), count: *count, most });
                }
            }
            first.get_or_insert(plan);
        }
        *self.ready() = first;
        Ok(())
    }
}
