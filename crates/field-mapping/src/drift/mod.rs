//! A system that changed under its mapping: what differs from the schemas the mapping was checked against, and what waits.

mod change;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sync_model::{FieldName, Fingerprint, Kind, Module, Schema, Side, Sides, Value};

pub use change::{Change, SchemaChange, changes};

use crate::diagnostic::Diagnostic;
use crate::mapping::{EntityMapping, FieldMapping, Label, Mapping, ModuleMapping};
use crate::written::Source;
use crate::{Direction, resolve};

/// What both systems said of the mapped kinds when the mapping was last checked: kept with the pair, compared in each run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// The kinds that the mapping uses, as each system described them.
    pub schemas: Sides<Schema>,
    /// What each module's mapping meant.
    #[serde(default)]
    pub mapping: BTreeMap<Module, Fingerprint>,
    /// What would be done about each module's records when all of them were last looked at. It changes with directions,
    /// filters and rules, which change the meaning of no value.
    #[serde(default)]
    pub course: BTreeMap<Module, Fingerprint>,
}

/// A field, or a kind's new records, that waits because its system changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The module.
    pub module: Module,
    /// The canonical field, or `None` where it is about new records.
    pub field: Option<FieldName>,
    /// What changed.
    pub cause: SchemaChange,
    /// What it is and what to do, in both languages.
    pub text: Label,
}

impl Checked {
    /// What `mapping` rests on, out of what the systems say today.
    #[must_use]
    pub fn of(mapping: &Mapping, schemas: &Sides<Schema>) -> Self {
        let entities = || mapping.modules.iter().flat_map(|module| &module.entities);
        let used = |side: Side| {
            let kinds = entities().map(|entity| entity.kinds.get(side));
            let described =
                kinds.filter_map(|kind| Some((kind.clone(), schemas.get(side).kind(kind.as_str())?.clone())));
            Schema { kinds: described.collect() }
        };
        let meant = mapping.modules.iter().map(|module| (module.module.clone(), module.fingerprint.clone()));
        Self { schemas: Sides::from_fn(used), mapping: meant.collect(), course: BTreeMap::new() }
    }

    /// A digest that changes with anything drift looks at. Labels, orders and fields that nobody needs are no part of it.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        let mut parts = vec!["schema 1".to_owned()];
        for (side, schema) in self.schemas.iter() {
            for (kind, described) in &schema.kinds {
                let mut fields: Vec<String> = described.fields.iter().map(change::digest).collect();
                fields.sort();
                parts.push(format!("{side} {kind}"));
                parts.extend(fields);
            }
        }
        Fingerprint::of(parts)
    }
}

/// The mapping as it was `checked`, with what the systems changed since then held and everything else in force. Where
/// nothing was checked before, it is [`resolve`].
///
/// A field waits when one of its own fields was removed, renamed, retyped, may no longer be written, or lost a choice. When
/// such a field carries a match rule, nothing new is made either, because nobody could tell what is there already.
/// A field that became mandatory holds only new records that lack it. A module whose mapping means something else than when
/// it was checked waits for nothing: it is taken as it fits today.
///
/// # Errors
/// As [`resolve`], when the mapping was changed since and does not fit.
pub fn resolve_checked(
    source: &Source<'_>,
    modules: &[String],
    checked: Option<&Checked>,
    today: &Sides<Schema>,
    direction: Direction,
    variables: &BTreeMap<String, Value>,
) -> Result<(Mapping, Vec<Held>), Vec<Diagnostic>> {
    let Some(checked) = checked.filter(|checked| **checked != Checked::default()) else {
        return resolve(source, modules, today, direction, variables).map(|mapping| (mapping, Vec::new()));
    };
    let changes = changes(checked, today);
    let now = resolve(source, modules, today, direction, variables);
    if changes.is_empty() {
        return now.map(|mapping| (mapping, Vec::new()));
    }
    // A mapping that rests on what was not there when the last one was checked was changed since.
    let Ok(mut mapping) = resolve(source, modules, &with_new_kinds(checked, today), direction, variables) else {
        return now.map(|mapping| (mapping, Vec::new()));
    };
    let mut held = Vec::new();
    for module in &mut mapping.modules {
        let mended = now.iter().flat_map(|now| &now.modules).find(|it| it.module == module.module);
        match mended {
            Some(mended) if checked.mapping.get(&module.module) != Some(&module.fingerprint) => {
                module.clone_from(mended);
            }
            Some(_) | None => hold(module, &changes, today, &mut held),
        }
    }
    Ok((mapping, held))
}

/// The schemas it was checked against, and today's kinds that the mapping did not use then.
fn with_new_kinds(checked: &Checked, today: &Sides<Schema>) -> Sides<Schema> {
    Sides::from_fn(|side| {
        let mut schema = today.get(side).clone();
        schema.kinds.extend(checked.schemas.get(side).kinds.clone());
        schema
    })
}

fn hold(module: &mut ModuleMapping, changes: &[SchemaChange], today: &Sides<Schema>, held: &mut Vec<Held>) {
    let name = module.module.clone();
    let mut lost: Vec<FieldName> = Vec::new();
    for entity in &mut module.entities {
        for change in changes.iter().filter(|change| *entity.kinds.get(change.side) == change.kind) {
            if change.what == Change::Mandatory {
                let needs = entity.needs.get_mut(change.side);
                let given = entity.constants.get(change.side).get(change.field.as_str()).is_some();
                if *entity.makes.get(change.side) && !given && !needs.contains(&change.field) {
                    needs.push(change.field.clone());
                    held.push(Held { module: name.clone(), field: None, cause: change.clone(), text: change.text() });
                }
                continue;
            }
            let waits =
                |field: &FieldMapping| change.holds() && field.own_fields(change.side).any(|own| *own == change.field);
            for field in entity.fields.iter().filter(|field| waits(field)) {
                let field = Some(field.name.clone());
                held.push(Held { module: name.clone(), field, cause: change.clone(), text: change.text() });
            }
            lost.extend(entity.fields.iter().filter(|field| waits(field)).map(|field| field.name.clone()));
            entity.fields.retain(|field| !waits(field));
        }
        renew(entity, today);
    }
    let broken = |fields: &[FieldName]| fields.iter().any(|name| lost.contains(name));
    if module.rules.iter().any(|rule| broken(&rule.fields)) {
        for entity in &mut module.entities {
            entity.makes = Sides::new(false, false);
        }
    }
    module.rules.retain(|rule| !broken(&rule.fields));
}

/// The limits of today for the fields that go on: a column may have grown or shrunk.
fn renew(entity: &mut EntityMapping, today: &Sides<Schema>) {
    let kinds: Sides<Kind> = entity.kinds.clone();
    for field in &mut entity.fields {
        for side in Side::BOTH {
            let Some(kind) = today.get(side).kind(kinds.get(side).as_str()) else { continue };
            for spec in &mut field.bindings.get_mut(side).fields {
                if let Some(new) = kind.field(spec.name.as_str()) {
                    spec.clone_from(new);
                }
            }
        }
    }
}
