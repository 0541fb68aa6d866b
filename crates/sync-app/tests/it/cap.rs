//! What the cap on requests leaves for a first run, on a clock that only waiting moves.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use api_transport::{Transport, TransportError};
use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use dinero_connector::DineroConnector;
use sandbox::dinero::Dinero;
use sandbox::simplycrm::{INTEGRATION_ACCESS_KEY, Organisation, Profile, SimplyCrm};
use simplycrm_client::{SimplyCrmClient, SimplyCrmSettings};
use simplycrm_connector::SimplyCrmConnector;
use sync_app::{Language, SandboxTransport, Settings};
use sync_model::{PairId, Sides};
use sync_run::conformance::MemoryStore;
use sync_run::{Clock, Connector, Engine, Guids, Order, Pace, Unheard};
use uuid::Uuid;

use crate::conformance::dinero_client;

const ORGANISATIONS: u32 = 2_000;
const A_MINUTE: u32 = 60;
/// How long a request takes there and back.
const TRAVEL: Duration = Duration::from_millis(150);

/// Shows how long the test has waited.
#[derive(Debug)]
struct Waited(tokio::time::Instant);

impl Clock for Waited {
    fn now(&self) -> DateTime<Utc> {
        let begin = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        begin + TimeDelta::from_std(self.0.elapsed()).unwrap()
    }
}

#[derive(Debug)]
struct Random;

impl Guids for Random {
    fn next(&self) -> Uuid {
        Uuid::new_v4()
    }
}

/// A sandbox at the end of a wire.
struct Wire<S>(SandboxTransport<S>);

impl<S> fmt::Debug for Wire<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[async_trait]
impl<S: sandbox::Sandbox + Send> Transport for Wire<S> {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        tokio::time::sleep(TRAVEL).await;
        self.0.send(request).await
    }
}

#[tokio::test(start_paused = true)]
async fn l5_a_first_run_makes_as_many_records_as_the_cap_allows() {
    let began = tokio::time::Instant::now();
    let clock: Arc<dyn Clock> = Arc::new(Waited(began));
    let (dinero, crm) = systems(clock.now());
    let (dinero, crm) = (Arc::new(Mutex::new(dinero)), Arc::new(Mutex::new(crm)));
    let engine = engine(&dinero, &crm, &clock);
    let rules = sync_app::rules_of(&settings());
    let summary = engine.sync(&*rules, &Order::default()).await.unwrap();
    assert_eq!(summary.created.left, u64::from(ORGANISATIONS), "{:?}", summary.findings);
    assert_eq!(dinero.lock().unwrap_or_else(PoisonError::into_inner).contacts().len(), ORGANISATIONS as usize);
    // No sixty seconds hold more than the cap, so the first minute's worth may leave at once.
    let minutes = began.elapsed().as_secs() / 60;
    let allowed = u64::from(A_MINUTE) * (minutes + 1);
    let made = summary.created.left;
    assert!(made <= allowed, "{made} in {minutes} minutes, of {allowed} allowed");
    assert!(made * 100 >= allowed * 95, "{made} in {minutes} minutes, of {allowed} allowed");
}

fn systems(now: DateTime<Utc>) -> (Dinero, SimplyCrm) {
    let mut dinero = Dinero::new(4711, "Prøvefirma ApS");
    dinero.requests_per_minute = A_MINUTE;
    let mut crm = SimplyCrm::new(Profile::simply());
    let organisations: Vec<Organisation> = (0..ORGANISATIONS)
        .map(|nth| Organisation {
            name: format!("Firma {nth} ApS"),
            email: format!("kontakt{nth}@firma.dk"),
            street: format!("Algade {nth}"),
            zip: "8000".to_owned(),
            city: "Aarhus C".to_owned(),
            phone: format!("33{nth:06}"),
            cvr: String::new(),
            ean: String::new(),
        })
        .collect();
    crm.plant(&organisations, &[], &[], "mette", now).unwrap();
    (dinero, crm)
}

fn settings() -> Settings {
    let text = sync_app::sandbox_settings("http://localhost", "http://localhost", "sqlite://memory", Language::En)
        .replace(r#"["organisations", "contacts", "products"]"#, r#"["organisations"]"#);
    let text = text.replace("[sync]", "[sync]\nmax_creates = 100000");
    Settings::parse("afstem.toml", &text, &[], &|name| Err(name.to_owned())).unwrap()
}

fn engine(dinero: &Arc<Mutex<Dinero>>, crm: &Arc<Mutex<SimplyCrm>>, clock: &Arc<dyn Clock>) -> Engine {
    let left: Arc<dyn Transport> = Arc::new(Wire(SandboxTransport::new(Arc::clone(dinero), Arc::clone(clock))));
    let right: Arc<dyn Transport> = Arc::new(Wire(SandboxTransport::new(Arc::clone(crm), Arc::clone(clock))));
    let client = dinero_client(left, A_MINUTE);
    let access =
        SimplyCrmSettings::new("https://crm-cap.invalid", "integration", INTEGRATION_ACCESS_KEY.to_owned().into());
    let crm = SimplyCrmClient::new(access, right).unwrap();
    let connectors: Sides<Arc<dyn Connector>> = Sides::new(
        Arc::new(DineroConnector::new(client, Arc::clone(clock))),
        Arc::new(SimplyCrmConnector::new(crm, Arc::clone(clock))),
    );
    Engine {
        pair: PairId::new("capped"),
        connectors,
        store: Arc::new(MemoryStore::default()),
        clock: Arc::clone(clock),
        guids: Arc::new(Random),
        events: Arc::new(Unheard),
        pace: Pace::default(),
    }
}
