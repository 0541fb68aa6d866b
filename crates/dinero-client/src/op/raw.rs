//! A call that has no type of its own here.

use api_transport::{BaseUrl, Safety};
use bytes::Bytes;
use http::{Method, Request, Response};
use serde_json::Value;

use super::Operation;
use super::call::{Call, json};
use crate::{Error, OrganizationId};

/// Any call, in JSON both ways: for parts of the API outside this crate (fact sheet §6.13). An [`Operation`] of your own is
/// the typed way to the same end.
///
/// ```
/// use api_transport::{BaseUrl, Safety};
/// use dinero_client::{Operation, OrganizationId, op::Raw};
///
/// let saldo = Raw {
///     method: http::Method::GET,
///     version: "v1".to_owned(),
///     path: vec!["2026".to_owned(), "reports".to_owned(), "saldo".to_owned()],
///     query: Vec::new(),
///     body: None,
///     safety: Safety::Read,
/// };
/// let request = saldo.request(&BaseUrl::parse("https://api.dinero.dk")?, OrganizationId(4711));
/// assert_eq!(request.uri().path(), "/v1/4711/2026/reports/saldo");
/// # Ok::<(), api_transport::BaseUrlError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Raw {
    /// The method.
    pub method: Method,
    /// The version, such as `v1.2`.
    pub version: String,
    /// The path behind the organisation, segment by segment; each is encoded.
    pub path: Vec<String>,
    /// The query.
    pub query: Vec<(String, String)>,
    /// The body.
    pub body: Option<Value>,
    /// What sending it twice would do.
    pub safety: Safety,
}

impl Operation for Raw {
    type Output = Value;
    const NAME: &'static str = "raw";
    const SAFETY: Safety = Safety::UnsafeWrite;

    fn safety(&self) -> Safety {
        self.safety
    }

    fn request(&self, base: &BaseUrl, organization: OrganizationId) -> Request<Bytes> {
        let path: Vec<&dyn std::fmt::Display> = self.path.iter().map(|it| it as &dyn std::fmt::Display).collect();
        let mut call = Call::new(self.method.clone(), base, &self.version, Some(organization), &path);
        for (name, value) in &self.query {
            call = call.query(name, Some(value));
        }
        match &self.body {
            Some(body) => call.json(body).build(),
            None => call.build(),
        }
    }

    fn decode(&self, response: &Response<Bytes>) -> Result<Value, Error> {
        if response.body().is_empty() { Ok(Value::Null) } else { json(Self::NAME, response) }
    }
}
