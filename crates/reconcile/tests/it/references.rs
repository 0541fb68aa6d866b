//! Who refers to whom: what has to be there first, and whose links a plan needs.

use std::collections::{BTreeMap, BTreeSet};

use field_mapping::{Direction, Mapping, ModuleMapping, Priority, Source};
use reconcile::{in_reference_order, referred};
use sync_model::{FieldType, Fields, Kind, RecordKey, Side, Sides, Value};

use crate::firm;
use crate::scene::{Scene, fields, schema};
use crate::small;

/// Organisations and persons; whoever stands in `refers` refers to the other.
fn mapping(refers: &[&str]) -> Mapping {
    let mut text = String::new();
    for (module, dinero, crm) in [("organisations", "contact", "Accounts"), ("contacts", "person", "Contacts")] {
        text += &format!("[[entity]]\nmodule = \"{module}\"\ndinero = \"{dinero}\"\ncrm = \"{crm}\"\n");
        text += "[[entity.field]]\nname = \"name\"\ndinero = \"Name\"\ncrm = \"name\"\n";
        if refers.contains(&module) {
            text += "[[entity.field]]\nname = \"to\"\ndinero = \"To\"\ncrm = \"to\"\ntranslate = \"reference\"\n";
        }
    }
    let kind = |name, fields: [&'static str; 2], other| {
        let to = FieldType::Reference(vec![Kind::new(other)]);
        (name, vec![(fields[0], FieldType::Text), (fields[1], to)])
    };
    let left = ["Name", "To"];
    let right = ["name", "to"];
    let schemas = Sides::new(
        schema(&[kind("contact", left, "person"), kind("person", left, "contact")]),
        schema(&[kind("Accounts", right, "Contacts"), kind("Contacts", right, "Accounts")]),
    );
    let source = Source::Custom { file: "mapping.toml", text: &text };
    let direction = Direction::TwoWay { priority: Priority::Ask };
    let modules = ["organisations".to_owned(), "contacts".to_owned()];
    field_mapping::resolve(&source, &modules, &schemas, direction, &BTreeMap::new()).expect("it fits its schemas")
}

fn order(mapping: &Mapping, turned: bool) -> Result<Vec<String>, String> {
    let mut modules: Vec<&ModuleMapping> = mapping.modules.iter().collect();
    if turned {
        modules.reverse();
    }
    let ordered = in_reference_order(modules).map_err(|circle| circle.to_string())?;
    Ok(ordered.into_iter().map(|module| module.module.to_string()).collect())
}

#[test]
fn p30_what_others_refer_to_comes_first() {
    for turned in [false, true] {
        let contacts_refer = order(&mapping(&["contacts"]), turned);
        assert_eq!(contacts_refer.unwrap(), ["organisations", "contacts"]);
        assert_eq!(order(&mapping(&["organisations"]), turned).unwrap(), ["contacts", "organisations"]);
    }
    let given = mapping(&[]);
    assert_eq!(order(&given, false).unwrap()[0], given.modules[0].module.as_str(), "otherwise as given");
    assert_eq!(order(&given, true).unwrap()[0], given.modules[1].module.as_str());
    let circle = order(&mapping(&["organisations", "contacts"]), false).unwrap_err();
    assert!(circle.contains("organisations") && circle.contains("contacts"), "{circle}");
    assert!(in_reference_order(Vec::new()).unwrap().is_empty());
}

/// The firm, whose owner on the right is `owner`.
fn owned(owner: Value) -> Scene {
    let mut scene = firm::stage();
    scene.put(Side::Right, &firm::keys().right, fields(&firm::RIGHT));
    scene.set_field(Side::Right, "owner", owner);
    scene
}

#[test]
fn p30_whose_links_a_plan_needs_is_told_also_from_rows() {
    let key = |n: u32| RecordKey::new("Accounts", format!("11x{n}").as_str());
    let needed = |owner: Value| {
        let scene = owned(owner);
        referred(&scene.module, &scene.observed)
    };
    assert_eq!(needed(Value::Reference(key(7))), Sides::new(BTreeSet::new(), [key(7)].into()));
    let row =
        |n| -> Fields { [("product", Value::Reference(key(n))), ("quantity", Value::text("1"))].into_iter().collect() };
    assert_eq!(needed(Value::Rows(vec![row(7), row(8)])).right, [key(7), key(8)].into());
    assert_eq!(needed(Value::Empty), Sides::default());
    let mut scene = owned(Value::Empty);
    scene.set_field(Side::Right, "unmapped", Value::Reference(key(9)));
    assert_eq!(referred(&scene.module, &scene.observed), Sides::default(), "only what is mapped counts");
    let (module, mut observed) = (small::module(), scene.observed);
    observed.records.right.values_mut().for_each(|it| it.record.fields.set("one", Value::Reference(key(9))));
    assert_eq!(referred(&module, &observed), Sides::default(), "a mapping without references needs none");
}
