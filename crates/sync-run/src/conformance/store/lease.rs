//! One run at a time changes a pair's state, and every run is remembered.

use chrono::Duration;
use futures::future::join_all;
use serde_json::json;
use sync_model::{Cursor, Kind, Link, Module, PairId, RunId, Side};

use super::Database;
use super::story::{Holder, account, contact, intent, link, minute, observe, pair, scope, shown};
use crate::{Change, Lease, RunRecord, Scope, StoreError};

const TTL: Duration = Duration::minutes(10);

fn ended(lease: &Lease, minutes: i64) -> RunRecord {
    RunRecord {
        run: lease.run.clone(),
        started: minute(0),
        ended: Some(minute(minutes)),
        summary: json!({"linked": 1, "note": "æøå"}),
    }
}

/// While a lease runs, a second run is told who holds it and until when.
pub async fn one_run_holds_the_lease(database: &impl Database) {
    let Holder { store, lease } = Holder::of(database).await;
    match store.open_run(&pair(), &RunId::new("second"), minute(9), TTL).await {
        Err(StoreError::Busy { run, until }) => assert_eq!((run, until), (lease.run, minute(10))),
        other => panic!("the lease is held, but a second run got {other:?}"),
    }
}

/// At the moment a lease runs out it is free, and the next holder's epoch is greater.
pub async fn a_lease_that_ran_out_is_taken_over(database: &impl Database) {
    let Holder { store, lease } = Holder::of(database).await;
    let second = store.open_run(&pair(), &RunId::new("second"), minute(10), TTL).await.expect("it ran out");
    assert!(second.epoch > lease.epoch, "{second:?} after {lease:?}");
}

/// A run that lost its lease is refused everything, and what it wanted to change stays as it was.
pub async fn a_run_that_lost_its_lease_changes_nothing(database: &impl Database) {
    let first = Holder::of(database).await;
    let store = database.open().await;
    let lease = store.open_run(&pair(), &RunId::new("second"), minute(11), TTL).await.expect("it ran out");
    let second = Holder { store, lease };
    second.commit(&[observe(Side::Left, &contact("1"), "Nordlys", true)]).await;
    let (before, runs) = (second.everything().await, second.store.runs(&pair(), 9).await.expect("readable"));

    let late = [observe(Side::Left, &contact("1"), "too late", true), observe(Side::Left, &contact("2"), "late", true)];
    assert!(matches!(first.store.commit(&first.lease, &late).await, Err(StoreError::Fenced)));
    assert!(matches!(first.store.commit(&first.lease, &[]).await, Err(StoreError::Fenced)));
    assert!(matches!(first.store.renew(&first.lease, minute(99)).await, Err(StoreError::Fenced)));
    let closing = first.store.close_run(&first.lease, &ended(&first.lease, 12)).await;
    assert!(matches!(closing, Err(StoreError::Fenced)));

    assert_eq!(second.everything().await.records, before.records);
    assert_eq!(second.store.runs(&pair(), 9).await.expect("readable"), runs);
    second.commit(&[observe(Side::Left, &contact("1"), "still the holder", true)]).await;
}

/// A renewal moves the end of the lease.
pub async fn a_renewed_lease_lives_longer(database: &impl Database) {
    let Holder { store, lease } = Holder::of(database).await;
    store.renew(&lease, minute(30)).await.expect("it is the holder's");
    let busy = store.open_run(&pair(), &RunId::new("second"), minute(29), TTL).await;
    assert!(matches!(busy, Err(StoreError::Busy { until, .. }) if until == minute(30)), "{busy:?}");
    store.open_run(&pair(), &RunId::new("second"), minute(30), TTL).await.expect("it ran out");
}

/// A closed run's lease is free at once, and the one who gave it back cannot use it any more.
pub async fn a_lease_that_was_given_back_is_free_and_worthless(database: &impl Database) {
    let Holder { store, lease } = Holder::of(database).await;
    store.close_run(&lease, &ended(&lease, 1)).await.expect("it is the holder's");
    assert!(matches!(store.commit(&lease, &[]).await, Err(StoreError::Fenced)));
    assert!(matches!(store.renew(&lease, minute(30)).await, Err(StoreError::Fenced)));
    let second = store.open_run(&pair(), &RunId::new("second"), minute(1), TTL).await.expect("it is free");
    assert!(second.epoch > lease.epoch, "{second:?} after {lease:?}");
    assert!(matches!(store.commit(&lease, &[]).await, Err(StoreError::Fenced)));
}

/// Several connections want the lease at the same moment: one gets it, the others are told who.
pub async fn of_many_that_want_the_lease_exactly_one_gets_it(database: &impl Database) {
    let stores = join_all((0..8).map(|_| database.open())).await;
    for round in 0..4 {
        let now = minute(100 * round);
        let attempts = stores.iter().enumerate().map(|(number, store)| async move {
            store.open_run(&pair(), &RunId::new(format!("run {round}.{number}")), now, TTL).await
        });
        let answers = join_all(attempts).await;
        let winners: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().ok()).collect();
        assert_eq!(winners.len(), 1, "round {round}: {answers:?}");
        let losers = answers
            .iter()
            .filter(|answer| matches!(answer, Err(StoreError::Busy { run, .. }) if *run == winners[0].run));
        assert_eq!(losers.count(), 7, "round {round}: {answers:?}");
    }
}

/// Every run is listed, newest first, also one that never ended.
pub async fn runs_are_listed_newest_first(database: &impl Database) {
    let Holder { store, lease } = Holder::of(database).await;
    store.close_run(&lease, &ended(&lease, 4)).await.expect("it is the holder's");
    store.open_run(&pair(), &RunId::new("killed"), minute(5), TTL).await.expect("free");
    let third = store.open_run(&pair(), &RunId::new("third"), minute(20), TTL).await.expect("it ran out");
    store.close_run(&third, &RunRecord { started: minute(20), ..ended(&third, 21) }).await.expect("held");

    let runs = store.runs(&pair(), 10).await.expect("readable");
    let names: Vec<_> = runs.iter().map(|run| (run.run.as_str(), run.started, run.ended)).collect();
    assert_eq!(
        names,
        [("third", minute(20), Some(minute(21))), ("killed", minute(5), None), ("first", minute(0), Some(minute(4))),]
    );
    assert_eq!(runs[2], ended(&lease, 4));
    let latest = store.runs(&pair(), 1).await.expect("readable");
    assert_eq!(latest, runs[..1]);

    for (beginning, limit, found) in
        [("", 2, &runs[..2]), ("f", 9, &runs[2..]), ("first", 9, &runs[2..]), ("%", 9, &[])]
    {
        assert_eq!(store.runs_named(&pair(), beginning, limit).await.expect("readable"), found, "{beginning}");
    }
}

/// Two pairs of one database hold leases at the same time and know nothing of each other's state.
pub async fn pairs_do_not_see_each_other(database: &impl Database) {
    let first = Holder::of(database).await;
    let other = PairId::new("4712@sydlys.simply-crm.dk");
    let elsewhere = first.store.open_run(&other, &RunId::new("first"), minute(1), TTL).await.expect("another pair");
    let everything = Scope { all: true, ..scope() };

    let tie = |link: Link| Change::Tie(link);
    let (left, right) = (contact("1"), account("11x1"));
    first
        .commit(&[
            observe(Side::Left, &left, "Nordlys", true),
            observe(Side::Right, &right, "Nordlys", true),
            tie(link(&left, &right)),
            Change::Cursor { side: Side::Left, kind: Kind::new("contact"), cursor: Cursor("here".into()) },
            Change::Intend(Box::new(intent(&first.lease, 1, &left, Some(&right)))),
            Change::Findings { module: Module::new("organisations"), findings: Vec::new(), at: minute(1) },
        ])
        .await;

    let store = &first.store;
    assert!(store.load(&other, &everything).await.expect("readable").links.is_empty());
    assert!(shown(&store.load(&other, &everything).await.expect("readable"), Side::Left).is_empty());
    assert!(store.seen(&other, Side::Left, std::slice::from_ref(&left)).await.expect("readable").is_empty());
    assert!(!store.has_links(&other).await.expect("readable"));
    assert!(store.unfinished(&other).await.expect("readable").is_empty());
    assert!(store.history(&other, Side::Right, &right).await.expect("readable").is_empty());
    assert_eq!(store.cursor(&other, Side::Left, &Kind::new("contact")).await.expect("readable"), None);

    let strangers = [
        observe(Side::Left, &left, "Sydlys", false),
        tie(link(&left, &account("11x2"))),
        Change::Quiet { side: Side::Right, key: right.clone() },
        Change::Deleted { side: Side::Right, key: right.clone() },
    ];
    store.commit(&elsewhere, &strangers).await.expect("the same ids are free in another pair");
    let here = first.everything().await;
    assert_eq!(here.links.len(), 1);
    assert_eq!(here.records.left[&left].record.fields.get("name").and_then(|value| value.as_text()), Some("Nordlys"));
    assert!(here.records.right[&right].dirty && !here.records.right[&right].deleted);
}
