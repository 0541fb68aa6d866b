//! Everything that is known of a connection, as one JSON document that is written while it is read.

use std::sync::Arc;

use futures::{Stream, TryStreamExt, stream};
use serde_json::{Value, json};
use tenancy::Connection;

use super::Office;
use crate::AppError;

/// Rows that are read together.
const PAGE: u32 = 500;

/// Columns whose text is JSON itself.
const DOCUMENTS: [&str; 6] = ["body", "summary", "baseline", "outcome", "cursor", "state"];

/// How far the document was written.
#[derive(Debug, Clone, Copy)]
enum At {
    Head,
    Rows { table: usize, after: u32 },
    End,
}

impl Office {
    /// Everything that is known of `connection`: settings and mapping without secrets, who may use it, what was noted, and
    /// every row of its pairs, the mirrored records of both systems among them.
    pub fn dossier(self: Arc<Self>, connection: Connection) -> impl Stream<Item = Result<String, AppError>> + Send {
        let connection = Arc::new(connection);
        let pieces = stream::try_unfold(At::Head, move |at| {
            let (office, connection) = (Arc::clone(&self), Arc::clone(&connection));
            async move {
                Ok(match at {
                    At::Head => Some((office.head(&connection).await?, At::Rows { table: 0, after: 0 })),
                    At::Rows { table, after } => Some(office.rows(&connection, table, after).await?),
                    At::End => None,
                })
            }
        });
        pieces.try_filter(|piece| std::future::ready(!piece.is_empty()))
    }

    async fn head(&self, connection: &Connection) -> Result<String, AppError> {
        let registry = self.registry();
        let head = json!({
            "connection": {
                "id": connection.id, "name": connection.name, "created": connection.created,
                "settings": connection.entries, "mapping": connection.mapping,
                "secrets": connection.secrets.keys().collect::<Vec<_>>(),
            },
            "health": registry.health(&connection.id).await?,
            "members": registry.members(&connection.id).await?.into_iter()
                .map(|(account, role)| json!({ "account": account, "role": role })).collect::<Vec<_>>(),
            "tokens": registry.tokens(&connection.id).await?.into_iter()
                .map(|it| json!({ "id": it.id, "label": it.label, "scopes": it.scopes, "created": it.created }))
                .collect::<Vec<_>>(),
            "notes": registry.notes(Some(&connection.id), 100_000).await?,
        });
        let text = head.to_string();
        Ok(format!("{},\n\"known\":{{", text.strip_suffix('}').unwrap_or_default()))
    }

    /// One page of a table, and where the next begins.
    async fn rows(&self, connection: &Connection, table: usize, after: u32) -> Result<(String, At), AppError> {
        let tables = self.registry().tables();
        let Some(name) = tables.get(table) else { return Ok(("\n}}\n".to_owned(), At::End)) };
        let rows = self.registry().known(&connection.id, name, after, PAGE).await?;
        let mut text = String::new();
        if after == 0 {
            text.push_str(&format!("{}\n\"{name}\":[", if table == 0 { "" } else { "," }));
        }
        for (number, row) in rows.iter().enumerate() {
            text.push_str(if after == 0 && number == 0 { "\n" } else { ",\n" });
            text.push_str(&opened(row.clone()).to_string());
        }
        if rows.len() < PAGE as usize {
            text.push(']');
            return Ok((text, At::Rows { table: table + 1, after: 0 }));
        }
        Ok((text, At::Rows { table, after: after.saturating_add(PAGE) }))
    }
}

/// A row whose documents are no texts within a text.
fn opened(mut row: Value) -> Value {
    for name in DOCUMENTS {
        if let Some(Value::String(text)) = row.get(name)
            && let Ok(document) = serde_json::from_str(text)
        {
            row[name] = document;
        }
    }
    row
}
