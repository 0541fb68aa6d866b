//! Fields that change in Simply CRM between two runs: each waits with its cause, the rest goes on, and what waited travels
//! when the field is right again.

use serde_json::{Value, json};
use sync_app::{Language, Summary, plan_json, summary_json};

use crate::agreement::{both, edit_crm, edit_dinero, shared};
use crate::world::World;

const CITY: (&str, &str) = ("City", "bill_city");
const STREET: (&str, &str) = ("Street", "bill_street");

/// What is done to `bill_street`, and what a run says about it.
type Change = (&'static str, fn(&mut World), &'static str);

fn describe(world: &World, module: &str, field: &str, change: impl FnOnce(&mut Value)) {
    let mut crm = world.crm();
    let mut description = crm.inner.field(module, field).unwrap().clone();
    change(&mut description);
    crm.inner.put_field(module, description).unwrap();
}

fn street(world: &World, change: impl FnOnce(&mut Value)) {
    describe(world, "Accounts", "bill_street", change);
}

const CHANGES: [Change; 4] = [
    (
        "removed",
        |world| drop(world.crm().inner.hide_field("Accounts", "bill_street").unwrap()),
        "Accounts no longer has the field `bill_street`; make it again, or correct the mapping",
    ),
    (
        "renamed",
        |world| {
            let mut description = world.crm().inner.hide_field("Accounts", "bill_street").unwrap();
            description["name"] = "cf_street".into();
            world.crm().inner.put_field("Accounts", description).unwrap();
        },
        "`bill_street` of Accounts is now called `cf_street`; correct the mapping",
    ),
    (
        "retyped",
        |world| street(world, |it| it["type"] = json!({"name": "boolean"})),
        "`bill_street` of Accounts is no longer text, but flag; correct the mapping",
    ),
    (
        "read-only",
        |world| street(world, |it| it["editable"] = false.into()),
        "`bill_street` of Accounts can no longer be written; give the user the right to",
    ),
];

/// The sentences of everything that waits.
fn waiting(summary: &Summary) -> Vec<String> {
    let document = summary_json(summary, Language::En);
    let findings = document["findings"].as_array().unwrap();
    findings.iter().map(|it| it["why"].as_str().unwrap().to_owned()).collect()
}

#[track_caller]
fn quiet(summary: &Summary) {
    assert_eq!((summary.usage.left.writes, summary.usage.right.writes), (0, 0), "{:?}", summary.done);
    assert!(summary.in_agreement(), "{:?}", summary.findings);
}

#[tokio::test]
async fn a_field_that_changed_waits_and_travels_when_it_is_right_again() {
    for (what, change, cause) in CHANGES {
        let mut world = World::seeded(9, 31);
        world.sync(&[]).await;
        let (guid, id) = shared(&world);
        let before = both(&world, &guid, &id, STREET).1;
        let right = world.crm().inner.field("Accounts", "bill_street").unwrap().clone();
        change(&mut world);
        world.a_day_passes();
        edit_dinero(&world, &guid, "Street", "Havnegade 12");
        edit_dinero(&world, &guid, "City", "Skagen");
        edit_crm(&world, &id, "phone", "70 10 20 30");

        let sentence = format!("the field street of organisations waits while the rest goes on: {cause}");
        let planned = plan_json(&world.app(&[]).plan(&[]).await.unwrap(), Language::En);
        assert!(planned.to_string().contains(&sentence), "{what}: {planned:#}");
        let held = world.sync(&[]).await;
        assert_eq!(waiting(&held), std::slice::from_ref(&sentence), "{what}");
        assert_eq!((held.held(), held.conflicts(), held.in_agreement()), (1, 0, false), "{what}");
        assert_eq!(both(&world, &guid, &id, CITY), ("Skagen".into(), "Skagen".into()), "{what}");
        // Another day's edit, so that the list of changes no longer holds what was read without the field.
        world.a_day_passes();
        let other = world.crm().inner.records("Accounts").into_iter().find(|it| it["id"] != id.as_str()).unwrap();
        edit_crm(&world, other["id"].as_str().unwrap(), "phone", "70 10 20 40");
        world.sync(&[]).await;
        let still = world.sync(&[]).await;
        assert_eq!(
            (waiting(&still), still.usage.left.writes + still.usage.right.writes),
            (vec![sentence], 0),
            "{what}"
        );

        let again = world.crm().inner.hide_field("Accounts", "cf_street");
        assert_eq!(again.is_ok(), what == "renamed");
        world.crm().inner.put_field("Accounts", right).unwrap();
        assert_eq!(
            world.crm().inner.record_of(&id).unwrap()["bill_street"],
            before.as_str(),
            "{what}: nothing was written"
        );
        let back = world.sync(&[]).await;
        assert!(back.in_agreement(), "{what}: {:?}", back.findings);
        assert_eq!(both(&world, &guid, &id, STREET), ("Havnegade 12".into(), "Havnegade 12".into()), "{what}");
        quiet(&world.sync(&[]).await);
    }
}

#[tokio::test]
async fn edits_of_both_sides_survive_a_field_that_was_away() {
    let world = World::seeded(9, 32);
    world.sync(&[]).await;
    let (guid, id) = shared(&world);
    let right = world.crm().inner.hide_field("Accounts", "bill_street").unwrap();
    // Nobody knows yet: what the CRM does not take is not taken for agreed.
    edit_dinero(&world, &guid, "Street", "Havnegade 12");
    world.sync(&[]).await;
    world.a_day_passes();
    let held = world.sync(&[]).await;
    let (told, danish) = (
        summary_json(&held, Language::Da)["findings"][0]["why"].clone(),
        "feltet street i organisations venter, mens resten går videre: Accounts har ikke længere feltet `bill_street`; \
         opret det igen, eller ret kortlægningen",
    );
    assert_eq!((told.as_str(), held.held()), (Some(danish), 1));
    world.crm().inner.put_field("Accounts", right).unwrap();
    world.sync(&[]).await;
    assert_eq!(both(&world, &guid, &id, STREET), ("Havnegade 12".into(), "Havnegade 12".into()));
    edit_crm(&world, &id, "bill_street", "Strandvejen 1");
    world.sync(&[]).await;
    assert_eq!(both(&world, &guid, &id, STREET), ("Strandvejen 1".into(), "Strandvejen 1".into()));
}

#[tokio::test]
async fn a_field_that_was_deleted_and_made_again_blanks_nothing() {
    let world = World::seeded(9, 33);
    world.sync(&[]).await;
    let streets = || -> Vec<Value> { world.dinero().inner.contacts().iter().map(|it| it["Street"].clone()).collect() };
    let before = streets();
    let (guid, id) = shared(&world);
    let description = world.crm().inner.delete_field("Accounts", "bill_street").unwrap();
    world.a_day_passes();
    edit_crm(&world, &id, "bill_city", "Skagen");
    assert_eq!(world.sync(&[]).await.held(), 1);
    world.crm().inner.put_field("Accounts", description).unwrap();
    let back = world.sync(&[]).await;
    assert!(back.in_agreement(), "{:?}", back.findings);
    edit_crm(&world, &id, "bill_city", "Odense");
    world.sync(&[]).await;
    assert_eq!(streets(), before);
    edit_dinero(&world, &guid, "Street", "Havnegade 12");
    world.sync(&[]).await;
    assert_eq!(both(&world, &guid, &id, STREET), ("Havnegade 12".into(), "Havnegade 12".into()));
    quiet(&world.sync(&[]).await);
}

#[tokio::test]
async fn a_choice_that_is_gone_holds_its_field_and_no_other() {
    let world = World::seeded(9, 34);
    world.sync(&[]).await;
    let (guid, id) = shared_product(&world);
    let right = world.crm().inner.field("Products", "usageunit").unwrap().clone();
    describe(&world, "Products", "usageunit", |it| {
        it["type"]["picklistValues"].as_array_mut().unwrap().retain(|choice| choice["value"] != "Hours");
    });
    world.a_day_passes();
    let unit = world.crm().inner.record_of(&id).unwrap()["usageunit"].clone();
    let other = if unit == "Hours" { "parts" } else { "hours" };
    let edits = [("Unit", other.into()), ("BaseAmountValue", json!(417.5))];
    assert!(world.dinero().inner.edit_product(&guid, &edits, world.now()));
    let held = world.sync(&[]).await;
    let waits = waiting(&held);
    assert!(waits[0].contains("the list `usageunit` of Products no longer has: Hours"), "{waits:?}");
    let product = world.crm().inner.record_of(&id).unwrap();
    assert_eq!(
        (&product["usageunit"], product["unit_price"].as_str().map(|it| it.starts_with("417.5"))),
        (&unit, Some(true))
    );
    world.crm().inner.put_field("Products", right).unwrap();
    let back = world.sync(&[]).await;
    assert!(back.in_agreement(), "{:?}", back.findings);
    assert_ne!(world.crm().inner.record_of(&id).unwrap()["usageunit"], unit);
    quiet(&world.sync(&[]).await);
}

/// A product on both sides: its Dinero guid and its CRM id.
fn shared_product(world: &World) -> (String, String) {
    let products = world.crm().inner.records("Products");
    let in_dinero = world.dinero().inner.products();
    let found =
        products.iter().find_map(|it| Some((in_dinero.iter().find(|one| one["Name"] == it["productname"])?, it)));
    let (product, in_crm) = found.unwrap();
    (product["ProductGuid"].as_str().unwrap().to_owned(), in_crm["id"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_field_that_became_mandatory_holds_only_new_records() {
    let world = World::seeded(9, 35);
    world.sync(&[]).await;
    let (guid, id) = shared(&world);
    describe(&world, "Accounts", "employees", |it| it["mandatory"] = true.into());
    world.a_day_passes();
    let new = [("Name", "Nordlys ApS".into()), ("IsPerson", false.into()), ("CountryKey", "DK".into())];
    world.dinero().inner.add_contact(&new, world.now());
    edit_dinero(&world, &guid, "City", "Skagen");
    let made = || world.crm().inner.records("Accounts").iter().any(|it| it["accountname"] == "Nordlys ApS");
    let held = world.sync(&[]).await;
    let waits = waiting(&held);
    let cause = "Accounts now needs `employees`; give it a value in the mapping";
    assert!(waits.contains(&format!("new records of organisations without the field wait: {cause}")), "{waits:?}");
    assert_eq!((held.held(), made()), (2, false), "the field, and the record that lacks it: {waits:?}");
    assert_eq!(both(&world, &guid, &id, CITY), ("Skagen".into(), "Skagen".into()));
    describe(&world, "Accounts", "employees", |it| it["mandatory"] = false.into());
    let back = world.sync(&[]).await;
    assert!(back.in_agreement(), "{:?}", back.findings);
    assert!(made());
    quiet(&world.sync(&[]).await);
}

#[tokio::test]
async fn a_mapping_that_was_corrected_waits_for_nothing() {
    let world = World::seeded(9, 36);
    world.sync(&[]).await;
    let (guid, _) = shared(&world);
    let standard = world.app(&[]).mapping_text();
    world.crm().inner.hide_field("Accounts", "bill_street").unwrap();
    world.a_day_passes();
    let held = world.app_mapping(&standard).sync(&[]).await.unwrap();
    assert_eq!(held.held(), 1, "the same mapping, written down: {:?}", held.findings);
    let corrected = standard.replacen("crm = \"bill_street\"", "crm = \"ship_street\"", 1);
    assert!(corrected != standard);
    let street = world.dinero().inner.contact(&guid).unwrap()["Street"].clone();
    let back = world.app_mapping(&corrected).sync(&[]).await.unwrap();
    assert!(back.in_agreement(), "{:?}", back.findings);
    assert_eq!(world.dinero().inner.contact(&guid).unwrap()["Street"], street, "an empty field blanks nothing");
}

#[tokio::test]
async fn before_anything_was_checked_a_mapping_that_does_not_fit_is_refused() {
    let world = World::seeded(4, 37);
    let standard = world.app(&[]).mapping_text();
    world.crm().inner.hide_field("Accounts", "bill_street").unwrap();
    assert!(world.app_mapping(&standard).sync(&[]).await.is_err());
    assert!(world.crm().inner.log().iter().all(|entry| !entry.write));
}
