//! One record as people see it: both sides of it, and whether it may be sent by itself.

use field_mapping::{EntityMapping, Mapping};
use serde::Serialize;
use sync_model::{Kind, Record, Schema, Side, Sides};
use sync_run::{Rules, RunError, Scope};

use crate::reference::RecordReference;
use crate::settings::SyncDirection;
use crate::words::side_name;
use crate::{App, AppError, Language};

/// One record, as both systems showed it last.
#[derive(Debug, Clone, Serialize)]
pub struct RecordView {
    /// Its name.
    pub title: String,
    /// Whose it is.
    pub system: &'static str,
    /// Its partner in the other system, when it is linked.
    pub partner: Option<String>,
    /// Whether Afstem has ever seen it.
    pub known: bool,
    /// Its fields, side by side.
    pub fields: Vec<FieldPair>,
}

/// One field on both sides.
#[derive(Debug, Clone, Serialize)]
pub struct FieldPair {
    /// The mapping's name of it.
    pub field: String,
    /// What people call it.
    pub label: String,
    /// Dinero's value.
    pub dinero: String,
    /// Simply CRM's value.
    pub simplycrm: String,
    /// Whether they are the same.
    pub same: bool,
}

impl App {
    /// The record that Simply CRM calls `module` and `record`. Its buttons may give the number without the prefix.
    ///
    /// # Errors
    /// When they name no record, or the prefix cannot be asked for.
    pub async fn reference(&self, module: &str, record: &str) -> Result<RecordReference, AppError> {
        let whole = format!("{module}/{record}");
        let bare = !record.is_empty() && record.len() <= 18 && record.bytes().all(|byte| byte.is_ascii_digit());
        if !bare {
            return RecordReference::parse(&whole);
        }
        // Prefixes differ between installations; any record of the module tells.
        RecordReference::parse(&format!("{module}/1x{record}"))
            .map_err(|_| AppError::NoSuchReference(whole.clone()))?;
        let page = self.connector(Side::Right).changes(&Kind::new(module), None, 0).await?;
        let first = page.seen.first().map(|seen| seen.key().id.to_string());
        let prefix = first.as_deref().and_then(|id| id.split_once('x')).map(|(prefix, _)| prefix.to_owned());
        match prefix {
            Some(prefix) => RecordReference::parse(&format!("{module}/{prefix}x{record}")),
            None => Err(AppError::NoSuchRecord(whole)),
        }
    }

    /// What both systems last said of themselves, if both ever did.
    async fn schemas_known(&self) -> Result<Option<Sides<Schema>>, AppError> {
        let engine = self.engine().await?;
        let (left, right) = futures::join!(
            engine.store.schema(&engine.pair, Side::Left),
            engine.store.schema(&engine.pair, Side::Right)
        );
        Ok(left?.zip(right?).map(|((left, _), (right, _))| Sides::new(left, right)))
    }

    /// The mapping as the last run had it; before the first one, the systems are asked.
    pub(crate) async fn mapping_known(&self) -> Result<Mapping, AppError> {
        let known = self.schemas_known().await?.and_then(|schemas| self.rules().mapping(&schemas, None).ok());
        match known {
            Some((mapping, _)) => Ok(mapping),
            None => Ok(self.rules().mapping(&self.schemas().await?, None).map_err(RunError::from)?.0),
        }
    }

    /// Whether `record` may be sent to Dinero by itself.
    ///
    /// # Errors
    /// [`AppError::PushDirection`] unless data go from Simply CRM to Dinero only, and the record is Simply CRM's.
    pub fn may_push(&self, record: &RecordReference) -> Result<(), AppError> {
        let there = self.settings().sync.direction == SyncDirection::CrmToDinero;
        if there && record.side == Side::Right { Ok(()) } else { Err(AppError::PushDirection) }
    }

    /// The mapping in force over what the store knows of both systems; `None` before it knows anything.
    pub(crate) async fn known_mapping(&self) -> Result<Option<Mapping>, AppError> {
        let schemas = self.schemas_known().await?;
        Ok(schemas.and_then(|it| self.rules().mapping(&it, None).ok()).map(|(mapping, _)| mapping))
    }

    /// A record as both systems showed it last. Neither is asked.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn record(&self, reference: &RecordReference, language: Language) -> Result<RecordView, AppError> {
        let engine = self.engine().await?;
        let touched = vec![(reference.side, reference.key.clone())];
        let scope = Scope { kinds: self.kinds(), touched, ..Scope::default() };
        let observed = engine.store.load(&engine.pair, &scope).await?;
        let link = observed.links.iter().find(|(_, link)| *link.keys.get(reference.side) == reference.key);
        let partner = link.map(|(_, link)| link.keys.get(reference.side.other()).clone());
        let record = |side: Side| {
            let key = if side == reference.side { Some(&reference.key) } else { partner.as_ref() };
            key.and_then(|key| observed.records.get(side).get(key)).map(|seen| &seen.record)
        };
        let records = Sides::from_fn(record);
        let mapping = self.known_mapping().await?;
        let entity = mapping.as_ref().and_then(|mapping| entity_of(mapping, &records));
        Ok(RecordView {
            title: entity.map_or_else(|| reference.to_string(), |entity| title(entity, reference, &records)),
            system: side_name(reference.side),
            partner: partner.map(|key| format!("{} {key}", side_name(reference.side.other()))),
            known: records.get(reference.side).is_some(),
            fields: entity.map(|entity| pairs(entity, &records, language)).unwrap_or_default(),
        })
    }
}

/// The entity that takes the record, or the first that takes its kind.
fn entity_of<'m>(mapping: &'m Mapping, records: &Sides<Option<&Record>>) -> Option<&'m EntityMapping> {
    let takes = |entity: &&EntityMapping| {
        records.iter().all(|(side, record)| record.is_none_or(|record| *entity.kinds.get(side) == record.kind))
    };
    let any = records.iter().any(|(_, record)| record.is_some());
    mapping.modules.iter().flat_map(|module| &module.entities).find(takes).filter(|_| any)
}

fn title(entity: &EntityMapping, reference: &RecordReference, records: &Sides<Option<&Record>>) -> String {
    let own = records.get(reference.side).map(|record| entity.project(reference.side, &record.fields).values);
    own.map(|values| entity.title(&values)).filter(|it| !it.is_empty()).unwrap_or_else(|| reference.to_string())
}

fn pairs(entity: &EntityMapping, records: &Sides<Option<&Record>>, language: Language) -> Vec<FieldPair> {
    let values = Sides::from_fn(|side| records.get(side).map(|record| entity.project(side, &record.fields).values));
    let shown = |side: Side, name: &str| {
        let value = values.get(side).as_ref().and_then(|values| values.get(name));
        value.filter(|value| !value.is_empty()).map(ToString::to_string).unwrap_or_default()
    };
    let pair = |field: &field_mapping::FieldMapping| {
        let (dinero, simplycrm) = (shown(Side::Left, field.name.as_str()), shown(Side::Right, field.name.as_str()));
        FieldPair {
            field: field.name.to_string(),
            label: language.pick(&field.label.da, &field.label.en).to_owned(),
            same: dinero == simplycrm,
            dinero,
            simplycrm,
        }
    };
    entity.fields.iter().map(pair).filter(|pair| !(pair.dinero.is_empty() && pair.simplycrm.is_empty())).collect()
}
