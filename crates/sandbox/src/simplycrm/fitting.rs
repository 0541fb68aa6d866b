//! Fits the recorded descriptions to what the installation has: its taxes, currencies and unique rules.

use super::profile::Profile;
use super::schema::{Field, Module, Schema, is_numbered};
use serde_json::{Value, json};

impl Schema {
    /// One field per tax wherever the recorded modules had theirs: `tax1`, `tax2`, … with label and percentage.
    pub(crate) fn fit_taxes(&mut self, taxes: &[(&str, &str)]) {
        for module in self.modules_mut() {
            let Some(first) = module.fields.iter().position(|field| is_numbered(&field.name, "tax")) else { continue };
            let template = module.fields[first].description().clone();
            module.fields.retain(|field| !is_numbered(&field.name, "tax"));
            for ((label, percentage), number) in taxes.iter().zip(1..) {
                let mut description = template.clone();
                description["name"] = json!(format!("tax{number}"));
                description["label"] = json!(label);
                if description["default"].as_str().is_some_and(|default| !default.is_empty()) {
                    description["default"] = json!(percentage);
                }
                let field = module.field_from(description);
                module.fields.insert(first + number - 1, field);
            }
        }
    }

    /// A price field for one more currency in products and services.
    pub(crate) fn fit_currency(&mut self, number: u64, name: &str, code: &str) {
        for module in self.modules_mut().filter(|module| module.is_priced()) {
            let template = module.field("currency1").map(|field| field.description().clone());
            module.fields.extend(template.map(|mut description: Value| {
                description["name"] = json!(format!("currency{number}"));
                description["label"] = json!(format!("{name} {code}"));
                Field::new(description, false, true)
            }));
        }
    }

    /// `isunique` and `allowDuplicates` say what the rules are; 8.4 allows no duplicates anywhere, by its own word.
    pub(crate) fn fit_rules(&mut self, profile: &Profile) {
        for module in self.modules_mut() {
            let mut ruled = false;
            for field in &mut module.fields {
                let unique = profile.unique.contains(&(module.name.clone(), field.name.clone()));
                field.set_unique(unique);
                ruled |= unique;
            }
            module.set_rule(ruled, profile.version);
        }
    }
}

impl Module {
    fn field_from(&self, description: Value) -> Field {
        Field::new(description, self.is_inventory(), self.is_priced())
    }
}
