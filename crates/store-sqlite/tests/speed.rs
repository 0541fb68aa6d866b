//! How fast it is, printed and not judged: `cargo test -p store-sqlite --release --test speed -- --nocapture`.

use std::time::Instant;

use chrono::{DateTime, Duration};
use store_sqlite::SqliteStore;
use sync_model::{
    Evidence, Fields, Kind, Link, LinkState, Module, PairId, Record, RecordId, RunId, Side, Sides, Value,
};
use sync_run::{Change, Scope, Store};

const BATCH: usize = 256;
const BATCHES: usize = 40;
const ROWS: usize = BATCH * BATCHES;

/// A record as large as a real organisation: some thirty fields.
fn record(kind: &str, number: usize) -> Record {
    let fields: Fields =
        (0..30).map(|n| (format!("field_{n}"), Value::text(format!("value {n} of {number}")))).collect();
    Record::new(Kind::new(kind), RecordId::from(number.to_string()), fields)
}

fn tie(number: usize) -> Change {
    let (left, right) = (record("contact", number).key(), record("Accounts", number).key());
    Change::Tie(Link {
        module: Module::new("organisations"),
        keys: Sides::new(left, right),
        evidence: Evidence::Person,
        state: LinkState::Active,
        review: false,
        baseline: None,
    })
}

#[expect(clippy::print_stdout, reason = "to print is what this test is for")]
fn report(what: &str, rows: usize, since: Instant) {
    let took = since.elapsed();
    println!("{what}: {rows} rows in {took:?}, {} rows/s", rows as u128 * 1_000_000 / took.as_micros().max(1));
}

#[tokio::test]
async fn durable_commits_and_looks() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let url = format!("sqlite://{}", directory.path().join("afstem.db").display());
    let store = SqliteStore::open(&url).await.expect("a fresh file");
    let pair = PairId::new("4711@nordlys.simply-crm.dk");
    let now = DateTime::UNIX_EPOCH;
    let lease = store.open_run(&pair, &RunId::new("speed"), now, Duration::hours(1)).await.expect("free");

    for (what, dirty) in [("new records", true), ("known records", false)] {
        let batches: Vec<Vec<Change>> = (0..BATCHES)
            .map(|batch| {
                let observe = |(side, kind)| {
                    (batch * BATCH / 2..(batch + 1) * BATCH / 2).map(move |number| Change::Observe {
                        side,
                        record: Box::new(record(kind, number)),
                        dirty,
                    })
                };
                [(Side::Left, "contact"), (Side::Right, "Accounts")].into_iter().flat_map(observe).collect()
            })
            .collect();
        let start = Instant::now();
        for batch in &batches {
            store.commit(&lease, batch).await.expect("held");
        }
        report(what, ROWS, start);
    }

    let mut scope =
        Scope { kinds: Sides::new(vec![Kind::new("contact")], vec![Kind::new("Accounts")]), ..Scope::default() };
    let start = Instant::now();
    let unlinked = store.load(&pair, &scope).await.expect("readable");
    assert_eq!(unlinked.records.left.len() + unlinked.records.right.len(), ROWS);
    report("look at unlinked records", ROWS, start);

    let ties: Vec<_> = (0..ROWS / 2).map(tie).collect();
    let start = Instant::now();
    store.commit(&lease, &ties).await.expect("held");
    report("links in one commit", ROWS / 2, start);

    let quiet = |(side, kind)| (0..ROWS / 2).map(move |number| Change::Quiet { side, key: record(kind, number).key() });
    let quiet: Vec<_> = [(Side::Left, "contact"), (Side::Right, "Accounts")].into_iter().flat_map(quiet).collect();
    let start = Instant::now();
    store.commit(&lease, &quiet).await.expect("held");
    report("quiet in one commit", ROWS, start);

    let start = Instant::now();
    assert!(store.load(&pair, &scope).await.expect("readable").links.is_empty());
    report("look at nothing new", ROWS, start);

    scope.touched = vec![(Side::Left, record("contact", 7).key())];
    let start = Instant::now();
    assert_eq!(store.load(&pair, &scope).await.expect("readable").links.len(), 1);
    report("look at one touched record", ROWS, start);

    scope.all = true;
    let start = Instant::now();
    assert_eq!(store.load(&pair, &scope).await.expect("readable").links.len(), ROWS / 2);
    report("look at everything", ROWS, start);
}
