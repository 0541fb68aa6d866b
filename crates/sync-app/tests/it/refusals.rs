//! What cannot work is said in a sentence with a remedy, and nothing is written.

use sync_app::{AppError, Language, Say};

use crate::world::World;

async fn refused(world: &World, changes: &[(&str, &str)]) -> String {
    let error: AppError = world.app(changes).sync(&[]).await.unwrap_err();
    assert!(world.dinero().inner.log().iter().all(|entry| !entry.write));
    assert!(world.crm().inner.log().iter().all(|entry| !entry.write));
    error.say(Language::En)
}

#[tokio::test]
async fn a_wrong_api_key() {
    let world = World::seeded(4, 1);
    let key = sandbox::dinero::API_KEY;
    insta::assert_snapshot!(refused(&world, &[(key, "00000000")]).await);
}

#[tokio::test]
async fn an_organisation_without_access_to_the_api() {
    let world = World::seeded(4, 1);
    world.dinero().inner.is_pro = false;
    insta::assert_snapshot!(refused(&world, &[]).await);
}

#[tokio::test]
async fn somebody_elses_organisation() {
    let world = World::seeded(4, 1);
    insta::assert_snapshot!(refused(&world, &[("4711", "4712")]).await);
}

#[tokio::test]
async fn a_wrong_access_key() {
    let world = World::seeded(4, 1);
    let key = sandbox::simplycrm::INTEGRATION_ACCESS_KEY;
    insta::assert_snapshot!(refused(&world, &[(key, "nonsense")]).await);
}

#[tokio::test]
async fn a_user_who_is_unknown_or_inactive() {
    let world = World::seeded(4, 1);
    insta::assert_snapshot!(refused(&world, &[("\"integration\"", "\"nobody\"")]).await);
    world.crm().inner.set_active("integration", false);
    insta::assert_snapshot!(refused(&world, &[]).await);
}

#[tokio::test]
async fn a_crm_user_who_may_not_see_a_module() {
    let world = World::seeded(4, 1);
    let hidden = std::collections::BTreeSet::from(["Accounts".to_owned()]);
    world.crm().inner.switches.hidden.insert("integration".to_owned(), hidden);
    insta::assert_snapshot!(refused(&world, &[]).await);
}

#[tokio::test]
async fn a_crm_user_who_may_not_write_a_module() {
    let world = World::seeded(4, 1);
    let modules = ["Accounts", "Contacts", "Products", "Services"].map(str::to_owned);
    world.crm().inner.switches.read_only.insert("integration".to_owned(), modules.into());
    insta::assert_snapshot!(refused(&world, &[]).await);
}
