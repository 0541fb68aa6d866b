//! The connector itself.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use api_transport::only_while;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use dinero_client::op::{
    CreateContact, CreateProduct, DeleteContact, DeleteProduct, GetContact, GetProduct, LARGEST_PAGE,
    ListOrganizations, ListProducts, UpdateContact, UpdateProduct,
};
use dinero_client::{ContactGuid, DineroClient, Filter, ProductField, ProductGuid};
use sync_model::{Cursor, Fields, Kind, Mark, Presence, Record, RecordKey, Revision, Schema};
use sync_run::{
    ChangePage, Clock, Connector, ConnectorError, EffectFound, ErrorClass, FailureClass, Health, Intent, Journaled,
    JournaledEffect, Next, Probed, Receipt, Refusal, Usage, WriteChange, WriteError,
};
use uuid::Uuid;

use crate::credits::Credits;
use crate::errors::{NAME, down, is_missing, made, unsayable, write};
use crate::kind::{CONTACT, CREDIT_NOTE, INVOICE, is, is_voucher};
use crate::language::{InvoiceLanguage, Languages};
use crate::walk::{self, Changes, Part, Walk};
use crate::{contact, effect, product, schema};

/// How often a walk is begun again because the list changed while it was read.
const MOST_AGAIN: u32 = 5;

/// Dinero as records.
#[derive(Debug)]
pub struct DineroConnector {
    pub(crate) client: DineroClient,
    clock: Arc<dyn Clock>,
    page_size: u32,
    memory: Mutex<Memory>,
    pub(crate) credits: Credits,
    pub(crate) languages: Languages,
}

/// What is remembered for the length of a process.
#[derive(Debug, Default)]
struct Memory {
    /// The latest change seen of each kind, by Dinero's times.
    latest: BTreeMap<Kind, DateTime<Utc>>,
    /// What pages showed of records that nobody was told of, `None` where it was deleted: the next look begins after them, and
    /// would not show them again. They were read between two walks, or for a look of which a later page failed.
    moved: BTreeMap<RecordKey, Option<Revision>>,
    /// Walks in progress.
    walks: BTreeMap<Kind, Walk>,
    /// Whole objects as they were last sent, until they are read back.
    sent: BTreeMap<RecordKey, Fields>,
}

impl DineroConnector {
    /// A connector over `client`.
    #[must_use]
    pub fn new(client: DineroClient, clock: Arc<dyn Clock>) -> Self {
        let (credits, languages) = (Credits::default(), Languages::default());
        Self { client, clock, page_size: LARGEST_PAGE, memory: Mutex::default(), credits, languages }
    }

    /// Writes new invoices and credit notes in this language.
    #[must_use]
    pub fn with_language(self, language: InvoiceLanguage) -> Self {
        Self { languages: Languages::by(language), ..self }
    }

    /// Reads lists in pages of so many records, at most as many as Dinero gives.
    #[must_use]
    pub fn with_page_size(self, records: u32) -> Self {
        Self { page_size: records.clamp(1, LARGEST_PAGE), ..self }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn page(&self, kind: &Kind, since: Option<DateTime<Utc>>, page: u32) -> Result<Changes, ConnectorError> {
        let page = Part { number: page, size: self.page_size };
        let found = if is(kind, CONTACT) {
            walk::contacts(&self.client, since, page).await
        } else if is(kind, INVOICE) {
            walk::invoices(&self.client, since, page).await
        } else if is(kind, CREDIT_NOTE) {
            walk::credit_notes(&self.client, since, page).await
        } else {
            walk::products(&self.client, since, page).await
        };
        let found = found.map_err(|error| down(&error))?;
        if found.number != page.number {
            // What the right page holds would be missed, and taken for absent.
            let message = format!("page {} of a list was asked for, and page {} came", page.number, found.number);
            return Err(ConnectorError { system: NAME, class: ErrorClass::Protocol, message });
        }
        if is(kind, CONTACT) {
            self.languages.note(&found.seen);
        }
        let mut memory = self.memory();
        let told = found.seen.iter().map(|it| (it.key(), it.record().map(|record| record.revision.clone())));
        memory.moved.extend(told);
        if let Some(latest) = found.latest() {
            let known = memory.latest.entry(kind.clone()).or_insert(latest);
            *known = latest.max(*known);
        }
        Ok(found)
    }

    /// The next page of `walk`. It is the last one only when no page can have moved while the walk was made.
    async fn walk_on(&self, kind: &Kind, walk: &mut Walk) -> Result<Changes, ConnectorError> {
        let mut found = self.page(kind, walk.since, walk.page).await?;
        walk.seen(&found);
        if !found.is_last || walk.page == 1 {
            return Ok(found);
        }
        let since = walk::begin(self.place(kind, walk.began).as_ref());
        for page in 0.. {
            let changed = self.page(kind, since, page).await?;
            let (shaken, is_last) = (walk.is_shaken(&changed), changed.is_last);
            found.extend(changed);
            if shaken && walk.again == MOST_AGAIN {
                let message = format!("a list of {kind} changed each of the {MOST_AGAIN} times that it was read");
                return Err(ConnectorError { system: NAME, class: ErrorClass::Busy, message });
            }
            if shaken {
                walk.repeat(self.clock.now());
                found.is_last = false;
            }
            if shaken || is_last {
                break;
            }
        }
        Ok(found)
    }

    /// Where a walk over `kind` begins that is to show what changed since `now`; reaching back behind what was seen before.
    fn place(&self, kind: &Kind, now: DateTime<Utc>) -> Option<Cursor> {
        let latest = self.memory().latest.get(kind).copied();
        latest.map(|latest| walk::cursor(latest, now))
    }

    /// Everything of `kind` that changed since the last look at it.
    async fn lately(&self, kind: &Kind) -> Result<Vec<Presence>, ConnectorError> {
        let now = self.clock.now();
        let mut walk = Walk::begin(walk::begin(self.place(kind, now).as_ref()), now);
        let mut seen = Vec::new();
        loop {
            let page = self.walk_on(kind, &mut walk).await?;
            seen.extend(page.seen);
            if page.is_last {
                return Ok(seen);
            }
        }
    }

    /// What was written just now, as far as a list shows it, and perhaps more. It reaches back no further than what was seen
    /// before, so that a thousand writes in a second do not show each other again and again.
    async fn written(&self, kind: &Kind) -> Result<Changes, ConnectorError> {
        let since = walk::time(self.place(kind, self.clock.now()).as_ref());
        let mut all = self.page(kind, since, 0).await?;
        let mut page = 0;
        while !all.is_last {
            page += 1;
            let found = self.page(kind, since, page).await?;
            all.is_last = found.is_last;
            all.extend(found);
        }
        Ok(all)
    }

    async fn one(&self, key: &RecordKey) -> Result<Presence, ConnectorError> {
        if is_voucher(&key.kind) {
            return self.voucher(key).await;
        }
        let Some(guid) = guid(key) else { return Ok(Presence::Unseen(key.clone())) };
        let found = if is(&key.kind, CONTACT) {
            self.client.send(&GetContact(ContactGuid(guid))).await.map(|it| contact::seen(&it, false))
        } else {
            self.client.send(&GetProduct(ProductGuid(guid))).await.map(|it| product::seen(&it, false))
        };
        match found {
            Ok(presence) => Ok(presence),
            // One 404 proves little; nothing is concluded from it.
            Err(error) if is_missing(&error) => Ok(Presence::Unseen(key.clone())),
            Err(error) => Err(down(&error)),
        }
    }

    async fn create(&self, intent: &Intent, kind: &Kind, mark: &Mark) -> Result<RecordKey, WriteError> {
        let mut fields = intent.write.fields.clone();
        let made = if is_voucher(kind) {
            let (guid, computed) = self.create_draft(&fields, kind, (intent.id.0, mark)).await?;
            fields.overlay(&computed);
            guid
        } else if is(kind, CONTACT) {
            let guid = ContactGuid(intent.id.0);
            let contact = contact::body(&fields, Some(guid), Some(mark));
            let created = made(self.client.send(&CreateContact(contact)).await)?;
            created.map_or(guid.0, |created| created.contact_guid.0)
        } else {
            let body = product::body(&fields, Some(mark));
            self.client.send(&CreateProduct(body)).await.map_err(|error| write(&error))?.product_guid.0
        };
        let key = RecordKey::new(kind.clone(), made.to_string().as_str());
        let mut whole = fields;
        whole.set("ExternalReference", sync_model::Value::text(mark.as_str()));
        self.memory().sent.insert(key.clone(), whole);
        Ok(key)
    }

    async fn update(&self, intent: &Intent, key: &RecordKey, expected: &Revision) -> Result<RecordKey, WriteError> {
        if is_voucher(&key.kind) {
            return self.replace_draft(intent, key, expected).await.map(|()| key.clone());
        }
        let standing = match &intent.before {
            Some(before) if !before.partial && before.revision == *expected => before.clone(),
            Some(_) | None => match self.one(key).await? {
                Presence::Present(record) if record.revision == *expected => record,
                other => return Err(WriteError::Stale(Box::new(other))),
            },
        };
        let mut whole = standing.fields;
        whole.overlay(&intent.write.fields);
        let mark = Mark::new(intent.write.counterpart().id.as_str());
        let Some(guid) = guid(key) else { return Err(no_guid(key)) };
        let sent = if is(&key.kind, CONTACT) {
            let contact = contact::body(&whole, None, Some(&mark));
            self.client.send(&UpdateContact { guid: ContactGuid(guid), contact }).await
        } else {
            let product = product::body(&whole, Some(&mark));
            self.client.send(&UpdateProduct { guid: ProductGuid(guid), product }).await
        };
        sent.map_err(|error| write(&error))?;
        if whole.get("ExternalReference").is_none_or(sync_model::Value::is_empty) {
            whole.set("ExternalReference", sync_model::Value::text(mark.as_str()));
        }
        self.memory().sent.insert(key.clone(), whole);
        Ok(key.clone())
    }

    /// Deletes a record. A second time does no harm, and what Dinero deleted stays readable as deleted.
    async fn delete(&self, key: &RecordKey) -> Result<RecordKey, WriteError> {
        let Some(guid) = guid(key) else { return Err(no_guid(key)) };
        if is_voucher(&key.kind) {
            return self.delete_draft(key).await.map(|()| key.clone());
        }
        let sent = if is(&key.kind, CONTACT) {
            self.client.send(&DeleteContact(ContactGuid(guid))).await
        } else {
            self.client.send(&DeleteProduct(ProductGuid(guid))).await
        };
        match sent {
            Err(error) if !error.is_deleted() => Err(write(&error)),
            Ok(()) | Err(_) => Ok(key.clone()),
        }
    }
}

/// A list's sight of a record, completed with what was sent: together they are the whole object.
fn completed(presence: Presence, mut sent: Fields) -> Presence {
    let Presence::Present(record) = presence else { return presence };
    sent.overlay(&record.fields);
    Presence::Present(Record { fields: sent, partial: false, ..record })
}

pub(crate) fn no_guid(key: &RecordKey) -> WriteError {
    WriteError::Refused(Refusal { message: format!("{key} has no guid"), field: None, class: FailureClass::Data })
}

pub(crate) fn guid(key: &RecordKey) -> Option<Uuid> {
    Uuid::parse_str(key.id.as_str()).ok()
}

#[async_trait]
impl Connector for DineroConnector {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn check(&self) -> Result<Health, ConnectorError> {
        let reached = self.client.send(&ListOrganizations).await.map_err(|error| down(&error))?;
        let wanted = self.client.organization();
        let trouble = |class, message: String| Err(ConnectorError { system: NAME, class, message });
        match reached.iter().find(|organization| organization.id == Some(wanted.0)) {
            None => trouble(ErrorClass::Permission, format!("the key does not reach organisation {wanted}")),
            Some(organization) if organization.is_pro == Some(false) => {
                trouble(ErrorClass::Subscription, format!("organisation {wanted} has no Pro subscription"))
            }
            Some(organization) => Ok(Health {
                account: organization.name.clone().unwrap_or_else(|| wanted.to_string()),
                detail: format!("Firma ID {wanted}"),
            }),
        }
    }

    async fn schema(&self, kinds: &[Kind]) -> Result<Schema, ConnectorError> {
        Ok(schema::schema(kinds))
    }

    fn recall(&self, _: &Schema) {
        // Dinero's model is the same everywhere and needs no asking.
    }

    async fn changes(&self, kind: &Kind, since: Option<&Cursor>, page: u32) -> Result<ChangePage, ConnectorError> {
        if page == 0 && is_voucher(kind) {
            self.credits.look_again();
        }
        if page == 0 {
            self.memory().moved.retain(|key, _| key.kind != *kind);
        }
        let remembered = self.memory().walks.remove(kind).filter(|_| page > 0);
        let mut walk = remembered.unwrap_or_else(|| Walk::begin(walk::begin(since), self.clock.now()));
        let found = self.walk_on(kind, &mut walk).await?;
        let mut memory = self.memory();
        found.seen.iter().for_each(|told| drop(memory.moved.remove(&told.key())));
        drop(memory);
        let next = if found.is_last {
            // What changed while it was made may have been seen already, or not. A walk that found nothing begins at the
            // same place again, or at the very beginning.
            let place = self.place(kind, walk.began).or_else(|| since.cloned());
            Next::End(place.unwrap_or(Cursor(String::new())))
        } else {
            self.memory().walks.insert(kind.clone(), walk);
            Next::Page(page + 1)
        };
        Ok(ChangePage { seen: found.seen, next })
    }

    fn lists_in_part(&self, kind: &Kind) -> bool {
        is_voucher(kind)
    }

    async fn read(&self, keys: &[RecordKey]) -> Result<Vec<Presence>, ConnectorError> {
        let mut seen = Vec::new();
        for key in keys {
            seen.push(self.one(key).await?);
        }
        Ok(seen)
    }

    async fn stale(&self, expected: &[(RecordKey, Revision)]) -> Result<Vec<Presence>, ConnectorError> {
        let expected: BTreeMap<&RecordKey, &Revision> = expected.iter().map(|(key, at)| (key, at)).collect();
        let kinds: BTreeSet<&Kind> = expected.keys().map(|key| &key.kind).collect();
        let mut changed = Vec::new();
        for kind in kinds {
            let seen = self.lately(kind).await?;
            // A walk may show a record more than once.
            let mut seen: BTreeMap<RecordKey, Presence> = seen.into_iter().map(|it| (it.key(), it)).collect();
            for (key, revision) in expected.iter().filter(|(key, _)| key.kind == *kind) {
                let known = self.memory().moved.get(*key).cloned();
                if known.is_none_or(|known| known.as_ref() == Some(*revision)) {
                    continue;
                }
                let now = match seen.remove(*key) {
                    // A list shows a voucher without its lines.
                    Some(presence) if presence.record().is_none() || !is_voucher(kind) => presence,
                    Some(_) | None => self.one(key).await?,
                };
                if now.record().is_none_or(|record| record.revision != **revision) {
                    changed.push(now);
                }
            }
        }
        Ok(changed)
    }

    async fn write(&self, intent: &Journaled) -> Result<Receipt, WriteError> {
        let (may, intent) = (intent.permit().question(), intent.intent());
        let written = async {
            match &intent.write.change {
                WriteChange::Create { kind, mark, .. } => self.create(intent, kind, mark).await,
                WriteChange::Update { key, expected, .. } => self.update(intent, key, expected).await,
                WriteChange::Delete { key, .. } => self.delete(key).await,
            }
        };
        Ok(Receipt { key: only_while(may, written).await?, after: None })
    }

    async fn read_back(&self, keys: &[RecordKey]) -> Result<Vec<Presence>, ConnectorError> {
        let mut sent: BTreeMap<&RecordKey, Fields> = BTreeMap::new();
        for key in keys {
            sent.extend(self.memory().sent.remove(key).map(|fields| (key, fields)));
        }
        let listed = |key: &&RecordKey| !is_voucher(&key.kind) || sent.contains_key(key);
        let kinds: BTreeSet<&Kind> = keys.iter().filter(listed).map(|key| &key.kind).collect();
        let mut found = BTreeMap::new();
        for kind in kinds {
            let Changes { seen, as_made, .. } = self.written(kind).await?;
            // The lines of a voucher are in no list: what was sent stands there only if nobody touched it since.
            let told = seen.into_iter().filter(|it| !is_voucher(kind) || as_made.contains(&it.key()));
            found.extend(told.map(|presence| (presence.key(), presence)));
        }
        let mut seen = Vec::new();
        for key in keys {
            // What is said of it here is known from now on.
            self.memory().moved.remove(key);
            // What the list does not show yet, or not in the window that clocks suggest, is asked for by itself.
            seen.push(match (found.remove(key), sent.remove(key)) {
                (Some(presence), Some(sent)) => completed(presence, sent),
                (Some(presence), None) if !is_voucher(&key.kind) => presence,
                (Some(_) | None, _) => self.one(key).await?,
            });
        }
        Ok(seen)
    }

    async fn probe(&self, intent: &Intent) -> Result<Probed, ConnectorError> {
        let (kind, mark) = match &intent.write.change {
            WriteChange::Create { kind, mark, .. } => (kind, mark),
            WriteChange::Update { key, .. } | WriteChange::Delete { key, .. } => {
                return Ok(match self.one(key).await? {
                    Presence::Present(record) => Probed::Found(record),
                    Presence::Deleted(_) => Probed::Absent,
                    Presence::Unseen(key) => Probed::Ambiguous(vec![key]),
                });
            }
        };
        if is(kind, CONTACT) || is_voucher(kind) {
            let key = RecordKey::new(kind.clone(), intent.id.0.to_string().as_str());
            let seen = match self.one(&key).await {
                // What cannot be asked for by itself may still stand in a list.
                Err(_) if is(kind, CONTACT) => contact::listed(&self.client, &key, mark).await?,
                seen => seen?,
            };
            return Ok(match seen {
                Presence::Present(record) => Probed::Found(record),
                // Deleted since: it was made, and a person took it away.
                Presence::Deleted(key) => Probed::Ambiguous(vec![key]),
                Presence::Unseen(_) => Probed::Absent,
            });
        }
        let filter = Filter::products(ProductField::ExternalReference, mark.as_str());
        let list = ListProducts { filter: Some(filter.map_err(|error| unsayable(&error))?), ..ListProducts::new() };
        let mut found: Vec<Presence> = Vec::new();
        // Two lists, and the mark may stand in either: what a person took away since was made all the same.
        for deleted_only in [None, Some(true)] {
            let page =
                self.client.send(&ListProducts { deleted_only, ..list.clone() }).await.map_err(|error| down(&error))?;
            found.extend(page.collection.iter().map(|item| product::seen(item, true)));
        }
        Ok(match found.len() {
            0 => Probed::Absent,
            1 => match found.remove(0) {
                Presence::Present(record) => Probed::Found(record),
                other => Probed::Ambiguous(vec![other.key()]),
            },
            _ => Probed::Ambiguous(found.iter().map(Presence::key).collect()),
        })
    }

    async fn perform(&self, effect: &JournaledEffect, seen: &Record) -> Result<Option<Record>, WriteError> {
        only_while(effect.permit().question(), effect::perform(self, effect.record(), seen)).await
    }

    async fn probe_effect(&self, effect: &JournaledEffect) -> Result<EffectFound, ConnectorError> {
        effect::probe(&self.client, effect.record()).await
    }

    fn usage(&self) -> Usage {
        let usage = self.client.usage();
        Usage { requests: usage.requests, writes: usage.writes }
    }

    fn wait_for(&self, requests: u64) -> u64 {
        u64::try_from(self.client.forecast(requests).as_millis()).unwrap_or(u64::MAX)
    }
}
