//! Both systems of one company, served by this process, and `afstem` as a process of its own that keeps them in agreement:
//! over loopback, without a cap on requests, with SQLite on disk and its fsync.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::Utc;
use sandbox::dinero::Dinero;
use sandbox::simplycrm::SimplyCrm;
use sandbox::{Seeded, Server, serve};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use wait4::Wait4;

/// What a process took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
    /// The most memory that it held at once, in MB.
    pub(crate) peak: u64,
}

/// Runs `command` to its end and gives its exit code, what it printed and what it took.
pub(crate) fn measured(command: &mut Command) -> (Option<i32>, Vec<u8>, Cost) {
    let begun = Instant::now();
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program starts");
    let mut printed = Vec::new();
    let (id, is_over) = (child.id(), AtomicBool::new(false));
    let (ended, peak) = std::thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut peak = 0;
            while !is_over.load(Ordering::Relaxed) {
                peak = held_by(id).unwrap_or_default().max(peak);
                std::thread::sleep(Duration::from_millis(2));
            }
            peak
        });
        std::io::Read::read_to_end(child.stdout.as_mut().expect("is piped"), &mut printed)
            .expect("its output can be read");
        is_over.store(true, Ordering::Relaxed);
        let ended = child.wait4().expect("it can be waited for");
        (ended, watch.join().expect("nothing stops the watch"))
    });
    let wall = begun.elapsed();
    (ended.status.code(), printed, Cost { wall, cpu: ended.rusage.utime + ended.rusage.stime, peak })
}

/// The most memory in MB that a running process held so far; nothing where the system does not tell.
///
/// What is told when a process has ended counts its beginning, too, in which it was a copy of us, with both stand-ins.
fn held_by(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = most.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024 / 1_000_000)
}

/// Both systems, and where `afstem` keeps what it remembers.
pub(crate) struct Books {
    dinero: Arc<Mutex<Dinero>>,
    crm: Arc<Mutex<SimplyCrm>>,
    directory: TempDir,
    // Servers stop with the runtime that they live on.
    _servers: [Server; 2],
    _runtime: Runtime,
}

impl Books {
    /// `each` of these modules: a third in Dinero alone, a third in the CRM alone, a third in both.
    pub(crate) fn of(each: u32, modules: &[&str]) -> Self {
        let of = |module| if modules.contains(&module) { each } else { 0 };
        let records = Seeded { organisations: of("organisations"), contacts: of("contacts"), products: of("products") };
        let (mut dinero, crm) = sandbox::seed_pair(records, 7, Utc::now() - chrono::Duration::days(30));
        dinero.requests_per_minute = 0;
        let (dinero, crm) = (Arc::new(Mutex::new(dinero)), Arc::new(Mutex::new(crm)));
        let runtime = Runtime::new().expect("threads can be had");
        let servers = runtime.block_on(async {
            let left = serve(Arc::clone(&dinero)).await.expect("a port is free");
            [left, serve(Arc::clone(&crm)).await.expect("a port is free")]
        });
        let directory = tempfile::tempdir().expect("a directory can be had");
        let [left, right] = servers.each_ref().map(|server| format!("http://{}", server.address));
        let store = format!("sqlite://{}", directory.path().join("afstem.db").display());
        let names: Vec<String> = modules.iter().map(|module| format!("\"{module}\"")).collect();
        let settings = sync_app::sandbox_settings(&left, &right, &store, sync_app::Language::En)
            .replace("[simplycrm]", "requests_per_minute = 0\n\n[simplycrm]")
            .replace(
                r#"["organisations", "contacts", "products"]"#,
                &format!("[{}]\nmax_creates = 9999999", names.join(", ")),
            );
        std::fs::write(directory.path().join("afstem.toml"), settings).expect("the directory can be written to");
        Self { dinero, crm, directory, _servers: servers, _runtime: runtime }
    }

    pub(crate) fn dinero(&self) -> MutexGuard<'_, Dinero> {
        self.dinero.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn crm(&self) -> MutexGuard<'_, SimplyCrm> {
        self.crm.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The ids of the organisations that stand on both sides under one name: in Dinero, and in the CRM.
    pub(crate) fn organisations(&self) -> Vec<[String; 2]> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let accounts = self.crm().records("Accounts");
        let by_name: BTreeMap<String, String> =
            accounts.iter().map(|account| (text(&account["accountname"]), text(&account["id"]))).collect();
        let contacts = self.dinero().contacts();
        let companies = contacts.iter().filter(|contact| contact["IsPerson"] == false);
        companies
            .filter_map(|contact| Some([text(&contact["ContactGuid"]), by_name.get(&text(&contact["Name"]))?.clone()]))
            .collect()
    }

    /// `afstem` with these arguments, not yet started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PathBuf::from(env!("CARGO_BIN_EXE_afstem")));
        command.arg("--config").arg(self.directory.path().join("afstem.toml")).args(["--json", "--lang", "en"]);
        command.args(arguments).stdin(Stdio::null());
        command
    }

    /// `afstem` with these arguments: its exit code, its document and what it took.
    pub(crate) fn afstem(&self, arguments: &[&str]) -> (Option<i32>, Value, Cost) {
        let (code, printed, cost) = measured(&mut self.command(arguments));
        (code, serde_json::from_slice(&printed).unwrap_or(Value::Null), cost)
    }
}
