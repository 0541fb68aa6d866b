//! Edits after the first run: merged field by field, decided by priority, and never written back to a source.

use serde_json::Value;

use crate::world::World;

const CRM_TO_DINERO: &[(&str, &str)] =
    &[("direction = \"both\"\npriority = \"crm-first\"", "direction = \"crm-to-dinero\"")];
const DINERO_TO_CRM: &[(&str, &str)] =
    &[("direction = \"both\"\npriority = \"crm-first\"", "direction = \"dinero-to-crm\"")];
const DINERO_FIRST: &[(&str, &str)] = &[("crm-first", "dinero-first")];

/// An organisation on both sides: its Dinero guid and its CRM id. The one that the CRM knew first, because guids are chance.
pub(crate) fn shared(world: &World) -> (String, String) {
    let contacts = world.dinero().inner.contacts();
    let accounts = world.crm().inner.records("Accounts");
    let company = |account: &&Value| {
        let same = |it: &&Value| it["Name"] == account["accountname"] && it["VatNumber"].is_string();
        contacts.iter().filter(|it| it["IsPerson"] == false).find(same)
    };
    let (contact, account) = accounts.iter().find_map(|it| Some((company(&it)?, it))).unwrap();
    (contact["ContactGuid"].as_str().unwrap().to_owned(), account["id"].as_str().unwrap().to_owned())
}

pub(crate) fn edit_dinero(world: &World, guid: &str, field: &str, value: &str) {
    assert!(world.dinero().inner.edit_contact(guid, &[(field, value.into())], world.now()));
}

pub(crate) fn edit_crm(world: &World, id: &str, field: &str, value: &str) {
    world.crm().inner.edit(id, &[(field, value)], "mette", world.now()).unwrap();
}

pub(crate) fn both(world: &World, guid: &str, id: &str, names: (&str, &str)) -> (String, String) {
    let contact = world.dinero().inner.contact(guid).unwrap();
    let account = world.crm().inner.record_of(id).unwrap();
    (contact[names.0].as_str().unwrap().to_owned(), account[names.1].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn p6_edits_of_different_fields_both_survive() {
    let world = World::seeded(9, 5);
    world.sync(&[]).await;
    let (guid, id) = shared(&world);
    edit_dinero(&world, &guid, "City", "Skagen");
    edit_crm(&world, &id, "bill_street", "Havnegade 12");
    let summary = world.sync(&[]).await;
    assert_eq!(both(&world, &guid, &id, ("City", "bill_city")), ("Skagen".into(), "Skagen".into()));
    assert_eq!(both(&world, &guid, &id, ("Street", "bill_street")), ("Havnegade 12".into(), "Havnegade 12".into()));
    assert_eq!(summary.conflicts(), 0);
}

#[tokio::test]
async fn p8_priority_decides_where_both_edited_one_field() {
    for (settings, winner) in [(&[] as &[_], "faktura@crm.dk"), (DINERO_FIRST, "faktura@dinero.dk")] {
        let world = World::seeded(9, 6);
        world.sync(settings).await;
        let (guid, id) = shared(&world);
        edit_dinero(&world, &guid, "Email", "faktura@dinero.dk");
        edit_crm(&world, &id, "email1", "faktura@crm.dk");
        let summary = world.sync(settings).await;
        assert_eq!(both(&world, &guid, &id, ("Email", "email1")), (winner.to_owned(), winner.to_owned()));
        assert!(summary.in_agreement(), "a conflict that priority decides waits for nobody");
        let after = world.sync(settings).await;
        assert_eq!((after.usage.left.writes, after.usage.right.writes), (0, 0));
    }
}

#[tokio::test]
async fn p12_a_one_way_run_writes_nothing_to_its_source() {
    let world = World::seeded(12, 7);
    let summary = world.sync(CRM_TO_DINERO).await;
    assert_eq!(summary.usage.right.writes, 0);
    assert!(summary.usage.left.writes > 0);
    assert!(world.crm().inner.log().iter().all(|entry| !entry.write));

    let world = World::seeded(12, 7);
    let summary = world.sync(DINERO_TO_CRM).await;
    assert_eq!(summary.usage.left.writes, 0);
    assert!(summary.usage.right.writes > 0);
    assert!(world.dinero().inner.log().iter().all(|entry| !entry.write));
}

#[tokio::test]
async fn a_hand_edit_at_the_target_stays_until_the_source_changes_that_field() {
    let world = World::seeded(9, 8);
    world.sync(&[]).await;
    let (guid, id) = shared(&world);
    edit_dinero(&world, &guid, "City", "Skagen");
    let summary = world.sync(CRM_TO_DINERO).await;
    assert_eq!((summary.usage.left.writes, summary.usage.right.writes), (0, 0));
    assert_eq!(world.dinero().inner.contact(&guid).unwrap()["City"], "Skagen");
    edit_crm(&world, &id, "bill_city", "Odense");
    world.sync(CRM_TO_DINERO).await;
    assert_eq!(world.dinero().inner.contact(&guid).unwrap()["City"], "Odense");
}

#[tokio::test]
async fn a_single_record_is_pushed_and_nothing_else() {
    let world = World::seeded(9, 9);
    let account = world.crm().inner.records("Accounts")[0].clone();
    let id = account["id"].as_str().unwrap();
    let record = sync_app::RecordReference::parse(&format!("Accounts/{id}")).unwrap();
    let refused = world.app(&[]).push(&record).await;
    assert!(matches!(refused, Err(sync_app::AppError::PushDirection)));
    let before = world.dinero().inner.contacts().len();
    let summary = world.app(CRM_TO_DINERO).push(&record).await.unwrap();
    let written = summary.created.left + summary.updated.left;
    assert!(written <= 1);
    assert!(world.dinero().inner.contacts().len() <= before + 1);
    let name = &account["accountname"];
    assert!(world.dinero().inner.contacts().iter().any(|it| it["Name"] == *name));
}
