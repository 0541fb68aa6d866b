//! Links: one for a record at most, changed field by field, never forgotten.

use sync_model::{Baseline, Evidence, Link, LinkId, LinkState, Module, Retired, Side, Sides, Swing, Swings, Value};

use super::Database;
use super::story::{Holder, account, contact, fields, link, mapping, minute, observe, pair};
use crate::Change;

async fn links(holder: &Holder) -> Vec<(LinkId, Link)> {
    holder.everything().await.links
}

/// P21: no record ever has two links, on whichever side the second one starts, also after the first was retired.
pub async fn p21_a_record_has_one_link_at_most(database: &impl Database) {
    let holder = Holder::of(database).await;
    let first = link(&contact("1"), &account("1"));
    let second = link(&contact("2"), &account("2"));
    holder.commit(&[Change::Tie(first.clone()), Change::Tie(second.clone())]).await;
    let known = links(&holder).await;
    assert_eq!(known.iter().map(|(_, link)| link.clone()).collect::<Vec<_>>(), [first.clone(), second]);

    let rivals = [(contact("1"), account("3")), (contact("3"), account("1")), (contact("1"), account("2"))];
    for (left, right) in &rivals {
        holder.refused(&[Change::Tie(link(left, right))]).await;
    }
    holder
        .refused(&[Change::Tie(link(&contact("5"), &account("5"))), Change::Tie(link(&contact("5"), &account("6")))])
        .await;
    assert_eq!(links(&holder).await, known);

    holder.commit(&[Change::Retire { keys: first.keys, deleted_on: Side::Left, at: minute(1) }]).await;
    for (left, right) in &rivals {
        holder.refused(&[Change::Tie(link(left, right))]).await;
    }
}

/// Tying two records again that are tied with each other replaces what is known of the link, and keeps its number.
pub async fn a_link_made_again_is_replaced(database: &impl Database) {
    let holder = Holder::of(database).await;
    let first = link(&contact("1"), &account("1"));
    holder.commit(&[Change::Tie(first.clone())]).await;
    let number = links(&holder).await[0].0;
    let again = Link {
        module: Module::new("contacts"),
        evidence: Evidence::Person,
        state: LinkState::Retired(Retired { deleted_on: Side::Right, at: minute(2) }),
        review: true,
        baseline: Some(Baseline { values: Sides::default(), mapping: mapping("1"), swings: Swings::new() }),
        ..first.clone()
    };
    for link in [again, first] {
        holder.commit(&[Change::Tie(link.clone())]).await;
        assert_eq!(links(&holder).await, [(number, link)]);
    }
}

/// A patch makes a missing baseline, replaces the fields it knows on each side, leaves the others, and names its mapping.
pub async fn a_patch_is_taken_over_field_by_field(database: &impl Database) {
    let holder = Holder::of(database).await;
    let (tied, bystander) = (link(&contact("1"), &account("1")), link(&contact("2"), &account("2")));
    holder.commit(&[Change::Tie(tied.clone()), Change::Tie(bystander.clone())]).await;
    let swing = |to| Swing { to, before: Value::text("before"), undone: 1 };
    let remembers = |fields: &[(&str, Side)]| -> Swings {
        fields.iter().map(|(name, side)| ((*name).into(), swing(*side))).collect()
    };
    let steps = [
        (
            Sides::new(fields([("name", "a"), ("phone", "1")]), fields([("name", "A")])),
            remembers(&[("name", Side::Left), ("phone", Side::Right)]),
            "1",
        ),
        (Sides::new(fields([("phone", " "), ("city", "Århus")]), fields([])), remembers(&[]), "2"),
        (Sides::new(fields([]), fields([("name", "B")])), remembers(&[("name", Side::Right)]), "3"),
    ];
    for (patch, swings, version) in steps {
        holder.commit(&[Change::Patch { keys: tied.keys.clone(), patch, swings, mapping: mapping(version) }]).await;
    }
    let values = Sides::new(fields([("name", "a"), ("phone", ""), ("city", "Århus")]), fields([("name", "B")]));
    let swings = remembers(&[("name", Side::Right)]);
    let settled = Link { baseline: Some(Baseline { values, mapping: mapping("3"), swings }), ..tied.clone() };
    assert_eq!(links(&holder).await.into_iter().map(|(_, link)| link).collect::<Vec<_>>(), [settled, bystander]);

    for keys in [Sides::new(contact("1"), account("2")), Sides::new(contact("3"), account("3"))] {
        holder
            .refused(&[Change::Patch { keys, patch: Sides::default(), swings: Swings::new(), mapping: mapping("4") }])
            .await;
    }
}

/// Retiring says where and when, keeps the baseline, and needs a link.
pub async fn a_retired_link_stays_known(database: &impl Database) {
    let holder = Holder::of(database).await;
    assert!(!holder.store.has_links(&pair()).await.expect("readable"));
    let baseline = Baseline {
        values: Sides::new(fields([("name", "a")]), fields([])),
        mapping: mapping("1"),
        swings: Swings::new(),
    };
    let tied = Link { baseline: Some(baseline), ..link(&contact("1"), &account("1")) };
    holder.commit(&[Change::Tie(tied.clone())]).await;
    assert!(holder.store.has_links(&pair()).await.expect("readable"));
    let retire = |keys| Change::Retire { keys, deleted_on: Side::Right, at: minute(3) };
    holder.commit(&[retire(tied.keys.clone())]).await;

    let state = LinkState::Retired(Retired { deleted_on: Side::Right, at: minute(3) });
    assert_eq!(links(&holder).await[0].1, Link { state, ..tied });
    assert!(holder.store.has_links(&pair()).await.expect("readable"), "once linked, always known to have been");
    holder.refused(&[retire(Sides::new(contact("1"), account("2")))]).await;
}

/// A released link is gone, from the trail's replay as well; each of its records may be linked with another.
pub async fn a_released_link_is_forgotten_and_its_records_are_free(database: &impl Database) {
    let holder = Holder::of(database).await;
    let (kept, tied) = (link(&contact("1"), &account("1")), link(&contact("2"), &account("2")));
    holder.commit(&[Change::Tie(kept.clone()), Change::Tie(tied.clone())]).await;
    let release = |keys| Change::Release { keys, at: minute(3) };
    holder.commit(&[release(tied.keys.clone())]).await;
    assert_eq!(links(&holder).await.into_iter().map(|(_, link)| link).collect::<Vec<_>>(), std::slice::from_ref(&kept));
    holder.refused(&[release(tied.keys)]).await;
    holder.refused(&[release(Sides::new(contact("1"), account("2")))]).await;

    let again = link(&contact("3"), &account("2"));
    holder.commit(&[Change::Tie(again.clone()), Change::Tie(link(&contact("2"), &account("3")))]).await;
    let stands: Vec<Link> = links(&holder).await.into_iter().map(|(_, link)| link).collect();
    assert_eq!(stands.len(), 3);
    assert!(stands.contains(&kept) && stands.contains(&again));
    let mut replay = crate::trail::Replay::default();
    for entry in holder.store.trail(&pair(), None, 0, u32::MAX).await.expect("readable") {
        replay.take(&entry).expect("follows");
    }
    let mut replayed: Vec<Link> = replay.links.into_values().collect();
    let mut stands = stands;
    stands.sort_by(|one, other| one.keys.cmp(&other.keys));
    replayed.sort_by(|one, other| one.keys.cmp(&other.keys));
    assert_eq!(replayed, stands);
}

/// When one change of a commit is impossible, those before it and after it are not made either.
pub async fn a_commit_that_fails_changes_nothing(database: &impl Database) {
    let holder = Holder::of(database).await;
    holder
        .commit(&[observe(Side::Left, &contact("1"), "before", false), Change::Tie(link(&contact("1"), &account("1")))])
        .await;
    let before = holder.everything().await;
    holder
        .refused(&[
            observe(Side::Left, &contact("1"), "after", true),
            observe(Side::Left, &contact("2"), "new", true),
            Change::Tie(link(&contact("2"), &account("2"))),
            Change::Tie(link(&contact("3"), &account("1"))),
            Change::Quiet { side: Side::Left, key: contact("2") },
        ])
        .await;
    let after = holder.everything().await;
    assert_eq!((after.records, after.links), (before.records, before.links));
    holder.commit(&[observe(Side::Left, &contact("2"), "new", true)]).await;
}
