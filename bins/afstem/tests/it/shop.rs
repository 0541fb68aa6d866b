//! Both sandboxes served by the test itself, so that it can act for the people who work in them, and `afstem` in front of
//! them, without a terminal or on one.

use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard};

use rexpect::session::{PtySession, spawn_command};
use sandbox::Server;
use sandbox::dinero::Dinero;
use sandbox::simplycrm::SimplyCrm;
use serde_json::json;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::served::{AFSTEM, Ended, afstem};

/// Two systems with people at work in them.
pub(crate) struct Shop {
    dinero: Arc<Mutex<Dinero>>,
    crm: Arc<Mutex<SimplyCrm>>,
    /// What serves the two; they live as long as it.
    _served: (Runtime, [Server; 2]),
    pub(crate) directory: TempDir,
    configuration: String,
}

impl Shop {
    /// `each` organisations, contacts and products: a third of each on either side alone, a third on both.
    pub(crate) fn open(each: u32, seed: u64) -> Self {
        let (mut dinero, crm) = sandbox::seed_pair(each, seed, chrono::Utc::now());
        dinero.requests_per_minute = 0;
        let (dinero, crm) = (Arc::new(Mutex::new(dinero)), Arc::new(Mutex::new(crm)));
        let runtime = Runtime::new().unwrap();
        let served = runtime.block_on(async {
            [sandbox::serve(Arc::clone(&dinero)).await.unwrap(), sandbox::serve(Arc::clone(&crm)).await.unwrap()]
        });
        let [left, right] = served.each_ref().map(|server| format!("http://{}", server.address));
        let configuration = sync_app::sandbox_settings(&left, &right, "sqlite://afstem.db", sync_app::Language::Da)
            .replace("[simplycrm]", "requests_per_minute = 0\n\n[simplycrm]");
        Self { dinero, crm, _served: (runtime, served), directory: tempfile::tempdir().unwrap(), configuration }
    }

    pub(crate) fn dinero(&self) -> MutexGuard<'_, Dinero> {
        self.dinero.lock().unwrap()
    }

    pub(crate) fn crm(&self) -> MutexGuard<'_, SimplyCrm> {
        self.crm.lock().unwrap()
    }

    /// Changes the settings for good.
    pub(crate) fn set(&mut self, before: &str, after: &str) {
        assert!(self.configuration.contains(before), "{before} is in the settings");
        self.configuration = self.configuration.replacen(before, after, 1);
    }

    fn write_settings(&self) {
        std::fs::write(self.directory.path().join("afstem.toml"), &self.configuration).unwrap();
    }

    /// Runs `afstem` without a terminal.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        self.write_settings();
        afstem(self.directory.path(), arguments)
    }

    /// Runs `afstem` on a terminal.
    pub(crate) fn sit_down(&self, arguments: &[&str]) -> PtySession {
        self.write_settings();
        let mut command = Command::new(AFSTEM);
        command.args(arguments).current_dir(self.directory.path()).env_remove("AFSTEM_CONFIG");
        command.env("HOME", self.directory.path()).env("COLUMNS", "200");
        spawn_command(command, Some(60_000)).unwrap()
    }

    /// How many requests to either system wrote something.
    pub(crate) fn written(&self) -> (usize, usize) {
        let dinero = self.dinero().log().iter().filter(|entry| entry.write).count();
        (dinero, self.crm().log().iter().filter(|entry| entry.write).count())
    }

    /// An organisation in each system, alike in name and equal in postcode: how one names them.
    pub(crate) fn alike(&self, dinero: &str, crm: &str) -> (String, String) {
        let now = chrono::Utc::now();
        let fields = [
            ("Name", json!(dinero)),
            ("ZipCode", json!("9990")),
            ("CountryKey", json!("DK")),
            ("IsPerson", json!(false)),
        ];
        let guid = self.dinero().add_contact(&fields, now);
        let fields = [("accountname", crm), ("bill_code", "9990"), ("bill_country", "Danmark")];
        let id = self.crm().add("Accounts", &fields, "mette", now).unwrap();
        (format!("contact/{guid}"), format!("Accounts/{id}"))
    }

    /// An organisation that both systems know by its CVR number: its Dinero guid and its CRM id.
    pub(crate) fn shared(&self) -> (String, String) {
        let contacts = self.dinero().contacts();
        let found = self.crm().records("Accounts").into_iter().find_map(|account| {
            let same = |it: &&serde_json::Value| it["Name"] == account["accountname"] && it["VatNumber"].is_string();
            let contact = contacts.iter().find(same)?;
            Some((contact["ContactGuid"].as_str()?.to_owned(), account["id"].as_str()?.to_owned()))
        });
        found.unwrap()
    }

    /// The same field is edited in both systems, each time to something else.
    pub(crate) fn edit_against(&self, pair: &(String, String), dinero: &str, crm: &str) {
        let now = chrono::Utc::now();
        assert!(self.dinero().edit_contact(&pair.0, &[("City", json!(dinero))], now));
        self.crm().edit(&pair.1, &[("bill_city", crm)], "mette", now).unwrap();
    }

    /// The standard mapping with `after` for `before`, as a custom one.
    pub(crate) fn map(&mut self, before: &str, after: &str) {
        let standard = self.run(&["mapping", "export"]).out;
        assert!(standard.contains(before), "{before} is in the standard mapping");
        std::fs::write(self.directory.path().join("mapping.toml"), standard.replacen(before, after, 1)).unwrap();
        if !self.configuration.contains("[mapping]") {
            self.set("[store]", "[mapping]\nkind = \"custom\"\n\n[store]");
        }
    }
}
