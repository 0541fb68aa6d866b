//! From the written form to the mapping in force, checked against what both systems say of themselves.

use std::collections::BTreeMap;
use std::ops::Range;

use rust_decimal::Decimal;
use sync_model::{FieldName, FieldSpec, Fields, Fingerprint, Kind, KindSchema, Module, Schema, Side, Sides, Value};

use crate::binding::Binding;
use crate::fold::fold;
use crate::source::{DirectionText, EntityText, FieldText, MappingFile, OwnText, STANDARD, SideText, Source};
use crate::{
    Diagnostic, Direction, Drift, EntityMapping, FieldMapping, Filter, Mapping, MatchRule, ModuleMapping, Priority,
};

/// Grows when the meaning of canonical values changes with this crate.
const VERSION: &str = "field-mapping 1";
/// The largest mapping file that is read.
const MOST_BYTES: usize = 1 << 20;

/// The kinds that the standard mapping of `modules` uses, by side.
#[must_use]
pub fn kinds_of(modules: &[String]) -> Sides<Vec<Kind>> {
    let mut kinds: Sides<Vec<Kind>> = Sides::default();
    for (_, text) in STANDARD {
        let Ok(file) = toml::from_str::<MappingFile>(text) else { continue };
        for entity in file.entity.iter().filter(|entity| modules.contains(&entity.module)) {
            kinds.left.push(Kind::new(entity.dinero.as_ref().as_str()));
            kinds.right.push(Kind::new(entity.crm.as_ref().as_str()));
        }
    }
    for side in Side::BOTH {
        let own = kinds.get_mut(side);
        own.sort();
        own.dedup();
    }
    kinds
}

/// The mapping in force for `modules`: read, resolved and checked. `variables` fill `"$name"` constants.
///
/// # Errors
/// Everything that is wrong, at once.
pub fn resolve(
    source: &Source<'_>,
    modules: &[String],
    schemas: &Sides<Schema>,
    direction: Direction,
    variables: &BTreeMap<String, Value>,
) -> Result<Mapping, Vec<Diagnostic>> {
    let files: Vec<(&str, &str)> = match source {
        Source::Standard => STANDARD.to_vec(),
        Source::Custom { file, text } => vec![(file, text)],
    };
    let strict = matches!(source, Source::Custom { .. });
    let mut mapping = Mapping { modules: Vec::new(), notes: Vec::new() };
    let mut diagnostics = Vec::new();
    for (file, text) in files {
        let parsed = match parse(file, text) {
            Ok(parsed) => parsed,
            Err(diagnostic) => {
                diagnostics.push(*diagnostic);
                continue;
            }
        };
        for written in parsed.entity.into_iter().filter(|entity| modules.contains(&entity.module)) {
            let mut resolver = Resolver {
                file,
                text,
                strict,
                schemas,
                direction,
                variables,
                notes: Vec::new(),
                diagnostics: Vec::new(),
            };
            let entity = resolver.entity(&written);
            mapping.notes.append(&mut resolver.notes);
            diagnostics.append(&mut resolver.diagnostics);
            if let Some(entity) = entity {
                add(&mut mapping, &written, entity, text);
            }
        }
    }
    if diagnostics.is_empty() { Ok(mapping) } else { Err(diagnostics) }
}

fn parse(file: &str, text: &str) -> Result<MappingFile, Box<Diagnostic>> {
    if text.len() > MOST_BYTES {
        let (da, en) = ("filen er for stor (højst 1 MB)", "the file is too large (1 MB at most)");
        return Err(Box::new(Diagnostic::at(file, "", 0..0, da.to_owned(), en.to_owned())));
    }
    toml::from_str(text).map_err(|error| {
        let message = error.message().to_owned();
        let span = error.span().unwrap_or(0..0);
        let (da, en) = (format!("kan ikke læses: {message}"), format!("cannot be read: {message}"));
        Box::new(Diagnostic::at(file, text, span, da, en))
    })
}

fn add(mapping: &mut Mapping, written: &EntityText, entity: EntityMapping, text: &str) {
    let fingerprint = |before: Option<&Fingerprint>| {
        Fingerprint::of([VERSION.as_bytes(), before.map_or("", Fingerprint::as_str).as_bytes(), text.as_bytes()])
    };
    let rules = written.rules.iter().map(|rule| MatchRule {
        name: rule.name.clone(),
        fields: rule.fields.iter().map(|field| FieldName::new(field.as_str())).collect(),
        vetoes: rule.vetoes,
    });
    match mapping.modules.iter_mut().find(|module| module.module.as_str() == written.module) {
        Some(module) => {
            module.fingerprint = fingerprint(Some(&module.fingerprint));
            module.rules.extend(rules);
            module.entities.push(entity);
        }
        None => mapping.modules.push(ModuleMapping {
            module: Module::new(written.module.as_str()),
            entities: vec![entity],
            rules: rules.collect(),
            fingerprint: fingerprint(None),
        }),
    }
}

struct Resolver<'a> {
    file: &'a str,
    text: &'a str,
    strict: bool,
    schemas: &'a Sides<Schema>,
    direction: Direction,
    variables: &'a BTreeMap<String, Value>,
    notes: Vec<String>,
    diagnostics: Vec<Diagnostic>,
}

impl Resolver<'_> {
    fn entity(&mut self, written: &EntityText) -> Option<EntityMapping> {
        let left = self.kind(Side::Left, written.dinero.as_ref(), written.dinero.span());
        let right = self.kind(Side::Right, written.crm.as_ref(), written.crm.span());
        let (left, right) = (left?, right?);
        let schemas = Sides::new(&left, &right);
        let fields: Vec<FieldMapping> = written.field.iter().filter_map(|field| self.field(field, &schemas)).collect();
        let makes = Sides::from_fn(|side| written.makes.contains(&written_side(side)));
        let filters = Sides::new(self.filters(&written.filter.dinero), self.filters(&written.filter.crm));
        let constants = Sides::new(self.constants(&written.constants.dinero), self.constants(&written.constants.crm));
        let kinds = Sides::new(left.kind.clone(), right.kind.clone());
        Some(EntityMapping { kinds, filters, makes, constants, fields })
    }

    fn kind(&mut self, side: Side, name: &str, span: Range<usize>) -> Option<KindSchema> {
        let found = self.schemas.get(side).kind(name).cloned();
        if found.is_none() && self.strict {
            let (da, en) = (format!("modulet `{name}` findes ikke"), format!("there is no module `{name}`"));
            self.diagnostics.push(Diagnostic::at(self.file, self.text, span, da, en));
        } else if found.is_none() {
            self.notes.push(name.to_owned());
        }
        found
    }

    fn field(&mut self, written: &FieldText, schemas: &Sides<&KindSchema>) -> Option<FieldMapping> {
        let left = self.own(schemas.left, written.dinero.as_ref(), written.dinero.span());
        let right = self.own(schemas.right, written.crm.as_ref(), written.crm.span());
        let (left, right) = (left?, right?);
        let writable = Sides::new(left.iter().all(|it| it.writable), right.iter().all(|it| it.writable));
        let lens = written.translate;
        Some(FieldMapping {
            name: FieldName::new(written.name.as_ref().as_str()),
            label: written.label.clone(),
            direction: self.direction_of(written, writable),
            clearing: written.clearing,
            defaults: Sides::new(
                written.default.dinero.as_ref().and_then(|value| self.value(value)),
                written.default.crm.as_ref().and_then(|value| self.value(value)),
            ),
            create_only: written.create_only,
            bindings: Sides::new(Binding { fields: left, lens }, Binding { fields: right, lens }),
        })
    }

    /// The side's own fields. One that is not there leaves the pair out of the standard mapping, and is an error in a
    /// custom one.
    fn own(&mut self, schema: &KindSchema, written: &OwnText, span: Range<usize>) -> Option<Vec<FieldSpec>> {
        match written {
            OwnText::One(name) => self.named(schema, name, span).map(|spec| vec![spec]),
            OwnText::Several(names) => names.iter().map(|name| self.named(schema, name, span.clone())).collect(),
            OwnText::Find { find, labels } => {
                let by_name = find.iter().find_map(|name| schema.field(name));
                let by_label = || {
                    let labels: Vec<String> = labels.iter().map(|label| fold(label)).collect();
                    let fits = |spec: &&FieldSpec| {
                        spec.name.as_str().starts_with("cf_") && labels.contains(&fold(&spec.label))
                    };
                    schema.fields.iter().find(fits)
                };
                let found = by_name.or_else(by_label);
                if found.is_none() {
                    self.notes.push(format!("{}: {}", schema.kind, find.first().map_or("", String::as_str)));
                }
                found.map(|spec| vec![spec.clone()])
            }
        }
    }

    fn named(&mut self, schema: &KindSchema, name: &str, span: Range<usize>) -> Option<FieldSpec> {
        let found = schema.field(name).cloned();
        if found.is_none() && self.strict {
            let kind = &schema.kind;
            let (da, en) = (format!("feltet `{name}` findes ikke i {kind}"), format!("{kind} has no field `{name}`"));
            let mut diagnostic = Diagnostic::at(self.file, self.text, span, da, en);
            let ranked = schema.fields.iter().map(|spec| (strsim::levenshtein(spec.name.as_str(), name), &spec.name));
            diagnostic.suggestion =
                ranked.min().filter(|(distance, _)| *distance <= 3).map(|(_, name)| name.to_string());
            self.diagnostics.push(diagnostic);
        } else if found.is_none() {
            self.notes.push(format!("{}: {name}", schema.kind));
        }
        found
    }

    /// Where this field may travel: the run's direction, narrowed by its own and by what may be written at all.
    fn direction_of(&self, written: &FieldText, writable: Sides<bool>) -> Option<Direction> {
        let own = match written.direction {
            DirectionText::Both => Sides::new(true, true),
            DirectionText::ToDinero => Sides::new(true, false),
            DirectionText::ToCrm => Sides::new(false, true),
        };
        let may = |side: Side| *own.get(side) && *writable.get(side);
        match self.direction {
            Direction::OneWay { from, .. } => may(from.other()).then_some(self.direction),
            Direction::TwoWay { priority } => match (may(Side::Left), may(Side::Right)) {
                (true, true) => {
                    let priority = written.priority.map_or(priority, |side| Priority::Prefer(side_of(side)));
                    Some(Direction::TwoWay { priority })
                }
                (true, false) => Some(Direction::OneWay { from: Side::Right, drift: Drift::Keep }),
                (false, true) => Some(Direction::OneWay { from: Side::Left, drift: Drift::Keep }),
                (false, false) => None,
            },
        }
    }

    fn filters(&self, written: &BTreeMap<String, toml::Value>) -> Vec<Filter> {
        let filter = |(field, value): (&String, &toml::Value)| {
            Some(Filter { field: FieldName::new(field.as_str()), equals: self.value(value)? })
        };
        written.iter().filter_map(filter).collect()
    }

    fn constants(&self, written: &BTreeMap<String, toml::Value>) -> Fields {
        let constant = |(field, value): (&String, &toml::Value)| Some((field.as_str().to_owned(), self.value(value)?));
        written.iter().filter_map(constant).collect()
    }

    fn value(&self, written: &toml::Value) -> Option<Value> {
        match written {
            toml::Value::String(text) => match text.strip_prefix('$') {
                Some(variable) => self.variables.get(variable).cloned(),
                None => Some(Value::text(text.clone())),
            },
            toml::Value::Integer(number) => Some(Value::Decimal(Decimal::from(*number))),
            toml::Value::Boolean(flag) => Some(Value::Flag(*flag)),
            toml::Value::Float(_) | toml::Value::Datetime(_) | toml::Value::Array(_) | toml::Value::Table(_) => None,
        }
    }
}

fn written_side(side: Side) -> SideText {
    match side {
        Side::Left => SideText::Dinero,
        Side::Right => SideText::Crm,
    }
}

fn side_of(written: SideText) -> Side {
    match written {
        SideText::Dinero => Side::Left,
        SideText::Crm => Side::Right,
    }
}
