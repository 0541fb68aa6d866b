//! The mapping in force, told: which field means which, in which direction, by which translation, and what stands still.

use field_mapping::{Direction, EntityMapping, Label, Mapping};
use serde::Serialize;
use sync_model::Side;

use crate::Language;

/// The mapping in force, checked against what both systems say of themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MappingView {
    /// One row for each pair of fields.
    pub fields: Vec<FieldRow>,
    /// Fields that are left alone on purpose.
    pub unmapped: Vec<UnmappedRow>,
    /// What of the standard mapping this pair cannot have, and why.
    pub notes: Vec<String>,
}

/// One pair of fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldRow {
    /// The module.
    pub module: String,
    /// What a person calls the field.
    pub label: String,
    /// Dinero's own fields.
    pub dinero: Vec<String>,
    /// Where values may travel.
    pub direction: Travel,
    /// Simply CRM's own fields.
    pub simplycrm: Vec<String>,
    /// How values are translated.
    pub translation: &'static str,
}

/// Where the values of a pair of fields may travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Travel {
    /// Both ways.
    Both,
    /// To Dinero only.
    ToDinero,
    /// To Simply CRM only.
    ToCrm,
    /// Nowhere: this run's direction leaves the field still.
    None,
}

/// Fields of one system that are left alone on purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnmappedRow {
    /// The module.
    pub module: String,
    /// Whose fields.
    pub system: &'static str,
    /// Their names.
    pub fields: Vec<String>,
    /// Why.
    pub why: String,
}

/// The JSON Schema of a mapping file, which editors and the settings page use.
#[must_use]
pub fn mapping_schema() -> serde_json::Value {
    field_mapping::file_schema().to_value()
}

impl MappingView {
    pub(crate) fn new(mapping: &Mapping, language: Language) -> Self {
        let entities: Vec<(&str, &EntityMapping)> = mapping
            .modules
            .iter()
            .flat_map(|module| module.entities.iter().map(|entity| (module.module.as_str(), entity)))
            .collect();
        let fields = entities.iter().flat_map(|(module, entity)| field_rows(module, entity, language)).collect();
        let unmapped = entities.iter().flat_map(|(module, entity)| unmapped_rows(module, entity, language)).collect();
        let notes = mapping.notes.iter().map(|note| format!("{}: {}", note.module, said(&note.text, language)));
        Self { fields, unmapped, notes: notes.collect() }
    }
}

fn field_rows(module: &str, entity: &EntityMapping, language: Language) -> Vec<FieldRow> {
    let row = |field: &field_mapping::FieldMapping| FieldRow {
        module: module.to_owned(),
        label: said(&field.label, language).to_owned(),
        dinero: field.own_fields(Side::Left).map(ToString::to_string).collect(),
        direction: travel_of(field.direction),
        simplycrm: field.own_fields(Side::Right).map(ToString::to_string).collect(),
        translation: field.lens().name(),
    };
    entity.fields.iter().map(row).collect()
}

/// Where values travel under `direction`.
pub(crate) fn travel_of(direction: Option<Direction>) -> Travel {
    match direction {
        None => Travel::None,
        Some(Direction::TwoWay { .. }) => Travel::Both,
        Some(Direction::OneWay { from: Side::Left, .. }) => Travel::ToCrm,
        Some(Direction::OneWay { from: Side::Right, .. }) => Travel::ToDinero,
    }
}

fn unmapped_rows(module: &str, entity: &EntityMapping, language: Language) -> Vec<UnmappedRow> {
    let row = |it: &field_mapping::Unmapped| UnmappedRow {
        module: module.to_owned(),
        system: crate::side_name(it.side),
        fields: it.fields.iter().map(ToString::to_string).collect(),
        why: said(&it.why, language).to_owned(),
    };
    entity.unmapped.iter().map(row).collect()
}

fn said(label: &Label, language: Language) -> &str {
    language.pick(&label.da, &label.en)
}
