//! Lists the overdue invoices, the oldest first.

#![allow(clippy::print_stdout)]

use std::env;
use std::sync::Arc;

use api_transport::{BaseUrl, HttpSettings, HttpTransport};
use dinero_client::model::{PaymentStatus, SalesSort, SortOrder};
use dinero_client::op::ListInvoices;
use dinero_client::{Credentials, DineroClient, DineroSettings, OrganizationId};
use futures::TryStreamExt;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dinero = dinero()?;
    let overdue = ListInvoices {
        statuses: vec![PaymentStatus::Overdue],
        sort: Some(SalesSort::VoucherDate),
        order: Some(SortOrder::Ascending),
        ..ListInvoices::new()
    };
    let mut invoices = std::pin::pin!(dinero.stream(overdue));
    while let Some(invoice) = invoices.try_next().await? {
        let due = invoice.payment_date.map(|date| date.to_string()).unwrap_or_default();
        let total = invoice.total_incl_vat_in_dkk.unwrap_or_default();
        println!("{due}  {total:>12.2} DKK  {}", invoice.contact_name.unwrap_or_default());
    }
    println!("{} requests", dinero.requests());
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
