//! The contract of a [`Connector`], property by property. A connector passes all of them or is not one.
//!
//! A connector's crate brings its system into the test as a [`System`]: how to connect to it, what a record of it looks like,
//! and what people do in it. It gets one test for each property by [`connector_conformance!`](crate::connector_conformance).

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use reconcile::{Write, WriteChange};
use sync_model::{
    Cursor, Fields, Kind, Mark, Module, Presence, Record, RecordKey, Revision, RunId, Side, Sides, Swings, Value,
};
use uuid::Uuid;

use crate::lease::Permit;
use crate::ports::Journaled;
use crate::{Connector, Intent, IntentId, Next, Probed, Receipt, WriteError};

/// Pages of one walk before it is taken for endless.
const MOST_PAGES: u32 = 1_000;

/// A fresh, empty system with people in it. It lives as long as this value.
#[async_trait]
pub trait System: Send + Sync {
    /// Connects to it as a new process would.
    async fn connect(&self) -> Arc<dyn Connector>;

    /// Which side of a pair it is on.
    fn side(&self) -> Side;

    /// The kind that the suite tries.
    fn kind(&self) -> Kind;

    /// A record as we would make it, under the system's own names. Two different names make two different records.
    fn record(&self, name: &str) -> Fields;

    /// A field of it that holds any text as it is, and is no key.
    fn text_field(&self) -> &'static str;

    /// The id of a record on the other side, as it may stand in a mark. A system that has no place for marks gives `None`.
    fn source_id(&self, number: u32) -> Option<String>;

    /// Whether the system says which records were deleted. Where it does not, they are merely unseen.
    fn tells_deletions(&self) -> bool;

    /// A person makes a record.
    async fn person_makes(&self, name: &str) -> RecordKey;

    /// A person writes `text` into the text field of a record.
    async fn person_edits(&self, key: &RecordKey, text: &str);

    /// A person deletes a record.
    async fn person_deletes(&self, key: &RecordKey);

    /// So much time passes that two saves before and after carry different times.
    async fn time_passes(&self);

    /// The time.
    fn now(&self) -> DateTime<Utc>;
}

/// Makes one `#[tokio::test]` for each property of a connector. The argument is an expression for a future that gives a
/// fresh [`System`](crate::conformance::connector::System); it is evaluated in every test.
#[macro_export]
macro_rules! connector_conformance {
    ($fresh:expr) => {
        $crate::connector_conformance! { $fresh;
            it_describes_what_it_takes
            a_walk_shows_everything_and_ends
            a_walk_goes_on_where_the_last_one_ended
            a_walk_misses_nothing_while_people_edit_and_delete
            what_is_not_there_is_unseen_or_deleted
            an_edit_makes_another_revision
            stale_tells_exactly_what_moved
            stale_forgets_nothing_between_two_batches
            a_record_is_made_as_it_was_sent_and_carries_our_mark
            what_became_of_a_create_can_be_found_out
            p14_a_create_is_found_and_nobody_elses_record_whatever_our_clock_showed
            an_update_changes_what_was_sent_and_nothing_else
            an_update_of_a_record_that_moved_on_loses_no_other_field
            what_is_deleted_is_gone
            p27_a_record_that_is_missing_from_a_walk_was_not_deleted
            requests_are_counted
        }
    };
    ($fresh:expr; $($property:ident)*) => {$(
        #[tokio::test]
        async fn $property() {
            let system = $fresh.await;
            $crate::conformance::connector::$property(&system).await;
        }
    )*};
}

/// It describes the kind, and every field that it is given can be written.
pub async fn it_describes_what_it_takes(system: &impl System) {
    let connector = system.connect().await;
    connector.check().await.expect("it lets us in");
    let schema = connector.schema(&[system.kind()]).await.expect("it describes itself");
    let kind = schema.kind(system.kind().as_str()).expect("it has the kind");
    for (name, _) in system.record("Nordlys").iter() {
        let field = kind.field(name.as_str()).unwrap_or_else(|| panic!("{name} is described"));
        assert!(field.writable, "{name} can be written");
    }
}

/// A walk without a cursor shows every record, each with its fields, and ends.
pub async fn a_walk_shows_everything_and_ends(system: &impl System) {
    let mut made = Vec::new();
    for name in ["Nordlys", "Fjord", "Strandby"] {
        made.push(system.person_makes(name).await);
    }
    let (seen, _) = walk(system, &*ready(system).await, None).await;
    for (key, name) in made.iter().zip(["Nordlys", "Fjord", "Strandby"]) {
        let record = seen.get(key).unwrap_or_else(|| panic!("{key} is shown"));
        let record = record.record().unwrap_or_else(|| panic!("{key} is there"));
        for (field, value) in system.record(name).iter().filter(|(_, value)| !value.is_empty()) {
            assert_eq!(record.fields.get(field.as_str()), Some(value), "{field} of {key}");
        }
    }
}

/// A walk from a cursor shows what was made and edited since the walk that gave it, also to another process.
pub async fn a_walk_goes_on_where_the_last_one_ended(system: &impl System) {
    let first = system.person_makes("Nordlys").await;
    let (_, cursor) = walk(system, &*ready(system).await, None).await;
    system.time_passes().await;
    let second = system.person_makes("Fjord").await;
    system.person_edits(&first, "Algade 1").await;
    let (seen, cursor) = walk(system, &*ready(system).await, Some(&cursor)).await;
    assert!(seen.get(&second).is_some_and(|it| it.record().is_some()), "what was made since");
    let edited = seen.get(&first).and_then(Presence::record).expect("what was edited since");
    assert_eq!(edited.fields.get(system.text_field()), Some(&Value::text("Algade 1")));
    let (again, _) = walk(system, &*ready(system).await, Some(&cursor)).await;
    assert!(again.values().all(|it| !matches!(it, Presence::Deleted(_))), "nothing was deleted");
}

/// A record that never was is unseen; one that a person deleted is deleted or unseen. Neither is there.
pub async fn what_is_not_there_is_unseen_or_deleted(system: &impl System) {
    let gone = system.person_makes("Nordlys").await;
    let connector = ready(system).await;
    system.person_deletes(&gone).await;
    let read = connector.read(std::slice::from_ref(&gone)).await.expect("it answers");
    let expected = if system.tells_deletions() { Presence::Deleted(gone.clone()) } else { Presence::Unseen(gone) };
    assert_eq!(read, vec![expected]);
}

/// A revision is equal exactly as long as nobody edits the record.
pub async fn an_edit_makes_another_revision(system: &impl System) {
    let key = system.person_makes("Nordlys").await;
    let connector = ready(system).await;
    let before = look(&*connector, &key).await;
    assert_eq!(look(&*connector, &key).await.revision, before.revision, "a look changes nothing");
    system.time_passes().await;
    system.person_edits(&key, "Algade 1").await;
    assert_ne!(look(&*connector, &key).await.revision, before.revision);
}

/// Of several records, exactly those are stale that are at another revision, and they are shown as they are now. A connector
/// whose writes check the revision themselves may name none.
pub async fn stale_tells_exactly_what_moved(system: &impl System) {
    let (still, moved) = (system.person_makes("Nordlys").await, system.person_makes("Fjord").await);
    let connector = ready(system).await;
    walk(system, &*connector, None).await;
    let mut expected: Vec<(RecordKey, Revision)> = Vec::new();
    for key in [&still, &moved] {
        expected.push((key.clone(), look(&*connector, key).await.revision));
    }
    assert!(connector.stale(&expected).await.expect("it answers").is_empty(), "nothing moved yet");
    system.time_passes().await;
    system.person_edits(&moved, "Algade 1").await;
    let stale = connector.stale(&expected).await.expect("it answers");
    let now = |it: &Presence| it.record().and_then(|it| it.fields.get(system.text_field()).cloned());
    let told: Vec<_> = stale.iter().map(|it| (it.key(), now(it))).collect();
    assert!(told.is_empty() || told == [(moved, Some(Value::text("Algade 1")))], "{told:?}");
}

/// A record is as stale when others were looked at, and changed, since it moved.
pub async fn stale_forgets_nothing_between_two_batches(system: &impl System) {
    let mut keys = Vec::new();
    for name in ["Nordlys", "Fjord", "Strandby"] {
        keys.push(system.person_makes(name).await);
    }
    let connector = ready(system).await;
    walk(system, &*connector, None).await;
    let mut expected: Vec<(RecordKey, Revision)> = Vec::new();
    for key in &keys {
        expected.push((key.clone(), look(&*connector, key).await.revision));
    }
    let [still, moved, busy] = keys.as_slice() else { panic!("three were made") };
    system.time_passes().await;
    system.person_edits(moved, "Algade 1").await;
    let at_once = connector.stale(&expected[1..2]).await.expect("it answers").len();
    for text in ["Algade 2", "Algade 3", "Algade 4"] {
        system.time_passes().await;
        system.person_edits(busy, text).await;
        assert!(connector.stale(&expected[..1]).await.expect("it answers").is_empty(), "{still} did not move");
    }
    let told = connector.stale(&expected[1..2]).await.expect("it answers");
    assert_eq!(told.len(), at_once, "{moved} moved before the others were looked at");
}

/// A record that we make holds what was sent, and our mark where the system has a place for one.
pub async fn a_record_is_made_as_it_was_sent_and_carries_our_mark(system: &impl System) {
    let connector = ready(system).await;
    let intent = create(system, 1, "Nordlys");
    let record = kept(&*connector, connector.write(&journaled(&intent)).await.expect("it takes the record")).await;
    for (field, value) in intent.write.fields.iter().filter(|(_, value)| !value.is_empty()) {
        assert_eq!(record.fields.get(field.as_str()), Some(value), "{field}");
    }
    if let Some(id) = system.source_id(1) {
        assert_eq!(record.mark, Some(Mark::new(id)));
    }
}

/// Before a create its record is absent, and afterwards it is found, by another process, too.
pub async fn what_became_of_a_create_can_be_found_out(system: &impl System) {
    let connector = ready(system).await;
    let (intent, other) = (create(system, 1, "Nordlys"), create(system, 2, "Fjord"));
    assert_eq!(connector.probe(&intent).await.expect("it answers"), Probed::Absent);
    let receipt = connector.write(&journaled(&intent)).await.expect("it takes the record");
    let probed = ready(system).await.probe(&intent).await.expect("it answers");
    let Probed::Found(record) = probed else { panic!("{probed:?}") };
    assert_eq!(record.key(), receipt.key);
    assert_eq!(
        ready(system).await.probe(&other).await.expect("it answers"),
        Probed::Absent,
        "nobody made the other one"
    );
}

/// A create is found, and no record that had been read before, when our clock was years ahead or behind as it was journaled.
pub async fn p14_a_create_is_found_and_nobody_elses_record_whatever_our_clock_showed(system: &impl System) {
    system.person_makes("Nordlys").await;
    system.time_passes().await;
    system.person_makes("Fjord").await;
    for (number, days) in [(1, 700), (2, -700)] {
        let connector = ready(system).await;
        let (_, read) = walk(system, &*connector, None).await;
        for _ in 0..5 {
            system.time_passes().await;
        }
        let at = system.now() + chrono::Duration::days(days);
        let intent = Intent { at, since: Some(read), ..create(system, number, "Nordlys") };
        let probed = ready(system).await.probe(&intent).await.expect("it answers");
        assert_eq!(probed, Probed::Absent, "{days} days: it was not made yet");
        let made = connector.write(&journaled(&intent)).await.expect("it takes the record");
        let probed = ready(system).await.probe(&intent).await.expect("it answers");
        let Probed::Found(record) = probed else { panic!("{days} days: {probed:?}") };
        assert_eq!(record.key(), made.key, "{days} days");
        system.time_passes().await;
        system.person_edits(&made.key, "Algade 1").await;
    }
}

/// An update changes the fields that were sent; all others stay as they were.
pub async fn an_update_changes_what_was_sent_and_nothing_else(system: &impl System) {
    let key = system.person_makes("Nordlys").await;
    let connector = ready(system).await;
    let before = look(&*connector, &key).await;
    system.time_passes().await;
    let intent = update(system, &before, "Algade 1");
    let after = kept(&*connector, connector.write(&journaled(&intent)).await.expect("it takes the change")).await;
    assert_eq!(after.fields.get(system.text_field()), Some(&Value::text("Algade 1")));
    let others = system.record("Nordlys");
    for (field, _) in others.iter().filter(|(field, _)| field.as_str() != system.text_field()) {
        assert_eq!(after.fields.get(field.as_str()), before.fields.get(field.as_str()), "{field} is left alone");
    }
}

/// An update that was planned from an earlier look is either refused as stale, or leaves the field alone that somebody
/// changed meanwhile and that it does not name.
pub async fn an_update_of_a_record_that_moved_on_loses_no_other_field(system: &impl System) {
    let key = system.person_makes("Nordlys").await;
    let connector = ready(system).await;
    let before = look(&*connector, &key).await;
    system.time_passes().await;
    system.person_edits(&key, "Algade 1").await;
    // The record as the engine knew it is partial when only lists showed it: then the connector has to look itself.
    let known = Record { partial: true, ..before };
    let name =
        system.record("Nordlys").iter().map(|(name, _)| name.clone()).find(|it| it.as_str() != system.text_field());
    let (name, mut intent) = (name.expect("a record has two fields"), update(system, &known, ""));
    intent.write.fields =
        [(name.clone(), known.fields.get(name.as_str()).cloned().unwrap_or(Value::Empty))].into_iter().collect();
    match connector.write(&journaled(&intent)).await {
        Ok(_) => {
            let now = look(&*ready(system).await, &key).await;
            assert_eq!(
                now.fields.get(system.text_field()),
                Some(&Value::text("Algade 1")),
                "what a person wrote stands"
            );
        }
        Err(WriteError::Stale(now)) => assert_eq!(now.key(), key),
        Err(other) => panic!("{other:?}"),
    }
}

/// What we delete is gone, and the connector can find that out.
pub async fn what_is_deleted_is_gone(system: &impl System) {
    let key = system.person_makes("Nordlys").await;
    let connector = ready(system).await;
    let before = look(&*connector, &key).await;
    let mut intent = update(system, &before, "");
    let counterpart = intent.write.counterpart().clone();
    intent.write.change = WriteChange::Delete { key: key.clone(), expected: before.revision, counterpart };
    intent.write.fields = Fields::new();
    connector.write(&journaled(&intent)).await.expect("it deletes the record");
    assert_eq!(ready(system).await.probe(&intent).await.expect("it answers"), Probed::Absent);
}

/// Between two pages people edit and delete what the pages before have shown, so that all others change places.
pub async fn a_walk_misses_nothing_while_people_edit_and_delete(system: &impl System) {
    let connector = ready(system).await;
    walk_under_work(system, &*connector, None).await;
    let (_, cursor) = walk(system, &*connector, None).await;
    system.time_passes().await;
    walk_under_work(system, &*connector, Some(&cursor)).await;
}

/// Makes some records and walks over what there is since `since`. Between the pages the first record of a page is deleted,
/// the first of another is edited, and the last of others.
async fn walk_under_work(system: &impl System, connector: &dyn Connector, since: Option<&Cursor>) {
    let mut made = Vec::new();
    for name in ["Nordlys", "Fjord", "Strandby", "Havn", "Klit", "Bro", "Ege", "Birk", "Eng"] {
        made.push(system.person_makes(name).await);
        system.time_passes().await;
    }
    let kind = system.kind();
    let (mut seen, mut gone, mut page) = (Vec::new(), Vec::new(), 0);
    loop {
        let found = connector.changes(&kind, since, page).await.expect("it shows its changes");
        let shown: Vec<RecordKey> = found.seen.iter().map(Presence::key).collect();
        let Next::Page(next) = found.next else {
            seen.extend(shown);
            break;
        };
        system.time_passes().await;
        match (page, shown.as_slice()) {
            (0, [first, ..]) => {
                system.person_deletes(first).await;
                gone.push(first.clone());
            }
            (1, [first, ..]) => system.person_edits(first, "Strandvejen 1").await,
            (2 | 3, [.., last]) if !gone.contains(last) => system.person_edits(last, "Strandvejen 2").await,
            _ => {}
        }
        seen.extend(shown);
        assert!(next > page && next < MOST_PAGES, "page {next} after page {page}: the walk does not end");
        page = next;
    }
    for key in made.iter().filter(|key| !gone.contains(key)) {
        assert!(seen.contains(key), "{key} was shown by no page");
    }
}

/// A deletion is told by the system's own word or not at all.
pub async fn p27_a_record_that_is_missing_from_a_walk_was_not_deleted(system: &impl System) {
    let (gone, stays) = (system.person_makes("Nordlys").await, system.person_makes("Fjord").await);
    let (_, cursor) = walk(system, &*ready(system).await, None).await;
    system.time_passes().await;
    system.person_deletes(&gone).await;
    let (seen, _) = walk(system, &*ready(system).await, Some(&cursor)).await;
    assert!(!matches!(seen.get(&stays), Some(Presence::Deleted(_))), "nobody deleted that one");
    match seen.get(&gone) {
        Some(Presence::Deleted(_)) => assert!(system.tells_deletions()),
        None | Some(Presence::Unseen(_)) => assert!(!system.tells_deletions(), "it knows, and does not say"),
        Some(Presence::Present(_)) => panic!("it is not there any more"),
    }
}

/// Requests are counted, and those that change the system apart.
pub async fn requests_are_counted(system: &impl System) {
    let connector = ready(system).await;
    let before = connector.usage();
    walk(system, &*connector, None).await;
    assert_eq!(connector.usage().since(before).writes, 0, "a walk writes nothing");
    connector.write(&journaled(&create(system, 1, "Nordlys"))).await.expect("it takes the record");
    assert_eq!(connector.usage().since(before).writes, 1);
}

/// A connector that knows its system's kinds.
async fn ready(system: &impl System) -> Arc<dyn Connector> {
    let connector = system.connect().await;
    connector.schema(&[system.kind()]).await.expect("it describes itself");
    connector
}

async fn walk(
    system: &impl System,
    connector: &dyn Connector,
    since: Option<&Cursor>,
) -> (BTreeMap<RecordKey, Presence>, Cursor) {
    let (kind, mut seen, mut page) = (system.kind(), BTreeMap::new(), 0);
    loop {
        let found = connector.changes(&kind, since, page).await.expect("it shows its changes");
        seen.extend(found.seen.into_iter().map(|it| (it.key(), it)));
        match found.next {
            Next::End(cursor) => return (seen, cursor),
            Next::Page(next) if next > page && next < MOST_PAGES => page = next,
            Next::Page(next) => panic!("page {next} after page {page}: the walk does not end"),
        }
    }
}

async fn look(connector: &dyn Connector, key: &RecordKey) -> Record {
    let read = connector.read(std::slice::from_ref(key)).await.expect("it answers");
    let [Presence::Present(record)] = read.as_slice() else { panic!("{key}: {read:?}") };
    record.clone()
}

/// What the system kept of a write.
async fn kept(connector: &dyn Connector, receipt: Receipt) -> Record {
    if let Some(record) = receipt.after {
        return record;
    }
    let read = connector.read_back(std::slice::from_ref(&receipt.key)).await.expect("it answers");
    let [Presence::Present(record)] = read.as_slice() else { panic!("{read:?}") };
    record.clone()
}

fn create(system: &impl System, number: u32, name: &str) -> Intent {
    let id = system.source_id(number).unwrap_or_else(|| number.to_string());
    let source = RecordKey::new("source", id.as_str());
    let change = WriteChange::Create { kind: system.kind(), source, mark: Mark::new(id) };
    intent(system, number, change, system.record(name), None)
}

fn update(system: &impl System, before: &Record, text: &str) -> Intent {
    let counterpart = RecordKey::new("source", system.source_id(9).unwrap_or_default().as_str());
    let change = WriteChange::Update { key: before.key(), expected: before.revision.clone(), counterpart };
    let fields = [(sync_model::FieldName::new(system.text_field()), Value::text(text))].into_iter().collect();
    intent(system, 9, change, fields, Some(before.clone()))
}

fn intent(system: &impl System, number: u32, change: WriteChange, fields: Fields, before: Option<Record>) -> Intent {
    let write = Write {
        module: Module::new("conformance"),
        side: system.side(),
        change,
        fields,
        patch: Sides::default(),
        swings: Swings::new(),
    };
    Intent {
        id: IntentId(Uuid::from_u128(0xC0_4F04_0000 + u128::from(number))),
        run: RunId::new("conformance"),
        write,
        before,
        why: Vec::new(),
        title: "conformance".to_owned(),
        at: system.now(),
        since: None,
    }
}

fn journaled(intent: &Intent) -> Journaled {
    Journaled::new(intent.clone(), Permit::for_ever())
}
