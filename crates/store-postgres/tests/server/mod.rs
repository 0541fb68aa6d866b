//! A PostgreSQL server for tests: the one that `AFSTEM_TEST_POSTGRES_URL` names, or else a throw-away one from the
//! binaries of this machine. It dies with the test process, however that ends.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

/// Makes a cluster, says where its socket is, and takes everything down when its input ends: that is when the process
/// that started it is gone.
const THROW_AWAY: &str = r#"
set -eu
dir=$(mktemp -d /tmp/afstem-postgres.XXXXXX)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
"$1/initdb" --no-sync --auth=trust --username=postgres --encoding=UTF8 --pgdata="$dir/data" >"$dir/log"
"$1/pg_ctl" start --wait --silent --pgdata="$dir/data" --log="$dir/log" \
    --options="-k $dir -c listen_addresses='' -c fsync=off -c max_connections=200"
echo "$dir"
cat >"$dir/input"
"$1/pg_ctl" stop --silent --mode=immediate --pgdata="$dir/data"
"#;

struct Server {
    url: String,
    /// Kept because the server ends when this process's pipe to it does.
    _watch: Option<Child>,
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| match std::env::var("AFSTEM_TEST_POSTGRES_URL") {
        Ok(url) => Server { url, _watch: None },
        Err(_) => start(),
    })
}

fn start() -> Server {
    let binaries = binaries();
    let user = Command::new("id").arg("-u").output().expect("a system with users");
    let mut command = Command::new("sh");
    if user.stdout == b"0\n" {
        // PostgreSQL refuses to run as root.
        command = Command::new("runuser");
        command.args(["-u", "postgres", "--", "sh"]);
    }
    command.args(["-c", THROW_AWAY, "throw-away"]).arg(&binaries);
    let mut watch =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a shell to start PostgreSQL with");
    let mut directory = String::new();
    let output = watch.stdout.take().expect("it was asked for");
    BufReader::new(output).read_line(&mut directory).expect("the shell answers");
    let directory = directory.trim();
    assert!(!directory.is_empty(), "PostgreSQL in {} did not start; its words stand above", binaries.display());
    Server { url: format!("postgres://postgres@localhost/postgres?host={directory}"), _watch: Some(watch) }
}

/// The newest installed server's binaries.
fn binaries() -> PathBuf {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().expect(
        "these tests need PostgreSQL: set AFSTEM_TEST_POSTGRES_URL to a server where databases may be created, \
         or install one under /usr/lib/postgresql",
    )
}

/// A database of one test. It is dropped with this value.
pub(crate) struct Fresh {
    name: String,
    url: String,
}

impl Fresh {
    /// Makes one.
    pub(crate) async fn database() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let server = &server().url;
        let name = format!("afstem_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        tell(server, format!("create database {name}")).await;
        let mut url = url::Url::parse(server).expect("the server's url");
        url.set_path(&name);
        Self { name, url: url.into() }
    }

    /// Where it is.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        let drop = tell(&server().url, format!("drop database {} with (force)", self.name));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                runtime.expect("a runtime").block_on(drop);
            });
        });
    }
}

async fn tell(server: &str, sql: String) {
    let mut connection = PgConnection::connect(server).await.expect("the server of AFSTEM_TEST_POSTGRES_URL");
    connection.execute(AssertSqlSafe(sql)).await.expect("databases may be made and dropped there");
}
