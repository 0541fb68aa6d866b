//! Organisations, countries, and settings for sales (fact sheet §6.1, §6.2, §6.7).

use api_transport::{BaseUrl, Safety};
use bytes::Bytes;
use http::{Method, Request, Response};

use super::Operation;
use super::call::{Call, json};
use crate::field::OrganizationField;
use crate::model::{Country, Organization, OrganizationDetails, SalesSettings};
use crate::{Error, OrganizationId};

/// Declares reads that have no parameters.
macro_rules! plain_reads {
    ($($(#[$doc:meta])* $name:ident $label:literal => $output:ty: $call:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct $name;

        impl Operation for $name {
            type Output = $output;
            const NAME: &'static str = $label;
            const SAFETY: Safety = Safety::Read;

            fn request(&self, base: &BaseUrl, organization: OrganizationId) -> Request<Bytes> {
                let call: fn(&BaseUrl, OrganizationId) -> Call = $call;
                call(base, organization).build()
            }

            fn decode(&self, response: &Response<Bytes>) -> Result<Self::Output, Error> {
                json(Self::NAME, response)
            }
        }
    )*};
}

/// What tells one organisation from another, and whether the API may be used.
const FIELDS: [OrganizationField; 3] = [OrganizationField::Id, OrganizationField::Name, OrganizationField::IsPro];

plain_reads! {
    /// The organisations that the credentials reach. It works without a Pro subscription (fact sheet §6.1).
    ListOrganizations "organizations.list" => Vec<Organization>:
        |base, _| Call::new(Method::GET, base, "v1", None, &[&"organizations"]).fields(&FIELDS, OrganizationField::Id);

    /// The same in full.
    ListOrganizationDetails "organizations.list_details" => Vec<OrganizationDetails>:
        |base, _| Call::new(Method::GET, base, "v1.1", None, &[&"organizations"]);

    /// The countries that contacts may be in.
    ListCountries "countries.list" => Vec<Country>:
        |base, _| Call::new(Method::GET, base, "v1", None, &[&"countries"]);

    /// What new sales vouchers begin with.
    GetSalesSettings "sales.settings" => SalesSettings:
        |base, organization| Call::new(Method::GET, base, "v1", Some(organization), &[&"sales", &"settings"]);
}
