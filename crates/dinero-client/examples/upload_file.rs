//! Puts a file into Dinero's archive and reads it back.

#![allow(clippy::print_stdout)]

use std::env;
use std::path::Path;
use std::sync::Arc;

use api_transport::{BaseUrl, HttpSettings, HttpTransport};
use dinero_client::op::{GetFile, Upload, UploadFile};
use dinero_client::{Credentials, DineroClient, DineroSettings, OrganizationId};
use futures::TryStreamExt;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dinero = dinero()?;
    let path = env::args().nth(1).ok_or("usage: upload_file PATH")?;
    let name = Path::new(&path).file_name().and_then(|name| name.to_str()).ok_or("the name cannot be read")?;
    let content_type = match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("pdf") => "application/pdf",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some(_) | None => return Err("Dinero takes PDF files and pictures".into()),
    };
    let content = std::fs::read(&path)?.into();
    let upload = Upload { name: name.to_owned(), content_type: content_type.to_owned(), content };
    let saved = dinero.send(&UploadFile { upload }).await?;
    let file = saved.file_guid.ok_or("the answer names no file")?;
    println!("{file} is in the archive");

    // A new file may take a second to be readable.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let mut pieces = dinero.download(&GetFile { file }).await?;
    let mut bytes = 0;
    while let Some(piece) = pieces.try_next().await? {
        bytes += piece.len();
    }
    println!("{bytes} bytes came back");
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
