//! A server made up by the test, without sockets: a function from request to answer.

use std::fmt;
use std::sync::{Arc, Mutex};

use api_transport::{BaseUrl, Transport, TransportError};
use async_trait::async_trait;
use bytes::Bytes;
use dinero_client::{Credentials, DineroClient, DineroSettings, OrganizationId};
use http::{Request, Response};

type Answer = dyn FnMut(&Request<Bytes>) -> Result<Response<Bytes>, TransportError> + Send;

#[derive(Clone)]
pub(crate) struct Fake {
    answer: Arc<Mutex<Answer>>,
    seen: Arc<Mutex<Vec<Request<Bytes>>>>,
}

impl fmt::Debug for Fake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fake")
    }
}

impl Fake {
    pub(crate) fn new(
        answer: impl FnMut(&Request<Bytes>) -> Result<Response<Bytes>, TransportError> + Send + 'static,
    ) -> Self {
        Self { answer: Arc::new(Mutex::new(answer)), seen: Arc::default() }
    }

    /// A server that gives tokens `token-1`, `token-2`… and otherwise answers as told.
    pub(crate) fn with_tokens(mut answer: impl FnMut(&Request<Bytes>) -> Response<Bytes> + Send + 'static) -> Self {
        let mut given = 0;
        Self::new(move |request| {
            if request.uri().path() == "/token" {
                given += 1;
                return Ok(said(200, &format!(r#"{{"access_token":"token-{given}","expires_in":3600}}"#)));
            }
            Ok(answer(request))
        })
    }

    /// The paths that were asked for, in order.
    pub(crate) fn paths(&self) -> Vec<String> {
        self.seen.lock().unwrap().iter().map(|request| request.uri().path().to_owned()).collect()
    }

    pub(crate) fn seen(&self) -> Vec<Request<Bytes>> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn client(&self) -> DineroClient {
        DineroClient::new(settings("https://api.test"), Arc::new(self.clone()))
    }
}

#[async_trait]
impl Transport for Fake {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        // Another task may run between question and answer, as it would over a network.
        tokio::task::yield_now().await;
        let answer = (self.answer.lock().unwrap())(&request);
        self.seen.lock().unwrap().push(request);
        answer
    }
}

pub(crate) fn said(status: u16, body: &str) -> Response<Bytes> {
    Response::builder().status(status).body(Bytes::copy_from_slice(body.as_bytes())).unwrap()
}

pub(crate) fn lost() -> TransportError {
    TransportError::Lost { host: "api.test".to_owned(), reason: "made up".to_owned() }
}

/// Settings for a personal integration at `url`, without a limit.
pub(crate) fn settings(url: &str) -> DineroSettings {
    DineroSettings {
        base_url: BaseUrl::parse(url).unwrap(),
        token_url: BaseUrl::parse(&format!("{url}/token")).unwrap(),
        organization: OrganizationId(4711),
        credentials: Credentials::Personal {
            client_id: "client".to_owned(),
            client_secret: "canary-client-secret".into(),
            api_key: "canary-api-key".into(),
        },
        requests_per_minute: 0,
    }
}
