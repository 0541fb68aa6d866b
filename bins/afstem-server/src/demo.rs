//! The demonstration: both systems as sandboxes on this machine, a temporary database, and the real server over them.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::Utc;
use sync_app::office::{FIRST_SETTINGS, Ground, Office};
use sync_app::{AppError, Entries, Language, Say, serve_sandboxes};
use tenancy::{AccountId, ApiToken, Connection, KeyRing, Scope};

use crate::args::ServeArguments;
use crate::serve::{listen, open, print};

/// Organisations, contacts and products, a third of each on either side alone and a third on both.
const RECORDS: u32 = 18;
const SEED: u64 = 7;

pub(crate) async fn run(serve: ServeArguments) -> Result<(), String> {
    let said = |error: AppError| error.say(Language::En);
    let sandboxes = serve_sandboxes(RECORDS, 0, SEED).await.map_err(said)?;
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    let store = format!("sqlite://{}", directory.path().join("afstem.db").display());
    let given = sandboxes.access();
    let mut entries = Entries::default();
    for key in ["dinero.client_id", "dinero.client_secret", "dinero.base_url", "dinero.token_url"] {
        entries.set(key, given.get(key).unwrap_or_default().to_owned().into());
    }
    let ground = Ground { entries, private_addresses: true, runs_at_once: serve.runs_at_once };
    let keys = KeyRing::parse(&KeyRing::fresh_line()).map_err(|error| error.to_string())?;
    let office = Arc::new(Office::open(&store, keys, ground).await.map_err(said)?);
    print("Prøv den med disse / try it with these:");
    for (key, label) in [
        ("dinero.organization_id", "  Firma ID    "),
        ("dinero.api_key", "  API-nøgle   "),
        ("simplycrm.url", "  Adresse     "),
        ("simplycrm.username", "  Brugernavn  "),
        ("simplycrm.access_key", "  Adgangsnøgle"),
    ] {
        print(&format!("{label}  {}", given.get(key).unwrap_or_default()));
    }
    if serve.demo_api {
        let token = connected(&office, &given).await.map_err(said)?;
        print(&format!("Token: {token}"));
    }
    let server = open(office, &serve).await?;
    listen(server, &serve).await?;
    sandboxes.stop().await;
    Ok(())
}

/// A connection that reaches the sandboxes, and a token that may do everything with it.
async fn connected(office: &Office, given: &Entries) -> Result<String, AppError> {
    let mut connection = Connection::named("Prøvefirma ApS", Utc::now());
    connection.entries = FIRST_SETTINGS.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect();
    let typed: BTreeMap<_, _> = given.iter().map(|(key, text)| (key.to_owned(), text.clone())).collect();
    let connection = office.change(&connection, &typed)?.connection;
    let connection = office.registry().put_connection(&connection).await?;
    let (token, secret) =
        ApiToken::make(connection.id, "demo".to_owned(), Scope::ALL.to_vec(), AccountId::fresh(), Utc::now());
    office.registry().put_token(&token).await?;
    Ok(secret)
}
