//! The transport over sockets: which failures are certain, and what each one leads to.

use std::sync::Arc;
use std::time::Duration;

use api_transport::{Courier, Errand, HttpSettings, HttpTransport, RetryPolicy, Safety, Transport, TransportError};
use bytes::Bytes;
use futures::TryStreamExt;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn transport() -> HttpTransport {
    HttpTransport::new(&HttpSettings { timeout: Duration::from_millis(400), ..HttpSettings::default() }).unwrap()
}

fn quick(attempts: u32) -> RetryPolicy {
    let wait = Duration::from_millis(5);
    RetryPolicy { attempts, first_wait: wait, throttled_wait: wait, ..RetryPolicy::default() }
}

fn post(url: &str) -> http::Request<Bytes> {
    http::Request::post(url).body(Bytes::from_static(b"{}")).unwrap()
}

/// How often a server that always answers `answer` is asked.
async fn asked(answer: ResponseTemplate, safety: Safety) -> usize {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(answer).mount(&server).await;
    let courier = Courier::new(Arc::new(transport()), 0, "4711").with_policy(quick(3));
    let errand = Errand { operation: "test", safety, writes: safety.writes() };
    courier.carry(errand, post(&server.uri())).await.ok();
    let requests = server.received_requests().await.unwrap().len();
    assert_eq!(courier.usage().requests, requests as u64);
    requests
}

#[tokio::test]
async fn each_failure_class_is_repeated_as_its_safety_allows() {
    let slow = ResponseTemplate::new(200).set_delay(Duration::from_secs(5));
    let cases = [
        (ResponseTemplate::new(200), 1, 1, 1),
        (ResponseTemplate::new(400), 1, 1, 1),
        (ResponseTemplate::new(401), 1, 1, 1),
        (ResponseTemplate::new(409), 1, 1, 1),
        (ResponseTemplate::new(429), 3, 3, 3),
        (ResponseTemplate::new(429).insert_header("retry-after", "0"), 3, 3, 3),
        (ResponseTemplate::new(429).insert_header("retry-after", "86400"), 1, 1, 1),
        (ResponseTemplate::new(480), 3, 3, 1),
        (ResponseTemplate::new(500), 3, 3, 1),
        (ResponseTemplate::new(503).insert_header("retry-after", "0"), 3, 3, 1),
        (slow, 3, 3, 1),
    ];
    for (answer, read, idempotent, unsafely) in cases {
        let name = format!("{answer:?}");
        assert_eq!(asked(answer.clone(), Safety::Read).await, read, "{name}");
        assert_eq!(asked(answer.clone(), Safety::IdempotentWrite).await, idempotent, "{name}");
        assert_eq!(asked(answer, Safety::UnsafeWrite).await, unsafely, "{name}");
    }
}

#[tokio::test]
async fn a_closed_port_is_not_sent_and_a_late_answer_is_lost() {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let error = transport().send(post(&format!("http://{closed}/"))).await.unwrap_err();
    assert!(matches!(error, TransportError::NotSent { .. }), "{error}");
    let server = MockServer::start().await;
    let slow = ResponseTemplate::new(200).set_delay(Duration::from_secs(5));
    Mock::given(method("POST")).respond_with(slow).mount(&server).await;
    let error = transport().send(post(&format!("{}/?sessionName=canary", server.uri()))).await.unwrap_err();
    assert!(error.outcome_unknown());
    assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
}

#[tokio::test]
async fn nothing_travels_unencrypted_to_another_machine() {
    let error = transport().send(post("http://10.255.255.1/")).await.unwrap_err();
    assert!(!error.outcome_unknown());
    assert!(error.to_string().contains("https://"), "{error}");
}

#[tokio::test]
async fn a_redirect_is_shown_not_followed() {
    let server = MockServer::start().await;
    let elsewhere = ResponseTemplate::new(302).insert_header("location", "/elsewhere");
    Mock::given(path("/")).respond_with(elsewhere).mount(&server).await;
    let response = transport().send(post(&server.uri())).await.unwrap();
    assert_eq!(response.status().as_u16(), 302);
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_body_can_be_taken_piece_by_piece() {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_bytes(vec![7; 300_000]);
    Mock::given(method("POST")).respond_with(answer).mount(&server).await;
    let response = transport().stream(post(&server.uri())).await.unwrap();
    let pieces: Vec<Bytes> = response.into_body().try_collect().await.unwrap();
    assert!(pieces.len() > 1);
    assert_eq!(pieces.concat(), vec![7; 300_000]);
}

#[test]
fn settings_that_cannot_work_are_refused_in_words() {
    let bad_proxy = HttpSettings { proxy: Some("::".to_owned()), ..HttpSettings::default() };
    let bad_certificate = HttpSettings { extra_certificates: vec![b"no pem".to_vec()], ..HttpSettings::default() };
    for settings in [bad_proxy, bad_certificate] {
        let error = HttpTransport::new(&settings).unwrap_err();
        assert!(error.to_string().starts_with("the network cannot be used: "), "{error}");
    }
}

/// A server that others tell where to connect is not led into its own network, whatever the address is called.
#[tokio::test]
async fn only_the_public_internet_is_reached_when_that_is_asked_for() {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(200)).mount(&server).await;
    let port = server.address().port();
    let guarded = HttpTransport::new(&HttpSettings { public_only: true, ..HttpSettings::default() }).unwrap();
    for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1", "192.168.0.1"]
    {
        let error = guarded.send(post(&format!("https://{host}:{port}/"))).await.unwrap_err();
        assert!(
            matches!(&error, TransportError::NotSent { reason, .. } if reason.contains("private network")),
            "{error:?}"
        );
        // Over http this machine is the only one that is not refused for want of encryption.
        if host == "127.0.0.1" || host == "localhost" {
            let error = guarded.send(post(&format!("http://{host}:{port}/"))).await.unwrap_err();
            assert!(matches!(&error, TransportError::NotSent { .. }), "{error:?}");
        }
    }
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
}
