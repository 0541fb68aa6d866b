//! The operations, each a value that says what it sends and reads what comes back. No input or output happens here.

mod files;
mod login;
mod query;
mod records;
mod related;
mod schema;
mod sync;

use std::borrow::Cow;
use std::fmt;

use api_transport::{Errand, Safety};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use crate::endpoint::Endpoint;
use crate::envelope::{self, Answer};
use crate::error::Error;

pub use files::{FileContent, FilesRetrieve};
pub use login::{Acknowledged, Challenge, ExtendSession, GetChallenge, Login, LoginAnswer, Logout};
pub use query::{Query, QueryRelated};
pub use records::{Create, Delete, Deleted, Retrieve, RetrieveInventory, Revise, Update};
pub use related::{AddRelated, RelatedTypes, RetrieveRelated};
pub use schema::{Describe, ListTypes};
pub use sync::{Sync, SyncPage, SyncScope};

/// How an operation is registered on the server, which then reads its parameters only from there (fact sheet §1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Parameters in the URL.
    Get,
    /// Parameters in a form body.
    Post,
}

/// Where a call goes and in whose name.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The installation.
    pub endpoint: &'a Endpoint,
    /// The session, for operations that need one.
    pub session: Option<&'a SessionName>,
}

/// The name of a session, which is as good as a password while it lives.
#[derive(Clone)]
pub struct SessionName(SecretString);

impl SessionName {
    /// A session that someone else opened.
    #[must_use]
    pub fn new(name: SecretString) -> Self {
        Self(name)
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for SessionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionName(..)")
    }
}

/// One operation of the API.
pub trait Operation {
    /// What the server answers.
    type Output: DeserializeOwned + Send;
    /// The operation's name on the wire.
    const NAME: &'static str;
    /// Where its parameters go.
    const VERB: Verb;
    /// What may be done when its answer is lost.
    const SAFETY: Safety;
    /// Whether it is carried out in a session.
    const IN_SESSION: bool = true;
    /// Whether there are servers without it. They answer HTTP 500, which then is no reason to ask again.
    const OPTIONAL: bool = false;

    /// Its parameters in wire order, without `operation` and `sessionName`.
    fn parameters(&self) -> Vec<(&'static str, String)>;

    /// The operation as a plain call.
    fn call(&self) -> Call {
        let parameters = self.parameters().into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect();
        Call {
            name: Cow::Borrowed(Self::NAME),
            verb: Self::VERB,
            safety: Self::SAFETY,
            in_session: Self::IN_SESSION,
            optional: Self::OPTIONAL,
            parameters,
        }
    }

    /// The request that carries it.
    ///
    /// # Errors
    /// When the operation needs a session and `context` has none, or the request is too long for any server.
    fn request(&self, context: Context<'_>) -> Result<http::Request<Bytes>, Error> {
        self.call().request(context)
    }

    /// Reads the response to it.
    ///
    /// # Errors
    /// When the server refused, or answered something else than an answer.
    fn decode(&self, response: &http::Response<Bytes>) -> Result<Answer<Self::Output>, Error> {
        self.call().decode(response)
    }
}

/// Any call, also of an operation that has no type here: the way out for what an installation adds to the API.
///
/// ```
/// use simplycrm_client::Call;
/// let call = Call::get("wsapp_get").parameter("key", "…");
/// assert_eq!(call.name(), "wsapp_get");
/// ```
#[derive(Clone)]
pub struct Call {
    name: Cow<'static, str>,
    verb: Verb,
    safety: Safety,
    in_session: bool,
    optional: bool,
    parameters: Vec<(Cow<'static, str>, String)>,
}

impl Call {
    /// A call that reads, with its parameters in the URL.
    pub fn get(name: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name: name.into(),
            verb: Verb::Get,
            safety: Safety::Read,
            in_session: true,
            // It is the way out for what only some servers have.
            optional: true,
            parameters: Vec::new(),
        }
    }

    /// A call that writes, with its parameters in a form. It is never sent twice.
    pub fn post(name: impl Into<Cow<'static, str>>) -> Self {
        Self { verb: Verb::Post, safety: Safety::UnsafeWrite, ..Self::get(name) }
    }

    /// Adds a parameter. PHP takes the texts `""` and `"0"` for no parameter at all (fact sheet §1.2).
    #[must_use]
    pub fn parameter(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.parameters.push((name.into(), value.into()));
        self
    }

    /// This call outside any session.
    #[must_use]
    pub fn without_session(self) -> Self {
        Self { in_session: false, ..self }
    }

    /// This call, known to change nothing, so that it may be sent again and does not count as a write.
    #[must_use]
    pub fn harmless(self) -> Self {
        Self { safety: Safety::Read, ..self }
    }

    /// The operation's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What may be done when its answer is lost.
    #[must_use]
    pub fn safety(&self) -> Safety {
        self.safety
    }

    /// Whether it needs a session.
    #[must_use]
    pub fn is_in_session(&self) -> bool {
        self.in_session
    }

    pub(crate) fn writes(&self) -> bool {
        self.safety.writes()
    }

    pub(crate) fn errand(&self) -> Errand {
        let operation = match &self.name {
            Cow::Borrowed(name) => name,
            Cow::Owned(_) => "call",
        };
        let safety = if self.optional { Safety::UnsafeWrite } else { self.safety };
        Errand { operation, safety, writes: self.writes() }
    }

    pub(crate) fn owned_name(&self) -> Cow<'static, str> {
        self.name.clone()
    }

    /// The request that carries this call: parameters in the URL for GET, in a form for POST.
    ///
    /// # Errors
    /// When the call needs a session and `context` has none, or the URL is longer than HTTP libraries allow.
    pub fn request(&self, context: Context<'_>) -> Result<http::Request<Bytes>, Error> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("operation", &self.name);
        form.extend_pairs(self.parameters.iter().map(|(name, value)| (name.as_ref(), value.as_str())));
        match context.session {
            Some(session) if self.in_session => {
                form.append_pair("sessionName", session.expose());
            }
            None if self.in_session => {
                return Err(Error::unsendable(self.name.clone(), "there is no session to send it in"));
            }
            Some(_) | None => {}
        }
        let parameters = form.finish();
        let endpoint = context.endpoint.as_str();
        let request = http::Request::builder().header(http::header::ACCEPT, "application/json");
        let request = match self.verb {
            Verb::Get => request.method(http::Method::GET).uri(format!("{endpoint}?{parameters}")).body(Bytes::new()),
            Verb::Post => request
                .method(http::Method::POST)
                .uri(endpoint)
                .header(http::header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Bytes::from(parameters)),
        };
        request.map_err(|_| Error::unsendable(self.name.clone(), "its parameters are too long for a URL"))
    }

    /// Reads the response to this call.
    ///
    /// # Errors
    /// When the server refused, or answered something else than an answer.
    pub fn decode<T: DeserializeOwned>(&self, response: &http::Response<Bytes>) -> Result<Answer<T>, Error> {
        envelope::decode(response.status().as_u16(), response.body())
            .map_err(|kind| Error::new(self.name.clone(), self.writes(), kind))
    }
}

impl fmt::Debug for Call {
    /// Names only: the values are records and secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.parameters.iter().map(|(name, _)| name.as_ref()).collect();
        f.debug_struct("Call").field("name", &self.name).field("verb", &self.verb).field("parameters", &names).finish()
    }
}

/// A point in time from seconds since 1970, which some servers send as text.
fn from_unix(seconds: &serde_json::Value) -> Option<DateTime<Utc>> {
    let seconds = seconds.as_i64().or_else(|| seconds.as_str()?.parse().ok())?;
    DateTime::from_timestamp(seconds, 0)
}
