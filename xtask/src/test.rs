//! All tests: what they need is found or installed first, and the end says what was run and what was not.

use std::env::consts::EXE_SUFFIX;
use std::process::Command;
use std::time::Instant;

use crate::failure::Failure;
use crate::needs::{NEEDS, Need, Provided};
use crate::process;
use crate::workspace::Workspace;

/// Which tests to run.
#[derive(Debug, clap::Args)]
pub(crate) struct Wanted {
    /// Only these crates.
    #[arg(short, long)]
    package: Vec<String>,
    /// Leaves out the examples in the documentation, which are built one by one.
    #[arg(long)]
    fast: bool,
    /// Leaves out the tests that need this, knowingly.
    #[arg(long, value_parser = NEEDS.each_ref().map(|need| need.name))]
    without: Vec<String>,
}

pub(crate) fn run(workspace: &Workspace, wanted: &Wanted) -> Result<(), Failure> {
    let begun = Instant::now();
    let mut scope = Scope::of(workspace, &wanted.package)?;
    let mut provided: Vec<(&str, Provided)> = Vec::new();
    let mut summary = Vec::new();
    let mut failures = Vec::new();
    for need in scope.needs() {
        if wanted.without.iter().any(|name| name == need.name) {
            summary.push(scope.leave_out(need));
            continue;
        }
        match need.meet() {
            Ok(it) => provided.push((need.variable, it)),
            Err(failure) => {
                let lacking = format!("{} is NOT THERE: {failure}", need.name);
                println!("test: {lacking}");
                summary.push(scope.leave_out(need));
                failures.push(format!("  {lacking}\n  To go without, knowingly: --without {}", need.name));
            }
        }
    }
    for (what, mut command) in commands(workspace, &scope, wanted.fast) {
        let step = Instant::now();
        command.envs(provided.iter().map(|(variable, it)| (variable, &it.value)));
        let result = process::run(command.current_dir(&workspace.root));
        let (mark, seconds) = (if result.is_ok() { "passed" } else { "FAILED" }, step.elapsed().as_secs());
        summary.push(format!("  {mark}   {seconds:>4} s  {what}"));
        failures.extend(result.err().map(|failure| format!("  {failure}")));
    }
    if wanted.fast {
        summary.push("  NOT RUN          examples in the documentation, because of --fast".to_owned());
    }
    drop(provided);
    println!("\ntest: {} s in all\n{}", begun.elapsed().as_secs(), summary.join("\n"));
    Failure::unless_clean("test", failures)
}

/// The crates that are tested.
#[derive(Debug, PartialEq)]
struct Scope(Vec<String>);

impl Scope {
    fn of(workspace: &Workspace, only: &[String]) -> Result<Self, Failure> {
        let all: Vec<String> = workspace.packages.iter().map(|package| package.name.clone()).collect();
        if only.is_empty() {
            return Ok(Self(all));
        }
        match only.iter().find(|name| !all.contains(name)) {
            Some(name) => Err(Failure::Missing(format!("`{name}` is no crate of the workspace"))),
            None => Ok(Self(only.to_vec())),
        }
    }

    fn needs(&self) -> Vec<&'static Need> {
        let needed = |need: &&Need| self.0.iter().any(|name| need.crates.contains(&name.as_str()));
        NEEDS.iter().filter(needed).collect()
    }

    /// Takes the crates out that need it. What is left out is said, for nobody may take it for passed.
    fn leave_out(&mut self, need: &Need) -> String {
        let (left_out, rest) =
            std::mem::take(&mut self.0).into_iter().partition(|it| need.crates.contains(&it.as_str()));
        self.0 = rest;
        let left_out: Vec<String> = left_out;
        format!("  NOT RUN          all tests of {}, for want of {}", left_out.join(", "), need.name)
    }

    fn arguments(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|name| ["--package", name.as_str()]).chain(["--all-features"])
    }
}

/// What is run, with a word for the summary. Examples in the documentation need cargo's own runner.
fn commands(workspace: &Workspace, scope: &Scope, fast: bool) -> Vec<(&'static str, Command)> {
    let mut commands = Vec::new();
    let libraries = Scope(scope.0.iter().filter(|name| workspace.has_library(name)).cloned().collect());
    if !scope.0.is_empty() {
        let mut tests = process::cargo();
        let what = if has_nextest() {
            tests.args(["nextest", "run", "--no-fail-fast", "--no-tests=pass"]);
            "tests (cargo nextest)"
        } else {
            // Cargo takes it amiss to be asked for libraries where there are none.
            let library = (!libraries.0.is_empty()).then_some("--lib");
            tests.args(["test", "--no-fail-fast", "--bins", "--tests"]).args(library);
            "tests (cargo test)"
        };
        tests.args(scope.arguments());
        commands.push((what, tests));
    }
    if scope.0.iter().any(|name| name == "sync-app") {
        // Not `cargo run`: of one crate alone it would build everything again, with the features of that crate alone.
        let mut build = process::cargo();
        build.args(["build", "--quiet", "--example", "csv"]).args(scope.arguments());
        commands.push(("the worked example, built", build));
        let example = Command::new(workspace.built.join("debug/examples").join(format!("csv{EXE_SUFFIX}")));
        commands.push(("the worked example: a CSV file and Dinero", example));
    }
    if !fast && !libraries.0.is_empty() {
        let mut examples = process::cargo();
        examples.args(["test", "--no-fail-fast", "--doc"]);
        // The whole workspace has the features with which its tests were built; a part of it would build everything again.
        if scope.0.len() == workspace.packages.len() {
            examples.args(["--workspace", "--all-features"]);
        } else {
            examples.args(libraries.arguments());
        }
        commands.push(("examples in the documentation", examples));
    }
    commands
}

/// Whether cargo-nextest is there, or can be fetched ready-made. Building it would take longer than it saves.
fn has_nextest() -> bool {
    let there = || process::succeeds(process::cargo().args(["nextest", "--version"]));
    if there() {
        return true;
    }
    if process::succeeds(process::cargo().args(["binstall", "-V"])) {
        println!("test: fetching cargo-nextest with cargo binstall");
        let fetched = process::run(process::cargo().args(["binstall", "--no-confirm", "cargo-nextest"]));
        if fetched.is_ok() && there() {
            return true;
        }
    }
    println!(
        "test: cargo-nextest is NOT INSTALLED: falling back to `cargo test`, which runs the same tests more slowly"
    );
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_crates_with_an_unmet_need_are_left_out() {
        let mut scope = Scope(vec!["store-sqlite".to_owned(), "store-postgres".to_owned()]);
        let needs = scope.needs();
        assert_eq!(needs.iter().map(|need| need.name).collect::<Vec<_>>(), ["postgres"]);
        let said = scope.leave_out(needs[0]);
        assert_eq!(said, "  NOT RUN          all tests of store-postgres, for want of postgres");
        assert_eq!(scope, Scope(vec!["store-sqlite".to_owned()]));
        assert!(scope.needs().is_empty());
    }
}
