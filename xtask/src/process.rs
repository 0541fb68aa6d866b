//! Other programs: started, waited for, and named when they fail.

use std::process::{Command, Stdio};

use crate::failure::Failure;

/// The cargo that started this program, in the directory of the workspace.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs `command` with our own output.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let program = named(command);
    let status = command.status().map_err(|source| Failure::Start { program: program.clone(), source })?;
    if status.success() { Ok(()) } else { Err(Failure::Exit { program, status: status.to_string() }) }
}

/// Runs `command` and gives its output; its errors go to our own.
pub(crate) fn output(command: &mut Command) -> Result<String, Failure> {
    let program = named(command);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|source| Failure::Start { program: program.clone(), source })?;
    if !output.status.success() {
        return Err(Failure::Exit { program, status: output.status.to_string() });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether `command` runs and succeeds, without any output.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// `command` as one would type it.
pub(crate) fn named(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}
