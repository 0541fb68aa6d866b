//! The mapping file as editors see it: its JSON Schema, and the standard files held against it.

use field_mapping::{file_schema, standard_text};
use serde_json::Value as Json;

use crate::schemas::all_modules;

fn wrong(text: &str) -> Vec<String> {
    let schema = serde_json::to_value(file_schema()).expect("given");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let file: toml::Table = text.parse().expect("TOML");
    let file: Json = serde_json::to_value(file).expect("given");
    validator.iter_errors(&file).map(|error| error.to_string()).collect()
}

#[test]
fn every_standard_file_is_valid() {
    for module in all_modules() {
        assert_eq!(wrong(&standard_text(std::slice::from_ref(&module))), Vec::<String>::new(), "{module}");
    }
}

#[test]
fn what_is_not_known_is_not_valid() {
    let good = standard_text(&["organisations".to_owned()]);
    let table = [
        ("translate = \"phone\"", "translate = \"fone\""),
        ("translate = \"phone\"", "translate = { most = 3, cut = 4 }"),
        ("module = \"organisations\"", "module = \"organisation\""),
        ("clearing = false", "clear = false"),
        ("clearing = false", "clearing = \"no\""),
        ("clearing = false", "direction = \"to-simply\""),
    ];
    for (before, after) in table {
        assert!(!wrong(&good.replacen(before, after, 1)).is_empty(), "{after}");
    }
}
