//! Everything there is: both systems, our database, the clocks, the weather, and what became known of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sandbox::simplycrm::{CustomFields, Profile, SimplyCrm, Version};
use serde_json::Value;
use sync_app::{Deletes, Settings};
use sync_model::Side;
use sync_run::conformance::MemoryStore;
use sync_run::{Clock, Guids};
use uuid::Uuid;

use crate::chance::Chance;
use crate::fault::{Fault, Hits};
use crate::ledger::{Edit, Thing};
use crate::sale::{self, Sales};
use crate::subject::Systems;
use crate::watch::Books;

/// The moment at which every history begins.
const BEGIN: i64 = 1_790_000_000;

/// How often each fault strikes where it can, in a thousand. What is not in it does not strike.
pub(crate) type Weather = BTreeMap<Fault, u64>;

/// Everything there is.
#[derive(Debug)]
pub(crate) struct World {
    /// Different for each history that this process plays.
    pub(crate) number: u64,
    began: tokio::time::Instant,
    pub(crate) memory: MemoryStore,
    /// How our database, the lists and the limits are in this history.
    pub(crate) manner: Manner,
    guids: AtomicU64,
    state: Mutex<State>,
}

/// What stays the same for one history.
#[derive(Debug, Clone)]
pub(crate) struct Manner {
    pub(crate) seed: u64,
    pub(crate) modules: Vec<String>,
    pub(crate) per_minute: u32,
    pub(crate) page: u32,
    pub(crate) batch: usize,
    /// Whether the CRM has a field for our mark. Without it a lost answer is cleared up by the record's name, and nobody
    /// renames.
    pub(crate) marks: bool,
    pub(crate) deletes: Deletes,
    /// How invoices are, where there are any.
    pub(crate) sales: Option<Sales>,
}

/// How many histories have invoices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Share {
    /// As many as there is time for when thousands are played: such histories are long.
    Some,
    /// All.
    All,
    /// All, and some are credited.
    Credited,
}

impl Share {
    fn in_thousand(self) -> u64 {
        match self {
            Self::Some => 120,
            Self::All | Self::Credited => 1_000,
        }
    }
}

/// What changes.
pub(crate) struct State {
    pub(crate) systems: Systems,
    pub(crate) things: Vec<Thing>,
    pub(crate) ledger: Vec<Edit>,
    /// When each list, by side and kind, was last asked for and came back as it was.
    pub(crate) looked: BTreeMap<(Side, String), u64>,
    /// Things of which we made a record there since a run last came to its end: what became of that may not be known yet.
    pub(crate) untold: BTreeSet<(usize, Side)>,
    /// When we last wrote each record, by side and id.
    pub(crate) written: BTreeMap<(Side, String), u64>,
    /// Whether edits at the target of a one-way direction were ever written over on purpose.
    pub(crate) mirrored: bool,
    /// Whether a list ever left something out.
    pub(crate) lists_lied: bool,
    /// Every version of a record that a list showed, with its time.
    pub(crate) shown: BTreeMap<(Side, String), Vec<(String, Value)>>,
    /// The last page of each list.
    pub(crate) pages: BTreeMap<(Side, String), bytes::Bytes>,
    pub(crate) weather: Weather,
    pub(crate) luck: Chance,
    travel: Chance,
    pub(crate) hits: Hits,
    /// Seconds that our clock is ahead.
    pub(crate) ours_ahead: i64,
    /// Seconds that each system's clock is ahead.
    pub(crate) theirs_ahead: [i64; 2],
    breaches: BTreeSet<String>,
    diary: Option<String>,
    /// What became of invoices.
    pub(crate) books: Books,
    /// Values typed so far.
    pub(crate) typed: u64,
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("State")
    }
}

impl World {
    pub(crate) fn of(seed: u64, keeps_diary: bool, invoices: Share) -> Arc<Self> {
        let mut chance = Chance::of(seed, 1);
        let modules: &[&str] = match chance.below(10) {
            0..6 => &["organisations"],
            6 => &["contacts"],
            7 => &["products"],
            8 => &["organisations", "products"],
            _ => &["organisations", "contacts", "products"],
        };
        let marks = !chance.in_thousand(150);
        let mut profile = Profile::simply();
        profile.version = *chance.pick(&[Version::V7, Version::V7, Version::V8, Version::V6]).unwrap_or(&Version::V7);
        profile.revise = profile.version != Version::V6;
        if !marks {
            profile = profile.with_custom_fields(CustomFields::Absent);
        }
        let mut dinero = sandbox::dinero::Dinero::new(4711, "Prøvefirma ApS");
        dinero.times_with_zone = chance.in_thousand(300);
        let per_minute = *chance.pick(&[60, 60, 20, 9]).unwrap_or(&60);
        dinero.requests_per_minute = per_minute;
        // Thrown apart, so that histories without invoices are what they would be if there were none anywhere.
        let sales = sales(&mut Chance::of(seed, 4), invoices);
        let modules = match &sales {
            Some(sales) if sales.to_persons => &["contacts", "products", "invoices"],
            Some(_) => &["organisations", "products", "invoices"],
            None => modules,
        };
        let manner = Manner {
            seed,
            modules: modules.iter().map(|name| (*name).to_owned()).collect(),
            per_minute,
            page: *chance.pick(&[1000, 2, 3]).unwrap_or(&1000),
            batch: usize::try_from(*chance.pick(&[32, 4, 1]).unwrap_or(&32)).unwrap_or(32),
            marks,
            deletes: if chance.in_thousand(300) { Deletes::Approve } else { Deletes::Keep },
            sales,
        };
        let mut crm = SimplyCrm::new(profile);
        if let Some(sales) = &manner.sales {
            sales.equip(&mut dinero, &mut crm);
        }
        let state = State {
            systems: Systems { dinero, crm },
            things: Vec::new(),
            ledger: Vec::new(),
            looked: BTreeMap::new(),
            untold: BTreeSet::new(),
            written: BTreeMap::new(),
            mirrored: false,
            lists_lied: false,
            shown: BTreeMap::new(),
            pages: BTreeMap::new(),
            weather: Weather::new(),
            luck: Chance::of(seed, 2),
            travel: Chance::of(seed, 3),
            hits: Hits::default(),
            ours_ahead: 0,
            theirs_ahead: [0, 0],
            breaches: BTreeSet::new(),
            diary: keeps_diary.then(String::new),
            books: Books::default(),
            typed: 100,
        };
        static HISTORIES: AtomicU64 = AtomicU64::new(0);
        Arc::new(Self {
            number: HISTORIES.fetch_add(1, Ordering::Relaxed),
            began: tokio::time::Instant::now(),
            memory: MemoryStore::default(),
            manner,
            guids: AtomicU64::new(0),
            state: Mutex::new(state),
        })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Milliseconds since the history began.
    pub(crate) fn elapsed(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn ahead(&self, seconds: i64) -> DateTime<Utc> {
        let begin = DateTime::from_timestamp(BEGIN, 0).unwrap_or_default();
        begin + TimeDelta::from_std(self.began.elapsed()).unwrap_or_default() + TimeDelta::seconds(seconds)
    }

    /// What a system's clock shows.
    pub(crate) fn time_at(&self, state: &State, side: Side) -> DateTime<Utc> {
        self.ahead(state.theirs_ahead[side as usize])
    }

    /// A request, or its answer, is on its way.
    pub(crate) async fn travel(&self) {
        let milliseconds = self.state().travel.between(2, 250);
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }

    pub(crate) fn breach(&self, what: String) {
        self.note(|| format!("BREACH {what}"));
        self.state().breaches.insert(what);
    }

    /// Writes into the diary, if one is kept.
    pub(crate) fn note(&self, what: impl FnOnce() -> String) {
        let at = self.elapsed();
        if let Some(diary) = &mut self.state().diary {
            let _ = writeln!(diary, "{:>5}.{:03} {}", at / 1000, at % 1000, what());
        }
    }

    /// What broke, how often faults struck, and the diary.
    pub(crate) fn end(&self) -> (Vec<String>, Hits, String) {
        let mut state = self.state();
        let breaches = std::mem::take(&mut state.breaches).into_iter().collect();
        (breaches, state.hits.clone(), state.diary.take().unwrap_or_default())
    }
}

impl State {
    pub(crate) fn breached(&mut self, what: String) {
        self.breaches.insert(what);
    }

    pub(crate) fn diary_line(&mut self) -> Option<&mut String> {
        self.diary.as_mut()
    }

    /// Whether `fault` strikes now; then it is counted.
    pub(crate) fn strikes(&mut self, fault: Fault) -> bool {
        self.strikes_so_often(fault, 1, false)
    }

    /// Whether `fault` strikes a request that books, sends or pays. There are few of those, and much hangs on them.
    pub(crate) fn strikes_effect(&mut self, fault: Fault) -> bool {
        // A web page strikes a sixth as often elsewhere as the other faults.
        let times = if fault == Fault::WebPage { 360 } else { 60 };
        self.strikes_so_often(fault, times, true)
    }

    fn strikes_so_often(&mut self, fault: Fault, times: u64, of_an_effect: bool) -> bool {
        let Some(often) = self.weather.get(&fault).copied() else { return false };
        let strikes = self.luck.in_thousand(often * times);
        if strikes {
            self.hits.count(fault, of_an_effect);
        }
        strikes
    }
}

/// Our clock.
#[derive(Debug)]
pub(crate) struct OurClock(pub(crate) Arc<World>);

impl Clock for OurClock {
    fn now(&self) -> DateTime<Utc> {
        let seconds = self.0.state().ours_ahead;
        self.0.ahead(seconds)
    }
}

/// Guids in a row, different for each seed.
#[derive(Debug)]
pub(crate) struct OurGuids(pub(crate) Arc<World>);

impl Guids for OurGuids {
    fn next(&self) -> Uuid {
        let nth = self.0.guids.fetch_add(1, Ordering::Relaxed) + 1;
        Uuid::from_u128(u128::from(self.0.manner.seed) << 64 | 0x8000_0000_0000_0000 | u128::from(nth))
    }
}

/// How invoices are in a history, if it has any.
fn sales(chance: &mut Chance, share: Share) -> Option<Sales> {
    chance.in_thousand(share.in_thousand()).then(|| Sales {
        vat_by_line: chance.in_thousand(200),
        rounds: chance.in_thousand(300),
        closed_until: chance.in_thousand(250).then(|| sale::day(0) + TimeDelta::days(30)),
        to_persons: chance.in_thousand(200),
        credited: share == Share::Credited,
    })
}

/// An `afstem.toml` for the pair; only what it says of the run counts.
pub(crate) fn settings(manner: &Manner) -> Settings {
    let text =
        sync_app::sandbox_settings("http://localhost", "http://localhost", "sqlite://memory", sync_app::Language::En);
    let parsed = Settings::parse("afstem.toml", &text, &[], &|name| Err(name.to_owned()));
    let mut settings = parsed.expect("the settings of the sandboxes are well-formed");
    settings.sync.modules.clone_from(&manner.modules);
    settings.sync.deletes = manner.deletes;
    if let Some(sales) = &manner.sales {
        sales.configure(&mut settings);
    }
    settings
}
