//! References between records. In canonical form a reference is the CRM's record: Dinero's is carried over by its link.
//!
//! A reference to a record without a link is unknown, never empty: the field is left alone, a record that carries it is
//! not made, and both wait until the other record is linked.

use std::collections::{BTreeMap, BTreeSet};

use field_mapping::{EntityMapping, Fault, ModuleMapping, Projection};
use sync_model::{FieldName, Fields, Kind, RecordKey, Side, Sides, Value};

use crate::Observed;

/// Whom records are linked with: for each side, its records and their counterparts.
pub type Partners = Sides<BTreeMap<RecordKey, RecordKey>>;

/// Modules that refer to each other in a circle: none of them can be first.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("these modules refer to each other in a circle: {0}")]
pub struct ReferenceCircle(pub String);

/// A record in canonical form.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shown {
    pub(crate) values: Fields,
    /// The records it refers to that are not linked. The fields that do are missing from `values`.
    pub(crate) needs: Vec<RecordKey>,
    /// What of an invoice cannot be understood. The fields concerned are missing from `values`.
    pub(crate) faults: Vec<Fault>,
}

/// `own` in canonical form.
pub(crate) fn show(entity: &EntityMapping, side: Side, own: &Fields, partners: &Partners) -> Shown {
    let Projection { values, faults } = entity.project(side, own);
    let faults = faults.into_iter().filter(|fault| fault.kind.is_of_an_invoice()).collect();
    let refers = |(_, value): &(&FieldName, &Value)| value.refers();
    let referring: Vec<(FieldName, Value)> =
        values.iter().filter(refers).map(|(name, value)| (name.clone(), value.clone())).collect();
    let mut shown = Shown { values, needs: Vec::new(), faults };
    for (name, value) in referring {
        let mut needs = Vec::new();
        let value = value.referring(&mut |key| match (side, partners.get(side).get(key)) {
            (Side::Left, Some(partner)) => partner.clone(),
            (Side::Right, Some(_)) => key.clone(),
            (_, None) => {
                needs.push(key.clone());
                key.clone()
            }
        });
        if needs.is_empty() {
            shown.values.set(name, value);
        } else {
            shown.values.remove(name.as_str());
        }
        shown.needs.extend(needs);
    }
    shown.needs.sort();
    shown.needs.dedup();
    shown
}

/// Canonical `values` with their references as `side` knows the records.
pub(crate) fn on_side(side: Side, values: &Fields, partners: &Partners) -> Fields {
    let mut local = |key: &RecordKey| match side {
        Side::Left => partners.right.get(key).cloned().unwrap_or_else(|| key.clone()),
        Side::Right => key.clone(),
    };
    values.iter().map(|(name, value)| (name.clone(), value.referring(&mut local))).collect()
}

/// Every record that the records in play refer to, by side. Their links belong into [`Observed::partners`].
#[must_use]
pub fn referred(module: &ModuleMapping, observed: &Observed) -> Sides<BTreeSet<RecordKey>> {
    let refers = Side::BOTH.into_iter().any(|side| !module.refers_to(side).is_empty());
    if !refers {
        return Sides::default();
    }
    Sides::from_fn(|side| {
        let records = observed.records.get(side).values().map(|seen| &seen.record);
        let values = records.flat_map(|record| {
            let entities = module.entities.iter().filter(|entity| *entity.kinds.get(side) == record.kind);
            let own = entities.flat_map(|entity| &entity.fields).flat_map(|field| field.own_fields(side));
            own.filter_map(|name| record.fields.get(name.as_str()))
        });
        let mut found = BTreeSet::new();
        for value in values {
            let _ = value.referring(&mut |key| {
                found.insert(key.clone());
                key.clone()
            });
        }
        found
    })
}

/// `modules` in such an order that what others refer to comes first; otherwise as given.
///
/// # Errors
/// [`ReferenceCircle`] when there is no such order.
pub fn in_reference_order(modules: Vec<&ModuleMapping>) -> Result<Vec<&ModuleMapping>, ReferenceCircle> {
    let mut left = modules;
    let mut ordered = Vec::new();
    while !left.is_empty() {
        let free = left.iter().position(|module| {
            let others = left.iter().filter(|other| other.module != module.module);
            !others.into_iter().any(|other| refers(module, other))
        });
        match free {
            Some(at) => ordered.push(left.remove(at)),
            None => {
                let names: Vec<&str> = left.iter().map(|module| module.module.as_str()).collect();
                return Err(ReferenceCircle(names.join(", ")));
            }
        }
    }
    Ok(ordered)
}

fn refers(module: &ModuleMapping, to: &ModuleMapping) -> bool {
    Side::BOTH.into_iter().any(|side| {
        let kinds: Vec<Kind> = to.kinds(side);
        module.refers_to(side).iter().any(|kind| kinds.contains(kind))
    })
}
