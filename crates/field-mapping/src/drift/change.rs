//! What can change in a schema, and how it is told.

use serde::{Deserialize, Serialize};
use sync_model::{Choice, FieldName, FieldSpec, FieldType, Kind, KindSchema, Schema, Side, Sides};

use super::Checked;
use crate::fold::fold;
use crate::mapping::Label;

/// One difference between the schema a mapping was checked against and today's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaChange {
    /// Whose schema.
    pub side: Side,
    /// Which kind.
    pub kind: Kind,
    /// Which of its own fields.
    pub field: FieldName,
    /// What happened to it.
    pub what: Change,
}

/// What happened to a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It is gone, and with it perhaps its kind.
    Removed,
    /// It is gone, and a new field of the same label and type is there.
    Renamed {
        /// The new name.
        to: FieldName,
    },
    /// It holds something else.
    Retyped {
        /// What it held.
        from: String,
        /// What it holds.
        to: String,
    },
    /// A new record needs it, and did not before.
    Mandatory,
    /// It may no longer be written.
    ReadOnly,
    /// Its list lost these choices.
    ChoicesGone {
        /// The stored values.
        values: Vec<String>,
    },
    /// It keeps fewer characters.
    Shorter {
        /// How many.
        max: u32,
    },
}

impl SchemaChange {
    /// Whether a field that rests on it waits. A shorter column holds only the values that no longer fit.
    #[must_use]
    pub fn holds(&self) -> bool {
        match self.what {
            Change::Removed
            | Change::Renamed { .. }
            | Change::Retyped { .. }
            | Change::ReadOnly
            | Change::ChoicesGone { .. } => true,
            Change::Mandatory | Change::Shorter { .. } => false,
        }
    }

    /// What happened and what to do about it.
    #[must_use]
    pub fn text(&self) -> Label {
        let (kind, field) = (&self.kind, &self.field);
        let (da, en) = match &self.what {
            Change::Removed => (
                format!("{kind} har ikke længere feltet `{field}`; opret det igen, eller ret kortlægningen"),
                format!("{kind} no longer has the field `{field}`; make it again, or correct the mapping"),
            ),
            Change::Renamed { to } => (
                format!("`{field}` i {kind} hedder nu `{to}`; ret kortlægningen"),
                format!("`{field}` of {kind} is now called `{to}`; correct the mapping"),
            ),
            Change::Retyped { from, to } => (
                format!("`{field}` i {kind} er ikke længere {from}, men {to}; ret kortlægningen"),
                format!("`{field}` of {kind} is no longer {from}, but {to}; correct the mapping"),
            ),
            Change::Mandatory => (
                format!("{kind} kræver nu `{field}`; giv feltet en værdi i kortlægningen"),
                format!("{kind} now needs `{field}`; give it a value in the mapping"),
            ),
            Change::ReadOnly => (
                format!("`{field}` i {kind} kan ikke længere skrives; giv brugeren ret til det"),
                format!("`{field}` of {kind} can no longer be written; give the user the right to"),
            ),
            Change::ChoicesGone { values } => (
                format!(
                    "listen `{field}` i {kind} har ikke længere: {}; tilføj dem igen, eller ret kortlægningen",
                    values.join(", ")
                ),
                format!(
                    "the list `{field}` of {kind} no longer has: {}; add them again, or correct the mapping",
                    values.join(", ")
                ),
            ),
            Change::Shorter { max } => (
                format!("`{field}` i {kind} har nu kun plads til {max} tegn"),
                format!("`{field}` of {kind} now keeps only {max} characters"),
            ),
        };
        Label { da, en }
    }
}

/// Everything that differs in a way a mapping can feel, in the order of sides, kinds and fields.
#[must_use]
pub fn changes(checked: &Checked, today: &Sides<Schema>) -> Vec<SchemaChange> {
    let mut found = Vec::new();
    for (side, schema) in checked.schemas.iter() {
        for (kind, before) in &schema.kinds {
            let now = today.get(side).kind(kind.as_str());
            for spec in &before.fields {
                found.extend(of_field(before, now, spec).into_iter().map(|what| (side, kind, &spec.name, what)));
            }
            let new = now.into_iter().flat_map(|now| &now.fields);
            let mandatory = new.filter(|spec| {
                spec.required && spec.writable && before.field(spec.name.as_str()).is_none_or(|it| !it.required)
            });
            found.extend(mandatory.map(|spec| (side, kind, &spec.name, Change::Mandatory)));
        }
    }
    let change = |(side, kind, field, what): (Side, &Kind, &FieldName, Change)| SchemaChange {
        side,
        kind: kind.clone(),
        field: field.clone(),
        what,
    };
    found.into_iter().map(change).collect()
}

fn of_field(before: &KindSchema, now: Option<&KindSchema>, spec: &FieldSpec) -> Vec<Change> {
    let Some(new) = now.and_then(|now| now.field(spec.name.as_str())) else {
        let label = fold(&spec.label);
        let twin = now.into_iter().flat_map(|now| &now.fields).find(|it| {
            before.field(it.name.as_str()).is_none()
                && fold(&it.label) == label
                && type_name(&it.ty) == type_name(&spec.ty)
        });
        return vec![twin.map_or(Change::Removed, |twin| Change::Renamed { to: twin.name.clone() })];
    };
    let mut found = Vec::new();
    let (from, to) = (type_name(&spec.ty), type_name(&new.ty));
    if from != to {
        found.push(Change::Retyped { from: from.to_owned(), to: to.to_owned() });
    }
    if spec.writable && !new.writable {
        found.push(Change::ReadOnly);
    }
    if let (FieldType::Choice(old), FieldType::Choice(new)) = (&spec.ty, &new.ty) {
        let gone = |choice: &&Choice| new.iter().all(|it| it.value != choice.value);
        let values: Vec<String> = old.iter().filter(gone).map(|choice| choice.value.clone()).collect();
        if !values.is_empty() {
            found.push(Change::ChoicesGone { values });
        }
    }
    match (spec.max_chars, new.max_chars) {
        (old, Some(max)) if old.is_none_or(|old| max < old) => found.push(Change::Shorter { max }),
        (_, Some(_) | None) => {}
    }
    found
}

fn type_name(ty: &FieldType) -> &'static str {
    match ty {
        FieldType::Text => "text",
        FieldType::Decimal { .. } => "number",
        FieldType::Flag => "flag",
        FieldType::Date => "day",
        FieldType::Time => "time",
        FieldType::Choice(_) => "list",
        FieldType::Reference(_) => "reference",
        FieldType::Rows(_) => "rows",
    }
}

/// One field as drift sees it.
pub(super) fn digest(spec: &FieldSpec) -> String {
    let choices: Vec<&str> = match &spec.ty {
        FieldType::Choice(choices) => choices.iter().map(|choice| choice.value.as_str()).collect(),
        _ => Vec::new(),
    };
    let FieldSpec { name, required, writable, max_chars, .. } = spec;
    format!("{name} {} {required} {writable} {max_chars:?} {choices:?}", type_name(&spec.ty))
}
