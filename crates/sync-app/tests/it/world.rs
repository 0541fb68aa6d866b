//! Two sandboxes that may have bad days, and an app wired to them; every app is a fresh process to the sandboxes.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use api_transport::Transport;
use chrono::{DateTime, Duration, Utc};
use sandbox::dinero::Dinero;
use sandbox::simplycrm::SimplyCrm;
use sandbox::{Fault, Faulty, When};
use sync_app::{App, CustomMapping, Reach, SandboxTransport, Settings, Summary, Unheard, sandbox_settings};
use sync_run::Clock;
use tempfile::TempDir;

/// The machine's clock, so many days ahead.
#[derive(Debug, Default)]
struct Calendar {
    days: AtomicI64,
}

impl Clock for Calendar {
    fn now(&self) -> DateTime<Utc> {
        Utc::now() + Duration::days(self.days.load(Ordering::Relaxed))
    }
}

pub(crate) struct World {
    clock: Arc<Calendar>,
    dinero: Arc<Mutex<Faulty<Dinero>>>,
    crm: Arc<Mutex<Faulty<SimplyCrm>>>,
    directory: TempDir,
}

impl World {
    /// `each` organisations, contacts and products, a third of each on either side alone, a third on both.
    pub(crate) fn seeded(each: u32, seed: u64) -> Self {
        let (dinero, crm) = sandbox::seed_pair(each, seed, Utc::now());
        Self::of(dinero, crm)
    }

    pub(crate) fn of(mut dinero: Dinero, crm: SimplyCrm) -> Self {
        dinero.requests_per_minute = 0;
        Self {
            clock: Arc::default(),
            dinero: Arc::new(Mutex::new(Faulty::new(dinero, Vec::new(), 0))),
            crm: Arc::new(Mutex::new(Faulty::new(crm, Vec::new(), 0))),
            directory: tempfile::tempdir().unwrap(),
        }
    }

    /// Everything that we remembered is gone.
    pub(crate) fn loses_its_database(&mut self) {
        self.directory = tempfile::tempdir().unwrap();
    }

    /// Every byte that we keep: the database, and what belongs to it.
    pub(crate) fn remembered(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.directory.path()).unwrap();
        // What a connection that just closed tidies away is in the database by then.
        files.filter_map(|entry| std::fs::read(entry.unwrap().path()).ok()).flatten().collect()
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Everything that is remembered for some hours only is asked for again.
    pub(crate) fn a_day_passes(&self) {
        self.clock.days.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn dinero(&self) -> MutexGuard<'_, Faulty<Dinero>> {
        self.dinero.lock().unwrap()
    }

    pub(crate) fn crm(&self) -> MutexGuard<'_, Faulty<SimplyCrm>> {
        self.crm.lock().unwrap()
    }

    /// From now on these faults strike.
    pub(crate) fn trouble(&self, dinero: Vec<(When, Fault)>, crm: Vec<(When, Fault)>) {
        let inner = self.dinero().inner.clone();
        *self.dinero() = Faulty::new(inner, dinero, 1);
        let inner = self.crm().inner.clone();
        *self.crm() = Faulty::new(inner, crm, 1);
    }

    /// The settings, with `changes` to the text of the file.
    pub(crate) fn settings(&self, changes: &[(&str, &str)]) -> Settings {
        let store = format!("sqlite://{}", self.directory.path().join("afstem.db").display());
        let mut text = sandbox_settings("http://localhost:1", "http://localhost:2", &store, sync_app::Language::En);
        text = text.replace("[simplycrm]", "requests_per_minute = 0\n\n[simplycrm]");
        for (before, after) in changes {
            assert!(text.contains(before), "{before} is in the settings");
            text = text.replace(before, after);
        }
        Settings::parse("afstem.toml", &text, &[], &|name| Err(name.to_owned())).unwrap()
    }

    pub(crate) fn app(&self, changes: &[(&str, &str)]) -> App {
        self.app_of(self.settings(changes))
    }

    /// An app with `text` for its custom mapping.
    pub(crate) fn app_mapping(&self, text: &str) -> App {
        let custom = CustomMapping { file: "mapping.toml".to_owned(), text: text.to_owned() };
        self.app_of(Settings { mapping: Some(custom), ..self.settings(&[]) })
    }

    /// An app whose requests to Dinero go another way.
    pub(crate) fn app_by(&self, changes: &[(&str, &str)], to_dinero: Arc<dyn Transport>) -> App {
        self.app_over(self.settings(changes), to_dinero)
    }

    fn app_of(&self, settings: Settings) -> App {
        self.app_over(settings, self.transport_to_dinero())
    }

    fn app_over(&self, settings: Settings, dinero: Arc<dyn Transport>) -> App {
        let clock: Arc<dyn Clock> = self.clock.clone();
        let reach = Reach { dinero, simplycrm: self.transport_to_crm(), clock };
        App::connect(settings, Some(reach), Arc::new(Unheard)).unwrap()
    }

    /// A run of a process of its own.
    pub(crate) async fn sync(&self, changes: &[(&str, &str)]) -> Summary {
        self.app(changes).sync(&[]).await.unwrap()
    }

    pub(crate) fn transport_to_dinero(&self) -> Arc<dyn Transport> {
        Arc::new(SandboxTransport::new(Arc::clone(&self.dinero), self.clock.clone()))
    }

    pub(crate) fn transport_to_crm(&self) -> Arc<dyn Transport> {
        Arc::new(SandboxTransport::new(Arc::clone(&self.crm), self.clock.clone()))
    }
}

/// What both sides hold, told so that they can be compared: one line a record, sorted.
pub(crate) struct Holdings {
    pub(crate) dinero: Vec<String>,
    pub(crate) crm: Vec<String>,
}

impl World {
    pub(crate) fn holdings(&self) -> Holdings {
        let (dinero, crm) = (self.dinero(), self.crm());
        let mut left: Vec<String> = Vec::new();
        for contact in dinero.inner.contacts() {
            let kind = if contact["IsPerson"] == true { "contact" } else { "organisation" };
            left.push(line(kind, &contact, &["Name", "Street", "ZipCode", "City", "Phone", "Email"]));
        }
        for product in dinero.inner.products() {
            let number = product["BaseAmountValue"].to_string();
            left.push(format!("product|{}|{}", text(&product["Name"]), price(&number)));
        }
        let mut right: Vec<String> = Vec::new();
        for account in crm.inner.records("Accounts") {
            let fields = ["accountname", "bill_street", "bill_code", "bill_city", "phone", "email1"];
            right.push(line("organisation", &account, &fields));
        }
        for mut person in crm.inner.records("Contacts") {
            let name = format!("{} {}", text(&person["firstname"]), text(&person["lastname"]));
            person["name"] = name.trim().into();
            let fields = ["name", "mailingstreet", "mailingzip", "mailingcity", "phone", "email"];
            right.push(line("contact", &person, &fields));
        }
        for (module, name) in [("Products", "productname"), ("Services", "servicename")] {
            for item in crm.inner.records(module) {
                right.push(format!("product|{}|{}", text(&item[name]), price(&text(&item["unit_price"]))));
            }
        }
        left.sort();
        right.sort();
        Holdings { dinero: left, crm: right }
    }
}

fn line(kind: &str, record: &serde_json::Value, fields: &[&str]) -> String {
    let values: Vec<String> = fields
        .iter()
        .map(|field| {
            let value = text(&record[*field]);
            if field.eq_ignore_ascii_case("phone") { digits(&value) } else { value }
        })
        .collect();
    format!("{kind}|{}", values.join("|"))
}

fn text(value: &serde_json::Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The last eight digits: a Danish number, however it is spelled.
fn digits(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    digits[digits.len().saturating_sub(8)..].to_owned()
}

fn price(text: &str) -> String {
    text.parse::<rust_decimal::Decimal>().map_or_else(|_| text.to_owned(), |it| it.normalize().to_string())
}
