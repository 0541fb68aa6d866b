//! How values stand in columns: bodies as compact JSON, a side as its word.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::sqlite::SqliteRow;
use sqlx::{ColumnIndex, Decode, Row, Sqlite, Type};
use sync_model::Side;

use crate::fault::Fault;

pub(crate) fn json<T: Serialize>(value: &T) -> Result<String, Fault> {
    Ok(serde_json::to_string(value)?)
}

pub(crate) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    Ok(serde_json::from_str(text)?)
}

pub(crate) fn side(word: &str) -> Result<Side, Fault> {
    Side::BOTH.into_iter().find(|side| side.as_str() == word).ok_or_else(|| Fault::Side(word.to_owned()))
}

/// A column's value.
pub(crate) fn get<'r, T, I>(row: &'r SqliteRow, column: I) -> Result<T, Fault>
where
    T: Decode<'r, Sqlite> + Type<Sqlite>,
    I: ColumnIndex<SqliteRow>,
{
    Ok(row.try_get(column)?)
}
