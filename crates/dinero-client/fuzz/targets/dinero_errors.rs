//! Fuzzes what is made of a refusal: any status with any body, from the API and from the token endpoint, gives an error whose
//! questions can all be asked, agree with each other, and whose text is short.
#![no_main]

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use api_transport::{BaseUrl, Courier, RetryPolicy, Transport, TransportError};
use arbitrary::Arbitrary;
use async_trait::async_trait;
use bytes::Bytes;
use dinero_client::op::{DeleteContact, GetInvoice};
use dinero_client::{ContactGuid, Credentials, DineroClient, DineroSettings, Error, InvoiceGuid, OrganizationId};
use libfuzzer_sys::fuzz_target;

#[derive(Debug, Arbitrary)]
struct Refusal<'a> {
    by_token_endpoint: bool,
    status: u16,
    body: &'a [u8],
}

/// Answers as it was last told; the token endpoint does so only when that is what is fuzzed.
#[derive(Debug, Default)]
struct Told(Mutex<(bool, u16, Bytes)>);

#[async_trait]
impl Transport for Told {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let (by_token_endpoint, status, body) = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let response = if request.uri().path() == "/token" && !by_token_endpoint {
            http::Response::builder().body(Bytes::from_static(br#"{"access_token":"t","expires_in":3600}"#))
        } else {
            http::Response::builder().status(status).body(body)
        };
        Ok(response.expect("a response"))
    }
}

static RUNTIME: LazyLock<tokio::runtime::Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_current_thread().build().expect("a runtime"));

fn client(told: Arc<Told>) -> DineroClient {
    let once = RetryPolicy { attempts: 1, ..RetryPolicy::default() };
    let settings = DineroSettings {
        base_url: BaseUrl::parse("https://api.test").expect("an address"),
        token_url: BaseUrl::parse("https://api.test/token").expect("an address"),
        organization: OrganizationId(4711),
        credentials: Credentials::Personal {
            client_id: "client".to_owned(),
            client_secret: "canary".into(),
            api_key: "canary".into(),
        },
        requests_per_minute: 0,
    };
    DineroClient::with_courier(settings, Courier::new(told, 0, "4711").with_policy(once))
}

fn ask(error: &Error, status: u16, by_token_endpoint: bool) {
    // Words of the body come in whole, so only what we add is bounded; a page shows nothing of itself.
    let shown = format!("{error} {error:?}");
    assert!(!shown.is_empty() && !error.operation().is_empty());
    let refused = error.status().map(|status| status.as_u16());
    assert!(refused.is_none_or(|refused| refused == status));
    let gone_wrong = error.is_stale() || error.is_deleted() || error.needs_pro();
    assert!(!gone_wrong || error.code().is_some(), "a code stands behind these");
    assert!(!(error.is_forbidden() && error.needs_pro()));
    assert_eq!(error.is_throttled(), refused == Some(429));
    assert_eq!(error.is_brownout(), refused == Some(480));
    assert_eq!(error.is_unauthorized(), refused == Some(401));
    let _ = (error.is_duplicate(), error.is_not_found(), error.is_validation(), error.is_bad_credentials());
    let _ = (error.fields(), error.local_message(), error.decode_path());
    // What was certainly refused was not carried out.
    if (400..500).contains(&status) && status != 480 {
        assert!(!error.outcome_unknown(), "{error:?}");
        assert!(!error.is_unreachable(), "{error:?}");
    }
    if status >= 500 && !by_token_endpoint {
        assert!(error.outcome_unknown() && error.is_unreachable(), "{error:?}");
    }
}

fuzz_target!(|refusal: Refusal<'_>| {
    let status = 200 + refusal.status % 400;
    let told = Arc::new(Told(Mutex::new((refusal.by_token_endpoint, status, Bytes::copy_from_slice(refusal.body)))));
    let client = client(told);
    let read = RUNTIME.block_on(client.send(&GetInvoice { guid: InvoiceGuid(Default::default()) }));
    let write = RUNTIME.block_on(client.send(&DeleteContact(ContactGuid(Default::default()))));
    assert!(status < 300 || (read.is_err() && write.is_err()));
    for error in [read.err(), write.err()].into_iter().flatten() {
        ask(&error, status, refusal.by_token_endpoint);
    }
});
