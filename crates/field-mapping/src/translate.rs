//! An entity at work: its records read into canonical form, canonical values written as a side's own fields.

use std::collections::BTreeSet;

use sync_model::{FieldName, Fields, Kind, Record, Side, Sides, Value};

use crate::binding::{Refusal, unbroken};
use crate::lens::Lens;
use crate::{
    EntityMapping, Fault, FaultKind, FieldMapping, Filter, MatchKey, MatchRule, ModuleMapping, Name, Projection,
    Rendering,
};

impl Filter {
    /// Whether the condition holds. An unknown field fits no condition.
    #[must_use]
    pub fn fits(&self, own: &Fields) -> bool {
        own.get(self.field.as_str()).is_some_and(|held| self.condition.fits(held))
    }
}

impl FieldMapping {
    /// The own fields of `side` that it is read from and written to.
    pub fn own_fields(&self, side: Side) -> impl Iterator<Item = &FieldName> {
        self.bindings.get(side).fields.iter().map(|spec| &spec.name)
    }

    /// How it is translated.
    #[must_use]
    pub fn lens(&self) -> &Lens {
        &self.bindings.left.lens
    }

    fn fault(&self, side: Side, value: String, (own_field, kind): Refusal) -> Fault {
        Fault { side, field: self.name.clone(), own_field, value, kind }
    }
}

impl EntityMapping {
    /// Whether `record` of `side` takes part in this entity.
    #[must_use]
    pub fn takes(&self, side: Side, record: &Record) -> bool {
        record.kind == *self.kinds.get(side) && self.refusal(side, record).is_none()
    }

    /// The first filter that leaves `record` of `side` out.
    #[must_use]
    pub fn refusal(&self, side: Side, record: &Record) -> Option<&Filter> {
        self.filters.get(side).iter().find(|filter| !filter.fits(&record.fields))
    }

    /// The field with this canonical name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&FieldMapping> {
        self.fields.iter().find(|field| field.name.as_str() == name)
    }

    /// What a person calls the record.
    #[must_use]
    pub fn title(&self, canonical: &Fields) -> String {
        canonical.get("name").map(ToString::to_string).unwrap_or_default()
    }

    /// `side`'s own fields in canonical names and normal forms. A field whose own fields are missing from `own` is
    /// missing here, too: unknown is never empty. What cannot be read is a fault and missing.
    #[must_use]
    pub fn project(&self, side: Side, own: &Fields) -> Projection {
        let mut faults = Vec::new();
        let mut read = |field: &FieldMapping| {
            let binding = field.bindings.get(side);
            match binding.read(side, own)? {
                Ok(value) => Some((field.name.clone(), value)),
                Err(kind) => {
                    let own_field = field.own_fields(side).next().cloned();
                    faults.push(field.fault(side, binding.shown(own), (own_field, kind)));
                    None
                }
            }
        };
        let values = self.fields.iter().filter_map(&mut read).collect();
        Projection { values, faults }
    }

    /// Canonical `changes` as `side`'s own fields. `current` is what stands there; a spelling that already means the same
    /// is kept. What that side would refuse, cut or distort is a fault instead.
    #[must_use]
    pub fn render(&self, side: Side, changes: &Fields, current: &Fields) -> Rendering {
        let abroad = self.is_abroad(side, changes, current);
        let (mut fields, mut faults) = (Vec::with_capacity(changes.len()), Vec::new());
        for (name, value) in changes.iter() {
            let Some(field) = self.field(name.as_str()) else { continue };
            match field.bindings.get(side).write(side, value, current, abroad) {
                Ok(own) => fields.extend(own),
                Err(refusal) => faults.push(field.fault(side, value.to_string(), refusal)),
            }
        }
        Rendering { fields: fields.into_iter().collect(), faults }
    }

    /// A new record on `side` with these canonical `values`, its defaults and constants. What the side needs and nobody
    /// gives is a fault.
    #[must_use]
    pub fn birth(&self, side: Side, values: &Fields) -> Rendering {
        let mut values = values.clone();
        for (name, default) in self.defaulted(side, &values) {
            values.set(name, default);
        }
        let mut rendering = self.render(side, &values, &Fields::new());
        for (name, value) in self.constants.get(side).iter() {
            rendering.fields.set(name.clone(), value.clone());
        }
        for own in self.needs.get(side) {
            let owner = self.fields.iter().find(|field| field.own_fields(side).any(|name| name == own));
            let field = owner.map_or(own, |field| &field.name);
            let told = rendering.faults.iter().any(|fault| fault.field == *field && fault.kind.holds_record());
            let given = rendering.fields.get(own.as_str()).is_some_and(|value| !value.is_empty());
            if !given && !told {
                rendering.faults.retain(|fault| fault.field != *field);
                rendering.faults.push(Fault {
                    side,
                    field: field.clone(),
                    own_field: Some(own.clone()),
                    value: String::new(),
                    kind: FaultKind::Missing,
                });
            }
        }
        rendering
    }

    /// The fields of a new record on `side` that get their default, because there is nothing, or nothing that has a
    /// counterpart, in `values`.
    #[must_use]
    pub fn defaulted(&self, side: Side, values: &Fields) -> Vec<(FieldName, Value)> {
        let needs = |field: &FieldMapping| match values.get(field.name.as_str()) {
            Some(value) if !value.is_empty() => {
                let written = field.bindings.get(side).write(side, value, &Fields::new(), false);
                written.is_err_and(|(_, kind)| !kind.holds_record())
            }
            Some(_) | None => true,
        };
        let default = |field: &FieldMapping| Some((field.name.clone(), field.defaults.get(side).clone()?));
        self.fields
            .iter()
            .filter(|field| field.defaults.get(side).is_some() && needs(field))
            .filter_map(default)
            .collect()
    }

    /// Whether the record is known to be outside Denmark, where other rules hold for its numbers.
    fn is_abroad(&self, side: Side, changes: &Fields, current: &Fields) -> bool {
        let standing = || {
            let read = self.field("country")?.bindings.get(side).read(side, current)?;
            read.ok()
        };
        let country = changes.get("country").cloned().or_else(standing);
        country.is_some_and(|country| !country.is_empty() && country.as_text() != Some("DK"))
    }
}

impl ModuleMapping {
    /// The kinds of `side` that records of this module refer to, each once.
    #[must_use]
    pub fn refers_to(&self, side: Side) -> BTreeSet<Kind> {
        let fields = self.entities.iter().flat_map(|entity| &entity.fields);
        fields.flat_map(|field| field.bindings.get(side).refers_to().cloned()).collect()
    }

    /// The own fields of `side` that decide what becomes of its records; `None` where all of them may, as those of invoices,
    /// whose totals are compared.
    #[must_use]
    pub fn judged_by(&self, side: Side) -> Option<BTreeSet<FieldName>> {
        if self.entities.iter().any(EntityMapping::is_of_invoices) {
            return None;
        }
        let mapped = self.entities.iter().flat_map(|entity| &entity.fields).flat_map(|field| field.own_fields(side));
        let filtered = self.entities.iter().flat_map(|entity| entity.filters.get(side)).map(|filter| &filter.field);
        Some(mapped.chain(filtered).cloned().collect())
    }

    /// The entity between these two kinds.
    #[must_use]
    pub fn entity_for(&self, kinds: Sides<&Kind>) -> Option<&EntityMapping> {
        self.entities.iter().find(|entity| entity.kinds.as_ref() == kinds)
    }

    /// The entities that `record` takes part in.
    #[must_use]
    pub fn entities_taking(&self, side: Side, record: &Record) -> Vec<&EntityMapping> {
        self.entities.iter().filter(|entity| entity.takes(side, record)).collect()
    }

    /// The entity through which a record is made on `side` from `source` on the other side.
    #[must_use]
    pub fn maker(&self, side: Side, source: &Record) -> Option<&EntityMapping> {
        self.entities.iter().find(|entity| *entity.makes.get(side) && entity.takes(side.other(), source))
    }

    /// The kinds of `side`, each once.
    #[must_use]
    pub fn kinds(&self, side: Side) -> Vec<Kind> {
        let mut kinds: Vec<Kind> = self.entities.iter().map(|entity| entity.kinds.get(side).clone()).collect();
        kinds.sort();
        kinds.dedup();
        kinds
    }

    /// What each match rule makes of a record, in the order of the rules; `None` unless all fields of the rule are known
    /// and filled in.
    #[must_use]
    pub fn keys(&self, canonical: &Fields) -> Vec<Option<MatchKey>> {
        self.rules.iter().map(|rule| self.key(rule, canonical)).collect()
    }

    fn key(&self, rule: &MatchRule, canonical: &Fields) -> Option<MatchKey> {
        let mut folded = Vec::new();
        let mut alike = None;
        for name in &rule.fields {
            let value = canonical.get(name.as_str()).filter(|value| !value.is_empty())?;
            let field = self.entities.iter().find_map(|entity| entity.field(name.as_str()))?;
            let part = unbroken(|| Ok(field.lens().matching(value))).ok()?;
            if part.is_empty() {
                return None;
            }
            if rule.similar.as_ref().is_some_and(|similar| similar.field == *name) {
                alike = Some(Box::new(Name::new(&value.to_string())));
            } else {
                folded.push(part);
            }
        }
        (!folded.is_empty()).then(|| MatchKey { folded: folded.join("\u{1f}").into(), name: alike })
    }
}
