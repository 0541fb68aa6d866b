//! What a person decides, from the words that were typed to the ledger. No run is waited for; the next planning follows it.

use std::collections::BTreeMap;

use field_mapping::{EntityMapping, Mapping};
use reconcile::{Decision, Reply};
use sync_model::{Module, Presence, Record, RecordKey, Side, Sides};
use sync_run::{Decided, Engine, Scope};

use crate::app::App;
use crate::inbox::{Entry, Inbox};
use crate::meeting::Meeting;
use crate::reference::{ModuleName, RecordReference};
use crate::{AppError, Preview};

/// A decision that is given, or taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Who says it.
    pub by: String,
    /// Whether it is given; otherwise it is taken back.
    pub given: bool,
}

impl App {
    /// Everything that waits for a person, as the last run left it.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn inbox(&self) -> Result<Inbox, AppError> {
        let engine = self.engine().await?;
        let findings = engine.store.findings(&engine.pair).await?;
        Ok(Inbox::new(findings, &engine.store.decisions(&engine.pair).await?))
    }

    /// How many entries of the inbox nobody has answered.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn waiting(&self) -> Result<usize, AppError> {
        Ok(self.inbox().await?.entries().iter().filter(|entry| entry.waits()).count())
    }

    /// How the records of both systems would find each other now. Nothing is written anywhere.
    ///
    /// # Errors
    /// When a system, the store or the mapping cannot be used.
    pub async fn meeting(&self, modules: &[ModuleName]) -> Result<Meeting, AppError> {
        let preview = self.plan(modules).await?;
        self.meeting_of(&preview).await
    }

    /// What `preview` says about how records find each other.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn meeting_of(&self, preview: &Preview) -> Result<Meeting, AppError> {
        let engine = self.engine().await?;
        let first = !engine.store.has_links(&engine.pair).await?;
        Ok(Meeting::new(preview, &engine.store.decisions(&engine.pair).await?, first))
    }

    /// Answers the inbox entry called `id`.
    ///
    /// # Errors
    /// When there is no such entry or that is no answer to it.
    pub async fn answer(&self, id: &str, reply: Reply, word: &Word) -> Result<Entry, AppError> {
        let entry = self.inbox().await?.find(id)?.clone();
        let decisions = entry.decided_by(reply)?;
        self.decide(decisions.into_iter().map(|decision| (entry.module.clone(), decision)), word).await?;
        Ok(entry)
    }

    /// Resolves the conflict called `id` by taking the value of `take` in `fields`, or in all fields where none is named.
    ///
    /// # Errors
    /// When there is no such conflict, or no such field in it.
    pub async fn resolve(&self, id: &str, take: Side, fields: &[String], word: &Word) -> Result<Entry, AppError> {
        let entry = self.inbox().await?.find(id)?.clone();
        let mut decisions = Vec::new();
        for field in fields {
            decisions.extend(entry.resolved_by(take, Some(field))?);
        }
        if fields.is_empty() {
            decisions = entry.resolved_by(take, None)?;
        }
        self.decide(decisions.into_iter().map(|decision| (entry.module.clone(), decision)), word).await?;
        Ok(entry)
    }

    /// Says that two records are the same thing.
    ///
    /// # Errors
    /// When they are not one of each system, do not exist, are linked already, or the mapping does not take them together:
    /// then the word would have no effect.
    pub async fn confirm(&self, one: &RecordReference, other: &RecordReference, word: &Word) -> Result<(), AppError> {
        let keys = facing(one, other)?;
        if word.given {
            let found = self.free(&[(Side::Left, keys.left.clone()), (Side::Right, keys.right.clone())]).await?;
            if let [left, right] = found.as_slice() {
                taken_together(&self.mapping_known().await?, &Sides::new(left, right))?;
            }
        }
        let module = self.module_of(&RecordReference { side: Side::Right, key: keys.right.clone() })?;
        self.decide(module.into_iter().map(|module| (module, Decision::Same(keys.clone()))), word).await
    }

    /// Says of every doubtful pair of `meeting` with this score or more that it is the same thing, unless one of its records
    /// stands in another such pair. The pairs are given back.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn confirm_above(
        &self,
        meeting: &Meeting,
        score: u8,
        word: &Word,
    ) -> Result<Vec<Sides<RecordKey>>, AppError> {
        let mut sure = Vec::new();
        for module in &meeting.modules {
            let likely: Vec<_> = module.asked.iter().filter(|it| it.score >= score).map(|it| &it.keys).collect();
            let mut times: BTreeMap<(Side, &RecordKey), u32> = BTreeMap::new();
            for end in likely.iter().flat_map(|keys| keys.iter()) {
                *times.entry(end).or_default() += 1;
            }
            let alone = likely.into_iter().filter(|keys| keys.iter().all(|end| times[&end] == 1));
            sure.extend(alone.map(|keys| (module.module.clone(), Decision::Same(keys.clone()))));
        }
        self.decide(sure.iter().cloned(), word).await?;
        let keys = |decision: Decision| if let Decision::Same(keys) = decision { Some(keys) } else { None };
        Ok(sure.into_iter().filter_map(|(_, decision)| keys(decision)).collect())
    }

    /// Says that a record is to be left alone.
    ///
    /// # Errors
    /// When it does not exist or is linked already.
    pub async fn ignore(&self, record: &RecordReference, word: &Word) -> Result<(), AppError> {
        let (side, key) = (record.side, record.key.clone());
        if word.given {
            self.free(&[(side, key.clone())]).await?;
        }
        let modules = self.module_of(record)?;
        self.decide(modules.into_iter().map(|module| (module, Decision::Ignored(side, key.clone()))), word).await
    }

    /// Says that two records are not the same thing.
    ///
    /// # Errors
    /// When they are not one of each system, or are linked with each other.
    pub async fn tell_apart(
        &self,
        one: &RecordReference,
        other: &RecordReference,
        word: &Word,
    ) -> Result<(), AppError> {
        let keys = facing(one, other)?;
        let links = self.links(&[(Side::Left, keys.left.clone()), (Side::Right, keys.right.clone())]).await?;
        if word.given && links.contains(&keys) {
            return Err(AppError::LinkedAlready(keys.left.to_string(), keys.right.to_string()));
        }
        let module = self.module_of(&RecordReference { side: Side::Right, key: keys.right.clone() })?;
        self.decide(module.into_iter().map(|module| (module, Decision::Different(keys.clone()))), word).await
    }

    async fn decide(
        &self,
        decisions: impl IntoIterator<Item = (Module, Decision)>,
        word: &Word,
    ) -> Result<(), AppError> {
        let engine = self.engine().await?;
        let at = engine.clock.now();
        let said = |(module, decision)| Decided { module, decision, given: word.given, by: word.by.clone(), at };
        let decided: Vec<Decided> = decisions.into_iter().map(said).collect();
        Ok(engine.store.decide(&engine.pair, &decided).await?)
    }

    /// The records as they are now, made sure that they exist and have no link.
    async fn free(&self, records: &[(Side, RecordKey)]) -> Result<Vec<Record>, AppError> {
        let mut all = Vec::new();
        for (side, key) in records {
            let found = self.connector(*side).read(std::slice::from_ref(key)).await?;
            let present = found.into_iter().find_map(|it| if let Presence::Present(it) = it { Some(it) } else { None });
            all.push(present.ok_or_else(|| AppError::NoSuchRecord(key.to_string()))?);
        }
        match self.links(records).await?.into_iter().next() {
            Some(keys) => Err(AppError::LinkedAlready(keys.left.to_string(), keys.right.to_string())),
            None => Ok(all),
        }
    }

    /// The links of these records, ended ones included.
    async fn links(&self, records: &[(Side, RecordKey)]) -> Result<Vec<Sides<RecordKey>>, AppError> {
        let Engine { store, pair, .. } = self.engine().await?;
        let scope = Scope { kinds: self.kinds(), touched: records.to_vec(), ..Scope::default() };
        let links = store.load(&pair, &scope).await?.links;
        let concerned = |keys: &Sides<RecordKey>| records.iter().any(|(side, key)| keys.get(*side) == key);
        Ok(links.into_iter().map(|(_, link)| link.keys).filter(concerned).collect())
    }

    /// The modules that a record may belong to. Dinero's contacts are organisations or persons; what is said of one is
    /// said in both modules and means something in one.
    fn module_of(&self, record: &RecordReference) -> Result<Vec<Module>, AppError> {
        let candidates = match record.module() {
            Some(module) => vec![module],
            None => vec!["organisations", "contacts"],
        };
        let known: Vec<_> = candidates.into_iter().filter(|module| self.takes_part(module)).map(Module::new).collect();
        if known.is_empty() { Err(AppError::NoSuchModule(record.key.kind.to_string())) } else { Ok(known) }
    }
}

/// Makes sure that the mapping takes these two together; otherwise it is said which filter leaves which of them out.
fn taken_together(mapping: &Mapping, records: &Sides<&Record>) -> Result<(), AppError> {
    let of_their_kinds = |entity: &&EntityMapping| records.iter().all(|(side, it)| *entity.kinds.get(side) == it.kind);
    let mut left_out = None;
    for module in &mapping.modules {
        for entity in module.entities.iter().filter(of_their_kinds) {
            let refusing = records.iter().find_map(|(side, record)| Some((record, entity.refusal(side, record)?)));
            let Some((record, filter)) = refusing else { return Ok(()) };
            left_out.get_or_insert_with(|| AppError::LeftOut {
                record: record.key().to_string(),
                module: module.module.to_string(),
                field: filter.field.to_string(),
                held: record.fields.get(filter.field.as_str()).map(ToString::to_string).unwrap_or_default(),
            });
        }
    }
    let [left, right] = [records.left, records.right].map(|record| record.key().to_string());
    Err(left_out.unwrap_or(AppError::NeverTogether(left, right)))
}

/// The two records by side; they must be of one system each.
fn facing(one: &RecordReference, other: &RecordReference) -> Result<Sides<RecordKey>, AppError> {
    match (one.side, other.side) {
        (Side::Left, Side::Right) => Ok(Sides::new(one.key.clone(), other.key.clone())),
        (Side::Right, Side::Left) => Ok(Sides::new(other.key.clone(), one.key.clone())),
        (Side::Left, Side::Left) | (Side::Right, Side::Right) => {
            Err(AppError::SameSystem(one.to_string(), other.to_string()))
        }
    }
}
