//! The transport that uses a network. The only place that names the HTTP library.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use crate::transport::{Transport, TransportError};

/// How the network is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpSettings {
    /// How long a connection may take to come about.
    pub connect_timeout: Duration,
    /// How long an exchange may take as a whole.
    pub timeout: Duration,
    /// What we call ourselves.
    pub user_agent: String,
    /// A proxy's address; without one the system's settings count.
    pub proxy: Option<String>,
    /// Certificates (PEM) to trust besides the system's.
    pub extra_certificates: Vec<Vec<u8>>,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            user_agent: concat!("afstem/", env!("CARGO_PKG_VERSION")).to_owned(),
            proxy: None,
            extra_certificates: Vec::new(),
        }
    }
}

/// The network could not be set up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the network cannot be used: {0}")]
pub struct NetworkError(String);

/// A transport over the network.
#[derive(Clone)]
pub struct HttpTransport {
    client: reqwest::Client,
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpTransport")
    }
}

impl HttpTransport {
    /// A transport with `settings`.
    ///
    /// # Errors
    /// When the proxy's address or a certificate cannot be read, or TLS is not available.
    pub fn new(settings: &HttpSettings) -> Result<Self, NetworkError> {
        let unusable = |error: reqwest::Error| NetworkError(error.without_url().to_string());
        let mut builder = reqwest::Client::builder()
            .connect_timeout(settings.connect_timeout)
            .timeout(settings.timeout)
            .user_agent(&settings.user_agent)
            // A redirect would carry a token or a session to a host that nobody checked.
            .redirect(reqwest::redirect::Policy::none());
        if let Some(proxy) = &settings.proxy {
            builder = builder.proxy(reqwest::Proxy::all(proxy).map_err(unusable)?);
        }
        for certificate in &settings.extra_certificates {
            builder = builder.add_root_certificate(reqwest::Certificate::from_pem(certificate).map_err(unusable)?);
        }
        Ok(Self { client: builder.build().map_err(unusable)? })
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let request = reqwest::Request::try_from(request).map_err(|error| not_sent(&host, &error))?;
        let response = self.client.execute(request).await.map_err(|error| failed(&host, &error))?;
        let mut builder = http::Response::builder().status(response.status()).version(response.version());
        if let Some(headers) = builder.headers_mut() {
            headers.clone_from(response.headers());
        }
        let body = response.bytes().await.map_err(|error| lost(&host, &error))?;
        builder.body(body).map_err(|error| TransportError::Lost { host, reason: error.to_string() })
    }
}

/// Only what certainly never reached the server counts as not sent.
fn failed(host: &str, error: &reqwest::Error) -> TransportError {
    if error.is_connect() || error.is_builder() { not_sent(host, error) } else { lost(host, error) }
}

fn not_sent(host: &str, error: &reqwest::Error) -> TransportError {
    TransportError::NotSent { host: host.to_owned(), reason: reason(error) }
}

fn lost(host: &str, error: &reqwest::Error) -> TransportError {
    TransportError::Lost { host: host.to_owned(), reason: reason(error) }
}

/// The innermost cause in its own words: the outer ones repeat the URL, which may hold a session.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "it took too long".to_owned();
    }
    let mut innermost = std::error::Error::source(error);
    while let Some(inner) = innermost.and_then(std::error::Error::source) {
        innermost = Some(inner);
    }
    innermost.map_or_else(|| "the connection broke".to_owned(), ToString::to_string)
}
