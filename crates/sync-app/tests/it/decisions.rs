//! What a person decides between two runs: pairs, conflicts, deletions, masses of new records. Each run is a process of its
//! own, and so is each word.

use serde_json::json;
use sync_app::{AppError, Entry, Language, Meeting, RecordReference, Reply, Say, Side, Summary, Word};
use sync_run::RunError;

use crate::agreement::{both, edit_crm, edit_dinero, shared};
use crate::world::World;

const ORGANISATIONS: (&str, &str) =
    ("modules = [\"organisations\", \"contacts\", \"products\"]", "modules = [\"organisations\"]");
const APPROVE: (&str, &str) = ("[store]", "deletes = \"approve\"\n\n[store]");

fn word() -> Word {
    Word { by: "mette".to_owned(), given: true }
}

fn taken_back() -> Word {
    Word { given: false, ..word() }
}

fn reference(kind: &str, id: &str) -> RecordReference {
    RecordReference::parse(&format!("{kind}/{id}")).unwrap()
}

fn wrote(summary: &Summary) -> (u64, u64) {
    (summary.usage.left.writes, summary.usage.right.writes)
}

/// An organisation of each system, alike in name and equal in postcode.
fn alike(world: &World, dinero: &str, crm: &str) -> (RecordReference, RecordReference) {
    let now = world.now();
    let fields =
        [("Name", json!(dinero)), ("ZipCode", json!("9990")), ("CountryKey", json!("DK")), ("IsPerson", json!(false))];
    let guid = world.dinero().inner.add_contact(&fields, now);
    let fields = [("accountname", crm), ("bill_code", "9990"), ("bill_country", "Danmark")];
    let id = world.crm().inner.add("Accounts", &fields, "mette", now).unwrap();
    (reference("contact", &guid), reference("Accounts", &id))
}

async fn meeting(world: &World) -> Meeting {
    world.app(&[ORGANISATIONS]).meeting(&[]).await.unwrap()
}

async fn held(world: &World, changes: &[(&str, &str)]) -> Vec<Entry> {
    world.app(changes).inbox().await.unwrap().held().cloned().collect()
}

#[tokio::test]
async fn p21_a_doubtful_pair_is_linked_or_made_twice_as_a_person_says() {
    let world = World::seeded(1, 31);
    let (left, right) = alike(&world, "Nordlys Baadebyggeri", "Nordlys Bådebygeri");
    let before = meeting(&world).await;
    assert!(before.first);
    assert_eq!(before.counts().ambiguous, 1);
    let asked = &before.modules[0].asked[0];
    assert_eq!((&asked.keys.left, &asked.keys.right), (&left.key, &right.key));
    assert_eq!(asked.score, 79, "85 % of a likeness of 94");
    assert_eq!(world.dinero().inner.log().iter().filter(|entry| entry.write).count(), 0);

    let app = world.app(&[ORGANISATIONS]);
    let same = app.confirm(&left, &left, &word()).await;
    assert!(matches!(same, Err(AppError::SameSystem(..))));
    app.confirm(&right, &left, &word()).await.unwrap();
    assert_eq!(meeting(&world).await.counts().ambiguous, 0);
    app.confirm(&left, &right, &taken_back()).await.unwrap();
    assert_eq!(meeting(&world).await.counts().ambiguous, 1, "taken back, it is asked again");
    let confirmed = app.confirm_above(&meeting(&world).await, 80, &word()).await.unwrap();
    assert_eq!(confirmed, []);
    let confirmed = app.confirm_above(&meeting(&world).await, 79, &word()).await.unwrap();
    assert_eq!(confirmed.len(), 1);

    let contacts = world.dinero().inner.contacts().len();
    let summary = world.sync(&[ORGANISATIONS]).await;
    assert!(summary.in_agreement());
    assert_eq!(world.dinero().inner.contact(left.key.id.as_str()).unwrap()["Name"], "Nordlys Bådebygeri");
    assert!(world.dinero().inner.contacts().len() <= contacts + 1);
    assert_eq!(wrote(&world.sync(&[ORGANISATIONS]).await), (0, 0));
    let again = app.confirm(&left, &right, &word()).await;
    assert!(matches!(again, Err(AppError::LinkedAlready(..))), "{again:?}");

    let (left, right) = alike(&world, "Sydlys Baadebyggeri", "Sydlys Bådebygeri");
    assert_eq!(world.sync(&[ORGANISATIONS]).await.held(), 1);
    app.tell_apart(&left, &right, &word()).await.unwrap();
    let summary = world.sync(&[ORGANISATIONS]).await;
    assert_eq!((summary.created.left, summary.created.right, summary.held()), (1, 1, 0));
    assert_eq!(wrote(&world.sync(&[ORGANISATIONS]).await), (0, 0));
}

#[tokio::test]
async fn a_record_that_is_left_alone_is_neither_linked_nor_made_until_that_is_taken_back() {
    let world = World::seeded(1, 32);
    world.sync(&[ORGANISATIONS]).await;
    let id = world.crm().inner.add("Accounts", &[("accountname", "Lad mig være")], "mette", world.now()).unwrap();
    let (app, record) = (world.app(&[ORGANISATIONS]), reference("Accounts", &id));
    app.ignore(&record, &word()).await.unwrap();
    assert_eq!(meeting(&world).await.counts().ignored, 1);
    for _ in 0..2 {
        let summary = world.sync(&[ORGANISATIONS]).await;
        assert_eq!((wrote(&summary), summary.held()), ((0, 0), 0));
    }
    app.ignore(&record, &taken_back()).await.unwrap();
    assert_eq!(world.sync(&[ORGANISATIONS]).await.created.left, 1, "taken up although nobody edited it");
    let missing = app.ignore(&reference("Accounts", "11x999999"), &word()).await;
    assert!(matches!(missing, Err(AppError::NoSuchRecord(_))));
}

#[tokio::test]
async fn p8_where_nobody_has_priority_a_person_chooses_and_only_what_was_shown() {
    let world = World::seeded(6, 33);
    let standard = world.app(&[]).mapping_text();
    let asking = standard.replacen("crm = \"bill_city\"", "crm = \"bill_city\"\npriority = \"ask\"", 1);
    assert_ne!(standard, asking);
    world.app_mapping(&asking).sync(&[]).await.unwrap();
    let (guid, id) = shared(&world);
    let cities = |world: &World| both(world, &guid, &id, ("City", "bill_city"));
    edit_dinero(&world, &guid, "City", "Skagen");
    edit_crm(&world, &id, "bill_city", "Odense");
    let summary = world.app_mapping(&asking).sync(&[]).await.unwrap();
    assert_eq!((summary.conflicts(), wrote(&summary)), (1, (0, 0)));

    let app = world.app_mapping(&asking);
    let inbox = app.inbox().await.unwrap();
    let [entry] = inbox.conflicts().collect::<Vec<_>>()[..] else { panic!() };
    assert_eq!(entry.values(), [("city", "Skagen".to_owned(), "Odense".to_owned())]);
    assert!(entry.remedy(Language::Da).contains(&format!("afstem conflicts resolve {}", entry.id)));
    let approved = app.answer(&entry.id, Reply::Approve, &word()).await;
    assert!(matches!(approved, Err(AppError::NoAnswer { .. })));
    app.resolve(&entry.id, Side::Left, &["city".to_owned()], &word()).await.unwrap();
    let answered = app.inbox().await.unwrap().find(&entry.id).unwrap().answered.clone().unwrap();
    assert_eq!(answered.by, "mette");

    // Somebody edits it once more before the run.
    edit_crm(&world, &id, "bill_city", "Nibe");
    let summary = app.sync(&[]).await.unwrap();
    assert_eq!((summary.conflicts(), wrote(&summary)), (1, (0, 0)), "what was not shown is not decided");
    assert!(matches!(app.inbox().await.unwrap().find(&entry.id), Err(AppError::NoSuchEntry(_))));
    let inbox = app.inbox().await.unwrap();
    let shown = inbox.conflicts().next().unwrap();
    app.resolve(&shown.id[..5], Side::Left, &[], &word()).await.unwrap();
    let summary = app.sync(&[]).await.unwrap();
    assert!(summary.in_agreement());
    assert_eq!(cities(&world), ("Skagen".into(), "Skagen".into()));
    assert_eq!(wrote(&app.sync(&[]).await.unwrap()), (0, 0));
}

#[tokio::test]
async fn p26_after_a_lost_database_a_person_settles_what_differs() {
    let mut world = World::seeded(6, 34);
    world.sync(&[ORGANISATIONS]).await;
    let made = world.dinero().inner.contacts().into_iter().find(|it| it["ExternalReference"].is_string()).unwrap();
    let guid = made["ContactGuid"].as_str().unwrap().to_owned();
    let id = made["ExternalReference"].as_str().unwrap().to_owned();
    edit_dinero(&world, &guid, "City", "Skagen");
    world.loses_its_database();
    let summary = world.sync(&[ORGANISATIONS]).await;
    assert_eq!(wrote(&summary), (0, 0), "nothing is overwritten or doubled");
    assert!(summary.conflicts() >= 1);
    let app = world.app(&[ORGANISATIONS]);
    for entry in app.inbox().await.unwrap().conflicts() {
        app.resolve(&entry.id, Side::Left, &[], &word()).await.unwrap();
    }
    assert!(world.sync(&[ORGANISATIONS]).await.in_agreement());
    assert_eq!(both(&world, &guid, &id, ("City", "bill_city")), ("Skagen".into(), "Skagen".into()));
}

#[tokio::test]
async fn p28_many_deletions_wait_together_and_go_on_when_a_person_says_so() {
    for (settings, deletes) in [(vec![ORGANISATIONS], false), (vec![ORGANISATIONS, APPROVE], true)] {
        let world = World::seeded(24, 35);
        world.sync(&settings).await;
        let accounts = world.crm().inner.records("Accounts").len();
        let doomed: Vec<String> = world
            .dinero()
            .inner
            .contacts()
            .iter()
            .filter(|it| it["IsPerson"] == false)
            .take(10)
            .map(|it| it["ContactGuid"].as_str().unwrap().to_owned())
            .collect();
        for guid in &doomed {
            assert!(world.dinero().inner.remove_contact(guid, world.now()));
        }
        let summary = world.sync(&settings).await;
        assert_eq!((summary.held(), summary.deleted.right), (10, 0));
        let entries = held(&world, &settings).await;
        assert_eq!(entries.len(), if deletes { 10 } else { 1 }, "an accident is one question, a deletion each its own");
        let app = world.app(&settings);
        for entry in &entries {
            app.answer(&entry.id, Reply::Approve, &word()).await.unwrap();
        }
        assert!(held(&world, &settings).await.iter().all(|entry| !entry.waits()));
        let summary = world.sync(&settings).await;
        assert!(summary.in_agreement(), "{:?}", summary.findings);
        assert_eq!(summary.deleted.right, if deletes { 10 } else { 0 });
        assert_eq!(world.crm().inner.records("Accounts").len(), if deletes { accounts - 10 } else { accounts });
        assert_eq!(wrote(&world.sync(&settings).await), (0, 0));
    }
}

#[tokio::test]
async fn a_duplicate_is_made_anyway_or_left_alone_as_a_person_says() {
    for (reply, made) in [(Reply::Approve, 1), (Reply::Reject, 0)] {
        let world = World::seeded(6, 36);
        // One that stood in Dinero in its own right.
        let (guid, _) = shared(&world);
        world.sync(&[ORGANISATIONS]).await;
        let cvr = world.dinero().inner.contact(&guid).unwrap()["VatNumber"].as_str().unwrap().to_owned();
        let field = world.crm().inner.custom_field("Accounts", "CVR-nr.").unwrap();
        let fields = [("accountname", "Dobbelt ApS"), (field.as_str(), cvr.as_str())];
        world.crm().inner.add("Accounts", &fields, "mette", world.now()).unwrap();
        assert_eq!(world.sync(&[ORGANISATIONS]).await.held(), 1);
        let entries = held(&world, &[ORGANISATIONS]).await;
        world.app(&[ORGANISATIONS]).answer(&entries[0].id, reply, &word()).await.unwrap();
        let summary = world.sync(&[ORGANISATIONS]).await;
        assert_eq!((summary.created.left, summary.held()), (made, 0), "{:?}", summary.findings);
        assert_eq!(wrote(&world.sync(&[ORGANISATIONS]).await), (0, 0));
    }
}

#[tokio::test]
async fn a_first_meeting_makes_no_more_than_is_allowed() {
    let capped = |most: &'static str| vec![ORGANISATIONS, ("[store]", most)];
    let world = World::seeded(12, 37);
    let few = capped("max_creates = 3\n\n[store]");
    let refused = world.app(&few).sync(&[]).await.unwrap_err();
    let AppError::Run(RunError::TooManyCreates { count, most, .. }) = &refused else { panic!("{refused:?}") };
    assert_eq!((*count, *most), (4, 3));
    for language in [Language::Da, Language::En] {
        let said = refused.say(language);
        assert!(said.contains("--max-creates 4") && said.contains("afstem match"), "{said}");
    }
    let untouched = world.dinero().inner.log().iter().all(|entry| !entry.write)
        && world.crm().inner.log().iter().all(|entry| !entry.write);
    assert!(untouched, "nothing was written before it was refused");
    let (id, name) = {
        let plan = meeting(&world).await;
        let (_, key, name) = plan.modules[0].made.iter().find(|(side, _, _)| *side == Side::Left).unwrap().clone();
        (key.id.to_string(), name)
    };
    let one = world.app(&few).sync_record(&reference("Accounts", &id)).await.unwrap();
    assert_eq!(one.created.left, 1, "{name} was named");

    let world = World::seeded(12, 37);
    assert!(world.sync(&capped("max_creates = 4\n\n[store]")).await.in_agreement());
    for n in 0..6 {
        world.crm().inner.add("Accounts", &[("accountname", &format!("Ny {n} ApS"))], "mette", world.now()).unwrap();
    }
    let summary = world.sync(&few).await;
    assert_eq!((summary.created.left, summary.held()), (0, 6), "later, masses wait and the rest goes on");
    let entries = held(&world, &few).await;
    world.app(&few).answer(&entries[0].id, Reply::Approve, &word()).await.unwrap();
    assert_eq!(world.sync(&few).await.created.left, 6);
}
