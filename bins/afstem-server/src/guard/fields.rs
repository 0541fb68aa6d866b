//! A form as it was sent, and the proof that our own page sent it.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use tenancy::Digest;

use super::SignedIn;
use crate::fault::Fault;
use crate::server::Server;

/// The fields of a form. A name may come more than once.
#[derive(Debug, Default)]
pub(crate) struct Fields(BTreeMap<String, Vec<String>>);

impl Fields {
    pub(crate) fn parse(body: &[u8]) -> Self {
        let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(body) {
            fields.entry(name.into_owned()).or_default().push(value.into_owned());
        }
        Self(fields)
    }

    /// The first value of `name`, or nothing at all.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.get(name).and_then(|values| values.first()).map_or("", String::as_str)
    }

    /// All values of `name`.
    pub(crate) fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let body = Bytes::from_request(request, state).await.map_err(|_| Fault::TooLarge)?;
        Ok(Self::parse(&body))
    }
}

/// A form of somebody who is signed in, sent by one of our own pages.
#[derive(Debug)]
pub(crate) struct SignedForm {
    pub(crate) signed: SignedIn,
    pub(crate) fields: Fields,
}

impl FromRequest<Server> for SignedForm {
    type Rejection = Fault;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Fault> {
        let (mut parts, body) = request.into_parts();
        let signed = SignedIn::of(&mut parts, server).await?;
        let fields = Fields::from_request(Request::from_parts(parts, body), server).await?;
        // Digests, so that the comparison tells nothing by the time it takes.
        if Digest::of(fields.get("csrf")) == Digest::of(&signed.session.csrf) {
            Ok(Self { signed, fields })
        } else {
            Err(Fault::Forged)
        }
    }
}
