//! From the written form to the mapping in force, checked against what both systems say of themselves.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use sync_model::{FieldName, Fingerprint, Kind, Module, Schema, Side, Sides, Value};

use crate::check::Check;
use crate::diagnostic::{Diagnostic, Trouble};
use crate::reader::{MOST_TOLD, read};
use crate::written::{DOCUMENTS, STANDARD, Source, WrittenEntity, WrittenRule};
use crate::{Direction, EntityMapping, Mapping, MatchRule, ModuleMapping, Similar};

/// Grows when the meaning of canonical values changes with this crate.
const VERSION: &str = "field-mapping 3";

/// Where editors find the JSON Schema of a mapping file.
const SCHEMA_ADDRESS: &str = "https://raw.githubusercontent.com/afstem/afstem/main/docs/mapping.schema.json";

/// The standard mapping as it was read: runs ask for it again and again, and it never changes.
static STANDARD_ENTITIES: LazyLock<[(&str, &str, Vec<WrittenEntity>); STANDARD.len()]> =
    LazyLock::new(|| STANDARD.map(|(file, text)| (file, text, read(file, text, &mut Vec::new()))));

/// The kinds that the standard mapping of `modules` uses, by side, each once.
///
/// ```
/// let kinds = field_mapping::kinds_of(&["organisations".to_owned()]);
/// assert_eq!(kinds.left, [sync_model::Kind::new("contact")]);
/// assert_eq!(kinds.right, [sync_model::Kind::new("Accounts")]);
/// ```
#[must_use]
pub fn kinds_of(modules: &[String]) -> Sides<Vec<Kind>> {
    let mut kinds: Sides<Vec<Kind>> = Sides::default();
    let wanted = |entity: &WrittenEntity| modules.contains(&entity.module.it);
    let entities = STANDARD_ENTITIES.iter().flat_map(|(_, _, entities)| entities);
    for entity in entities.filter(|entity| wanted(entity)) {
        for (side, kind) in entity.kinds.iter() {
            kinds.get_mut(side).push(Kind::new(kind.it.as_str()));
        }
    }
    for side in Side::BOTH {
        kinds.get_mut(side).sort();
        kinds.get_mut(side).dedup();
    }
    kinds
}

/// The standard mapping of `modules` as one file, with its comments: the start of a custom mapping.
/// Its first line tells editors where the JSON Schema is.
#[must_use]
pub fn standard_text(modules: &[String]) -> String {
    let wanted = |entities: &[WrittenEntity]| entities.iter().any(|entity| modules.contains(&entity.module.it));
    let files = STANDARD_ENTITIES.iter().filter(|(_, _, entities)| wanted(entities));
    let texts: Vec<&str> = files.map(|(_, text, _)| *text).collect();
    format!("#:schema {SCHEMA_ADDRESS}\n\n{}", texts.join("\n"))
}

/// The mapping in force for `modules`: read, resolved and checked against both schemas. A module without a mapping is left
/// out. `variables` are the settings that constants may refer to, such as `sales_account`.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use field_mapping::{Direction, Priority, Source, resolve};
/// use sync_model::{FieldSpec, FieldType, Fields, Kind, KindSchema, Schema, Side, Sides, Value};
///
/// let schema = |kind: &str, names: &[&str]| {
///     let field = |name: &&str| FieldSpec {
///         name: (*name).into(),
///         label: (*name).to_owned(),
///         ty: FieldType::Text,
///         required: false,
///         writable: true,
///         max_chars: None,
///     };
///     let kind = Kind::new(kind);
///     let fields = names.iter().map(field).collect();
///     Schema { kinds: BTreeMap::from([(kind.clone(), KindSchema { kind, label: String::new(), fields })]) }
/// };
/// let schemas = Sides::new(schema("contact", &["Name", "Phone"]), schema("Accounts", &["accountname", "phone"]));
/// let text = r#"
///     [[entity]]
///     module = "organisations"
///     dinero = "contact"
///     crm = "Accounts"
///
///     [[entity.field]]
///     name = "phone"
///     dinero = "Phone"
///     crm = "phone"
///     translate = "phone"
/// "#;
/// let source = Source::Custom { file: "mapping.toml", text };
/// let direction = Direction::TwoWay { priority: Priority::Prefer(Side::Right) };
/// let mapping = resolve(&source, &["organisations".to_owned()], &schemas, direction, &BTreeMap::new()).unwrap();
///
/// let entity = &mapping.modules[0].entities[0];
/// let account: Fields = [("phone", Value::text("86 12 34 56"))].into_iter().collect();
/// let seen = entity.project(Side::Right, &account).values;
/// assert_eq!(seen.get("phone"), Some(&Value::text("+4586123456")));
/// assert_eq!(entity.render(Side::Right, &seen, &account).fields, account, "the spelling is left as it stands");
/// ```
///
/// What the standard mapping cannot have here, because a field is missing or cannot be written, is left out with a note in
/// [`Mapping::notes`]; in a custom mapping it is an error.
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
    let mut told = Vec::new();
    let custom = match source {
        Source::Standard => Vec::new(),
        Source::Custom { file, text } => read(file, text, &mut told),
    };
    let mut mapping = Mapping { modules: Vec::new(), notes: Vec::new() };
    let mut build = |file: &str, text: &str, strict: bool, entities: &[&WrittenEntity]| {
        for written in entities.iter().filter(|entity| modules.contains(&entity.module.it)) {
            if told.len() > MOST_TOLD {
                return;
            }
            let mut check = Check::new(file, text, strict, schemas, direction, variables, &written.module.it);
            let entity = check.entity(written);
            let rules = check.rules(written, mapping_rules(&mapping, &written.module.it));
            mapping.notes.append(&mut check.notes);
            told.append(&mut check.told);
            if let Some(entity) = entity {
                add(&mut mapping, &written.module.it, entity, rules);
            }
        }
    };
    let mentioned = |module: &str| custom.iter().any(|entity| entity.module.it == module);
    for (file, text, entities) in STANDARD_ENTITIES.iter() {
        let used = |entity: &&WrittenEntity| !mentioned(&entity.module.it) && !is_absent_document(entity, schemas);
        build(file, text, false, &entities.iter().filter(used).collect::<Vec<_>>());
    }
    if let Source::Custom { file, text } = source {
        build(file, text, true, &custom.iter().collect::<Vec<_>>());
        told.extend(unknown_modules(file, text, &custom, modules));
    }
    if !told.is_empty() {
        return Err(told);
    }
    mapping.modules.sort_by_key(|module| rank(module.module.as_str()));
    for module in &mut mapping.modules {
        module.rules.retain(|rule| {
            rule.fields.iter().all(|name| module.entities.iter().any(|it| it.field(name.as_str()).is_some()))
        });
        module.fingerprint = fingerprint(&module.entities);
    }
    Ok(mapping)
}

fn is_absent_document(entity: &WrittenEntity, schemas: &Sides<Schema>) -> bool {
    let described = entity.kinds.iter().all(|(side, kind)| schemas.get(side).kind(&kind.it).is_some());
    DOCUMENTS.contains(&entity.module.it.as_str()) && !described
}

/// Modules that are neither wanted in this run nor known at all are a slip of the pen.
fn unknown_modules(file: &str, text: &str, custom: &[WrittenEntity], modules: &[String]) -> Vec<Diagnostic> {
    let known = |name: &str| modules.iter().any(|it| it == name) || MODULES.contains(&name);
    let unknown = custom.iter().map(|entity| &entity.module).filter(|module| !known(&module.it));
    unknown
        .take(MOST_TOLD)
        .map(|module| {
            Diagnostic::new(file, text, module.span.clone(), Trouble::NotAllowed(MODULES.to_vec()))
                .suggest(&module.it, MODULES)
        })
        .collect()
}

/// What the user can switch on and off, in the order in which it runs: what others refer to comes first.
const MODULES: [&str; 4] = ["organisations", "contacts", "products", "invoices"];

fn rank(module: &str) -> usize {
    MODULES.iter().position(|known| *known == module).unwrap_or(MODULES.len())
}

fn mapping_rules<'m>(mapping: &'m Mapping, module: &str) -> &'m [MatchRule] {
    let found = mapping.modules.iter().find(|it| it.module.as_str() == module);
    found.map_or(&[], |module| module.rules.as_slice())
}

fn add(mapping: &mut Mapping, name: &str, entity: EntityMapping, rules: Vec<MatchRule>) {
    match mapping.modules.iter_mut().find(|module| module.module.as_str() == name) {
        Some(module) => {
            module.rules.extend(rules);
            module.entities.push(entity);
        }
        None => mapping.modules.push(ModuleMapping {
            module: Module::new(name),
            fingerprint: fingerprint(std::slice::from_ref(&entity)),
            entities: vec![entity],
            rules,
        }),
    }
}

/// A digest of what gives canonical values their meaning: which own fields they are read from, and how. Labels, filters,
/// rules and directions are no part of it, so that changing them changes nothing that is settled.
fn fingerprint(entities: &[EntityMapping]) -> Fingerprint {
    let mut parts: Vec<String> = vec![VERSION.to_owned()];
    for entity in entities {
        parts.extend([entity.kinds.left.to_string(), entity.kinds.right.to_string()]);
        for field in &entity.fields {
            parts.push(field.name.to_string());
            parts.push(field.lens().name().to_owned());
            parts.extend(field.lens().parameters());
            for side in Side::BOTH {
                parts.extend(field.own_fields(side).map(FieldName::to_string));
            }
        }
    }
    Fingerprint::of(parts)
}

impl MatchRule {
    pub(crate) fn of(written: &WrittenRule) -> Self {
        Self {
            name: written.name.it.clone(),
            fields: written.fields.iter().map(|field| FieldName::new(field.it.as_str())).collect(),
            vetoes: written.vetoes,
            similar: written.similar.as_ref().map(|similar| Similar {
                field: FieldName::new(similar.field.it.as_str()),
                links: similar.links,
                proposes: similar.proposes,
            }),
            score: written.score.unwrap_or(if written.vetoes { 100 } else { 90 }),
        }
    }
}
