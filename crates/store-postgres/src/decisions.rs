//! What persons decided: added without a lease, never changed, and taken up by runs from the first to the last.

use chrono::{DateTime, Utc};
use sqlx::{Connection, PgConnection};
use sync_model::{Module, PairId, RecordKey, Side};
use sync_run::{Decided, Ledger};

use crate::fault::Fault;
use crate::text::{Columns, from_json, json};

/// Those who decide about one pair at the same time do so one after another, so that the order in which entries are
/// numbered is the order in which they come to be seen: a run that took up the first ones took up no gap.
pub(crate) async fn decide(connection: &mut PgConnection, pair: &PairId, decided: &[Decided]) -> Result<(), Fault> {
    let mut transaction = connection.begin().await?;
    sqlx::query("select pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind(format!("afstem.decision {}", pair.as_str()))
        .execute(&mut *transaction)
        .await?;
    for Decided { module, decision, given, by, at } in decided {
        sqlx::query(
            "insert into afstem.decision (pair, module, body, given, author, at) values ($1, $2, $3, $4, $5, $6)",
        )
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

pub(crate) async fn decisions(db: &mut PgConnection, pair: &PairId) -> Result<Ledger, Fault> {
    // Read before the entries: what is decided in between is news.
    let taken_up: Option<i64> = sqlx::query_scalar("select decisions from afstem.taken_up where pair = $1")
        .bind(pair.as_str())
        .fetch_optional(&mut *db)
        .await?;
    let rows: Vec<(String, String, bool, String, DateTime<Utc>)> =
        sqlx::query_as("select module, body, given, author, at from afstem.decision where pair = $1 order by n")
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
    db: &mut PgConnection,
    pair: &PairId,
    decisions: u64,
    records: &[(Side, RecordKey)],
) -> Result<(), Fault> {
    let mut columns = Columns::default();
    records.iter().for_each(|(side, key)| columns.push(*side, key));
    sqlx::query(
        "update afstem.record r set dirty = true from unnest($2::text[], $3::text[], $4::text[]) t (side, kind, id)
         where r.pair = $1 and r.side = t.side and r.kind = t.kind and r.id = t.id",
    )
    .bind(pair.as_str())
    .bind(&columns.sides)
    .bind(&columns.kinds)
    .bind(&columns.ids)
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "insert into afstem.taken_up (pair, decisions) values ($1, $2)
         on conflict (pair) do update set decisions = excluded.decisions",
    )
    .bind(pair.as_str())
    .bind(i64::try_from(decisions).unwrap_or(i64::MAX))
    .execute(db)
    .await?;
    Ok(())
}
