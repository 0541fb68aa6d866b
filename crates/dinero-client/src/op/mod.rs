//! Each call of the API as a plain value: it builds its request and decodes its response, without input or output.

mod contacts;
mod organizations;
mod products;

use api_transport::{BaseUrl, Safety};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderValue, Method, Request, Response, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::{Error, OrganizationId};

pub use contacts::{CreateContact, DeleteContact, GetContact, ListContacts, RestoreContact, UpdateContact};
pub use organizations::{GetSalesSettings, ListOrganizations};
pub use products::{CreateProduct, DeleteProduct, GetProduct, ListProducts, UpdateProduct};

/// The largest page (fact sheet §4.1).
pub const LARGEST_PAGE: u32 = 1000;

/// One call of the API.
pub trait Operation: Sync {
    /// What a success gives.
    type Output;
    /// Its name in traces and errors.
    const NAME: &'static str;
    /// What sending it twice would do.
    const SAFETY: Safety;

    /// The request, without a token.
    fn request(&self, base: &BaseUrl, organization: OrganizationId) -> Request<Bytes>;

    /// What a successful response says.
    ///
    /// # Errors
    /// When the body is not what it should be; the error names the place.
    fn decode(&self, response: &Response<Bytes>) -> Result<Self::Output, Error>;
}

fn get(url: &Url) -> Request<Bytes> {
    request(Method::GET, url, Bytes::new())
}

fn bare(method: Method, url: &Url) -> Request<Bytes> {
    request(method, url, Bytes::new())
}

fn with_json<T: Serialize>(method: Method, url: &Url, body: &T) -> Request<Bytes> {
    // The models are plain structs; serialising them cannot fail.
    let body = serde_json::to_vec(body).unwrap_or_default();
    let mut request = request(method, url, Bytes::from(body));
    request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    request
}

fn request(method: Method, url: &Url, body: Bytes) -> Request<Bytes> {
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = url.as_str().parse().unwrap_or_default();
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    request
}

fn json<T: DeserializeOwned>(operation: &'static str, response: &Response<Bytes>) -> Result<T, Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(response.body());
    serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| Error::decode(operation, error.path().to_string(), error.into_inner().to_string()))
}

/// `changesSince`: whole seconds, UTC (fact sheet §2).
fn whole_seconds(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
