//! The client: a token, a rate limit, and operations sent over a transport.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use api_transport::{BaseUrl, BodyStream, Courier, Errand, ErrorBudget, MayHaveHappened, Transport, Usage};
use bytes::Bytes;
use futures::TryStreamExt;
use http::Request;
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
    /// A client over `transport`. Nothing is sent yet. Under a limit it also stops for a while when half of what ten minutes
    /// hold was refused, because Dinero may block who is refused too often (fact sheet §3).
    #[must_use]
    pub fn new(settings: DineroSettings, transport: Arc<dyn Transport>) -> Self {
        let per_minute = settings.requests_per_minute;
        let mut courier = Courier::new(transport, per_minute, &settings.organization.to_string());
        if per_minute > 0 {
            courier = courier.with_budget(ErrorBudget::new(per_minute.saturating_mul(5), Duration::from_secs(600)));
        }
        Self::with_courier(settings, courier)
    }

    /// A client over a courier of your own, with its own limit, retry policy and error budget. The settings' limit does not
    /// count then.
    #[must_use]
    pub fn with_courier(settings: DineroSettings, courier: Courier) -> Self {
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

    /// Requests sent so far, those for tokens included.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.usage().requests
    }

    /// Requests so far that changed something in Dinero, or may have.
    #[must_use]
    pub fn writes(&self) -> u64 {
        self.usage().writes
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
            Err(refused) if refused.is_bad_credentials() => {
                let again = async {
                    let token = self.token(Some(&token)).await?;
                    self.attempt(operation, &token).await
                };
                let open = refused.followed_an_open_attempt();
                again.await.map_err(|error| error.after(open))
            }
            result => result,
        }
    }

    /// Sends one operation that gives a file, and hands the file on as it arrives. It is not repeated on failure.
    ///
    /// # Errors
    /// See [`Error`]'s predicates; a failure in mid-file comes through the stream.
    pub async fn download<O: Operation<Output = Bytes>>(&self, operation: &O) -> Result<BodyStream, Error> {
        let mut refused = None;
        loop {
            let token = self.token(refused.as_ref()).await?;
            let (errand, request) = self.prepare(operation, &token);
            let response = self.inner.courier.stream(errand, request).await;
            let (head, body) = response.map_err(|error| Error::transport(O::NAME, error))?.into_parts();
            if head.status.is_success() {
                return Ok(body);
            }
            let body: Vec<Bytes> = body.try_collect().await.map_err(|error| Error::transport(O::NAME, error))?;
            let error = Error::api(O::NAME, head.status, &Bytes::from(body.concat()));
            let error = error.without(token.secret.expose_secret());
            if refused.is_some() || !error.is_bad_credentials() {
                return Err(error);
            }
            refused = Some(token);
        }
    }

    fn prepare<O: Operation>(&self, operation: &O, token: &Token) -> (Errand, Request<Bytes>) {
        let settings = &self.inner.settings;
        let mut request = operation.request(&settings.base_url, settings.organization);
        if let Ok(mut bearer) = HeaderValue::from_str(&format!("Bearer {}", token.secret.expose_secret())) {
            bearer.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, bearer);
        }
        let safety = operation.safety();
        (Errand { operation: O::NAME, safety, writes: safety.writes() }, request)
    }

    async fn attempt<O: Operation>(&self, operation: &O, token: &Token) -> Result<O::Output, Error> {
        let (errand, request) = self.prepare(operation, token);
        let response = self.inner.courier.carry(errand, request).await;
        let response = response.map_err(|error| Error::transport(O::NAME, error))?;
        let open = response.extensions().get::<MayHaveHappened>().is_some();
        let outcome = if response.status().is_success() {
            operation.decode(&response)
        } else {
            Err(Error::api(O::NAME, response.status(), response.body()))
        };
        // A server may repeat what it was sent.
        outcome.map_err(|error| error.without(token.secret.expose_secret()).after(open))
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
        let token = auth::grant(&self.inner.courier, settings.token_url.as_url(), &settings.credentials).await?;
        *kept = Some(token.clone());
        Ok(token)
    }
}
