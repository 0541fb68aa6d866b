//! `afstem` beside the best synchronisers of files, on the same number of records and the same edits, in one run:
//! `cargo xtask bench peers`, with `-- --records 1000` for less. What can be compared and what cannot stands in
//! docs/benchmarks.md.
#![expect(clippy::print_stdout, reason = "to print is what this program is for")]
#![expect(clippy::float_arithmetic, reason = "seconds and ratios, no money")]
#![expect(clippy::expect_used, reason = "a measurement that cannot be taken has to end loudly")]

#[path = "../books.rs"]
mod books;
mod folders;
mod ours;
mod script;

use std::process::Child;
use std::time::Duration;

use books::Cost;
use folders::{Folders, Tool};
use ours::Ours;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use script::{Script, Verdict};

/// How many records the interrupted runs have, how many of them are edited, and how many runs are interrupted. An edit of
/// more than half of all records is what `afstem` takes for an accident and holds.
const INTERRUPTED: usize = 5_000;
const EDITED: usize = 2_000;
const KILLS: usize = 5;
/// Runs of which the median counts.
const ROUNDS: usize = 3;

/// How a run went on after a kill.
pub(crate) struct Resumed {
    /// What a person had to do besides calling it again.
    pub(crate) steps: usize,
}

/// Somebody who keeps two sides alike.
pub(crate) trait Contender {
    /// The first run.
    fn first(&mut self) -> Cost;
    /// A later run.
    fn sync(&mut self) -> Cost;
    /// People at work.
    fn play(&mut self, script: &Script);
    /// A later run that will not see its end.
    fn start(&mut self) -> Child;
    /// The run after that.
    fn resume(&mut self) -> Resumed;
    /// What stands now, after the script was played and carried over.
    fn judge(&self, script: &Script) -> Verdict;
}

/// Everything measured of a contender.
struct Figures {
    name: String,
    first: Cost,
    nothing: Cost,
    edits: Cost,
    verdict: Verdict,
    steps: usize,
    after_kills: Verdict,
}

fn main() {
    let records = std::env::args().skip_while(|argument| argument != "--records").nth(1);
    let records: usize = records.map_or(10_000, |text| text.parse().expect("--records N"));
    let mut all = vec![figures("afstem".to_owned(), records, |records| Box::new(Ours::of(records)))];
    for tool in Tool::ALL {
        match tool.version() {
            Some(version) => all.push(figures(version, records, |records| Box::new(Folders::of(tool, records)))),
            None => println!("NOT RUN: {} is not installed: {}", tool.name(), tool.remedy()),
        }
    }
    tell(records, &all);
}

fn figures(name: String, records: usize, contender: impl Fn(usize) -> Box<dyn Contender>) -> Figures {
    println!("{name} ...");
    let mut subject = contender(records);
    let first = subject.first();
    let nothing = median((0..ROUNDS).map(|_| subject.sync()).collect());
    let script = Script::of(records);
    subject.play(&script);
    let edits = subject.sync();
    subject.sync();
    let verdict = subject.judge(&script);
    drop(subject);
    let (steps, after_kills) = interrupted(contender(INTERRUPTED));
    Figures { name, first, nothing, edits, verdict, steps, after_kills }
}

/// Runs that carry over thousands of edits, each killed somewhere; how many steps a person had to take in all, and
/// what stands at the end.
fn interrupted(mut subject: Box<dyn Contender>) -> (usize, Verdict) {
    let mut chance = SmallRng::seed_from_u64(11);
    subject.first();
    subject.play(&Script::many(EDITED, 0));
    let whole = subject.sync().wall;
    let mut steps = 0;
    for round in 1..=KILLS {
        let script = Script::many(EDITED, round);
        subject.play(&script);
        let mut child = subject.start();
        std::thread::sleep(whole.mul_f64(chance.random_range(0.1..0.9)));
        // It may have ended already.
        let _ = child.kill();
        child.wait().expect("it can be waited for");
        steps += subject.resume().steps;
    }
    let verdict = subject.judge(&Script::many(EDITED, KILLS));
    (steps, verdict)
}

fn median(mut costs: Vec<Cost>) -> Cost {
    costs.sort_by_key(|cost| cost.wall);
    costs[costs.len() / 2]
}

fn tell(records: usize, all: &[Figures]) {
    let seconds = |wall: Duration| format!("{:.2}", wall.as_secs_f64());
    let times = |ours: Duration, theirs: Duration| format!("{:.1}", ours.as_secs_f64() / theirs.as_secs_f64());
    println!(
        "\n{records} records, half on each side. Seconds; in brackets: how many times the contender's time afstem takes."
    );
    println!("| | first | nothing to do | edits | MB | CPU of the first |\n|---|---|---|---|---|---|");
    let ours = &all[0];
    for it in all {
        println!(
            "| {} | {} ({}) | {} ({}) | {} ({}) | {} | {} |",
            it.name,
            seconds(it.first.wall),
            times(ours.first.wall, it.first.wall),
            seconds(it.nothing.wall),
            times(ours.nothing.wall, it.nothing.wall),
            seconds(it.edits.wall),
            times(ours.edits.wall, it.edits.wall),
            it.first.peak.max(it.edits.peak),
            seconds(it.first.cpu),
        );
    }
    println!(
        "\n| | lost edits | doubled | conflicts that are none | wrongly gone | unfinished |\n|---|---|---|---|---|---|"
    );
    for it in all {
        println!("| {} | {} |", it.name, row(&it.verdict));
    }
    println!("\nAfter kill -9 in {KILLS} runs over {EDITED} edits:");
    println!("| | lost edits | doubled | conflicts that are none | wrongly gone | unfinished | steps by hand |");
    println!("|---|---|---|---|---|---|---|");
    for it in all {
        println!("| {} | {} | {} |", it.name, row(&it.after_kills), it.steps);
    }
}

fn row(verdict: &Verdict) -> String {
    let Verdict { lost, doubled, spurious, wrongly_gone, unfinished } = verdict;
    format!("{lost} | {doubled} | {spurious} | {wrongly_gone} | {unfinished}")
}
