//! What the client costs beside doing the same by hand: decoding a page of 100 records, and calls over a loopback socket.
//! By hand means reqwest as it comes, without sessions, retries or traces, and `serde_json` into its own value type. 1.00 is
//! as fast; 0.90 is the least we accept.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use api_transport::{HttpSettings, HttpTransport};
use bytes::Bytes;
use simplycrm_client::op::{Context, Query, SessionName};
use simplycrm_client::vtql::Select;
use simplycrm_client::{Endpoint, ModuleName, Operation, SimplyCrmClient, SimplyCrmSettings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const LEAST_PERCENT: u128 = 90;
const ROUNDS: u32 = 25;
/// Calls in one round.
const CALLS: u32 = 300;

/// A contact as both recorded servers give it, in full.
const CONTACT: &str = r#"{"salutationtype":"","firstname":"Anders","contact_no":"CON501","phone":"12345678","lastname":"S\u00f8rensen","mobile":"","account_id":"11x4","homephone":"","leadsource":"","otherphone":"","title":"","fax":"","department":"","birthday":"1980-12-31","email":"a@example.invalid","contact_id":"","assistant":"","secondaryemail":"","assistantphone":"","donotcall":"0","emailoptout":"0","assigned_user_id":"19x1","reference":"0","notify_owner":"0","createdtime":"2026-11-23 07:30:29","modifiedtime":"2026-11-23 07:30:29","modifiedby":"19x1","isconvertedfromlead":"0","source":"WEBSERVICE","starred":"0","tags":"","mailingstreet":"\u00c5gade 1","mailingcity":"Odense","mailingzip":"5000","mailingcountry":"Danmark","description":"","id":"12x4"}"#;

fn page() -> String {
    format!(r#"{{"success":true,"result":[{}]}}"#, vec![CONTACT; 100].join(","))
}

fn main() {
    // A test runner that builds benchmarks, too, starts them without this.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let body = page();
    let (ours, by_hand) = best((0..ROUNDS).map(|_| decoding(&body)).collect());
    let decoding = percent(by_hand, ours);
    println!("simplycrm: decoding a page of 100 records: {} of the speed by hand", ratio(decoding));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (ours, by_hand) = best(runtime.block_on(calls()));
    let calls = percent(by_hand, ours);
    println!(
        "simplycrm: calls over loopback, pages of 100 records: {} of the speed by hand ({} a second, by hand {})",
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
    let query = Query::new(Select::from(ModuleName::CONTACTS));
    let begun = Instant::now();
    for _ in 0..200 {
        black_box(query.decode(&response).unwrap());
    }
    let ours = begun.elapsed();
    let begun = Instant::now();
    for _ in 0..200 {
        black_box(serde_json::from_slice::<serde_json::Value>(response.body()).unwrap());
    }
    (ours, begun.elapsed())
}

/// How long each round takes, ours and by hand.
async fn calls() -> Vec<(Duration, Duration)> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    let transport = Arc::new(HttpTransport::new(&HttpSettings::default()).unwrap());
    let settings = SimplyCrmSettings::new(url.as_str(), "bench", "key".to_owned().into());
    let client = SimplyCrmClient::new(settings, transport).unwrap();
    client.connection().await.unwrap();
    let query = Query::new(Select::from(ModuleName::CONTACTS));
    let endpoint: Endpoint = url.parse().unwrap();
    let session = SessionName::new("s".to_owned().into());
    // Nobody goes without a time-out, and the same one costs the same.
    let bare = reqwest::Client::builder().timeout(HttpSettings::default().timeout).build().unwrap();
    let address = query.request(Context { endpoint: &endpoint, session: Some(&session) }).unwrap().uri().to_string();
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        for _ in 0..CALLS {
            black_box(client.send(&query).await.unwrap());
        }
        let ours = begun.elapsed();
        let begun = Instant::now();
        for _ in 0..CALLS {
            let response = bare.get(&address).send().await.unwrap();
            let body = response.error_for_status().unwrap().bytes().await.unwrap();
            black_box(serde_json::from_slice::<serde_json::Value>(&body).unwrap());
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
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut buffer).await {
        received.extend_from_slice(&buffer[..length]);
        let text = String::from_utf8_lossy(&received);
        if !text.contains("\r\n\r\n") {
            continue;
        }
        let body = if text.contains("operation=getchallenge") {
            r#"{"success":true,"result":{"token":"t","serverTime":1,"expireTime":2}}"#.to_owned()
        } else if text.starts_with("POST") {
            r#"{"success":true,"result":{"sessionName":"s","userId":"19x1","version":"0.22","vtigerVersion":"7.3.0"}}"#
                .to_owned()
        } else {
            page()
        };
        received.clear();
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
        if stream.write_all((head + &body).as_bytes()).await.is_err() {
            return;
        }
    }
}
