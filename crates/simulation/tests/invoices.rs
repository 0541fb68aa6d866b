//! What is promised of invoices, each promise over histories of its own: people at both desks, runs that book, send and pay,
//! every fault. A promise is proved only where there was something to break.

use simulation::{Dealings, Detail, Fault, Play, Season, play_with_credit_notes, play_with_invoices};

/// How many histories each promise is tried on.
const SEEDS: u64 = 24;

/// Plays the histories from `start`; none may break anything, and so much has to have happened.
fn holds(start: u64, property: &str, happened: impl Fn(&Dealings) -> u64) {
    holds_where(play_with_invoices, start, property, happened);
}

/// The same, of histories that are played so.
fn holds_where(play: Play, start: u64, property: &str, happened: impl Fn(&Dealings) -> u64) -> Season {
    let threads = std::thread::available_parallelism().map_or(1, Into::into);
    let seeds = start..start + SEEDS;
    let season = Season::of(play, seeds, threads, Detail::Verdict, true, |_, _| {});
    assert!(season.failed.is_empty(), "{property}: seeds and what did not hold: {:#?}", season.failed);
    let happened = happened(&season.dealings);
    assert!(happened > 0, "{property}: nothing happened that could have broken it: {}", season.dealings);
    season
}

#[test]
fn p30_no_invoice_is_made_before_its_customer_and_goods() {
    holds(1_000_000, "P30", |dealings| dealings.made);
}

#[test]
fn p34_an_invoice_is_booked_sent_and_paid_at_most_once_and_only_when_asked_for() {
    let done = |dealings: &Dealings| dealings.booked.min(dealings.sent).min(dealings.paid);
    let season = holds_where(play_with_invoices, 2_000_000, "P34", done);
    assert!(season.hits.of_effects(Fault::WebPage) > 0, "no web page answered what books, sends or pays");
}

#[test]
fn p35_what_is_booked_stays_as_it_is_and_an_edit_is_told() {
    holds(3_000_000, "P35", |dealings| dealings.frozen.min(dealings.proposals));
}

#[test]
fn p36_nothing_is_booked_that_comes_to_something_else_elsewhere() {
    holds(4_000_000, "P36", |dealings| dealings.booked.min(dealings.off));
}

#[test]
fn p38_no_more_is_credited_than_was_invoiced_and_the_same_on_both_sides() {
    holds_where(play_with_credit_notes, 9_000_000, "P38", |dealings| dealings.credited);
}

#[test]
fn p39_a_rate_or_an_account_without_a_mapping_travels_nowhere() {
    holds(8_000_000, "P39", |dealings| dealings.unmapped);
}

#[test]
fn p40_the_crm_shows_dineros_number_once_it_is_one() {
    holds(6_000_000, "P40", |dealings| dealings.numbered);
}

#[test]
fn p41_nothing_is_written_into_a_closed_period() {
    holds(7_000_000, "P41", |dealings| dealings.closed);
}
