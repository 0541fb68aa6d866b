//! Both sandboxes, served on this machine or called directly.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use api_transport::{Transport, TransportError};
use async_trait::async_trait;
use bytes::Bytes;
use sandbox::{Reply, Sandbox, Server, serve};
use serde_json::{Value, json};
use sync_run::Clock;

use crate::world::SystemClock;
use crate::{AppError, Entries, Language};

/// Carries requests into a sandbox in the same process, without a socket.
pub struct SandboxTransport<S> {
    sandbox: Arc<Mutex<S>>,
    clock: Arc<dyn Clock>,
}

impl<S> fmt::Debug for SandboxTransport<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SandboxTransport")
    }
}

impl<S> SandboxTransport<S> {
    /// To `sandbox`, which is told the time of `clock`.
    pub fn new(sandbox: Arc<Mutex<S>>, clock: Arc<dyn Clock>) -> Self {
        Self { sandbox, clock }
    }
}

#[async_trait]
impl<S: Sandbox + Send> Transport for SandboxTransport<S> {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let reply = {
            let mut sandbox = self.sandbox.lock().unwrap_or_else(PoisonError::into_inner);
            sandbox.handle(&request, self.clock.now())
        };
        // A real exchange lets others run; this one does, too.
        tokio::task::yield_now().await;
        match reply {
            Reply::Answer(response) => Ok(response),
            Reply::NoAnswer => Err(TransportError::Lost {
                host: request.uri().host().unwrap_or_default().to_owned(),
                reason: "the sandbox gave no answer".to_owned(),
            }),
        }
    }
}

/// Both sandboxes, each on a port of this machine.
#[derive(Debug)]
pub struct Served {
    dinero: Server,
    simplycrm: Server,
}

/// Serves both sandboxes with `records` organisations, contacts and products each, and `invoices` that each side has made of
/// its own; the same seed gives the same data.
///
/// # Errors
/// When no port can be had.
pub async fn serve_sandboxes(records: u32, invoices: u32, seed: u64) -> Result<Served, AppError> {
    let now = SystemClock.now();
    let (mut dinero, mut crm) = sandbox::seed_pair(records, seed, now);
    sandbox::seed_sales(&mut dinero, &mut crm, invoices, seed, now);
    Ok(Served {
        dinero: serve(Arc::new(Mutex::new(dinero))).await.map_err(AppError::Sandbox)?,
        simplycrm: serve(Arc::new(Mutex::new(crm))).await.map_err(AppError::Sandbox)?,
    })
}

impl Served {
    /// An `afstem.toml` that reaches both.
    #[must_use]
    pub fn configuration(&self, language: Language) -> String {
        sandbox_settings(&self.dinero_url(), &self.simplycrm_url(), "sqlite://sandbox.db", language)
    }

    /// Where both are, and the settings that reach them.
    #[must_use]
    pub fn to_json(&self, language: Language) -> Value {
        json!({
            "dinero": self.dinero_url(),
            "simplycrm": self.simplycrm_url(),
            "configuration": self.configuration(language),
        })
    }

    /// The settings that reach both, by key.
    #[must_use]
    pub fn access(&self) -> Entries {
        let Access { client_id, client_secret, api_key, access_key } = Access::of_the_sandboxes();
        let dinero = self.dinero_url();
        let mut entries = Entries::default();
        for (key, text) in [
            ("dinero.organization_id", "4711"),
            ("dinero.api_key", api_key),
            ("dinero.client_id", client_id),
            ("dinero.client_secret", client_secret),
            ("dinero.base_url", &dinero),
            ("dinero.token_url", &format!("{dinero}/dineroapi/oauth/token")),
            ("simplycrm.url", &self.simplycrm_url()),
            ("simplycrm.username", "integration"),
            ("simplycrm.access_key", access_key),
        ] {
            entries.set(key, text.to_owned().into());
        }
        entries
    }

    /// Stops both.
    pub async fn stop(self) {
        futures::join!(self.dinero.stop(), self.simplycrm.stop());
    }

    fn dinero_url(&self) -> String {
        format!("http://{}", self.dinero.address)
    }

    fn simplycrm_url(&self) -> String {
        format!("http://{}", self.simplycrm.address)
    }
}

/// An `afstem.toml` for a pair of sandboxes at these addresses.
#[must_use]
pub fn sandbox_settings(dinero: &str, simplycrm: &str, store_url: &str, language: Language) -> String {
    let language = language.pick("da", "en");
    let Access { client_id, client_secret, api_key, access_key } = Access::of_the_sandboxes();
    format!(
        r#"language = "{language}"

[dinero]
organization_id = 4711
api_key = "{api_key}"
client_id = "{client_id}"
client_secret = "{client_secret}"
base_url = "{dinero}"
token_url = "{dinero}/dineroapi/oauth/token"

[simplycrm]
url = "{simplycrm}"
username = "integration"
access_key = "{access_key}"

[sync]
direction = "both"
priority = "crm-first"
modules = ["organisations", "contacts", "products"]

[store]
url = "{store_url}"
"#
    )
}

/// The keys of the sandboxes; they open nothing else.
struct Access {
    client_id: &'static str,
    client_secret: &'static str,
    api_key: &'static str,
    access_key: &'static str,
}

impl Access {
    fn of_the_sandboxes() -> Self {
        Self {
            client_id: sandbox::dinero::CLIENT_ID,
            client_secret: sandbox::dinero::CLIENT_SECRET,
            api_key: sandbox::dinero::API_KEY,
            access_key: sandbox::simplycrm::INTEGRATION_ACCESS_KEY,
        }
    }
}
