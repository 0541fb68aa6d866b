//! An entity at work: its records read into canonical form, canonical values written as a side's own fields.

use sync_model::{FieldName, Fields, Kind, Record, Side, Sides, Value};

use crate::fold::fold;
use crate::{
    EntityMapping, Fault, FaultKind, FieldMapping, Filter, MatchKey, MatchRule, ModuleMapping, Projection, Rendering,
};

impl Filter {
    /// Whether the condition holds. An unknown field fits no condition.
    #[must_use]
    pub fn fits(&self, own: &Fields) -> bool {
        own.get(self.field.as_str()) == Some(&self.equals)
    }
}

impl EntityMapping {
    /// Whether `record` of `side` takes part in this entity.
    #[must_use]
    pub fn takes(&self, side: Side, record: &Record) -> bool {
        record.kind == *self.kinds.get(side) && self.filters.get(side).iter().all(|filter| filter.fits(&record.fields))
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

    /// `side`'s own fields in canonical names and normal forms.
    #[must_use]
    pub fn project(&self, side: Side, own: &Fields) -> Projection {
        let read = |field: &FieldMapping| Some((field.name.clone(), field.bindings.get(side).read(side, own)?));
        Projection { values: self.fields.iter().filter_map(read).collect(), faults: Vec::new() }
    }

    /// Canonical `changes` as `side`'s own fields. `current` is what stands there; a spelling that already means the same
    /// is kept.
    #[must_use]
    pub fn render(&self, side: Side, changes: &Fields, current: &Fields) -> Rendering {
        let mut rendering = Rendering::default();
        for (name, value) in changes.iter() {
            let Some(field) = self.field(name.as_str()) else { continue };
            match field.bindings.get(side).write(field, side, value, current) {
                Ok(own) => own.into_iter().for_each(|(spec, value)| rendering.fields.set(spec.name, value)),
                Err(fault) => rendering.faults.push(fault),
            }
        }
        rendering
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
        for field in &self.fields {
            for spec in field.bindings.get(side).fields.iter().filter(|spec| spec.required) {
                let given = rendering.fields.get(spec.name.as_str()).is_some_and(|value| !value.is_empty());
                let told = rendering.faults.iter().any(|fault| fault.field == field.name);
                if !given && !told {
                    rendering.faults.push(Fault {
                        side,
                        field: field.name.clone(),
                        own_field: Some(spec.name.clone()),
                        value: String::new(),
                        kind: FaultKind::Missing,
                    });
                }
            }
        }
        rendering
    }

    /// The fields of a new record on `side` that get their default, because there is nothing, or nothing that has a
    /// counterpart, in `values`.
    #[must_use]
    pub fn defaulted(&self, side: Side, values: &Fields) -> Vec<(FieldName, Value)> {
        let needs = |field: &FieldMapping| match values.get(field.name.as_str()) {
            None | Some(Value::Empty) => true,
            Some(value) => {
                let written = field.bindings.get(side).write(field, side, value, &Fields::new());
                written.is_err_and(|fault| !fault.kind.holds_record())
            }
        };
        let default = |field: &FieldMapping| Some((field.name.clone(), field.defaults.get(side).clone()?));
        self.fields
            .iter()
            .filter(|field| field.defaults.get(side).is_some() && needs(field))
            .filter_map(default)
            .collect()
    }
}

impl ModuleMapping {
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

    /// The entity through which a record is made on `side` from one of `source` on the other side.
    #[must_use]
    pub fn maker(&self, side: Side, source: &Kind) -> Option<&EntityMapping> {
        self.entities.iter().find(|entity| *entity.makes.get(side) && entity.kinds.get(side.other()) == source)
    }

    /// The kinds of `side`, each once.
    #[must_use]
    pub fn kinds(&self, side: Side) -> Vec<Kind> {
        let mut kinds: Vec<Kind> = self.entities.iter().map(|entity| entity.kinds.get(side).clone()).collect();
        kinds.sort();
        kinds.dedup();
        kinds
    }

    /// What each match rule makes of a record, in the order of the rules.
    #[must_use]
    pub fn keys(&self, canonical: &Fields) -> Vec<Option<MatchKey>> {
        self.rules.iter().map(|rule| rule.key(canonical)).collect()
    }
}

impl MatchRule {
    /// The record's key under this rule; `None` unless all its fields are known and filled in.
    #[must_use]
    pub fn key(&self, canonical: &Fields) -> Option<MatchKey> {
        let shown: Option<Vec<String>> = self
            .fields
            .iter()
            .map(|name| canonical.get(name.as_str()).filter(|value| !value.is_empty()).map(ToString::to_string))
            .collect();
        let shown = shown?;
        let folded: Vec<String> = shown.iter().map(|text| fold(text)).collect();
        let meaningless = folded.iter().any(String::is_empty);
        (!meaningless).then(|| MatchKey { folded: folded.join("|"), shown: shown.join(", ") })
    }
}
