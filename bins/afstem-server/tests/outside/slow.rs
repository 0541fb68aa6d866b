//! Clients that are slow on purpose, and such as send what is no request: each is sent away, and nobody else waits for him.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::house::House;

/// How long the server is patient, and a little more for a machine that has much to do.
const PATIENCE: Duration = Duration::from_secs(10);
const GRACE: Duration = Duration::from_secs(20);

/// What is sent at once, what is sent a byte a second after that, and how the answer begins, if there is one.
const CLIENTS: [(&str, &str, &str); 6] = [
    ("nothing at all", "", ""),
    ("half a greeting of HTTP/2", "PRI * HT", ""),
    ("half a head", "GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ", ""),
    (
        "half a form",
        "POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 500\r\n\r\nname=",
        "HTTP/1.1 4",
    ),
    (
        "half a chunk",
        "POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n1f4\r\nname=",
        "HTTP/1.1 4",
    ),
    (
        "half a webhook",
        "POST /hooks/00000000-0000-0000-0000-000000000000/x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 500\r\n\r\n{",
        "HTTP/1.1 4",
    ),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_clients_are_sent_away_and_hold_nobody_up() {
    let house = House::open(1).await;
    let address = house.socket();
    let slow = CLIENTS.map(|(name, head, answer)| {
        let address = address.clone();
        tokio::spawn(async move {
            let mut stream = TcpStream::connect(&address).await.unwrap();
            stream.write_all(head.as_bytes()).await.unwrap();
            let begun = Instant::now();
            let mut said = Vec::new();
            let read = tokio::time::timeout(PATIENCE + GRACE, stream.read_to_end(&mut said)).await;
            assert!(read.is_ok(), "{name} is still waited for after {:?}", begun.elapsed());
            let said = String::from_utf8_lossy(&said).into_owned();
            assert!(said.starts_with(answer), "{name}: {said}");
        })
    });
    // Hundreds of them at once take no place from others.
    let mut crowd = Vec::new();
    for _ in 0..300 {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        stream.write_all(b"GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\n").await.unwrap();
        crowd.push(stream);
    }
    let begun = Instant::now();
    let page = reqwest::get(format!("{}/setup", house.address())).await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(begun.elapsed() < PATIENCE, "a page took {:?} beside slow clients", begun.elapsed());
    for client in slow {
        client.await.unwrap();
    }
}

/// What is sent at once and is refused, with the answer's first line.
const BROKEN: [(&str, &str); 8] = [
    ("GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Evil: a\0b\r\n\r\n", "HTTP/1.1 400"),
    ("GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\nX Evil: 1\r\n\r\n", "HTTP/1.1 400"),
    ("GET /login\r\nX: HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "HTTP/1.1 400"),
    ("GET /login HTTP/1.1\r\n\r\n", "HTTP/1.1 421"),
    ("POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nname=", "HTTP/1.1 400"),
    ("POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 400"),
    ("GET /../../../../etc/passwd HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", "HTTP/1.1 404"),
    ("CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\nConnection: close\r\n\r\n", "HTTP/1.1 4"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_request_is_refused() {
    let house = House::open(1).await;
    for (sent, answer) in BROKEN {
        let mut stream = TcpStream::connect(house.socket()).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        let said = tokio::time::timeout(PATIENCE + GRACE, head(&mut stream)).await.unwrap();
        assert!(said.starts_with(answer), "{sent:?}: {said}");
        assert!(!said.contains("root:") && !said.to_lowercase().contains("x-evil"), "{said}");
    }
    let long = format!("GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: {}\r\n\r\n", "x".repeat(1_000_000));
    let mut stream = TcpStream::connect(house.socket()).await.unwrap();
    stream.write_all(long.as_bytes()).await.ok();
    let said = tokio::time::timeout(PATIENCE + GRACE, head(&mut stream)).await.unwrap();
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 431"), "{said}");
    assert_eq!(reqwest::get(format!("{}/health/live", house.address())).await.unwrap().status(), 200);
}

/// What is answered, to the end of its head or of the connection.
async fn head(stream: &mut TcpStream) -> String {
    let mut said = String::new();
    let mut piece = [0; 4096];
    while !said.contains("\r\n\r\n") {
        match stream.read(&mut piece).await {
            Ok(count) if count > 0 => said.push_str(&String::from_utf8_lossy(&piece[..count])),
            Ok(_) | Err(_) => break,
        }
    }
    said
}
