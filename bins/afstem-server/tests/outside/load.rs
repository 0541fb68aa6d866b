//! Many connections, many viewers, runs going on: how long pages take, what it weighs, and that nobody misses a line.

use std::time::{Duration, Instant};

use crate::house::House;
use crate::house::caller::Caller;

const CONNECTIONS: usize = 1000;
const VIEWERS: usize = 200;
/// Connections that synchronise again and again.
const BUSY: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_connections_and_two_hundred_viewers() {
    let house = House::open(60).await;
    let mette = Caller::found(house.address(), house.code()).await;
    let begun = Instant::now();
    let mut connections = Vec::new();
    for number in 0..CONNECTIONS {
        connections.push(mette.connect(&format!("Forbindelse {number}"), &house.crm_url()).await);
    }
    println!("{CONNECTIONS} connections made and tried in {:?}; {} kB resident", begun.elapsed(), house.resident());
    let first = connections[0].clone();
    house.take(Duration::from_millis(60));
    mette.post(&format!("{first}/sync"), &[]).await;
    let viewers: Vec<_> = (0..VIEWERS)
        .map(|_| {
            let (mette, first) = (mette.clone(), first.clone());
            tokio::spawn(async move { mette.watch(&first).await })
        })
        .collect();
    let readers = tokio::spawn(read_pages(mette.clone(), connections.clone()));
    let mut most = 0;
    let mut seen = Vec::new();
    for viewer in viewers {
        seen.push(viewer.await.unwrap());
        most = most.max(house.resident());
    }
    house.hurry_up();
    for own in &connections[1..=BUSY] {
        mette.post(&format!("{own}/preview"), &[]).await;
    }
    let took = readers.await.unwrap();
    let lines = seen[0].lines.len() as u64;
    assert!(lines > 100, "{lines} lines");
    for viewer in &seen {
        assert!(viewer.ended);
        assert_eq!(viewer.lines, (1..=lines).collect::<Vec<_>>(), "a viewer missed a line");
    }
    let at = |percent: usize| took[(took.len() - 1) * percent / 100];
    println!("{VIEWERS} viewers saw {lines} lines each, and missed none; {most} kB resident at most");
    println!("{} pages: median {:?}, 95 % {:?}, 99 % {:?}, slowest {:?}", took.len(), at(50), at(95), at(99), at(100));
}

/// Reads pages for some time; every one has to be there. Says how long each took, the fastest first.
async fn read_pages(mette: Caller, connections: Vec<String>) -> Vec<Duration> {
    let mut took = Vec::new();
    for (number, own) in connections.iter().cycle().take(1500).enumerate() {
        let page = ["", "/settings", "/history", "/inbox", "/access"][number % 5];
        let begun = Instant::now();
        mette.get(&format!("{own}{page}")).await;
        took.push(begun.elapsed());
    }
    took.sort();
    took
}
