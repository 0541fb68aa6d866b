//! The lamp of the agreement (L9): each cause turns it red under its own name, and putting it right turns it green.

use std::collections::BTreeMap;
use std::task::Poll;

use sandbox::{Fault, When};
use serde_json::json;
use sync_app::{App, Language, Reply, Word};

use crate::agreement::{edit_crm, edit_dinero, shared};
use crate::world::World;

const CRM_TO_DINERO: &[(&str, &str)] =
    &[("direction = \"both\"\npriority = \"crm-first\"", "direction = \"crm-to-dinero\"")];
const BY_ITSELF: &[(&str, &str)] = &[("[sync]", "[sync]\nmode = \"auto\"")];

/// The lamp with the names of its causes, in both languages said.
async fn lamp(app: &App) -> (String, Vec<String>) {
    let told = app.agreement().await.unwrap();
    let [da, en] = [Language::Da, Language::En].map(|language| told.sentences(language));
    assert!(da.len() == en.len() && da != en, "{da:?} {en:?}");
    let told = told.to_json(Language::En);
    let causes = told["causes"].as_array().unwrap().iter().map(|it| it["cause"].as_str().unwrap().to_owned());
    (told["status"].as_str().unwrap().to_owned(), causes.collect())
}

#[track_caller]
fn is_red(lamp: &(String, Vec<String>), cause: &str) {
    assert_eq!((lamp.0.as_str(), lamp.1.as_slice()), ("red", &[cause.to_owned()][..]));
}

#[track_caller]
fn is_green(lamp: &(String, Vec<String>)) {
    assert_eq!((lamp.0.as_str(), lamp.1.as_slice()), ("green", &[][..]));
}

#[tokio::test]
async fn l9_a_run_that_failed() {
    let world = World::seeded(3, 71);
    assert_eq!(lamp(&world.app(&[])).await.0, "none");
    world.trouble(vec![(When::Chance(1000), Fault::Unauthorised)], Vec::new());
    assert!(world.app(&[]).sync(&[]).await.is_err());
    is_red(&lamp(&world.app(&[])).await, "failed");
    world.dinero().heal();
    world.sync(&[]).await;
    is_green(&lamp(&world.app(&[])).await);
}

#[tokio::test]
async fn l9_a_run_that_was_cut_off() {
    let world = World::seeded(6, 72);
    let app = world.app(&[]);
    let mut run = Box::pin(app.sync(&[]));
    while !world.crm().inner.log().iter().any(|entry| entry.write) {
        assert!(matches!(futures::poll!(&mut run), Poll::Pending), "it wrote nothing");
        tokio::task::yield_now().await;
    }
    drop(run);
    let now = lamp(&world.app(&[])).await;
    assert!(!now.1.contains(&"cut-off".to_owned()), "it may still be at work: {now:?}");
    world.a_day_passes();
    is_red(&lamp(&world.app(&[])).await, "cut-off");
    world.sync(&[]).await;
    is_green(&lamp(&world.app(&[])).await);
}

#[tokio::test]
async fn l9_runs_that_should_come_by_themselves_and_do_not() {
    let world = World::seeded(3, 73);
    world.sync(BY_ITSELF).await;
    is_green(&lamp(&world.app(BY_ITSELF)).await);
    world.a_day_passes();
    is_green(&lamp(&world.app(&[])).await);
    is_red(&lamp(&world.app(BY_ITSELF)).await, "overdue");
    // One record more or less is not the sweep that is missing.
    let (_, id) = shared(&world);
    let record = sync_app::RecordReference::parse(&format!("Accounts/{id}")).unwrap();
    world.app(BY_ITSELF).sync_record(&record).await.unwrap();
    is_red(&lamp(&world.app(BY_ITSELF)).await, "overdue");
    world.sync(BY_ITSELF).await;
    is_green(&lamp(&world.app(BY_ITSELF)).await);
}

#[tokio::test]
async fn l9_something_waits_for_a_person() {
    let world = World::seeded(3, 74);
    world.sync(&[]).await;
    let now = world.now();
    let company = [("Name", json!("Nordlys Baadebyggeri")), ("ZipCode", json!("9990")), ("IsPerson", json!(false))];
    world.dinero().inner.add_contact(&company, now);
    let company = [("accountname", "Nordlys Bådebygeri"), ("bill_code", "9990"), ("bill_country", "Danmark")];
    world.crm().inner.add("Accounts", &company, "mette", now).unwrap();
    world.sync(&[]).await;
    is_red(&lamp(&world.app(&[])).await, "held");
    let app = world.app(&[]);
    let entry = app.inbox().await.unwrap().held().next().unwrap().id.clone();
    app.answer(&entry, Reply::Reject, &Word { by: "mette".to_owned(), given: true }).await.unwrap();
    world.sync(&[]).await;
    is_green(&lamp(&world.app(&[])).await);
}

#[tokio::test]
async fn l9_a_write_that_was_given_up() {
    let world = World::seeded(3, 75);
    world.sync(&[]).await;
    let product = [("Name", json!("Stol")), ("BaseAmountValue", json!(10)), ("Quantity", json!(1))];
    let guid = world.dinero().inner.add_product(&product, world.now());
    world.crm().inner.switches.inactive_currencies.insert("DKK".to_owned());
    for _ in 0..4 {
        world.sync(&[]).await;
    }
    is_red(&lamp(&world.app(&[])).await, "given-up");
    world.crm().inner.switches.inactive_currencies.clear();
    let record = sync_app::RecordReference::parse(&format!("product/{guid}")).unwrap();
    world.app(&[]).sync_record(&record).await.unwrap();
    world.sync(&[]).await;
    is_green(&lamp(&world.app(&[])).await);
}

#[tokio::test]
async fn l9_the_target_of_a_one_way_direction_was_edited() {
    let world = World::seeded(6, 76);
    world.sync(CRM_TO_DINERO).await;
    let before = lamp(&world.app(CRM_TO_DINERO)).await;
    let (guid, id) = shared(&world);
    edit_dinero(&world, &guid, "City", "Skagen");
    world.sync(CRM_TO_DINERO).await;
    let causes: BTreeMap<String, usize> =
        lamp(&world.app(CRM_TO_DINERO)).await.1.into_iter().map(|it| (it, 1)).collect();
    assert!(causes.contains_key("drift"), "{causes:?}, before {before:?}");
    edit_crm(&world, &id, "bill_city", "Odense");
    world.sync(CRM_TO_DINERO).await;
    assert_eq!(lamp(&world.app(CRM_TO_DINERO)).await, before);
}
