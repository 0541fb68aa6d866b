//! What `describe` says, as a schema.

use simplycrm_client::{FieldKind, FieldSchema, ModuleSchema, PicklistValue};
use sync_model::{Choice, FieldName, FieldSpec, FieldType, Kind, KindSchema};

use crate::columns::max_chars;
use crate::invoice::{INVOICE, extended};

/// Names and labels of the custom field that holds the Dinero guid.
const MARK_NAMES: [&str; 4] = ["cf_dinero_guid", "cf_dineroguid", "cf_dinero_id", "cf_dinero"];
const MARK_LABELS: [&str; 4] = ["dineroguid", "dineroid", "dineronummer", "dinero"];

pub(crate) fn kind_schema(kind: &Kind, module: &ModuleSchema) -> KindSchema {
    // Whoever may neither make nor change records of a module can write none of its fields.
    let may_write = module.createable || module.updateable;
    let fields = module.fields.iter().map(|field| spec(kind, field, may_write)).collect();
    let schema = KindSchema { kind: kind.clone(), label: module.label.clone(), fields };
    if kind.as_str() == INVOICE { extended(schema) } else { schema }
}

/// Names and labels of the custom field of an invoice that names the invoice it credits.
const CREDITS_NAMES: [&str; 3] = ["cf_krediterer_faktura", "cf_krediterer", "cf_credited_invoice"];
const CREDITS_LABELS: [&str; 4] = ["kreditererfaktura", "krediterer", "creditsinvoice", "creditedinvoice"];

/// The custom field that names the invoice which an invoice credits, where there is one.
pub(crate) fn credits_field(schema: &KindSchema) -> Option<FieldName> {
    custom_field(schema, &CREDITS_NAMES, &CREDITS_LABELS)
}

fn spec(kind: &Kind, field: &FieldSchema, may_write: bool) -> FieldSpec {
    FieldSpec {
        name: FieldName::new(field.name.as_str()),
        label: field.label.clone(),
        ty: field_type(&field.kind),
        // The owner is filled in by the connector.
        required: field.mandatory && !matches!(field.kind, FieldKind::Owner),
        writable: field.editable && may_write,
        max_chars: max_chars(kind.as_str(), &field.name),
    }
}

fn field_type(kind: &FieldKind) -> FieldType {
    match kind {
        FieldKind::Integer => FieldType::Decimal { scale: Some(0) },
        FieldKind::Double | FieldKind::Currency => FieldType::Decimal { scale: None },
        FieldKind::Boolean => FieldType::Flag,
        FieldKind::Date => FieldType::Date,
        FieldKind::DateTime => FieldType::Time,
        FieldKind::Picklist(values) => FieldType::Choice(values.iter().map(choice).collect()),
        FieldKind::Reference(modules) => {
            FieldType::Reference(modules.iter().map(|it| Kind::new(it.as_str())).collect())
        }
        FieldKind::Owner => FieldType::Reference(vec![Kind::new("Users")]),
        _ => FieldType::Text,
    }
}

fn choice(value: &PicklistValue) -> Choice {
    Choice { value: value.value.clone(), label: value.label.clone() }
}

/// The custom field for the Dinero guid, where there is one.
pub(crate) fn mark_field(schema: &KindSchema) -> Option<FieldName> {
    custom_field(schema, &MARK_NAMES, &MARK_LABELS)
}

fn custom_field(schema: &KindSchema, names: &[&str], labels: &[&str]) -> Option<FieldName> {
    let by_name = names.iter().find_map(|name| schema.field(name));
    let plain = |label: &str| label.to_lowercase().chars().filter(|char| char.is_alphanumeric()).collect::<String>();
    let by_label = || {
        let custom = schema.fields.iter().filter(|field| field.name.as_str().starts_with("cf_"));
        custom.into_iter().find(|field| labels.contains(&plain(&field.label).as_str()))
    };
    by_name.or_else(by_label).map(|field| field.name.clone())
}
