//! Creates a contact so that running it twice, or losing an answer, makes no second one: the guid follows from the name.

#![allow(clippy::print_stdout)]

use std::env;
use std::sync::Arc;

use api_transport::{BaseUrl, HttpSettings, HttpTransport};
use dinero_client::model::ContactWrite;
use dinero_client::op::CreateContact;
use dinero_client::{ContactGuid, Credentials, DineroClient, DineroSettings, OrganizationId};
use uuid::Uuid;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dinero = dinero()?;
    let mut arguments = env::args().skip(1);
    let usage = "usage: create_contact NAME COUNTRY";
    let (name, country_key) = (arguments.next().ok_or(usage)?, arguments.next().ok_or(usage)?);

    let guid = ContactGuid(Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("example:contact:{name}").as_bytes()));
    let contact = ContactWrite { contact_guid: Some(guid), name, country_key, ..ContactWrite::default() };
    match dinero.send(&CreateContact(contact)).await {
        Ok(created) => println!("{} created", created.contact_guid),
        Err(error) if error.is_duplicate() => println!("{guid} is there already"),
        Err(error) if error.outcome_unknown() => println!("run it again to be sure: {error}"),
        Err(error) => {
            for (field, fault) in error.fields().into_iter().flatten() {
                println!("{field}: {fault}");
            }
            return Err(error.into());
        }
    }
    Ok(())
}

/// A client from the environment.
fn dinero() -> Result<DineroClient, Box<dyn std::error::Error>> {
    let settings = DineroSettings {
        base_url: address("DINERO_URL", "https://api.dinero.dk")?,
        token_url: address("DINERO_TOKEN_URL", "https://authz.dinero.dk/dineroapi/oauth/token")?,
        organization: OrganizationId(env::var("DINERO_ORGANIZATION_ID")?.parse()?),
        credentials: Credentials::Personal {
            client_id: env::var("DINERO_CLIENT_ID")?,
            client_secret: env::var("DINERO_CLIENT_SECRET")?.into(),
            api_key: env::var("DINERO_API_KEY")?.into(),
        },
        requests_per_minute: 60,
    };
    Ok(DineroClient::new(settings, Arc::new(HttpTransport::new(&HttpSettings::default())?)))
}

/// An address from the environment, such as that of a sandbox.
fn address(name: &str, otherwise: &str) -> Result<BaseUrl, api_transport::BaseUrlError> {
    BaseUrl::parse(&env::var(name).unwrap_or_else(|_| otherwise.to_owned()))
}
