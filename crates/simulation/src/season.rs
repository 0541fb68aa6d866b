//! Many histories, on all cores.

use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::{Dealings, Detail, Hits, Played};

/// Every so many seeds one is played twice and compared byte for byte.
const TWICE_EVERY: u64 = 100;

/// One of the two ways to play a history.
pub type Play = fn(u64, Detail) -> Played;

/// What became of many histories.
#[derive(Debug, Default)]
pub struct Season {
    /// How many were played.
    pub played: u64,
    /// How often each fault struck.
    pub hits: Hits,
    /// What happened to invoices.
    pub dealings: Dealings,
    /// The seeds that failed, and what did not hold.
    pub failed: BTreeMap<u64, Vec<String>>,
}

impl Season {
    /// Plays the histories of `seeds`, in one of the two ways, on so many threads, and tells of each that failed, or of all when there is a diary.
    /// Unless it `goes_on`, it ends with the first that failed.
    pub fn of(
        play: Play,
        seeds: Range<u64>,
        threads: usize,
        detail: Detail,
        goes_on: bool,
        tell: impl Fn(u64, &Played) + Sync,
    ) -> Self {
        let (next, stop, season) = (AtomicU64::new(seeds.start), AtomicBool::new(false), Mutex::new(Self::default()));
        std::thread::scope(|scope| {
            for _ in 0..threads.max(1) {
                scope.spawn(|| {
                    while !stop.load(Ordering::Relaxed) {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= seeds.end {
                            break;
                        }
                        let played = one(play, seed, detail);
                        let mut season = season.lock().unwrap_or_else(PoisonError::into_inner);
                        season.played += 1;
                        season.hits.add(&played.hits);
                        season.dealings.add(&played.dealings);
                        if !played.breaches.is_empty() || !played.diary.is_empty() {
                            tell(seed, &played);
                        }
                        if !played.breaches.is_empty() {
                            season.failed.insert(seed, played.breaches);
                            stop.store(!goes_on, Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        season.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Plays one history, some of them twice.
fn one(play: Play, seed: u64, detail: Detail) -> Played {
    let twice = seed.is_multiple_of(TWICE_EVERY);
    let closely = if twice { Detail::Diary } else { detail };
    let mut played = caught(play, seed, closely);
    if twice && caught(play, seed, closely) != played {
        played.breaches.push("the same seed played another history".to_owned());
    }
    if detail == Detail::Verdict {
        played.diary.clear();
    }
    played
}

/// A history that panics has failed, like any other that breaks a promise.
fn caught(play: Play, seed: u64, detail: Detail) -> Played {
    catch_unwind(AssertUnwindSafe(|| play(seed, detail))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default();
        Played {
            breaches: vec![format!("panicked: {text}")],
            hits: Hits::default(),
            dealings: Dealings::default(),
            diary: String::new(),
        }
    })
}
