//! What the planner sees: the links in play with both their records, and the records that have no link.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use reconcile::{Observed, Seen};
use sqlx::postgres::PgRow;
use sqlx::{Connection, PgConnection};
use sync_model::{Cursor, Kind, Link, LinkId, Module, PairId, RecordKey, Schema, Side, Sides};
use sync_run::{Checked, Scope};

use crate::fault::Fault;
use crate::text::{Columns, from_json, get, side};

/// All in one transaction, so that a commit in between is either seen in full or not at all.
pub(crate) async fn load(connection: &mut PgConnection, pair: &PairId, scope: &Scope) -> Result<Observed, Fault> {
    let kinds = scope.kinds.as_ref().map(|kinds| kinds.iter().map(Kind::as_str).collect());
    let mut touched = Columns::default();
    for (side, key) in &scope.touched {
        touched.push(*side, key);
    }
    let mut transaction = connection.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let links = if scope.all {
        every_link(&mut transaction, pair, &kinds).await?
    } else {
        links_in_play(&mut transaction, pair, &kinds, &touched).await?
    };
    let free = if scope.all || any_unlinked_in_play(&mut transaction, pair, &kinds, &touched).await? {
        unlinked(&mut transaction, pair, &kinds).await?
    } else {
        Vec::new()
    };
    transaction.commit().await?;
    gather(&links, &free, scope)
}

async fn every_link(db: &mut PgConnection, pair: &PairId, kinds: &Sides<Vec<&str>>) -> Result<Vec<PgRow>, Fault> {
    let rows = sqlx::query(
        "select l.*, a.body as left_body, a.deleted as left_deleted, a.dirty as left_dirty,
             b.body as right_body, b.deleted as right_deleted, b.dirty as right_dirty
         from afstem.link l
         left join afstem.record a on a.pair = l.pair and a.side = 'left' and a.kind = l.left_kind and a.id = l.left_id
         left join afstem.record b on b.pair = l.pair and b.side = 'right' and b.kind = l.right_kind and b.id = l.right_id
         where l.pair = $1
             and l.left_kind = any($2) and l.right_kind = any($3)
         order by l.n",
    );
    Ok(rows.bind(pair.as_str()).bind(&kinds.left).bind(&kinds.right).fetch_all(db).await?)
}

async fn links_in_play(
    db: &mut PgConnection,
    pair: &PairId,
    kinds: &Sides<Vec<&str>>,
    touched: &Columns<'_>,
) -> Result<Vec<PgRow>, Fault> {
    let rows = sqlx::query(
        "with play (side, kind, id) as (
             select side, kind, id from afstem.record where pair = $1 and dirty
             union all
             select * from unnest($4::text[], $5::text[], $6::text[])
         )
         select l.*, a.body as left_body, a.deleted as left_deleted, a.dirty as left_dirty,
             b.body as right_body, b.deleted as right_deleted, b.dirty as right_dirty
         from afstem.link l
         left join afstem.record a on a.pair = l.pair and a.side = 'left' and a.kind = l.left_kind and a.id = l.left_id
         left join afstem.record b on b.pair = l.pair and b.side = 'right' and b.kind = l.right_kind and b.id = l.right_id
         where l.n in (
             select m.n from play p join afstem.link m
             on m.pair = $1 and m.left_kind = p.kind and m.left_id = p.id where p.side = 'left'
             union
             select m.n from play p join afstem.link m
             on m.pair = $1 and m.right_kind = p.kind and m.right_id = p.id where p.side = 'right'
         )
             and l.left_kind = any($2) and l.right_kind = any($3)
         order by l.n",
    );
    let rows = rows.bind(pair.as_str()).bind(&kinds.left).bind(&kinds.right);
    Ok(rows.bind(&touched.sides).bind(&touched.kinds).bind(&touched.ids).fetch_all(db).await?)
}

/// Whether an unlinked record waits to be looked at. Matching one needs all the others.
async fn any_unlinked_in_play(
    db: &mut PgConnection,
    pair: &PairId,
    kinds: &Sides<Vec<&str>>,
    touched: &Columns<'_>,
) -> Result<bool, Fault> {
    let found = sqlx::query_scalar(
        "with play (side, kind, id) as (
             select side, kind, id from afstem.record where pair = $1 and dirty
             union all
             select * from unnest($4::text[], $5::text[], $6::text[])
         )
         select exists (
             select 1 from play p
             join afstem.record r on r.pair = $1 and r.side = p.side and r.kind = p.kind and r.id = p.id and not r.deleted
             where (p.side = 'left' and p.kind = any($2) and not exists (
                     select 1 from afstem.link l where l.pair = $1 and l.left_kind = p.kind and l.left_id = p.id))
                 or (p.side = 'right' and p.kind = any($3) and not exists (
                     select 1 from afstem.link l where l.pair = $1 and l.right_kind = p.kind and l.right_id = p.id))
         )",
    );
    let found = found.bind(pair.as_str()).bind(&kinds.left).bind(&kinds.right);
    Ok(found.bind(&touched.sides).bind(&touched.kinds).bind(&touched.ids).fetch_one(db).await?)
}

async fn unlinked(db: &mut PgConnection, pair: &PairId, kinds: &Sides<Vec<&str>>) -> Result<Vec<PgRow>, Fault> {
    let rows = sqlx::query(
        "select r.side, r.body, r.deleted, r.dirty from afstem.record r
         where r.pair = $1 and r.side = 'left' and not r.deleted and r.kind = any($2)
             and not exists (select 1 from afstem.link l
                 where l.pair = $1 and l.left_kind = r.kind and l.left_id = r.id)
         union all
         select r.side, r.body, r.deleted, r.dirty from afstem.record r
         where r.pair = $1 and r.side = 'right' and not r.deleted and r.kind = any($3)
             and not exists (select 1 from afstem.link l
                 where l.pair = $1 and l.right_kind = r.kind and l.right_id = r.id)",
    );
    Ok(rows.bind(pair.as_str()).bind(&kinds.left).bind(&kinds.right).fetch_all(db).await?)
}

/// Every link of the pair, ended ones, too.
pub(crate) async fn all_links(db: &mut PgConnection, pair: &PairId) -> Result<Vec<Link>, Fault> {
    let rows = sqlx::query("select * from afstem.link where pair = $1 order by n").bind(pair.as_str());
    rows.fetch_all(db).await?.iter().map(|row| Ok(link(row)?.1)).collect()
}

fn gather(links: &[PgRow], free: &[PgRow], scope: &Scope) -> Result<Observed, Fault> {
    let touched: HashSet<_> = scope.touched.iter().map(|(side, key)| (*side, key)).collect();
    let mut observed = Observed::default();
    let mut add = |side: Side, mut seen: Seen| {
        let key = seen.record.key();
        seen.dirty |= touched.contains(&(side, &key));
        scope.narrow(side, &mut seen.record);
        observed.records.get_mut(side).insert(key, seen);
    };
    for row in links {
        for (side, columns) in [
            (Side::Left, ["left_body", "left_deleted", "left_dirty"]),
            (Side::Right, ["right_body", "right_deleted", "right_dirty"]),
        ] {
            if get::<Option<&str>, _>(row, columns[0])?.is_some() {
                add(side, sight(row, columns)?);
            }
        }
    }
    for row in free {
        add(side(get(row, "side")?)?, sight(row, ["body", "deleted", "dirty"])?);
    }
    observed.links = links.iter().map(link).collect::<Result<_, _>>()?;
    Ok(observed)
}

fn sight(row: &PgRow, [body, deleted, dirty]: [&str; 3]) -> Result<Seen, Fault> {
    Ok(Seen { record: from_json(get(row, body)?)?, deleted: get(row, deleted)?, dirty: get(row, dirty)? })
}

fn link(row: &PgRow) -> Result<(LinkId, Link), Fault> {
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
    db: &mut PgConnection,
    pair: &PairId,
    side: Side,
    keys: &[RecordKey],
) -> Result<Vec<Seen>, Fault> {
    let kinds: Vec<_> = keys.iter().map(|key| key.kind.as_str()).collect();
    let ids: Vec<_> = keys.iter().map(|key| key.id.as_str()).collect();
    let rows = sqlx::query(
        "with wanted (kind, id) as (select distinct * from unnest($3::text[], $4::text[]))
         select r.body, r.deleted, r.dirty from wanted w
         join afstem.record r on r.pair = $1 and r.side = $2 and r.kind = w.kind and r.id = w.id
         order by r.kind, r.id",
    );
    let rows = rows.bind(pair.as_str()).bind(side.as_str()).bind(kinds).bind(ids).fetch_all(db).await?;
    rows.iter().map(|row| sight(row, ["body", "deleted", "dirty"])).collect::<Result<_, _>>()
}

pub(crate) async fn has_links(db: &mut PgConnection, pair: &PairId) -> Result<bool, Fault> {
    // A link that was released is forgotten, and the effect that released it is not.
    let found = sqlx::query_scalar(
        "select exists (select 1 from afstem.link where pair = $1) or exists (select 1 from afstem.effect where pair = $1)",
    );
    Ok(found.bind(pair.as_str()).fetch_one(db).await?)
}

pub(crate) async fn has_marks(db: &mut PgConnection, pair: &PairId) -> Result<bool, Fault> {
    // A quotation mark inside a value has a backslash before it, so that only the property itself is found.
    let found = sqlx::query_scalar(
        r#"select exists (select 1 from afstem.record where pair = $1 and strpos(body, '"mark":null') = 0)"#,
    );
    Ok(found.bind(pair.as_str()).fetch_one(db).await?)
}

pub(crate) async fn cursor(
    db: &mut PgConnection,
    pair: &PairId,
    side: Side,
    kind: &Kind,
) -> Result<Option<Cursor>, Fault> {
    let cursor: Option<String> =
        sqlx::query_scalar("select cursor from afstem.cursor where pair = $1 and side = $2 and kind = $3")
            .bind(pair.as_str())
            .bind(side.as_str())
            .bind(kind.as_str())
            .fetch_optional(db)
            .await?;
    Ok(cursor.map(Cursor))
}

pub(crate) async fn schema(
    db: &mut PgConnection,
    pair: &PairId,
    side: Side,
) -> Result<Option<(Schema, DateTime<Utc>)>, Fault> {
    let row: Option<(String, DateTime<Utc>)> =
        sqlx::query_as("select body, at from afstem.schema where pair = $1 and side = $2")
            .bind(pair.as_str())
            .bind(side.as_str())
            .fetch_optional(db)
            .await?;
    row.map(|(body, at)| Ok((from_json(&body)?, at))).transpose()
}

pub(crate) async fn checked(db: &mut PgConnection, pair: &PairId) -> Result<Option<Checked>, Fault> {
    let body: Option<String> = sqlx::query_scalar("select body from afstem.checked where pair = $1")
        .bind(pair.as_str())
        .fetch_optional(db)
        .await?;
    body.as_deref().map(from_json).transpose()
}
