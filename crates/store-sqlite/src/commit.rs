//! One commit: all changes, in order, or none.

use chrono::{DateTime, Utc};
use reconcile::Finding;
use sqlx::{Connection, SqliteConnection};
use sync_model::{
    Baseline, Fields, Fingerprint, Link, LinkState, Module, PairId, Record, RecordKey, Retired, Side, Sides, Swings,
};
use sync_run::{Change, Intent, IntentId, Lease, Outcome, keeping, trail};

use crate::fault::Fault;
use crate::text::{from_json, json};
use crate::{decisions, history, journal, lease};

pub(crate) async fn commit(connection: &mut SqliteConnection, lease: &Lease, changes: &[Change]) -> Result<(), Fault> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    lease::hold(&mut transaction, lease).await?;
    let mut told = trail::bodies(changes)?;
    if !told.is_empty() {
        told.splice(0..0, history::beginning(&mut transaction, &lease.pair).await?);
    }
    for change in changes {
        make(&mut transaction, lease, change).await?;
    }
    history::append(&mut transaction, lease, told).await?;
    Ok(transaction.commit().await?)
}

async fn make(db: &mut SqliteConnection, lease: &Lease, change: &Change) -> Result<(), Fault> {
    let pair = &lease.pair;
    match change {
        Change::Observe { side, record, dirty } => observe(db, pair, *side, record, *dirty).await,
        Change::Deleted { side, key } => deleted(db, pair, *side, key).await,
        Change::Quiet { side, key } => mark(db, pair, *side, key, false).await,
        Change::Wake { side, key } => mark(db, pair, *side, key, true).await,
        Change::TakeUp { decisions, records } => decisions::take_up(db, pair, *decisions, records).await,
        Change::Tie(link) => tie(db, pair, link).await,
        Change::Patch { keys, patch, swings, mapping } => settle(db, pair, keys, patch, swings, mapping).await,
        Change::Retire { keys, deleted_on, at } => {
            retire(db, pair, keys, Retired { deleted_on: *deleted_on, at: *at }).await
        }
        Change::Cursor { side, kind, cursor } => {
            let sql = "insert into cursor (pair, side, kind, cursor) values ($1, $2, $3, $4)
                on conflict (pair, side, kind) do update set cursor = excluded.cursor";
            let query = sqlx::query(sql).bind(pair.as_str()).bind(side.as_str()).bind(kind.as_str());
            query.bind(&cursor.0).execute(db).await?;
            Ok(())
        }
        Change::Schema { side, schema, at } => {
            let sql = "insert into schema (pair, side, body, at) values ($1, $2, $3, $4)
                on conflict (pair, side) do update set body = excluded.body, at = excluded.at";
            let query = sqlx::query(sql).bind(pair.as_str()).bind(side.as_str()).bind(json(schema)?);
            query.bind(at).execute(db).await?;
            Ok(())
        }
        Change::Checked(checked) => {
            let sql = "insert into checked (pair, body) values ($1, $2)
                on conflict (pair) do update set body = excluded.body";
            sqlx::query(sql).bind(pair.as_str()).bind(json(checked)?).execute(db).await?;
            Ok(())
        }
        Change::Intend(intent) => intend(db, pair, intent).await,
        Change::Conclude { intent, outcome, at } => conclude(db, pair, *intent, outcome, *at).await,
        Change::Effect(record) => {
            let sql = "insert into effect (pair, kind, id, name, body) values ($1, $2, $3, $4, $5)
                on conflict (pair, kind, id, name) do update set body = excluded.body";
            let invoice = &record.invoice;
            let query = sqlx::query(sql).bind(pair.as_str()).bind(invoice.kind.as_str()).bind(invoice.id.as_str());
            query.bind(record.effect.name()).bind(json(record)?).execute(db).await?;
            Ok(())
        }
        Change::Findings { module, findings, at } => replace_findings(db, pair, module, findings, *at).await,
        Change::Unlink { keys, at } => history::unlink(db, pair, keys, *at).await,
        Change::Release { keys, .. } => history::release(db, pair, keys).await,
        // Only the trail tells of it.
        Change::Begin { .. } => Ok(()),
        Change::Spend { plan, at } => history::spend(db, lease, plan, *at).await,
        Change::EarlierLife { at } => history::learn_earlier_life(db, pair, *at).await,
        Change::Failed(failure) => history::failed(db, pair, failure).await,
        Change::Mended { side, source } => history::mended(db, pair, *side, source).await,
    }
}

async fn observe(
    db: &mut SqliteConnection,
    pair: &PairId,
    side: Side,
    record: &Record,
    dirty: bool,
) -> Result<(), Fault> {
    sqlx::query(
        "insert into record (pair, side, kind, id, body, deleted, dirty) values ($1, $2, $3, $4, $5, false, $6)
         on conflict (pair, side, kind, id)
         do update set body = excluded.body, deleted = false, dirty = max(dirty, excluded.dirty)",
    )
    .bind(pair.as_str())
    .bind(side.as_str())
    .bind(record.kind.as_str())
    .bind(record.id.as_str())
    .bind(json(record)?)
    .bind(dirty)
    .execute(db)
    .await?;
    Ok(())
}

async fn deleted(db: &mut SqliteConnection, pair: &PairId, side: Side, key: &RecordKey) -> Result<(), Fault> {
    let sql = "update record set deleted = true, dirty = true where pair = $1 and side = $2 and kind = $3 and id = $4";
    let query = sqlx::query(sql).bind(pair.as_str()).bind(side.as_str()).bind(key.kind.as_str());
    query.bind(key.id.as_str()).execute(db).await?;
    Ok(())
}

async fn mark(db: &mut SqliteConnection, pair: &PairId, side: Side, key: &RecordKey, dirty: bool) -> Result<(), Fault> {
    let sql = "update record set dirty = $5 where pair = $1 and side = $2 and kind = $3 and id = $4";
    let query = sqlx::query(sql).bind(pair.as_str()).bind(side.as_str()).bind(key.kind.as_str());
    query.bind(key.id.as_str()).bind(dirty).execute(db).await?;
    Ok(())
}

async fn tie(db: &mut SqliteConnection, pair: &PairId, link: &Link) -> Result<(), Fault> {
    let Sides { left, right } = &link.keys;
    let tied = sqlx::query(
        "insert into link (pair, module, left_kind, left_id, right_kind, right_id, evidence, state, review, baseline)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (pair, left_kind, left_id)
         do update set module = excluded.module, evidence = excluded.evidence, state = excluded.state,
             review = excluded.review, baseline = excluded.baseline
         where link.right_kind = excluded.right_kind and link.right_id = excluded.right_id",
    )
    .bind(pair.as_str())
    .bind(link.module.as_str())
    .bind(left.kind.as_str())
    .bind(left.id.as_str())
    .bind(right.kind.as_str())
    .bind(right.id.as_str())
    .bind(json(&link.evidence)?)
    .bind(json(&link.state)?)
    .bind(link.review)
    .bind(link.baseline.as_ref().map(json).transpose()?)
    .execute(db)
    .await;
    let taken = || Fault::Linked(left.clone(), right.clone());
    match tied {
        Ok(done) if done.rows_affected() == 1 => Ok(()),
        Ok(_) => Err(taken()),
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Err(taken()),
        Err(error) => Err(error.into()),
    }
}

async fn settle(
    db: &mut SqliteConnection,
    pair: &PairId,
    keys: &Sides<RecordKey>,
    patch: &Sides<Fields>,
    swings: &Swings,
    mapping: &Fingerprint,
) -> Result<(), Fault> {
    let (n, before): (i64, Option<String>) = sqlx::query_as(
        "select n, baseline from link
         where pair = $1 and left_kind = $2 and left_id = $3 and right_kind = $4 and right_id = $5",
    )
    .bind(pair.as_str())
    .bind(keys.left.kind.as_str())
    .bind(keys.left.id.as_str())
    .bind(keys.right.kind.as_str())
    .bind(keys.right.id.as_str())
    .fetch_optional(&mut *db)
    .await?
    .ok_or_else(|| not_linked(keys))?;
    let before = before.as_deref().map(from_json::<Baseline>).transpose()?;
    let after = json(&keeping::settled(before, patch, swings, mapping))?;
    sqlx::query("update link set baseline = $2 where n = $1").bind(n).bind(after).execute(db).await?;
    Ok(())
}

async fn retire(
    db: &mut SqliteConnection,
    pair: &PairId,
    keys: &Sides<RecordKey>,
    retired: Retired,
) -> Result<(), Fault> {
    let done = sqlx::query(
        "update link set state = $6
         where pair = $1 and left_kind = $2 and left_id = $3 and right_kind = $4 and right_id = $5",
    )
    .bind(pair.as_str())
    .bind(keys.left.kind.as_str())
    .bind(keys.left.id.as_str())
    .bind(keys.right.kind.as_str())
    .bind(keys.right.id.as_str())
    .bind(json(&LinkState::Retired(retired))?)
    .execute(db)
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(not_linked(keys)) }
}

fn not_linked(keys: &Sides<RecordKey>) -> Fault {
    Fault::NotLinked(keys.left.clone(), keys.right.clone())
}

async fn intend(db: &mut SqliteConnection, pair: &PairId, intent: &Intent) -> Result<(), Fault> {
    let written = intent.write.target().map(|key| key.id.as_str());
    let other = intent.write.counterpart();
    sqlx::query(
        "insert into intent (pair, run, intent, side, kind, id, other_kind, other_id, body)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(pair.as_str())
    .bind(intent.run.as_str())
    .bind(intent.id.0.to_string())
    .bind(intent.write.side.as_str())
    .bind(intent.write.kind().as_str())
    .bind(written)
    .bind(other.kind.as_str())
    .bind(other.id.as_str())
    .bind(json(intent)?)
    .execute(db)
    .await?;
    Ok(())
}

async fn conclude(
    db: &mut SqliteConnection,
    pair: &PairId,
    intent: IntentId,
    outcome: &Outcome,
    at: DateTime<Utc>,
) -> Result<(), Fault> {
    let made = match outcome {
        Outcome::Done { key } => Some(key.id.as_str()),
        Outcome::Refused { .. } | Outcome::Stale | Outcome::NotSent | Outcome::Unresolved => None,
    };
    let done = sqlx::query(
        "update intent set outcome = $3, concluded_at = $4, id = coalesce($5, id) where pair = $1 and intent = $2",
    )
    .bind(pair.as_str())
    .bind(intent.0.to_string())
    .bind(json(outcome)?)
    .bind(at)
    .bind(made)
    .execute(db)
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Fault::NoIntent(intent)) }
}

async fn replace_findings(
    db: &mut SqliteConnection,
    pair: &PairId,
    module: &Module,
    findings: &[Finding],
    at: DateTime<Utc>,
) -> Result<(), Fault> {
    let before = journal::findings_of(db, pair, Some(module)).await?;
    sqlx::query("delete from finding where pair = $1 and module = $2")
        .bind(pair.as_str())
        .bind(module.as_str())
        .execute(&mut *db)
        .await?;
    for stored in keeping::waiting(&before, module, findings, at) {
        sqlx::query("insert into finding (pair, module, body, since) values ($1, $2, $3, $4)")
            .bind(pair.as_str())
            .bind(module.as_str())
            .bind(json(&stored.finding)?)
            .bind(stored.since)
            .execute(&mut *db)
            .await?;
    }
    Ok(())
}
