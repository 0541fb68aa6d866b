//! Lists the organisations saved during the last day, page by page.

#![allow(clippy::print_stdout)]

use std::env;
use std::sync::Arc;

use api_transport::{HttpSettings, HttpTransport};
use chrono::{TimeDelta, Utc};
use futures::TryStreamExt;
use simplycrm_client::{FieldName, ModuleName, SimplyCrmClient, SimplyCrmSettings};

const NAME: FieldName = FieldName::literal("accountname");

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (url, user) = (env::var("SIMPLYCRM_URL")?, env::var("SIMPLYCRM_USER")?);
    let access_key = env::var("SIMPLYCRM_ACCESS_KEY")?.into();
    let transport = Arc::new(HttpTransport::new(&HttpSettings::default())?);
    let crm = SimplyCrmClient::new(SimplyCrmSettings::new(url, user, access_key), transport)?;

    // By the server's own clock: ours may differ.
    let since = crm.connection().await?.server_now() - TimeDelta::days(1);
    let mut changed = std::pin::pin!(crm.changed_since(ModuleName::ACCOUNTS, &[NAME], since, &Utc));
    while let Some(record) = changed.try_next().await? {
        let saved = record.time("modifiedtime")?.map(|time| time.to_rfc3339()).unwrap_or_default();
        println!("{} {saved} {}", record.id()?, record.text(&NAME)?.unwrap_or_default());
    }
    println!("{} requests", crm.requests());
    crm.log_out().await;
    Ok(())
}
