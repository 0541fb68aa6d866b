//! Stories that are told again and again, each time killed somewhere else: what people do, what runs are ordered, and how
//! it has to end.

use std::collections::BTreeMap;
use std::sync::Arc;

use field_mapping::{Direction, Drift, Priority};
use reconcile::{Deletes, Guards, Matter, Reply};
use rust_decimal::Decimal;
use sync_model::{Module, RecordKey, RunId, Side, Sides, Value};
use sync_run::conformance::MemoryStore;
use sync_run::{Decided, Effects, Engine, Order, RunError, SavedPlan, Store as _, Summary, Undo};

use crate::books::{BookRules, effects, items, made_twice, open_books, told, write_invoice};
use crate::fuse::Blow;
use crate::history::{Deed, Field, act, find};
use crate::pair::Pair;
use crate::world::{Request, WriteFault};

/// What happens.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Somebody makes an organisation.
    Make(Side, usize),
    Edit(Side, usize, Field, usize),
    Clear(Side, usize, Field),
    Delete(Side, usize),
    /// The one organisation belongs below the other.
    Below(Side, usize, usize),
    /// Somebody writes an invoice in the CRM, to this organisation, at this price.
    Invoice(usize, i64),
    /// The price of the invoice to this organisation is another.
    Price(usize, i64),
    /// The organisation has paid so much in all.
    Received(usize, i64),
    /// The next writes to this side go wrong.
    Trouble(Side, Vec<Option<WriteFault>>),
    /// A person answers everything that the last run found.
    Answer(Reply),
    /// A person lets the values of this side stand.
    Take(Side),
    /// Our database is lost.
    Forget,
    /// A person has a plan made, and keeps it.
    Plan,
    /// A run.
    Run(Errand),
}

/// What a run is ordered to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Errand {
    Sync,
    /// With booking, sending and payments.
    Effects,
    /// Carry out the plan that was kept.
    CarryOut,
    /// One organisation, by the full rules.
    One(Side, usize),
    /// One organisation of the CRM, to Dinero only.
    Push(usize),
    /// The invoice to this organisation, with what it needs.
    Bill(usize),
    /// Undo everything that the last errand wrote.
    Undo,
}

/// A story: the rules of the house, and what happens.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    pub(crate) name: &'static str,
    rules: BookRules,
    acts: Vec<Act>,
}

pub(crate) fn story(name: &'static str, acts: Vec<Act>) -> Story {
    let rules = BookRules {
        direction: Direction::TwoWay { priority: Priority::Prefer(Side::Right) },
        deletes: Deletes::Keep,
        guards: Guards::default(),
        effects: Effects { book: true, send: true, pay: Some(55_000) },
        invoices: acts.iter().any(|act| matches!(act, Act::Invoice(..))),
    };
    Story { name, rules, acts }
}

impl Story {
    pub(crate) fn priority(mut self, priority: Priority) -> Self {
        self.rules.direction = Direction::TwoWay { priority };
        self
    }

    pub(crate) fn one_way(mut self, from: Side, drift: Drift) -> Self {
        self.rules.direction = Direction::OneWay { from, drift };
        self
    }

    pub(crate) fn approving(mut self) -> Self {
        self.rules.deletes = Deletes::Approve;
        self
    }

    pub(crate) fn guarded(mut self, guards: Guards) -> Self {
        self.rules.guards = guards;
        self
    }

    pub(crate) fn allowing(mut self, effects: Effects) -> Self {
        self.rules.effects = effects;
        self
    }
}

/// How a story ends: everything that must be the same wherever it was killed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct End {
    holdings: Sides<Vec<String>>,
    /// How many records were made and deleted on each side.
    made: Sides<usize>,
    deleted: Sides<usize>,
    made_twice: usize,
    /// How often each effect happened, by invoice.
    effects: BTreeMap<(String, String), usize>,
    /// What waits for a person.
    waits: Vec<String>,
    /// What one more run would write.
    unrest: u64,
}

impl End {
    pub(crate) fn unrest(&self) -> u64 {
        self.unrest
    }

    /// The end without its mails, and those of them that were not sent because a person is asked instead: nobody can tell
    /// whether a mail went out when the process died while sending it, so it is not sent by us again.
    pub(crate) fn without_doubtful_mails(mut self, quiet: &Self) -> Self {
        let doubt = |wait: &String| wait.contains("EffectUnknown");
        if !self.waits.iter().any(doubt) {
            return self;
        }
        self.waits.retain(|wait| !doubt(wait));
        for (key, times) in &quiet.effects {
            if key.1 == "send" && !self.effects.contains_key(key) {
                self.effects.insert(key.clone(), *times);
            }
        }
        for line in &mut self.holdings.left {
            *line = line.replace("\"NotSent\"", "\"Sent\"");
        }
        self.holdings.left.sort();
        self
    }
}

/// A story as it was told once.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) end: End,
    /// So many edges were walked past in all its runs.
    pub(crate) edges: u64,
    /// So often it was killed.
    pub(crate) killed: usize,
    /// So many edges the run walked past that cleared up after the last kill.
    pub(crate) clearing_up: u64,
}

/// The house, while a story is told.
struct House {
    pair: Pair,
    rules: BookRules,
    last: Option<Summary>,
    /// The runs of the last errand, newest first.
    runs: Vec<RunId>,
    plan: Option<Arc<SavedPlan>>,
}

/// Tells `story`. It is killed at the edge `kills[0]` of all its runs; the run that clears up, at its edge `kills[1]`; the run
/// that clears up after that, at its edge `kills[2]`. A killed run is ordered again until it comes to its end.
pub(crate) async fn tell(story: &Story, kills: &[u64]) -> Told {
    tell_of(story, kills).await.0
}

/// Tells `story` and kills nobody. How it ended, and the pair as it was left.
pub(crate) async fn tell_in_peace(story: &Story) -> (Told, Pair) {
    tell_of(story, &[]).await
}

async fn tell_of(story: &Story, kills: &[u64]) -> (Told, Pair) {
    let pair = open_books(story.rules.direction);
    let mut house = House { pair, rules: story.rules.clone(), last: None, runs: Vec::new(), plan: None };
    let mut kills = kills.iter().copied();
    let mut next = kills.next();
    let (mut walked, mut killed, mut clearing_up) = (0, 0, 0);
    for act in &story.acts {
        let Act::Run(errand) = act else {
            house.act(act).await;
            continue;
        };
        let orders = house.orders(*errand);
        house.runs.clear();
        for order in orders {
            loop {
                let again = killed > 0;
                // Only what clears up is killed once more, and not what comes after it.
                let fuse = if again { next } else { next.map(|edge| edge - walked) };
                let before = house.pair.fuse.passed();
                let came_to_its_end = house.run(&order, fuse).await;
                let passed = house.pair.fuse.passed() - before;
                if came_to_its_end {
                    if again && next.is_some() {
                        next = None;
                    }
                    if again && clearing_up == 0 {
                        clearing_up = passed;
                    }
                    walked += passed;
                    break;
                }
                (killed, clearing_up, next) = (killed + 1, 0, kills.next());
            }
        }
    }
    let end = house.end().await;
    (Told { end, edges: walked, killed, clearing_up }, house.pair)
}

impl House {
    fn engine(&self) -> Engine {
        self.pair.engine()
    }

    /// Carries out an order; `false` when it was killed before its end.
    async fn run(&mut self, order: &Order, kill: Option<u64>) -> bool {
        let engine = self.engine();
        if let Some(edge) = kill {
            self.pair.fuse.arm(edge, Blow::Kill);
        }
        let result: Option<Result<Summary, RunError>> = tokio::select! {
            biased;
            () = self.pair.fuse.blown() => None,
            result = engine.sync(&self.rules, order) => Some(result),
        };
        self.pair.fuse.disarm();
        let newest = self.pair.memory.runs(&engine.pair, 1).await.unwrap();
        self.runs.splice(
            0..0,
            newest
                .into_iter()
                .map(|record| record.run)
                .filter(|run| self.runs.first() != Some(run))
                .collect::<Vec<_>>(),
        );
        let Some(result) = result else { return false };
        self.last = Some(result.unwrap_or_else(|error| panic!("{order:?}: {error}")));
        true
    }

    fn orders(&self, errand: Errand) -> Vec<Order> {
        let of = |side: Side, who: usize| (side, find(&self.pair, side, who).unwrap());
        let plain = Order::default();
        let undo = |target: Undo| Order { undo: Some(target), ..Order::default() };
        match errand {
            Errand::Sync => vec![plain],
            Errand::Effects => vec![Order { effects: true, ..plain }],
            Errand::CarryOut => vec![Order { plan: self.plan.clone(), ..plain }],
            Errand::One(side, who) => vec![Order { record: Some(of(side, who)), ..plain }],
            Errand::Push(who) => {
                vec![Order { record: Some(of(Side::Right, who)), only_writes: Some(Side::Left), ..plain }]
            }
            Errand::Bill(who) => vec![Order { record: Some((Side::Right, bill(who))), ..plain }],
            Errand::Undo => self.runs.iter().cloned().map(Undo::Run).map(undo).collect(),
        }
    }

    async fn act(&mut self, what: &Act) {
        let systems = &self.pair.systems;
        let parent = |side: Side| if side == Side::Left { "Parent" } else { "parent" };
        match what {
            Act::Make(side, who) => {
                act(&self.pair, &[Deed::Make { side: *side, who: *who }]);
                let key = find(&self.pair, *side, *who).unwrap();
                systems.get(*side).edit(&key, |fields| fields.set(parent(*side), Value::Empty));
            }
            Act::Edit(side, who, field, value) => {
                let key = find(&self.pair, *side, *who).unwrap();
                let was = systems.get(*side).live()[&key].get(field.own(*side)).cloned();
                assert_ne!(was, Some(Value::text(field.value(*value))), "an edit changes something");
                act(&self.pair, &[Deed::Edit { side: *side, who: *who, field: *field, value: *value }]);
            }
            Act::Clear(side, who, field) => {
                let key = find(&self.pair, *side, *who).unwrap();
                systems.get(*side).edit(&key, |fields| fields.set(field.own(*side), Value::Empty));
            }
            Act::Delete(side, who) => systems.get(*side).delete(&find(&self.pair, *side, *who).unwrap()),
            Act::Below(side, who, whom) => {
                let (key, to) = (find(&self.pair, *side, *who).unwrap(), find(&self.pair, *side, *whom).unwrap());
                systems.get(*side).edit(&key, |fields| fields.set(parent(*side), Value::Reference(to)));
            }
            Act::Invoice(who, price) => {
                let customer = find(&self.pair, Side::Right, *who).unwrap();
                write_invoice(&self.pair, &bill(*who), &format!("Faktura {who}"), &customer, *price);
            }
            Act::Price(who, price) => systems.right.edit(&bill(*who), |fields| fields.set("LineItems", items(*price))),
            Act::Received(who, sum) => {
                systems.right.edit(&bill(*who), |fields| fields.set("received", Value::Decimal(Decimal::from(*sum))));
            }
            Act::Trouble(side, faults) => systems.get(*side).state().faults.clone_from(faults),
            Act::Answer(reply) => {
                let decided = self
                    .found()
                    .into_iter()
                    .filter_map(|(module, finding)| Some((module, finding.decided_by(*reply)?)));
                self.decide(decided.collect()).await;
            }
            Act::Take(side) => {
                let decided = self
                    .found()
                    .into_iter()
                    .filter_map(|(module, finding)| Some((module, finding.resolved_by(*side, None)?)));
                self.decide(decided.collect()).await;
            }
            Act::Forget => self.pair.memory = MemoryStore::default(),
            Act::Plan => {
                let engine = self.engine();
                let preview = engine.plan(&self.rules, &Order::default()).await.unwrap();
                self.plan = Some(Arc::new(engine.save(&preview)));
            }
            Act::Run(_) => unreachable!("runs are told apart before"),
        }
    }

    fn found(&self) -> Vec<(Module, reconcile::Finding)> {
        self.last.as_ref().map(|summary| summary.findings.clone()).unwrap_or_default()
    }

    async fn decide(&self, decisions: Vec<(Module, Vec<reconcile::Decision>)>) {
        let at = sync_run::Clock::now(self.pair.clock.as_ref());
        let given = decisions.into_iter().flat_map(|(module, decisions)| {
            decisions.into_iter().map(move |decision| Decided {
                module: module.clone(),
                decision,
                given: true,
                by: "mette".to_owned(),
                at,
            })
        });
        let given: Vec<Decided> = given.collect();
        assert!(!given.is_empty(), "there is something to decide");
        self.pair.memory.decide(&self.engine().pair, &given).await.unwrap();
    }

    /// Runs once more, and looks at everything.
    async fn end(&mut self) -> End {
        for side in Side::BOTH {
            self.pair.systems.get(side).state().faults.clear();
        }
        self.run(&Order::default(), None).await;
        let waits = self.found().into_iter().map(|(_, finding)| told_matter(&finding));
        let mut waits: Vec<String> = waits.collect();
        waits.sort();
        let count = |wanted: fn(&Request) -> bool| {
            Sides::from_fn(|side| self.pair.systems.get(side).state().log.iter().filter(|it| wanted(it)).count())
        };
        let made = count(|request| matches!(request, Request::Create(..)));
        let deleted = count(|request| matches!(request, Request::Delete(_)));
        let holdings = Sides::from_fn(|side| told(&self.pair, side));
        let effects = effects(&self.pair);
        let made_twice = made_twice(&self.pair, Side::Left).len() + made_twice(&self.pair, Side::Right).len();
        self.run(&Order::default(), None).await;
        let usage = self.last.as_ref().unwrap().usage;
        End { holdings, made, deleted, made_twice, effects, waits, unrest: usage.left.writes + usage.right.writes }
    }
}

/// A finding without ids, which may be others in another telling.
pub(crate) fn told_matter(finding: &reconcile::Finding) -> String {
    let fields = match &finding.matter {
        Matter::Conflict { fields } | Matter::Proposal { fields, .. } | Matter::Swinging { fields } => {
            fields.iter().map(|why| why.field.to_string()).collect::<Vec<_>>().join(" ")
        }
        _ => String::new(),
    };
    let matter = format!("{:?}", finding.matter);
    let kind: String = matter.chars().take_while(char::is_ascii_alphanumeric).collect();
    format!("{} {kind} {fields}", finding.title)
}

/// The CRM's invoice to this organisation.
fn bill(who: usize) -> RecordKey {
    RecordKey::new("Invoice", format!("7x{who}").as_str())
}
