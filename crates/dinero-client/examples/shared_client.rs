//! One client shared by many tasks of a service, with network settings and limits of its own, and traces that name each
//! request.

#![allow(clippy::print_stdout)]

use std::env;
use std::sync::Arc;
use std::time::Duration;

use api_transport::{BaseUrl, Courier, ErrorBudget, HttpSettings, HttpTransport, Limits};
use dinero_client::op::{GetContact, ListContacts};
use dinero_client::{ContactField, Credentials, DineroClient, DineroSettings, OrganizationId};
use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG).with_writer(std::io::stderr).init();
    let http = HttpSettings {
        connect_timeout: Duration::from_secs(5),
        timeout: Duration::from_secs(20),
        user_agent: "example-service/1.0".to_owned(),
        proxy: env::var("HTTPS_PROXY").ok(),
        extra_certificates: env::var("EXTRA_CA_FILE").ok().map(std::fs::read).transpose()?.into_iter().collect(),
        ..HttpSettings::default()
    };
    let transport = Arc::new(HttpTransport::new(&http)?);
    let (organization, client_id) = (env::var("DINERO_ORGANIZATION_ID")?, env::var("DINERO_CLIENT_ID")?);

    // A service keeps one of these: whoever works for the same organisation shares its limit.
    let limits = Limits::default();
    let courier = Courier::new(transport, 0, &organization)
        .with_pacer(limits.of(&organization, &client_id, 60))
        .with_budget(ErrorBudget::new(100, Duration::from_secs(600)));
    let settings = DineroSettings {
        base_url: address("DINERO_URL", "https://api.dinero.dk")?,
        token_url: address("DINERO_TOKEN_URL", "https://authz.dinero.dk/dineroapi/oauth/token")?,
        organization: OrganizationId(organization.parse()?),
        credentials: Credentials::Personal {
            client_id,
            client_secret: env::var("DINERO_CLIENT_SECRET")?.into(),
            api_key: env::var("DINERO_API_KEY")?.into(),
        },
        requests_per_minute: 60,
    };
    let dinero = DineroClient::with_courier(settings, courier);

    let list = ListContacts { fields: vec![ContactField::Name], page_size: 20, ..ListContacts::new() };
    let page = dinero.send(&list).await?;
    println!(
        "reading {} contacts will take {:?}",
        page.collection.len(),
        dinero.forecast(page.collection.len() as u64)
    );
    let mut tasks = JoinSet::new();
    for contact in page.collection {
        let dinero = dinero.clone();
        tasks.spawn(async move { dinero.send(&GetContact(contact.contact_guid)).await });
    }
    while let Some(contact) = tasks.join_next().await {
        println!("{:?}", contact??.name.flatten());
    }
    println!("{} requests, {} writes", dinero.requests(), dinero.writes());
    Ok(())
}

/// An address from the environment, such as that of a sandbox.
fn address(name: &str, otherwise: &str) -> Result<BaseUrl, api_transport::BaseUrlError> {
    BaseUrl::parse(&env::var(name).unwrap_or_else(|_| otherwise.to_owned()))
}
