//! Many histories of the whole engine, each from a seed; what they prove is in docs/simulation.md.

use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

/// Which histories.
#[derive(Debug, clap::Args)]
pub(crate) struct Wanted {
    /// How many.
    #[arg(long, default_value_t = 2_000)]
    seeds: u64,
    /// The first one.
    #[arg(long, default_value_t = 0)]
    start: u64,
    /// Prints everything that happened.
    #[arg(long)]
    diary: bool,
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

pub(crate) fn run(workspace: &Workspace, wanted: &Wanted) -> Result<(), Failure> {
    let mut command = process::cargo();
    command.current_dir(&workspace.root).args(["run", "--quiet", "--package", "simulation", "--"]);
    command.args(["--seeds", &wanted.seeds.to_string(), "--start", &wanted.start.to_string()]);
    command.args(wanted.invoices.then_some("--invoices")).args(wanted.credit_notes.then_some("--credit-notes"));
    command.args(wanted.diary.then_some("--diary")).args(wanted.keep_going.then_some("--keep-going"));
    process::run(&mut command)
}
