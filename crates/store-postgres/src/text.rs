//! How values stand in columns: bodies as compact JSON, a side as its word, many keys as one array for each column.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::postgres::PgRow;
use sqlx::{ColumnIndex, Decode, Postgres, Row, Type};
use sync_model::{RecordKey, Side};

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
pub(crate) fn get<'r, T, I>(row: &'r PgRow, column: I) -> Result<T, Fault>
where
    T: Decode<'r, Postgres> + Type<Postgres>,
    I: ColumnIndex<PgRow>,
{
    Ok(row.try_get(column)?)
}

/// Many records' keys, column by column, for one statement about all of them.
#[derive(Debug, Default)]
pub(crate) struct Columns<'a> {
    pub(crate) sides: Vec<&'static str>,
    pub(crate) kinds: Vec<&'a str>,
    pub(crate) ids: Vec<&'a str>,
}

impl<'a> Columns<'a> {
    pub(crate) fn push(&mut self, side: Side, key: &'a RecordKey) {
        self.sides.push(side.as_str());
        self.kinds.push(key.kind.as_str());
        self.ids.push(key.id.as_str());
    }
}
