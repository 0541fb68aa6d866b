//! All tests: what they need is found or installed first, and the end says what was run.

use std::process::Command;
use std::time::Instant;

use crate::failure::Failure;
use crate::postgres::{Postgres, URL};
use crate::process;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, only: &[String]) -> Result<(), Failure> {
    let begun = Instant::now();
    let own = std::env::var(URL).ok().filter(|url| !url.is_empty());
    let server = if own.is_some() { None } else { Some(Postgres::start()?) };
    let url = own.unwrap_or_else(|| server.as_ref().map(Postgres::url).unwrap_or_default());
    let mut failures = Vec::new();
    let mut summary = Vec::new();
    for (what, mut command) in commands(workspace, only) {
        let step = Instant::now();
        let result = process::run(command.current_dir(&workspace.root).env(URL, &url));
        let (mark, seconds) = (if result.is_ok() { "passed" } else { "FAILED" }, step.elapsed().as_secs());
        summary.push(format!("  {mark}  {seconds:>4} s  {what}"));
        failures.extend(result.err().map(|failure| format!("  {failure}")));
    }
    drop(server);
    println!("\ntest: {} s in all, PostgreSQL included\n{}", begun.elapsed().as_secs(), summary.join("\n"));
    Failure::unless_clean("test", failures)
}

/// What is run, with a word for the summary. Examples in the documentation need cargo's own runner.
fn commands(workspace: &Workspace, only: &[String]) -> Vec<(&'static str, Command)> {
    let mut tests = process::cargo();
    let what = if process::succeeds(process::cargo().args(["nextest", "--version"])) {
        tests.args(["nextest", "run", "--no-fail-fast"]);
        "tests (cargo nextest)"
    } else {
        println!("test: cargo-nextest is not installed; falling back to cargo test");
        tests.args(["test", "--no-fail-fast", "--lib", "--bins", "--tests"]);
        "tests (cargo test)"
    };
    tests.args(scope(only));
    let mut commands = vec![(what, tests)];
    let libraries: Vec<String> = only.iter().filter(|name| workspace.has_library(name)).cloned().collect();
    if only.is_empty() || !libraries.is_empty() {
        let mut examples = process::cargo();
        examples.args(["test", "--no-fail-fast", "--doc"]).args(scope(&libraries));
        commands.push(("examples in the documentation", examples));
    }
    commands
}

fn scope(packages: &[String]) -> Vec<&str> {
    let named = packages.iter().flat_map(|name| ["--package", name.as_str()]);
    let all = packages.is_empty().then_some("--workspace");
    all.into_iter().chain(named).chain(["--all-features"]).collect()
}
