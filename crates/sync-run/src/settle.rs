//! One module in a run: planned, carried out, planned again while records change under our hands, and what then waits.

use std::sync::Arc;

use field_mapping::{EntityMapping, ModuleMapping};
use reconcile::{Action, Finding, Matter, Observed, Plan, Policy, WriteChange};
use sync_model::{LinkState, Sides, Swings};

use crate::effects::Effects;
use crate::event::Event;
use crate::order::{Order, restrict};
use crate::ports::{Change, Scope};
use crate::terms::Terms;
use crate::{Run, RunError};

/// Plans of one module in one run, before what keeps changing is left to the next run.
const MOST_ROUNDS: u32 = 3;

impl Run<'_> {
    /// Settles one module; of invoices also what the order allows to be booked, sent and paid.
    pub(crate) async fn settle(
        &self,
        module: &ModuleMapping,
        terms: &Terms,
        policy: &Policy,
        (order, effects): (&Order, Option<Effects>),
    ) -> Result<Vec<Finding>, RunError> {
        let mut waiting = self.settle_module(module, terms, policy, order).await?;
        if module.entities.iter().any(EntityMapping::is_of_invoices) {
            // A saved plan is carried out as it was read, and no correction stands in it.
            if order.plan.is_none() && self.correct(module, order, &mut waiting).await? {
                waiting = self.settle_module(module, terms, policy, order).await?;
            }
            if let Some(effects) = effects {
                let came = self.carry_out_effects(module, effects, order, (&waiting, None)).await?;
                if came.happened || !came.moved_on.is_empty() {
                    waiting = self.settle_module(module, terms, policy, order).await?;
                }
                // What moved on was planned by what it is now, and has its turn once more.
                if !came.moved_on.is_empty()
                    && self.carry_out_effects(module, effects, order, (&waiting, Some(&came.moved_on))).await?.happened
                {
                    waiting = self.settle_module(module, terms, policy, order).await?;
                }
            }
            waiting.extend(self.effect_findings().await?);
        }
        Ok(waiting)
    }

    /// Plans and applies one module, again while records change under our hands. What then waits is given back.
    pub(crate) async fn settle_module(
        &self,
        module: &ModuleMapping,
        terms: &Terms,
        policy: &Policy,
        order: &Order,
    ) -> Result<Vec<Finding>, RunError> {
        let mut waiting = Vec::new();
        let mut rounds = 0;
        while rounds < MOST_ROUNDS {
            let ready = self.ready().take_if(|plan| plan.module == module.module);
            let plan = match ready {
                Some(plan) => plan,
                None => self.plan_module(module, terms, policy, order).await?.0,
            };
            let plan = Arc::new(plan);
            self.engine.events.take(Event::Planned { plan: Arc::clone(&plan) });
            self.commit_in_parts(&self.own_changes(module, &plan)).await?;
            let applied = self.apply(module, &plan).await?;
            // What was made may be what others of this module wait for; every such round makes something.
            let needed = plan.findings.iter().any(|finding| applied.made_what_is_needed(finding));
            if terms.looks_at_all(&module.module) {
                // Among all records are such as had been put aside. What something waits for now is in play again.
                let waits = plan.findings.iter().flat_map(|it| &it.records).chain(&applied.missed);
                let wake: Vec<Change> =
                    waits.map(|(side, key)| Change::Wake { side: *side, key: key.clone() }).collect();
                self.commit_in_parts(&wake).await?;
            }
            waiting.clone_from(&plan.findings);
            waiting.extend(applied.findings);
            if applied.again {
                rounds += 1;
            } else if !needed {
                break;
            }
        }
        if let Some(saved) = &order.plan {
            self.moved_on(saved, &module.module);
        }
        Ok(waiting)
    }

    /// The part of a plan that changes only our own state.
    fn own_changes(&self, module: &ModuleMapping, plan: &Plan) -> Vec<Change> {
        let at = self.engine.clock.now();
        let mut changes = Vec::new();
        for step in &plan.steps {
            if !matches!(step.action, Action::Write(_)) {
                self.performed(step);
            }
            match &step.action {
                Action::Tie(link) => {
                    self.tally(|summary| summary.linked += 1);
                    changes.push(Change::Tie(link.clone()));
                }
                Action::Settle { keys, patch } => changes.push(Change::Patch {
                    keys: keys.clone(),
                    patch: patch.clone(),
                    swings: Swings::new(),
                    mapping: module.fingerprint.clone(),
                }),
                Action::Retire { keys, deleted_on } => {
                    changes.push(Change::Retire { keys: keys.clone(), deleted_on: *deleted_on, at });
                }
                Action::Write(_) => {}
            }
        }
        let quiet = plan.quiet.iter().map(|(side, key)| Change::Quiet { side: *side, key: key.clone() });
        changes.extend(quiet);
        changes
    }

    /// One module's plan, restricted to what was ordered.
    pub(crate) async fn plan_module(
        &self,
        module: &ModuleMapping,
        terms: &Terms,
        policy: &Policy,
        order: &Order,
    ) -> Result<(Plan, Observed), RunError> {
        let mut scope = self.scope(&[module]);
        scope.all = terms.looks_at_all(&module.module);
        scope.fields = Sides::from_fn(|side| module.judged_by(side));
        scope.touched.extend(order.record.clone());
        let failures = self.failures(order.record.as_ref());
        let decisions = self.take_up_decisions().await?.in_force(&module.module);
        let decisions = self.with_corrections(module, decisions).await?;
        let mut policy = *policy;
        if order.record.is_some() {
            // Who names one record does not mean the others, however many they are.
            policy.guards.creates = u32::MAX;
        }
        let planned = async |scope: &Scope| -> Result<(Plan, Observed), RunError> {
            let (failures, decisions) = (failures.clone(), decisions.clone());
            let observed = Observed { failures, decisions, ..self.observed(module, scope).await? };
            Ok((reconcile::plan(module, &observed, &policy), observed))
        };
        let (mut plan, mut observed) = planned(&scope).await?;
        if !scope.all && needs_all_links(&plan) && self.store.has_links(&self.engine.pair).await? {
            // Both are as large as the module: one pair of them at a time.
            drop((plan, observed));
            scope.all = true;
            (plan, observed) = planned(&scope).await?;
        }
        self.hold_unknown(&mut plan).await?;
        self.spare_refused(&mut plan);
        self.hold_credits(module, &mut plan).await?;
        restrict(&mut plan, order);
        if let Some(saved) = &order.plan {
            self.keep_to(saved, &mut plan);
        }
        plan.findings.extend(terms.findings(&module.module));
        Ok((plan, observed))
    }

    /// What is in `scope`, with the partners of everything it refers to.
    pub(crate) async fn observed(&self, module: &ModuleMapping, scope: &Scope) -> Result<Observed, RunError> {
        let mut observed = self.store.load(&self.engine.pair, scope).await?;
        let referred = reconcile::referred(module, &observed);
        let touched: Vec<_> =
            referred.iter().flat_map(|(side, keys)| keys.iter().map(move |key| (side, key.clone()))).collect();
        if !touched.is_empty() {
            let scope = Scope { kinds: self.kinds.clone(), touched, ..Scope::default() };
            let links = self.store.load(&self.engine.pair, &scope).await?.links;
            for (_, link) in links.into_iter().filter(|(_, link)| link.state == LinkState::Active) {
                let Sides { left, right } = link.keys;
                observed.partners.left.insert(left.clone(), right.clone());
                observed.partners.right.insert(right, left);
            }
        }
        Ok(observed)
    }

    /// What was made or deleted with an outcome that is still unknown is not tried again: its source waits.
    async fn hold_unknown(&self, plan: &mut Plan) -> Result<(), RunError> {
        for intent in self.store.unfinished(&self.engine.pair).await? {
            let source = match &intent.write.change {
                WriteChange::Create { source: key, .. } | WriteChange::Delete { counterpart: key, .. } => key,
                WriteChange::Update { .. } => continue,
            };
            let side = intent.write.side;
            let before = plan.steps.len();
            plan.steps.retain(|step| match &step.action {
                Action::Write(write) => !(write.side == side && write.counterpart() == source),
                Action::Tie(_) | Action::Settle { .. } | Action::Retire { .. } => true,
            });
            if plan.steps.len() < before {
                plan.findings.push(Finding {
                    records: vec![(side.other(), source.clone())],
                    title: intent.title.clone(),
                    matter: Matter::OutcomeUnknown { side },
                });
            }
        }
        Ok(())
    }
}

/// Whether a new record repeats a linked one, or many are most, shows only when all links are in view.
fn needs_all_links(plan: &Plan) -> bool {
    plan.writes().any(|write| matches!(write.change, WriteChange::Create { .. }))
        || plan.findings.iter().any(|finding| matches!(finding.matter, Matter::Guarded { .. }))
}
