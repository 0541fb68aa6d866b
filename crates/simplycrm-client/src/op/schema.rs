//! Which modules and fields the user may see (fact sheet §3).

use api_transport::Safety;

use super::{Operation, Verb};
use crate::id::ModuleName;
use crate::modules::Modules;
use crate::schema::ModuleSchema;

/// Lists the modules that the user may see.
#[derive(Debug, Clone, Default)]
pub struct ListTypes {
    /// Only modules that have a field of one of these types, such as `email`; empty means all.
    pub with_field_types: Vec<String>,
}

impl Operation for ListTypes {
    type Output = Modules;
    const NAME: &'static str = "listtypes";
    const VERB: Verb = Verb::Get;
    const SAFETY: Safety = Safety::Read;

    fn parameters(&self) -> Vec<(&'static str, String)> {
        if self.with_field_types.is_empty() {
            return Vec::new();
        }
        vec![("fieldTypeList", serde_json::Value::from(self.with_field_types.clone()).to_string())]
    }
}

/// Asks for the fields of a module.
#[derive(Debug, Clone)]
pub struct Describe {
    /// The module.
    pub module: ModuleName,
}

impl Operation for Describe {
    type Output = ModuleSchema;
    const NAME: &'static str = "describe";
    const VERB: Verb = Verb::Get;
    const SAFETY: Safety = Safety::Read;

    fn parameters(&self) -> Vec<(&'static str, String)> {
        vec![("elementType", self.module.to_string())]
    }
}
