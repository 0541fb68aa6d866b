//! The transport that uses a network. The only place that names the HTTP library.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::TryStreamExt;

use crate::base_url::is_this_machine;
use crate::reach::{PRIVATE, PublicOnly, is_public};
use crate::transport::{BodyStream, Transport, TransportError};

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
    /// Whether only hosts of the public internet are reached. For a server that others tell where to connect.
    pub public_only: bool,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            user_agent: concat!("afstem/", env!("CARGO_PKG_VERSION")).to_owned(),
            proxy: None,
            extra_certificates: Vec::new(),
            public_only: false,
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
    public_only: bool,
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
        if settings.public_only {
            // A proxy would look names up by itself.
            builder = builder.dns_resolver(Arc::new(PublicOnly)).no_proxy();
        }
        if let Some(proxy) = &settings.proxy {
            builder = builder.proxy(reqwest::Proxy::all(proxy).map_err(unusable)?);
        }
        for pem in &settings.extra_certificates {
            let certificates = reqwest::Certificate::from_pem_bundle(pem).map_err(unusable)?;
            if certificates.is_empty() {
                return Err(NetworkError("an extra certificate holds no certificate in PEM form".to_owned()));
            }
            builder = certificates.into_iter().fold(builder, reqwest::ClientBuilder::add_root_certificate);
        }
        Ok(Self { client: builder.build().map_err(unusable)?, public_only: settings.public_only })
    }
}

impl HttpTransport {
    async fn open(&self, request: http::Request<Bytes>) -> Result<(String, reqwest::Response), TransportError> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let request = reqwest::Request::try_from(request).map_err(|error| not_sent(&host, &error))?;
        let encrypted = request.url().scheme() == "https";
        if !encrypted && !request.url().host().is_some_and(|host| is_this_machine(&host)) {
            let reason =
                "it would not be encrypted; use https:// (http:// is accepted only for this machine)".to_owned();
            return Err(TransportError::NotSent { host, reason });
        }
        if self.public_only && !may_be_public(request.url()) {
            return Err(TransportError::NotSent { host, reason: PRIVATE.to_owned() });
        }
        let response = self.client.execute(request).await.map_err(|error| failed(&host, &error))?;
        Ok((host, response))
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let (host, mut response) = self.open(request).await?;
        let mut head = http::Response::new(());
        *head.status_mut() = response.status();
        *head.version_mut() = response.version();
        *head.headers_mut() = std::mem::take(response.headers_mut());
        let body = response.bytes().await.map_err(|error| lost(&host, &error))?;
        Ok(head.map(|()| body))
    }

    async fn stream(&self, request: http::Request<Bytes>) -> Result<http::Response<BodyStream>, TransportError> {
        let (host, response) = self.open(request).await?;
        let mut head = http::Response::new(());
        *head.status_mut() = response.status();
        *head.version_mut() = response.version();
        head.headers_mut().clone_from(response.headers());
        let body = response.bytes_stream().map_err(move |error| lost(&host, &error));
        Ok(head.map(|()| Box::pin(body) as BodyStream))
    }
}

/// Whether a URL names no address outright that is not public. Names are looked at when they are resolved.
fn may_be_public(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => is_public(address.into()),
        Some(url::Host::Ipv6(address)) => is_public(address.into()),
        Some(url::Host::Domain(_)) | None => true,
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
