//! One history: people, runs and mishaps in an order that the seed gives, then quiet, then judgement.

use std::sync::Arc;
use std::time::Duration;

use reconcile::Matter;
use sync_app::{DataPriority, Settings, SyncDirection};
use sync_model::{PairId, Side};
use sync_run::conformance::Gated;
use sync_run::{Clock, Engine, Order, Pace, RunError, Summary, Unheard};

use crate::connectors::connectors;
use crate::dealings::Dealings;
use crate::disk::Disk;
use crate::fault::{Fault, Hits};
use crate::oracle;
use crate::people;
use crate::process::{Blow, Fate, Process};
use crate::subject::SUBJECTS;
use crate::world::{OurClock, OurGuids, Share, World, settings};

/// The longest that a history may take.
const MOST_DAYS: u64 = 400;

/// Runs after which everything has to be in agreement.
const MOST_RUNS: u32 = 3;

/// How much is told of a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Whether it held.
    Verdict,
    /// Every request, commit and deed.
    Diary,
}

/// What became of a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    /// What did not hold, each beginning with the property's number.
    pub breaches: Vec<String>,
    /// How often each fault struck.
    pub hits: Hits,
    /// What happened to invoices.
    pub dealings: Dealings,
    /// What happened, where it was asked for.
    pub diary: String,
}

/// Plays the history of `seed`. The same seed plays the same history.
///
/// # Panics
/// When no runtime can be made.
#[must_use]
pub fn play(seed: u64, detail: Detail) -> Played {
    played(detail, || World::of(seed, detail == Detail::Diary, Share::Some))
}

/// The same, and the history is one with invoices.
///
/// # Panics
/// When no runtime can be made.
#[must_use]
pub fn play_with_invoices(seed: u64, detail: Detail) -> Played {
    played(detail, || World::of(seed, detail == Detail::Diary, Share::All))
}

/// The same, and invoices are credited by people at both desks.
///
/// # Panics
/// When no runtime can be made.
#[must_use]
pub fn play_with_credit_notes(seed: u64, detail: Detail) -> Played {
    played(detail, || World::of(seed, detail == Detail::Diary, Share::Credited))
}

fn played(detail: Detail, world: impl FnOnce() -> Arc<World>) -> Played {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime of one thread can always be made").block_on(async {
        let world = world();
        let longest = Duration::from_secs(MOST_DAYS * 24 * 3600);
        if tokio::time::timeout(longest, plot(&world)).await.is_err() {
            world.breach("L2: the history does not end".to_owned());
        }
        let dealings = world.state().books.dealings;
        let (breaches, hits, diary) = world.end();
        Played { breaches, hits, dealings, diary: if detail == Detail::Diary { diary } else { String::new() } }
    })
}

/// The director: knows how many processes there were, and what the settings say.
struct Plot<'a> {
    world: &'a Arc<World>,
    settings: Settings,
    processes: u64,
    calm: bool,
}

async fn plot(world: &Arc<World>) {
    let mut plot = Plot { world, settings: settings(&world.manner), processes: 0, calm: false };
    plot.calm = world.state().luck.in_thousand(150);
    plot.choose_direction();
    plot.choose_effects();
    people::settle_in(world);
    plot.pause(60_000, 3_600_000).await;
    plot.choose_weather();
    let rounds = world.state().luck.between(2, 6);
    for _ in 0..rounds {
        let most = if world.manner.sales.is_some() { 9 } else { 4 };
        let deeds = world.state().luck.below(most);
        people::work(world, deeds, 20_000).await;
        plot.something_changes().await;
        plot.act().await;
    }
    plot.quiet().await;
}

/// How a process ended.
enum Ending {
    Done(Box<Summary>),
    Failed(RunError),
    Died,
}

impl Plot<'_> {
    fn luck<T>(&self, throw: impl FnOnce(&mut crate::chance::Chance) -> T) -> T {
        throw(&mut self.world.state().luck)
    }

    async fn pause(&self, low: u64, high: u64) {
        let milliseconds = self.luck(|luck| luck.between(low, high));
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }

    fn choose_direction(&mut self) {
        let sync = &mut self.settings.sync;
        (sync.direction, sync.overwrite_drift) = self
            .world
            .state()
            .luck
            .pick(&[
                (SyncDirection::Both { first: DataPriority::Crm }, false),
                (SyncDirection::Both { first: DataPriority::Dinero }, false),
                (SyncDirection::CrmToDinero, false),
                (SyncDirection::DineroToCrm, false),
                (SyncDirection::CrmToDinero, true),
            ])
            .copied()
            .unwrap_or((SyncDirection::DineroToCrm, true));
        self.world.state().mirrored |= self.settings.sync.overwrite_drift;
        self.world.note(|| format!("settings: {:?}", self.settings.sync.direction));
    }

    /// What of invoices people allow.
    fn choose_effects(&mut self) {
        if self.world.manner.sales.is_none() {
            return;
        }
        let [book, send, pay] = [850, 700, 700].map(|often| self.luck(|luck| luck.in_thousand(often)));
        let invoices = &mut self.settings.invoices;
        (invoices.book, invoices.send, invoices.payments) = (book, send, pay);
        self.world.note(|| format!("settings: book {book}, send {send}, pay {pay}"));
    }

    /// Which faults may strike in this history, and how often.
    fn choose_weather(&self) {
        if self.calm {
            return;
        }
        let mut state = self.world.state();
        for fault in Fault::ALL {
            if state.luck.in_thousand(220) {
                let often = match fault {
                    Fault::DuplicatePage | Fault::ShiftedPage | Fault::StaleList | Fault::DelayedVisibility => 400,
                    // It ends the run that meets it.
                    Fault::WebPage => 4,
                    _ => 25,
                };
                let often = state.luck.between(5, 2 * often);
                state.weather.insert(*fault, often);
            }
        }
    }

    /// Settings, clocks and time itself.
    async fn something_changes(&mut self) {
        if self.luck(|luck| luck.in_thousand(200)) {
            self.choose_direction();
            self.choose_effects();
        }
        if self.luck(|luck| luck.in_thousand(500)) {
            self.pause(1_000, 7_200_000).await;
        }
        if !self.calm && self.luck(|luck| luck.in_thousand(150)) {
            self.clocks_jump();
        }
    }

    fn clocks_jump(&self) {
        let mut state = self.world.state();
        let state = &mut *state;
        let most = *state.luck.pick(&[20, 4_000, 100_000_000]).unwrap_or(&20);
        let seconds = i64::try_from(state.luck.between(1, most)).unwrap_or(0);
        match state.luck.below(4) {
            0 => {
                state.ours_ahead += seconds;
                state.hits.count(Fault::ClockAhead, false);
            }
            1 => {
                state.ours_ahead -= seconds;
                state.hits.count(Fault::ClockBack, false);
            }
            side => {
                let sign = if state.luck.in_thousand(500) { 1 } else { -1 };
                let clock = &mut state.theirs_ahead[usize::from(side == 3)];
                *clock = match (side, *clock) {
                    // Dinero tells its time nowhere but in its records, so its clock is believed within the walks' overlap.
                    (2, 0) => sign * (seconds % 20 + 1),
                    // A clock that was put back and put right again between two runs leaves no trace.
                    (_, 0) if seconds < 100_000 => sign * (seconds % 4 + 1),
                    (_, 0) => sign * seconds,
                    (_, behind) if behind < -100 => behind,
                    (_, _) => 0,
                };
                state.hits.count(Fault::ServerClock, false);
            }
        }
        let (ours, theirs) = (state.ours_ahead, state.theirs_ahead);
        if let Some(line) = state.diary_line() {
            line.push_str(&format!("clocks are ahead by {ours} s, {theirs:?}\n"));
        }
    }

    /// One run, or several, or one that comes to nothing; and people go on working meanwhile.
    async fn act(&mut self) {
        let meanwhile = self.luck(|luck| if luck.in_thousand(500) { luck.below(3) } else { 0 });
        let kind = self.luck(|luck| luck.below(100));
        match kind {
            _ if self.calm => self.one(None, meanwhile).await,
            0..40 => self.one(None, meanwhile).await,
            40..65 => {
                let fate = Fate { edges: self.luck(|luck| luck.below(60)), blow: Blow::Kill, aimed: self.aims() };
                self.one(Some(fate), meanwhile).await;
            }
            65..75 => self.two(None, meanwhile).await,
            75..88 => {
                let (edges, pause) = self.luck(|luck| (luck.below(60), luck.between(3_000, 120_000)));
                self.two(Some(Fate { edges, blow: Blow::Pause(pause), aimed: false }), meanwhile).await;
            }
            88..95 => self.hint().await,
            _ => self.look().await,
        }
    }

    async fn one(&mut self, fate: Option<Fate>, meanwhile: u64) {
        let order = self.order();
        let process = self.process(fate, &order);
        futures::join!(self.run(&process, &order), people::work(self.world, meanwhile, 6_000));
    }

    /// Two processes at once: one may be paused until the other has taken its lease.
    async fn two(&mut self, fate: Option<Fate>, meanwhile: u64) {
        let order = self.order();
        let (one, other) = (self.process(fate, &order), self.process(None, &order));
        let delay = self.luck(|luck| luck.between(1, 25_000));
        let epochs = self.epoch().await;
        let second = async {
            tokio::time::sleep(Duration::from_millis(delay)).await;
            self.run(&other, &order).await
        };
        futures::join!(self.run(&one, &order), second, people::work(self.world, meanwhile, 20_000));
        self.world.state().hits.count(Fault::TwoProcesses, false);
        if fate.is_some() && self.epoch().await > epochs + 1 {
            self.world.state().hits.count(Fault::LostLease, false);
        }
    }

    /// How often the lease was taken.
    async fn epoch(&self) -> usize {
        use sync_run::Store;
        self.world.memory.runs(&pair(), u32::MAX).await.map_or(0, |runs| runs.len())
    }

    /// Somebody says that a record changed; or nobody does, or somebody does so twice.
    async fn hint(&mut self) {
        let times = self.luck(|luck| luck.below(3));
        if times == 0 {
            self.world.state().hits.count(Fault::HintLost, false);
        }
        if times == 2 {
            self.world.state().hits.count(Fault::HintDoubled, false);
        }
        let key = {
            let mut state = self.world.state();
            let state = &mut *state;
            let all: Vec<usize> = (0..state.things.len()).collect();
            let Some(thing) = state.luck.pick(&all).copied() else { return };
            let side = if state.luck.in_thousand(500) { Side::Left } else { Side::Right };
            let subject = &SUBJECTS[state.things[thing].subject];
            let found = subject.found(&state.systems, side, &state.things[thing].tag);
            found.first().map(|found| (side, subject.key(side, &found.id)))
        };
        let Some(record) = key else { return };
        let order = Order { record: Some(record), ..Order::default() };
        for _ in 0..times {
            let process = self.process(None, &order);
            self.run(&process, &order).await;
        }
    }

    /// Somebody asks what a run would do, and nothing is done.
    async fn look(&mut self) {
        let process = self.process(None, &Order::default());
        let before = self.world.memory.snapshot();
        let engine = self.engine(&process);
        let rules = sync_app::rules_of(&self.settings);
        let looked = process.live(async { engine.plan(&*rules, &Order::default()).await }).await;
        self.world.note(|| format!("plan: {:?}", looked.map(|it| it.map(|preview| preview.plans.len()))));
        // A request of an earlier run may still be on its way.
        if process.has_written() || !self.world.memory.snapshot().is_same(&before) {
            self.world.breach("P18: a plan wrote something".to_owned());
        }
    }

    /// What is ordered: of invoices, in most runs, also to book, send and pay.
    fn order(&self) -> Order {
        let effects = self.world.manner.sales.is_some() && self.luck(|luck| luck.in_thousand(750));
        Order { effects, ..Order::default() }
    }

    /// Whether the next blow waits for a request that books, sends or pays.
    fn aims(&self) -> bool {
        self.world.manner.sales.is_some() && self.luck(|luck| luck.in_thousand(500))
    }

    fn process(&mut self, fate: Option<Fate>, order: &Order) -> Arc<Process> {
        self.processes += 1;
        let source = match self.settings.sync.direction {
            SyncDirection::CrmToDinero => Some(Side::Right),
            SyncDirection::DineroToCrm => Some(Side::Left),
            SyncDirection::Both { .. } => None,
        };
        let allowed = order.effects.then(|| sync_app::rules_of(&self.settings).effects());
        Arc::new(Process::new(self.processes, source, allowed, fate))
    }

    async fn run(&self, process: &Arc<Process>, order: &Order) -> Ending {
        let engine = self.engine(process);
        let rules = sync_app::rules_of(&self.settings);
        let ending = match process.live(async { engine.sync(&*rules, order).await }).await {
            None => Ending::Died,
            Some(Ok(summary)) => Ending::Done(Box::new(summary)),
            Some(Err(error)) => Ending::Failed(error),
        };
        if let Ending::Done(_) = &ending {
            self.world.state().untold.clear();
        }
        self.world.note(|| match &ending {
            Ending::Died => format!("p{} is dead", process.number),
            Ending::Failed(error) => format!("p{} failed: {error}", process.number),
            Ending::Done(summary) => format!("p{} is done: {:?}", process.number, summary.findings),
        });
        ending
    }

    fn engine(&self, process: &Arc<Process>) -> Engine {
        let clock: Arc<dyn Clock> = Arc::new(OurClock(Arc::clone(self.world)));
        let disk = Disk { world: Arc::clone(self.world), process: Arc::clone(process) };
        let manner = &self.world.manner;
        Engine {
            pair: pair(),
            connectors: connectors(self.world, process, &clock),
            store: Arc::new(Gated { inner: self.world.memory.clone(), gate: Arc::new(disk) }),
            clock,
            guids: Arc::new(OurGuids(Arc::clone(self.world))),
            events: Arc::new(Unheard),
            pace: Pace { batch: manner.batch, ..Pace::default() },
        }
    }

    fn writes(&self) -> usize {
        let state = self.world.state();
        let left = state.systems.dinero.log().iter().filter(|entry| entry.write && entry.status < 300).count();
        left + state.systems.crm.log().iter().filter(|entry| entry.write && entry.success).count()
    }

    /// The weather clears; whatever was is brought into agreement, and judged.
    async fn quiet(&mut self) {
        self.world.note(|| "all is quiet".to_owned());
        self.world.state().weather.clear();
        self.pause(60_000, 120_000).await;
        self.settle().await;
        if !matches!(self.settings.sync.direction, SyncDirection::Both { .. }) {
            let first = if self.luck(|luck| luck.in_thousand(500)) { DataPriority::Crm } else { DataPriority::Dinero };
            self.settings.sync.direction = SyncDirection::Both { first };
            self.world.note(|| format!("settings: {:?}", self.settings.sync.direction));
            self.settle().await;
        }
        let allowed = self.world.manner.sales.is_some().then(|| sync_app::rules_of(&self.settings).effects());
        oracle::judge(self.world, allowed).await;
    }

    /// Runs until nothing is written any more, for which three runs must do; then once more, and nothing may change at all.
    async fn settle(&mut self) {
        let mut silent = 0;
        for nth in 1..=MOST_RUNS + 2 {
            if self.world.manner.sales.is_some() {
                // An invoice that is read within a second of its save is read once more.
                self.pause(3_000, 5_000).await;
            }
            let (before, written) = (self.world.memory.snapshot(), self.writes());
            let order = Order { effects: self.world.manner.sales.is_some(), ..Order::default() };
            let process = self.process(None, &order);
            let ending = self.run(&process, &order).await;
            let wrote = self.writes() - written;
            match ending {
                Ending::Died => self.world.breach("a process died of nothing".to_owned()),
                Ending::Failed(error) => self.world.breach(format!("L1: run {nth} without faults failed: {error}")),
                Ending::Done(_) if wrote > 0 && silent > 0 => {
                    self.world.breach(format!("P1: nothing was to be done, and then {wrote} writes"));
                }
                Ending::Done(_) if wrote > 0 && nth > MOST_RUNS => {
                    self.world.breach(format!("L1: run {nth} without faults still wrote {wrote} times"));
                }
                Ending::Done(_) if wrote > 0 => {}
                // Our own writes come back as changes once, and move the place at which the next walk begins; what is only
                // told is told once.
                // What a system refuses is tried again, until it is given up.
                Ending::Done(summary) if silent == 0 => {
                    silent += u32::from(!summary.findings.iter().any(|(_, finding)| is_passing(&finding.matter)));
                }
                Ending::Done(_) => {
                    let mut after = self.world.memory.snapshot();
                    let jumped = self.world.state().hits.of(Fault::ServerClock) > 0;
                    if self.world.state().ours_ahead < 0 || jumped {
                        // A clock that is behind hides what was seen last from the place where the next walk begins; so it is
                        // with what was saved while another clock was ahead.
                        after.take_cursors(&before);
                    }
                    if !after.is_same(&before) {
                        self.world.breach("P1: a run that wrote nothing remembers something new".to_owned());
                        self.world.note(|| difference(&format!("{before:#?}"), &format!("{after:#?}")));
                    }
                    return;
                }
            }
        }
    }
}

/// Whether it is told now and not in the next run.
fn is_passing(matter: &Matter) -> bool {
    matter.is_notice() || matches!(matter, Matter::Refused { .. })
}

/// The lines in which two texts differ.
fn difference(before: &str, after: &str) -> String {
    let only = |one: &str, other: &str, sign: &str| -> String {
        let known: std::collections::BTreeSet<&str> = other.lines().collect();
        let lines = one.lines().filter(|line| !known.contains(line)).take(40);
        lines.map(|line| format!("{sign} {}\n", line.trim())).collect()
    };
    only(before, after, "-") + &only(after, before, "+")
}

pub(crate) fn pair() -> PairId {
    PairId::new("simulated")
}
