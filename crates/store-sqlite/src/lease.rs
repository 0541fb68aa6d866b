//! The right to change a pair's state: taken, proved, extended and given back.

use chrono::{DateTime, Utc};
use sqlx::{Connection, SqliteConnection};
use sync_model::{PairId, RunId};
use sync_run::{Lease, RunRecord, StoreError};

use crate::fault::Fault;
use crate::text::json;

pub(crate) async fn open_run(
    connection: &mut SqliteConnection,
    pair: &PairId,
    run: &RunId,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Lease, Fault> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let held: Option<(Option<String>, Option<DateTime<Utc>>)> =
        sqlx::query_as("select run, until from lease where pair = $1")
            .bind(pair.as_str())
            .fetch_optional(&mut *transaction)
            .await?;
    if let Some((Some(holder), Some(until))) = held
        && until > now
    {
        return Err(Fault::Port(StoreError::Busy { run: RunId::from(holder), until }));
    }
    let epoch = take(&mut transaction, pair, run, now, until).await?;
    transaction.commit().await?;
    Ok(Lease { pair: pair.clone(), run: run.clone(), epoch })
}

async fn take(
    connection: &mut SqliteConnection,
    pair: &PairId,
    run: &RunId,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<i64, Fault> {
    let epoch = sqlx::query_scalar(
        "insert into lease (pair, epoch, run, until) values ($1, 1, $2, $3)
         on conflict (pair) do update set epoch = lease.epoch + 1, run = excluded.run, until = excluded.until
         returning epoch",
    )
    .bind(pair.as_str())
    .bind(run.as_str())
    .bind(until)
    .fetch_one(&mut *connection)
    .await?;
    sqlx::query(
        "insert into run (pair, run, started, ended, summary) values ($1, $2, $3, null, 'null')
         on conflict (pair, run) do nothing",
    )
    .bind(pair.as_str())
    .bind(run.as_str())
    .bind(now)
    .execute(connection)
    .await?;
    Ok(epoch)
}

/// Proves inside a transaction that `lease` still holds.
pub(crate) async fn hold(connection: &mut SqliteConnection, lease: &Lease) -> Result<(), Fault> {
    let held: Option<i64> = sqlx::query_scalar("select 1 from lease where pair = $1 and epoch = $2 and run = $3")
        .bind(lease.pair.as_str())
        .bind(lease.epoch)
        .bind(lease.run.as_str())
        .fetch_optional(connection)
        .await?;
    held.map(|_| ()).ok_or(Fault::Port(StoreError::Fenced))
}

pub(crate) async fn renew(connection: &mut SqliteConnection, lease: &Lease, until: DateTime<Utc>) -> Result<(), Fault> {
    let renewed = sqlx::query("update lease set until = $4 where pair = $1 and epoch = $2 and run = $3")
        .bind(lease.pair.as_str())
        .bind(lease.epoch)
        .bind(lease.run.as_str())
        .bind(until)
        .execute(connection)
        .await?;
    if renewed.rows_affected() == 1 { Ok(()) } else { Err(Fault::Port(StoreError::Fenced)) }
}

pub(crate) async fn close_run(
    connection: &mut SqliteConnection,
    lease: &Lease,
    record: &RunRecord,
) -> Result<(), Fault> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    hold(&mut transaction, lease).await?;
    sqlx::query("update run set started = $3, ended = $4, summary = $5 where pair = $1 and run = $2")
        .bind(lease.pair.as_str())
        .bind(lease.run.as_str())
        .bind(record.started)
        .bind(record.ended)
        .bind(json(&record.summary)?)
        .execute(&mut *transaction)
        .await?;
    sqlx::query("update lease set run = null, until = null where pair = $1")
        .bind(lease.pair.as_str())
        .execute(&mut *transaction)
        .await?;
    Ok(transaction.commit().await?)
}
