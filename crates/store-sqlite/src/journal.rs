//! Reading what was done and what waits: intents, findings and runs.

use sqlx::SqliteConnection;
use sync_model::{Module, PairId, RecordKey, RunId, Side};
use sync_run::{EffectRecord, Intent, Outcome, RunRecord, StoredFinding};

use crate::fault::Fault;
use crate::text::{from_json, get};

pub(crate) async fn unfinished(db: &mut SqliteConnection, pair: &PairId) -> Result<Vec<Intent>, Fault> {
    let bodies: Vec<String> =
        sqlx::query_scalar("select b.body from intent i join intent_body b on b.n = i.n where i.pair = $1 and i.outcome is null order by i.n")
            .bind(pair.as_str())
            .fetch_all(db)
            .await?;
    bodies.iter().map(|body| from_json(body)).collect::<Result<_, _>>()
}

/// What one run wrote or meant to.
pub(crate) async fn journal(
    db: &mut SqliteConnection,
    pair: &PairId,
    run: &RunId,
    most: u32,
) -> Result<Vec<(Intent, Option<Outcome>)>, Fault> {
    let rows: Vec<(String, Option<String>)> = sqlx::query_as(
        "select b.body, i.outcome from intent i join intent_body b on b.n = i.n
             where i.pair = $1 and i.run = $2 order by i.n limit $3",
    )
    .bind(pair.as_str())
    .bind(run.as_str())
    .bind(i64::from(most))
    .fetch_all(db)
    .await?;
    rows.into_iter().map(entry).collect()
}

fn entry((body, outcome): (String, Option<String>)) -> Result<(Intent, Option<Outcome>), Fault> {
    Ok((from_json(&body)?, outcome.as_deref().map(from_json).transpose()?))
}

pub(crate) async fn history(
    db: &mut SqliteConnection,
    pair: &PairId,
    side: Side,
    key: &RecordKey,
) -> Result<Vec<(Intent, Option<Outcome>)>, Fault> {
    let rows: Vec<(String, Option<String>)> = sqlx::query_as(
        "with subject (side, kind, id) as (
             select $2, $3, $4
             union all
             select 'right', right_kind, right_id from link
             where $2 = 'left' and pair = $1 and left_kind = $3 and left_id = $4
             union all
             select 'left', left_kind, left_id from link
             where $2 = 'right' and pair = $1 and right_kind = $3 and right_id = $4
         )
         select b.body, i.outcome from intent i join intent_body b on b.n = i.n
         where i.n in (
             select i.n from subject s join intent i
             on i.pair = $1 and i.side = s.side and i.kind = s.kind and i.id = s.id
             union
             select i.n from subject s join intent i
             on i.pair = $1 and i.other_kind = s.kind and i.other_id = s.id and i.side <> s.side
         )
         order by i.n",
    )
    .bind(pair.as_str())
    .bind(side.as_str())
    .bind(key.kind.as_str())
    .bind(key.id.as_str())
    .fetch_all(db)
    .await?;
    rows.into_iter().map(entry).collect()
}

pub(crate) async fn effects(db: &mut SqliteConnection, pair: &PairId) -> Result<Vec<EffectRecord>, Fault> {
    let bodies: Vec<String> = sqlx::query_scalar("select body from effect where pair = $1 order by kind, id, name")
        .bind(pair.as_str())
        .fetch_all(db)
        .await?;
    bodies.iter().map(|body| from_json(body)).collect::<Result<_, _>>()
}

pub(crate) async fn findings(db: &mut SqliteConnection, pair: &PairId) -> Result<Vec<StoredFinding>, Fault> {
    findings_of(db, pair, None).await
}

/// The findings of one module, or of all.
pub(crate) async fn findings_of(
    db: &mut SqliteConnection,
    pair: &PairId,
    module: Option<&Module>,
) -> Result<Vec<StoredFinding>, Fault> {
    let rows = sqlx::query(
        "select module, body, since from finding where pair = $1 and module = coalesce($2, module) order by module, n",
    )
    .bind(pair.as_str())
    .bind(module.map(Module::as_str))
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(StoredFinding {
                module: Module::new(get::<&str, _>(row, "module")?),
                finding: from_json(get(row, "body")?)?,
                since: get(row, "since")?,
            })
        })
        .collect()
}

/// The latest runs whose ids begin with `beginning`, newest first.
pub(crate) async fn runs(
    db: &mut SqliteConnection,
    pair: &PairId,
    beginning: &str,
    limit: u32,
) -> Result<Vec<RunRecord>, Fault> {
    let rows = sqlx::query(
        "select run, started, ended, summary from run
         where pair = $1 and substr(run, 1, length($2)) = $2 order by n desc limit $3",
    )
    .bind(pair.as_str())
    .bind(beginning)
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(RunRecord {
                run: RunId::new(get::<&str, _>(row, "run")?),
                started: get(row, "started")?,
                ended: get(row, "ended")?,
                summary: from_json(get(row, "summary")?)?,
            })
        })
        .collect::<Result<_, Fault>>()
}
