//! The program as it is started, and both systems behind it, which the test edits as people there would.

pub(crate) mod caller;

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use sandbox::dinero::Dinero;
use sandbox::simplycrm::SimplyCrm;
use sandbox::{Reply, Sandbox, Server, seed_pair, seed_sales, serve};

fn contact_name(contact: &serde_json::Value) -> String {
    ["name", "Name"].iter().find_map(|key| contact[*key].as_str()).unwrap_or_default().to_owned()
}

/// The program's own words, in its directory.
const LOG: &str = "server.log";

/// A Dinero that takes its time, as the real one does.
struct Unhurried {
    inner: Dinero,
    pause: Duration,
}

impl Sandbox for Unhurried {
    fn handle(&mut self, request: &http::Request<Bytes>, now: DateTime<Utc>) -> Reply {
        std::thread::sleep(self.pause);
        self.inner.handle(request, now)
    }
}

/// The program, and what it talks to.
pub(crate) struct House {
    program: Child,
    address: String,
    code: String,
    dinero: Arc<Mutex<Unhurried>>,
    crm: Arc<Mutex<SimplyCrm>>,
    crm_server: Server,
    _dinero_server: Server,
    base: String,
    settings: Vec<(&'static str, String)>,
    /// Organisations and persons that there are, in one system or the other.
    people: usize,
    directory: tempfile::TempDir,
}

impl House {
    /// Starts the program with sandboxes of `each` organisations, contacts and products.
    pub(crate) async fn open(each: u32) -> Self {
        Self::open_with(each, &[]).await
    }

    /// The same over a fresh database of the PostgreSQL server at `server`.
    pub(crate) async fn open_over(each: u32, server: &str) -> Self {
        use sqlx::Connection;
        let name = format!("afstem_server_{}", std::process::id());
        let mut connection = sqlx::PgConnection::connect(server).await.unwrap();
        for sql in [format!("drop database if exists {name}"), format!("create database {name}")] {
            sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        }
        let (place, _) = server.rsplit_once('/').unwrap();
        Self::open_with(each, &[("AFSTEM_STORE__URL", format!("{place}/{name}"))]).await
    }

    /// The same with more in its environment.
    pub(crate) async fn open_with(each: u32, settings: &[(&'static str, String)]) -> Self {
        let (mut inner, mut crm) = seed_pair(each, 7, Utc::now());
        seed_sales(&mut inner, &mut crm, 5, 7, Utc::now());
        inner.requests_per_minute = 0;
        let dinero = Unhurried { inner, pause: Duration::ZERO };
        let (dinero, crm) = (Arc::new(Mutex::new(dinero)), Arc::new(Mutex::new(crm)));
        let (dinero_server, crm_server) = (serve(dinero.clone()).await.unwrap(), serve(crm.clone()).await.unwrap());
        let directory = tempfile::tempdir().unwrap();
        let base = format!("http://{}", dinero_server.address);
        let (program, address, code) = start(&directory, &base, settings);
        Self {
            program,
            address,
            code: code.unwrap(),
            dinero,
            crm,
            crm_server,
            _dinero_server: dinero_server,
            base,
            settings: settings.to_vec(),
            people: 2 * each as usize,
            directory,
        }
    }
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// What the program logged so far.
    pub(crate) fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(self.directory.path().join(LOG)).unwrap()).into_owned()
    }

    /// Its host and port.
    pub(crate) fn socket(&self) -> String {
        self.address.split_once("://").unwrap().1.trim_end_matches('/').to_owned()
    }

    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    pub(crate) fn crm_url(&self) -> String {
        format!("http://{}", self.crm_server.address)
    }

    fn dinero(&self) -> MutexGuard<'_, Unhurried> {
        self.dinero.lock().unwrap()
    }

    fn crm(&self) -> MutexGuard<'_, SimplyCrm> {
        self.crm.lock().unwrap()
    }

    /// From now on Dinero takes its time, so that a run can be looked at.
    pub(crate) fn slow_down(&self) {
        self.dinero().pause = Duration::from_millis(700);
    }

    pub(crate) fn hurry_up(&self) {
        self.dinero().pause = Duration::ZERO;
    }

    /// Both systems hold the same organisations, by their CVR numbers.
    pub(crate) fn agrees(&self) -> Result<(), String> {
        let contacts = self.dinero().inner.contacts().len();
        let all = {
            let crm = self.crm();
            crm.records("Accounts").len() + crm.records("Contacts").len()
        };
        if contacts == all { Ok(()) } else { Err(format!("Dinero has {contacts} contacts, Simply CRM {all}")) }
    }

    /// How many contacts Dinero holds.
    pub(crate) fn dinero_contacts(&self) -> usize {
        self.dinero().inner.contacts().len()
    }

    /// Every organisation and person stands in Dinero once: a third was there alone, a third in Simply CRM, a third in both.
    pub(crate) fn nothing_is_there_twice(&self) -> bool {
        self.dinero_contacts() == self.people
    }

    /// Comes back once the first records were made in Dinero, with how many it holds then.
    pub(crate) async fn wait_until_something_is_written(&self) -> usize {
        let before = self.dinero_contacts();
        loop {
            let now = self.dinero_contacts();
            if now > before {
                return now;
            }
            tokio::task::yield_now().await;
        }
    }

    /// Ends the program without a word, in the middle of a run.
    pub(crate) async fn kill_once_something_is_written(&mut self) -> usize {
        let written = self.wait_until_something_is_written().await;
        self.program.kill().unwrap();
        self.program.wait().unwrap();
        written
    }

    /// Asks the program to stop, and says how it ended.
    pub(crate) fn ask_to_stop(&mut self, within: Duration) -> std::process::ExitStatus {
        let asked = Command::new("kill").args(["-TERM", &self.program.id().to_string()]).status().unwrap();
        assert!(asked.success());
        let begun = std::time::Instant::now();
        loop {
            if let Some(ended) = self.program.try_wait().unwrap() {
                return ended;
            }
            assert!(begun.elapsed() < within, "it does not stop");
            std::thread::yield_now();
        }
    }

    /// Starts it once more on the same database.
    pub(crate) fn start_again(&mut self) {
        (self.program, self.address, _) = start(&self.directory, &self.base, &self.settings);
    }

    /// From now on Dinero takes so long for each request.
    pub(crate) fn take(&self, pause: Duration) {
        self.dinero().pause = pause;
    }

    /// Kilobytes of memory that the program holds.
    pub(crate) fn resident(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.program.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        line.trim().trim_end_matches(" kB").parse().unwrap_or_default()
    }

    /// Changes one organisation's e-mail in both systems, each to another, and says its name.
    pub(crate) fn edit_both(&self, dinero: &str, crm: &str) -> String {
        let (name, id) = {
            let account = self.crm().records("Accounts").into_iter().next().unwrap();
            (account["accountname"].as_str().unwrap().to_owned(), account["id"].as_str().unwrap().to_owned())
        };
        self.edit_crm(&id, "email1", crm);
        let contact = self.contact(&name);
        let guid = ["contactGuid", "ContactGuid"].iter().find_map(|key| contact[*key].as_str()).unwrap().to_owned();
        self.dinero().inner.edit_contact(&guid, &[("Email", dinero.into())], Utc::now());
        name
    }

    fn contact(&self, name: &str) -> serde_json::Value {
        let named = |contact: &serde_json::Value| contact_name(contact) == name;
        self.dinero().inner.contacts().into_iter().find(named).unwrap_or_else(|| panic!("Dinero has no {name}"))
    }

    pub(crate) fn edit_crm(&self, id: &str, field: &str, value: &str) {
        self.crm().edit(id, &[(field, value)], "mette", Utc::now()).unwrap();
    }

    pub(crate) fn crm_email(&self, name: &str) -> String {
        let account = self.crm().records("Accounts").into_iter().find(|it| it["accountname"] == name).unwrap();
        account["email1"].as_str().unwrap().to_owned()
    }

    pub(crate) fn an_account(&self) -> String {
        self.crm().records("Accounts")[1]["id"].as_str().unwrap().to_owned()
    }

    /// How many invoices that were made from Simply CRM's are booked in Dinero.
    pub(crate) fn booked(&self) -> usize {
        let invoices = self.dinero().inner.invoices(Utc::now());
        let ours = |it: &serde_json::Value| it["ExternalReference"].as_str().is_some_and(|it| !it.is_empty());
        invoices.iter().filter(|it| ours(it) && it["Status"] != "Draft").count()
    }

    pub(crate) fn dinero_has_phone(&self, digits: &str) -> bool {
        self.dinero().inner.contacts().iter().any(|contact| contact.to_string().replace(' ', "").contains(digits))
    }
}

/// Starts the program; says where it is and, when it is new, its one-time code. A program of another build can be named.
fn start(
    directory: &tempfile::TempDir,
    base: &str,
    settings: &[(&'static str, String)],
) -> (Child, String, Option<String>) {
    let named = std::env::var("AFSTEM_TEST_SERVER");
    let mut program = Command::new(named.unwrap_or_else(|_| env!("CARGO_BIN_EXE_afstem-server").to_owned()))
        .args(["--listen", "127.0.0.1:0", "--allow-private-addresses"])
        .current_dir(directory)
        .envs(settings.iter().map(|(name, value)| (name, value)))
        .env("AFSTEM_DINERO__CLIENT_ID", sandbox::dinero::CLIENT_ID)
        .env("AFSTEM_DINERO__CLIENT_SECRET", sandbox::dinero::CLIENT_SECRET)
        .env("AFSTEM_DINERO__TOKEN_URL", format!("{base}/dineroapi/oauth/token"))
        .env("AFSTEM_DINERO__BASE_URL", base)
        .env("AFSTEM_DINERO__REQUESTS_PER_MINUTE", "0")
        .stdout(Stdio::piped())
        .stderr(File::options().create(true).append(true).open(directory.path().join(LOG)).unwrap())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    let address = lines.next().unwrap().unwrap().split_once("Afstem: ").unwrap().1.to_owned();
    let is_new = !directory.path().join("seen").exists();
    std::fs::write(directory.path().join("seen"), "").unwrap();
    let code = is_new.then(|| lines.next().unwrap().unwrap().split_once("code: ").unwrap().1.to_owned());
    (program, address, code)
}

impl Drop for House {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
