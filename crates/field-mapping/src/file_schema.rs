//! The JSON Schema of the mapping file, so that editors complete it. The types say what a file may hold; none is ever made.

#![expect(dead_code, reason = "the types are only described, never made")]

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, schema_for};

use crate::lens::Lens;

/// The JSON Schema of a mapping file, as editors and the settings page use it.
///
/// ```
/// let schema = serde_json::to_value(field_mapping::file_schema()).unwrap();
/// assert_eq!(schema["title"], "Afstem mapping");
/// ```
#[must_use]
pub fn file_schema() -> Schema {
    schema_for!(File)
}

/// Which field of Dinero means which of Simply CRM.
#[derive(JsonSchema)]
#[schemars(title = "Afstem mapping", deny_unknown_fields)]
struct File {
    /// One for each pair of kinds. A module that is not mentioned keeps the standard mapping.
    entity: Option<Vec<Entity>>,
}

/// One pair of kinds.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Entity {
    /// The module it belongs to.
    module: Module,
    /// Dinero's kind, such as `contact`.
    dinero: String,
    /// Simply CRM's module, such as `Accounts`.
    crm: String,
    /// On which sides new records are made. Both, where it is not given.
    makes: Option<Vec<SideName>>,
    /// Which records of each side take part; all conditions must hold.
    filter: Option<Pair<BTreeMap<String, Condition>>>,
    /// Own fields that every new record of a side gets.
    constants: Option<Pair<BTreeMap<String, Given>>>,
    /// How records without a link find each other, strongest first.
    r#match: Option<Vec<Rule>>,
    /// The pairs of fields.
    field: Option<Vec<Field>>,
    /// Fields that are left alone on purpose.
    unmapped: Option<Vec<Unmapped>>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum Module {
    Organisations,
    Contacts,
    Products,
    Invoices,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum SideName {
    Dinero,
    Crm,
}

/// Something for each side.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Pair<T> {
    /// Dinero's.
    dinero: Option<T>,
    /// Simply CRM's.
    crm: Option<T>,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
enum Held {
    Text(String),
    Flag(bool),
    Number(serde_json::Number),
}

#[derive(JsonSchema)]
#[schemars(untagged)]
enum Condition {
    /// The field holds this.
    Is(Held),
    /// The field holds one of these.
    OneOf(#[schemars(length(min = 1))] Vec<Held>),
    /// All of this holds of the field.
    Tests(Box<Tests>),
}

/// What has to hold of a field; all of it.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "kebab-case", extend("minProperties" = 1))]
struct Tests {
    /// Whether there is anything in it.
    is: Option<Filled>,
    /// It holds this, or one of these.
    equals: Option<Values>,
    /// It contains this text, in capitals or not.
    contains: Option<String>,
    /// It begins with this text, in capitals or not.
    starts_with: Option<String>,
    /// It is this number or day, or a later one.
    at_least: Option<Quantity>,
    /// It is this number or day, or an earlier one.
    at_most: Option<Quantity>,
    /// None of this holds.
    not: Option<Not>,
}

/// What must not hold of a field; none of it.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "kebab-case", extend("minProperties" = 1))]
struct Ruled {
    is: Option<Filled>,
    equals: Option<Values>,
    contains: Option<String>,
    starts_with: Option<String>,
    at_least: Option<Quantity>,
    at_most: Option<Quantity>,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
enum Not {
    Is(Held),
    OneOf(#[schemars(length(min = 1))] Vec<Held>),
    Tests(Ruled),
}

#[derive(JsonSchema)]
#[schemars(untagged)]
enum Values {
    One(Held),
    Several(#[schemars(length(min = 1))] Vec<Held>),
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum Filled {
    Set,
    Empty,
}

/// A number, or a day such as 2026-01-31.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum Quantity {
    Number(serde_json::Number),
    Day(#[schemars(extend("format" = "date"))] String),
}

#[derive(JsonSchema)]
#[schemars(untagged)]
enum Given {
    /// This value.
    Value(Held),
    /// What the setting of this name holds.
    Setting { setting: String },
}

/// A match rule.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Rule {
    /// Its name, shown as the reason of a link.
    name: String,
    /// The canonical fields that must all agree.
    fields: Vec<String>,
    /// Whether two different values prove two different records.
    vetoes: Option<bool>,
    /// The one of the fields that need not be the same, only alike.
    similar: Option<Similar>,
    /// How sure a full agreement makes us, in percent; shown with every pair. 100 with vetoes, else 90.
    #[schemars(range(min = 1, max = 100))]
    score: Option<u8>,
}

/// A field that is compared as a name.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Similar {
    /// The canonical field; one of the rule's.
    field: String,
    /// The likeness in percent from which the rule links by itself; 100, where it is not given.
    #[schemars(range(min = 1, max = 100))]
    links: Option<u8>,
    /// The likeness in percent from which a person is asked; that of `links`, where it is not given.
    #[schemars(range(min = 1, max = 100))]
    proposes: Option<u8>,
}

/// A pair of fields.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Field {
    /// The canonical name.
    name: String,
    /// What it is called in both languages.
    label: Option<Label>,
    /// Dinero's own fields.
    dinero: Own,
    /// Simply CRM's own fields.
    crm: Own,
    /// The translation; text on one line where it is not given.
    translate: Option<Translate>,
    /// Where values may travel. Both ways, where it is not given.
    direction: Option<Travels>,
    /// Whose value stands when both changed; the priority of the settings, where it is not given.
    priority: Option<Priority>,
    /// Whether a clearing travels. It does, where it is not given.
    clearing: Option<bool>,
    /// What a new record gets when the other side has nothing.
    default: Option<Pair<Held>>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Label {
    da: String,
    en: String,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
enum Own {
    /// One field.
    One(String),
    /// Several, in the order the translation needs.
    Several(Vec<String>),
    /// A custom field, found by name or label.
    Find(Find),
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Find {
    /// Names, best first.
    find: Vec<String>,
    /// Labels, best first.
    labels: Vec<String>,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
enum Translate {
    /// A translation by its name.
    Named(#[schemars(extend("enum" = Lens::names()))] String),
    Table(ByTable),
    Amount(Amount),
    Most(Most),
    Cut(Cut),
    Expression(ByExpression),
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct ByTable {
    /// Dinero's word, and the words of Simply CRM that mean it; the first one is written.
    table: BTreeMap<String, Words>,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
enum Words {
    One(String),
    Several(Vec<String>),
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Amount {
    /// The ISO 4217 code of the currency.
    amount: String,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Most {
    /// The most characters; longer texts are refused.
    most: u32,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Cut {
    /// The most characters; longer texts are cut. One way only.
    cut: u32,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct ByExpression {
    /// The expression over the source's own fields.
    expression: String,
    /// The way back, one for each own field of the source.
    inverse: Option<Words>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum Travels {
    Both,
    ToDinero,
    ToCrm,
    CreateOnly,
    Compared,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum Priority {
    DineroFirst,
    CrmFirst,
    Ask,
}

/// Fields that are left alone on purpose.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Unmapped {
    /// Whose fields.
    side: SideName,
    /// Their names.
    fields: Vec<String>,
    /// Why, in both languages.
    why: Option<Label>,
    /// Whether something else fills them in, so that a new record does not lack them.
    filled: Option<bool>,
}
