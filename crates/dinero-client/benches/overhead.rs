//! What the client costs beside doing the same by hand: decoding a page of 1000 contacts, and calls over a loopback socket.
//! By hand means reqwest as it comes, without pacing, tokens, retries or traces, and the same types read by `serde_json`
//! alone. 1.00 is as fast; 0.90 is the least we accept.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use api_transport::{BaseUrl, HttpSettings, HttpTransport};
use bytes::Bytes;
use dinero_client::model::{Contact, Page};
use dinero_client::op::ListContacts;
use dinero_client::{Credentials, DineroClient, DineroSettings, Operation, OrganizationId};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const LEAST_PERCENT: u128 = 90;
const ROUNDS: u32 = 25;
/// Calls in one round.
const CALLS: u32 = 300;

/// A contact as a list shows it with all documented fields.
const CONTACT: &str = r#"{"Name":"Ågade Møbler ApS","ContactGuid":"0b1f2f5e-6c7d-4f0a-9d5e-0123456789ab","ExternalReference":"11x57","IsPerson":false,"Street":"Ågade 1","ZipCode":"5000","City":"Odense C","CountryKey":"DK","Phone":"+4512345678","Email":"post@example.invalid","Webpage":null,"AttPerson":"Søren Sørensen","VatNumber":"10150817","EanNumber":null,"PaymentConditionType":"Netto","PaymentConditionNumberOfDays":8,"IsMember":false,"MemberNumber":null,"CompanyStatus":"normal","VatRegionKey":"DK","CreatedAt":"2026-05-19T14:14:47","UpdatedAt":"2026-05-19T14:14:47.407","DeletedAt":null,"PreferredInvoiceLanguageKey":"da","PreferredInvoiceCurrencyKey":"DKK"}"#;

fn page(contacts: usize) -> String {
    let items = vec![CONTACT; contacts].join(",");
    let pagination = format!(
        r#"{{"MaxPageSizeAllowed":1000,"PageSize":1000,"Result":{contacts},"ResultWithoutFilter":{contacts},"Page":0}}"#
    );
    format!(r#"{{"Collection":[{items}],"Pagination":{pagination}}}"#)
}

fn main() {
    // A test runner that builds benchmarks, too, starts them without this.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let body = page(1000);
    let (ours, by_hand) = best((0..ROUNDS).map(|_| decoding(&body)).collect());
    let decoding = percent(by_hand, ours);
    println!("dinero: decoding a page of 1000 contacts: {} of the speed by hand", ratio(decoding));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (ours, by_hand) = best(runtime.block_on(calls()));
    let calls = percent(by_hand, ours);
    println!(
        "dinero: calls over loopback, pages of 20 contacts: {} of the speed by hand ({} a second, by hand {})",
        ratio(calls),
        a_second(ours),
        a_second(by_hand)
    );
    assert!(decoding >= LEAST_PERCENT && calls >= LEAST_PERCENT, "the client costs more than it may");
}

fn ratio(percent: u128) -> String {
    format!("{}.{:02}", percent / 100, percent % 100)
}

/// The fastest round of each way: whatever else the machine does only ever makes rounds slower.
fn best(rounds: Vec<(Duration, Duration)>) -> (Duration, Duration) {
    let (ours, by_hand): (Vec<_>, Vec<_>) = rounds.into_iter().unzip();
    (ours.into_iter().min().unwrap(), by_hand.into_iter().min().unwrap())
}

fn percent(by_hand: Duration, ours: Duration) -> u128 {
    by_hand.as_nanos() * 100 / ours.as_nanos().max(1)
}

/// How long one round takes, ours and by hand.
fn decoding(body: &str) -> (Duration, Duration) {
    let response = http::Response::new(Bytes::from(body.to_owned()));
    let list = ListContacts::new();
    let begun = Instant::now();
    for _ in 0..20 {
        black_box(list.decode(&response).unwrap());
    }
    let ours = begun.elapsed();
    let begun = Instant::now();
    for _ in 0..20 {
        black_box(serde_json::from_slice::<Page<Contact>>(response.body()).unwrap());
    }
    (ours, begun.elapsed())
}

/// How long each round takes, ours and by hand.
async fn calls() -> Vec<(Duration, Duration)> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = BaseUrl::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    let transport = Arc::new(HttpTransport::new(&HttpSettings::default()).unwrap());
    let settings = DineroSettings {
        base_url: url.clone(),
        token_url: BaseUrl::parse(&format!("{url}/token")).unwrap(),
        organization: OrganizationId(4711),
        credentials: Credentials::Personal {
            client_id: "bench".to_owned(),
            client_secret: "s".into(),
            api_key: "k".into(),
        },
        requests_per_minute: 0,
    };
    let client = DineroClient::new(settings, transport);
    let list = ListContacts::new();
    client.send(&list).await.unwrap();
    // Nobody goes without a time-out, and the same one costs the same.
    let bare = reqwest::Client::builder().timeout(HttpSettings::default().timeout).build().unwrap();
    let said = url::Url::parse(&list.request(&url, OrganizationId(4711)).uri().to_string()).unwrap();
    let parameters: Vec<(String, String)> = said.query_pairs().into_owned().collect();
    let mut address = said;
    address.set_query(None);
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        for _ in 0..CALLS {
            black_box(client.send(&list).await.unwrap());
        }
        let ours = begun.elapsed();
        let begun = Instant::now();
        for _ in 0..CALLS {
            // Whoever does this by hand builds the same query, too.
            let wanted = url::Url::parse_with_params(address.as_str(), &parameters).unwrap();
            let response = bare.get(wanted).bearer_auth("t").send().await.unwrap();
            let body = response.error_for_status().unwrap().bytes().await.unwrap();
            black_box(serde_json::from_slice::<Page<Contact>>(&body).unwrap());
        }
        rounds.push((ours, begun.elapsed()));
    }
    rounds
}

fn a_second(took: Duration) -> u128 {
    u128::from(CALLS) * 1_000_000_000 / took.as_nanos().max(1)
}

/// Answers every request on a kept connection.
async fn serve(mut stream: TcpStream) {
    let mut received = Vec::new();
    let mut buffer = [0; 8192];
    while let Ok(length @ 1..) = stream.read(&mut buffer).await {
        received.extend_from_slice(&buffer[..length]);
        let text = String::from_utf8_lossy(&received);
        if !text.contains("\r\n\r\n") {
            continue;
        }
        let body =
            if text.starts_with("POST") { r#"{"access_token":"t","expires_in":3600}"#.to_owned() } else { page(20) };
        received.clear();
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
        if stream.write_all((head + &body).as_bytes()).await.is_err() {
            return;
        }
    }
}
