//! The journal: writes that were meant, what came of them, what waits, and where reading ended.

use field_mapping::Checked;
use reconcile::{Finding, Matter};
use sync_model::{Cursor, Kind, KindSchema, Module, PairId, RecordKey, Schema, Side, Sides};

use super::Database;
use super::story::{Holder, account, contact, intent, link, mapping, minute, pair};
use crate::{Change, Intent, Outcome, StoredFinding};

fn intend(intent: &Intent) -> Change {
    Change::Intend(Box::new(intent.clone()))
}

fn conclude(intent: &Intent, outcome: Outcome) -> Change {
    Change::Conclude { intent: intent.id, outcome, at: minute(2) }
}

/// Unfinished intents are listed in the order in which they were journaled, each word for word, until they have an
/// outcome; every kind of outcome is kept, and a later one replaces it.
pub async fn an_intent_waits_until_it_is_concluded(database: &impl Database) {
    let holder = Holder::of(database).await;
    let source = contact("1");
    // Numbered against the order of their ids.
    let intents: Vec<_> = (0..6).map(|n| intent(&holder.lease, 100 - n, &source, None)).collect();
    for two in intents.chunks(2) {
        holder.commit(&[intend(&two[0]), intend(&two[1])]).await;
    }
    assert_eq!(holder.store.unfinished(&pair()).await.expect("readable"), intents);

    let refused = Outcome::Refused { message: "Momsnummer er ugyldigt".into(), field: Some("vatNumber".into()) };
    let done = Outcome::Done { key: account("9") };
    let outcomes = [done.clone(), refused, Outcome::Stale, Outcome::NotSent, Outcome::Unresolved];
    for (intent, outcome) in intents.iter().zip(&outcomes) {
        holder.commit(&[conclude(intent, outcome.clone())]).await;
    }
    assert_eq!(holder.store.unfinished(&pair()).await.expect("readable"), intents[5..]);
    let history = holder.store.history(&pair(), Side::Left, &source).await.expect("readable");
    let expected: Vec<_> = intents.iter().cloned().zip(outcomes.into_iter().map(Some).chain([None])).collect();
    assert_eq!(history, expected);

    holder.commit(&[conclude(&intents[4], done.clone())]).await;
    let history = holder.store.history(&pair(), Side::Left, &source).await.expect("readable");
    assert_eq!(history[4].1, Some(done), "a person found out what became of it");
}

/// An outcome without an intent, and an intent that is there already, are refused.
pub async fn an_outcome_needs_its_intent(database: &impl Database) {
    let holder = Holder::of(database).await;
    let journaled = intent(&holder.lease, 1, &contact("1"), None);
    holder.refused(&[conclude(&journaled, Outcome::Stale)]).await;
    holder.commit(&[intend(&journaled)]).await;
    holder.refused(&[intend(&journaled)]).await;
    assert_eq!(holder.store.unfinished(&pair()).await.expect("readable"), [journaled]);
}

/// A record's history has the writes made to it, the writes it was carried over by, and those of its partner: also the
/// one that made it, and none of anybody else's.
pub async fn a_history_follows_the_link(database: &impl Database) {
    let holder = Holder::of(database).await;
    let (source, made) = (contact("1"), account("11x1"));
    let create = intent(&holder.lease, 1, &source, None);
    let stranger = intent(&holder.lease, 2, &contact("2"), Some(&account("11x2")));
    let update = intent(&holder.lease, 3, &source, Some(&made));
    // Before the link was made, the partner was another.
    let formerly = intent(&holder.lease, 4, &contact("3"), Some(&made));
    holder
        .commit(&[
            intend(&create),
            conclude(&create, Outcome::Done { key: made.clone() }),
            intend(&stranger),
            intend(&update),
            intend(&formerly),
        ])
        .await;
    let ids = |side: Side, key: RecordKey| {
        let store = &holder.store;
        async move {
            let history = store.history(&pair(), side, &key).await.expect("readable");
            history.into_iter().map(|(intent, _)| intent.id.0.as_u128()).collect::<Vec<_>>()
        }
    };
    assert_eq!(ids(Side::Right, made.clone()).await, [1, 3, 4]);
    assert_eq!(ids(Side::Left, source.clone()).await, [1, 3], "not linked yet");
    holder.commit(&[Change::Tie(link(&source, &made))]).await;
    assert_eq!(ids(Side::Left, source.clone()).await, [1, 3, 4], "what was done to its partner");
    assert_eq!(ids(Side::Right, made.clone()).await, [1, 3, 4]);
    for (side, key) in [(Side::Left, made), (Side::Right, source)] {
        assert_eq!(ids(side, key).await, [0_u128; 0], "the same id on the other side is another record");
    }
    assert_eq!(ids(Side::Right, account("11x2")).await, [2]);
}

fn finding(id: &str, title: &str, matter: Matter) -> Finding {
    Finding { records: vec![(Side::Left, contact(id))], title: title.into(), matter }
}

fn refusal(message: &str) -> Matter {
    Matter::Refused { side: Side::Right, message: message.into(), field: None }
}

/// A module's findings are replaced as a whole, and other modules' are left alone. A finding about the same records and
/// of the same kind keeps the time since which it waits; one that went away and came back waits anew.
pub async fn findings_are_replaced_and_keep_their_age(database: &impl Database) {
    let holder = Holder::of(database).await;
    let put = |module: &str, findings: Vec<Finding>, at| Change::Findings {
        module: Module::new(module),
        findings,
        at: minute(at),
    };
    let stored =
        |module: &str, finding, since| StoredFinding { module: Module::new(module), finding, since: minute(since) };
    let kept = || async { holder.store.findings(&pair()).await.expect("readable") };
    let stays = finding("1", "Nordlys", refusal("no"));
    let changed = finding("1", "Nordlys ApS", refusal("still no"));
    let goes = finding("2", "Sydlys", Matter::Deleted { side: Side::Left });
    let foreign = finding("1", "Nordlys", Matter::OutcomeUnknown { side: Side::Left });

    holder
        .commit(&[put("organisations", vec![stays, goes.clone()], 1), put("products", vec![foreign.clone()], 1)])
        .await;
    let other = finding("1", "Nordlys", Matter::OutcomeUnknown { side: Side::Left });
    holder.commit(&[put("organisations", vec![changed.clone(), other.clone()], 2)]).await;
    assert_eq!(
        kept().await,
        [
            stored("organisations", changed.clone(), 1),
            stored("organisations", other, 2),
            stored("products", foreign.clone(), 1),
        ]
    );
    holder.commit(&[put("organisations", vec![goes.clone(), changed.clone()], 3)]).await;
    assert_eq!(
        kept().await,
        [stored("organisations", goes, 3), stored("organisations", changed, 1), stored("products", foreign.clone(), 1),]
    );
    holder.commit(&[put("organisations", Vec::new(), 4)]).await;
    assert_eq!(kept().await, [stored("products", foreign, 1)]);
}

/// What the mapping was checked against is kept word for word, and replaced as a whole.
pub async fn what_the_mapping_was_checked_against_is_replaced(database: &impl Database) {
    let holder = Holder::of(database).await;
    let kept = || async { holder.store.checked(&pair()).await.expect("readable") };
    assert_eq!(kept().await, None);
    for module in ["organisations", "products"] {
        let kind = KindSchema { kind: Kind::new("Accounts"), label: "Konto".into(), fields: Vec::new() };
        let checked = Checked {
            schemas: Sides::new(Schema::default(), Schema { kinds: [(kind.kind.clone(), kind)].into() }),
            mapping: [(Module::new(module), mapping(module))].into(),
            course: [(Module::new(module), mapping("both ways"))].into(),
        };
        holder.commit(&[Change::Checked(Box::new(checked.clone()))]).await;
        assert_eq!(kept().await, Some(checked));
    }
    let elsewhere = holder.store.checked(&PairId::new("4712@nordlys.simply-crm.dk")).await.expect("readable");
    assert_eq!(elsewhere, None, "another pair");
}

/// The latest cursor of a kind and the latest schema of a side are kept.
pub async fn cursors_and_schemas_are_replaced(database: &impl Database) {
    let holder = Holder::of(database).await;
    let store = &holder.store;
    let (contacts, products) = (Kind::new("contact"), Kind::new("product"));
    let schema = |label: &str| {
        let kind = KindSchema { kind: contacts.clone(), label: label.into(), fields: Vec::new() };
        Schema { kinds: [(contacts.clone(), kind)].into() }
    };
    assert_eq!(store.cursor(&pair(), Side::Left, &contacts).await.expect("readable"), None);
    assert_eq!(store.schema(&pair(), Side::Left).await.expect("readable"), None);
    for (place, label, at) in [("a", "Kontakt", 1), ("b", "Kunde", 2)] {
        let cursor =
            |kind: &Kind, place: String| Change::Cursor { side: Side::Left, kind: kind.clone(), cursor: Cursor(place) };
        holder
            .commit(&[
                cursor(&contacts, place.into()),
                cursor(&products, format!("product {place}")),
                Change::Schema { side: Side::Left, schema: Box::new(schema(label)), at: minute(at) },
            ])
            .await;
    }
    assert_eq!(store.cursor(&pair(), Side::Left, &contacts).await.expect("readable"), Some(Cursor("b".into())));
    assert_eq!(store.cursor(&pair(), Side::Left, &products).await.expect("readable"), Some(Cursor("product b".into())));
    assert_eq!(store.cursor(&pair(), Side::Right, &contacts).await.expect("readable"), None);
    assert_eq!(store.schema(&pair(), Side::Left).await.expect("readable"), Some((schema("Kunde"), minute(2))));
    assert_eq!(store.schema(&pair(), Side::Right).await.expect("readable"), None);
}
