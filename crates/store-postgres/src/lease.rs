//! The right to change a pair's state: taken, proved, extended and given back.

use chrono::{DateTime, Utc};
use sqlx::{Connection, PgConnection};
use sync_model::{PairId, RunId};
use sync_run::{Lease, RunRecord, StoreError};

use crate::fault::Fault;
use crate::text::json;

pub(crate) async fn open_run(
    connection: &mut PgConnection,
    pair: &PairId,
    run: &RunId,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Lease, Fault> {
    let mut transaction = connection.begin().await?;
    sqlx::query("insert into afstem.lease (pair, epoch) values ($1, 0) on conflict (pair) do nothing")
        .bind(pair.as_str())
        .execute(&mut *transaction)
        .await?;
    let held: (Option<String>, Option<DateTime<Utc>>) =
        sqlx::query_as("select run, until from afstem.lease where pair = $1 for update")
            .bind(pair.as_str())
            .fetch_one(&mut *transaction)
            .await?;
    if let (Some(holder), Some(until)) = held
        && until > now
    {
        return Err(Fault::Port(StoreError::Busy { run: RunId::from(holder), until }));
    }
    let epoch = take(&mut transaction, pair, run, now, until).await?;
    transaction.commit().await?;
    Ok(Lease { pair: pair.clone(), run: run.clone(), epoch })
}

async fn take(
    connection: &mut PgConnection,
    pair: &PairId,
    run: &RunId,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<i64, Fault> {
    let epoch = sqlx::query_scalar(
        "update afstem.lease set epoch = epoch + 1, run = $2, until = $3 where pair = $1 returning epoch",
    )
    .bind(pair.as_str())
    .bind(run.as_str())
    .bind(until)
    .fetch_one(&mut *connection)
    .await?;
    sqlx::query(
        "insert into afstem.run (pair, run, started, ended, summary) values ($1, $2, $3, null, 'null')
         on conflict (pair, run) do nothing",
    )
    .bind(pair.as_str())
    .bind(run.as_str())
    .bind(now)
    .execute(connection)
    .await?;
    Ok(epoch)
}

/// Proves that `lease` still holds, and locks it until the transaction ends.
pub(crate) async fn hold(connection: &mut PgConnection, lease: &Lease) -> Result<(), Fault> {
    let held: Option<i64> =
        sqlx::query_scalar("select epoch from afstem.lease where pair = $1 and epoch = $2 and run = $3 for update")
            .bind(lease.pair.as_str())
            .bind(lease.epoch)
            .bind(lease.run.as_str())
            .fetch_optional(connection)
            .await?;
    held.map(|_| ()).ok_or(Fault::Port(StoreError::Fenced))
}

pub(crate) async fn renew(connection: &mut PgConnection, lease: &Lease, until: DateTime<Utc>) -> Result<(), Fault> {
    let renewed = sqlx::query("update afstem.lease set until = $4 where pair = $1 and epoch = $2 and run = $3")
        .bind(lease.pair.as_str())
        .bind(lease.epoch)
        .bind(lease.run.as_str())
        .bind(until)
        .execute(connection)
        .await?;
    if renewed.rows_affected() == 1 { Ok(()) } else { Err(Fault::Port(StoreError::Fenced)) }
}

pub(crate) async fn close_run(connection: &mut PgConnection, lease: &Lease, record: &RunRecord) -> Result<(), Fault> {
    let mut transaction = connection.begin().await?;
    hold(&mut transaction, lease).await?;
    sqlx::query("update afstem.run set started = $3, ended = $4, summary = $5 where pair = $1 and run = $2")
        .bind(lease.pair.as_str())
        .bind(lease.run.as_str())
        .bind(record.started)
        .bind(record.ended)
        .bind(json(&record.summary)?)
        .execute(&mut *transaction)
        .await?;
    sqlx::query("update afstem.lease set run = null, until = null where pair = $1")
        .bind(lease.pair.as_str())
        .execute(&mut *transaction)
        .await?;
    Ok(transaction.commit().await?)
}
