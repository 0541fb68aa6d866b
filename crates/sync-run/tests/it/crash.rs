//! Kills: every story is killed at every step — a journal write, a request edge, a response edge — also while clearing up after
//! a kill, and once more while clearing up after that. The end has to be the same: no duplicate, no second booking.
//!
//! `AFSTEM_CRASHES=N` tells every story N times at depths two and three, chosen by a seed; `AFSTEM_CRASHES=all` tells depth two
//! in full, and depth three by choice.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::properties::on_virtual_time;
use crate::scenarios::stories;
use crate::story::{End, Story, Told, tell};

/// How often each story is told at depth two, and at depth three.
const CHOSEN: u64 = 6;

/// Chooses evenly, the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound.max(1)
    }
}

fn told(story: &Story, kills: &[u64]) -> Told {
    on_virtual_time(tell(story, kills))
}

fn setting(name: &str) -> String {
    std::env::var_os(name).unwrap_or_default().to_string_lossy().into_owned()
}

/// All of them, or those whose name contains `AFSTEM_STORY`.
fn stories_wanted() -> impl Iterator<Item = Story> {
    let wanted = setting("AFSTEM_STORY");
    stories().into_iter().filter(move |story| story.name.contains(&wanted))
}

/// The story as it goes when nobody is killed.
fn in_peace(story: &Story) -> Told {
    let quiet = told(story, &[]);
    assert_eq!((quiet.end.unrest(), quiet.killed), (0, 0), "{}: {:#?}", story.name, quiet.end);
    quiet
}

fn told_with_the_same_end(story: &Story, kills: &[u64], quiet: &End) -> Told {
    let mut told = told(story, kills);
    told.end = told.end.without_doubtful_mails(quiet);
    assert_eq!(told.end, *quiet, "{}, killed at {kills:?}", story.name);
    told
}

#[test]
fn p24_every_story_killed_at_every_step_ends_the_same() {
    let told: Vec<(Story, Told)> = stories_wanted().map(|story| (story.clone(), in_peace(&story))).collect();
    let (next, kills) = (AtomicUsize::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some((story, quiet)) = told.get(next.fetch_add(1, Ordering::Relaxed)) {
                    for edge in 0..quiet.edges {
                        let told = told_with_the_same_end(story, &[edge], &quiet.end);
                        assert_eq!(told.killed, 1, "{}, edge {edge} of {}", story.name, quiet.edges);
                    }
                    println!("crashes: {} steps: {}", quiet.edges, story.name);
                    kills.fetch_add(quiet.edges, Ordering::Relaxed);
                }
            });
        }
    });
    let (count, kills) = (told.len(), kills.into_inner());
    println!("crashes: {count} stories, killed once at each of {kills} steps");
    assert!(count >= 50 && kills > 1000 || !setting("AFSTEM_STORY").is_empty(), "{count} stories, {kills} kills");
}

#[test]
fn p25_every_story_killed_again_while_clearing_up_ends_the_same() {
    let wanted = setting("AFSTEM_CRASHES");
    let chosen = if wanted == "all" { 16 * CHOSEN } else { wanted.parse().unwrap_or(CHOSEN) };
    // How many ways were told in which so many kills struck.
    let mut by_kills: BTreeMap<usize, u64> = BTreeMap::new();
    for (story, seed) in stories_wanted().zip(1..) {
        let quiet = in_peace(&story);
        let mut tell = |kills: &[u64]| {
            let told = told_with_the_same_end(&story, kills, &quiet.end);
            *by_kills.entry(told.killed).or_default() += 1;
            told.clearing_up
        };
        if wanted == "all" {
            for first in 0..quiet.edges {
                for second in 0..tell(&[first]) {
                    tell(&[first, second]);
                }
            }
        }
        let mut chance = Chance(seed);
        for _ in 0..chosen {
            let first = chance.below(quiet.edges);
            let second = chance.below(tell(&[first]));
            let third = chance.below(tell(&[first, second]));
            tell(&[first, second, third]);
        }
    }
    println!("crashes: ways by the number of kills that struck: {by_kills:?}");
    let enough = (1..=3).all(|kills| by_kills.get(&kills).is_some_and(|ways| *ways > 200));
    assert!(enough || !setting("AFSTEM_STORY").is_empty(), "{by_kills:?}");
}
