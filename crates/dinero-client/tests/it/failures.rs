//! What goes wrong over a network, what is tried again, and what the error says.

use std::sync::Arc;
use std::time::Duration;

use api_transport::{Courier, HttpSettings, HttpTransport, RetryPolicy};
use bytes::Bytes;
use dinero_client::model::{ContactWrite, InvoiceWrite, ProductWrite};
use dinero_client::op::{
    BookInvoice, CreateContact, CreateInvoice, CreateProduct, GetFile, GetInvoice, ListContacts, ListOrganizations,
};
use dinero_client::{ContactGuid, DineroClient, Error, FileGuid, InvoiceGuid, Operation, Timestamp};
use futures::TryStreamExt;
use uuid::Uuid;
use wiremock::matchers::{method, path, path_regex};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::fake::settings;

async fn server(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    let token = ResponseTemplate::new(200).set_body_string(r#"{"access_token":"t","expires_in":3600}"#);
    Mock::given(method("POST")).and(path("/token")).respond_with(token).mount(&server).await;
    Mock::given(path_regex("^/v")).respond_with(answer).mount(&server).await;
    server
}

fn client(server: &MockServer) -> DineroClient {
    let settings_of_network = HttpSettings { timeout: Duration::from_millis(400), ..HttpSettings::default() };
    let transport = Arc::new(HttpTransport::new(&settings_of_network).unwrap());
    let wait = Duration::from_millis(5);
    let quick = RetryPolicy { attempts: 3, first_wait: wait, throttled_wait: wait, ..RetryPolicy::default() };
    DineroClient::with_courier(settings(&server.uri()), Courier::new(transport, 0, "4711").with_policy(quick))
}

/// Sends `operation` to a server that always gives `answer`; how often it was asked, and what was made of it.
async fn tried<O: Operation>(answer: &ResponseTemplate, operation: &O) -> (usize, Result<(), Error>) {
    let server = server(answer.clone()).await;
    let result = client(&server).send(operation).await.map(|_| ());
    let asked = server.received_requests().await.unwrap();
    (asked.iter().filter(|request| request.url.path() != "/token").count(), result)
}

/// A question to an error.
type Predicate = fn(&Error) -> bool;

fn with_guid() -> CreateContact {
    CreateContact(ContactWrite { contact_guid: Some(ContactGuid(Uuid::from_u128(1))), ..ContactWrite::default() })
}

#[tokio::test]
async fn a_write_is_sent_again_only_where_a_chosen_guid_makes_that_harmless() {
    let product = CreateProduct(ProductWrite::default());
    let chosen = CreateInvoice {
        invoice: InvoiceWrite { guid: Some(InvoiceGuid(Uuid::from_u128(2))), ..InvoiceWrite::default() },
    };
    let unchosen = CreateInvoice { invoice: InvoiceWrite::default() };
    let book =
        BookInvoice { guid: InvoiceGuid(Uuid::from_u128(3)), timestamp: Timestamp("0A".to_owned()), number: None };
    let slow = ResponseTemplate::new(200).set_delay(Duration::from_secs(5));
    for (answer, repeated) in
        [(ResponseTemplate::new(500), 1), (ResponseTemplate::new(480), 1), (slow, 1), (ResponseTemplate::new(429), 3)]
    {
        let unsafe_ones = [
            tried(&answer, &product).await,
            tried(&answer, &CreateContact(ContactWrite::default())).await,
            tried(&answer, &unchosen).await,
            tried(&answer, &book).await,
        ];
        for (asked, result) in unsafe_ones {
            assert_eq!(asked, repeated, "{answer:?}");
            assert_eq!(result.unwrap_err().outcome_unknown(), repeated == 1, "{answer:?}");
        }
        assert_eq!(tried(&answer, &with_guid()).await.0, 3, "{answer:?}");
        assert_eq!(tried(&answer, &chosen).await.0, 3, "{answer:?}");
        assert_eq!(tried(&answer, &ListOrganizations).await.0, 3, "{answer:?}");
    }
}

#[tokio::test]
async fn refusals_are_told_apart_and_not_repeated() {
    let cases: [(u16, &str, Predicate); 12] = [
        (404, "<html><body>Not Found</body></html>", Error::is_not_found),
        (400, r#"{"code":63,"message":"no result"}"#, Error::is_not_found),
        (404, r#"{"code":40,"message":"Not found"}"#, Error::is_not_found),
        (400, r#"{"code":58,"message":"Timestamp outdated"}"#, Error::is_stale),
        (409, r#"{"code":72,"message":"Duplicated entity"}"#, Error::is_duplicate),
        (
            400,
            r#"{"code":42,"message":"x","validationErrors":{"contactGuid":"guidMustBeUnique"}}"#,
            Error::is_duplicate,
        ),
        (400, r#"{"code":65,"message":"the invoice is deleted"}"#, Error::is_deleted),
        (403, r#"{"code":90,"message":"no Pro"}"#, Error::needs_pro),
        (403, r#"{"code":41,"message":"no"}"#, Error::is_forbidden),
        (400, r#"{"code":42,"message":"x","validationErrors":{"timestamp":"required"}}"#, Error::is_validation),
        (400, r#""The file is too large""#, Error::is_validation),
        (413, "", |error| error.status().is_some_and(|status| status.as_u16() == 413)),
    ];
    for (status, body, predicate) in cases {
        let answer = ResponseTemplate::new(status).set_body_string(body);
        let (asked, result) = tried(&answer, &GetInvoice { guid: InvoiceGuid(Uuid::from_u128(9)) }).await;
        let error = result.unwrap_err();
        assert!(predicate(&error), "{status} {body}: {error:?}");
        assert!(!error.outcome_unknown() && !error.is_unreachable(), "{error}");
        assert_eq!((asked, error.operation()), (1, "invoices.get"));
    }
}

#[tokio::test]
async fn throttling_brownouts_and_silence_have_names() {
    let cases: [(ResponseTemplate, Predicate); 4] = [
        (
            ResponseTemplate::new(429).set_body_string("API calls quota exceeded! maximum admitted 60 per 1m."),
            Error::is_throttled,
        ),
        (ResponseTemplate::new(480), Error::is_brownout),
        (ResponseTemplate::new(503), Error::is_unreachable),
        (ResponseTemplate::new(200).set_delay(Duration::from_secs(5)), Error::is_unreachable),
    ];
    for (answer, predicate) in cases {
        let (asked, result) = tried(&answer, &ListOrganizations).await;
        assert!(predicate(&result.unwrap_err()), "{answer:?}");
        assert_eq!(asked, 3);
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_names_the_place() {
    let body = r#"{"Collection":[{"contactGuid":"00000000-0000-0000-0000-000000000001","phone":12}],"Pagination":{}}"#;
    let (_, result) = tried(&ResponseTemplate::new(200).set_body_string(body), &ListContacts::new()).await;
    assert_eq!(result.unwrap_err().decode_path(), Some("Collection[0].Phone"));
}

#[tokio::test]
async fn an_empty_answer_to_a_create_with_a_chosen_guid_is_a_success() {
    let server = server(ResponseTemplate::new(201)).await;
    let created = client(&server).send(&with_guid()).await.unwrap();
    assert_eq!(created.contact_guid, ContactGuid(Uuid::from_u128(1)));
}

#[tokio::test]
async fn a_file_comes_as_it_arrives_and_its_refusal_as_an_error() {
    let file = GetFile { file: FileGuid("abc".to_owned()) };
    let server_with_file = server(ResponseTemplate::new(200).set_body_bytes(vec![1; 200_000])).await;
    let body = client(&server_with_file).download(&file).await.unwrap();
    let pieces: Vec<Bytes> = body.try_collect().await.unwrap();
    assert_eq!(pieces.concat(), vec![1; 200_000]);
    let server_without = server(ResponseTemplate::new(404)).await;
    assert!(client(&server_without).download(&file).await.err().unwrap().is_not_found());
}
