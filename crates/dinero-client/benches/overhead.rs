//! What the client costs beside doing the same by hand: decoding a page of 1000 contacts, and calls over a loopback socket.
//! By hand means the same types read by `serde_json` alone, over the same transport. 100 % is as fast; 90 % is the least we
//! accept.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use api_transport::{BaseUrl, HttpSettings, HttpTransport, Transport};
use bytes::Bytes;
use dinero_client::model::{Contact, Page};
use dinero_client::op::ListContacts;
use dinero_client::{Credentials, DineroClient, DineroSettings, Operation, OrganizationId};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const LEAST_PERCENT: u128 = 90;
const ROUNDS: u32 = 9;

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
    let decoding = median((0..ROUNDS).map(|_| decoding(&body)).collect());
    println!("dinero: decoding a page of 1000 contacts: {decoding} % of the speed by hand");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let calls = median(runtime.block_on(calls()));
    println!("dinero: calls over loopback: {calls} % of the speed by hand");
    assert!(decoding >= LEAST_PERCENT && calls >= LEAST_PERCENT, "the client costs more than it may");
}

fn median(mut percents: Vec<u128>) -> u128 {
    percents.sort_unstable();
    percents[percents.len() / 2]
}

fn percent(by_hand: Duration, ours: Duration) -> u128 {
    by_hand.as_nanos() * 100 / ours.as_nanos().max(1)
}

fn decoding(body: &str) -> u128 {
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
    percent(begun.elapsed(), ours)
}

async fn calls() -> Vec<u128> {
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
    let client = DineroClient::new(settings, transport.clone());
    let list = ListContacts::new();
    client.send(&list).await.unwrap();
    let mut percents = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        for _ in 0..300 {
            black_box(client.send(&list).await.unwrap());
        }
        let ours = begun.elapsed();
        let begun = Instant::now();
        for _ in 0..300 {
            let response = transport.send(list.request(&url, OrganizationId(4711))).await.unwrap();
            black_box(serde_json::from_slice::<Page<Contact>>(response.body()).unwrap());
        }
        percents.push(percent(begun.elapsed(), ours));
    }
    percents
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
