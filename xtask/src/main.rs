//! Checks and chores of this workspace: `cargo xtask help` names them.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a tool for the terminal")]

mod api;
mod arrows;
mod bench;
mod chromium;
mod contract;
mod coverage;
mod failure;
mod fuzz;
mod links;
mod load;
mod manifests;
mod needs;
mod planner;
mod postgres;
mod process;
mod properties;
mod rust_file;
mod simulate;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Failure;
use workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Checks and chores of this workspace")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Checks that crates depend on each other only as docs/architecture.md allows.
    Arrows,
    /// Checks the house rules that no lint knows: sizes, names, headings, links, no floats, nothing unfinished.
    Tidy,
    /// Runs all tests, with a throw-away PostgreSQL server of their own.
    Test(test::Wanted),
    /// Runs the benchmarks.
    Bench {
        /// Only benchmarks whose name contains this.
        filter: Option<String>,
        /// What the benchmarks themselves are told, after `--`.
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Shows which test proves which property of docs/properties.md, and fails where one that must have a test has none.
    Properties,
    /// Lets the planner plan generated worlds, and checks what must hold for every plan.
    Planner(planner::Wanted),
    /// Measures the branch coverage of planner and merge.
    Coverage,
    /// Plays the histories of many seeds: the whole engine on virtual time, under faults.
    Simulate(simulate::Wanted),
    /// Runs both clients' contract tests and says how much of each API they cover.
    Contract,
    /// Asks the server's API everything that its description allows; installs schemathesis where it is missing.
    Api(api::Wanted),
    /// Puts the server under load: many connections, many viewers, a run going on.
    Load,
    /// Runs all fuzz targets for a while; installs a nightly compiler and cargo-fuzz where they are missing.
    Fuzz(fuzz::Wanted),
}

fn main() -> ExitCode {
    match run(&Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task) -> Result<(), Failure> {
    let workspace = Workspace::load()?;
    match task {
        Task::Arrows => arrows::check(&workspace),
        Task::Tidy => tidy::check(&workspace),
        Task::Test(wanted) => test::run(&workspace, wanted),
        Task::Bench { filter, arguments } => bench::run(&workspace, filter.as_deref(), arguments),
        Task::Properties => properties::check(&workspace),
        Task::Planner(wanted) => planner::run(&workspace, wanted),
        Task::Coverage => coverage::run(&workspace),
        Task::Simulate(wanted) => simulate::run(&workspace, wanted),
        Task::Contract => contract::run(&workspace),
        Task::Api(wanted) => api::run(&workspace, wanted),
        Task::Load => load::run(&workspace),
        Task::Fuzz(wanted) => fuzz::run(&workspace, wanted),
    }
}
