//! The connector itself.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use api_transport::only_while;
use async_trait::async_trait;
use chrono::Duration;
use simplycrm_client::vtql::{Comparison, Condition, Filter, Literal, MAX_ROWS, Select, Text};
use simplycrm_client::{Element, FieldName, ModuleName, Precondition, Record as WsRecord, SimplyCrmClient, WsId};
use sync_model::{Cursor, Kind, KindSchema, Mark, Presence, Record, RecordKey, Revision, Schema};
use sync_run::{
    ChangePage, Clock, Connector, ConnectorError, ErrorClass, Health, Intent, Journaled, Next, Probed, Receipt, Usage,
    WriteChange, WriteError,
};

use crate::errors::{NAME, down, unsayable, write};
use crate::invoice::{INVOICE, Vocabulary, listed};
use crate::invoicing::saved;
use crate::record::{element, seen};
use crate::schema::{kind_schema, mark_field};
use crate::values::text_of;
use crate::walk::{Walk, time_of};

/// How far two clocks may be apart while a request is on its way.
const TRAVEL: Duration = Duration::seconds(5);

/// Simply CRM as records.
#[derive(Debug)]
pub struct SimplyCrmConnector {
    pub(crate) client: SimplyCrmClient,
    clock: Arc<dyn Clock>,
    rows: u32,
    memory: Mutex<Memory>,
}

/// What is remembered for the length of a process.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    schemas: BTreeMap<Kind, Arc<KindSchema>>,
    walks: BTreeMap<Kind, Walk>,
    /// What taxes and currencies are called here.
    pub(crate) words: Option<Vocabulary>,
}

impl SimplyCrmConnector {
    /// A connector over `client`.
    #[must_use]
    pub fn new(client: SimplyCrmClient, clock: Arc<dyn Clock>) -> Self {
        Self { client, clock, rows: MAX_ROWS, memory: Mutex::default() }
    }

    /// Reads lists in pages of so many rows, at most as many as the server gives.
    #[must_use]
    pub fn with_page_rows(self, rows: u32) -> Self {
        Self { rows: rows.clamp(1, MAX_ROWS), ..self }
    }

    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of a module; asked for once.
    async fn described(&self, kind: &Kind) -> Result<Arc<KindSchema>, ConnectorError> {
        let known = self.memory().schemas.get(kind).cloned();
        match known {
            Some(schema) => Ok(schema),
            None => self.describe(kind).await,
        }
    }

    /// What the CRM says of a module now.
    async fn describe(&self, kind: &Kind) -> Result<Arc<KindSchema>, ConnectorError> {
        let schema = self.client.describe(module(kind)?).await.map_err(|error| down(&error))?;
        let schema = Arc::new(kind_schema(kind, &schema));
        self.memory().schemas.insert(kind.clone(), Arc::clone(&schema));
        Ok(schema)
    }

    async fn query(&self, schema: &KindSchema, select: Select) -> Result<Vec<Record>, ConnectorError> {
        let rows = self.client.query(select).await.map_err(|error| down(&error))?;
        let mark = mark_field(schema);
        Ok(rows.iter().filter_map(|row| seen(schema, mark.as_ref(), row)).collect())
    }

    /// The records of one module that have these ids, as they are now.
    async fn by_id(&self, kind: &Kind, ids: &[WsId]) -> Result<BTreeMap<RecordKey, Record>, ConnectorError> {
        let schema = self.described(kind).await?;
        let mut found = BTreeMap::new();
        for some in ids.chunks(100) {
            if kind.as_str() == INVOICE {
                for id in some {
                    found.extend(self.invoice(&schema, *id).await?.map(|record| (record.key(), record)));
                }
                continue;
            }
            let Some(condition) = Condition::one_of(FieldName::ID, some.iter().copied()) else { continue };
            let select = Select::from(module(kind)?).filter(condition);
            let records = self.query(&schema, select).await?;
            found.extend(records.into_iter().map(|record| (record.key(), record)));
        }
        Ok(found)
    }

    async fn create(&self, intent: &Intent, kind: &Kind, mark: &Mark) -> Result<WsRecord, WriteError> {
        let schema = self.described(kind).await?;
        let mut new = element(&intent.write.fields);
        if let Some(field) = mark_field(&schema) {
            new = new.text(field.as_str(), mark.as_str());
        }
        if schema.field("assigned_user_id").is_some() && new.get("assigned_user_id").is_none() {
            let connection = self.client.connection().await.map_err(|error| WriteError::Down(down(&error)))?;
            new = new.reference("assigned_user_id", connection.user_id);
        }
        self.client.create(module(kind)?, new).await.map_err(|error| write(&error))
    }

    async fn update(&self, intent: &Intent, key: &RecordKey) -> Result<WsRecord, WriteError> {
        let id = ws_id(key)?;
        let changes: Element = element(&intent.write.fields);
        // What is read again before it is written shows whether somebody saved it meanwhile; `revise` needs no such look.
        let unsaved_since = intent.write.expected().map_or(Precondition::None, saved);
        let has_revise = self.client.has_revise().await.map_err(|error| write(&error))?;
        let changed = match key.kind.as_str() {
            "Products" | "Services" => self.client.update_product(id, &changes, unsaved_since).await,
            _ if has_revise => self.client.change(id, &changes, Precondition::None).await,
            _ => self.client.change(id, &changes, unsaved_since).await,
        };
        match changed {
            Err(error) if error.is_stale() => Err(WriteError::Stale(Box::new(self.now(key, id).await?))),
            Err(error) => Err(write(&error)),
            Ok(record) => Ok(record),
        }
    }

    async fn write_now(&self, intent: &Intent) -> Result<Receipt, WriteError> {
        let kind = intent.write.kind();
        if kind.as_str() == INVOICE && !matches!(intent.write.change, WriteChange::Delete { .. }) {
            return self.write_invoice(intent, kind).await;
        }
        let answer = match &intent.write.change {
            WriteChange::Create { kind, mark, .. } => self.create(intent, kind, mark).await?,
            WriteChange::Update { key, .. } => self.update(intent, key).await?,
            WriteChange::Delete { key, .. } => {
                self.client.delete(ws_id(key)?).await.map_err(|error| write(&error))?;
                return Ok(Receipt { key: key.clone(), after: None });
            }
        };
        let schema = self.described(kind).await?;
        match seen(&schema, mark_field(&schema).as_ref(), &answer) {
            Some(record) => Ok(Receipt { key: record.key(), after: Some(record) }),
            None => Err(WriteError::Unknown("the answer names no record".to_owned())),
        }
    }

    /// A record as it is now.
    async fn now(&self, key: &RecordKey, id: WsId) -> Result<Presence, WriteError> {
        let found = self.by_id(&key.kind, &[id]).await.map_err(WriteError::Down)?;
        let found = found.into_iter().find(|(known, _)| known == key);
        Ok(found.map_or_else(|| Presence::Unseen(key.clone()), |(_, record)| Presence::Present(record)))
    }

    async fn write_invoice(&self, intent: &Intent, kind: &Kind) -> Result<Receipt, WriteError> {
        let schema = self.described(kind).await?;
        let kept = match (intent.write.target(), intent.write.expected()) {
            (Some(key), Some(expected)) => self.update_invoice(intent, &schema, key, ws_id(key)?, expected).await?,
            (_, _) => self.create_invoice(intent, &schema).await?,
        };
        Ok(Receipt { key: kept.key(), after: Some(kept) })
    }

    /// The condition that finds a record of ours: by its mark, or, where the installation has no field for one, by what
    /// it is called and when it was made.
    async fn traces(
        &self,
        intent: &Intent,
        schema: &KindSchema,
        mark: &Mark,
    ) -> Result<Option<Filter>, ConnectorError> {
        let equal = |field: &str, text: &str| -> Result<Condition, ConnectorError> {
            let field = FieldName::new(field).map_err(|error| unsayable(&error))?;
            let text = Text::new(text).map_err(|error| unsayable(&error))?;
            Ok(Condition::equal(field, text))
        };
        if let Some(field) = mark_field(schema) {
            return Ok(Some(equal(field.as_str(), mark.as_str())?.into()));
        }
        let named = match schema.kind.as_str() {
            "Accounts" => "accountname",
            "Contacts" => "lastname",
            "Products" => "productname",
            "Services" => "servicename",
            INVOICE => "subject",
            _ => return Ok(None),
        };
        let Some(name) = intent.write.fields.get(named).filter(|value| !value.is_empty()) else { return Ok(None) };
        let connection = self.client.connection().await.map_err(|error| down(&error))?;
        let now = connection.server_now();
        let at = intent.at + (now - self.clock.now()) - TRAVEL;
        let created = FieldName::new("createdtime").map_err(|error| unsayable(&error))?;
        // Our clock may have been set since. Theirs tells as long as it was not put back behind what had been read.
        let (how, since) = match intent.since.as_ref().map(|cursor| time_of(cursor).map(|read| read.and_utc())) {
            // Nothing stood there when it was read.
            Some(None) => return Ok(Some(equal(named, &text_of(name))?.into())),
            Some(Some(read)) if read <= now && read < at => (Comparison::Greater, read),
            Some(Some(read)) if read <= now => (Comparison::AtLeast, read),
            Some(Some(_)) | None => (Comparison::AtLeast, at),
        };
        let since = Condition::Compare(created, how, Literal::time(since));
        Ok(Some(Filter::all(equal(named, &text_of(name))?, [since])))
    }
}

fn module(kind: &Kind) -> Result<ModuleName, ConnectorError> {
    ModuleName::new(kind.as_str()).map_err(|error| unsayable(&error))
}

fn ws_id(key: &RecordKey) -> Result<WsId, ConnectorError> {
    key.id.as_str().parse().map_err(|error: simplycrm_client::InvalidName| unsayable(&error))
}

/// Ids by kind.
fn by_kind<'a>(keys: impl Iterator<Item = &'a RecordKey>) -> Result<BTreeMap<Kind, Vec<WsId>>, ConnectorError> {
    let mut kinds: BTreeMap<Kind, Vec<WsId>> = BTreeMap::new();
    for key in keys {
        kinds.entry(key.kind.clone()).or_default().push(ws_id(key)?);
    }
    Ok(kinds)
}

#[async_trait]
impl Connector for SimplyCrmConnector {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn check(&self) -> Result<Health, ConnectorError> {
        let connection = self.client.connection().await.map_err(|error| down(&error))?;
        let account = self.client.username().to_owned();
        Ok(Health { account, detail: format!("vtiger {}", connection.vtiger_version) })
    }

    async fn schema(&self, kinds: &[Kind]) -> Result<Schema, ConnectorError> {
        let mut schema = Schema::default();
        for kind in kinds {
            match self.describe(kind).await {
                // An installation without invoices, or a user without a right to them: the rest goes on.
                Err(error) if kind.as_str() == INVOICE && error.class == ErrorClass::Permission => {}
                described => drop(schema.kinds.insert(kind.clone(), KindSchema::clone(&*described?))),
            }
        }
        Ok(schema)
    }

    fn recall(&self, schema: &Schema) {
        let kinds = schema.kinds.iter().map(|(kind, schema)| (kind.clone(), Arc::new(schema.clone())));
        self.memory().schemas.extend(kinds);
    }

    async fn changes(&self, kind: &Kind, since: Option<&Cursor>, page: u32) -> Result<ChangePage, ConnectorError> {
        let schema = self.described(kind).await?;
        let connection = self.client.connection().await.map_err(|error| down(&error))?;
        let remembered = self.memory().walks.remove(kind).filter(|_| page > 0);
        let mut walk = match remembered {
            Some(remembered) => remembered,
            None => Walk::begin(module(kind)?, since, connection.server_now().naive_utc(), self.rows)
                .map_err(|error| unsayable(&error))?,
        };
        let Some(select) = walk.next().map_err(|error| unsayable(&error))? else {
            let cursor = walk.end().or_else(|| since.cloned()).unwrap_or(Cursor(String::new()));
            return Ok(ChangePage { seen: Vec::new(), next: Next::End(cursor) });
        };
        let rows = self.client.query(select).await.map_err(|error| down(&error))?;
        let Some(last) = walk.seen(&rows) else {
            return Err(unsayable(&format_args!("a page of {kind} came twice")));
        };
        let mark = mark_field(&schema);
        let is_invoice = kind.as_str() == INVOICE;
        let shown = |row| if is_invoice { listed(&schema, row) } else { seen(&schema, mark.as_ref(), row) };
        let seen = rows.iter().filter_map(shown).map(Presence::Present).collect();
        let next = if last {
            Next::End(walk.end().or_else(|| since.cloned()).unwrap_or(Cursor(String::new())))
        } else {
            self.memory().walks.insert(kind.clone(), walk);
            Next::Page(page + 1)
        };
        Ok(ChangePage { seen, next })
    }

    fn lists_in_part(&self, kind: &Kind) -> bool {
        kind.as_str() == INVOICE
    }

    async fn read(&self, keys: &[RecordKey]) -> Result<Vec<Presence>, ConnectorError> {
        let mut found = BTreeMap::new();
        for (kind, ids) in by_kind(keys.iter())? {
            found.extend(self.by_id(&kind, &ids).await?);
        }
        // A record that does not come back is deleted or hidden from this user: nobody can tell which.
        Ok(keys
            .iter()
            .map(|key| found.remove(key).map_or_else(|| Presence::Unseen(key.clone()), Presence::Present))
            .collect())
    }

    async fn stale(&self, expected: &[(RecordKey, Revision)]) -> Result<Vec<Presence>, ConnectorError> {
        let mut changed = Vec::new();
        for (kind, ids) in by_kind(expected.iter().map(|(key, _)| key))? {
            if kind.as_str() == INVOICE {
                let of = |(key, revision)| Ok((ws_id(key)?, key, revision));
                let invoices = expected.iter().filter(|(key, _)| key.kind == kind).map(|(key, it)| (key, it)).map(of);
                let invoices: Vec<_> = invoices.collect::<Result<_, ConnectorError>>()?;
                let schema = self.described(&kind).await?;
                changed.extend(self.stale_invoices(&schema, &invoices).await?);
                continue;
            }
            for (key, record) in self.by_id(&kind, &ids).await? {
                let fresh = expected.iter().any(|(wanted, revision)| *wanted == key && record.revision == *revision);
                if !fresh {
                    changed.push(Presence::Present(record));
                }
            }
        }
        Ok(changed)
    }

    async fn write(&self, intent: &Journaled) -> Result<Receipt, WriteError> {
        only_while(intent.permit().question(), self.write_now(intent.intent())).await
    }

    async fn read_back(&self, keys: &[RecordKey]) -> Result<Vec<Presence>, ConnectorError> {
        self.read(keys).await
    }

    async fn probe(&self, intent: &Intent) -> Result<Probed, ConnectorError> {
        let (kind, mark) = match &intent.write.change {
            WriteChange::Create { kind, mark, .. } => (kind, mark),
            WriteChange::Update { key, .. } | WriteChange::Delete { key, .. } => {
                // The user saw the record when its deletion was sent; one that is not found now is gone.
                let found = self.by_id(&key.kind, &[ws_id(key)?]).await?.remove(key);
                return Ok(found.map_or(Probed::Absent, Probed::Found));
            }
        };
        let schema = self.described(kind).await?;
        let Some(filter) = self.traces(intent, &schema, mark).await? else { return Ok(Probed::Ambiguous(Vec::new())) };
        let mut found = self.query(&schema, Select::from(module(kind)?).filter(filter)).await?;
        if kind.as_str() == INVOICE {
            let keys: Vec<RecordKey> = found.iter().map(Record::key).collect();
            found = self.read(&keys).await?.into_iter().filter_map(|it| it.record().cloned()).collect();
        }
        Ok(match found.len() {
            0 => Probed::Absent,
            1 => Probed::Found(found.remove(0)),
            _ => Probed::Ambiguous(found.iter().map(Record::key).collect()),
        })
    }

    fn usage(&self) -> Usage {
        Usage { requests: self.client.requests(), writes: self.client.writes() }
    }

    fn wait_for(&self, _: u64) -> u64 {
        // No limit is published for Simply CRM (fact sheet §10).
        0
    }
}
