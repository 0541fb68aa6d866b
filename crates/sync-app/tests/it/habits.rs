//! Systems that change what they are given, and users who change the mapping: neither may cause a write of its own.

use serde_json::{Map, Value};

use crate::world::World;

/// Dinero trims, recases and respells what it stores.
fn tidy(fields: &mut Map<String, Value>) {
    let respell = |value: &mut Value, how: &dyn Fn(&str) -> String| {
        if let Some(text) = value.as_str() {
            *value = how(text).into();
        }
    };
    for (name, value) in fields.iter_mut() {
        match name.as_str() {
            "Email" => respell(value, &str::to_uppercase),
            "Phone" => respell(value, &|text| text.replace("+45", "0045 ")),
            "Street" | "City" => respell(value, &|text| format!(" {text} ")),
            "Name" => respell(value, &|text| text.chars().take(12).collect()),
            _ => {}
        }
    }
}

#[tokio::test]
async fn p15_what_a_system_makes_of_our_writes_causes_none() {
    let world = World::seeded(30, 21);
    world.dinero().inner.habit = Some(tidy);
    world.sync(&[]).await;
    let second = world.sync(&[]).await;
    assert_eq!((second.usage.left.writes, second.usage.right.writes), (0, 0), "{:?}", second.done);
}

#[tokio::test]
async fn p13_changing_the_mapping_and_back_writes_nothing() {
    let world = World::seeded(12, 22);
    world.sync(&[]).await;
    let standard = world.app(&[]).mapping_text();
    let filtered = standard.replacen(
        "filter.dinero = { IsPerson = false }",
        "filter.dinero = { IsPerson = false }\nfilter.crm = { bill_city = \"Skagen\" }",
        1,
    );
    let fewer = standard.replacen("crm = \"bill_street\"", "crm = \"bill_street\"\ndirection = \"to-crm\"", 1);
    assert!(filtered != standard && fewer != standard);
    for text in [standard.clone(), fewer, standard, filtered] {
        let summary = world.app_mapping(&text).sync(&[]).await.unwrap();
        assert_eq!((summary.usage.left.writes, summary.usage.right.writes), (0, 0), "{:?}", summary.done);
    }
    let back = world.sync(&[]).await;
    assert_eq!((back.usage.left.writes, back.usage.right.writes), (0, 0), "{:?}", back.done);
    assert!(back.in_agreement());
}
