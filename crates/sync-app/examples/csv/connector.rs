//! A CSV file as a system: what it takes to bring one's own system into agreement with another.
//!
//! A file has no times, no revisions and no list of changes, so a digest of the row is its revision and every walk shows all
//! rows. It is ours alone while we write it, which makes most questions easy: a row that is not there was not made.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use sync_model::{
    Cursor, FieldName, FieldSpec, FieldType, Fields, Fingerprint, Kind, KindSchema, Lock, Mark, Presence, Record,
    RecordId, RecordKey, Revision, Schema, Value,
};
use sync_run::{
    ChangePage, Connector, ConnectorError, ErrorClass, FailureClass, Health, Intent, Journaled, Next, Probed, Receipt,
    Refusal, Usage, WriteChange, WriteError,
};

/// The one kind in the file.
pub(crate) const CUSTOMER: &str = "customer";

/// The columns that people fill in. The file also has `id` and `dinero_guid`, our mark.
const FIELDS: [&str; 4] = ["name", "street", "city", "email"];

/// One row.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) street: String,
    pub(crate) city: String,
    pub(crate) email: String,
    pub(crate) dinero_guid: String,
}

/// A CSV file as records.
#[derive(Debug)]
pub(crate) struct CsvConnector {
    path: PathBuf,
    requests: AtomicU64,
    writes: AtomicU64,
}

impl CsvConnector {
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), requests: AtomicU64::new(0), writes: AtomicU64::new(0) }
    }

    pub(crate) fn rows(&self) -> Result<Vec<Row>, ConnectorError> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let mut reader = csv::Reader::from_path(&self.path).map_err(|error| self.down(&error))?;
        reader.deserialize().collect::<Result<_, _>>().map_err(|error| self.down(&error))
    }

    /// Puts a new file in the place of the old one, whole or not at all.
    pub(crate) fn replace(&self, rows: &[Row]) -> Result<(), ConnectorError> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.writes.fetch_add(1, Ordering::Relaxed);
        let beside = self.path.with_extension("new");
        let mut writer =
            csv::WriterBuilder::new().has_headers(true).from_path(&beside).map_err(|error| self.down(&error))?;
        for row in rows {
            writer.serialize(row).map_err(|error| self.down(&error))?;
        }
        writer.flush().map_err(|error| self.down(&error))?;
        std::fs::rename(&beside, &self.path).map_err(|error| self.down(&error))
    }

    fn down(&self, error: &dyn std::fmt::Display) -> ConnectorError {
        let message = format!("{}: {error}", self.path.display());
        ConnectorError { system: "csv", class: ErrorClass::Unreachable, message }
    }
}

impl Row {
    fn cell(&mut self, name: &str) -> Option<&mut String> {
        match name {
            "name" => Some(&mut self.name),
            "street" => Some(&mut self.street),
            "city" => Some(&mut self.city),
            "email" => Some(&mut self.email),
            _ => None,
        }
    }

    fn take_over(&mut self, fields: &Fields) {
        for (name, value) in fields.iter() {
            if let Some(cell) = self.cell(name.as_str()) {
                *cell = value.as_text().unwrap_or_default().to_owned();
            }
        }
    }

    pub(crate) fn record(&self) -> Record {
        let texts = [&self.name, &self.street, &self.city, &self.email];
        let fields: Fields = FIELDS.into_iter().zip(texts).map(|(name, text)| (name, Value::text(text))).collect();
        Record {
            kind: Kind::new(CUSTOMER),
            id: RecordId::new(self.id.to_string()),
            fields,
            // All columns are shown.
            partial: false,
            revision: Revision::new(Fingerprint::of(texts).as_str()),
            changed_at: None,
            mark: (!self.dinero_guid.is_empty()).then(|| Mark::new(self.dinero_guid.as_str())),
            lock: Lock::Open,
        }
    }

    fn is(&self, key: &RecordKey) -> bool {
        key.id.as_str() == self.id.to_string()
    }
}

#[async_trait]
impl Connector for CsvConnector {
    fn name(&self) -> &'static str {
        "csv"
    }

    async fn check(&self) -> Result<Health, ConnectorError> {
        let rows = self.rows()?.len();
        Ok(Health { account: self.path.display().to_string(), detail: format!("{rows} rows") })
    }

    async fn schema(&self, _: &[Kind]) -> Result<Schema, ConnectorError> {
        let field = |name: &str| FieldSpec {
            name: FieldName::new(name),
            label: name.to_owned(),
            ty: FieldType::Text,
            required: name == "name",
            writable: true,
            max_chars: None,
        };
        let kind = Kind::new(CUSTOMER);
        let described = KindSchema { kind: kind.clone(), label: "Customer".into(), fields: FIELDS.map(field).to_vec() };
        Ok(Schema { kinds: [(kind, described)].into() })
    }

    fn recall(&self, _: &Schema) {}

    async fn changes(&self, _: &Kind, _: Option<&Cursor>, _: u32) -> Result<ChangePage, ConnectorError> {
        // Rows that are gone are not mentioned: a line may be missing for many reasons, and absence is no deletion.
        let seen = self.rows()?.iter().map(|row| Presence::Present(row.record())).collect();
        Ok(ChangePage { seen, next: Next::End(Cursor(String::new())) })
    }

    async fn read(&self, keys: &[RecordKey]) -> Result<Vec<Presence>, ConnectorError> {
        let rows = self.rows()?;
        let find = |key: &RecordKey| rows.iter().find(|row| row.is(key)).map(Row::record);
        Ok(keys.iter().map(|key| find(key).map_or_else(|| Presence::Unseen(key.clone()), Presence::Present)).collect())
    }

    async fn stale(&self, _: &[(RecordKey, Revision)]) -> Result<Vec<Presence>, ConnectorError> {
        // `write` itself compares the revision.
        Ok(Vec::new())
    }

    async fn write(&self, intent: &Journaled) -> Result<Receipt, WriteError> {
        let write = &intent.intent().write;
        let mut rows = self.rows()?;
        match &write.change {
            WriteChange::Create { mark, .. } => {
                let id = rows.iter().map(|row| row.id).max().unwrap_or(0) + 1;
                let mut row = Row { id, dinero_guid: mark.as_str().to_owned(), ..Row::default() };
                row.take_over(&write.fields);
                rows.push(row.clone());
                self.replace(&rows)?;
                Ok(Receipt { key: row.record().key(), after: Some(row.record()) })
            }
            WriteChange::Update { key, expected, .. } | WriteChange::Delete { key, expected, .. } => {
                let at = rows.iter().position(|row| row.is(key));
                let gone = || {
                    WriteError::Refused(Refusal {
                        message: format!("there is no row {key}"),
                        field: None,
                        class: FailureClass::Conflict,
                    })
                };
                let at = at.ok_or_else(gone)?;
                let standing = rows[at].record();
                if standing.revision != *expected {
                    return Err(WriteError::Stale(Box::new(Presence::Present(standing))));
                }
                let after = if let WriteChange::Delete { .. } = &write.change {
                    rows.remove(at);
                    None
                } else {
                    rows[at].take_over(&write.fields);
                    Some(rows[at].record())
                };
                self.replace(&rows)?;
                Ok(Receipt { key: key.clone(), after })
            }
        }
    }

    async fn read_back(&self, keys: &[RecordKey]) -> Result<Vec<Presence>, ConnectorError> {
        self.read(keys).await
    }

    async fn probe(&self, intent: &Intent) -> Result<Probed, ConnectorError> {
        let rows = self.rows()?;
        let found: Vec<Record> = match &intent.write.change {
            WriteChange::Create { mark, .. } => {
                rows.iter().filter(|row| row.dinero_guid == mark.as_str()).map(Row::record).collect()
            }
            WriteChange::Update { key, .. } | WriteChange::Delete { key, .. } => {
                rows.iter().filter(|row| row.is(key)).map(Row::record).collect()
            }
        };
        Ok(match found.as_slice() {
            [] => Probed::Absent,
            [one] => Probed::Found(one.clone()),
            many => Probed::Ambiguous(many.iter().map(Record::key).collect()),
        })
    }

    fn usage(&self) -> Usage {
        Usage { requests: self.requests.load(Ordering::Relaxed), writes: self.writes.load(Ordering::Relaxed) }
    }

    fn wait_for(&self, _: u64) -> u64 {
        0
    }
}
