//! A world small enough to be generated: two systems in memory with the manners of the real ones, whose requests and responses
//! are edges at which a run can be killed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use reconcile::WriteChange;
use sync_model::{
    Cursor, Fields, Kind, Lock, Mark, Presence, Record, RecordId, RecordKey, Revision, Schema, Side, Value,
};
use sync_run::{
    ChangePage, Connector, ConnectorError, EffectFound, ErrorClass, FailureClass, Health, Intent, Journaled,
    JournaledEffect, Next, Permit, Probed, Receipt, Refusal, Usage, WriteError,
};

use crate::books::count_up;
use crate::fuse::Fuse;
use crate::history::Field;

/// What happens to one write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WriteFault {
    /// It has no effect and no answer.
    LostBefore,
    /// It has its effect and no answer.
    LostAfter,
    /// It has no answer, and its effect so many seconds later.
    Late(u64),
    /// Something in between repeats it: it has its effect twice, and no answer.
    Twice,
    /// It never leaves: the system is away.
    Away,
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
    pub(crate) lock: Lock,
}

impl Held {
    fn new(fields: Fields, version: u64, mark: Option<Mark>) -> Self {
        Self { fields, version, deleted: false, mark, lock: Lock::Open }
    }
}

/// One request, for looking at afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Request {
    Read,
    Create(RecordKey, Mark),
    Update(RecordKey),
    Delete(RecordKey),
    Effect(RecordKey, String),
    Refused,
}

fn changes(request: &Request) -> bool {
    match request {
        Request::Create(..) | Request::Update(_) | Request::Delete(_) | Request::Effect(..) => true,
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
    /// The same for effects.
    pub(crate) effect_faults: Vec<WriteFault>,
    /// Whether look-ups fail.
    pub(crate) blind: bool,
    /// Whether lists leave records out, as a broken filter or a failing page does.
    pub(crate) forgetful: bool,
    /// Which records it always refuses, by what is written.
    pub(crate) refuses: Option<fn(&Fields) -> bool>,
    /// How the system changes what it is given.
    pub(crate) habit: Option<fn(&mut Fields)>,
    /// Whether somebody edits whatever is asked about, every time.
    pub(crate) restless: bool,
    /// How records stood before they were last written to.
    former: BTreeMap<RecordKey, Held>,
    /// Whether what was just written is shown as it stood before, as a list does that has not caught up.
    pub(crate) lags: bool,
    /// Milliseconds that its rate limit takes for each request.
    pub(crate) wait: u64,
    /// Whether what was written cannot be read back.
    pub(crate) unreadable: bool,
    /// Seconds that it takes to show a page.
    pub(crate) slow: u64,
    /// Whether it registers payments and shows them some time later.
    pub(crate) pays_later: bool,
    /// By what signs payments were registered.
    pub(crate) payments: BTreeSet<String>,
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
        state.records.insert(key.clone(), Held::new(fields, version, None));
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

    pub(crate) fn show(key: &RecordKey, held: &Held) -> Presence {
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
            lock: held.lock,
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
                count_up(&mut fields);
                state.records.insert(key.clone(), Held::new(fields, version, Some(mark.clone())));
                key
            }
            WriteChange::Update { key, expected, .. } => {
                state.log.push(Request::Update(key.clone()));
                let former = state.records[key].clone();
                state.former.insert(key.clone(), former);
                let held = state.records.get_mut(key).unwrap();
                if held.deleted || Revision::new(held.version.to_string()) != *expected {
                    let now = Self::show(key, held);
                    return Err(WriteError::Stale(Box::new(now)));
                }
                held.fields.overlay(&fields);
                count_up(&mut held.fields);
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

    /// A request that changes the system waits for its turn, and asks whether it still may leave.
    async fn may_leave(&self, permit: &Permit) -> Result<(), WriteError> {
        self.fuse.edge().await;
        let may = permit.question();
        if !may().await {
            return Err(WriteError::NotSent("somebody else has the lease".to_owned()));
        }
        self.fuse.edge_of_write().await;
        Ok(())
    }

    /// What became of a write.
    fn look_for(&self, intent: &Intent) -> Probed {
        let state = self.state();
        let found = |key: &RecordKey| match Self::show(key, &state.records[key]) {
            Presence::Present(record) => Probed::Found(record),
            Presence::Deleted(_) | Presence::Unseen(_) => Probed::Absent,
        };
        let (kind, mark) = match &intent.write.change {
            WriteChange::Create { kind, mark, .. } => (kind, mark),
            WriteChange::Update { key, .. } | WriteChange::Delete { key, .. } => return found(key),
        };
        let marked =
            |(key, held): &(&RecordKey, &Held)| key.kind == *kind && !held.deleted && held.mark.as_ref() == Some(mark);
        let keys: Vec<&RecordKey> = state.records.iter().filter(marked).map(|(key, _)| key).collect();
        match keys.as_slice() {
            [] => Probed::Absent,
            [key] => found(key),
            many => Probed::Ambiguous(many.iter().map(|key| (*key).clone()).collect()),
        }
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
        let schema = self.schema.clone();
        self.fuse.edge().await;
        Ok(schema)
    }

    fn recall(&self, _: &Schema) {}

    async fn changes(&self, kind: &Kind, since: Option<&Cursor>, page: u32) -> Result<ChangePage, ConnectorError> {
        self.fuse.edge().await;
        self.looked()?;
        let slow = self.state().slow;
        tokio::time::sleep(std::time::Duration::from_secs(slow)).await;
        let found = self.list(kind, since, page);
        self.fuse.edge().await;
        Ok(found)
    }

    async fn read(&self, keys: &[RecordKey]) -> Result<Vec<Presence>, ConnectorError> {
        self.fuse.edge().await;
        self.looked()?;
        let seen = {
            let state = self.state();
            let show = |key: &RecordKey| {
                state.records.get(key).map_or_else(|| Presence::Unseen(key.clone()), |held| Self::show(key, held))
            };
            keys.iter().map(show).collect()
        };
        self.fuse.edge().await;
        Ok(seen)
    }

    async fn stale(&self, expected: &[(RecordKey, Revision)]) -> Result<Vec<Presence>, ConnectorError> {
        self.fuse.edge().await;
        self.looked()?;
        let stale = {
            let mut state = self.state();
            if state.restless {
                state.version += 1;
                let (version, street) = (state.version, format!("Uroligvej {}", state.version));
                for (key, _) in expected {
                    let held = state.records.get_mut(key).unwrap();
                    held.version = version;
                    held.fields.set(Field::Street.own(self.side), Value::text(street.as_str()));
                }
            }
            let moved_on = expected.iter().filter_map(|(key, revision)| {
                let held = state.records.get(key)?;
                (held.deleted || held.version.to_string() != revision.as_str()).then(|| Self::show(key, held))
            });
            moved_on.collect()
        };
        self.fuse.edge().await;
        Ok(stale)
    }

    async fn write(&self, intent: &Journaled) -> Result<Receipt, WriteError> {
        self.may_leave(intent.permit()).await?;
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
            Some(WriteFault::Late(seconds)) => {
                let (system, intent) = (self.clone(), intent.intent().clone());
                tokio::spawn(async move {
                    tokio::time::sleep(std::time::Duration::from_secs(seconds)).await;
                    let _ = system.store(&intent);
                });
                return Err(WriteError::Unknown("lost".to_owned()));
            }
            Some(WriteFault::LostAfter) => {
                self.store(intent.intent())?;
                return Err(WriteError::Unknown("lost".to_owned()));
            }
            Some(WriteFault::Twice) => {
                for _ in 0..2 {
                    self.store(intent.intent())?;
                }
                return Err(WriteError::Unknown("lost".to_owned()));
            }
            Some(WriteFault::Away) => return Err(WriteError::NotSent("away".to_owned())),
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
        if self.state().unreadable {
            return Err(self.error());
        }
        let shown = self.read(keys).await?;
        let state = self.state();
        let before = |it: Presence| match state.former.get(&it.key()).filter(|_| state.lags) {
            Some(held) => Self::show(&it.key(), held),
            None => it,
        };
        Ok(shown.into_iter().map(before).collect())
    }

    async fn probe(&self, intent: &Intent) -> Result<Probed, ConnectorError> {
        self.fuse.edge().await;
        self.looked()?;
        let found = self.look_for(intent);
        self.fuse.edge().await;
        Ok(found)
    }

    async fn perform(&self, effect: &JournaledEffect, _: &Record) -> Result<Option<Record>, WriteError> {
        self.may_leave(effect.permit()).await?;
        let fault = {
            let mut state = self.state();
            (!state.effect_faults.is_empty()).then(|| state.effect_faults.remove(0))
        };
        match fault {
            Some(WriteFault::LostBefore) => return Err(WriteError::Unknown("lost".to_owned())),
            Some(WriteFault::Away) => return Err(WriteError::NotSent("away".to_owned())),
            Some(WriteFault::Late(seconds)) => {
                let (system, record) = (self.clone(), effect.record().clone());
                tokio::spawn(async move {
                    tokio::time::sleep(std::time::Duration::from_secs(seconds)).await;
                    let _ = system.bring_about(&record);
                });
                return Err(WriteError::Unknown("lost".to_owned()));
            }
            Some(WriteFault::LostAfter | WriteFault::Twice) => {
                self.bring_about(effect.record())?;
                return Err(WriteError::Unknown("lost".to_owned()));
            }
            Some(WriteFault::Refused) => {
                let message = "no".to_owned();
                return Err(WriteError::Refused(Refusal { message, field: None, class: FailureClass::Accounting }));
            }
            None => {}
        }
        let after = self.bring_about(effect.record())?;
        self.fuse.edge().await;
        Ok(Some(after))
    }

    async fn probe_effect(&self, effect: &JournaledEffect) -> Result<EffectFound, ConnectorError> {
        self.fuse.edge().await;
        self.looked()?;
        let found = self.look_for_effect(effect.record());
        self.fuse.edge().await;
        Ok(found)
    }

    fn usage(&self) -> Usage {
        let state = self.state();
        let writes = state.log.iter().filter(|request| changes(request)).count() as u64;
        Usage { requests: state.log.len() as u64, writes }
    }

    fn wait_for(&self, requests: u64) -> u64 {
        requests * self.state().wait
    }
}
