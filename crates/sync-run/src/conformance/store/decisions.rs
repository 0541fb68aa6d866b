//! What persons decide: kept to the letter, at any time, and taken up by runs.

use futures::future::join_all;
use reconcile::{Answer, Choice, Correction, Decision, Deletion, FieldWhy, GuardedStep, Rule};
use sync_model::{FieldName, Module, PairId, Revision, Side, Sides, Value};

use super::Database;
use super::story::{Holder, account, contact, link, mapping, minute, observe, pair};
use crate::{Change, Decided};

/// One decision of every kind there is.
fn every_kind() -> Vec<Decision> {
    let keys = || Sides::new(contact("1"), account("11x1"));
    let shown = FieldWhy {
        field: FieldName::new("city"),
        base: Sides::new(Some(Value::text("Aarhus")), None),
        now: Sides::new(Some(Value::text("Århus \u{0}")), Some(Value::Empty)),
        rule: Rule::BothChanged,
        write: None,
    };
    let revisions = Sides::new(Revision::new("7"), Revision::new("2026-11-27 08:00:00"));
    let deletion = Deletion { keys: keys(), side: Side::Left, revisions, edited: vec![FieldName::new("city")] };
    let step = GuardedStep { records: vec![(Side::Right, account("11x1"))], digest: mapping("step") };
    vec![
        Decision::Same(keys()),
        Decision::Different(keys()),
        Decision::Ignored(Side::Right, account("11x1")),
        Decision::Choice(Choice::of(keys(), &shown, Side::Right)),
        Decision::Deletion(deletion, Answer::Rejected),
        Decision::Guarded(step, Answer::Approved),
        Decision::Correction(Correction { keys: keys(), again: true, shown: mapping("edits") }, Answer::Approved),
    ]
}

fn decided(decision: Decision, given: bool, by: &str, at: i64) -> Decided {
    Decided { module: Module::new("organisations"), decision, given, by: by.into(), at: minute(at) }
}

/// A person may decide before the pair ever ran, and while a run holds the lease. Every decision and every withdrawal is
/// kept word for word, in the order in which it was given, and other pairs do not see it.
pub async fn everything_decided_is_kept_in_order_and_needs_no_lease(database: &impl Database) {
    let store = database.open().await;
    assert_eq!(store.decisions(&pair()).await.expect("readable").entries, []);
    let mut all = Vec::new();
    for (at, decision) in (0..).zip(every_kind()) {
        all.push(decided(decision.clone(), true, "mette", at));
        all.push(decided(decision, at % 2 == 0, "søren", at));
    }
    let (early, late) = all.split_at(5);
    store.decide(&pair(), early).await.expect("nothing stands against it");
    let holder = Holder::of(database).await;
    database.open().await.decide(&pair(), late).await.expect("a run at work is nothing against it");
    let ledger = holder.store.decisions(&pair()).await.expect("readable");
    assert_eq!(ledger.entries, all);
    assert_eq!(ledger.news(), all);
    holder.commit(&[observe(Side::Left, &contact("1"), "the run was not disturbed", true)]).await;
    let elsewhere = store.decisions(&PairId::new("4712@nordlys.simply-crm.dk")).await.expect("readable");
    assert_eq!(elsewhere.entries, [], "another pair");
}

/// Many who decide at once are all heard, each batch in its own order.
pub async fn of_many_who_decide_at_once_nobody_is_lost(database: &impl Database) {
    let mut stores = Vec::new();
    for _ in 0..4 {
        stores.push(database.open().await);
    }
    let batch = |by: usize| -> Vec<Decided> {
        every_kind().into_iter().map(|decision| decided(decision, true, &by.to_string(), 1)).collect()
    };
    let given = stores.iter().enumerate().map(|(by, store)| {
        let batch = batch(by);
        async move { store.decide(&pair(), &batch).await }
    });
    for answer in join_all(given).await {
        answer.expect("nobody has to wait for ever");
    }
    let entries = stores[0].decisions(&pair()).await.expect("readable").entries;
    assert_eq!(entries.len(), 4 * every_kind().len());
    for by in 0..4 {
        let own: Vec<_> = entries.iter().filter(|entry| entry.by == by.to_string()).cloned().collect();
        assert_eq!(own, batch(by));
    }
}

/// Taking up makes the records dirty that it names and the mirror holds, and remembers how far it came; what is decided
/// later is news. Only the holder of the lease takes up.
pub async fn what_was_decided_is_taken_up_by_the_holder_of_the_lease(database: &impl Database) {
    let holder = Holder::of(database).await;
    holder
        .commit(&[
            observe(Side::Left, &contact("1"), "a", false),
            observe(Side::Right, &account("11x1"), "A", false),
            observe(Side::Left, &contact("2"), "b", false),
            Change::Tie(link(&contact("1"), &account("11x1"))),
        ])
        .await;
    let said: Vec<_> = every_kind().into_iter().map(|decision| decided(decision, true, "mette", 1)).collect();
    holder.store.decide(&pair(), &said[..4]).await.expect("nothing stands against it");
    let records = vec![(Side::Right, account("11x1")), (Side::Left, contact("9")), (Side::Right, account("1"))];
    holder.commit(&[Change::TakeUp { decisions: 4, records: records.clone() }]).await;
    let dirty: Vec<_> = holder.everything().await.records.right.values().map(|seen| seen.dirty).collect();
    assert_eq!(dirty, [true]);
    let dirty: Vec<_> = holder.everything().await.records.left.values().map(|seen| seen.dirty).collect();
    assert_eq!(dirty, [false, false]);
    assert_eq!(holder.store.decisions(&pair()).await.expect("readable").news(), []);

    holder.store.decide(&pair(), &said[4..]).await.expect("nothing stands against it");
    let ledger = holder.store.decisions(&pair()).await.expect("readable");
    assert_eq!((ledger.taken_up, ledger.news()), (4, &said[4..]));
    let late = crate::Lease { epoch: holder.lease.epoch - 1, ..holder.lease.clone() };
    let fenced = holder.store.commit(&late, &[Change::TakeUp { decisions: 6, records }]).await;
    assert!(matches!(fenced, Err(crate::StoreError::Fenced)), "{fenced:?}");
    assert_eq!(holder.store.decisions(&pair()).await.expect("readable").taken_up, 4);
}
