//! The two clients, made from the settings.

use std::sync::Arc;

use api_transport::{BaseUrl, Transport};
use dinero_client::{Credentials, DineroClient, OrganizationId};
use simplycrm_client::SimplyCrmClient;

use crate::{AppError, Settings};

pub(crate) fn dinero(settings: &Settings, transport: Arc<dyn Transport>) -> Result<DineroClient, AppError> {
    let own = &settings.dinero;
    let settings = dinero_client::DineroSettings {
        base_url: BaseUrl::parse(&own.base_url)?,
        token_url: BaseUrl::parse(&own.token_url)?,
        organization: OrganizationId(own.organization_id),
        credentials: Credentials::Personal {
            client_id: own.client_id.clone(),
            client_secret: own.client_secret.clone(),
            api_key: own.api_key.clone(),
        },
        requests_per_minute: own.requests_per_minute,
    };
    Ok(DineroClient::new(settings, transport))
}

pub(crate) fn simplycrm(settings: &Settings, transport: Arc<dyn Transport>) -> Result<SimplyCrmClient, AppError> {
    let own = &settings.simplycrm;
    BaseUrl::parse(&own.url)?;
    let settings =
        simplycrm_client::SimplyCrmSettings::new(own.url.clone(), own.username.clone(), own.access_key.clone());
    Ok(SimplyCrmClient::new(settings, transport)?)
}
