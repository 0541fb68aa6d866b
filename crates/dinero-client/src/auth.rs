//! Tokens: asked for with the API key, kept until shortly before they expire (fact sheet §1.1).

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Method, Request, Response, header};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::time::Instant;
use url::Url;

use crate::Error;

/// How the client proves who it is.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// A personal integration: the organisation's own API key, with the installation's client id and secret.
    Personal {
        /// The installation's client id.
        client_id: String,
        /// The installation's client secret.
        client_secret: SecretString,
        /// *API-nøgle*.
        api_key: SecretString,
    },
}

/// How long before its end a token is no longer used.
const MARGIN: Duration = Duration::from_secs(60);

/// A token and when it stops being used.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) secret: SecretString,
    until: Instant,
}

impl Token {
    pub(crate) fn is_fresh(&self) -> bool {
        Instant::now() < self.until
    }
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: SecretString,
    #[serde(default = "an_hour")]
    expires_in: u64,
}

fn an_hour() -> u64 {
    3600
}

/// The request for a token. The API key stands in both user name and password.
pub(crate) fn request(url: &Url, credentials: &Credentials) -> Request<Bytes> {
    let Credentials::Personal { client_id, client_secret, api_key } = credentials;
    let basic = STANDARD.encode(format!("{client_id}:{}", client_secret.expose_secret()));
    let key = api_key.expose_secret();
    let form = [("grant_type", "password"), ("scope", "read write"), ("username", key), ("password", key)];
    let body = serde_html_form::to_string(form).unwrap_or_default();
    let mut request = Request::new(Bytes::from(body));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = url.as_str().parse().unwrap_or_default();
    let headers = request.headers_mut();
    if let Ok(mut value) = header::HeaderValue::from_str(&format!("Basic {basic}")) {
        value.set_sensitive(true);
        headers.insert(header::AUTHORIZATION, value);
    }
    let form = header::HeaderValue::from_static("application/x-www-form-urlencoded");
    headers.insert(header::CONTENT_TYPE, form);
    headers.insert(header::ACCEPT, header::HeaderValue::from_static("application/json"));
    request
}

/// The token in the endpoint's answer.
pub(crate) fn decode(response: &Response<Bytes>) -> Result<Token, Error> {
    if !response.status().is_success() {
        return Err(Error::token(response.status(), response.body()));
    }
    let answer: TokenAnswer = serde_json::from_slice(response.body())
        .map_err(|error| Error::decode("token", ".".to_owned(), error.to_string()))?;
    let life = Duration::from_secs(answer.expires_in);
    let until = Instant::now() + life.saturating_sub(MARGIN.min(life / 10));
    Ok(Token { secret: answer.access_token, until })
}
