//! Everything that is known of a connection's pairs, row by row, for whoever asks what is known of him.

use serde_json::Value;
use sqlx::PgConnection;
use tenancy::ConnectionId;

use crate::fault::Fault;
use crate::registry::STATE;
use crate::text::from_json;

/// The rows of `table` that are `id`'s, as JSON, in the order of its key: at most `most` after the first `after`. A table
/// that holds no state of pairs has none.
pub(crate) async fn rows(
    connection: &mut PgConnection,
    id: &ConnectionId,
    table: &str,
    after: u32,
    most: u32,
) -> Result<Vec<Value>, Fault> {
    let Some(table) = STATE.iter().find(|known| **known == table) else { return Ok(Vec::new()) };
    let sql = "select quote_ident(a.attname) from pg_index i, unnest(i.indkey) with ordinality k (attnum, place)
               join pg_attribute a on a.attnum = k.attnum
               where i.indrelid = ('afstem.' || $1)::regclass and a.attrelid = i.indrelid and i.indisprimary
               order by k.place";
    let key: Vec<String> = sqlx::query_scalar(sql).bind(*table).fetch_all(&mut *connection).await?;
    let sql = format!(
        "select to_jsonb(t)::text from afstem.{table} t where pair like $1 order by {} limit $2 offset $3",
        key.join(", ")
    );
    let query = sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(sql));
    let (most, after) = (i64::from(most), i64::from(after));
    let texts = query.bind(format!("{id}/%")).bind(most).bind(after).fetch_all(connection).await?;
    texts.iter().map(|text| from_json(text)).collect()
}
