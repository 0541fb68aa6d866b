//! One client among many tasks, with HTTP settings of its own: two sessions, a short time-out, a limit of 120 a minute.

#![allow(clippy::print_stdout)]

use std::env;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use api_transport::{Courier, HttpSettings, HttpTransport};
use simplycrm_client::{ModuleName, SimplyCrmClient, SimplyCrmSettings};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().with_env_filter(tracing_subscriber::EnvFilter::from_default_env()).init();
    let http = HttpSettings { timeout: Duration::from_secs(10), ..HttpSettings::default() };
    let (url, user) = (env::var("SIMPLYCRM_URL")?, env::var("SIMPLYCRM_USER")?);
    let mut settings = SimplyCrmSettings::new(url.clone(), user, env::var("SIMPLYCRM_ACCESS_KEY")?.into());
    settings.sessions = NonZeroUsize::MIN.saturating_add(1);
    let courier = Courier::new(Arc::new(HttpTransport::new(&http)?), 120, &url);
    let crm = SimplyCrmClient::with_courier(settings, courier)?;

    let mut tasks = tokio::task::JoinSet::new();
    for module in [ModuleName::ACCOUNTS, ModuleName::CONTACTS, ModuleName::PRODUCTS, ModuleName::INVOICE] {
        let crm = crm.clone();
        tasks.spawn(async move { crm.describe(module).await });
    }
    while let Some(described) = tasks.join_next().await {
        let schema = described??;
        let mandatory: Vec<_> = schema.mandatory().map(|field| field.name.as_str()).collect();
        println!("{}: {} fields, mandatory: {}", schema.name, schema.fields.len(), mandatory.join(", "));
    }
    println!("{} requests, {} writes", crm.requests(), crm.writes());
    Ok(())
}
