//! The run as a whole: one lease, one pass over the modules, one summary.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Duration, Utc};
use field_mapping::{Checked, EntityMapping, Held, Mapping, ModuleMapping};
use reconcile::{Action, Finding, Matter, Observed, Plan, Policy, WriteChange};
use sync_model::{Fingerprint, Kind, LinkState, Module, PairId, RecordKey, RunId, Schema, Side, Sides, Swings};
use tokio::time::Instant;

use crate::dry::DryStore;
use crate::effects::Effects;
use crate::error::{RulesError, RunError};
use crate::event::{Event, Events};
use crate::halt::Halt;
use crate::isolate::Failing;
use crate::order::{Order, chosen, restrict};
use crate::ports::{Change, Clock, Connector, Guids, Lease, RunRecord, Scope, Store, Usage, trail};
use crate::saved::{ChangedAt, Cost, PlanError, SavedPlan, changed_at, rules_digest};
use crate::summary::{Summary, run_summary};
use crate::terms::Terms;

/// Plans of one module in one run, before what keeps changing is left to the next run.
const MOST_ROUNDS: u32 = 3;

/// Two systems, a memory, and what a run needs from the world.
#[derive(Debug, Clone)]
pub struct Engine {
    /// Which pair this is.
    pub pair: PairId,
    /// The two systems.
    pub connectors: Sides<Arc<dyn Connector>>,
    /// The memory.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New guids.
    pub guids: Arc<dyn Guids>,
    /// Who hears what happens.
    pub events: Arc<dyn Events>,
    /// How long things may take.
    pub pace: Pace,
}

/// How long things may take, and how many go together.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How long a lease lives without a sign of life. A killed run blocks the next one for this long at most.
    pub lease: Duration,
    /// How long an answer that was lost may still be on its way, before a create that left no trace counts as not made.
    pub settle: Duration,
    /// How old a system's description of itself may be.
    pub schema_age: Duration,
    /// Writes that are journaled together.
    pub batch: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self { lease: Duration::seconds(10), settle: Duration::seconds(15), schema_age: Duration::hours(12), batch: 32 }
    }
}

/// What the user configured, as the engine needs it.
pub trait Rules: Send + Sync {
    /// The kinds whose description is needed, by side.
    fn kinds(&self) -> Sides<Vec<Kind>>;

    /// The mapping, checked against what both systems say of themselves, and what of it waits because they are no longer as
    /// it was `checked` before.
    ///
    /// # Errors
    /// When it does not fit; the text names every place and the remedy.
    fn mapping(&self, schemas: &Sides<Schema>, checked: Option<&Checked>) -> Result<(Mapping, Vec<Held>), RulesError>;

    /// What holds for every module.
    fn policy(&self) -> Policy;

    /// Which effects on invoices are allowed. They are carried out only when they are ordered, too.
    fn effects(&self) -> Effects {
        Effects::default()
    }
}

/// What a run would do.
#[derive(Debug, Clone)]
pub struct Preview {
    /// One plan for each module.
    pub plans: Vec<Plan>,
    /// Requests made to find out.
    pub usage: Sides<Usage>,
    /// The modules that were asked for; none means all.
    pub modules: Vec<Module>,
    /// What carrying it out costs.
    pub cost: Sides<Cost>,
    /// When the records in it were last changed, where their systems say so.
    pub changed_at: Vec<ChangedAt>,
    /// A digest of the rules it was made by.
    pub rules: Fingerprint,
    /// At a first meeting: how many records of a module belong to a record of another kind, as a person to an organisation.
    pub belonging: Vec<(Module, usize)>,
}

/// A run in progress.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) lease: Lease,
    /// All kinds that take part.
    pub(crate) kinds: Sides<Vec<Kind>>,
    /// Whether it was asked to stop.
    pub(crate) halt: Halt,
    pub(crate) summary: Mutex<Summary>,
    /// What the connectors had asked before this run began; they outlive it.
    pub(crate) before: Sides<Usage>,
    /// What failed, now and before.
    pub(crate) failing: Failing,
    /// What the trail is told before this run's first change.
    pub(crate) beginning: Mutex<Option<Change>>,
    /// The saved plan that it keeps to.
    pub(crate) contract: Option<Arc<SavedPlan>>,
    /// When it began.
    pub(crate) began: Instant,
    /// Until when nobody can have taken the lease over: by a clock that is never put back, and by one that goes on while
    /// the machine sleeps.
    pub(crate) held: Mutex<(Instant, DateTime<Utc>)>,
}

impl Engine {
    /// What a run would do now. Nothing is written anywhere, neither to a system nor to the store.
    ///
    /// # Errors
    /// When a system or the store cannot be used, or the rules do not fit.
    pub async fn plan(&self, rules: &dyn Rules, order: &Order) -> Result<Preview, RunError> {
        let store: Arc<dyn Store> = Arc::new(DryStore::new(Arc::clone(&self.store)));
        let run = RunId::new(self.guids.next().to_string());
        let lease = store.open_run(&self.pair, &run, self.clock.now(), self.pace.lease).await?;
        let run = self.run(store, lease, rules, order);
        run.recall_failures().await?;
        let terms = run.terms(rules).await?;
        let modules = chosen(&terms.mapping, order)?;
        run.gather(&modules, &terms).await?;
        let policy = run.policy(&modules, rules.policy()).await?;
        let rules = rules_digest(&modules, &rules.policy());
        let first = !run.store.has_links(&self.pair).await?;
        let (mut plans, mut changed, mut belonging) = (Vec::new(), Vec::new(), Vec::new());
        for module in modules {
            let (plan, observed) = run.plan_module(module, &terms, &policy, order).await?;
            changed.extend(changed_at(&plan, &observed));
            if first {
                belonging.push((module.module.clone(), reconcile::belonging(module, &observed)));
            }
            plans.push(plan);
        }
        let usage = run.usage();
        let cost = Sides::from_fn(|side| self.cost(side, &plans, usage.get(side).requests));
        Ok(Preview { plans, usage, modules: order.modules.clone(), cost, changed_at: changed, rules, belonging })
    }

    /// What carrying out `plans` costs one system, when finding out what changed takes `reading` requests as it just did.
    fn cost(&self, side: Side, plans: &[Plan], reading: u64) -> Cost {
        let writes = plans.iter().map(|plan| *plan.write_counts().get(side) as u64).sum::<u64>();
        // For each batch, one look at what moved on before, and one at what was kept afterwards.
        let requests = reading + writes + 2 * writes.div_ceil(self.pace.batch.max(1) as u64);
        let minutes = self.connectors.get(side).wait_for(requests).div_ceil(60_000);
        Cost { requests, writes, minutes }
    }

    /// `preview` as a file that can be read, kept and carried out once.
    #[must_use]
    pub fn save(&self, preview: &Preview) -> SavedPlan {
        SavedPlan::new(self.pair.clone(), self.clock.now(), preview)
    }

    /// Brings both systems into agreement.
    ///
    /// # Errors
    /// When a system or the store cannot be used, or the rules do not fit. What was done until then is journaled.
    pub async fn sync(&self, rules: &dyn Rules, order: &Order) -> Result<Summary, RunError> {
        order.plan.iter().try_for_each(|saved| saved.is_for(&self.pair))?;
        let run = RunId::new(self.guids.next().to_string());
        let started = self.clock.now();
        let lease = self.take_lease(&run).await?;
        let run = self.run(Arc::clone(&self.store), lease, rules, order);
        let result = tokio::select! {
            // A lost lease is noticed first, and chance has no part in it.
            biased;
            error = run.keep_lease() => Err(error),
            result = run.carry_out(rules, order) => result,
        };
        let summary = run.finish();
        let record = RunRecord {
            run: summary.run.clone(),
            started,
            ended: Some(self.clock.now()),
            summary: run_summary(&summary, result.as_ref().err()),
        };
        let closed = self.store.close_run(&run.lease, &record).await;
        result?;
        closed?;
        Ok(summary)
    }

    fn run(&self, store: Arc<dyn Store>, lease: Lease, rules: &dyn Rules, order: &Order) -> Run<'_> {
        let begin = Change::Begin { by: order.by.clone(), purpose: order.purpose(), at: self.clock.now() };
        Run {
            engine: self,
            store,
            summary: Mutex::new(Summary::new(lease.run.clone())),
            lease,
            kinds: rules.kinds(),
            halt: order.halt.clone(),
            before: self.usage(),
            failing: Failing::default(),
            beginning: Mutex::new(Some(begin)),
            contract: order.plan.clone(),
            began: Instant::now(),
            // How long ago the lease was given is not known exactly; the first write asks.
            held: Mutex::new((Instant::now(), self.clock.now())),
        }
    }

    fn usage(&self) -> Sides<Usage> {
        Sides::from_fn(|side| self.connectors.get(side).usage())
    }
}

impl Run<'_> {
    async fn carry_out(&self, rules: &dyn Rules, order: &Order) -> Result<(), RunError> {
        if self.is_spent(order.plan.as_deref()).await? {
            return Ok(());
        }
        self.recall_failures().await?;
        let terms = self.terms(rules).await?;
        // Nothing is booked or sent on the day the two systems meet: somebody should have looked at the drafts.
        let may = order.effects && order.plan.is_none();
        let effects = may && self.store.has_links(&self.engine.pair).await?;
        let modules = chosen(&terms.mapping, order)?;
        if order.plan.as_ref().is_some_and(|saved| saved.rules != rules_digest(&modules, &rules.policy())) {
            return Err(PlanError::OtherRules.into());
        }
        self.recover(&terms.mapping).await?;
        self.recover_effects().await?;
        self.gather(&modules, &terms).await?;
        let policy = self.policy(&modules, rules.policy()).await?;
        self.refuse_masses(&modules, &terms, &policy, order).await?;
        if let Some(saved) = &order.plan {
            self.commit(&[Change::Spend { plan: saved.hash.clone(), at: self.engine.clock.now() }]).await?;
        }
        for module in &modules {
            let mut waiting = self.settle_module(module, &terms, &policy, order).await?;
            let of_invoices = module.entities.iter().any(EntityMapping::is_of_invoices);
            if of_invoices && effects && self.carry_out_effects(module, rules.effects(), order, &waiting).await? {
                waiting = self.settle_module(module, &terms, &policy, order).await?;
            }
            if of_invoices {
                waiting.extend(self.effect_findings().await?);
            }
            self.note_findings(module, waiting, order).await?;
        }
        if order.record.is_none() && order.plan.is_none() {
            if order.modules.is_empty() {
                self.rest_strangers(&modules).await?;
            }
            if let Some(change) = terms.looked_at(&modules) {
                self.commit(&[change]).await?;
            }
        }
        Ok(())
    }

    /// Plans and applies one module, again while records change under our hands.
    async fn settle_module(
        &self,
        module: &ModuleMapping,
        terms: &Terms,
        policy: &Policy,
        order: &Order,
    ) -> Result<Vec<Finding>, RunError> {
        let mut waiting = Vec::new();
        let mut rounds = 0;
        while rounds < MOST_ROUNDS {
            let plan = self.plan_module(module, terms, policy, order).await?.0;
            self.engine.events.take(Event::Planned { plan: Box::new(plan.clone()) });
            self.commit(&self.own_changes(module, &plan)).await?;
            let applied = self.apply(module, &plan).await?;
            // What was made may be what others of this module wait for; every such round makes something.
            let needed = plan.findings.iter().any(|finding| applied.made_what_is_needed(finding));
            if terms.looks_at_all(&module.module) {
                // Among all records are such as had been put aside. What something waits for now is in play again.
                let waits = plan.findings.iter().flat_map(|it| &it.records).chain(&applied.missed);
                let wake: Vec<Change> =
                    waits.map(|(side, key)| Change::Wake { side: *side, key: key.clone() }).collect();
                if !wake.is_empty() {
                    self.commit(&wake).await?;
                }
            }
            waiting = plan.findings;
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

    /// Keeps what waits in a module.
    async fn note_findings(
        &self,
        module: &ModuleMapping,
        waiting: Vec<Finding>,
        order: &Order,
    ) -> Result<(), RunError> {
        if order.record.is_none() {
            let change = Change::Findings {
                module: module.module.clone(),
                findings: waiting.clone(),
                at: self.engine.clock.now(),
            };
            self.commit(&[change]).await?;
        }
        let named = waiting.into_iter().map(|finding| (module.module.clone(), finding));
        self.tally(|summary| summary.findings.extend(named));
        Ok(())
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
        scope.touched.extend(order.record.clone());
        let failures = self.failures(order.record.as_ref());
        let decisions = self.take_up_decisions().await?.in_force(&module.module);
        let mut observed = Observed {
            failures: failures.clone(),
            decisions: decisions.clone(),
            ..self.observed(module, &scope).await?
        };
        let mut policy = *policy;
        if order.record.is_some() {
            // Who names one record does not mean the others, however many they are.
            policy.guards.creates = u32::MAX;
        }
        let mut plan = reconcile::plan(module, &observed, &policy);
        let creates = plan.writes().any(|write| matches!(write.change, WriteChange::Create { .. }));
        let guarded = plan.findings.iter().any(|finding| matches!(finding.matter, Matter::Guarded { .. }));
        if (creates || guarded) && !scope.all {
            // Whether a new record repeats a linked one, or many are most, shows only when all links are in view.
            scope.all = true;
            observed = Observed { failures, decisions, ..self.observed(module, &scope).await? };
            plan = reconcile::plan(module, &observed, &policy);
        }
        self.hold_unknown(&mut plan).await?;
        self.spare_refused(&mut plan);
        restrict(&mut plan, order);
        if let Some(saved) = &order.plan {
            self.keep_to(saved, &mut plan);
        }
        plan.findings.extend(terms.findings(&module.module));
        Ok((plan, observed))
    }

    /// What is in `scope`, with the partners of everything it refers to.
    async fn observed(&self, module: &ModuleMapping, scope: &Scope) -> Result<Observed, RunError> {
        let mut observed = self.store.load(&self.engine.pair, scope).await?;
        let referred = reconcile::referred(module, &observed);
        let touched: Vec<_> =
            referred.iter().flat_map(|(side, keys)| keys.iter().map(move |key| (side, key.clone()))).collect();
        if !touched.is_empty() {
            let scope = Scope { kinds: self.kinds.clone(), touched, all: false };
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

    /// Records that no module takes are put aside, so that they are not looked at again until they change.
    async fn rest_strangers(&self, modules: &[&ModuleMapping]) -> Result<(), RunError> {
        let observed = self.store.load(&self.engine.pair, &self.scope(modules)).await?;
        let linked: BTreeSet<(Side, &RecordKey)> =
            observed.links.iter().flat_map(|(_, link)| link.keys.iter()).collect();
        let mut changes = Vec::new();
        for side in Side::BOTH {
            for (key, seen) in observed.records.get(side) {
                let taken = modules.iter().any(|module| !module.entities_taking(side, &seen.record).is_empty());
                if seen.dirty && !taken && !linked.contains(&(side, key)) {
                    changes.push(Change::Quiet { side, key: key.clone() });
                }
            }
        }
        if changes.is_empty() { Ok(()) } else { self.commit(&changes).await }
    }

    /// The policy, with the proof of an earlier life if the records carry one although the store knows no link.
    async fn policy(&self, modules: &[&ModuleMapping], mut policy: Policy) -> Result<Policy, RunError> {
        policy.earlier_life |= self.store.earlier_life(&self.engine.pair).await?;
        if policy.earlier_life || self.store.has_links(&self.engine.pair).await? {
            return Ok(policy);
        }
        for module in modules {
            let observed = self.observed(module, &self.scope(&[module])).await?;
            policy.earlier_life |= reconcile::proves_earlier_life(module, &observed);
        }
        if policy.earlier_life {
            // Kept before anything is done: a run that is killed leaves links, and links would hide the proof.
            self.commit(&[Change::EarlierLife { at: self.engine.clock.now() }]).await?;
        }
        Ok(policy)
    }

    pub(crate) fn scope(&self, modules: &[&ModuleMapping]) -> Scope {
        let kinds = Sides::from_fn(|side| {
            let kinds: BTreeSet<Kind> = modules.iter().flat_map(|module| module.kinds(side)).collect();
            kinds.into_iter().collect()
        });
        Scope { kinds, touched: Vec::new(), all: false }
    }

    /// Ends the run where it was asked to stop.
    pub(crate) fn go_on(&self) -> Result<(), RunError> {
        if self.halt.is_asked() { Err(RunError::Stopped) } else { Ok(()) }
    }

    pub(crate) async fn commit(&self, changes: &[Change]) -> Result<(), RunError> {
        let beginning = if trail::tells_of(changes) { self.begin() } else { None };
        match beginning {
            Some(begin) => self.store.commit(&self.lease, &[&[begin], changes].concat()).await?,
            None => self.store.commit(&self.lease, changes).await?,
        }
        Ok(())
    }

    fn begin(&self) -> Option<Change> {
        self.beginning.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(crate) fn tally(&self, count: impl FnOnce(&mut Summary)) {
        count(&mut self.summary.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// What this run asked.
    fn usage(&self) -> Sides<Usage> {
        let now = self.engine.usage();
        Sides::from_fn(|side| now.get(side).since(*self.before.get(side)))
    }

    fn finish(&self) -> Summary {
        let mut summary = self.summary.lock().unwrap_or_else(PoisonError::into_inner).clone();
        summary.usage = self.usage();
        summary
    }
}
