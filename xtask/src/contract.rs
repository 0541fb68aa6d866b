//! The contract tests of both clients, and how much of each API they cover.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

/// A client, and the beginning of the line in which its tests count what they cover.
const CLIENTS: [(&str, &str); 2] =
    [("dinero-client", "dinero: operations "), ("simplycrm-client", "simplycrm: exchanges ")];

pub(crate) fn run(workspace: &Workspace) -> Result<(), Failure> {
    let mut counts = Vec::new();
    let mut lines = Vec::new();
    for (package, beginning) in CLIENTS {
        let (count, result) = coverage(workspace, package, beginning)?;
        lines.extend(result.err().map(|failure| format!("  {failure}")));
        match count {
            Some(count) => counts.push(count),
            None => lines.push(format!("  no test of {package} said `{beginning}COVERED/ALL`")),
        }
    }
    println!("{}", counts.join("\n"));
    Failure::unless_clean("contract", lines)
}

/// Runs one client's tests, showing what they say. The counting line is kept for the end.
fn coverage(
    workspace: &Workspace,
    package: &str,
    beginning: &str,
) -> Result<(Option<String>, Result<(), Failure>), Failure> {
    let mut command = process::cargo();
    command.current_dir(&workspace.root);
    command.args(["test", "-p", package, "--all-features", "--lib", "--tests", "--"]);
    command.args(["--nocapture", "contract", "exchanges"]).stdout(Stdio::piped());
    let program = process::named(&command);
    let started = |source| Failure::Start { program: program.clone(), source };
    let mut tests = command.spawn().map_err(started)?;
    let mut count = None;
    for line in tests.stdout.take().into_iter().flat_map(|said| BufReader::new(said).lines()).map_while(Result::ok) {
        // The test runner may have begun the line with the name of the test.
        match line.find(beginning) {
            Some(at) => count = Some(line[at..].to_owned()),
            None => println!("{line}"),
        }
    }
    let status = tests.wait().map_err(started)?;
    let result = if status.success() { Ok(()) } else { Err(Failure::Exit { program, status: status.to_string() }) };
    Ok((count, result))
}
