//! One run of the engine as a process: it may die or be paused at any edge, and what it remembers dies with it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use sync_model::Side;
use sync_run::Effects;

use crate::fault::Fault;
use crate::world::World;

/// Where a process may be stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edge {
    /// Before a commit.
    Journal,
    /// A commit was made.
    Committed,
    /// Before a request leaves.
    Request {
        /// Whether it changes the other system.
        writes: bool,
        /// Whether it books, sends or pays an invoice.
        effect: bool,
    },
    /// A request was answered, but the answer has not arrived.
    Response {
        /// Whether it answers what books, sends or pays an invoice.
        effect: bool,
    },
}

impl Edge {
    fn is_of_an_effect(self) -> bool {
        matches!(self, Self::Request { effect: true, .. } | Self::Response { effect: true, .. })
    }
}

/// What happens to a process there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blow {
    /// It dies.
    Kill,
    /// It stands still for so many milliseconds, as a laptop does whose lid is closed.
    Pause(u64),
}

/// A blow, and at how many edges from now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fate {
    pub(crate) edges: u64,
    pub(crate) blow: Blow,
    /// Whether it waits for a request that books, sends or pays.
    pub(crate) aimed: bool,
}

/// A process.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) number: u64,
    /// The side that this process must never write to.
    pub(crate) source: Option<Side>,
    /// What it may book, send and pay.
    pub(crate) allowed: Option<Effects>,
    /// The invoices that it was told are booked.
    frozen: Mutex<BTreeSet<String>>,
    /// When it looked at all records of a kind, and at single ones.
    looks: Mutex<BTreeMap<(Side, String), u64>>,
    fate: Mutex<Option<Fate>>,
    struck: Mutex<Option<Blow>>,
    pauses: AtomicBool,
    passed: AtomicU64,
    /// Whether a request of its left that changes something.
    written: AtomicBool,
    /// When requests left for Dinero, in milliseconds.
    departures: Mutex<Vec<u64>>,
    /// Until when Dinero asked for silence.
    silent_until: AtomicU64,
}

impl Process {
    pub(crate) fn new(number: u64, source: Option<Side>, allowed: Option<Effects>, fate: Option<Fate>) -> Self {
        Self {
            number,
            source,
            allowed,
            frozen: Mutex::default(),
            looks: Mutex::default(),
            fate: Mutex::new(fate),
            struck: Mutex::default(),
            pauses: AtomicBool::new(false),
            passed: AtomicU64::new(0),
            written: AtomicBool::new(false),
            departures: Mutex::default(),
            silent_until: AtomicU64::new(0),
        }
    }

    /// Walks past an edge, if fate allows it.
    pub(crate) async fn edge(&self, world: &World, edge: Edge) {
        let passed = self.passed.fetch_add(1, Ordering::Relaxed);
        let blow = {
            let mut fate = self.fate.lock().unwrap_or_else(PoisonError::into_inner);
            let due = fate.is_some_and(|fate| {
                let there = if fate.aimed { edge.is_of_an_effect() } else { fate.edges <= passed };
                there && fits(fate.blow, edge)
            });
            if due { fate.take() } else { None }
        };
        let Some(Fate { blow, .. }) = blow else { return };
        let fault = match (blow, edge) {
            (Blow::Pause(_), _) => None,
            (Blow::Kill, Edge::Journal) => Some(Fault::KillAtJournal),
            (Blow::Kill, Edge::Committed) => Some(Fault::TornCommit),
            (Blow::Kill, Edge::Request { .. }) => Some(Fault::KillAtRequest),
            (Blow::Kill, Edge::Response { .. }) => Some(Fault::KillAtResponse),
        };
        if let Some(fault) = fault {
            world.state().hits.count(fault, edge.is_of_an_effect());
        }
        world.note(|| format!("p{} {blow:?} at {edge:?}", self.number));
        *self.struck.lock().unwrap_or_else(PoisonError::into_inner) = Some(blow);
        match blow {
            Blow::Kill => std::future::pending::<()>().await,
            Blow::Pause(_) => tokio::task::yield_now().await,
        }
    }

    /// Whether it stands still right now.
    pub(crate) fn pauses(&self) -> bool {
        self.pauses.load(Ordering::Relaxed)
    }

    /// Runs `work` to its end, with its pauses; `None` when the process died.
    pub(crate) async fn live<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        enum Turn<T> {
            Done(T),
            Struck(Blow),
        }
        let mut work = Box::pin(work);
        loop {
            let turn = std::future::poll_fn(|context| match work.as_mut().poll(context) {
                Poll::Ready(done) => Poll::Ready(Turn::Done(done)),
                Poll::Pending => match self.struck.lock().unwrap_or_else(PoisonError::into_inner).take() {
                    Some(blow) => Poll::Ready(Turn::Struck(blow)),
                    None => Poll::Pending,
                },
            });
            match turn.await {
                Turn::Done(done) => return Some(done),
                Turn::Struck(Blow::Kill) => return None,
                Turn::Struck(Blow::Pause(milliseconds)) => {
                    self.pauses.store(true, Ordering::Relaxed);
                    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
                    self.pauses.store(false, Ordering::Relaxed);
                }
            }
        }
    }

    /// A request leaves for Dinero: never more than `cap` in a minute, and none while silence was asked for (L5).
    pub(crate) fn departs(&self, world: &World, cap: usize) {
        let now = world.elapsed();
        let mut departures = self.departures.lock().unwrap_or_else(PoisonError::into_inner);
        departures.retain(|at| at + 60_000 > now);
        departures.push(now);
        if departures.len() > cap {
            world.breach(format!("L5: {} requests left within a minute, the cap is {cap}", departures.len()));
        }
        if now < self.silent_until.load(Ordering::Relaxed) {
            world.breach("L5: a request left although Dinero had asked for silence".to_owned());
        }
    }

    /// It looked now at `what`: a kind, or the id of a record.
    pub(crate) fn looks_at(&self, world: &World, side: Side, what: String) {
        self.looks.lock().unwrap_or_else(PoisonError::into_inner).insert((side, what), world.elapsed());
    }

    /// When it last looked at a record.
    pub(crate) fn looked_at(&self, side: Side, kind: &str, id: &str) -> u64 {
        let looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        [kind, id].into_iter().filter_map(|what| looks.get(&(side, what.to_owned()))).copied().max().unwrap_or(0)
    }

    pub(crate) fn writes(&self) {
        self.written.store(true, Ordering::Relaxed);
    }

    pub(crate) fn has_written(&self) -> bool {
        self.written.load(Ordering::Relaxed)
    }

    /// P35: what a process knows to be booked, it asks nobody to change.
    pub(crate) fn asks_to_change(&self, world: &World, invoice: &str) {
        if self.frozen.lock().unwrap_or_else(PoisonError::into_inner).contains(invoice) {
            world.breach(format!("P35: {invoice} was shown as booked, and was asked to change"));
        }
    }

    pub(crate) fn is_told_of_booked(&self, invoices: Vec<String>) {
        self.frozen.lock().unwrap_or_else(PoisonError::into_inner).extend(invoices);
    }

    pub(crate) fn told_to_wait(&self, world: &World, seconds: u64) {
        self.silent_until.fetch_max(world.elapsed() + seconds * 1000, Ordering::Relaxed);
    }
}

/// A process may die anywhere. One that stands still between its last look at the lease and a request that changes
/// something cannot be told from a slow network, which nothing but the system itself can fence off.
fn fits(blow: Blow, edge: Edge) -> bool {
    match (blow, edge) {
        (Blow::Kill, _) | (Blow::Pause(_), Edge::Journal | Edge::Committed) => true,
        (Blow::Pause(_), Edge::Request { writes, .. }) => !writes,
        (Blow::Pause(_), Edge::Response { .. }) => true,
    }
}
