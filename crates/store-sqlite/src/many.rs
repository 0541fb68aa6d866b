//! Changes of which a commit has hundreds, a hundred in one statement: most of what a statement costs is handing it over.

use std::collections::HashMap;
use std::mem::discriminant;

use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use sync_model::{PairId, Sides};
use sync_run::{Change, IntentId, Lease, Outcome, TrailEntry};

use crate::fault::Fault;
use crate::text::json;

/// How many rows one statement takes. The same number again and again makes the same statement, which stays prepared.
const ROWS: usize = 100;

/// Whether both changes can be made by one statement.
pub(crate) fn go_together(one: &Change, other: &Change) -> bool {
    discriminant(one) == discriminant(other)
}

/// Makes these changes of one sort. `false` when it is none of the sorts that are made together; each is then made alone.
pub(crate) async fn make(db: &mut SqliteConnection, pair: &PairId, alike: &[Change]) -> Result<bool, Fault> {
    for changes in alike.chunks(ROWS) {
        match &changes[0] {
            Change::Observe { .. } => observe(db, pair, changes).await?,
            Change::Quiet { .. } => quiet(db, pair, changes).await?,
            Change::Intend(_) => intend(db, pair, changes).await?,
            Change::Conclude { .. } => conclude(db, pair, changes).await?,
            Change::Tie(_) => tie(db, pair, changes).await?,
            _ => return Ok(false),
        }
    }
    Ok(true)
}

pub(crate) async fn observe(db: &mut SqliteConnection, pair: &PairId, changes: &[Change]) -> Result<(), Fault> {
    let mut rows = Vec::with_capacity(changes.len());
    for change in changes {
        let Change::Observe { side, record, dirty } = change else { continue };
        rows.push((*side, record, json(record)?, *dirty));
    }
    let mut sql = QueryBuilder::<Sqlite>::new("insert into record (pair, side, kind, id, body, deleted, dirty) ");
    sql.push_values(rows, |mut row, (side, record, body, dirty)| {
        row.push_bind(pair.as_str()).push_bind(side.as_str());
        row.push_bind(record.kind.as_str()).push_bind(record.id.as_str());
        row.push_bind(body).push_bind(false).push_bind(dirty);
    });
    sql.push(
        " on conflict (pair, side, kind, id)
         do update set body = excluded.body, deleted = false, dirty = max(dirty, excluded.dirty)",
    );
    sql.build().execute(db).await?;
    Ok(())
}

pub(crate) async fn quiet(db: &mut SqliteConnection, pair: &PairId, changes: &[Change]) -> Result<(), Fault> {
    let mut sql = QueryBuilder::<Sqlite>::new("update record set dirty = false where pair = ");
    sql.push_bind(pair.as_str()).push(" and (side, kind, id) in (");
    let keys = changes.iter().filter_map(|change| match change {
        Change::Quiet { side, key } => Some((side, key)),
        _ => None,
    });
    sql.push_values(keys, |mut row, (side, key)| {
        row.push_bind(side.as_str()).push_bind(key.kind.as_str()).push_bind(key.id.as_str());
    });
    sql.push(")");
    sql.build().execute(db).await?;
    Ok(())
}

pub(crate) async fn intend(db: &mut SqliteConnection, pair: &PairId, changes: &[Change]) -> Result<(), Fault> {
    let mut bodies: HashMap<String, String> = HashMap::with_capacity(changes.len());
    for change in changes {
        let Change::Intend(intent) = change else { continue };
        bodies.insert(intent.id.0.to_string(), json(intent)?);
    }
    let intents =
        changes.iter().filter_map(|change| if let Change::Intend(intent) = change { Some(intent) } else { None });
    let mut sql =
        QueryBuilder::<Sqlite>::new("insert into intent (pair, run, intent, side, kind, id, other_kind, other_id) ");
    sql.push_values(intents, |mut row, intent| {
        let other = intent.write.counterpart();
        row.push_bind(pair.as_str()).push_bind(intent.run.as_str()).push_bind(intent.id.0.to_string());
        row.push_bind(intent.write.side.as_str()).push_bind(intent.write.kind().as_str());
        row.push_bind(intent.write.target().map(|key| key.id.as_str()));
        row.push_bind(other.kind.as_str()).push_bind(other.id.as_str());
    });
    sql.push(" returning n, intent");
    let mut numbers: Vec<(i64, String)> = sql.build_query_as().fetch_all(&mut *db).await?;
    numbers.sort_unstable();
    let mut sql = QueryBuilder::<Sqlite>::new("insert into intent_body (n, pair, body) ");
    sql.push_values(numbers, |mut row, (n, intent)| {
        row.push_bind(n).push_bind(pair.as_str()).push_bind(bodies.remove(&intent));
    });
    sql.build().execute(db).await?;
    Ok(())
}

pub(crate) async fn conclude(db: &mut SqliteConnection, pair: &PairId, changes: &[Change]) -> Result<(), Fault> {
    let mut rows = Vec::with_capacity(changes.len());
    for change in changes {
        let Change::Conclude { intent, outcome, at } = change else { continue };
        rows.push((*intent, json(outcome)?, at, made(outcome)));
    }
    let intents: Vec<IntentId> = rows.iter().map(|(intent, ..)| *intent).collect();
    let mut sql = QueryBuilder::<Sqlite>::new("with ended (intent, outcome, at, id) as (");
    sql.push_values(rows, |mut row, (intent, outcome, at, id)| {
        row.push_bind(intent.0.to_string()).push_bind(outcome).push_bind(at).push_bind(id);
    });
    sql.push(
        ") update intent set outcome = ended.outcome, concluded_at = ended.at, id = coalesce(ended.id, intent.id)
         from ended where intent.intent = ended.intent and intent.pair = ",
    );
    sql.push_bind(pair.as_str()).push(" returning intent.intent");
    let ended: Vec<String> = sql.build_query_scalar().fetch_all(db).await?;
    match intents.into_iter().find(|intent| !ended.contains(&intent.0.to_string())) {
        Some(missing) => Err(Fault::NoIntent(missing)),
        None => Ok(()),
    }
}

/// The id of the record that was made or changed.
fn made(outcome: &Outcome) -> Option<&str> {
    match outcome {
        Outcome::Done { key } => Some(key.id.as_str()),
        Outcome::Refused { .. } | Outcome::Stale | Outcome::NotSent | Outcome::Unresolved => None,
    }
}

pub(crate) async fn tie(db: &mut SqliteConnection, pair: &PairId, changes: &[Change]) -> Result<(), Fault> {
    if tied(db, pair, changes).await? {
        return Ok(());
    }
    // Which of them has another partner, only each by itself can tell.
    for change in changes.chunks(1) {
        if let [Change::Tie(link)] = change
            && !tied(db, pair, change).await?
        {
            return Err(Fault::Linked(link.keys.left.clone(), link.keys.right.clone()));
        }
    }
    Ok(())
}

/// Makes links, unless one of them has another partner.
async fn tied(db: &mut SqliteConnection, pair: &PairId, changes: &[Change]) -> Result<bool, Fault> {
    let mut rows = Vec::with_capacity(changes.len());
    for change in changes {
        let Change::Tie(link) = change else { continue };
        let baseline = link.baseline.as_ref().map(json).transpose()?;
        rows.push((link, json(&link.evidence)?, json(&link.state)?, baseline));
    }
    let wanted = rows.len() as u64;
    let mut sql = QueryBuilder::<Sqlite>::new(
        "insert into link (pair, module, left_kind, left_id, right_kind, right_id, evidence, state, review, baseline) ",
    );
    sql.push_values(rows, |mut row, (link, evidence, state, baseline)| {
        let Sides { left, right } = &link.keys;
        row.push_bind(pair.as_str()).push_bind(link.module.as_str());
        row.push_bind(left.kind.as_str()).push_bind(left.id.as_str());
        row.push_bind(right.kind.as_str()).push_bind(right.id.as_str());
        row.push_bind(evidence).push_bind(state).push_bind(link.review).push_bind(baseline);
    });
    sql.push(
        " on conflict (pair, left_kind, left_id)
         do update set module = excluded.module, evidence = excluded.evidence, state = excluded.state,
             review = excluded.review, baseline = excluded.baseline
         where link.right_kind = excluded.right_kind and link.right_id = excluded.right_id",
    );
    match sql.build().execute(db).await {
        Ok(done) => Ok(done.rows_affected() == wanted),
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Adds entries to the trail.
pub(crate) async fn append(db: &mut SqliteConnection, lease: &Lease, entries: &[TrailEntry]) -> Result<(), Fault> {
    for entries in entries.chunks(ROWS) {
        let mut sql = QueryBuilder::<Sqlite>::new("insert into trail (pair, n, run, body, hash) ");
        sql.push_values(entries, |mut row, entry| {
            row.push_bind(lease.pair.as_str()).push_bind(entry.n).push_bind(entry.run.as_str());
            row.push_bind(&entry.body).push_bind(entry.hash.as_str());
        });
        sql.build().execute(&mut *db).await?;
    }
    Ok(())
}
