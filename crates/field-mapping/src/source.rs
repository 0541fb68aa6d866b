//! The written form of a mapping: TOML, one `[[entity]]` for each pair of kinds.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use crate::lens::Lens;
use crate::mapping::Label;

/// Where a mapping comes from.
#[derive(Debug, Clone, Copy)]
pub enum Source<'a> {
    /// The standard mapping, which this crate ships.
    Standard,
    /// The user's own file.
    Custom {
        /// The file's name, for messages.
        file: &'a str,
        /// Its text.
        text: &'a str,
    },
}

/// The files of the standard mapping, in the order in which their modules run.
pub(crate) const STANDARD: [(&str, &str); 4] = [
    ("organisations.toml", include_str!("../standard/organisations.toml")),
    ("contacts.toml", include_str!("../standard/contacts.toml")),
    ("products.toml", include_str!("../standard/products.toml")),
    ("services.toml", include_str!("../standard/services.toml")),
];

/// A mapping file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MappingFile {
    pub(crate) entity: Vec<EntityText>,
}

/// One pair of kinds as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntityText {
    pub(crate) module: String,
    pub(crate) dinero: Spanned<String>,
    pub(crate) crm: Spanned<String>,
    #[serde(default)]
    pub(crate) makes: Vec<SideText>,
    #[serde(default)]
    pub(crate) filter: BySide<BTreeMap<String, toml::Value>>,
    #[serde(default)]
    pub(crate) constants: BySide<BTreeMap<String, toml::Value>>,
    #[serde(default, rename = "match")]
    pub(crate) rules: Vec<RuleText>,
    #[serde(default)]
    pub(crate) field: Vec<FieldText>,
    #[serde(default)]
    #[expect(dead_code, reason = "read by people, and by the check that no field is forgotten")]
    pub(crate) unmapped: Vec<UnmappedText>,
}

/// A side as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SideText {
    Dinero,
    Crm,
}

/// Something for each side, as written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct BySide<T: Default> {
    pub(crate) dinero: T,
    pub(crate) crm: T,
}

/// A match rule as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleText {
    pub(crate) name: String,
    pub(crate) fields: Vec<String>,
    #[serde(default)]
    pub(crate) vetoes: bool,
}

/// A pair of fields as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldText {
    pub(crate) name: Spanned<String>,
    pub(crate) label: Label,
    pub(crate) dinero: Spanned<OwnText>,
    pub(crate) crm: Spanned<OwnText>,
    pub(crate) translate: Lens,
    #[serde(default)]
    pub(crate) direction: DirectionText,
    pub(crate) priority: Option<SideText>,
    #[serde(default = "yes")]
    pub(crate) clearing: bool,
    #[serde(default)]
    pub(crate) create_only: bool,
    #[serde(default)]
    pub(crate) default: BySide<Option<toml::Value>>,
}

fn yes() -> bool {
    true
}

/// A field's own direction as written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DirectionText {
    #[default]
    Both,
    ToDinero,
    ToCrm,
}

/// A side's own fields as written: a name, several names, or what to look for.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum OwnText {
    One(String),
    Several(Vec<String>),
    Find { find: Vec<String>, labels: Vec<String> },
}

/// Fields that are left alone on purpose.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "read by people, and by the check that no field is forgotten")]
pub(crate) struct UnmappedText {
    pub(crate) side: SideText,
    pub(crate) fields: Vec<String>,
    pub(crate) why: Label,
}
