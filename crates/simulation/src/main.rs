//! Plays many histories on all cores and reports: `simulation --seeds N [--start S] [--diary]`.

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use simulation::{Detail, Fault, Play, Played, Season};

/// With so many seeds, every fault has to have struck.
const ENOUGH: u64 = 1_000;

/// Plays the histories of many seeds.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many.
    #[arg(long, default_value_t = 2_000)]
    seeds: u64,
    /// The first one.
    #[arg(long, default_value_t = 0)]
    start: u64,
    /// Prints everything that happened.
    #[arg(long)]
    diary: bool,
    /// How many threads play. All cores by default.
    #[arg(long)]
    threads: Option<usize>,
    /// Every history has invoices.
    #[arg(long)]
    invoices: bool,
    /// Every history has invoices, and people credit them.
    #[arg(long)]
    credit_notes: bool,
    /// Goes on after a history that failed.
    #[arg(long)]
    keep_going: bool,
}

#[expect(clippy::print_stdout, reason = "printing is what this program is for")]
fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // A panic is told with the history that it ended, and once.
    std::panic::set_hook(Box::new(|_| {}));
    let begun = Instant::now();
    let threads = arguments.threads.or_else(|| std::thread::available_parallelism().ok().map(Into::into)).unwrap_or(1);
    let detail = if arguments.diary { Detail::Diary } else { Detail::Verdict };
    let seeds = arguments.start..arguments.start + arguments.seeds;
    let (kind, as_told): (Play, &str) = match (arguments.credit_notes, arguments.invoices) {
        (true, _) => (simulation::play_with_credit_notes, " --credit-notes"),
        (false, true) => (simulation::play_with_invoices, " --invoices"),
        (false, false) => (simulation::play, ""),
    };
    let season = Season::of(kind, seeds, threads, detail, arguments.keep_going, |seed, played: &Played| {
        if arguments.diary {
            println!("seed {seed}\n{}", played.diary);
        }
        if !played.breaches.is_empty() {
            println!("seed {seed} FAILED: {:#?}", played.breaches);
            println!("  again, with everything: cargo xtask simulate --seeds 1 --start {seed}{as_told} --diary");
        }
    });
    println!("    struck  effects  fault");
    for fault in Fault::ALL {
        let effects = match Fault::OF_EFFECTS.contains(fault) {
            true => season.hits.of_effects(*fault).to_string(),
            false => "-".to_owned(),
        };
        println!("{:>10} {effects:>8}  {fault}", season.hits.of(*fault));
    }
    let of_effects = season.hits.never_of_effects().map(|fault| format!("{fault} of an effect"));
    let never: Vec<String> = season.hits.never().map(|fault| fault.to_string()).chain(of_effects).collect();
    let dead = !never.is_empty() && season.played >= ENOUGH;
    if dead {
        println!("never struck, so that nothing is proved about it: {}", never.join(", "));
    }
    println!("invoices: {}", season.dealings);
    let (failed, struck) = (season.failed.len(), season.hits.sum());
    let kinds = Fault::ALL.len() - season.hits.never().count();
    println!(
        "simulation: {} seeds from {} in {} s, {failed} failed, {struck} faults struck, {kinds} of {} kinds",
        season.played,
        arguments.start,
        begun.elapsed().as_secs(),
        Fault::ALL.len(),
    );
    if failed == 0 && !dead { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
