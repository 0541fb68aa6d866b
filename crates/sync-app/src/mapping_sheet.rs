//! The mapping as a sheet to edit: the pairs of each kind side by side, what either system still has to offer, and what is
//! wrong, checked against both systems as they are now.

use field_mapping::{Draft, Mapping, Travel as DraftTravel};
use serde::Serialize;
use sync_model::{KindSchema, Schema, Side, Sides};

use crate::mapping::{Travel, travel_of};
use crate::settings::CustomMapping;
use crate::{App, AppError, Language, Say};

/// The mapping as a sheet.
#[derive(Debug, Clone, Serialize)]
pub struct MappingSheet {
    /// One for each pair of kinds.
    pub entities: Vec<EntitySheet>,
    /// What is wrong, each with the place and the remedy; empty when the mapping fits.
    pub wrong: Vec<String>,
}

/// One pair of kinds.
#[derive(Debug, Clone, Serialize)]
pub struct EntitySheet {
    /// Simply CRM's module, by which edits name it.
    pub entity: String,
    /// What the module is called on every page.
    pub label: String,
    /// The pairs of fields.
    pub pairs: Vec<PairRow>,
    /// Dinero's fields that are in no pair: name and label.
    pub free_dinero: Vec<(String, String)>,
    /// Simply CRM's fields that are in no pair: name and label.
    pub free_crm: Vec<(String, String)>,
}

/// One pair of fields.
#[derive(Debug, Clone, Serialize)]
pub struct PairRow {
    /// The mapping's name, by which edits name it.
    pub field: String,
    /// What people call it.
    pub label: String,
    /// Dinero's own fields.
    pub dinero: String,
    /// Simply CRM's own fields.
    pub crm: String,
    /// Where values travel.
    pub travel: Travel,
    /// How they are translated.
    pub translation: &'static str,
}

/// One edit of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MappingEdit {
    /// A pair travels another way.
    Travel {
        /// The CRM module.
        entity: String,
        /// The pair.
        field: String,
        /// The way.
        to: Travel,
    },
    /// A pair is taken out.
    Remove {
        /// The CRM module.
        entity: String,
        /// The pair.
        field: String,
    },
    /// A pair is put in.
    Add {
        /// The CRM module.
        entity: String,
        /// Dinero's field.
        dinero: String,
        /// Simply CRM's field.
        crm: String,
    },
    /// The whole text is written anew.
    Text(String),
    /// Everything is as in the standard mapping again.
    Standard,
}

/// A mapping's text after an edit. What it means is checked by [`App::mapping_sheet`].
///
/// # Errors
/// [`AppError::Mapping`] when the text is no TOML or has no such pair.
pub fn edited(text: &str, edit: &MappingEdit, modules: &[String]) -> Result<String, AppError> {
    let mut draft = Draft::parse(text)?;
    match edit {
        MappingEdit::Travel { entity, field, to } => {
            let travel = match to {
                Travel::ToDinero => DraftTravel::ToDinero,
                Travel::ToCrm => DraftTravel::ToCrm,
                // Both ways is what follows the direction of the settings.
                Travel::Both | Travel::None => DraftTravel::Both,
            };
            draft.travel(entity, field, travel)?;
        }
        MappingEdit::Remove { entity, field } => draft.remove(entity, field)?,
        MappingEdit::Add { entity, dinero, crm } => draft.add(entity, &name_for(crm), dinero, crm, "text")?,
        MappingEdit::Text(text) => draft = Draft::parse(text)?,
        MappingEdit::Standard => draft = Draft::standard(modules),
    }
    Ok(draft.to_string())
}

/// A name for a pair, made from the CRM field's.
fn name_for(crm: &str) -> String {
    crm.chars().map(|it| if it.is_ascii_alphanumeric() { it.to_ascii_lowercase() } else { '_' }).collect()
}

impl App {
    /// The mapping in force as a sheet; with `text`, that of a custom mapping that is not in force.
    ///
    /// # Errors
    /// When a system cannot be asked. A mapping that does not fit is no error here.
    pub async fn mapping_sheet(&self, text: Option<&str>, language: Language) -> Result<MappingSheet, AppError> {
        let schemas = self.schemas().await?;
        let rules = match text {
            Some(text) => {
                self.rules().with_mapping(CustomMapping { file: "mapping.toml".to_owned(), text: text.to_owned() })
            }
            None => self.rules().clone(),
        };
        Ok(match rules.check(&schemas) {
            Ok(mapping) => MappingSheet { entities: sheets(&mapping, &schemas, language), wrong: Vec::new() },
            Err(wrong) => MappingSheet {
                entities: Vec::new(),
                wrong: wrong.iter().map(|diagnostic| diagnostic.say(language)).collect(),
            },
        })
    }
}

fn sheets(mapping: &Mapping, schemas: &Sides<Schema>, language: Language) -> Vec<EntitySheet> {
    let entities = mapping.modules.iter().flat_map(|module| module.entities.iter().map(move |it| (&module.module, it)));
    entities
        .map(|(module, entity)| {
            let kind = |side: Side| schemas.get(side).kinds.get(entity.kinds.get(side));
            let own = |field: &field_mapping::FieldMapping, side: Side| {
                field.own_fields(side).map(ToString::to_string).collect::<Vec<_>>().join(", ")
            };
            let pairs: Vec<PairRow> = entity
                .fields
                .iter()
                .map(|field| PairRow {
                    field: field.name.to_string(),
                    label: language.pick(&field.label.da, &field.label.en).to_owned(),
                    dinero: own(field, Side::Left),
                    crm: own(field, Side::Right),
                    travel: travel_of(field.direction),
                    translation: field.lens().name(),
                })
                .collect();
            let taken = |name: &str, side: Side| {
                entity.fields.iter().any(|field| field.own_fields(side).any(|own| own.as_str() == name))
            };
            let free = |side: Side| kind(side).map(|kind| free(kind, |name| taken(name, side))).unwrap_or_default();
            EntitySheet {
                entity: entity.kinds.right.to_string(),
                label: crate::module_name(module.as_str(), language),
                pairs,
                free_dinero: free(Side::Left),
                free_crm: free(Side::Right),
            }
        })
        .collect()
}

fn free(kind: &KindSchema, taken: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    let open = kind.fields.iter().filter(|field| field.writable && !taken(field.name.as_str()));
    open.map(|field| (field.name.to_string(), field.label.clone())).collect()
}
