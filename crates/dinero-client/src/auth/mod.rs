//! Tokens: asked for when needed, kept until shortly before they expire (fact sheet §1).

mod personal;
mod visma;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use api_transport::{Courier, Errand, Safety};
use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, header};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::time::Instant;
use url::Url;

use crate::Error;

pub use visma::{Pkce, VismaApp, VismaGrant};

/// How the client proves who it is.
#[derive(Clone)]
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
    /// Visma Connect: a user let the integration in, and a refresh token is kept. Get the first one with [`VismaApp`].
    Visma {
        /// The integration's client id, `isv_…`.
        client_id: String,
        /// The integration's client secret.
        client_secret: SecretString,
        /// Where the refresh token is kept.
        store: Arc<dyn TokenStore>,
    },
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, client_id) = match self {
            Self::Personal { client_id, .. } => ("Personal", client_id),
            Self::Visma { client_id, .. } => ("Visma", client_id),
        };
        f.debug_struct(kind).field("client_id", client_id).finish_non_exhaustive()
    }
}

/// Keeps a refresh token. It may be good for one use: what the server gives in its place has to last before it is needed
/// again, and no two processes may use the same one at the same time (fact sheet §1.2, §9 P27).
///
/// ```
/// use std::sync::Mutex;
///
/// use dinero_client::{TokenStore, TokenStoreError};
/// use secrecy::SecretString;
///
/// struct InMemory(Mutex<Option<SecretString>>);
///
/// #[async_trait::async_trait]
/// impl TokenStore for InMemory {
///     async fn load(&self) -> Result<Option<SecretString>, TokenStoreError> {
///         Ok(self.0.lock().map_err(|_| "the store is broken")?.clone())
///     }
///
///     async fn save(&self, refresh_token: &SecretString) -> Result<(), TokenStoreError> {
///         *self.0.lock().map_err(|_| "the store is broken")? = Some(refresh_token.clone());
///         Ok(())
///     }
/// }
/// ```
#[async_trait]
pub trait TokenStore: Send + Sync {
    /// The refresh token that was saved last.
    ///
    /// # Errors
    /// Whatever keeps the store from answering.
    async fn load(&self) -> Result<Option<SecretString>, TokenStoreError>;

    /// Keeps `refresh_token` in place of the one before.
    ///
    /// # Errors
    /// Whatever keeps the store from keeping it.
    async fn save(&self, refresh_token: &SecretString) -> Result<(), TokenStoreError>;
}

/// Why a store of tokens failed.
pub type TokenStoreError = Box<dyn std::error::Error + Send + Sync>;

/// The longest that a token is believed to last, whatever is said of it.
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 3600);

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

    fn lasting(secret: SecretString, seconds: u64) -> Self {
        let life = Duration::from_secs(seconds).min(LONGEST_LIFE);
        Self { secret, until: Instant::now() + life.saturating_sub(MARGIN.min(life / 10)) }
    }
}

/// Asks for a token. Callers see to it that only one is asked for at a time.
pub(crate) async fn grant(courier: &Courier, url: &Url, credentials: &Credentials) -> Result<Token, Error> {
    match credentials {
        Credentials::Personal { client_id, client_secret, api_key } => {
            let request = personal::request(url, client_id, client_secret, api_key);
            let answer = ask(courier, Safety::Read, request, &[client_secret, api_key]).await?;
            Ok(Token::lasting(answer.access_token, answer.expires_in))
        }
        Credentials::Visma { client_id, client_secret, store } => {
            visma::refresh(courier, url, client_id, client_secret, &**store).await
        }
    }
}

#[derive(Deserialize)]
struct Answer {
    access_token: SecretString,
    #[serde(default = "an_hour")]
    expires_in: u64,
    refresh_token: Option<SecretString>,
}

fn an_hour() -> u64 {
    3600
}

/// Sends a request for a token. The `secrets` in it are taken out of whatever comes back as an error.
async fn ask(
    courier: &Courier,
    safety: Safety,
    request: Request<Bytes>,
    secrets: &[&SecretString],
) -> Result<Answer, Error> {
    let errand = Errand { operation: "token", safety, writes: false };
    let response: Response<Bytes> =
        courier.carry(errand, request).await.map_err(|error| Error::transport("token", error))?;
    if !response.status().is_success() {
        let error = Error::token(response.status(), response.body());
        return Err(secrets.iter().fold(error, |error, secret| error.without(exposed(secret))));
    }
    // The reason would repeat what it met, and that may be a token.
    let unreadable = |_| Error::decode("token", ".".to_owned(), "it is no answer to a request for a token".to_owned());
    serde_json::from_slice(response.body()).map_err(unreadable)
}

/// A form on its way to a token endpoint.
fn form(url: &Url, fields: &[(&str, &str)]) -> Request<Bytes> {
    let body = serde_html_form::to_string(fields).unwrap_or_default();
    let mut request = Request::new(Bytes::from(body));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = url.as_str().parse().unwrap_or_default();
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers_mut().insert(header::CONTENT_TYPE, form);
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    request
}

fn exposed(secret: &SecretString) -> &str {
    secret.expose_secret()
}
