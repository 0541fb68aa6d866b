//! What the planner sees: the links in play with both their records, and the records that have no link.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use futures::stream::BoxStream;
use reconcile::{Observed, Seen};
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, SqliteConnection};
use sync_model::{Cursor, Kind, Link, LinkId, Module, PairId, RecordKey, Schema, Side, Sides};
use sync_run::{Checked, Scope};

use crate::fault::Fault;
use crate::text::{from_json, get, json, side};

/// All in one transaction, so that a commit in between is either seen in full or not at all.
pub(crate) async fn load(connection: &mut SqliteConnection, pair: &PairId, scope: &Scope) -> Result<Observed, Fault> {
    let kinds = Sides { left: json(&scope.kinds.left)?, right: json(&scope.kinds.right)? };
    let touched = json(&scope.touched)?;
    let mut transaction = connection.begin().await?;
    let mut sights = Sights {
        observed: Observed::default(),
        touched: scope.touched.iter().map(|(side, key)| (*side, key)).collect(),
        scope,
    };
    if scope.all {
        every_link(&mut transaction, pair, &kinds, &mut sights).await?;
    } else {
        links_in_play(&mut transaction, pair, &kinds, &touched, &mut sights).await?;
    }
    if scope.all || any_unlinked_in_play(&mut transaction, pair, &kinds, &touched).await? {
        unlinked(&mut transaction, pair, &kinds, &mut sights).await?;
    }
    transaction.commit().await?;
    Ok(sights.observed)
}

/// What was read so far. Rows are taken one by one, because all of them at once would be as much again.
struct Sights<'a> {
    observed: Observed,
    touched: HashSet<(Side, &'a RecordKey)>,
    scope: &'a Scope,
}

impl Sights<'_> {
    fn add(&mut self, side: Side, mut seen: Seen) {
        let key = seen.record.key();
        seen.dirty |= self.touched.contains(&(side, &key));
        self.scope.narrow(side, &mut seen.record);
        self.observed.records.get_mut(side).insert(key, seen);
    }

    fn add_link(&mut self, row: &SqliteRow) -> Result<(), Fault> {
        for (side, columns) in [
            (Side::Left, ["left_body", "left_deleted", "left_dirty"]),
            (Side::Right, ["right_body", "right_deleted", "right_dirty"]),
        ] {
            if get::<Option<&str>, _>(row, columns[0])?.is_some() {
                self.add(side, sight(row, columns)?);
            }
        }
        self.observed.links.push(link(row)?);
        Ok(())
    }

    async fn add_links(&mut self, mut rows: BoxStream<'_, Result<SqliteRow, sqlx::Error>>) -> Result<(), Fault> {
        while let Some(row) = rows.try_next().await? {
            self.add_link(&row)?;
        }
        Ok(())
    }
}

async fn every_link(
    db: &mut SqliteConnection,
    pair: &PairId,
    kinds: &Sides<String>,
    sights: &mut Sights<'_>,
) -> Result<(), Fault> {
    let rows = sqlx::query(
        "select l.*, a.body as left_body, a.deleted as left_deleted, a.dirty as left_dirty,
             b.body as right_body, b.deleted as right_deleted, b.dirty as right_dirty
         from link l
         left join record a on a.pair = l.pair and a.side = 'left' and a.kind = l.left_kind and a.id = l.left_id
         left join record b on b.pair = l.pair and b.side = 'right' and b.kind = l.right_kind and b.id = l.right_id
         where l.pair = $1
             and l.left_kind in (select value from json_each($2))
             and l.right_kind in (select value from json_each($3))
         order by l.n",
    );
    sights.add_links(rows.bind(pair.as_str()).bind(&kinds.left).bind(&kinds.right).fetch(db)).await
}

async fn links_in_play(
    db: &mut SqliteConnection,
    pair: &PairId,
    kinds: &Sides<String>,
    touched: &str,
    sights: &mut Sights<'_>,
) -> Result<(), Fault> {
    let rows = sqlx::query(
        "with play (side, kind, id) as (
             select side, kind, id from record where pair = $1 and dirty = 1
             union all
             select value ->> 0, value ->> '$[1].kind', value ->> '$[1].id' from json_each($4)
         )
         select l.*, a.body as left_body, a.deleted as left_deleted, a.dirty as left_dirty,
             b.body as right_body, b.deleted as right_deleted, b.dirty as right_dirty
         from link l
         left join record a on a.pair = l.pair and a.side = 'left' and a.kind = l.left_kind and a.id = l.left_id
         left join record b on b.pair = l.pair and b.side = 'right' and b.kind = l.right_kind and b.id = l.right_id
         where l.n in (
             select m.n from play p join link m
             on m.pair = $1 and m.left_kind = p.kind and m.left_id = p.id where p.side = 'left'
             union
             select m.n from play p join link m
             on m.pair = $1 and m.right_kind = p.kind and m.right_id = p.id where p.side = 'right'
         )
             and l.left_kind in (select value from json_each($2))
             and l.right_kind in (select value from json_each($3))
         order by l.n",
    );
    let rows = rows.bind(pair.as_str()).bind(&kinds.left).bind(&kinds.right).bind(touched);
    sights.add_links(rows.fetch(db)).await
}

/// Whether an unlinked record waits to be looked at. Matching one needs all the others.
async fn any_unlinked_in_play(
    db: &mut SqliteConnection,
    pair: &PairId,
    kinds: &Sides<String>,
    touched: &str,
) -> Result<bool, Fault> {
    let found = sqlx::query_scalar(
        "with play (side, kind, id) as (
             select side, kind, id from record where pair = $1 and dirty = 1
             union all
             select value ->> 0, value ->> '$[1].kind', value ->> '$[1].id' from json_each($4)
         )
         select exists (
             select 1 from play p
             join record r on r.pair = $1 and r.side = p.side and r.kind = p.kind and r.id = p.id and r.deleted = 0
             where (p.side = 'left' and p.kind in (select value from json_each($2)) and not exists (
                     select 1 from link l where l.pair = $1 and l.left_kind = p.kind and l.left_id = p.id))
                 or (p.side = 'right' and p.kind in (select value from json_each($3)) and not exists (
                     select 1 from link l where l.pair = $1 and l.right_kind = p.kind and l.right_id = p.id))
         )",
    );
    Ok(found.bind(pair.as_str()).bind(&kinds.left).bind(&kinds.right).bind(touched).fetch_one(db).await?)
}

async fn unlinked(
    db: &mut SqliteConnection,
    pair: &PairId,
    kinds: &Sides<String>,
    sights: &mut Sights<'_>,
) -> Result<(), Fault> {
    let rows = sqlx::query(
        "select r.side, r.body, r.deleted, r.dirty from record r
         where r.pair = $1 and r.side = 'left' and r.deleted = 0
             and r.kind in (select value from json_each($2))
             and not exists (select 1 from link l
                 where l.pair = $1 and l.left_kind = r.kind and l.left_id = r.id)
         union all
         select r.side, r.body, r.deleted, r.dirty from record r
         where r.pair = $1 and r.side = 'right' and r.deleted = 0
             and r.kind in (select value from json_each($3))
             and not exists (select 1 from link l
                 where l.pair = $1 and l.right_kind = r.kind and l.right_id = r.id)",
    );
    let mut rows = rows.bind(pair.as_str()).bind(&kinds.left).bind(&kinds.right).fetch(db);
    while let Some(row) = rows.try_next().await? {
        sights.add(side(get(&row, "side")?)?, sight(&row, ["body", "deleted", "dirty"])?);
    }
    Ok(())
}

/// Every link of the pair, ended ones, too.
pub(crate) async fn all_links(db: &mut SqliteConnection, pair: &PairId) -> Result<Vec<Link>, Fault> {
    let rows = sqlx::query("select * from link where pair = $1 order by n").bind(pair.as_str());
    rows.fetch_all(db).await?.iter().map(|row| Ok(link(row)?.1)).collect()
}

fn sight(row: &SqliteRow, [body, deleted, dirty]: [&str; 3]) -> Result<Seen, Fault> {
    Ok(Seen { record: from_json(get(row, body)?)?, deleted: get(row, deleted)?, dirty: get(row, dirty)? })
}

fn link(row: &SqliteRow) -> Result<(LinkId, Link), Fault> {
    let key =
        |kind: &str, id: &str| Ok::<_, Fault>(RecordKey::new(get::<&str, _>(row, kind)?, get::<&str, _>(row, id)?));
    let link = Link {
        module: Module::new(get::<&str, _>(row, "module")?),
        keys: Sides::new(key("left_kind", "left_id")?, key("right_kind", "right_id")?),
        evidence: from_json(get(row, "evidence")?)?,
        state: from_json(get(row, "state")?)?,
        review: get(row, "review")?,
        baseline: get::<Option<&str>, _>(row, "baseline")?.map(from_json).transpose()?,
    };
    Ok((LinkId(get(row, "n")?), link))
}

pub(crate) async fn seen(
    db: &mut SqliteConnection,
    pair: &PairId,
    side: Side,
    keys: &[RecordKey],
) -> Result<Vec<Seen>, Fault> {
    let keys = json(&keys)?;
    let rows = sqlx::query(
        "with wanted (kind, id) as (select distinct value ->> 'kind', value ->> 'id' from json_each($3))
         select r.body, r.deleted, r.dirty from wanted w
         join record r on r.pair = $1 and r.side = $2 and r.kind = w.kind and r.id = w.id
         order by r.kind, r.id",
    );
    let rows = rows.bind(pair.as_str()).bind(side.as_str()).bind(keys).fetch_all(db).await?;
    rows.iter().map(|row| sight(row, ["body", "deleted", "dirty"])).collect::<Result<_, _>>()
}

pub(crate) async fn has_links(db: &mut SqliteConnection, pair: &PairId) -> Result<bool, Fault> {
    // A link that was released is forgotten, and the effect that released it is not.
    let found = sqlx::query_scalar(
        "select exists (select 1 from link where pair = $1) or exists (select 1 from effect where pair = $1)",
    );
    Ok(found.bind(pair.as_str()).fetch_one(db).await?)
}

pub(crate) async fn has_marks(db: &mut SqliteConnection, pair: &PairId) -> Result<bool, Fault> {
    // A quotation mark inside a value has a backslash before it, so that only the property itself is found.
    let found = sqlx::query_scalar(
        r#"select exists (select 1 from record where pair = $1 and instr(body, '"mark":null') = 0)"#,
    );
    Ok(found.bind(pair.as_str()).fetch_one(db).await?)
}

pub(crate) async fn cursor(
    db: &mut SqliteConnection,
    pair: &PairId,
    side: Side,
    kind: &Kind,
) -> Result<Option<Cursor>, Fault> {
    let cursor: Option<String> =
        sqlx::query_scalar("select cursor from cursor where pair = $1 and side = $2 and kind = $3")
            .bind(pair.as_str())
            .bind(side.as_str())
            .bind(kind.as_str())
            .fetch_optional(db)
            .await?;
    Ok(cursor.map(Cursor))
}

pub(crate) async fn schema(
    db: &mut SqliteConnection,
    pair: &PairId,
    side: Side,
) -> Result<Option<(Schema, DateTime<Utc>)>, Fault> {
    let row: Option<(String, DateTime<Utc>)> =
        sqlx::query_as("select body, at from schema where pair = $1 and side = $2")
            .bind(pair.as_str())
            .bind(side.as_str())
            .fetch_optional(db)
            .await?;
    row.map(|(body, at)| Ok((from_json(&body)?, at))).transpose()
}

pub(crate) async fn checked(db: &mut SqliteConnection, pair: &PairId) -> Result<Option<Checked>, Fault> {
    let body: Option<String> =
        sqlx::query_scalar("select body from checked where pair = $1").bind(pair.as_str()).fetch_optional(db).await?;
    body.as_deref().map(from_json).transpose()
}
