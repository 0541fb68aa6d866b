//! Building requests and reading answers.

use std::fmt::Display;

use api_transport::BaseUrl;
use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use http::{HeaderValue, Method, Request, Response, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::LARGEST_PAGE;
use super::multipart::Upload;
use crate::any_case::AnyCase;
use crate::field::ListField;
use crate::model::whole_seconds;
use crate::{Error, Filter, OrganizationId, Timestamp};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const OCTETS: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// A request in the making.
pub(crate) struct Call {
    method: Method,
    url: Url,
    accept: HeaderValue,
    content_type: Option<HeaderValue>,
    body: Bytes,
}

impl Call {
    pub(crate) fn new(
        method: Method,
        base: &BaseUrl,
        version: &str,
        organization: Option<OrganizationId>,
        segments: &[&dyn Display],
    ) -> Self {
        let organization = organization.map(|organization| organization.to_string());
        let segments = segments.iter().map(ToString::to_string);
        let url = base.join(std::iter::once(version.to_owned()).chain(organization).chain(segments));
        Self { method, url, accept: JSON, content_type: None, body: Bytes::new() }
    }

    /// A query parameter, if it has a value.
    pub(crate) fn query(mut self, name: &str, value: Option<impl Display>) -> Self {
        if let Some(value) = value {
            self.url.query_pairs_mut().append_pair(name, &value.to_string());
        }
        self
    }

    pub(crate) fn time(self, name: &str, time: Option<DateTime<Utc>>) -> Self {
        self.query(name, time.map(whole_seconds))
    }

    pub(crate) fn date(self, name: &str, date: Option<NaiveDate>) -> Self {
        self.query(name, date)
    }

    /// `fields`, with the one that is always needed.
    pub(crate) fn fields<F: ListField>(self, fields: &[F], always: F) -> Self {
        let mut names: Vec<&str> = fields.iter().map(|field| field.as_str()).collect();
        if !fields.contains(&always) {
            names.push(always.as_str());
        }
        self.query("fields", Some(names.join(",")))
    }

    pub(crate) fn filter<F: ListField>(self, filter: Option<&Filter<F>>) -> Self {
        self.query("queryFilter", filter)
    }

    pub(crate) fn page(self, page: u32, page_size: u32) -> Self {
        self.query("page", Some(page)).query("pageSize", Some(page_size.clamp(1, LARGEST_PAGE)))
    }

    pub(crate) fn json(mut self, body: &impl Serialize) -> Self {
        // The models are plain structs; serialising them cannot fail.
        self.body = Bytes::from(serde_json::to_vec(body).unwrap_or_default());
        self.content_type = Some(JSON);
        self
    }

    /// A body that says what the voucher looked like, or that this does not matter.
    pub(crate) fn stamp(self, timestamp: Option<&Timestamp>) -> Self {
        self.json(&Stamp { timestamp })
    }

    /// `body`, and what the voucher looked like.
    pub(crate) fn stamped(self, timestamp: &Timestamp, body: &impl Serialize) -> Self {
        self.json(&Stamped { timestamp, body })
    }

    pub(crate) fn upload(mut self, upload: &Upload) -> Self {
        let (content_type, body) = upload.encode();
        self.content_type = HeaderValue::from_str(&content_type).ok();
        self.body = body;
        self
    }

    /// Asks for a file instead of JSON.
    pub(crate) fn expecting_file(mut self) -> Self {
        self.accept = OCTETS;
        self
    }

    pub(crate) fn build(self) -> Request<Bytes> {
        let mut request = Request::new(self.body);
        *request.method_mut() = self.method;
        *request.uri_mut() = self.url.as_str().parse().unwrap_or_default();
        request.headers_mut().insert(header::ACCEPT, self.accept);
        if let Some(content_type) = self.content_type {
            request.headers_mut().insert(header::CONTENT_TYPE, content_type);
        }
        request
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Stamp<'a> {
    timestamp: Option<&'a Timestamp>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Stamped<'a, T> {
    timestamp: &'a Timestamp,
    #[serde(flatten)]
    body: &'a T,
}

/// Reads a body whatever the case of its keys; an error names the place. Places are noted only when there is an error to tell
/// of: noting them costs a quarter of the reading.
pub(crate) fn json<T: DeserializeOwned>(operation: &'static str, response: &Response<Bytes>) -> Result<T, Error> {
    read(response.body()).map_err(|error| {
        let mut track = serde_path_to_error::Track::new();
        let mut deserializer = serde_json::Deserializer::from_slice(response.body());
        let again = T::deserialize(serde_path_to_error::Deserializer::new(AnyCase(&mut deserializer), &mut track));
        let place = if again.is_err() { track.path().to_string() } else { ".".to_owned() };
        Error::decode(operation, place, error.to_string())
    })
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = T::deserialize(AnyCase(&mut deserializer))?;
    deserializer.end()?;
    Ok(value)
}
