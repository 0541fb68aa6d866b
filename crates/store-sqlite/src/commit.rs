//! One commit: all changes, in order, or none.

use chrono::{DateTime, Utc};
use reconcile::Finding;
use sqlx::{Connection, SqliteConnection};
use sync_model::{Baseline, Fields, Fingerprint, LinkState, Module, PairId, RecordKey, Retired, Side, Sides, Swings};
use sync_run::{Change, Lease, keeping, trail};

use crate::fault::Fault;
use crate::text::{from_json, json};
use crate::{decisions, history, journal, lease, many};

pub(crate) async fn commit(connection: &mut SqliteConnection, lease: &Lease, changes: &[Change]) -> Result<(), Fault> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    lease::hold(&mut transaction, lease).await?;
    let mut told = trail::bodies(changes)?;
    if !told.is_empty() {
        told.splice(0..0, history::beginning(&mut transaction, &lease.pair).await?);
    }
    for alike in changes.chunk_by(many::go_together) {
        if !many::make(&mut transaction, &lease.pair, alike).await? {
            for change in alike {
                make(&mut transaction, lease, change).await?;
            }
        }
    }
    history::append(&mut transaction, lease, told).await?;
    Ok(transaction.commit().await?)
}

async fn make(db: &mut SqliteConnection, lease: &Lease, change: &Change) -> Result<(), Fault> {
    let (pair, alone) = (&lease.pair, std::slice::from_ref(change));
    match change {
        Change::Deleted { side, key } => deleted(db, pair, *side, key).await,
        Change::Observe { .. } => many::observe(db, pair, alone).await,
        Change::Quiet { .. } => many::quiet(db, pair, alone).await,
        Change::Intend(_) => many::intend(db, pair, alone).await,
        Change::Conclude { .. } => many::conclude(db, pair, alone).await,
        Change::Tie(_) => many::tie(db, pair, alone).await,
        Change::Wake { side, key } => wake(db, pair, *side, key).await,
        Change::TakeUp { decisions, records } => decisions::take_up(db, pair, *decisions, records).await,
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

async fn deleted(db: &mut SqliteConnection, pair: &PairId, side: Side, key: &RecordKey) -> Result<(), Fault> {
    let sql = "update record set deleted = true, dirty = true where pair = $1 and side = $2 and kind = $3 and id = $4";
    let query = sqlx::query(sql).bind(pair.as_str()).bind(side.as_str()).bind(key.kind.as_str());
    query.bind(key.id.as_str()).execute(db).await?;
    Ok(())
}

async fn wake(db: &mut SqliteConnection, pair: &PairId, side: Side, key: &RecordKey) -> Result<(), Fault> {
    let sql = "update record set dirty = true where pair = $1 and side = $2 and kind = $3 and id = $4";
    let query = sqlx::query(sql).bind(pair.as_str()).bind(side.as_str()).bind(key.kind.as_str());
    query.bind(key.id.as_str()).execute(db).await?;
    Ok(())
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
