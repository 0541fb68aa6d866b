//! The real clients and connectors, wired to the two stand-ins.

use std::sync::Arc;

use api_transport::{BaseUrl, Transport};
use dinero_client::{Credentials, DineroClient, DineroSettings, OrganizationId};
use dinero_connector::DineroConnector;
use sandbox::dinero::{API_KEY, CLIENT_ID, CLIENT_SECRET};
use sandbox::simplycrm::INTEGRATION_ACCESS_KEY;
use simplycrm_client::{SimplyCrmClient, SimplyCrmSettings};
use simplycrm_connector::SimplyCrmConnector;
use sync_model::{Side, Sides};
use sync_run::{Clock, Connector};

use crate::process::Process;
use crate::wire::Wire;
use crate::world::World;

/// Those of one process, which know the time by `clock`.
pub(crate) fn connectors(
    world: &Arc<World>,
    process: &Arc<Process>,
    clock: &Arc<dyn Clock>,
) -> Sides<Arc<dyn Connector>> {
    let wire = |side| -> Arc<dyn Transport> {
        Arc::new(Wire { world: Arc::clone(world), process: Arc::clone(process), side })
    };
    let manner = &world.manner;
    let address = |text: &str| BaseUrl::parse(text).expect("the address is well-formed");
    let dinero = DineroClient::new(
        DineroSettings {
            base_url: address("https://dinero.invalid"),
            token_url: address("https://dinero.invalid/dineroapi/oauth/token"),
            organization: OrganizationId(4711),
            credentials: Credentials::Personal {
                client_id: CLIENT_ID.to_owned(),
                client_secret: CLIENT_SECRET.to_owned().into(),
                api_key: API_KEY.to_owned().into(),
            },
            requests_per_minute: manner.per_minute,
        },
        wire(Side::Left),
    );
    // Logins of one user wait for each other, whoever asks; a host of its own keeps histories apart.
    let url = format!("https://crm-{}.invalid", world.number);
    let settings = SimplyCrmSettings {
        jitter_seed: process.number,
        ..SimplyCrmSettings::new(url, "integration", INTEGRATION_ACCESS_KEY.to_owned().into())
    };
    let crm = SimplyCrmClient::new(settings, wire(Side::Right)).expect("the address is well-formed");
    Sides::new(
        Arc::new(DineroConnector::new(dinero, Arc::clone(clock)).with_page_size(manner.page)),
        Arc::new(SimplyCrmConnector::new(crm, Arc::clone(clock)).with_page_rows(manner.page)),
    )
}
