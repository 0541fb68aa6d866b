//! Everything that is known of a connection's pairs, row by row, for whoever asks what is known of him.

use serde_json::Value;
use sqlx::SqliteConnection;
use tenancy::ConnectionId;

use crate::fault::Fault;
use crate::registry::STATE;
use crate::text::from_json;

/// The rows of `table` that are `id`'s, as JSON, in the order of its key: at most `most` after the first `after`. A table
/// that holds no state of pairs has none.
pub(crate) async fn rows(
    connection: &mut SqliteConnection,
    id: &ConnectionId,
    table: &str,
    after: u32,
    most: u32,
) -> Result<Vec<Value>, Fault> {
    let Some(table) = STATE.iter().find(|known| **known == table) else { return Ok(Vec::new()) };
    let columns: Vec<(String, i64)> =
        sqlx::query_as("select name, pk from pragma_table_info($1)").bind(*table).fetch_all(&mut *connection).await?;
    let pairs: Vec<String> = columns.iter().map(|(name, _)| format!("'{name}', \"{name}\"")).collect();
    let mut key: Vec<&(String, i64)> = columns.iter().filter(|(_, place)| *place > 0).collect();
    key.sort_by_key(|(_, place)| *place);
    let key: Vec<String> = key.into_iter().map(|(name, _)| format!("\"{name}\"")).collect();
    let sql = format!(
        "select json_object({}) from {table} where pair like $1 order by {} limit $2 offset $3",
        pairs.join(", "),
        key.join(", ")
    );
    let query = sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(sql));
    let texts = query.bind(format!("{id}/%")).bind(most).bind(after).fetch_all(connection).await?;
    texts.iter().map(|text| from_json(text)).collect()
}
