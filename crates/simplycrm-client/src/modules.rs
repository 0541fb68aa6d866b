//! The list of modules, and the list of what a module is related to.

use indexmap::IndexMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, de};

use crate::schema::lenient_bool;
use crate::value::decode_entities;

/// The modules that the user may see, in the server's order.
#[derive(Debug, Clone, Deserialize)]
pub struct Modules {
    /// Their internal names. They may be of any form, as installations add modules of their own.
    #[serde(rename = "types")]
    pub names: Vec<String>,
    #[serde(deserialize_with = "object_or_empty_list")]
    information: IndexMap<String, ModuleInfo>,
}

impl Modules {
    /// Whether the user may see the module.
    #[must_use]
    pub fn contains(&self, module: impl AsRef<str>) -> bool {
        self.names.iter().any(|name| name == module.as_ref())
    }

    /// What is said about a module.
    #[must_use]
    pub fn info(&self, module: impl AsRef<str>) -> Option<&ModuleInfo> {
        self.information.get(module.as_ref())
    }
}

/// A module in the list.
#[derive(Debug, Clone, Deserialize)]
pub struct ModuleInfo {
    /// Its name for people, in the user's language.
    #[serde(deserialize_with = "entity_text")]
    pub label: String,
    /// The name of one record, for people.
    #[serde(default, deserialize_with = "entity_text")]
    pub singular: String,
    /// Whether its records have an owner, times and a recycle bin.
    #[serde(rename = "isEntity", deserialize_with = "lenient_bool")]
    pub is_entity: bool,
}

/// The related lists of a module.
#[derive(Debug, Clone, Deserialize)]
pub struct RelatedModules {
    /// The modules in the lists; one may come several times.
    #[serde(rename = "types")]
    pub modules: Vec<String>,
    /// The lists by their untranslated label.
    #[serde(rename = "information", deserialize_with = "object_or_empty_list")]
    pub relations: IndexMap<String, Relation>,
}

/// A related list.
#[derive(Debug, Clone, Deserialize)]
pub struct Relation {
    /// The module of the records in it.
    #[serde(rename = "name")]
    pub module: String,
    /// Its name for people.
    #[serde(default, deserialize_with = "entity_text")]
    pub label: String,
}

fn entity_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer).map(|text| decode_entities(&text))
}

/// PHP writes an empty object as `[]` (fact sheet §1.3).
fn object_or_empty_list<'de, D, T>(deserializer: D) -> Result<IndexMap<String, T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let value = serde_json::Value::deserialize(deserializer)?;
    if value.as_array().is_some_and(Vec::is_empty) {
        return Ok(IndexMap::new());
    }
    IndexMap::deserialize(value).map_err(de::Error::custom)
}
