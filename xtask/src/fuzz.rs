//! Runs every fuzz target for a while, and says what was run and what was not. Fuzzing needs a nightly compiler and cargo-fuzz,
//! which are installed where that is possible.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use serde::Deserialize;

use crate::failure::Failure;
use crate::process;
use crate::workspace::{Workspace, read};

#[derive(Debug, clap::Args)]
pub(crate) struct Wanted {
    /// How long each target runs.
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// Only targets whose name contains this.
    filter: Option<String>,
}

/// One target: the directory of its crate, and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Target {
    directory: PathBuf,
    name: String,
}

/// What a target did, in the fuzzer's own figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Figures {
    runs: u64,
    /// Edges of the program that were reached.
    edges: u64,
}

pub(crate) fn run(workspace: &Workspace, wanted: &Wanted) -> Result<(), Failure> {
    let mut targets = targets(workspace)?;
    targets.retain(|target| wanted.filter.as_ref().is_none_or(|part| target.name.contains(part)));
    if targets.is_empty() {
        return Err(Failure::Missing(
            "no fuzz target of that name; they are in the crates' fuzz/Cargo.toml".to_owned(),
        ));
    }
    if let Err(failure) = prepare() {
        let names: Vec<&str> = targets.iter().map(|target| target.name.as_str()).collect();
        let names = names.join(", ");
        return Err(Failure::Missing(format!("fuzz: NOT RUN: {names}\n  what they need cannot be had: {failure}")));
    }
    let (mut summary, mut failures) = (Vec::new(), Vec::new());
    for target in &targets {
        println!("fuzz: {} for {} s", target.name, wanted.seconds);
        let begun = Instant::now();
        let (mark, figures) = match target.fuzz(workspace, wanted.seconds) {
            Ok(figures) => ("fine  ", figures),
            Err(failure) => {
                failures.push(format!("  {}: {failure}", target.name));
                ("FAILED", Figures::default())
            }
        };
        let (seconds, Figures { runs, edges }) = (begun.elapsed().as_secs(), figures);
        summary.push(format!("  {mark} {seconds:>5} s {runs:>11} runs {edges:>6} edges  {}", target.name));
    }
    println!("\nfuzz: {} targets\n{}", targets.len(), summary.join("\n"));
    Failure::unless_clean("fuzz", failures)
}

/// The targets of all crates that have some.
fn targets(workspace: &Workspace) -> Result<Vec<Target>, Failure> {
    #[derive(Deserialize)]
    struct Manifest {
        bin: Vec<Bin>,
    }
    #[derive(Deserialize)]
    struct Bin {
        name: String,
    }
    let mut targets = Vec::new();
    for package in &workspace.packages {
        let directory = package.manifest_path.with_file_name("fuzz");
        let path = directory.join("Cargo.toml");
        if path.exists() {
            let manifest: Manifest = toml::from_str(&read(&path)?).map_err(|error| Failure::file(&path, &error))?;
            targets.extend(manifest.bin.into_iter().map(|bin| Target { directory: directory.clone(), name: bin.name }));
        }
    }
    Ok(targets)
}

fn nightly() -> Command {
    let mut command = Command::new("rustup");
    // What the outer cargo set would lead back to its own compiler.
    command.env_remove("CARGO").env_remove("RUSTC").env_remove("RUSTUP_TOOLCHAIN").args(["run", "nightly", "cargo"]);
    command
}

fn prepare() -> Result<(), Failure> {
    if !process::succeeds(nightly().arg("--version")) {
        println!("fuzz: installing a nightly compiler");
        process::run(Command::new("rustup").args(["toolchain", "install", "nightly", "--profile", "minimal"]))?;
    }
    if !process::succeeds(nightly().args(["fuzz", "--version"])) {
        println!("fuzz: installing cargo-fuzz");
        process::run(nightly().args(["install", "cargo-fuzz", "--locked"]))?;
    }
    Ok(())
}

impl Target {
    /// Builds and runs it. New inputs go to a directory of their own, so that the corpus in the repository stays small.
    fn fuzz(&self, workspace: &Workspace, seconds: u32) -> Result<Figures, Failure> {
        let output = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace.root.join("target"), PathBuf::from);
        let output = workspace.root.join(output).join("fuzz");
        let found = output.join("corpus").join(&self.name);
        fs::create_dir_all(&found).map_err(|error| Failure::file(&found, &error))?;
        let log = output.join(format!("{}.log", self.name));
        let file = File::create(&log).map_err(|error| Failure::file(&log, &error))?;
        let mut command = nightly();
        // No sanitiser: our crates forbid unsafe code, and without one the fuzzer gets further.
        command.args(["fuzz", "run", "--sanitizer", "none", "--target-dir"]).arg(&output);
        command.arg("--fuzz-dir").arg(&self.directory).arg(&self.name);
        command.arg(&found).arg(self.directory.join("corpus").join(&self.name));
        command.args(["--", "-print_final_stats=1", "-timeout=10", "-rss_limit_mb=1024"]);
        command.arg(format!("-max_total_time={seconds}"));
        command.current_dir(&workspace.root).stderr(Stdio::from(file));
        let result = process::run(&mut command);
        let said = read_lossy(&log)?;
        result.map_err(|_| Failure::Missing(format!("{}\n  all of it: {}", complaint(&said), log.display())))?;
        let figures = figures(&said).filter(|figures| figures.runs > 0);
        figures.ok_or_else(|| Failure::Missing(format!("NOT RUN: it gave no figures; see {}", log.display())))
    }
}

fn read_lossy(path: &Path) -> Result<String, Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::file(path, &error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The figures that a fuzzer ends with.
fn figures(said: &str) -> Option<Figures> {
    let number = |line: &str, before: &str| line.split(before).nth(1)?.split_whitespace().next()?.parse().ok();
    let runs = said.lines().find_map(|line| number(line, "stat::number_of_executed_units:"))?;
    let edges = said.lines().rev().find_map(|line| number(line, "cov:"))?;
    Some(Figures { runs, edges })
}

/// The lines in which a fuzzer, or the compiler, says what is wrong.
fn complaint(said: &str) -> String {
    let telling = |line: &&str| {
        ["panicked at", "SUMMARY", "Test unit written", "error"].iter().any(|sign| line.contains(sign))
            || line.starts_with("artifact_prefix")
    };
    said.lines().filter(telling).take(8).collect::<Vec<_>>().join("\n  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_those_at_the_end() {
        let said = "#2\tINITED cov: 12 ft: 3\n#411197\tDONE   cov: 930 ft: 3129 corp: 525/53Kb\n\
                    Done 411197 runs in 16 second(s)\nstat::number_of_executed_units: 411197\n";
        assert_eq!(figures(said), Some(Figures { runs: 411_197, edges: 930 }));
        assert_eq!(figures("error: no such target"), None);
    }

    #[test]
    fn a_crash_names_its_place_and_its_input() {
        let said = "INFO: seed\nthread panicked at targets/x.rs:3:1:\nboom\nSUMMARY: libFuzzer: deadly signal\n\
                    Test unit written to artifacts/x/crash-1\n";
        let told = complaint(said);
        assert!(told.contains("x.rs:3:1") && told.contains("crash-1"), "{told}");
        assert!(!told.contains("INFO"));
    }

    #[test]
    fn both_clients_have_their_targets() {
        let workspace = Workspace::load().unwrap();
        let mut names: Vec<String> = targets(&workspace).unwrap().into_iter().map(|target| target.name).collect();
        names.sort();
        let wanted = [
            "dinero_errors",
            "dinero_filter",
            "dinero_records",
            "simplycrm_errors",
            "simplycrm_records",
            "simplycrm_vtql",
        ];
        assert_eq!(names, wanted);
        for target in targets(&workspace).unwrap() {
            let corpus = fs::read_dir(target.directory.join("corpus").join(&target.name)).unwrap().count();
            assert!((1..=100).contains(&corpus), "{}: {corpus} inputs in the repository", target.name);
        }
    }
}
