//! Keeps a CSV file of customers in agreement with Dinero, here with the stand-in for it.
//!
//! What it takes: a [`Connector`] for the file (`connector.rs`), a mapping that says which column means which field, and the
//! [`Rules`] that hand both to the engine. Journal, recovery, conflicts and everything else come with `sync-run`.
//!
//! ```sh
//! cargo run -p sync-app --example csv
//! ```
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "an example talks, and ends where something is not right"
)]

mod connector;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use api_transport::BaseUrl;
use chrono::Utc;
use connector::{CUSTOMER, CsvConnector, Row};
use dinero_client::{Credentials, DineroClient, DineroSettings, OrganizationId};
use dinero_connector::DineroConnector;
use field_mapping::{Checked, Direction, Held, Mapping, Priority, Source, resolve_checked};
use reconcile::{Deletes, Guards, Policy};
use sandbox::dinero::{API_KEY, CLIENT_ID, CLIENT_SECRET, Dinero};
use store_sqlite::SqliteStore;
use sync_app::{SandboxTransport, SystemClock};
use sync_model::{Kind, PairId, Schema, Side, Sides};
use sync_run::{Clock, Engine, Guids, Order, Pace, Rules, RulesError, Summary, Unheard};
use uuid::Uuid;

/// Which column means which field. `crm` is whatever stands on the right side.
const MAPPING: &str = r#"
[[entity]]
module = "customers"
dinero = "contact"
crm = "customer"
makes = ["dinero", "crm"]
filter.dinero = { IsPerson = false }
constants.dinero = { IsPerson = false, CountryKey = "DK" }

[[entity.match]]
name = "email"
fields = ["email"]

[[entity.field]]
name = "name"
dinero = "Name"
crm = "name"
translate = "line"
clearing = false

[[entity.field]]
name = "street"
dinero = "Street"
crm = "street"
translate = "text"

[[entity.field]]
name = "city"
dinero = "City"
crm = "city"
translate = "line"

[[entity.field]]
name = "email"
dinero = "Email"
crm = "email"
translate = "email"
clearing = false
"#;

/// Both ways, and the file first where both sides changed one field.
#[derive(Debug)]
struct FileFirst;

const DIRECTION: Direction = Direction::TwoWay { priority: Priority::Prefer(Side::Right) };

impl Rules for FileFirst {
    fn kinds(&self) -> Sides<Vec<Kind>> {
        Sides::new(vec![Kind::new("contact")], vec![Kind::new(CUSTOMER)])
    }

    fn mapping(&self, schemas: &Sides<Schema>, checked: Option<&Checked>) -> Result<(Mapping, Vec<Held>), RulesError> {
        let source = Source::Custom { file: "mapping.toml", text: MAPPING };
        let modules = ["customers".to_owned()];
        resolve_checked(&source, &modules, checked, schemas, DIRECTION, &BTreeMap::new())
            .map_err(|diagnostics| RulesError(format!("{diagnostics:#?}")))
    }

    fn policy(&self) -> Policy {
        Policy {
            priority: Some(Priority::Prefer(Side::Right)),
            creates: Sides::new(true, true),
            earlier_life: false,
            deletes: Deletes::Keep,
            guards: Guards::default(),
        }
    }
}

#[derive(Debug)]
struct RandomGuids;

impl Guids for RandomGuids {
    fn next(&self) -> Uuid {
        Uuid::new_v4()
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let directory = std::env::temp_dir().join(format!("afstem-csv-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let file = directory.join("customers.csv");
    std::fs::write(
        &file,
        "id,name,street,city,email,dinero_guid\n1,Nordlys ApS,Algade 1,Odense,post@nordlys.dk,\n2,Fjord A/S,Havnegade 2,Skagen,post@fjord.dk,\n",
    )
    .unwrap();
    let now = Utc::now();
    let mut dinero = Dinero::new(4711, "Prøvefirma ApS");
    let contact = |name: &str, city: &str, email: &str| {
        [
            ("Name", name.into()),
            ("City", city.into()),
            ("Email", email.into()),
            ("CountryKey", "DK".into()),
            ("IsPerson", false.into()),
        ]
    };
    let fjord = dinero.add_contact(&contact("Fjord A/S", "", "post@fjord.dk"), now);
    dinero.add_contact(&contact("Strandby I/S", "Ribe", "post@strandby.dk"), now);
    let dinero = Arc::new(Mutex::new(dinero));

    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let settings = DineroSettings {
        base_url: BaseUrl::parse("https://dinero.invalid").unwrap(),
        token_url: BaseUrl::parse("https://dinero.invalid/dineroapi/oauth/token").unwrap(),
        organization: OrganizationId(4711),
        credentials: Credentials::Personal {
            client_id: CLIENT_ID.to_owned(),
            client_secret: CLIENT_SECRET.to_owned().into(),
            api_key: API_KEY.to_owned().into(),
        },
        requests_per_minute: 60,
    };
    let transport = SandboxTransport::new(Arc::clone(&dinero), Arc::clone(&clock));
    let csv = Arc::new(CsvConnector::new(&file));
    let engine = Engine {
        pair: PairId::new("4711@customers.csv"),
        connectors: Sides::new(
            Arc::new(DineroConnector::new(DineroClient::new(settings, Arc::new(transport)), Arc::clone(&clock))),
            Arc::clone(&csv) as _,
        ),
        store: Arc::new(
            SqliteStore::open(&format!("sqlite://{}", directory.join("memory.db").display())).await.unwrap(),
        ),
        clock,
        guids: Arc::new(RandomGuids),
        events: Arc::new(Unheard),
        pace: Pace::default(),
    };

    tell("first run", &engine.sync(&FileFirst, &Order::default()).await.unwrap());
    edit(&csv, "Nordlys ApS", |row| row.street = "Algade 11".to_owned());
    dinero.lock().unwrap().edit_contact(&fjord, &[("City", "Frederikshavn".into())], Utc::now());
    tell("after an edit on each side", &engine.sync(&FileFirst, &Order::default()).await.unwrap());
    let file_says = csv.rows().unwrap().into_iter().find(|row| row.name == "Fjord A/S").unwrap();
    assert_eq!(file_says.city, "Frederikshavn", "Dinero's edit reached the file");
    let contacts = dinero.lock().unwrap().contacts();
    let dinero_says = contacts.iter().find(|contact| contact["Name"] == "Nordlys ApS").unwrap();
    assert_eq!(dinero_says["Street"], "Algade 11", "and the file's edit Dinero");
    let last = engine.sync(&FileFirst, &Order::default()).await.unwrap();
    tell("once more", &last);
    assert_eq!((last.usage.left.writes, last.usage.right.writes), (0, 0), "agreement is remembered");
    println!("\n{}", std::fs::read_to_string(&file).unwrap());
    std::fs::remove_dir_all(&directory).unwrap();
}

/// Somebody edits the file.
fn edit(csv: &CsvConnector, name: &str, change: impl Fn(&mut Row)) {
    let mut rows = csv.rows().unwrap();
    rows.iter_mut().filter(|row| row.name == name).for_each(change);
    csv.replace(&rows).unwrap();
}

fn tell(when: &str, summary: &Summary) {
    let Summary { created, updated, linked, .. } = summary;
    println!(
        "{when}: {linked} linked; Dinero {} made, {} changed; file {} made, {} changed",
        created.left, updated.left, created.right, updated.right,
    );
}
