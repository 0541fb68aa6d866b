//! Organisations and their settings.

use api_transport::{BaseUrl, Safety};
use bytes::Bytes;
use http::{Request, Response};

use super::{Operation, get, json};
use crate::model::{Organization, SalesSettings};
use crate::{Error, OrganizationId};

/// The organisations that the credentials reach. It works without a Pro subscription (fact sheet §6.1).
#[derive(Debug, Clone, Copy, Default)]
pub struct ListOrganizations;

impl Operation for ListOrganizations {
    type Output = Vec<Organization>;
    const NAME: &'static str = "organizations.list";
    const SAFETY: Safety = Safety::Read;

    fn request(&self, base: &BaseUrl, _: OrganizationId) -> Request<Bytes> {
        let mut url = base.join(["v1", "organizations"]);
        url.query_pairs_mut().append_pair("fields", "Id,Name,IsPro");
        get(&url)
    }

    fn decode(&self, response: &Response<Bytes>) -> Result<Self::Output, Error> {
        json(Self::NAME, response)
    }
}

/// What new sales vouchers begin with.
#[derive(Debug, Clone, Copy, Default)]
pub struct GetSalesSettings;

impl Operation for GetSalesSettings {
    type Output = SalesSettings;
    const NAME: &'static str = "sales.settings";
    const SAFETY: Safety = Safety::Read;

    fn request(&self, base: &BaseUrl, organization: OrganizationId) -> Request<Bytes> {
        get(&base.join(["v1", &organization.to_string(), "sales", "settings"]))
    }

    fn decode(&self, response: &Response<Bytes>) -> Result<Self::Output, Error> {
        json(Self::NAME, response)
    }
}
