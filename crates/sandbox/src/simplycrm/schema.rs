//! What the installation says of itself: modules and fields, read from descriptions recorded on a real server
//! (`describe/*.json`) and fitted to the profile.

use super::php::Php;
use super::profile::{CustomFields, Profile, Version};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// All modules, in the order in which `listtypes` names them.
#[derive(Debug, Clone)]
pub(crate) struct Schema {
    modules: Vec<Module>,
}

/// One module or actor entity.
#[derive(Debug, Clone)]
pub(crate) struct Module {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) singular: String,
    /// `describe` names some modules in the singular where `listtypes` has the plural.
    described_label: String,
    pub(crate) entity: bool,
    pub(crate) prefix: u32,
    pub(crate) fields: Vec<Field>,
    pub(crate) label_fields: Vec<String>,
    allow_duplicates: Option<bool>,
    field_types: Vec<String>,
    /// Whether its fields were recorded; the others can be listed and queried, not written.
    pub(crate) described: bool,
}

/// One field of a module.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) mandatory: bool,
    pub(crate) editable: bool,
    pub(crate) default: String,
    pub(crate) place: Place,
    description: Value,
}

/// What a field holds, as far as the server treats it differently.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    Text,
    LongText,
    Integer,
    Double,
    Currency,
    Boolean,
    Date,
    Moment,
    Reference(Vec<String>),
    Owner,
    Id,
}

/// Where the value of a described field lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the record.
    Record,
    /// In the lines of an inventory record.
    Line,
    /// In a list of taxes, prices or charges beside the record.
    Beside,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    name: String,
    label: String,
    singular: String,
    is_entity: bool,
    prefix: u32,
    #[serde(default)]
    field_types: Vec<String>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Described {
    name: String,
    label: String,
    label_fields: String,
    allow_duplicates: Option<bool>,
    fields: Vec<Value>,
}

const DESCRIPTIONS: [&str; 16] = [
    include_str!("describe/Accounts.json"),
    include_str!("describe/CompanyDetails.json"),
    include_str!("describe/Contacts.json"),
    include_str!("describe/Currency.json"),
    include_str!("describe/Groups.json"),
    include_str!("describe/Invoice.json"),
    include_str!("describe/LineItem.json"),
    include_str!("describe/PriceBooks.json"),
    include_str!("describe/ProductTaxes.json"),
    include_str!("describe/Products.json"),
    include_str!("describe/Quotes.json"),
    include_str!("describe/SalesOrder.json"),
    include_str!("describe/Services.json"),
    include_str!("describe/Tax.json"),
    include_str!("describe/Users.json"),
    include_str!("describe/Vendors.json"),
];

/// The descriptions as recorded; parsing them takes longer than fitting them.
static RECORDED: LazyLock<Recorded> = LazyLock::new(|| Recorded {
    listed: parse(include_str!("describe/modules.json")),
    described: DESCRIPTIONS
        .iter()
        .map(|text| parse::<Described>(text))
        .map(|module| (module.name.clone(), module))
        .collect(),
    changes: parse(include_str!("describe/changes-in-8.4.json")),
});

struct Recorded {
    listed: Vec<Listed>,
    described: BTreeMap<String, Described>,
    /// Fields that 8.4 describes otherwise.
    changes: BTreeMap<String, Vec<Value>>,
}

/// Custom fields of a module: slug, label, number in the stock style.
fn custom_fields(module: &str) -> &'static [(&'static str, &'static str, u32)] {
    match module {
        "Accounts" => &[("cf_cvr", "CVR-nr.", 851), ("cf_ean", "EAN", 853), ("cf_dinero_guid", "Dinero guid", 857)],
        "Contacts" => &[("cf_cvr", "CVR-nr.", 861), ("cf_ean", "EAN", 863), ("cf_dinero_guid", "Dinero guid", 867)],
        "Products" => &[("cf_dinero_guid", "Dinero guid", 877)],
        "Services" => &[("cf_varenr", "Varenr.", 881), ("cf_dinero_guid", "Dinero guid", 887)],
        "Invoice" => &[
            ("cf_dinero_guid", "Dinero guid", 897),
            ("cf_dinero_fakturanr", "Dinero fakturanummer", 899),
            ("cf_krediterer_faktura", "Krediterer faktura", 901),
        ],
        _ => &[],
    }
}

impl Schema {
    pub(crate) fn new(profile: &Profile) -> Self {
        let recorded = &*RECORDED;
        let modules = recorded
            .listed
            .iter()
            .map(|listed| {
                let mut description = recorded.described.get(&listed.name).cloned();
                if let Some(description) = &mut description {
                    if profile.version >= Version::V8 {
                        apply(recorded.changes.get(&listed.name), description);
                    }
                    add_custom(profile, description);
                }
                Module::new(profile, listed.clone(), description)
            })
            .collect();
        let mut schema = Self { modules };
        schema.fit_rules(profile);
        schema
    }

    pub(crate) fn modules(&self) -> impl Iterator<Item = &Module> {
        self.modules.iter()
    }

    pub(crate) fn modules_mut(&mut self) -> impl Iterator<Item = &mut Module> {
        self.modules.iter_mut()
    }

    pub(crate) fn module(&self, name: &str) -> Option<&Module> {
        self.modules.iter().find(|module| module.name == name)
    }

    pub(crate) fn by_prefix(&self, prefix: u32) -> Option<&Module> {
        self.modules.iter().find(|module| module.prefix == prefix)
    }

    pub(crate) fn prefix(&self, name: &str) -> u32 {
        self.module(name).map_or(0, |module| module.prefix)
    }
}

/// The descriptions are part of the program, so a fault in them is a fault in the program.
fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> T {
    match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) => panic!("a description shipped with the sandbox does not parse: {error}"),
    }
}

fn apply(changes: Option<&Vec<Value>>, description: &mut Described) {
    for change in changes.into_iter().flatten() {
        let known = description.fields.iter_mut().find(|field| field["name"] == change["name"]);
        match known {
            Some(field) => *field = change.clone(),
            None => description.fields.insert(description.fields.len() - 1, change.clone()),
        }
    }
}

fn add_custom(profile: &Profile, description: &mut Described) {
    let naming = profile.custom_fields.get(&description.name).copied().unwrap_or(CustomFields::Absent);
    for (slug, label, number) in custom_fields(&description.name) {
        let name = match naming {
            CustomFields::Absent => continue,
            CustomFields::Numbered => format!("cf_{number}"),
            CustomFields::Slugs => (*slug).to_owned(),
        };
        description.fields.push(json!({
            "name": name, "label": label, "mandatory": false, "type": {"name": "string"}, "isunique": false,
            "nullable": true, "editable": true, "default": "",
        }));
    }
}

impl Module {
    fn new(profile: &Profile, listed: Listed, description: Option<Described>) -> Self {
        let described = description.is_some();
        let description = description.unwrap_or_else(|| bare(&listed.name));
        let inventory = matches!(listed.name.as_str(), "Invoice" | "Quotes" | "SalesOrder");
        let priced = matches!(listed.name.as_str(), "Products" | "Services");
        let fields = description.fields.into_iter().map(|field| Field::new(field, inventory, priced)).collect();
        Self {
            prefix: profile.prefixes.of(&listed.name, listed.prefix),
            name: listed.name,
            label: listed.label,
            described_label: description.label,
            singular: listed.singular,
            entity: listed.is_entity,
            fields,
            label_fields: description
                .label_fields
                .split(',')
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect(),
            allow_duplicates: description.allow_duplicates,
            field_types: listed.field_types,
            described,
        }
    }

    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The fields that live in the record itself.
    pub(crate) fn own_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.place == Place::Record)
    }

    pub(crate) fn is_inventory(&self) -> bool {
        matches!(self.name.as_str(), "Invoice" | "Quotes" | "SalesOrder")
    }

    pub(crate) fn is_priced(&self) -> bool {
        matches!(self.name.as_str(), "Products" | "Services")
    }

    pub(crate) fn set_rule(&mut self, ruled: bool, version: Version) {
        self.allow_duplicates = self.allow_duplicates.map(|_| !ruled && version < Version::V8);
    }

    /// Whether a field of this type (`email`, `phone`, …) is in the module.
    pub(crate) fn has_field_type(&self, kind: &str) -> bool {
        self.field_types.iter().any(|known| known == kind)
            || self.fields.iter().any(|field| field.description["type"]["name"] == kind)
    }

    pub(crate) fn listing(&self) -> Php {
        Php::map([
            ("isEntity", Php::Bool(self.entity)),
            ("label", Php::text(&self.label)),
            ("singular", Php::text(&self.singular)),
        ])
    }

    /// The answer of `describe`.
    pub(crate) fn description(&self, writable: bool) -> Php {
        let mut entries = vec![
            ("label", Php::text(&self.described_label)),
            ("name", Php::text(&self.name)),
            ("createable", Php::Bool(writable && self.described)),
            ("updateable", Php::Bool(writable && self.described)),
            ("deleteable", Php::Bool(writable)),
            ("retrieveable", Php::Bool(true)),
            ("fields", Php::list(self.fields.iter().map(|field| Php::from_json(&field.description)))),
            ("idPrefix", Php::text(self.prefix.to_string())),
            ("isEntity", Php::Bool(self.entity)),
        ];
        if let Some(allowed) = self.allow_duplicates {
            entries.push(("allowDuplicates", Php::Bool(allowed)));
        }
        entries.push(("labelFields", Php::text(self.label_fields.join(","))));
        Php::map(entries)
    }
}

/// The fields every record has, for a module whose description was not recorded.
fn bare(name: &str) -> Described {
    let field = |name: &str, kind: &str| {
        json!({"name": name, "label": name, "mandatory": false, "type": {"name": kind}, "isunique": false,
            "nullable": true, "editable": false, "default": ""})
    };
    Described {
        name: name.to_owned(),
        label: name.to_owned(),
        label_fields: String::new(),
        allow_duplicates: Some(true),
        fields: vec![
            field("assigned_user_id", "owner"),
            field("createdtime", "datetime"),
            field("modifiedtime", "datetime"),
            field("id", "autogenerated"),
        ],
    }
}

impl Field {
    pub(crate) fn label(&self) -> &str {
        self.description["label"].as_str().unwrap_or_default()
    }

    pub(crate) fn description(&self) -> &Value {
        &self.description
    }

    pub(crate) fn set_unique(&mut self, unique: bool) {
        if let Some(said) = self.description.get_mut("isunique") {
            *said = json!(unique);
        }
    }

    pub(crate) fn is_custom(&self) -> bool {
        self.name.starts_with("cf_")
    }

    pub(crate) fn new(description: Value, inventory: bool, priced: bool) -> Self {
        let name = description["name"].as_str().unwrap_or_default().to_owned();
        let beside = priced && (is_numbered(&name, "tax") || is_numbered(&name, "currency"))
            || inventory && name.starts_with("shipping_&_handling");
        let line = inventory
            && (is_numbered(&name, "tax")
                || matches!(
                    name.as_str(),
                    "productid" | "quantity" | "listprice" | "comment" | "discount_amount" | "discount_percent"
                ));
        Self {
            kind: if name == "id" { Kind::Id } else { Kind::of(&description["type"]) },
            mandatory: is_set(&description["mandatory"]),
            editable: is_set(&description["editable"]),
            default: description["default"].as_str().unwrap_or_default().to_owned(),
            place: match (line, beside) {
                (true, _) => Place::Line,
                (false, true) => Place::Beside,
                (false, false) => Place::Record,
            },
            name,
            description,
        }
    }
}

impl Kind {
    fn of(kind: &Value) -> Self {
        match kind["name"].as_str().unwrap_or_default() {
            "text" => Self::LongText,
            "integer" => Self::Integer,
            "double" => Self::Double,
            "currency" => Self::Currency,
            "boolean" => Self::Boolean,
            "date" => Self::Date,
            "datetime" => Self::Moment,
            "owner" => Self::Owner,
            "reference" => {
                let modules = kind["refersTo"].as_array().into_iter().flatten();
                Self::Reference(modules.filter_map(Value::as_str).map(str::to_owned).collect())
            }
            // Phone, e-mail, address, picklist and the rest are kept and read as text.
            _ => Self::Text,
        }
    }
}

/// Whether a name is a stem with a number: `tax1`, `currency2`.
pub(crate) fn is_numbered(name: &str, stem: &str) -> bool {
    name.strip_prefix(stem).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Synthetic fields say `"1"` and `""` where others say `true` and `false`.
fn is_set(value: &Value) -> bool {
    value == &json!(true) || value == &json!("1")
}
