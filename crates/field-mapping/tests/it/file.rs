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

#[test]
fn the_shipped_schema_is_the_generated_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/mapping.schema.json");
    let shipped = std::fs::read_to_string(path).expect("shipped");
    let shipped: serde_json::Value = serde_json::from_str(&shipped).expect("JSON");
    assert!(shipped == *file_schema().as_value(), "`afstem mapping schema > docs/mapping.schema.json` writes it anew");
}

#[test]
fn an_exported_mapping_names_its_schema_first() {
    let text = standard_text(&all_modules());
    let first = text.lines().next().expect("given");
    assert!(first.starts_with("#:schema https://") && first.ends_with("/docs/mapping.schema.json"), "{first}");
}

const ENTITY: &str = "[[entity]]\nmodule = \"organisations\"\ndinero = \"contact\"\ncrm = \"Accounts\"\n";

#[test]
fn custom_files_are_valid_where_they_mean_something() {
    let valid = [
        "filter.crm = { accounttype = 'Customer' }",
        "filter.crm = { accounttype = ['Customer', 'Partner'] }",
        "filter.crm = { cf_cvr = { is = 'set' }, employees = { at-least = 10, at-most = 50 } }",
        "filter.crm = { accountname = { starts-with = 'Ny', not = { contains = 'test' } } }",
        "filter.crm = { accounttype = { not = ['Press'] }, rating = { equals = ['Hot'], not = '' } }",
        "constants.dinero = { IsPerson = false, Account = { setting = 'sales_account' } }",
        "makes = ['crm']",
        "[[entity.field]]\nname = 'a'\ndinero = 'A'\ncrm = ['a', 'b']\ntranslate = 'person'",
        "[[entity.field]]\nname = 'a'\ndinero = 'A'\ncrm = { find = ['a'], labels = ['A'] }\ndefault = { crm = 3 }",
        "[[entity.field]]\nname = 'a'\ndinero = 'A'\ncrm = 'a'\ntranslate = { table = { A = ['a', 'b'], B = 'c' } }",
        "[[entity.field]]\nname = 'a'\ndinero = 'A'\ncrm = 'a'\ntranslate = { expression = 'A', inverse = 'value' }",
    ];
    for lines in valid {
        assert_eq!(wrong(&format!("{ENTITY}{lines}\n")), Vec::<String>::new(), "{lines}");
    }
    let broken = [
        "filter.crm = { accounttype = [] }",
        "filter.crm = { accounttype = {} }",
        "filter.crm = { accounttype = { is = 'sat' } }",
        "filter.crm = { accounttype = { contain = 'x' } }",
        "filter.crm = { accounttype = { not = { not = 'x' } } }",
        "filter.crm = { employees = { at-least = true } }",
        "filter.simply = { accounttype = 'x' }",
        "constants.dinero = { Account = { set = 'sales_account' } }",
        "makes = ['simply']",
        "[[entity.field]]\nname = 'a'\ndinero = 'A'",
        "[[entity.field]]\nname = 'a'\ndinero = 'A'\ncrm = { find = ['a'] }",
    ];
    for lines in broken {
        assert!(!wrong(&format!("{ENTITY}{lines}\n")).is_empty(), "{lines}");
    }
}
