//! The failure classes over a real socket: what a person is told, and what is never sent twice.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use api_transport::{Courier, HttpSettings, HttpTransport, RetryPolicy};
use simplycrm_client::{Element, Error, ModuleName, SimplyCrmClient, SimplyCrmSettings};
use wiremock::matchers::{body_string_contains, method, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

const CHALLENGE: &str =
    r#"{"success":true,"result":{"token":"canary-token","serverTime":1795419027,"expireTime":1795419327}}"#;
const LOGIN: &str = r#"{"success":true,"result":{"sessionName":"canary-session","userId":"19x5","version":"0.22","vtigerVersion":"8.4.0"}}"#;

fn answer(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.to_owned(), "application/json")
}

async fn server() -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(query_param("operation", "getchallenge"))
        .respond_with(answer(CHALLENGE))
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(body_string_contains("operation=login"))
        .respond_with(answer(LOGIN))
        .mount(&server)
        .await;
    server
}

fn client(url: &str) -> SimplyCrmClient {
    let settings = SimplyCrmSettings::new(url, "integration", "canary-access-key".to_owned().into());
    let http = HttpSettings { timeout: Duration::from_millis(300), ..HttpSettings::default() };
    let quick = RetryPolicy {
        first_wait: Duration::from_millis(1),
        throttled_wait: Duration::from_millis(1),
        ..RetryPolicy::default()
    };
    let transport = Arc::new(HttpTransport::new(&http).unwrap());
    SimplyCrmClient::with_courier(settings, Courier::new(transport, 0, "test").with_policy(quick)).unwrap()
}

async fn failing_create(response: ResponseTemplate, times: u64) -> Error {
    let server = server().await;
    Mock::given(method("POST"))
        .and(body_string_contains("operation=create"))
        .respond_with(response)
        .expect(times)
        .mount(&server)
        .await;
    let element = Element::new().text("accountname", "Ågade & Søn");
    client(&server.uri()).create(ModuleName::ACCOUNTS, element).await.unwrap_err()
}

type Class = fn(&Error) -> bool;

#[tokio::test]
async fn a_write_is_sent_once_whatever_becomes_of_its_answer() {
    let html = "<!DOCTYPE html><html><body>Vedligeholdelse</body></html>";
    let table: [(&str, ResponseTemplate, Class, bool); 7] = [
        ("time-out", answer("{}").set_delay(Duration::from_secs(5)), Error::is_unreachable, true),
        ("PHP died", ResponseTemplate::new(500), Error::is_unknown_operation, true),
        ("gateway", ResponseTemplate::new(502).set_body_string(html), Error::is_unreachable, true),
        ("maintenance", ResponseTemplate::new(503).set_body_string(html), Error::is_unreachable, true),
        ("a page", ResponseTemplate::new(200).set_body_string(html), Error::is_not_an_api, true),
        ("moved", ResponseTemplate::new(302).insert_header("location", "/login"), Error::is_not_an_api, true),
        (
            "refused",
            answer(r#"{"success":false,"error":{"code":0,"message":"Duplicate(s) detected!"}}"#),
            Error::is_duplicate,
            false,
        ),
    ];
    for (name, response, is_class, outcome_unknown) in table {
        let error = failing_create(response, 1).await;
        assert!(is_class(&error), "{name}: {error:?}");
        assert_eq!(error.outcome_unknown(), outcome_unknown, "{name}: {error:?}");
    }
}

#[tokio::test]
async fn what_was_throttled_was_not_done_and_is_tried_again() {
    let error = failing_create(ResponseTemplate::new(429), 4).await;
    assert!(error.is_unreachable() && !error.outcome_unknown());
}

#[tokio::test]
async fn a_host_that_is_not_there_is_unreachable_and_nothing_happened() {
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = client(&format!("http://127.0.0.1:{port}")).connection().await.unwrap_err();
    assert!(error.is_unreachable() && !error.outcome_unknown() && !error.is_not_an_api());
}

#[tokio::test]
async fn an_address_that_is_no_crm_says_so() {
    let server = MockServer::start().await;
    let page = "<!DOCTYPE html><html><title>Velkommen</title></html>";
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(404).set_body_string(page)).mount(&server).await;
    let error = client(&server.uri()).connection().await.unwrap_err();
    assert!(error.is_not_an_api() && !error.is_unreachable());
    assert!(error.to_string().contains("check the address"), "{error}");
}

#[tokio::test]
async fn danish_letters_arrive_as_they_were_sent() {
    let server = server().await;
    let stored = r#"<b>Warning</b>: x{"success":true,"result":{"id":"11x57","accountname":"\u00c5gade & S\u00f8n"}}"#;
    Mock::given(method("POST"))
        .and(body_string_contains("%C3%85gade+%26+S%C3%B8n"))
        .respond_with(answer(stored))
        .expect(1)
        .mount(&server)
        .await;
    let element = Element::new().text("accountname", "Ågade & Søn");
    let record = client(&server.uri()).create(ModuleName::ACCOUNTS, element).await.unwrap();
    assert_eq!(record.text("accountname").unwrap().as_deref(), Some("Ågade & Søn"));
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn l11_no_secret_is_logged() {
    let log = Log::default();
    let writer = log.clone();
    // The HTTP library's own traces at this level show every request line; they are not ours to write or to leave out.
    let filter = tracing_subscriber::EnvFilter::new("simplycrm_client=trace,api_transport=trace");
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(move || writer.clone()).finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let server = server().await;
    let lost = r#"{"success":false,"error":{"code":"INVALID_SESSIONID","message":"canary-session"}}"#;
    Mock::given(query_param("operation", "retrieve")).respond_with(answer(lost)).expect(2).mount(&server).await;
    client(&server.uri()).retrieve("11x57".parse().unwrap()).await.unwrap_err();
    drop(guard);
    let shown = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(shown.contains("logging in again"), "something is logged: {shown}");
    assert!(!shown.contains("canary"), "{shown}");
}
