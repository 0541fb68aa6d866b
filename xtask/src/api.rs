//! The server's API against its own description: schemathesis asks everything it can think of, and no answer may be a fault
//! of ours or one that is not described.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

/// What is checked of each answer. Left out is that every wrong input is refused: a key that is too long in a field that
/// nobody reads harms nobody.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,\
                      response_schema_conformance,unsupported_method,ignored_auth";

#[derive(Debug, clap::Args)]
pub(crate) struct Wanted {
    /// How many seconds it goes on.
    #[arg(long, default_value_t = 30)]
    seconds: u32,
    /// Tries the release build.
    #[arg(long)]
    release: bool,
}

pub(crate) fn run(workspace: &Workspace, wanted: &Wanted) -> Result<(), Failure> {
    let schemathesis = schemathesis(workspace)?;
    let profile = if wanted.release { "release" } else { "debug" };
    let mut build = process::cargo();
    build.current_dir(&workspace.root).args(["build", "--workspace", "--all-features", "--bin", "afstem-server"]);
    process::run(if wanted.release { build.arg("--release") } else { &mut build })?;
    let program = workspace.root.join("target").join(profile).join("afstem-server");
    let server = Served::start(&program)?;
    let mut command = Command::new(schemathesis);
    command.current_dir(workspace.root.join("target"));
    command.args(["run", &format!("{}/api/v1/openapi.json", server.address)]);
    command.args(["--header", &format!("Authorization: Bearer {}", server.token)]);
    command.args(["--checks", CHECKS, "--continue-on-failure", "--phases", "examples,coverage,fuzzing"]);
    // Asking both systems how they are may have to wait for the rate limit.
    command.args(["--request-timeout", "40"]);
    command.args(["--max-examples", "1000000", "--max-time", &wanted.seconds.to_string()]);
    process::run(&mut command)
}

/// Schemathesis from PyPI, in an environment of its own.
fn schemathesis(workspace: &Workspace) -> Result<std::path::PathBuf, Failure> {
    let folder = workspace.root.join("target/schemathesis");
    let program = folder.join("bin/schemathesis");
    if !program.exists() {
        println!("api: installing schemathesis");
        process::run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        process::run(Command::new(folder.join("bin/pip")).args(["install", "-q", "schemathesis"]))?;
    }
    Ok(program)
}

/// The server in its demonstration, which ends when this is dropped.
struct Served {
    program: Child,
    address: String,
    token: String,
}

impl Served {
    fn start(program: &std::path::Path) -> Result<Self, Failure> {
        let mut command = Command::new(program);
        command.args(["--demo", "--demo-api", "--listen", "127.0.0.1:0"]).env("AFSTEM_LOG", "error");
        let name = process::named(&command);
        let mut program = command
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|source| Failure::Start { program: name.clone(), source })?;
        let (mut address, mut token) = (None, None);
        for line in
            program.stdout.take().into_iter().flat_map(|said| BufReader::new(said).lines()).map_while(Result::ok)
        {
            token = token.or_else(|| line.strip_prefix("Token: ").map(str::to_owned));
            address = line.strip_prefix("Afstem: ").map(str::to_owned);
            if address.is_some() {
                break;
            }
        }
        match (address, token) {
            (Some(address), Some(token)) => Ok(Self { program, address, token }),
            (_, _) => Err(Failure::Missing(format!("`{name}` did not say where it is"))),
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
