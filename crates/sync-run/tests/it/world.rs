//! A world small enough to be generated: two systems in memory with the manners of the real ones, and a fuse that burns
//! down at every edge (a journal write, a request, a response) and kills the run at any of them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use reconcile::WriteChange;
use sync_model::{Cursor, Fields, Kind, Lock, Mark, Presence, Record, RecordId, RecordKey, Revision, Schema, Side};
use sync_run::conformance::{Call, Gate};
use sync_run::{
    ChangePage, Clock, Connector, ConnectorError, ErrorClass, FailureClass, Guids, Health, Intent, Journaled, Next,
    Probed, Receipt, Refusal, StoreError, Usage, WriteError,
};
use tokio::sync::Notify;
use uuid::Uuid;

/// Kills whoever walks past it for the n-th time.
#[derive(Debug, Default)]
pub(crate) struct Fuse {
    left: AtomicI64,
    armed: std::sync::atomic::AtomicBool,
    blown: Notify,
    passed: AtomicU64,
}

impl Fuse {
    pub(crate) fn arm(&self, steps: u64) {
        self.left.store(i64::try_from(steps).unwrap(), Ordering::SeqCst);
        self.armed.store(true, Ordering::SeqCst);
    }

    pub(crate) fn disarm(&self) {
        self.armed.store(false, Ordering::SeqCst);
    }

    /// How many edges were walked past in all.
    pub(crate) fn passed(&self) -> u64 {
        self.passed.load(Ordering::SeqCst)
    }

    pub(crate) async fn blown(&self) {
        self.blown.notified().await;
    }

    async fn edge(&self) {
        self.passed.fetch_add(1, Ordering::SeqCst);
        if self.armed.load(Ordering::SeqCst) && self.left.fetch_sub(1, Ordering::SeqCst) <= 0 {
            self.blown.notify_one();
            std::future::pending::<()>().await;
        }
    }
}

/// A clock that follows tokio's, so that waiting costs no time.
#[derive(Debug)]
pub(crate) struct VirtualClock {
    start: tokio::time::Instant,
    shift: Duration,
}

impl VirtualClock {
    pub(crate) fn shifted(shift: Duration) -> Self {
        Self { start: tokio::time::Instant::now(), shift }
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> DateTime<Utc> {
        let epoch = DateTime::<Utc>::from_timestamp(1_790_000_000, 0).unwrap();
        epoch + self.shift + Duration::from_std(self.start.elapsed()).unwrap()
    }
}

/// Guids in a row.
#[derive(Debug, Default)]
pub(crate) struct CountingGuids(AtomicU64);

impl Guids for CountingGuids {
    fn next(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::SeqCst)) + 1)
    }
}

/// What happens to one write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WriteFault {
    /// It has no effect and no answer.
    LostBefore,
    /// It has its effect and no answer.
    LostAfter,
    /// It is refused.
    Refused,
}

/// A record as its system holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) fields: Fields,
    pub(crate) version: u64,
    pub(crate) deleted: bool,
    pub(crate) mark: Option<Mark>,
}

/// One request, for looking at afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Request {
    Read,
    Create(RecordKey, Mark),
    Update(RecordKey),
    Delete(RecordKey),
    Refused,
}

fn changes(request: &Request) -> bool {
    match request {
        Request::Create(..) | Request::Update(_) | Request::Delete(_) => true,
        Request::Read | Request::Refused => false,
    }
}

/// Everything a system is.
#[derive(Debug, Default)]
pub(crate) struct SystemState {
    pub(crate) records: BTreeMap<RecordKey, Held>,
    pub(crate) log: Vec<Request>,
    pub(crate) version: u64,
    next_id: u64,
    /// Faults for the writes to come, first one first.
    pub(crate) faults: Vec<Option<WriteFault>>,
    /// Whether look-ups fail.
    pub(crate) blind: bool,
    /// Whether lists leave records out, as a broken filter or a failing page does.
    pub(crate) forgetful: bool,
    /// Which records it always refuses, by what is written.
    pub(crate) refuses: Option<fn(&Fields) -> bool>,
    /// How the system changes what it is given.
    pub(crate) habit: Option<fn(&mut Fields)>,
}

/// A system in memory.
#[derive(Debug, Clone)]
pub(crate) struct System {
    pub(crate) side: Side,
    pub(crate) schema: Schema,
    pub(crate) state: Arc<Mutex<SystemState>>,
    pub(crate) fuse: Arc<Fuse>,
    pub(crate) page: usize,
}

impl System {
    pub(crate) fn state(&self) -> MutexGuard<'_, SystemState> {
        self.state.lock().unwrap()
    }

    /// A person makes a record.
    pub(crate) fn put(&self, kind: &str, id: &str, fields: Fields) -> RecordKey {
        let key = RecordKey::new(kind, id);
        let mut state = self.state();
        state.version += 1;
        let version = state.version;
        state.records.insert(key.clone(), Held { fields, version, deleted: false, mark: None });
        key
    }

    /// A person edits a record.
    pub(crate) fn edit(&self, key: &RecordKey, edit: impl FnOnce(&mut Fields)) {
        let mut state = self.state();
        state.version += 1;
        let version = state.version;
        let held = state.records.get_mut(key).unwrap();
        edit(&mut held.fields);
        held.version = version;
    }

    /// A person deletes a record.
    pub(crate) fn delete(&self, key: &RecordKey) {
        let mut state = self.state();
        state.version += 1;
        let version = state.version;
        let held = state.records.get_mut(key).unwrap();
        held.deleted = true;
        held.version = version;
    }

    pub(crate) fn live(&self) -> BTreeMap<RecordKey, Fields> {
        let state = self.state();
        let live = state.records.iter().filter(|(_, held)| !held.deleted);
        live.map(|(key, held)| (key.clone(), held.fields.clone())).collect()
    }

    pub(crate) fn writes(&self) -> usize {
        self.state().log.iter().filter(|request| changes(request)).count()
    }

    pub(crate) fn forget_log(&self) {
        self.state().log.clear();
    }

    fn looked(&self) -> Result<(), ConnectorError> {
        let mut state = self.state();
        state.log.push(Request::Read);
        if state.blind { Err(self.error()) } else { Ok(()) }
    }

    fn error(&self) -> ConnectorError {
        ConnectorError { system: self.name(), class: ErrorClass::Unreachable, message: "gone".to_owned() }
    }

    fn show(key: &RecordKey, held: &Held) -> Presence {
        if held.deleted {
            return Presence::Deleted(key.clone());
        }
        Presence::Present(Record {
            kind: key.kind.clone(),
            id: key.id.clone(),
            fields: held.fields.clone(),
            partial: false,
            revision: Revision::new(held.version.to_string()),
            changed_at: None,
            mark: held.mark.clone(),
            lock: Lock::Open,
        })
    }

    fn list(&self, kind: &Kind, since: Option<&Cursor>, page: u32) -> ChangePage {
        let since: u64 = since.map_or(0, |cursor| cursor.0.parse().unwrap());
        let state = self.state();
        let all: Vec<Presence> = state
            .records
            .iter()
            .filter(|(key, held)| key.kind == *kind && held.version >= since)
            .map(|(key, held)| Self::show(key, held))
            .collect();
        let mut seen: Vec<Presence> = all.iter().skip(page as usize * self.page).take(self.page).cloned().collect();
        let next = if (page as usize + 1) * self.page < all.len() {
            Next::Page(page + 1)
        } else {
            Next::End(Cursor(state.version.to_string()))
        };
        if state.forgetful {
            seen.clear();
        }
        ChangePage { seen, next }
    }

    fn store(&self, intent: &Intent) -> Result<RecordKey, WriteError> {
        let mut state = self.state();
        let version = state.version + 1;
        let mut fields = intent.write.fields.clone();
        if let Some(habit) = state.habit {
            habit(&mut fields);
        }
        let key = match &intent.write.change {
            WriteChange::Create { kind, mark, .. } => {
                state.next_id += 1;
                let id = match self.side {
                    Side::Left => intent.id.0.to_string(),
                    Side::Right => format!("11x{}", 1000 + state.next_id),
                };
                let key = RecordKey { kind: kind.clone(), id: RecordId::new(id) };
                state.log.push(Request::Create(key.clone(), mark.clone()));
                let held = Held { fields, version, deleted: false, mark: Some(mark.clone()) };
                state.records.insert(key.clone(), held);
                key
            }
            WriteChange::Update { key, expected, .. } => {
                state.log.push(Request::Update(key.clone()));
                let held = state.records.get_mut(key).unwrap();
                if held.deleted || Revision::new(held.version.to_string()) != *expected {
                    let now = Self::show(key, held);
                    return Err(WriteError::Stale(Box::new(now)));
                }
                held.fields.overlay(&fields);
                held.version = version;
                key.clone()
            }
            WriteChange::Delete { key, .. } => {
                state.log.push(Request::Delete(key.clone()));
                let held = state.records.get_mut(key).unwrap();
                held.deleted = true;
                held.version = version;
                key.clone()
            }
        };
        state.version = version;
        Ok(key)
    }
}

#[async_trait]
impl Connector for System {
    fn name(&self) -> &'static str {
        match self.side {
            Side::Left => "dinero",
            Side::Right => "simplycrm",
        }
    }

    async fn check(&self) -> Result<Health, ConnectorError> {
        Ok(Health { account: String::new(), detail: String::new() })
    }

    async fn schema(&self, _: &[Kind]) -> Result<Schema, ConnectorError> {
        self.fuse.edge().await;
        Ok(self.schema.clone())
    }

    fn recall(&self, _: &Schema) {}

    async fn changes(&self, kind: &Kind, since: Option<&Cursor>, page: u32) -> Result<ChangePage, ConnectorError> {
        self.fuse.edge().await;
        self.looked()?;
        let found = self.list(kind, since, page);
        self.fuse.edge().await;
        Ok(found)
    }

    async fn read(&self, keys: &[RecordKey]) -> Result<Vec<Presence>, ConnectorError> {
        self.fuse.edge().await;
        self.looked()?;
        let state = self.state();
        Ok(keys
            .iter()
            .map(|key| state.records.get(key).map_or(Presence::Unseen(key.clone()), |held| Self::show(key, held)))
            .collect())
    }

    async fn stale(&self, expected: &[(RecordKey, Revision)]) -> Result<Vec<Presence>, ConnectorError> {
        self.fuse.edge().await;
        self.looked()?;
        let state = self.state();
        let changed = expected.iter().filter_map(|(key, revision)| {
            let held = state.records.get(key)?;
            (held.deleted || held.version.to_string() != revision.as_str()).then(|| Self::show(key, held))
        });
        Ok(changed.collect())
    }

    async fn write(&self, intent: &Journaled) -> Result<Receipt, WriteError> {
        self.fuse.edge().await;
        let fault = {
            let mut state = self.state();
            if state.faults.is_empty() { None } else { state.faults.remove(0) }
        };
        let refuses = self.state().refuses.is_some_and(|refuses| refuses(&intent.intent().write.fields));
        if refuses {
            self.state().log.push(Request::Refused);
        }
        match fault.or(refuses.then_some(WriteFault::Refused)) {
            Some(WriteFault::LostBefore) => return Err(WriteError::Unknown("lost".to_owned())),
            Some(WriteFault::Refused) => {
                let message = "no".to_owned();
                return Err(WriteError::Refused(Refusal { message, field: None, class: FailureClass::Data }));
            }
            Some(WriteFault::LostAfter) => {
                self.store(intent.intent())?;
                return Err(WriteError::Unknown("lost".to_owned()));
            }
            None => {}
        }
        let key = self.store(intent.intent())?;
        self.fuse.edge().await;
        let after = match self.side {
            Side::Left => None,
            Side::Right => match Self::show(&key, &self.state().records[&key]) {
                Presence::Present(record) => Some(record),
                Presence::Deleted(_) | Presence::Unseen(_) => None,
            },
        };
        Ok(Receipt { key, after })
    }

    async fn read_back(&self, keys: &[RecordKey]) -> Result<Vec<Presence>, ConnectorError> {
        self.read(keys).await
    }

    async fn probe(&self, intent: &Intent) -> Result<Probed, ConnectorError> {
        self.fuse.edge().await;
        self.looked()?;
        let state = self.state();
        let (kind, mark) = match &intent.write.change {
            WriteChange::Create { kind, mark, .. } => (kind, mark),
            WriteChange::Update { key, .. } | WriteChange::Delete { key, .. } => {
                return Ok(match Self::show(key, &state.records[key]) {
                    Presence::Present(record) => Probed::Found(record),
                    Presence::Deleted(_) | Presence::Unseen(_) => Probed::Absent,
                });
            }
        };
        let found: Vec<_> = state
            .records
            .iter()
            .filter(|(key, held)| key.kind == *kind && !held.deleted && held.mark.as_ref() == Some(mark))
            .collect();
        Ok(match found.as_slice() {
            [] => Probed::Absent,
            [(key, held)] => match Self::show(key, held) {
                Presence::Present(record) => Probed::Found(record),
                Presence::Deleted(_) | Presence::Unseen(_) => Probed::Absent,
            },
            many => Probed::Ambiguous(many.iter().map(|(key, _)| (*key).clone()).collect()),
        })
    }

    fn usage(&self) -> Usage {
        let state = self.state();
        let writes = state.log.iter().filter(|request| changes(request)).count() as u64;
        Usage { requests: state.log.len() as u64, writes }
    }

    fn wait_for(&self, _: u64) -> u64 {
        0
    }
}

/// Commits are edges, too.
#[async_trait]
impl Gate for Fuse {
    async fn before(&self, call: Call) -> Result<(), StoreError> {
        if call == Call::Commit {
            self.edge().await;
        }
        Ok(())
    }

    async fn after(&self, call: Call) {
        if call == Call::Commit {
            self.edge().await;
        }
    }
}
