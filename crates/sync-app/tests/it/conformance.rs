//! All connectors against the contract of `sync-run`: the two real ones over the stand-ins, and the example's.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use api_transport::{BaseUrl, Transport};
use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use dinero_client::{Credentials, DineroClient, DineroSettings, OrganizationId};
use dinero_connector::DineroConnector;
use sandbox::Sandbox;
use sandbox::dinero::{API_KEY, CLIENT_ID, CLIENT_SECRET, Dinero};
use sandbox::simplycrm::{INTEGRATION_ACCESS_KEY, Profile, SimplyCrm};
use simplycrm_client::{SimplyCrmClient, SimplyCrmSettings};
use simplycrm_connector::SimplyCrmConnector;
use sync_app::SandboxTransport;
use sync_model::{Fields, Kind, RecordKey, Side, Value};
use sync_run::conformance::connector::System;
use sync_run::{Clock, Connector};
use tempfile::TempDir;

use crate::csv::{CUSTOMER, CsvConnector};

/// A clock that goes on only when it is told to.
#[derive(Debug)]
pub(crate) struct Sundial(Mutex<DateTime<Utc>>);

impl Default for Sundial {
    fn default() -> Self {
        Self(Mutex::new(DateTime::UNIX_EPOCH + Duration::days(20_000)))
    }
}

impl Sundial {
    pub(crate) fn turn(&self, seconds: i64) {
        *self.0.lock().unwrap() += Duration::seconds(seconds);
    }
}

impl Clock for Sundial {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

fn guid(number: u32) -> Option<String> {
    Some(format!("00000000-0000-4000-8000-{number:012}"))
}

/// A client of the stand-in of Dinero behind `transport`.
pub(crate) fn dinero_client(transport: Arc<dyn Transport>, requests_per_minute: u32) -> DineroClient {
    let settings = DineroSettings {
        base_url: BaseUrl::parse("https://dinero.invalid").unwrap(),
        token_url: BaseUrl::parse("https://dinero.invalid/dineroapi/oauth/token").unwrap(),
        organization: OrganizationId(4711),
        credentials: Credentials::Personal {
            client_id: CLIENT_ID.to_owned(),
            client_secret: CLIENT_SECRET.to_owned().into(),
            api_key: API_KEY.to_owned().into(),
        },
        requests_per_minute,
    };
    DineroClient::new(settings, transport)
}

/// A connector to `books`, with pages so small that a walk has many.
pub(crate) fn dinero_connector<S: Sandbox + Send + 'static>(
    books: &Arc<Mutex<S>>,
    clock: &Arc<Sundial>,
) -> DineroConnector {
    let transport = SandboxTransport::new(Arc::clone(books), clock.clone());
    let client = dinero_client(Arc::new(transport), 0);
    DineroConnector::new(client, clock.clone()).with_page_size(2)
}

mod dinero {
    use super::*;

    struct Books {
        clock: Arc<Sundial>,
        dinero: Arc<Mutex<Dinero>>,
    }

    #[async_trait]
    impl System for Books {
        async fn connect(&self) -> Arc<dyn Connector> {
            Arc::new(dinero_connector(&self.dinero, &self.clock))
        }

        fn side(&self) -> Side {
            Side::Left
        }

        fn kind(&self) -> Kind {
            Kind::new("contact")
        }

        fn record(&self, name: &str) -> Fields {
            let texts = [("Name", name), ("City", "Odense"), ("CountryKey", "DK"), ("Street", "")];
            let mut fields: Fields = texts.map(|(name, text)| (name, Value::text(text))).into_iter().collect();
            fields.set("IsPerson", Value::Flag(false));
            fields
        }

        fn text_field(&self) -> &'static str {
            "Street"
        }

        fn source_id(&self, number: u32) -> Option<String> {
            Some(format!("11x{number}"))
        }

        fn tells_deletions(&self) -> bool {
            true
        }

        async fn person_makes(&self, name: &str) -> RecordKey {
            let fields = [
                ("Name", name.into()),
                ("City", "Odense".into()),
                ("CountryKey", "DK".into()),
                ("IsPerson", false.into()),
            ];
            let made = self.dinero.lock().unwrap().add_contact(&fields, self.clock.now());
            RecordKey::new("contact", made.as_str())
        }

        async fn person_edits(&self, key: &RecordKey, text: &str) {
            let edited =
                self.dinero.lock().unwrap().edit_contact(key.id.as_str(), &[("Street", text.into())], self.clock.now());
            assert!(edited, "{key} is there");
        }

        async fn person_deletes(&self, key: &RecordKey) {
            assert!(self.dinero.lock().unwrap().remove_contact(key.id.as_str(), self.clock.now()), "{key} is there");
        }

        async fn time_passes(&self) {
            self.clock.turn(2);
        }

        fn now(&self) -> DateTime<Utc> {
            self.clock.now()
        }
    }

    sync_run::connector_conformance!(async {
        let mut dinero = Dinero::new(4711, "Prøvefirma ApS");
        dinero.requests_per_minute = 0;
        Books { clock: Arc::default(), dinero: Arc::new(Mutex::new(dinero)) }
    });
}

mod simplycrm {
    use super::*;

    struct Desk {
        clock: Arc<Sundial>,
        crm: Arc<Mutex<SimplyCrm>>,
        url: String,
        /// Whether it has a field for our mark.
        takes_marks: bool,
    }

    impl Desk {
        fn new(profile: Profile, takes_marks: bool) -> Self {
            // Logins of one user wait for each other, whoever asks; tests must not.
            let url = format!("https://{}.invalid", uuid::Uuid::new_v4());
            Self { clock: Arc::default(), crm: Arc::new(Mutex::new(SimplyCrm::new(profile))), url, takes_marks }
        }
    }

    #[async_trait]
    impl System for Desk {
        async fn connect(&self) -> Arc<dyn Connector> {
            let key = INTEGRATION_ACCESS_KEY.to_owned().into();
            let settings = SimplyCrmSettings::new(self.url.clone(), "integration", key);
            let transport = SandboxTransport::new(Arc::clone(&self.crm), self.clock.clone());
            let client = SimplyCrmClient::new(settings, Arc::new(transport)).unwrap();
            Arc::new(SimplyCrmConnector::new(client, self.clock.clone()).with_page_rows(2))
        }

        fn side(&self) -> Side {
            Side::Right
        }

        fn kind(&self) -> Kind {
            Kind::new("Accounts")
        }

        fn record(&self, name: &str) -> Fields {
            let texts = [("accountname", name), ("bill_city", "Odense"), ("bill_street", "")];
            texts.map(|(name, text)| (name, Value::text(text))).into_iter().collect()
        }

        fn text_field(&self) -> &'static str {
            "bill_street"
        }

        fn source_id(&self, number: u32) -> Option<String> {
            guid(number).filter(|_| self.takes_marks)
        }

        fn tells_deletions(&self) -> bool {
            false
        }

        async fn person_makes(&self, name: &str) -> RecordKey {
            let fields = [("accountname", name), ("bill_city", "Odense")];
            let made = self.crm.lock().unwrap().add("Accounts", &fields, "mette", self.clock.now()).unwrap();
            RecordKey::new("Accounts", made.as_str())
        }

        async fn person_edits(&self, key: &RecordKey, text: &str) {
            let now = self.clock.now();
            self.crm.lock().unwrap().edit(key.id.as_str(), &[("bill_street", text)], "mette", now).unwrap();
        }

        async fn person_deletes(&self, key: &RecordKey) {
            self.crm.lock().unwrap().remove(key.id.as_str(), "mette", self.clock.now()).unwrap();
        }

        async fn time_passes(&self) {
            self.clock.turn(2);
        }

        fn now(&self) -> DateTime<Utc> {
            self.clock.now()
        }
    }

    sync_run::connector_conformance!(async { Desk::new(Profile::simply(), true) });

    mod without_a_field_for_marks {
        use super::*;

        sync_run::connector_conformance!(async {
            let profile = Profile::simply();
            Desk::new(Profile { custom_fields: std::collections::BTreeMap::new(), ..profile }, false)
        });
    }
}

mod file {
    use super::*;

    struct File {
        path: PathBuf,
        _directory: TempDir,
    }

    impl File {
        fn change(&self, change: impl FnOnce(&mut Vec<crate::csv::Row>)) {
            let csv = CsvConnector::new(&self.path);
            let mut rows = csv.rows().unwrap();
            change(&mut rows);
            csv.replace(&rows).unwrap();
        }
    }

    #[async_trait]
    impl System for File {
        async fn connect(&self) -> Arc<dyn Connector> {
            Arc::new(CsvConnector::new(&self.path))
        }

        fn side(&self) -> Side {
            Side::Right
        }

        fn kind(&self) -> Kind {
            Kind::new(CUSTOMER)
        }

        fn record(&self, name: &str) -> Fields {
            let texts = [("name", name), ("city", "Odense"), ("street", "")];
            texts.map(|(name, text)| (name, Value::text(text))).into_iter().collect()
        }

        fn text_field(&self) -> &'static str {
            "street"
        }

        fn source_id(&self, number: u32) -> Option<String> {
            guid(number)
        }

        fn tells_deletions(&self) -> bool {
            false
        }

        async fn person_makes(&self, name: &str) -> RecordKey {
            let mut key = None;
            self.change(|rows| {
                let id = rows.len() as u64 + 1;
                let row = crate::csv::Row { id, name: name.into(), city: "Odense".into(), ..Default::default() };
                key = Some(row.record().key());
                rows.push(row);
            });
            key.unwrap()
        }

        async fn person_edits(&self, key: &RecordKey, text: &str) {
            self.change(|rows| {
                let row = rows.iter_mut().find(|row| row.record().key() == *key).unwrap();
                row.street = text.to_owned();
            });
        }

        async fn person_deletes(&self, key: &RecordKey) {
            self.change(|rows| rows.retain(|row| row.record().key() != *key));
        }

        async fn time_passes(&self) {}

        fn now(&self) -> DateTime<Utc> {
            Utc::now()
        }
    }

    sync_run::connector_conformance!(async {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("customers.csv");
        std::fs::write(&path, "id,name,street,city,email,dinero_guid\n").unwrap();
        File { path, _directory: directory }
    });
}
