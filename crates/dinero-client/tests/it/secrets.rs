//! Nothing that is shown holds a secret.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use dinero_client::op::ListOrganizations;
use tracing_subscriber::fmt::MakeWriter;

use crate::fake::{Fake, said, settings};

/// Everything that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test(start_paused = true)]
async fn l11_canaries_stay_where_they_are() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let mut shown = format!("{:?}", settings("https://api.test"));
    for (token, answer) in [
        (r#"{"access_token":"canary-token","expires_in":1}"#, said(200, "[]")),
        (r#"{"access_token":"canary-token"}"#, said(500, "down")),
        (r#"{"access_token":"canary-token","expires_in":"canary-token"}"#, said(200, "[]")),
        (r#"{"access_token":"canary-token"}"#, said(401, "")),
        // Servers that put what they were sent into their answers.
        (r#"{"access_token":"canary-token"}"#, said(400, r#"{"code":42,"message":"canary-token"}"#)),
        (r#"{"access_token":"canary-token"}"#, said(400, r#"{"message":"m","validationErrors":{"x":"canary-token"}}"#)),
        (r#"{"access_token":"canary-token"}"#, said(403, "Bearer canary-token is not welcome")),
        (r#"{"access_token":"canary-token"}"#, said(200, r#"["canary-token"]"#)),
    ] {
        let fake = Fake::new(
            move |request| {
                if request.uri().path() == "/token" { Ok(said(200, token)) } else { Ok(answer.clone()) }
            },
        );
        let client = fake.client();
        if let Err(error) = client.send(&ListOrganizations).await {
            shown += &format!("{error} {error:?}");
        }
        shown += &format!("{client:?}");
    }
    for told in [r#"{"error":"canary-api-key"}"#, "no client canary-client-secret", "canary-api-key"] {
        let fake = Fake::new(move |_| Ok(said(400, told)));
        let error = fake.client().send(&ListOrganizations).await.unwrap_err();
        shown += &format!("{error} {error:?}");
    }
    drop(guard);
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains(r#"operation="organizations.list" organisation="4711" request=2"#), "{log}");
    for (place, text) in [("shown", &shown), ("logged", &log)] {
        assert!(!text.contains("canary"), "{place}: {text}");
    }
}
