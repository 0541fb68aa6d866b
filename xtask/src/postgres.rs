//! A throw-away PostgreSQL server: its own directory, its own port on loopback, no fsync, gone at the end.

use std::fs::{File, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::failure::Failure;
use crate::process;

/// How long a new server may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// The server's own words, in its directory.
const LOG: &str = "server.log";

/// A running server. It is stopped and removed when this is dropped.
#[derive(Debug)]
pub(crate) struct Postgres {
    programs: Programs,
    server: Child,
    directory: TempDir,
    port: u16,
}

/// The server's programs, and whom they run as: the server refuses to run as root.
#[derive(Debug, Clone)]
struct Programs {
    folder: PathBuf,
    user: Option<(u32, u32)>,
}

impl Postgres {
    /// Starts a server, installing the programs first where that is possible.
    pub(crate) fn start() -> Result<Self, Failure> {
        let folder = match find() {
            Some(folder) => folder,
            None => install()?,
        };
        let programs = Programs { folder, user: if is_root()? { Some(postgres_user()?) } else { None } };
        println!("test: PostgreSQL from {}", programs.folder.display());
        let directory = tempfile::tempdir().map_err(|error| Failure::file(&std::env::temp_dir(), &error))?;
        let data = directory.path().join("data");
        programs.give(directory.path())?;
        let mut initdb = programs.command("initdb");
        initdb.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"]);
        process::output(initdb.arg(&data))?;
        let port = free_port()?;
        let mut server = programs.command("postgres");
        server.arg("-D").arg(&data).arg("-k").arg(directory.path());
        server.args(["-h", "127.0.0.1", "-p", &port.to_string(), "-c", "fsync=off", "-c", "full_page_writes=off"]);
        server.args(["-c", "synchronous_commit=off", "-c", "max_connections=200", "-c", "log_min_messages=fatal"]);
        let program = process::named(&server);
        let log = directory.path().join(LOG);
        let log = File::create(&log).map_err(|error| Failure::file(&log, &error))?;
        let server =
            server.stdout(Stdio::null()).stderr(log).spawn().map_err(|source| Failure::Start { program, source })?;
        let mut postgres = Self { programs, server, directory, port };
        postgres.wait()?;
        Ok(postgres)
    }

    /// Where it is, with full rights.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn wait(&mut self) -> Result<(), Failure> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Ok(Some(status)) = self.server.try_wait() {
                return Err(self.silent(&format!("ended as soon as it was started ({status})")));
            }
            let mut ready = self.programs.command("pg_isready");
            if process::succeeds(ready.args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()])) {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Err(self.silent(&format!("did not answer within {} s", PATIENCE.as_secs())))
    }

    /// The server does not answer: why not, in its own words.
    fn silent(&self, what: &str) -> Failure {
        let log = std::fs::read_to_string(self.directory.path().join(LOG)).unwrap_or_default();
        Failure::Missing(format!("PostgreSQL {what}\n{log}"))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let mut stop = self.programs.command("pg_ctl");
        stop.args(["stop", "-m", "immediate", "-D"]).arg(self.directory.path().join("data"));
        if !process::succeeds(&mut stop)
            && let Err(error) = self.server.kill()
        {
            eprintln!("test: PostgreSQL could not be stopped: {error}");
        }
        if let Err(error) = self.server.wait() {
            eprintln!("test: PostgreSQL was not seen to end: {error}");
        }
    }
}

impl Programs {
    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(self.folder.join(name));
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        command.current_dir(std::env::temp_dir());
        command
    }

    /// Hands `directory` to the user that the server runs as.
    fn give(&self, directory: &Path) -> Result<(), Failure> {
        let failed = |error: std::io::Error| Failure::file(directory, &error);
        std::fs::set_permissions(directory, Permissions::from_mode(0o700)).map_err(failed)?;
        match self.user {
            Some((user, group)) => std::os::unix::fs::chown(directory, Some(user), Some(group)).map_err(failed),
            None => Ok(()),
        }
    }
}

/// The newest programs in the search path or where Debian puts them.
fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let searched = std::env::split_paths(&path).find(|folder| is_complete(folder));
    searched.or_else(|| {
        let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
        let complete = versions.map(|version| version.path()).filter(|version| is_complete(&version.join("bin")));
        let number = |path: &PathBuf| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
        complete.max_by_key(number).map(|version| version.join("bin"))
    })
}

fn is_complete(folder: &Path) -> bool {
    ["initdb", "postgres", "pg_ctl", "pg_isready"].iter().all(|program| folder.join(program).is_file())
}

fn install() -> Result<PathBuf, Failure> {
    let wanted = "the tests need PostgreSQL's server programs (initdb, postgres, pg_ctl, pg_isready)";
    if !is_root()? || !Path::new("/usr/bin/apt-get").exists() {
        let remedy = "install the package `postgresql`, or name a server of your own in AFSTEM_TEST_POSTGRES_URL";
        return Err(Failure::Missing(format!("{wanted}; {remedy}")));
    }
    println!("test: installing PostgreSQL with apt-get");
    for arguments in [vec!["update", "-q"], vec!["install", "-q", "-y", "--no-install-recommends", "postgresql"]] {
        process::run(Command::new("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))?;
    }
    find().ok_or_else(|| Failure::Missing(format!("{wanted}, and installing `postgresql` did not bring them")))
}

pub(crate) fn is_root() -> Result<bool, Failure> {
    Ok(process::output(Command::new("id").arg("-u"))?.trim() == "0")
}

/// The number of the user and the group `postgres`, which the package makes.
fn postgres_user() -> Result<(u32, u32), Failure> {
    let number = |flag: &str| -> Result<u32, Failure> {
        let text = process::output(Command::new("id").args([flag, "postgres"]))?;
        text.trim().parse().map_err(|_| Failure::Missing(format!("`id {flag} postgres` answered {text:?}")))
    };
    Ok((number("-u")?, number("-g")?))
}

fn free_port() -> Result<u16, Failure> {
    let bound = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    bound.map(|address| address.port()).map_err(|error| Failure::Missing(format!("no free port on loopback: {error}")))
}
