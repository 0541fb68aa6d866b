//! The trail of changes, and what else the history needs: saved plans that were spent, failures, an earlier life.

use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;
use sync_model::{Fingerprint, Link, PairId, RecordKey, RunId, Side};
use sync_run::{Failure, Lease, Spent, TrailEntry, trail};

use crate::fault::Fault;
use crate::text::{from_json, get, json};
use crate::{load, many};

/// Adds `bodies` to the trail. The first of all begins with the links that were there before.
pub(crate) async fn append(db: &mut SqliteConnection, lease: &Lease, bodies: Vec<String>) -> Result<(), Fault> {
    let mut last = head(db, &lease.pair).await?;
    let mut entries = Vec::with_capacity(bodies.len());
    for body in bodies {
        let entry = TrailEntry::after(last, &lease.run, body);
        last = Some((entry.n, entry.hash.clone()));
        entries.push(entry);
    }
    many::append(db, lease, &entries).await
}

/// The entries that a trail of a pair with links of an earlier version begins with; none where it has begun.
pub(crate) async fn beginning(db: &mut SqliteConnection, pair: &PairId) -> Result<Vec<String>, Fault> {
    if head(db, pair).await?.is_some() {
        return Ok(Vec::new());
    }
    let links: Vec<Link> = load::all_links(db, pair).await?;
    Ok(trail::snapshot(&links)?)
}

async fn head(db: &mut SqliteConnection, pair: &PairId) -> Result<Option<(i64, Fingerprint)>, Fault> {
    let last: Option<(i64, String)> =
        sqlx::query_as("select n, hash from trail where pair = $1 order by n desc limit 1")
            .bind(pair.as_str())
            .fetch_optional(db)
            .await?;
    Ok(last.map(|(n, hash)| (n, Fingerprint::from_text(hash))))
}

pub(crate) async fn entries(
    db: &mut SqliteConnection,
    pair: &PairId,
    run: Option<&RunId>,
    after: i64,
    most: u32,
) -> Result<Vec<TrailEntry>, Fault> {
    let rows = sqlx::query(
        "select n, run, body, hash from trail
         where pair = $1 and n > $2 and ($3 is null or run = $3) order by n limit $4",
    );
    let rows = rows.bind(pair.as_str()).bind(after).bind(run.map(RunId::as_str)).bind(i64::from(most));
    let entry = |row: &_| {
        Ok(TrailEntry {
            n: get(row, "n")?,
            run: RunId::new(get::<&str, _>(row, "run")?),
            body: get(row, "body")?,
            hash: Fingerprint::from_text(get::<String, _>(row, "hash")?),
        })
    };
    rows.fetch_all(db).await?.iter().map(entry).collect()
}

pub(crate) async fn spend(
    db: &mut SqliteConnection,
    lease: &Lease,
    plan: &Fingerprint,
    at: DateTime<Utc>,
) -> Result<(), Fault> {
    sqlx::query("insert into spent (pair, plan, run, at) values ($1, $2, $3, $4)")
        .bind(lease.pair.as_str())
        .bind(plan.as_str())
        .bind(lease.run.as_str())
        .bind(at)
        .execute(db)
        .await?;
    Ok(())
}

pub(crate) async fn spent(
    db: &mut SqliteConnection,
    pair: &PairId,
    plan: &Fingerprint,
) -> Result<Option<Spent>, Fault> {
    let row: Option<(String, DateTime<Utc>)> =
        sqlx::query_as("select run, at from spent where pair = $1 and plan = $2")
            .bind(pair.as_str())
            .bind(plan.as_str())
            .fetch_optional(db)
            .await?;
    Ok(row.map(|(run, at)| Spent { run: RunId::from(run), at }))
}

pub(crate) async fn failed(db: &mut SqliteConnection, pair: &PairId, failure: &Failure) -> Result<(), Fault> {
    sqlx::query(
        "insert into failure (pair, side, kind, id, body) values ($1, $2, $3, $4, $5)
         on conflict (pair, side, kind, id) do update set body = excluded.body",
    )
    .bind(pair.as_str())
    .bind(failure.side.as_str())
    .bind(failure.source.kind.as_str())
    .bind(failure.source.id.as_str())
    .bind(json(failure)?)
    .execute(db)
    .await?;
    Ok(())
}

pub(crate) async fn mended(
    db: &mut SqliteConnection,
    pair: &PairId,
    side: Side,
    source: &RecordKey,
) -> Result<(), Fault> {
    sqlx::query("delete from failure where pair = $1 and side = $2 and kind = $3 and id = $4")
        .bind(pair.as_str())
        .bind(side.as_str())
        .bind(source.kind.as_str())
        .bind(source.id.as_str())
        .execute(db)
        .await?;
    Ok(())
}

pub(crate) async fn failures(db: &mut SqliteConnection, pair: &PairId) -> Result<Vec<Failure>, Fault> {
    let bodies: Vec<String> = sqlx::query_scalar("select body from failure where pair = $1 order by side, kind, id")
        .bind(pair.as_str())
        .fetch_all(db)
        .await?;
    bodies.iter().map(|body| from_json(body)).collect()
}

pub(crate) async fn learn_earlier_life(
    db: &mut SqliteConnection,
    pair: &PairId,
    at: DateTime<Utc>,
) -> Result<(), Fault> {
    sqlx::query("insert into earlier_life (pair, at) values ($1, $2) on conflict (pair) do nothing")
        .bind(pair.as_str())
        .bind(at)
        .execute(db)
        .await?;
    Ok(())
}

pub(crate) async fn earlier_life(db: &mut SqliteConnection, pair: &PairId) -> Result<bool, Fault> {
    let found = sqlx::query_scalar("select exists (select 1 from earlier_life where pair = $1)");
    Ok(found.bind(pair.as_str()).fetch_one(db).await?)
}

pub(crate) async fn unlink(
    db: &mut SqliteConnection,
    pair: &PairId,
    keys: &sync_model::Sides<RecordKey>,
    at: DateTime<Utc>,
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
    .bind(json(&sync_model::LinkState::Undone { at })?)
    .execute(db)
    .await?;
    let missing = || Fault::NotLinked(keys.left.clone(), keys.right.clone());
    if done.rows_affected() == 1 { Ok(()) } else { Err(missing()) }
}

/// Takes a link out altogether.
pub(crate) async fn release(
    db: &mut SqliteConnection,
    pair: &PairId,
    keys: &sync_model::Sides<RecordKey>,
) -> Result<(), Fault> {
    let done = sqlx::query(
        "delete from link
         where pair = $1 and left_kind = $2 and left_id = $3 and right_kind = $4 and right_id = $5",
    )
    .bind(pair.as_str())
    .bind(keys.left.kind.as_str())
    .bind(keys.left.id.as_str())
    .bind(keys.right.kind.as_str())
    .bind(keys.right.id.as_str())
    .execute(db)
    .await?;
    let missing = || Fault::NotLinked(keys.left.clone(), keys.right.clone());
    if done.rows_affected() == 1 { Ok(()) } else { Err(missing()) }
}
