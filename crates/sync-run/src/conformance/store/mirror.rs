//! The mirror: what is kept of a record, and whether the planner has to look at it.

use chrono::NaiveDate;
use reconcile::Seen;
use rust_decimal::Decimal;
use sync_model::{Cursor, Fields, Kind, Lock, Mark, PairId, Record, RecordKey, Revision, Schema, Side, Value};

use super::Database;
use super::story::{Holder, account, contact, intent, link, minute, observe, pair, record};
use crate::{Change, Outcome};

async fn look(holder: &Holder, key: &RecordKey) -> Option<Seen> {
    let seen = holder.store.seen(&pair(), Side::Left, std::slice::from_ref(key)).await.expect("readable");
    assert!(seen.len() <= 1, "one key, one sight: {seen:?}");
    seen.into_iter().next()
}

async fn marks(holder: &Holder, key: &RecordKey) -> Option<(bool, bool)> {
    look(holder, key).await.map(|seen| (seen.deleted, seen.dirty))
}

fn rich(key: &RecordKey) -> Record {
    let line: Fields = [("qty", Value::Decimal(Decimal::new(-15000, 4))), ("text", Value::Empty)].into_iter().collect();
    let fields = [
        ("address", Value::Text("Åboulevarden 1\n\t\"2. sal\" \\ 'th' 🦀 \u{1}".into())),
        ("empty", Value::Empty),
        ("price", Value::Decimal(Decimal::new(110, 2))),
        ("big", Value::Decimal(Decimal::MAX)),
        ("active", Value::Flag(true)),
        ("birthday", Value::Date(NaiveDate::from_ymd_opt(2024, 2, 29).expect("a day"))),
        ("seen", Value::Time(minute(3))),
        ("account", Value::Reference(account("11x57"))),
        ("lines", Value::Rows(vec![line, Fields::new()])),
    ];
    Record {
        partial: true,
        revision: Revision::new("2026-11-24 10:00:00"),
        changed_at: Some(minute(2)),
        mark: Some(Mark::new("11x57")),
        lock: Lock::Frozen,
        ..Record::new(key.kind.clone(), key.id.clone(), fields.into_iter().collect())
    }
}

/// Every kind of value and every property of a record comes back as it was given.
pub async fn a_record_is_kept_whole(database: &impl Database) {
    let holder = Holder::of(database).await;
    let keys = [contact("1"), contact("it's \"2\""), contact("aldrig set")];
    holder
        .commit(&[
            Change::Observe { side: Side::Left, record: Box::new(rich(&keys[0])), dirty: true },
            Change::Observe { side: Side::Left, record: Box::new(rich(&keys[1])), dirty: false },
            Change::Observe { side: Side::Right, record: Box::new(rich(&keys[2])), dirty: false },
        ])
        .await;
    let mut seen = holder.store.seen(&pair(), Side::Left, &keys).await.expect("readable");
    seen.sort_by_key(|seen| seen.record.key());
    let expected = [(&keys[0], true), (&keys[1], false)];
    assert_eq!(seen, expected.map(|(key, dirty)| Seen { record: rich(key), deleted: false, dirty }));
    assert!(holder.store.seen(&pair(), Side::Left, &[]).await.expect("readable").is_empty());
}

/// A mark is noticed wherever it stands, also in a deleted record and in no other pair; what merely reads like one is none.
pub async fn a_mark_is_noticed(database: &impl Database) {
    let holder = Holder::of(database).await;
    let has_marks = async || holder.store.has_marks(&pair()).await.expect("readable");
    assert!(!has_marks().await, "nothing was seen");
    let talk = r#"{"mark":null},"mark":"11x57""#;
    holder
        .commit(&[observe(Side::Left, &contact("1"), talk, true), observe(Side::Right, &account("1"), "", true)])
        .await;
    assert!(!has_marks().await, "none of them carries one");
    let marked = Record { mark: Some(Mark::new("11x57")), ..record(&contact("2"), r#""mark":null"#) };
    holder.commit(&[Change::Observe { side: Side::Left, record: Box::new(marked), dirty: false }]).await;
    assert!(has_marks().await);
    holder.commit(&[Change::Deleted { side: Side::Left, key: contact("2") }]).await;
    assert!(has_marks().await, "its last sight carries it");
    assert!(!holder.store.has_marks(&PairId::new("another")).await.expect("readable"));
}

/// A sight that brings no news takes over the record and leaves its mark alone; only quiet takes the mark away, and waking
/// gives it back.
pub async fn an_unchanged_sight_keeps_the_sign_of_an_earlier_change(database: &impl Database) {
    let holder = Holder::of(database).await;
    let key = contact("1");
    let quiet = Change::Quiet { side: Side::Left, key: key.clone() };
    let steps = [
        (observe(Side::Left, &key, "a", true), "a", true),
        (observe(Side::Left, &key, "b", false), "b", true),
        (quiet.clone(), "b", false),
        (observe(Side::Left, &key, "c", false), "c", false),
        (observe(Side::Left, &key, "d", true), "d", true),
        (quiet, "d", false),
        (Change::Wake { side: Side::Left, key: key.clone() }, "d", true),
    ];
    for (change, name, dirty) in steps {
        holder.commit(std::slice::from_ref(&change)).await;
        let expected = Seen { record: record(&key, name), deleted: false, dirty };
        assert_eq!(look(&holder, &key).await, Some(expected), "after {change:?}");
    }
}

/// A deletion marks the last sight deleted and dirty; an unknown record stays unknown; a new sight revives it.
pub async fn a_deleted_record_keeps_its_last_sight_until_it_is_seen_again(database: &impl Database) {
    let holder = Holder::of(database).await;
    let key = contact("1");
    let deleted = |id: &str| Change::Deleted { side: Side::Left, key: contact(id) };
    holder.commit(&[observe(Side::Left, &key, "a", false), deleted("1"), deleted("never seen")]).await;
    assert_eq!(look(&holder, &key).await, Some(Seen { record: record(&key, "a"), deleted: true, dirty: true }));
    assert_eq!(marks(&holder, &contact("never seen")).await, None);

    holder.commit(&[Change::Quiet { side: Side::Left, key: key.clone() }]).await;
    assert_eq!(marks(&holder, &key).await, Some((true, false)), "quiet, and still deleted");
    holder.commit(&[observe(Side::Left, &key, "back", false)]).await;
    assert_eq!(look(&holder, &key).await, Some(Seen { record: record(&key, "back"), deleted: false, dirty: false }));
}

/// Changes of one commit are made in the order in which they stand, also hundreds of them about a few records.
pub async fn later_changes_of_a_commit_win(database: &impl Database) {
    let holder = Holder::of(database).await;
    let mut changes: Vec<_> = (0..600)
        .map(|n| observe(Side::Left, &contact(&format!("{}", n % 200)), &format!("name {n}"), n < 200))
        .collect();
    changes.extend((0..50).map(|n| Change::Quiet { side: Side::Left, key: contact(&format!("{n}")) }));
    changes.push(observe(Side::Left, &contact("7"), "last word", true));
    changes.push(Change::Deleted { side: Side::Left, key: contact("8") });
    holder.commit(&changes).await;

    let cases = [
        ("7", "last word", false, true),
        ("8", "name 408", true, true),
        ("9", "name 409", false, false),
        ("99", "name 499", false, true),
    ];
    for (id, name, deleted, dirty) in cases {
        let expected = Seen { record: record(&contact(id), name), deleted, dirty };
        assert_eq!(look(&holder, &contact(id)).await, Some(expected), "contact {id}");
    }
    assert_eq!(holder.everything().await.records.left.len(), 199, "200 less the deleted one");
}

/// What was committed is there for a later connection, word for word.
pub async fn everything_outlives_the_connection(database: &impl Database) {
    let first = Holder::of(database).await;
    let (left, right) = (contact("1"), account("11x1"));
    let kind = Kind::new("contact");
    first
        .commit(&[
            Change::Observe { side: Side::Left, record: Box::new(rich(&left)), dirty: true },
            observe(Side::Right, &right, "Nordlys", false),
            observe(Side::Right, &account("11x2"), "alone", true),
            Change::Tie(link(&left, &right)),
            Change::Cursor { side: Side::Left, kind: kind.clone(), cursor: Cursor("2026-11-24T10:00:00Z".into()) },
            Change::Schema { side: Side::Right, schema: Box::new(Schema::default()), at: minute(1) },
            Change::Intend(Box::new(intent(&first.lease, 1, &left, Some(&right)))),
            Change::Intend(Box::new(intent(&first.lease, 2, &left, Some(&right)))),
            Change::Conclude {
                intent: intent(&first.lease, 1, &left, None).id,
                outcome: Outcome::Stale,
                at: minute(2),
            },
        ])
        .await;
    let before = first.everything().await;
    let history = first.store.history(&pair(), Side::Left, &left).await.expect("readable");
    let lease = first.lease.clone();
    drop(first);

    let again = Holder { store: database.open().await, lease };
    let after = again.everything().await;
    assert_eq!((after.records, after.links), (before.records, before.links));
    assert_eq!(again.store.history(&pair(), Side::Left, &left).await.expect("readable"), history);
    assert_eq!(again.store.unfinished(&pair()).await.expect("readable").len(), 1);
    let cursor = again.store.cursor(&pair(), Side::Left, &kind).await.expect("readable");
    assert_eq!(cursor, Some(Cursor("2026-11-24T10:00:00Z".into())));
    let schema = again.store.schema(&pair(), Side::Right).await.expect("readable");
    assert_eq!(schema, Some((Schema::default(), minute(1))));
    again.commit(&[Change::Quiet { side: Side::Left, key: left }]).await;
}
