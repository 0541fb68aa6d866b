//! Branch coverage of the judgement: planner, merge, matching and undo, by their own tests.
//!
//! Branches are counted by the compiler itself, which calls that unstable: a wrapper switches it on for the judgement and for
//! the test programs alone, so that everything else is as fast as ever. The figures are read by the compiler's own tools.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

const CRATE: &str = "reconcile";

/// Every way has to be gone, but not in every case: whether the cases are all right is for the tests themselves to say.
const FEW: [(&str, &str); 2] = [("AFSTEM_STRIDE", "49"), ("AFSTEM_PLANNER_CASES", "5000")];

/// What the compiler is asked for in addition. A test program has to bring what writes the counts down.
fn wrapper() -> String {
    format!(
        r#"#!/bin/sh
case "$*" in
    *"--crate-name {CRATE} "* | *" --test "*)
        RUSTC_BOOTSTRAP=1 exec "$@" -Cinstrument-coverage -Zcoverage-options=branch ;;
    *) exec "$@" ;;
esac
"#
    )
}

#[derive(Debug, Deserialize)]
struct Report {
    data: Vec<Data>,
}

#[derive(Debug, Deserialize)]
struct Data {
    files: Vec<File>,
}

#[derive(Debug, Deserialize)]
struct File {
    filename: String,
    /// Line, column, times true, times false, …
    branches: Vec<Vec<u64>>,
    summary: Summary,
}

#[derive(Debug, Deserialize)]
struct Summary {
    branches: Count,
    regions: Count,
    lines: Count,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
struct Count {
    count: u64,
    covered: u64,
}

impl Count {
    fn add(&mut self, other: Self) {
        self.count += other.count;
        self.covered += other.covered;
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let permille = (self.covered * 1000).checked_div(self.count).unwrap_or(1000);
        write!(f, "{:>5} of {:>5} {:>3}.{} %", self.covered, self.count, permille / 10, permille % 10)
    }
}

/// Runs the tests of the judgement and prints what of it they reached; fails where a branch was never taken.
pub(crate) fn run(workspace: &Workspace) -> Result<(), Failure> {
    let tools = tools()?;
    let directory = workspace.root.join("target/coverage");
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).map_err(|error| Failure::file(&directory, &error.to_string()))?;
    let wrapper = directory.join("rustc.sh");
    fs::write(&wrapper, self::wrapper())
        .and_then(|()| fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755)))
        .map_err(|error| Failure::file(&wrapper, &error.to_string()))?;
    let tests = |command: &mut Command| {
        command.current_dir(&workspace.root).env("RUSTC_WORKSPACE_WRAPPER", &wrapper);
        command.env("LLVM_PROFILE_FILE", directory.join("%p-%m.profraw"));
        command.envs(FEW).args(["test", "--package", CRATE, "--lib", "--test", "it"]);
    };
    let mut build = process::cargo();
    tests(&mut build);
    let binaries = binaries(&process::output(build.args(["--no-run", "--message-format", "json"]))?);
    let mut run = process::cargo();
    tests(&mut run);
    process::run(&mut run)?;
    let profile = directory.join("all.profdata");
    let raw = fs::read_dir(&directory).map_err(|error| Failure::file(&directory, &error.to_string()))?;
    let raw = raw.filter_map(Result::ok).map(|entry| entry.path());
    let raw = raw.filter(|path| path.extension().is_some_and(|it| it == "profraw"));
    let mut merge = Command::new(tools.join("llvm-profdata"));
    process::run(merge.args(["merge", "--sparse", "--output"]).arg(&profile).args(raw))?;
    let mut export = Command::new(tools.join("llvm-cov"));
    export.arg("export").arg("--instr-profile").arg(&profile);
    for binary in &binaries {
        export.arg("--object").arg(binary);
    }
    export.arg("--sources").arg(workspace.root.join("crates").join(CRATE).join("src"));
    let report: Report = serde_json::from_str(&process::output(&mut export)?)
        .map_err(|error| Failure::Missing(format!("llvm-cov said something else than expected: {error}")))?;
    show(workspace, &report)
}

/// The directory of llvm-cov and llvm-profdata that belong to the compiler.
fn tools() -> Result<PathBuf, Failure> {
    let find = || -> Result<Option<PathBuf>, Failure> {
        let path = process::output(Command::new("rustc").args(["--print", "target-libdir"]))?;
        let tools = Path::new(path.trim()).with_file_name("bin");
        Ok(tools.join("llvm-cov").exists().then_some(tools))
    };
    if let Some(tools) = find()? {
        return Ok(tools);
    }
    let _ = process::run(Command::new("rustup").args(["component", "add", "llvm-tools"]));
    let missing = "coverage: NOT RUN: llvm-cov is missing, and `rustup component add llvm-tools` does not bring it";
    find()?.ok_or_else(|| Failure::Missing(missing.to_owned()))
}

/// The test programs that cargo says it made.
fn binaries(messages: &str) -> Vec<String> {
    let executable = |line: &str| -> Option<String> {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        message.get("executable")?.as_str().map(str::to_owned)
    };
    messages.lines().filter_map(executable).collect()
}

fn show(workspace: &Workspace, report: &Report) -> Result<(), Failure> {
    let mut totals = [Count::default(); 3];
    let mut never = Vec::new();
    println!("\n{:<24} {:<22} {:<22} lines", "", "branches", "regions");
    for file in report.data.iter().flat_map(|data| &data.files) {
        let counts = [file.summary.branches, file.summary.regions, file.summary.lines];
        totals.iter_mut().zip(counts).for_each(|(total, count)| total.add(count));
        let path = Path::new(&file.filename);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        println!("{name:<24} {} {} {}", counts[0], counts[1], counts[2]);
        never.extend(
            never_taken(&file.branches)
                .into_iter()
                .map(|(line, column, way)| format!("  {}:{line}:{column} was never {way}", workspace.shown(path))),
        );
    }
    println!("{:<24} {} {} {}", "in all", totals[0], totals[1], totals[2]);
    never.sort();
    never.dedup();
    Failure::unless_clean("coverage", never)
}

/// The branches of which one way was never gone, in no copy of the function.
fn never_taken(branches: &[Vec<u64>]) -> Vec<(u64, u64, bool)> {
    let mut ways = std::collections::BTreeMap::<(u64, u64), (u64, u64)>::new();
    for branch in branches {
        if let [line, column, _, _, taken, left, ..] = branch.as_slice() {
            let counts = ways.entry((*line, *column)).or_default();
            counts.0 += taken;
            counts.1 += left;
        }
    }
    let mut never = Vec::new();
    for ((line, column), (taken, left)) in ways {
        never.extend([(taken, true), (left, false)].into_iter().filter(|it| it.0 == 0).map(|it| (line, column, it.1)));
    }
    never
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_covered_when_some_copy_of_it_went_each_way() {
        let one_way = vec![7, 9, 7, 20, 3, 0, 0, 0, 4];
        let other_way = vec![7, 9, 7, 20, 0, 5, 0, 0, 4];
        let never = vec![8, 1, 8, 4, 0, 0, 0, 0, 4];
        assert_eq!(never_taken(&[one_way.clone(), never]), [(7, 9, false), (8, 1, true), (8, 1, false)]);
        assert_eq!(never_taken(&[one_way, other_way]), []);
    }

    #[test]
    fn a_count_is_shown_as_a_share() {
        assert_eq!(Count { count: 8, covered: 7 }.to_string(), "    7 of     8  87.5 %");
        assert_eq!(Count::default().to_string(), "    0 of     0 100.0 %");
    }
}
