//! A stand-in for the way to a server: it knows sessions, answers the rest as told, and keeps what it was sent.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use api_transport::{Transport, TransportError};
use async_trait::async_trait;
use bytes::Bytes;
use simplycrm_client::{SimplyCrmClient, SimplyCrmSettings};
use url::form_urlencoded;

/// What comes back for one call.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Body(u16, String),
    Lost,
    NotSent,
}

/// A result in its envelope.
pub(crate) fn success(result: &str) -> Reply {
    Reply::Body(200, format!(r#"{{"success":true,"result":{result}}}"#))
}

/// A refusal in its envelope.
pub(crate) fn refused(code: &str) -> Reply {
    Reply::Body(200, format!(r#"{{"success":false,"error":{{"code":"{code}","message":"no"}}}}"#))
}

/// A call as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) operation: String,
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) at: tokio::time::Instant,
}

#[derive(Debug, Default)]
pub(crate) struct FakeCrm {
    replies: Mutex<VecDeque<(String, Reply)>>,
    seen: Mutex<Vec<Seen>>,
    logins: Mutex<u32>,
}

pub(crate) const ACCESS_KEY: &str = "canary-access-key";

impl FakeCrm {
    pub(crate) fn client(self: &Arc<Self>) -> SimplyCrmClient {
        self.client_with(|_| {})
    }

    pub(crate) fn client_with(self: &Arc<Self>, change: impl FnOnce(&mut SimplyCrmSettings)) -> SimplyCrmClient {
        let mut settings =
            SimplyCrmSettings::new("https://crm.example.invalid", "integration", ACCESS_KEY.to_owned().into());
        settings.jitter_seed = 7;
        change(&mut settings);
        let transport: Arc<dyn Transport> = self.clone();
        SimplyCrmClient::new(settings, transport).unwrap()
    }

    /// The next call of `operation` gets `reply`.
    pub(crate) fn on(self: &Arc<Self>, operation: &str, reply: Reply) -> Arc<Self> {
        self.replies.lock().unwrap().push_back((operation.to_owned(), reply));
        Arc::clone(self)
    }

    /// The operations in the order they came, logins left out.
    pub(crate) fn operations(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        let names = seen.iter().map(|seen| seen.operation.clone());
        names.filter(|name| !["getchallenge", "login"].contains(&name.as_str())).collect()
    }

    /// The challenges and logins in the order they came.
    pub(crate) fn logins(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        let names = seen.iter().map(|seen| seen.operation.clone());
        names.filter(|name| ["getchallenge", "login"].contains(&name.as_str())).collect()
    }

    /// When each call came, logins included.
    pub(crate) fn arrivals(&self) -> Vec<tokio::time::Instant> {
        self.seen.lock().unwrap().iter().map(|seen| seen.at).collect()
    }

    pub(crate) fn seen(&self, operation: &str) -> Vec<Seen> {
        self.seen.lock().unwrap().iter().filter(|seen| seen.operation == operation).cloned().collect()
    }

    /// Whether everything that was prepared has been asked for.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.replies.lock().unwrap().is_empty()
    }

    fn prepared(&self, operation: &str) -> Option<Reply> {
        let mut replies = self.replies.lock().unwrap();
        let nth = replies.iter().position(|(name, _)| name == operation)?;
        replies.remove(nth).map(|(_, reply)| reply)
    }

    fn reply(&self, seen: &Seen) -> Reply {
        if let Some(reply) = self.prepared(&seen.operation) {
            return reply;
        }
        match seen.operation.as_str() {
            "getchallenge" => success(r#"{"token":"canary-token","serverTime":1795419027,"expireTime":1795419327}"#),
            "login" => {
                let mut logins = self.logins.lock().unwrap();
                *logins += 1;
                success(&format!(
                    r#"{{"sessionName":"canary-session-{logins}","userId":"19x5","version":"0.22","vtigerVersion":"7.3.0"}}"#
                ))
            }
            // A revise of nothing, with which the client finds out whether the server knows the operation.
            "revise" if !seen.parameters["element"].contains("\"id\"") => refused("INVALID_ID_ATTRIBUTE"),
            other => panic!("nobody prepared an answer to {other} {:?}", seen.parameters),
        }
    }
}

#[async_trait]
impl Transport for FakeCrm {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let query = request.uri().query().unwrap_or_default().as_bytes();
        let encoded = if request.method() == http::Method::GET { query } else { request.body() };
        let parameters: BTreeMap<String, String> = form_urlencoded::parse(encoded).into_owned().collect();
        let at = tokio::time::Instant::now();
        let seen = Seen { operation: parameters["operation"].clone(), parameters, at };
        self.seen.lock().unwrap().push(seen.clone());
        // Decided as the call comes in, so that calls under way at once get their replies in the order in which they came.
        let reply = self.reply(&seen);
        tokio::task::yield_now().await;
        let failure = |reason: &str| (String::from("crm.example.invalid"), reason.to_owned());
        match reply {
            Reply::Body(status, body) => Ok(http::Response::builder().status(status).body(Bytes::from(body)).unwrap()),
            Reply::Lost => {
                let (host, reason) = failure("timed out");
                Err(TransportError::Lost { host, reason })
            }
            Reply::NotSent => {
                let (host, reason) = failure("connection refused");
                Err(TransportError::NotSent { host, reason })
            }
        }
    }
}
