//! Schemas and lists of modules as the recorded servers give them.

use simplycrm_client::op::{Describe, ListTypes, RelatedTypes};
use simplycrm_client::{FieldKind, ModuleName, ModuleSchema, Operation};

use crate::wire::recordings;

fn answers<O: Operation>(operation: &O, file: &str) -> O::Output {
    let (_, recording) = recordings().into_iter().find(|(name, _)| name == file).unwrap();
    let exchanges = recording["exchanges"].as_array().unwrap();
    let wanted = |each: &&serde_json::Value| each["request"]["query"]["operation"] == O::NAME;
    let body = &exchanges.iter().find(wanted).unwrap()["response"]["body"];
    let response = http::Response::new(bytes::Bytes::from(body.to_string()));
    operation.decode(&response).unwrap().value
}

fn schema(module: ModuleName, version: &str) -> ModuleSchema {
    let file = format!("describe-{}.{version}.json", module.as_str().to_lowercase());
    answers(&Describe { module }, &file)
}

#[test]
fn an_organisations_fields_are_typed() {
    for version in ["v730", "v840"] {
        let accounts = schema(ModuleName::ACCOUNTS, version);
        assert_eq!((accounts.name.as_str(), accounts.id_prefix), ("Accounts", 11));
        assert!(accounts.createable && accounts.is_entity && accounts.owns("11x57".parse().unwrap()));
        let mandatory: Vec<_> = accounts.mandatory().map(|field| field.name.as_str()).collect();
        assert_eq!(mandatory, ["accountname", "assigned_user_id"]);
        let kind = |name: &str| &accounts.field(name).unwrap().kind;
        assert_eq!(kind("account_id"), &FieldKind::Reference(vec!["Accounts".to_owned()]));
        assert_eq!(kind("assigned_user_id"), &FieldKind::Owner);
        assert_eq!(kind("annual_revenue"), &FieldKind::Currency);
        assert_eq!(kind("modifiedtime"), &FieldKind::DateTime);
        assert_eq!(kind("emailoptout"), &FieldKind::Boolean);
        assert!(matches!(kind("industry"), FieldKind::Picklist(values) if values.iter().any(|v| v.value == "Banking")));
        assert!(!accounts.field("account_no").unwrap().editable);
    }
}

#[test]
fn a_products_taxes_have_booleans_in_text() {
    for version in ["v730", "v840"] {
        let products = schema(ModuleName::PRODUCTS, version);
        let tax = products.field("tax1").unwrap();
        assert!(tax.editable && tax.nullable && !tax.mandatory && !tax.unique);
        assert_eq!((tax.label.as_str(), tax.default.as_deref()), ("VAT", Some("4.500")));
        assert_eq!(products.field("discontinued").unwrap().default.as_deref(), Some("1"));
        assert_eq!(products.field("productname").unwrap().default, None);
        assert_eq!(products.label_fields, ["productname"]);
    }
}

#[test]
fn every_type_the_servers_know_is_known() {
    for (file, recording) in recordings().into_iter().filter(|(name, _)| name.starts_with("describe-")) {
        let result = &recording["exchanges"][0]["response"]["body"]["result"];
        let schema: ModuleSchema = serde_json::from_value(result.clone()).unwrap();
        assert_eq!(schema.fields.len(), result["fields"].as_array().unwrap().len());
        for field in &schema.fields {
            assert!(!matches!(field.kind, FieldKind::Other(_)), "{file}: {field:?}");
        }
    }
}

#[test]
fn what_other_versions_write_is_read_as_well() {
    let odd = r#"{"name":"Services","createable":1,"updateable":"1","deleteable":"","retrieveable":true,"idPrefix":26,
        "isEntity":true,"labelFields":["servicename"],"fields":[
            {"name":"x","label":"R&oslash;d","type":{"name":"picklist","picklistValues":{"1":{"label":"Et","value":1}}},
             "default":7,"mandatory":null},
            {"name":"y","type":{"name":"hologram"}}]}"#;
    let schema: ModuleSchema = serde_json::from_str(odd).unwrap();
    assert!(schema.createable && schema.updateable && !schema.deleteable && !schema.allow_duplicates);
    assert_eq!((schema.id_prefix, schema.label_fields.as_slice()), (26, ["servicename".to_owned()].as_slice()));
    let [first, second] = schema.fields.as_slice() else { panic!("two fields") };
    assert_eq!((first.label.as_str(), first.default.as_deref()), ("Rød", Some("7")));
    assert!(matches!(&first.kind, FieldKind::Picklist(values) if values[0].value == "1"));
    assert_eq!((second.label.as_str(), &second.kind), ("y", &FieldKind::Other("hologram".to_owned())));
}

#[test]
fn modules_and_relations_are_listed() {
    for version in ["v730", "v840"] {
        let modules = answers(&ListTypes::default(), &format!("listtypes.{version}.json"));
        assert!(modules.contains(ModuleName::INVOICE) && !modules.contains("invoice"));
        let accounts = modules.info("Accounts").unwrap();
        assert_eq!((accounts.label.as_str(), accounts.singular.as_str()), ("Organizations", "Organization"));
        assert!(accounts.is_entity && !modules.info("Tax").unwrap().is_entity);
        let related = answers(&RelatedTypes { module: ModuleName::ACCOUNTS }, &format!("related.{version}.json"));
        assert_eq!(related.relations["Sales Order"].module, "SalesOrder");
    }
}
