//! One written entity against both schemas: found, typed, limited, complete; or told what is wrong.

mod laws;
mod values;

use std::collections::BTreeMap;
use std::ops::Range;

use sync_model::{FieldName, FieldSpec, Fields, KindSchema, Module, Schema, Side, Sides, Value};
use values::unfit;

use crate::binding::Binding;
use crate::diagnostic::{Diagnostic, Trouble};
use crate::fold::fold;
use crate::mapping::{Label, Note, Unmapped};
use crate::reader::MOST_TOLD;
use crate::written::{Placed, WrittenDirection, WrittenEntity, WrittenField, WrittenOwn};
use crate::{Direction, Drift, EntityMapping, FieldMapping, MatchRule, Priority};

/// The check of one entity. In the standard mapping (not `strict`) what this pair does not have is left out with a note.
pub(crate) struct Check<'a> {
    file: &'a str,
    text: &'a str,
    strict: bool,
    schemas: &'a Sides<Schema>,
    direction: Direction,
    variables: &'a BTreeMap<String, Value>,
    module: &'a str,
    pub(crate) notes: Vec<Note>,
    pub(crate) told: Vec<Diagnostic>,
}

impl<'a> Check<'a> {
    pub(crate) fn new(
        file: &'a str,
        text: &'a str,
        strict: bool,
        schemas: &'a Sides<Schema>,
        direction: Direction,
        variables: &'a BTreeMap<String, Value>,
        module: &'a str,
    ) -> Self {
        Self { file, text, strict, schemas, direction, variables, module, notes: Vec::new(), told: Vec::new() }
    }

    pub(crate) fn entity(&mut self, written: &WrittenEntity) -> Option<EntityMapping> {
        let left = self.kind(Side::Left, &written.kinds.left);
        let right = self.kind(Side::Right, &written.kinds.right);
        let schemas = Sides::new(left?, right?);
        let mut fields: Vec<FieldMapping> = Vec::new();
        for field in &written.fields {
            if let Some(mapped) = self.field(field, &schemas) {
                self.only_once(field, &mapped, &fields, &written.fields);
                fields.push(mapped);
            }
        }
        self.no_circle(&written.fields, &fields);
        let mut filters = Sides::default();
        let mut constants = Sides::default();
        for side in Side::BOTH {
            let schema = schemas.get(side);
            filters.set(side, self.filters(schema, written.filters.get(side)));
            constants.set(side, self.constants(schema, written.constants.get(side)));
        }
        let needs = Sides::from_fn(|side| self.needs(side, schemas.get(side), written, &fields, constants.get(side)));
        let unmapped = written.unmapped.iter().map(|it| Unmapped {
            side: it.side,
            fields: it.fields.iter().map(|name| FieldName::new(name.it.as_str())).collect(),
            why: it.why.clone(),
        });
        Some(EntityMapping {
            kinds: schemas.map(|schema| schema.kind.clone()),
            filters,
            makes: written.makes,
            constants,
            fields,
            unmapped: unmapped.collect(),
            needs,
        })
    }

    /// The rules this entity adds to those its module has. A rule over a field that the mapping does not name at all is
    /// a slip of the pen; over a field that is not found here it simply never applies.
    pub(crate) fn rules(&mut self, written: &WrittenEntity, before: &[MatchRule]) -> Vec<MatchRule> {
        let mut rules: Vec<MatchRule> = Vec::new();
        for rule in &written.rules {
            for field in &rule.fields {
                if written.fields.iter().all(|it| it.name.it != field.it) {
                    let known = written.fields.iter().map(|it| it.name.it.as_str());
                    self.push(field.span.clone(), Trouble::UnknownCanonical, |wrong| wrong.suggest(&field.it, known));
                }
            }
            if let Some(similar) = &rule.similar
                && (rule.fields.len() < 2 || rule.fields.iter().all(|it| it.it != similar.field.it))
            {
                self.tell(similar.field.span.clone(), Trouble::NotOfTheRule);
            }
            let new = MatchRule::of(rule);
            match before.iter().chain(&rules).find(|it| it.name == new.name) {
                Some(same) if *same == new => {}
                Some(_) => self.tell(rule.name.span.clone(), Trouble::RuleDiffers),
                None => rules.push(new),
            }
        }
        rules
    }

    fn tell(&mut self, span: Range<usize>, trouble: Trouble) {
        self.push(span, trouble, |wrong| wrong);
    }

    fn push(&mut self, span: Range<usize>, trouble: Trouble, finish: impl FnOnce(Diagnostic) -> Diagnostic) {
        if self.told.len() <= MOST_TOLD {
            self.told.push(finish(Diagnostic::new(self.file, self.text, span, trouble)));
        }
    }

    fn note(&mut self, field: Option<&str>, da: String, en: String) {
        let (module, field) = (Module::new(self.module), field.map(FieldName::from));
        self.notes.push(Note { module, field, text: Label { da, en } });
    }

    fn kind(&mut self, side: Side, written: &Placed<String>) -> Option<&'a KindSchema> {
        let schema = self.schemas.get(side);
        let (found, name) = (schema.kind(&written.it), &written.it);
        if found.is_none() && self.strict {
            let known = schema.kinds.keys().map(sync_model::Kind::as_str);
            let trouble = Trouble::UnknownKind(system(side).to_owned());
            self.push(written.span.clone(), trouble, |wrong| wrong.suggest(name, known));
        } else if found.is_none() {
            let (da, en) = (format!("{} har ikke {name}", system(side)), format!("{} has no {name}", system(side)));
            self.note(None, da, en);
        }
        found
    }

    fn field(&mut self, written: &WrittenField, schemas: &Sides<&'a KindSchema>) -> Option<FieldMapping> {
        let name = &written.name.it;
        let left = self.own(name, schemas.left, &written.own.left);
        let right = self.own(name, schemas.right, &written.own.right);
        let own = Sides::new(left?, right?);
        let lens = &written.lens.clone()?.bound(self.variables);
        let told = self.told.len();
        let mut writable = Sides::new(true, true);
        for (side, specs) in own.iter() {
            let span = &written.own.get(side).span;
            if specs.len() != lens.width(side) {
                self.tell(span.clone(), Trouble::Width(lens.width(side)));
            }
            for spec in specs.iter().filter(|spec| !lens.suits(&spec.ty)) {
                if !self.strict {
                    let (da, en) =
                        (format!("`{}` er af en anden type", spec.name), format!("`{}` has another type", spec.name));
                    self.note(Some(name), da, en);
                    return None;
                }
                self.tell(span.clone(), Trouble::WrongType(spec.name.to_string()));
            }
            if let Some(spec) = specs.iter().find(|spec| !spec.writable) {
                self.read_only(name, side, spec, span, written.direction);
                writable.set(side, false);
            }
        }
        self.laws(written, lens, &own);
        if let (Some(priority), false) = (&written.priority, two_way(written.direction)) {
            self.tell(priority.span.clone(), Trouble::PriorityWithoutConflict);
        }
        let bindings = own.map(|fields| Binding { fields, lens: lens.clone() });
        let defaults = Sides::from_fn(|side| self.default(side, written, &bindings));
        if self.told.len() > told {
            return None;
        }
        let label = written.label.clone().unwrap_or_else(|| Label { da: name.clone(), en: name.clone() });
        Some(FieldMapping {
            name: FieldName::new(name.as_str()),
            label,
            direction: self.direction_of(written, writable),
            clearing: written.clearing,
            defaults,
            create_only: written.direction == WrittenDirection::CreateOnly,
            bindings,
        })
    }

    /// A default is a canonical value that the side itself would take.
    fn default(&mut self, side: Side, written: &WrittenField, bindings: &Sides<Binding>) -> Option<Value> {
        let given = written.defaults.get(side).as_ref()?;
        let canonical = bindings.get(side).lens.read(side, &[&given.it]);
        let taken = canonical.map(|value| (bindings.get(side).write(side, &value, &Fields::new(), false), value));
        match taken {
            Ok((Ok(_), value)) => return Some(value),
            Ok((Err((_, kind)), _)) => self.tell(given.span.clone(), unfit(&kind)),
            Err(_) => self.tell(given.span.clone(), Trouble::BadValue),
        }
        None
    }

    fn read_only(&mut self, name: &str, side: Side, spec: &FieldSpec, span: &Range<usize>, own: WrittenDirection) {
        if !own.reaches(side) {
            return;
        }
        if self.strict {
            self.tell(span.clone(), Trouble::ReadOnly(spec.name.to_string()));
        } else {
            let (da, en) = (format!("`{}` kan kun læses", spec.name), format!("`{}` can only be read", spec.name));
            self.note(Some(name), da, en);
        }
    }

    /// The side's own fields, or `None` where one is not there.
    fn own(&mut self, name: &str, schema: &KindSchema, written: &Placed<WrittenOwn>) -> Option<Vec<FieldSpec>> {
        match &written.it {
            WrittenOwn::Named(names) => {
                let found: Vec<Option<FieldSpec>> = names.iter().map(|own| self.named(name, schema, own)).collect();
                found.into_iter().collect()
            }
            WrittenOwn::Find { names, labels } => {
                let found = find(schema, names, labels);
                if found.is_none() {
                    let wanted = labels.first().or(names.first()).map_or("", |it| it.it.as_str());
                    let kind = &schema.kind;
                    let da = format!("{kind} har intet felt til {wanted}; opret et, hvis det skal følge med");
                    let en = format!("{kind} has no field for {wanted}; make one if it is to be kept in step");
                    self.note(Some(name), da, en);
                }
                found.map(|spec| vec![spec.clone()])
            }
        }
    }

    fn named(&mut self, canonical: &str, schema: &KindSchema, own: &Placed<String>) -> Option<FieldSpec> {
        let found = schema.field(&own.it).cloned();
        if found.is_none() && self.strict {
            self.unknown_field(schema, own);
        } else if found.is_none() {
            let (kind, name) = (&schema.kind, &own.it);
            let (da, en) = (format!("{kind} har intet felt `{name}`"), format!("{kind} has no field `{name}`"));
            self.note(Some(canonical), da, en);
        }
        found
    }

    fn unknown_field(&mut self, schema: &KindSchema, own: &Placed<String>) {
        let known = schema.fields.iter().map(|spec| spec.name.as_str());
        let trouble = Trouble::UnknownField(schema.kind.to_string());
        self.push(own.span.clone(), trouble, |wrong| wrong.suggest(&own.it, known));
    }

    /// No two pairs of one name, and no own field written by two.
    fn only_once(&mut self, written: &WrittenField, new: &FieldMapping, before: &[FieldMapping], all: &[WrittenField]) {
        if before.iter().any(|it| it.name == new.name) {
            self.tell(written.name.span.clone(), Trouble::SameName);
        }
        for side in Side::BOTH.into_iter().filter(|side| written.direction.reaches(*side)) {
            let own: Vec<&FieldName> = new.own_fields(side).collect();
            let writes = |it: &FieldMapping| {
                all.iter().any(|other| other.name.it == it.name.as_str() && other.direction.reaches(side))
            };
            let other = before.iter().find(|it| writes(it) && it.own_fields(side).any(|name| own.contains(&name)));
            if let Some(other) = other {
                self.tell(written.own.get(side).span.clone(), Trouble::WrittenTwice(other.name.to_string()));
            }
        }
    }

    /// Where this field may travel: the run's direction, narrowed by its own and by what may be written at all.
    fn direction_of(&self, written: &WrittenField, writable: Sides<bool>) -> Option<Direction> {
        let may = |side: Side| written.direction.reaches(side) && *writable.get(side);
        match self.direction {
            Direction::OneWay { from, .. } => may(from.other()).then_some(self.direction),
            Direction::TwoWay { priority } => match (may(Side::Left), may(Side::Right)) {
                (true, true) => {
                    let own: Option<Priority> = written.priority.as_ref().map(|priority| priority.it);
                    Some(Direction::TwoWay { priority: own.unwrap_or(priority) })
                }
                (true, false) => Some(Direction::OneWay { from: Side::Right, drift: Drift::Keep }),
                (false, true) => Some(Direction::OneWay { from: Side::Left, drift: Drift::Keep }),
                (false, false) => None,
            },
        }
    }
}

/// A custom field by its name, or by what its users call it.
fn find<'s>(schema: &'s KindSchema, names: &[Placed<String>], labels: &[Placed<String>]) -> Option<&'s FieldSpec> {
    let by_name = names.iter().find_map(|name| schema.field(&name.it));
    let by_label = || {
        let labels: Vec<String> = labels.iter().map(|label| fold(&label.it)).collect();
        let custom = schema.fields.iter().filter(|spec| spec.name.as_str().starts_with("cf_"));
        let mut ranked: Vec<(usize, &FieldSpec)> = custom
            .filter_map(|spec| Some((labels.iter().position(|label| *label == fold(&spec.label))?, spec)))
            .collect();
        ranked.sort_by_key(|(rank, _)| *rank);
        ranked.first().map(|(_, spec)| *spec)
    };
    by_name.or_else(by_label)
}

fn two_way(direction: WrittenDirection) -> bool {
    match direction {
        WrittenDirection::Both | WrittenDirection::CreateOnly => true,
        WrittenDirection::ToDinero | WrittenDirection::ToCrm | WrittenDirection::Compared => false,
    }
}

fn system(side: Side) -> &'static str {
    match side {
        Side::Left => "Dinero",
        Side::Right => "Simply CRM",
    }
}
