//! What the planner is shown.

use reconcile::Observed;
use sync_model::{FieldName, Fields, Kind, Record, RecordKey, Side, Sides, Value};

use super::Database;
use super::story::{Holder, account, contact, link, minute, observe, scope, shown};
use crate::{Change, Scope};

/// Three linked couples, all quiet.
async fn three_couples(database: &impl Database) -> Holder {
    let holder = Holder::of(database).await;
    for n in ["1", "2", "3"] {
        let (left, right) = (contact(n), account(n));
        holder
            .commit(&[
                observe(Side::Left, &left, n, false),
                observe(Side::Right, &right, n, false),
                Change::Tie(link(&left, &right)),
            ])
            .await;
    }
    holder
}

async fn couples(holder: &Holder, scope: &Scope) -> Vec<RecordKey> {
    let observed = holder.load(scope).await;
    let linked: Vec<_> = observed.links.into_iter().map(|(_, link)| link.keys).collect();
    for keys in &linked {
        assert!(observed.records.left.contains_key(&keys.left), "a link comes with both records: {keys:?}");
        assert!(observed.records.right.contains_key(&keys.right), "a link comes with both records: {keys:?}");
    }
    assert_eq!((observed.records.left.len(), observed.records.right.len()), (linked.len(), linked.len()));
    linked.into_iter().map(|keys| keys.left).collect()
}

/// A change on either side, a deletion too, brings the link with both its records, and no other.
pub async fn links_in_play_come_with_both_records(database: &impl Database) {
    let holder = three_couples(database).await;
    assert!(couples(&holder, &scope()).await.is_empty(), "nothing changed");
    holder.commit(&[observe(Side::Right, &account("2"), "new", true)]).await;
    assert_eq!(couples(&holder, &scope()).await, [contact("2")]);
    holder.commit(&[Change::Deleted { side: Side::Left, key: contact("3") }]).await;
    assert_eq!(couples(&holder, &scope()).await, [contact("2"), contact("3")]);
    let observed = holder.load(&scope()).await;
    assert!(observed.records.left[&contact("3")].deleted && observed.records.left[&contact("3")].dirty);
    assert!(!observed.records.left[&contact("2")].dirty, "only its partner changed");
}

/// A touched record is shown as dirty, with its link; the mirror is not changed by a look.
pub async fn a_touched_record_counts_as_changed_once(database: &impl Database) {
    let holder = three_couples(database).await;
    let touched = vec![(Side::Right, account("1")), (Side::Left, contact("1")), (Side::Left, contact("unknown"))];
    let observed = holder.load(&Scope { touched, ..scope() }).await;
    assert_eq!(observed.links.len(), 1);
    assert!(observed.records.left[&contact("1")].dirty && observed.records.right[&account("1")].dirty);
    assert!(couples(&holder, &scope()).await.is_empty(), "the mark was for one look");
}

/// `all` shows every link, and keeps telling dirty from quiet.
pub async fn a_full_look_shows_every_link(database: &impl Database) {
    let holder = three_couples(database).await;
    let all = Scope { all: true, ..scope() };
    assert_eq!(couples(&holder, &all).await, [contact("1"), contact("2"), contact("3")]);
    assert!(holder.load(&all).await.records.left.values().all(|seen| !seen.dirty));
    let retire = Change::Retire { keys: Sides::new(contact("1"), account("1")), deleted_on: Side::Left, at: minute(1) };
    holder.commit(&[retire]).await;
    assert_eq!(couples(&holder, &all).await.len(), 3, "a retired link is one of them");
}

/// One unlinked record in play brings all that are unlinked, on both sides: it may match any of them. A record that is
/// deleted, or whose link was retired, is not unlinked.
pub async fn unlinked_records_come_together_or_not_at_all(database: &impl Database) {
    let holder = three_couples(database).await;
    let (keys, gone) = (Sides::new(contact("1"), account("1")), contact("gone"));
    holder
        .commit(&[
            observe(Side::Left, &contact("free"), "free", false),
            observe(Side::Right, &account("free"), "free", false),
            observe(Side::Left, &gone, "gone", false),
            Change::Deleted { side: Side::Left, key: gone },
            Change::Retire { keys: keys.clone(), deleted_on: Side::Left, at: minute(1) },
        ])
        .await;
    let free = |observed| (shown(&observed, Side::Left), shown(&observed, Side::Right));
    let none = (Vec::new(), Vec::new());
    let both = (vec![contact("free")], vec![account("free")]);

    assert_eq!(free(holder.load(&scope()).await), none, "a deleted record in play has nothing to match");
    let touched = vec![(Side::Right, account("free"))];
    let observed = holder.load(&Scope { touched, ..scope() }).await;
    assert!(observed.records.right[&account("free")].dirty && !observed.records.left[&contact("free")].dirty);
    assert_eq!(free(observed), both);
    assert_eq!(free(holder.load(&scope()).await), none, "the touch was for one look");

    holder.commit(&[observe(Side::Left, &contact("free"), "changed", true)]).await;
    assert_eq!(free(holder.load(&scope()).await), both);
    let everything = holder.everything().await;
    assert_eq!((everything.records.left.len(), everything.records.right.len()), (4, 4), "three couples and the free");

    holder
        .commit(&[
            Change::Quiet { side: Side::Left, key: contact("free") },
            observe(Side::Right, &keys.right, "edited after its partner was deleted", true),
        ])
        .await;
    let observed = holder.load(&scope()).await;
    assert_eq!(observed.links.len(), 1, "the retired link is in play");
    assert_eq!(free(observed), (vec![keys.left], vec![keys.right]), "and its records are not unlinked");
}

/// A look shows the fields that are wanted and those that refer to other records, of linked and of unlinked records alike,
/// and nothing is forgotten by that.
pub async fn a_look_shows_what_is_wanted_of_a_record(database: &impl Database) {
    let holder = three_couples(database).await;
    let full: Fields =
        [("name", Value::text("Alfa")), ("phone", Value::text("12345678")), ("owner", Value::Reference(account("9")))]
            .into_iter()
            .collect();
    for key in [contact("1"), contact("free")] {
        let record = Box::new(Record::new(key.kind.clone(), key.id.clone(), full.clone()));
        holder.commit(&[Change::Observe { side: Side::Left, record, dirty: true }]).await;
    }
    let names = |observed: &Observed, key: &RecordKey| -> Vec<String> {
        observed.records.left[key].record.fields.iter().map(|(name, _)| name.to_string()).collect()
    };
    let wanted = |names: &[&str]| Some(names.iter().map(FieldName::new).collect());
    let narrow = Scope { fields: Sides::new(wanted(&["phone"]), None), ..scope() };
    for key in [contact("1"), contact("free")] {
        assert_eq!(names(&holder.load(&narrow).await, &key), ["owner", "phone"]);
        assert_eq!(names(&holder.load(&scope()).await, &key), ["name", "owner", "phone"]);
    }
    let right = Scope { fields: Sides::new(None, wanted(&[])), all: true, ..scope() };
    let observed = holder.load(&right).await;
    assert_eq!(names(&observed, &contact("1")), ["name", "owner", "phone"]);
    assert!(observed.records.right[&account("1")].record.fields.is_empty(), "each side by itself");
}

/// Only records and links of the given kinds are shown. A record whose link leads to another kind is linked all the same.
pub async fn a_look_stays_within_its_kinds(database: &impl Database) {
    let holder = three_couples(database).await;
    let person = RecordKey::new("Contacts", "12x1");
    let product = RecordKey::new("product", "p1");
    holder
        .commit(&[
            observe(Side::Left, &contact("4"), "a person", true),
            observe(Side::Right, &person, "a person", true),
            Change::Tie(link(&contact("4"), &person)),
            observe(Side::Left, &product, "a product", true),
            // The same kind and id on the other side is another record.
            observe(Side::Right, &contact("1"), "a stranger", true),
        ])
        .await;
    assert!(couples(&holder, &scope()).await.is_empty());
    let people = Scope { kinds: Sides::new(vec![Kind::new("contact")], vec![Kind::new("Contacts")]), ..scope() };
    assert_eq!(couples(&holder, &people).await, [contact("4")]);
    let products = Scope { kinds: Sides::new(vec![Kind::new("product")], vec![Kind::new("Products")]), ..scope() };
    let observed = holder.load(&products).await;
    assert_eq!((observed.links.len(), shown(&observed, Side::Left)), (0, vec![product]));
}
