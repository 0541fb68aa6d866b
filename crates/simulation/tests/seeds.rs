//! The histories that every change has to survive; `cargo xtask simulate --seeds N --start S` plays more.

use simulation::{Detail, Fault, Season};

const SEEDS: u64 = 2_000;

#[test]
fn l1_every_history_ends_in_agreement_whatever_struck() {
    let threads = std::thread::available_parallelism().map_or(1, Into::into);
    let season = Season::of(simulation::play, 0..SEEDS, threads, Detail::Verdict, true, |_, _| {});
    assert!(season.failed.is_empty(), "seeds and what did not hold: {:#?}", season.failed);
    let never: Vec<Fault> = season.hits.never().collect();
    assert!(never.is_empty(), "never struck: {never:?}");
    let never: Vec<Fault> = season.hits.never_of_effects().collect();
    assert!(never.is_empty(), "never struck what books, sends or pays: {never:?}");
    assert_eq!(season.played, SEEDS);
}
