//! The client: a token, a rate limit, and operations sent over a transport.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use api_transport::{BaseUrl, Courier, Errand, Safety, Transport, Usage};
use http::header::{AUTHORIZATION, HeaderValue};
use secrecy::ExposeSecret;
use tokio::sync::Mutex;

use crate::auth::{self, Credentials, Token};
use crate::{Error, Operation, OrganizationId};

/// Which organisation, where, and as whom.
#[derive(Debug, Clone)]
pub struct DineroSettings {
    /// Where the API is.
    pub base_url: BaseUrl,
    /// Where tokens are given.
    pub token_url: BaseUrl,
    /// *Firma ID*.
    pub organization: OrganizationId,
    /// Who we are.
    pub credentials: Credentials,
    /// The cap: 60 for a personal integration (fact sheet §3); 0 means no pacing.
    pub requests_per_minute: u32,
}

/// A client for one organisation. Clones share token, limit and counters.
#[derive(Clone)]
pub struct DineroClient {
    inner: Arc<Inner>,
}

struct Inner {
    settings: DineroSettings,
    courier: Courier,
    token: Mutex<Option<Token>>,
}

impl fmt::Debug for DineroClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DineroClient").field("organization", &self.inner.settings.organization).finish_non_exhaustive()
    }
}

impl DineroClient {
    /// A client over `transport`. Nothing is sent yet.
    #[must_use]
    pub fn new(settings: DineroSettings, transport: Arc<dyn Transport>) -> Self {
        let subject = settings.organization.to_string();
        let courier = Courier::new(transport, settings.requests_per_minute, &subject);
        Self { inner: Arc::new(Inner { settings, courier, token: Mutex::default() }) }
    }

    /// The organisation.
    #[must_use]
    pub fn organization(&self) -> OrganizationId {
        self.inner.settings.organization
    }

    /// Requests sent so far, those for tokens included.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.inner.courier.usage()
    }

    /// How long `requests` more requests will wait for the limit.
    #[must_use]
    pub fn forecast(&self, requests: u64) -> Duration {
        self.inner.courier.forecast(requests)
    }

    /// Sends one operation. A token that is refused in mid-flight is replaced once.
    ///
    /// # Errors
    /// See [`Error`]'s predicates.
    pub async fn send<O: Operation>(&self, operation: &O) -> Result<O::Output, Error> {
        let token = self.token(None).await?;
        match self.attempt(operation, &token).await {
            Err(error) if error.is_bad_credentials() => {
                let token = self.token(Some(&token)).await?;
                self.attempt(operation, &token).await
            }
            result => result,
        }
    }

    async fn attempt<O: Operation>(&self, operation: &O, token: &Token) -> Result<O::Output, Error> {
        let settings = &self.inner.settings;
        let mut request = operation.request(&settings.base_url, settings.organization);
        if let Ok(mut bearer) = HeaderValue::from_str(&format!("Bearer {}", token.secret.expose_secret())) {
            bearer.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, bearer);
        }
        let safety = operation.safety();
        let errand = Errand { operation: O::NAME, safety, writes: safety.writes() };
        let response = self.inner.courier.carry(errand, request).await;
        let response = response.map_err(|error| Error::transport(O::NAME, error))?;
        if response.status().is_success() {
            operation.decode(&response)
        } else {
            Err(Error::api(O::NAME, response.status(), response.body()))
        }
    }

    /// A fresh token; another one than `refused`. Asked for once, however many tasks wait for it.
    async fn token(&self, refused: Option<&Token>) -> Result<Token, Error> {
        let mut kept = self.inner.token.lock().await;
        let refused = refused.map(|token| token.secret.expose_secret());
        if let Some(token) = kept.as_ref()
            && token.is_fresh()
            && refused != Some(token.secret.expose_secret())
        {
            return Ok(token.clone());
        }
        let settings = &self.inner.settings;
        let request = auth::request(settings.token_url.as_url(), &settings.credentials);
        let errand = Errand { operation: "token", safety: Safety::Read, writes: false };
        let response = self.inner.courier.carry(errand, request).await;
        let token = auth::decode(&response.map_err(|error| Error::transport("token", error))?)?;
        *kept = Some(token.clone());
        Ok(token)
    }
}
