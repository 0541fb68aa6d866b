//! All tests: what they need is found or installed first, and the end says what was run.

use std::process::Command;
use std::time::Instant;

use crate::failure::Failure;
use crate::postgres::{Postgres, URL};
use crate::process;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace) -> Result<(), Failure> {
    let begun = Instant::now();
    let own = std::env::var(URL).ok().filter(|url| !url.is_empty());
    let server = if own.is_some() { None } else { Some(Postgres::start()?) };
    let url = own.unwrap_or_else(|| server.as_ref().map(Postgres::url).unwrap_or_default());
    let mut failures = Vec::new();
    let mut summary = Vec::new();
    for (what, mut command) in commands() {
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
fn commands() -> [(&'static str, Command); 2] {
    let scope = ["--workspace", "--all-features"];
    let mut tests = process::cargo();
    let what = if process::succeeds(process::cargo().args(["nextest", "--version"])) {
        tests.args(["nextest", "run", "--no-fail-fast"]).args(scope);
        "tests (cargo nextest)"
    } else {
        println!("test: cargo-nextest is not installed; falling back to cargo test");
        tests.args(["test", "--no-fail-fast", "--lib", "--bins", "--tests"]).args(scope);
        "tests (cargo test)"
    };
    let mut examples = process::cargo();
    examples.args(["test", "--no-fail-fast", "--doc"]).args(scope);
    [(what, tests), ("examples in the documentation", examples)]
}
