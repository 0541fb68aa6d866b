//! What persons decided: added without a lease, never changed, and taken up by runs from the first to the last.

use chrono::{DateTime, Utc};
use sqlx::{Connection, SqliteConnection};
use sync_model::{Module, PairId, RecordKey, Side};
use sync_run::{Decided, Ledger};

use crate::fault::Fault;
use crate::text::{from_json, json};

pub(crate) async fn decide(connection: &mut SqliteConnection, pair: &PairId, decided: &[Decided]) -> Result<(), Fault> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    for Decided { module, decision, given, by, at } in decided {
        sqlx::query("insert into decision (pair, module, body, given, author, at) values ($1, $2, $3, $4, $5, $6)")
            .bind(pair.as_str())
            .bind(module.as_str())
            .bind(json(decision)?)
            .bind(given)
            .bind(by)
            .bind(at)
            .execute(&mut *transaction)
            .await?;
    }
    Ok(transaction.commit().await?)
}

pub(crate) async fn decisions(db: &mut SqliteConnection, pair: &PairId) -> Result<Ledger, Fault> {
    // Read before the entries: what is decided in between is news.
    let taken_up: Option<i64> = sqlx::query_scalar("select decisions from taken_up where pair = $1")
        .bind(pair.as_str())
        .fetch_optional(&mut *db)
        .await?;
    let rows: Vec<(String, String, bool, String, DateTime<Utc>)> =
        sqlx::query_as("select module, body, given, author, at from decision where pair = $1 order by n")
            .bind(pair.as_str())
            .fetch_all(db)
            .await?;
    let entry = |(module, body, given, by, at): (String, String, bool, String, DateTime<Utc>)| {
        Ok(Decided { module: Module::from(module), decision: from_json(&body)?, given, by, at })
    };
    let entries = rows.into_iter().map(entry).collect::<Result<_, Fault>>()?;
    Ok(Ledger { entries, taken_up: taken_up.and_then(|it| u64::try_from(it).ok()).unwrap_or_default() })
}

pub(crate) async fn take_up(
    db: &mut SqliteConnection,
    pair: &PairId,
    decisions: u64,
    records: &[(Side, RecordKey)],
) -> Result<(), Fault> {
    sqlx::query(
        "update record set dirty = true from json_each($2) j
         where record.pair = $1 and record.side = j.value ->> 0 and record.kind = j.value ->> '$[1].kind'
             and record.id = j.value ->> '$[1].id'",
    )
    .bind(pair.as_str())
    .bind(json(&records)?)
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "insert into taken_up (pair, decisions) values ($1, $2)
         on conflict (pair) do update set decisions = excluded.decisions",
    )
    .bind(pair.as_str())
    .bind(i64::try_from(decisions).unwrap_or(i64::MAX))
    .execute(db)
    .await?;
    Ok(())
}
