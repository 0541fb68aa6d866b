//! Generated worlds for the planner alone: many in every test run, more here.

use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

/// How many worlds.
#[derive(Debug, clap::Args)]
pub(crate) struct Wanted {
    /// How many worlds are planned.
    #[arg(long, default_value_t = 1_000_000)]
    cases: u64,
    /// The first one.
    #[arg(long, default_value_t = 0)]
    start: u64,
}

pub(crate) fn run(workspace: &Workspace, wanted: &Wanted) -> Result<(), Failure> {
    let mut command = process::cargo();
    command.current_dir(&workspace.root).args(["test", "--package", "reconcile", "--all-features", "--test", "it"]);
    command.args(["--", "--nocapture", "generated"]);
    command.env("AFSTEM_PLANNER_CASES", wanted.cases.to_string());
    command.env("AFSTEM_PLANNER_START", wanted.start.to_string());
    process::run(&mut command)
}
