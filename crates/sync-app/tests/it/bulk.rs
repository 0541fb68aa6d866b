//! A first run over all modules, and the run after it.

use simplycrm_client::Element;

use crate::invoices::{DRAFTS, sold};
use crate::world::World;

#[tokio::test]
async fn both_sides_hold_the_same_after_one_run() {
    let world = World::seeded(200, 1);
    let first = world.sync(&[]).await;
    assert!(first.in_agreement(), "{:?}", first.findings);
    let holdings = world.holdings();
    assert_eq!(holdings.dinero.len(), 600);
    assert_eq!(holdings.dinero, holdings.crm);
    assert_eq!(world.dinero().inner.unknown_names().iter().collect::<Vec<_>>(), Vec::<&String>::new());
}

#[tokio::test]
async fn p1_the_second_run_writes_nothing_and_asks_little() {
    let world = World::seeded(200, 2);
    world.sync(&[]).await;
    let second = world.sync(&[]).await;
    assert!(second.in_agreement());
    assert_eq!((second.usage.left.writes, second.usage.right.writes), (0, 0));
    assert!(second.usage.left.requests <= 9, "{:?}", second.usage);
    assert!(second.usage.right.requests <= 14, "{:?}", second.usage);
}

#[tokio::test]
async fn a_first_run_costs_little_more_than_its_creates() {
    let world = World::seeded(300, 3);
    let first = world.sync(&[]).await;
    for (side, usage) in first.usage.iter() {
        // Records that both sides had already are completed once: these writes come on top of the creates.
        let (creates, completed) = (*first.created.get(side), *first.updated.get(side));
        let pages = 20;
        assert!(creates > 250, "{creates}");
        assert!(
            (usage.requests - completed) * 10 <= creates * 11 + pages * 10,
            "{side:?}: {usage:?}, {creates} creates"
        );
    }
}

#[tokio::test]
async fn what_was_made_here_carries_the_other_sides_mark() {
    let world = World::seeded(30, 4);
    let contacts = world.dinero().inner.contacts().len();
    let accounts = world.crm().inner.records("Accounts");
    world.sync(&[]).await;
    let marked = |it: &&serde_json::Value| it["ExternalReference"].as_str().is_some_and(|mark| mark.contains('x'));
    let made = world.dinero().inner.contacts();
    assert_eq!(made.iter().filter(marked).count(), made.len() - contacts);
    let guids: Vec<&str> = made.iter().filter_map(|it| it["ContactGuid"].as_str()).collect();
    let field = world.crm().inner.custom_field("Accounts", "Dinero guid").unwrap();
    for account in world.crm().inner.records("Accounts") {
        let ours = !accounts.iter().any(|it| it["id"] == account["id"]);
        assert_eq!(ours, guids.contains(&account[&field].as_str().unwrap_or_default()), "{account}");
    }
}

/// Each invoice is computed by Dinero, made, and seen again in a list of a hundred or more.
#[tokio::test]
async fn a_thousand_invoices_of_five_lines_cost_two_requests_each_in_dinero_and_afterwards_none() {
    const INVOICES: u64 = 1_000;
    let world = World::seeded(10, 5);
    world.sync(DRAFTS).await;
    for _ in 0..INVOICES {
        let prices = ["100", "12.35", "0.8", "249.95", "1999"];
        world.invoice(&prices.map(|price| sold("2", price)), Element::new()).await;
    }
    let first = world.sync(DRAFTS).await;
    assert!(first.in_agreement(), "{:?}", first.findings);
    assert_eq!(first.created.left, INVOICES);
    let asked = first.usage.left.requests;
    println!("{asked} requests to Dinero and {} to the CRM", first.usage.right.requests);
    assert!((2 * INVOICES..=2 * INVOICES + INVOICES / 10).contains(&asked), "{:?}", first.usage);
    // Our own writes come back in lists once.
    world.sync(DRAFTS).await;
    let last = world.sync(DRAFTS).await;
    println!("{} requests to Dinero and {} to the CRM", last.usage.left.requests, last.usage.right.requests);
    assert_eq!((last.usage.left.writes, last.usage.right.writes), (0, 0));
    assert!(last.usage.left.requests + last.usage.right.requests <= 40, "{:?}", last.usage);
}
