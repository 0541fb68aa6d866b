//! The people and things of the suite: one pair, a few records, and the holder of its lease.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use reconcile::{Observed, Write, WriteChange};
use sync_model::{
    Evidence, FieldName, Fields, Fingerprint, Kind, Link, LinkState, Mark, Module, PairId, Record, RecordKey, Revision,
    RunId, Side, Sides, Swings, Value,
};
use uuid::Uuid;

use super::Database;
use crate::{Change, Intent, IntentId, Lease, Scope, Store, StoreError};

/// So many minutes into the story.
pub(super) fn minute(minutes: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + Duration::days(20_000) + Duration::minutes(minutes)
}

pub(super) fn pair() -> PairId {
    PairId::new("4711@nordlys.simply-crm.dk")
}

/// A record of the left side.
pub(super) fn contact(id: &str) -> RecordKey {
    RecordKey::new("contact", id)
}

/// A record of the right side.
pub(super) fn account(id: &str) -> RecordKey {
    RecordKey::new("Accounts", id)
}

pub(super) fn record(key: &RecordKey, name: &str) -> Record {
    let fields = [("name", Value::text(name))].into_iter().collect();
    Record {
        revision: Revision::new(format!("revision of {name}")),
        ..Record::new(key.kind.clone(), key.id.clone(), fields)
    }
}

pub(super) fn observe(side: Side, key: &RecordKey, name: &str, dirty: bool) -> Change {
    Change::Observe { side, record: Box::new(record(key, name)), dirty }
}

pub(super) fn link(left: &RecordKey, right: &RecordKey) -> Link {
    Link {
        module: Module::new("organisations"),
        keys: Sides::new(left.clone(), right.clone()),
        evidence: Evidence::Rule { rule: "cvr".into(), value: "29403473".into(), score: 100 },
        state: LinkState::Active,
        review: false,
        baseline: None,
    }
}

pub(super) fn fields<const N: usize>(values: [(&str, &str); N]) -> Fields {
    values.into_iter().map(|(name, value)| (FieldName::new(name), Value::text(value))).collect()
}

pub(super) fn mapping(version: &str) -> Fingerprint {
    Fingerprint::of([version])
}

/// An intent to make an account from `source`, or to update `target` from it.
pub(super) fn intent(lease: &Lease, number: u128, source: &RecordKey, target: Option<&RecordKey>) -> Intent {
    let change = target.map_or_else(
        || WriteChange::Create {
            kind: Kind::new("Accounts"),
            source: source.clone(),
            mark: Mark::new(source.id.as_str()),
        },
        |key| WriteChange::Update { key: key.clone(), expected: Revision::new("7"), counterpart: source.clone() },
    );
    let module = Module::new("organisations");
    let fields = fields([("accountname", "Nordlys ApS")]);
    Intent {
        id: IntentId(Uuid::from_u128(number)),
        run: lease.run.clone(),
        write: Write { module, side: Side::Right, change, fields, patch: Sides::default(), swings: Swings::new() },
        before: target.map(|key| record(key, "as it was")),
        why: Vec::new(),
        title: "Nordlys ApS".into(),
        at: minute(1),
        since: None,
    }
}

pub(super) fn scope() -> Scope {
    Scope { kinds: Sides::new(vec![Kind::new("contact")], vec![Kind::new("Accounts")]), ..Scope::default() }
}

/// The keys that a look shows on `side`.
pub(super) fn shown(observed: &Observed, side: Side) -> Vec<RecordKey> {
    observed.records.get(side).keys().cloned().collect()
}

/// The holder of the pair's lease.
pub(super) struct Holder {
    pub(super) store: Arc<dyn Store>,
    pub(super) lease: Lease,
}

impl Holder {
    pub(super) async fn of(database: &impl Database) -> Self {
        let store = database.open().await;
        let lease = store.open_run(&pair(), &RunId::new("first"), minute(0), Duration::minutes(10)).await;
        Self { store, lease: lease.expect("nobody holds the lease of a fresh database") }
    }

    pub(super) async fn commit(&self, changes: &[Change]) {
        self.store.commit(&self.lease, changes).await.expect("the holder of the lease may change the state");
    }

    pub(super) async fn refused(&self, changes: &[Change]) {
        let answer = self.store.commit(&self.lease, changes).await;
        assert!(matches!(answer, Err(StoreError::Database(_))), "the state does not admit {changes:?}: {answer:?}");
    }

    pub(super) async fn load(&self, scope: &Scope) -> Observed {
        self.store.load(&pair(), scope).await.expect("the state can be read")
    }

    /// Everything of the story's kinds.
    pub(super) async fn everything(&self) -> Observed {
        self.load(&Scope { all: true, ..scope() }).await
    }
}
