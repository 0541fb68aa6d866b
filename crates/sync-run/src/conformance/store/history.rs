//! What the history needs: the trail, a run's own journal, plans that were spent, failures, an earlier life.

use chrono::Duration;
use sync_model::{Fingerprint, PairId, RunId, Side, Sides, Swings};

use super::Database;
use super::story::{Holder, account, contact, fields, intent, link, mapping, minute, observe, pair};
use crate::trail::Replay;
use crate::{Change, Failure, FailureClass, Outcome, Spent, TrailEntry};

async fn trail(holder: &Holder) -> Vec<TrailEntry> {
    holder.store.trail(&pair(), None, 0, 1000).await.expect("readable")
}

fn replayed(entries: &[TrailEntry]) -> Replay {
    let mut replay = Replay::default();
    for entry in entries {
        replay.take(entry).expect("each entry follows from the one before");
    }
    replay
}

/// Every change of a link, of a baseline and of a write is in the trail, in order and chained; replayed, it gives the links
/// and outcomes as they stand. What was only seen, and what was refused, leaves no entry.
pub async fn the_trail_replays_to_what_stands(database: &impl Database) {
    let holder = Holder::of(database).await;
    let (one, two) = (contact("1"), contact("2"));
    let (first, second) = (account("11x1"), account("11x2"));
    holder.commit(&[observe(Side::Left, &one, "Nordlys", true), observe(Side::Left, &two, "Sydlys", true)]).await;
    holder
        .commit(&[observe(Side::Right, &first, "Nordlys", true), observe(Side::Right, &second, "Sydlys", true)])
        .await;
    assert_eq!(trail(&holder).await, [], "what was only seen");

    let create = intent(&holder.lease, 1, &one, None);
    let lost = intent(&holder.lease, 2, &two, None);
    let begin = Change::Begin { by: Some("kasper".into()), purpose: "sync".into(), at: minute(1) };
    holder.commit(&[begin, Change::Intend(Box::new(create.clone())), Change::Intend(Box::new(lost.clone()))]).await;
    holder
        .commit(&[
            Change::Conclude { intent: create.id, outcome: Outcome::Done { key: first.clone() }, at: minute(2) },
            Change::Tie(link(&one, &first)),
            Change::Tie(link(&two, &second)),
            Change::Patch {
                keys: Sides::new(one.clone(), first.clone()),
                patch: Sides::new(fields([("name", "Nordlys")]), fields([("name", "NORDLYS")])),
                swings: Swings::new(),
                mapping: mapping("1"),
            },
        ])
        .await;
    holder.refused(&[Change::Tie(link(&one, &second))]).await;
    let keys = Sides::new(two.clone(), second.clone());
    holder.commit(&[Change::Retire { keys: keys.clone(), deleted_on: Side::Left, at: minute(3) }]).await;
    holder.commit(&[Change::Unlink { keys: Sides::new(one, first), at: minute(4) }]).await;

    let entries = trail(&holder).await;
    assert_eq!(entries.len(), 4, "one for each commit that changed something");
    let replay = replayed(&entries);
    let stands: Vec<_> = holder.everything().await.links.into_iter().map(|(_, link)| link).collect();
    assert_eq!(stands.len(), 2);
    assert_eq!(replay.links.into_values().collect::<Vec<_>>(), stands);
    assert_eq!(replay.writes.get(&lost.id), Some(&None), "nobody knows what became of it");
    assert!(matches!(replay.writes.get(&create.id), Some(Some(Outcome::Done { .. }))));
}

/// The trail is read in pages, for all runs or for one, and each pair has its own.
pub async fn the_trail_is_read_in_pages_and_by_run(database: &impl Database) {
    let holder = Holder::of(database).await;
    for n in 0..5 {
        holder.commit(&[Change::EarlierLife { at: minute(n) }]).await;
    }
    let end = crate::RunRecord {
        run: holder.lease.run.clone(),
        started: minute(0),
        ended: Some(minute(5)),
        summary: serde_json::Value::Null,
    };
    holder.store.close_run(&holder.lease, &end).await.expect("held");
    let second = RunId::new("second");
    let lease = holder.store.open_run(&pair(), &second, minute(6), Duration::minutes(1)).await.expect("free");
    let next = Holder { store: holder.store.clone(), lease };
    next.commit(&[Change::EarlierLife { at: minute(7) }]).await;

    let all = trail(&holder).await;
    assert_eq!(all.iter().map(|entry| entry.n).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    let page = holder.store.trail(&pair(), None, 2, 2).await.expect("readable");
    assert_eq!(page, all[2..4]);
    let of_second = holder.store.trail(&pair(), Some(&second), 0, 10).await.expect("readable");
    assert_eq!(of_second, all[5..]);
    let elsewhere = holder.store.trail(&PairId::new("4712@nordlys.simply-crm.dk"), None, 0, 10).await;
    assert_eq!(elsewhere.expect("readable"), []);
}

/// A run's journal holds what it meant to write, and nothing of other runs.
pub async fn a_run_has_its_own_journal(database: &impl Database) {
    let holder = Holder::of(database).await;
    let (first, second) =
        (intent(&holder.lease, 9, &contact("1"), None), intent(&holder.lease, 3, &contact("2"), None));
    let intend = |intent: &crate::Intent| Change::Intend(Box::new(intent.clone()));
    holder.commit(&[intend(&first), intend(&second)]).await;
    holder.commit(&[Change::Conclude { intent: second.id, outcome: Outcome::Stale, at: minute(2) }]).await;
    let journal = holder.store.journal(&pair(), &holder.lease.run, 10).await.expect("readable");
    assert_eq!(journal, [(first.clone(), None), (second, Some(Outcome::Stale))]);
    assert_eq!(holder.store.journal(&pair(), &holder.lease.run, 1).await.expect("readable"), [(first, None)]);
    assert_eq!(holder.store.journal(&pair(), &RunId::new("another"), 10).await.expect("readable"), []);
}

/// A saved plan is spent once; whoever asks later learns by which run and when.
pub async fn a_plan_is_spent_once(database: &impl Database) {
    let holder = Holder::of(database).await;
    let plan = Fingerprint::of(["a plan"]);
    assert_eq!(holder.store.spent(&pair(), &plan).await.expect("readable"), None);
    holder.commit(&[Change::Spend { plan: plan.clone(), at: minute(1) }]).await;
    let spent = Spent { run: holder.lease.run.clone(), at: minute(1) };
    assert_eq!(holder.store.spent(&pair(), &plan).await.expect("readable"), Some(spent));
    holder.refused(&[Change::Spend { plan: plan.clone(), at: minute(2) }]).await;
    assert_eq!(holder.store.spent(&pair(), &Fingerprint::of(["another"])).await.expect("readable"), None);
}

/// A failure is replaced by the next one of the same record on the same side, and forgotten when it is mended.
pub async fn failures_are_replaced_and_forgotten(database: &impl Database) {
    let holder = Holder::of(database).await;
    let failure = |side, attempts| Failure {
        side,
        source: contact("1"),
        write: Fingerprint::of(["a write"]),
        attempts,
        class: FailureClass::Accounting,
        message: "Perioden er lukket".into(),
        field: Some("Date".into()),
        since: minute(1),
    };
    let failed = |side, attempts| Change::Failed(Box::new(failure(side, attempts)));
    holder.commit(&[failed(Side::Left, 1), failed(Side::Right, 1)]).await;
    holder.commit(&[failed(Side::Right, 2)]).await;
    let kept = || async { holder.store.failures(&pair()).await.expect("readable") };
    assert_eq!(kept().await, [failure(Side::Left, 1), failure(Side::Right, 2)]);
    holder.commit(&[Change::Mended { side: Side::Left, source: contact("1") }]).await;
    assert_eq!(kept().await, [failure(Side::Right, 2)]);
}

/// That a pair ran before this database was made stays known, and says nothing of other pairs.
pub async fn an_earlier_life_stays_known(database: &impl Database) {
    let holder = Holder::of(database).await;
    assert!(!holder.store.earlier_life(&pair()).await.expect("readable"));
    for n in 1..3 {
        holder.commit(&[Change::EarlierLife { at: minute(n) }]).await;
        assert!(holder.store.earlier_life(&pair()).await.expect("readable"));
    }
    let elsewhere = holder.store.earlier_life(&PairId::new("4712@nordlys.simply-crm.dk")).await;
    assert!(!elsewhere.expect("readable"));
}
