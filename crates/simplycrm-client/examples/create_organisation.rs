//! Creates an organisation unless one of that name is there, and says what to do when nobody knows whether it worked.

#![allow(clippy::print_stdout)]

use std::env;
use std::sync::Arc;

use api_transport::{HttpSettings, HttpTransport};
use simplycrm_client::vtql::{Condition, Select, Text};
use simplycrm_client::{Element, FieldName, ModuleName, SimplyCrmClient, SimplyCrmSettings};

const NAME: FieldName = FieldName::literal("accountname");

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (url, user) = (env::var("SIMPLYCRM_URL")?, env::var("SIMPLYCRM_USER")?);
    let access_key = env::var("SIMPLYCRM_ACCESS_KEY")?.into();
    let name = env::args().nth(1).ok_or("usage: create_organisation NAME")?;
    let transport = Arc::new(HttpTransport::new(&HttpSettings::default())?);
    let crm = SimplyCrmClient::new(SimplyCrmSettings::new(url, user, access_key), transport)?;

    let same_name =
        Select::from(ModuleName::ACCOUNTS).columns([NAME]).filter(Condition::equal(NAME, Text::new(name.as_str())?));
    if let Some(existing) = crm.query(&same_name).await?.first() {
        println!("{} is there already", existing.id()?);
        return Ok(());
    }
    let me = crm.connection().await?.user_id;
    let element = Element::new().text("accountname", name).reference("assigned_user_id", me);
    match crm.create(ModuleName::ACCOUNTS, element).await {
        Ok(stored) => println!("{} created", stored.id()?),
        Err(error) if error.outcome_unknown() => match crm.query(&same_name).await?.first() {
            Some(stored) => println!("{} created, although the answer was lost", stored.id()?),
            None => println!("not created: {error}"),
        },
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
