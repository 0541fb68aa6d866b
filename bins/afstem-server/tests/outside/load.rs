//! Many connections, many viewers, runs going on: how long pages take, what it weighs, and that nobody misses a line.

use std::time::{Duration, Instant};

use crate::house::House;
use crate::house::caller::{Caller, Seen};

const CONNECTIONS: usize = 1000;
const VIEWERS: usize = 200;
/// Connections that are at work at the same time.
const BUSY: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_connections_and_two_hundred_viewers() {
    let mut house = House::open(90).await;
    let mette = Caller::found(house.address(), house.code()).await;
    let begun = Instant::now();
    let mut connections = Vec::new();
    for number in 0..CONNECTIONS {
        connections.push(mette.connect(&format!("Forbindelse {number}"), &house.crm_url()).await);
    }
    println!("{CONNECTIONS} connections made and tried in {:?}; {} kB resident", begun.elapsed(), house.resident());
    let first = connections[0].clone();

    // Killed in the middle of the first run, with everybody looking on.
    house.take(Duration::from_millis(60));
    mette.post(&format!("{first}/sync"), &[]).await;
    let (lost, killed_at) = futures::join!(crowd(&mette, &first, VIEWERS), house.kill_once_something_is_written());
    assert!(lost.iter().all(|viewer| !viewer.ended), "the run was under way");
    let begun = Instant::now();
    house.start_again();
    let mette = Caller::sign_in(house.address()).await;
    println!("killed after {killed_at} contacts stood in Dinero; back and signed in after {:?}", begun.elapsed());

    mette.post(&format!("{first}/sync"), &[]).await;
    let readers = tokio::spawn(read_pages(mette.clone(), connections.clone()));
    let busy: Vec<_> = connections[1..=BUSY]
        .iter()
        .map(|own| tokio::spawn(look_again_and_again(mette.clone(), own.clone())))
        .collect();
    let seen = crowd(&mette, &first, VIEWERS).await;
    let most = house.resident();
    house.hurry_up();
    let took = readers.await.unwrap();
    let mut looks = 0;
    for own in busy {
        looks += own.await.unwrap();
    }
    let lines = seen[0].lines.len() as u64;
    assert!(lines > 100, "{lines} lines");
    for viewer in &seen {
        assert!(viewer.ended);
        assert_eq!(viewer.lines, (1..=lines).collect::<Vec<_>>(), "a viewer missed a line");
    }
    let at = |percent: usize| took[(took.len() - 1) * percent / 100];
    println!("{VIEWERS} viewers saw {lines} lines each, and missed none; {most} kB resident at the end of the run");
    println!("{BUSY} other connections looked at both systems {looks} times meanwhile");
    println!("{} pages: median {:?}, 95 % {:?}, 99 % {:?}, slowest {:?}", took.len(), at(50), at(95), at(99), at(100));

    // Everything arrived, nothing twice; and the others, who never ran before, find that there is nothing left to write.
    house.agrees().unwrap();
    assert!(house.nothing_is_there_twice(), "a record was made twice");
    for own in &connections[0..=BUSY] {
        mette.post(&format!("{own}/sync"), &[]).await;
        mette.rest(own).await;
        let page = mette.get(own).await;
        assert!(page.contains("Skrevet: Dinero 0, Simply CRM 0."), "{page}");
    }
    assert!(house.nothing_is_there_twice());
}

/// Many who look on until the run ends or the server is gone.
async fn crowd(mette: &Caller, own: &str, many: usize) -> Vec<Seen> {
    let viewers: Vec<_> = (0..many)
        .map(|_| {
            let (mette, own) = (mette.clone(), own.to_owned());
            tokio::spawn(async move { mette.watch(&own).await })
        })
        .collect();
    let mut seen = Vec::new();
    for viewer in viewers {
        seen.push(viewer.await.unwrap());
    }
    seen
}

/// Asks for a plan again and again, as a connection does that is set up meanwhile. How often.
async fn look_again_and_again(mette: Caller, own: String) -> usize {
    const TIMES: usize = 3;
    for _ in 0..TIMES {
        mette.post(&format!("{own}/preview"), &[]).await;
        mette.rest(&own).await;
    }
    TIMES
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
