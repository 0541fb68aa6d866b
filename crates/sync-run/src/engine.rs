//! The run as a whole: one lease, one pass over the modules, one summary.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use field_mapping::{Checked, Held, Mapping, ModuleMapping};
use reconcile::{Plan, Policy};
use sync_model::{Fingerprint, Kind, Module, PairId, RecordKey, RunId, Schema, Side, Sides};
use tokio::time::Instant;

use crate::dry::DryStore;
use crate::effects::Effects;
use crate::error::{RulesError, RunError};
use crate::event::{Event, Events};
use crate::halt::Halt;
use crate::isolate::Failing;
use crate::lease::Hold;
use crate::order::{Order, chosen};
use crate::pace::Pace;
use crate::ports::{Change, Clock, Connector, Guids, Lease, RunRecord, Scope, Store, Usage, trail};
use crate::saved::{ChangedAt, Cost, PlanError, SavedPlan, changed_at, rules_digest};
use crate::summary::{Summary, run_summary};
use crate::terms::Terms;
use crate::undo::Undone;

/// Changes of our own state in one commit: what the trail and the store make of them is held besides the plan.
const MOST_AT_ONCE: usize = 500;

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
    /// What an undo would leave as it is, and which links it would end.
    pub undone: Option<Undone>,
}

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    /// Both systems as they are now.
    Now,
    /// Both systems as they were last seen; neither is asked for its records.
    Remembered,
}

/// Both systems as they are, and what a run would do, before anything is done.
#[derive(Debug)]
pub(crate) struct Look<'a> {
    pub(crate) run: Run<'a>,
    pub(crate) terms: Terms,
    pub(crate) policy: Policy,
    /// The modules looked at, what others refer to first.
    names: Vec<Module>,
    /// A plan for each of them.
    pub(crate) plans: Vec<Plan>,
    changed_at: Vec<ChangedAt>,
    /// At a first meeting: how many records belong to one of another kind.
    belonging: Vec<(Module, usize)>,
}

impl Look<'_> {
    /// The modules looked at, in the order of the plans.
    pub(crate) fn modules(&self) -> Vec<&ModuleMapping> {
        let named = |name: &Module| self.terms.mapping.modules.iter().find(|module| module.module == *name);
        self.names.iter().filter_map(named).collect()
    }
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
    /// A module's plan that was made before its turn, while nothing was written.
    ready: Mutex<Option<Plan>>,
    /// The saved plan that it keeps to.
    pub(crate) contract: Option<Arc<SavedPlan>>,
    /// When it began.
    pub(crate) began: Instant,
    /// What is known of the lease.
    pub(crate) hold: Arc<Hold>,
}

impl Engine {
    /// What a run would do now. Nothing is written anywhere, neither to a system nor to the store.
    ///
    /// # Errors
    /// When a system or the store cannot be used, or the rules do not fit.
    pub async fn plan(&self, rules: &dyn Rules, order: &Order) -> Result<Preview, RunError> {
        let mut look = self.look(rules, order).await?;
        let modules = look.modules();
        let rules = rules_digest(&modules, &rules.policy());
        let undone = match &order.undo {
            Some(target) => {
                let planned = look.run.plan_undo(target, &modules).await?;
                look.plans = planned.plans;
                Some(planned.undone)
            }
            None => None,
        };
        let usage = look.run.usage();
        let cost = Sides::from_fn(|side| self.cost(side, &look.plans, usage.get(side).requests));
        let modules = order.modules.clone();
        let Look { plans, changed_at, belonging, .. } = look;
        Ok(Preview { plans, usage, modules, cost, changed_at, rules, belonging, undone })
    }

    /// Both systems as they are now, planned over a store that forgets what it is told.
    pub(crate) async fn look(&self, rules: &dyn Rules, order: &Order) -> Result<Look<'_>, RunError> {
        self.look_at(rules, order, Sight::Now).await
    }

    /// As [`look`](Self::look), or over what was seen last.
    pub(crate) async fn look_at(&self, rules: &dyn Rules, order: &Order, sight: Sight) -> Result<Look<'_>, RunError> {
        let store: Arc<dyn Store> = Arc::new(DryStore::new(Arc::clone(&self.store)));
        let run = RunId::new(self.guids.next().to_string());
        let lease = store.open_run(&self.pair, &run, self.clock.now(), self.pace.lease).await?;
        let run = self.run(store, lease, rules, order);
        run.recall_failures().await?;
        let terms = run.terms(rules).await?;
        let modules = chosen(&terms.mapping, order)?;
        match sight {
            Sight::Now => run.gather(&modules, &terms).await?,
            Sight::Remembered => {}
        }
        let policy = run.policy(&modules, rules.policy()).await?;
        let names = modules.iter().map(|module| module.module.clone()).collect();
        let first = !run.store.has_links(&self.pair).await?;
        let (mut plans, mut changed, mut belonging) = (Vec::new(), Vec::new(), Vec::new());
        for module in modules.into_iter().filter(|_| order.undo.is_none()) {
            let (plan, observed) = run.plan_module(module, &terms, &policy, order).await?;
            changed.extend(changed_at(&plan, &observed));
            if first {
                belonging.push((module.module.clone(), reconcile::belonging(module, &observed, &run.kinds)));
            }
            plans.push(plan);
        }
        self.events.take(Event::Looked);
        Ok(Look { run, terms, policy, names, plans, changed_at: changed, belonging })
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
        let mut summary = run.finish();
        let record = RunRecord {
            run: summary.run.clone(),
            started,
            ended: Some(self.clock.now()),
            summary: run_summary(&mut summary, result.as_ref().err()),
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
            hold: Arc::new(Hold::new(Arc::clone(&store), Arc::clone(&self.clock), lease.clone(), self.pace.lease)),
            store,
            summary: Mutex::new(Summary::new(lease.run.clone(), order.is_partial())),
            lease,
            kinds: rules.kinds(),
            halt: order.halt.clone(),
            before: self.usage(),
            failing: Failing::default(),
            beginning: Mutex::new(Some(begin)),
            ready: Mutex::default(),
            contract: order.plan.clone(),
            began: Instant::now(),
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
        if let Some(target) = &order.undo {
            return self.undo(target, &modules).await;
        }
        if let Some(change) = terms.looking_at(&modules) {
            self.commit(&[change]).await?;
        }
        let policy = self.policy(&modules, rules.policy()).await?;
        self.refuse_masses(&modules, &terms, &policy, order).await?;
        if let Some(saved) = &order.plan {
            self.commit(&[Change::Spend { plan: saved.hash.clone(), at: self.engine.clock.now() }]).await?;
        }
        let effects = effects.then(|| rules.effects());
        if let Some(record) = &order.record {
            return self.settle_record(record.clone(), &modules, &terms, &policy, (order, effects)).await;
        }
        for module in &modules {
            let waiting = self.settle(module, &terms, &policy, (order, effects)).await?;
            let change = Change::Findings {
                module: module.module.clone(),
                findings: waiting.clone(),
                at: self.engine.clock.now(),
            };
            self.commit(&[change]).await?;
            let named = waiting.into_iter().map(|finding| (module.module.clone(), finding));
            self.tally(|summary| summary.findings.extend(named));
        }
        if order.plan.is_none() {
            if order.modules.is_empty() {
                self.rest_strangers(&modules).await?;
            }
            if let Some(change) = terms.looked_at(&modules) {
                self.commit(&[change]).await?;
            }
        }
        Ok(())
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
        self.commit_in_parts(&changes).await
    }

    /// The policy, with the proof of an earlier life if the records carry one although the store knows no link.
    async fn policy(&self, modules: &[&ModuleMapping], mut policy: Policy) -> Result<Policy, RunError> {
        policy.earlier_life |= self.store.earlier_life(&self.engine.pair).await?;
        if policy.earlier_life || self.store.has_links(&self.engine.pair).await? {
            return Ok(policy);
        }
        // Most pairs meet without a mark, and then there is nothing to look through.
        if !self.store.has_marks(&self.engine.pair).await? {
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
        Scope { kinds, ..Scope::default() }
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

    /// Commits changes of our own state that stand each by itself: a run that is killed between two has the rest before it again.
    pub(crate) async fn commit_in_parts(&self, changes: &[Change]) -> Result<(), RunError> {
        for some in changes.chunks(MOST_AT_ONCE) {
            self.commit(some).await?;
        }
        Ok(())
    }

    fn begin(&self) -> Option<Change> {
        self.beginning.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(crate) fn ready(&self) -> MutexGuard<'_, Option<Plan>> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn tally(&self, count: impl FnOnce(&mut Summary)) {
        count(&mut self.summary.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(crate) fn tally_of<T>(&self, look: impl FnOnce(&Summary) -> T) -> T {
        look(&self.summary.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What this run asked.
    pub(crate) fn usage(&self) -> Sides<Usage> {
        let now = self.engine.usage();
        Sides::from_fn(|side| now.get(side).since(*self.before.get(side)))
    }

    fn finish(&self) -> Summary {
        let mut summary = self.summary.lock().unwrap_or_else(PoisonError::into_inner).clone();
        summary.usage = self.usage();
        summary
    }
}
