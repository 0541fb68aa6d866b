//! Systems that change what they are given, and users who change the mapping: neither may cause a write of its own.

use serde_json::{Map, Value, json};
use sync_app::Summary;

use crate::agreement::{edit_crm, edit_dinero, shared};
use crate::world::World;

/// Dinero trims, recases and respells what it stores.
fn tidy(fields: &mut Map<String, Value>) {
    let respell = |value: &mut Value, how: &dyn Fn(&str) -> String| {
        if let Some(text) = value.as_str() {
            *value = how(text).into();
        }
    };
    for (name, value) in fields.iter_mut() {
        match name.as_str() {
            "Email" => respell(value, &str::to_uppercase),
            "Phone" => respell(value, &|text| text.replace("+45", "0045 ")),
            "Street" | "City" => respell(value, &|text| format!(" {text} ")),
            "Name" => respell(value, &|text| text.chars().take(12).collect()),
            _ => {}
        }
    }
}

const PHONES: [&str; 3] = ["phone", "mobile", "otherphone"];
const EMAILS: [&str; 4] = ["email", "email1", "email2", "secondaryemail"];

/// One habit of an installation: given the module, the field and the text.
type Habit = fn(&str, &str, &str) -> String;

fn trims(_: &str, _: &str, text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn pads(_: &str, field: &str, text: &str) -> String {
    if field.starts_with("cf_") || text.is_empty() { text.to_owned() } else { format!(" {text} ") }
}

fn recases(_: &str, field: &str, text: &str) -> String {
    match field {
        _ if EMAILS.contains(&field) => text.to_lowercase(),
        "accountname" | "lastname" | "firstname" => text.to_uppercase(),
        _ => text.to_owned(),
    }
}

fn respells_phones(_: &str, field: &str, text: &str) -> String {
    if !PHONES.contains(&field) {
        return text.to_owned();
    }
    let digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
    let pairs: Vec<String> = digits[digits.len().saturating_sub(8)..].chunks(2).map(|it| it.iter().collect()).collect();
    format!("(+45) {}", pairs.join("-"))
}

fn cuts(_: &str, field: &str, text: &str) -> String {
    let most = match field {
        "accountname" | "productname" | "servicename" => 9,
        "bill_street" | "mailingstreet" | "lastname" => 7,
        _ => 255,
    };
    text.chars().take(most).collect()
}

fn encodes(_: &str, _: &str, text: &str) -> String {
    let mut encoded = text.replace('&', "&amp;").replace('"', "&quot;").replace('\'', "&#039;");
    for (plain, entity) in [('<', "&lt;"), ('>', "&gt;"), ('ø', "&oslash;"), ('æ', "&aelig;"), ('Å', "&Aring;")] {
        encoded = encoded.replace(plain, entity);
    }
    encoded
}

fn all_of_it(module: &str, field: &str, text: &str) -> String {
    let tidied = trims(module, field, text);
    let respelled = respells_phones(module, field, &recases(module, field, &tidied));
    encodes(module, field, &cuts(module, field, &respelled))
}

const HABITS: [(&str, Habit); 7] = [
    ("trims", trims),
    ("pads", pads),
    ("recases", recases),
    ("reformats phones", respells_phones),
    ("cuts", cuts),
    ("encodes entities", encodes),
    ("all of it", all_of_it),
];

fn writes(summary: &Summary) -> (u64, u64) {
    (summary.usage.left.writes, summary.usage.right.writes)
}

/// A company and a person in Dinero, spelled as nobody should.
fn untidy(world: &World) {
    let company = [
        ("Name", json!("Nørre & Sønner  \"Bådebyggeri\" <Skagen> ApS")),
        ("Street", json!("  Østre Havnegade 112, 3. th. ")),
        ("ZipCode", json!("9990")),
        ("City", json!("Skagen & Omegn")),
        ("Email", json!("Bogholderi@Eksempel.DK")),
        ("Phone", json!("0045 33 12 34 56")),
        ("CountryKey", json!("DK")),
        ("IsPerson", json!(false)),
    ];
    let person = [
        ("Name", json!("Åse  O'Brien-Ærtebjerg")),
        ("Street", json!("Nørregade 1")),
        ("Email", json!("AASE@eksempel.dk")),
        ("Phone", json!("33123457")),
        ("CountryKey", json!("DK")),
        ("IsPerson", json!(true)),
    ];
    let now = world.now();
    world.dinero().inner.add_contact(&company, now);
    world.dinero().inner.add_contact(&person, now);
}

/// What the systems hold was saved by people before, and has passed through their habits.
fn saved_before(world: &World) {
    let (contacts, accounts) = (world.dinero().inner.contacts(), world.crm().inner.records("Accounts"));
    for contact in contacts {
        let mut kept = contact.as_object().unwrap().clone();
        tidy(&mut kept);
        for name in ["Name", "Street", "City", "Phone", "Email"] {
            if let Some(text) = kept[name].as_str() {
                edit_dinero(world, contact["ContactGuid"].as_str().unwrap(), name, text);
            }
        }
    }
    for account in accounts {
        let fields = account.as_object().unwrap().iter();
        let mapped = |name: &str| name.starts_with("bill_") || ["accountname", "phone", "email1"].contains(&name);
        for (name, held) in fields.filter(|(name, _)| mapped(name)) {
            edit_crm(world, account["id"].as_str().unwrap(), name, held.as_str().unwrap_or_default());
        }
    }
}

#[tokio::test]
async fn p15_what_dinero_makes_of_our_writes_causes_none() {
    let world = World::seeded(30, 21);
    world.dinero().inner.habit = Some(tidy);
    world.sync(&[]).await;
    let second = world.sync(&[]).await;
    assert_eq!(writes(&second), (0, 0), "{:?}", second.done);
}

#[tokio::test]
async fn p15_what_the_crm_makes_of_our_writes_causes_none() {
    for (name, habit) in HABITS {
        let world = World::seeded(15, 23);
        untidy(&world);
        world.crm().inner.habit = Some(habit);
        let first = world.sync(&[]).await;
        assert!(first.created.right > 10, "{name}: {:?}", first.findings);
        for round in 2..=3 {
            let again = world.sync(&[]).await;
            assert_eq!(writes(&again), (0, 0), "{name}, run {round}: {:#?}", again.done);
        }
    }
}

#[tokio::test]
async fn p15_both_sides_normalise_and_later_edits_travel_once() {
    for (name, habit) in HABITS {
        let world = World::seeded(12, 24);
        untidy(&world);
        world.dinero().inner.habit = Some(tidy);
        world.crm().inner.habit = Some(habit);
        let (guid, id) = shared(&world);
        saved_before(&world);
        world.sync(&[]).await;
        let quiet = world.sync(&[]).await;
        assert_eq!(writes(&quiet), (0, 0), "{name}: {:#?}", quiet.done);

        edit_dinero(&world, &guid, "Phone", "70 20 30 40");
        edit_crm(&world, &id, "bill_city", "Ærøskøbing & Ø");
        let edited = world.sync(&[]).await;
        assert_eq!((edited.updated.left, edited.updated.right), (1, 1), "{name}: {:#?}", edited.done);
        let quiet = world.sync(&[]).await;
        assert_eq!(writes(&quiet), (0, 0), "{name}, after edits: {:#?}", quiet.done);
    }
}

/// A habit that begins after the first meeting, as an update of the CRM brings it: what it makes of the records that
/// somebody saves is an edit of nothing.
#[tokio::test]
async fn p15_a_record_that_is_saved_again_and_only_respelled_causes_no_write() {
    for (name, habit) in [("pads", pads as Habit), ("reformats phones", respells_phones), ("encodes entities", encodes)]
    {
        let world = World::seeded(12, 25);
        world.sync(&[]).await;
        world.crm().inner.habit = Some(habit);
        let accounts = world.crm().inner.records("Accounts");
        for account in &accounts {
            for field in ["accountname", "phone", "bill_street", "bill_city", "email1"] {
                let held = account[field].as_str().unwrap_or_default();
                edit_crm(&world, account["id"].as_str().unwrap(), field, held);
            }
        }
        let saved = world.sync(&[]).await;
        assert_eq!(writes(&saved), (0, 0), "{name}: {:#?}", saved.done);
    }
}

/// `standard` with each of `edits`: what stands there, and what stands there instead.
fn variants(standard: &str, edits: &[(&str, &str)]) -> Vec<String> {
    let changed = |(before, after): &(&str, &str)| {
        assert!(standard.contains(before), "{before} is in the standard mapping");
        standard.replacen(before, after, 1)
    };
    edits.iter().map(changed).collect()
}

#[tokio::test]
async fn p13_changing_the_mapping_and_back_writes_nothing() {
    let crm_habits: [Option<Habit>; 2] = [None, Some(all_of_it)];
    for habit in crm_habits {
        let world = World::seeded(12, 22);
        untidy(&world);
        world.crm().inner.habit = habit;
        if habit.is_some() {
            world.dinero().inner.habit = Some(tidy);
        }
        world.sync(&[]).await;
        let standard = world.app(&[]).mapping_text();
        let companies = "filter.dinero = { IsPerson = false }";
        let edited = variants(
            &standard,
            &[
                // Filters: on one side, on both, one that takes nothing at all.
                (companies, &format!("{companies}\nfilter.crm = {{ bill_city = \"Skagen\" }}")),
                (companies, "filter.dinero = { IsPerson = false, City = \"Skagen\" }"),
                (
                    companies,
                    "filter.dinero = { IsPerson = false, Name = \"nobody\" }\nfilter.crm = { accountname = \"nobody\" }",
                ),
                // Directions and what clearing does.
                ("crm = \"bill_street\"", "crm = \"bill_street\"\ndirection = \"to-crm\""),
                ("crm = \"bill_city\"", "crm = \"bill_city\"\ndirection = \"create-only\""),
                ("crm = \"bill_city\"", "crm = \"bill_city\"\npriority = \"dinero-first\""),
            ],
        );
        for text in edited.iter().flat_map(|text| [text, &standard]) {
            let summary = world.app_mapping(text).sync(&[]).await.unwrap();
            assert_eq!(writes(&summary), (0, 0), "{:#?}", summary.done);
            assert_eq!(summary.deleted, sync_model::Sides::default());
            let back = world.sync(&[]).await;
            assert_eq!(writes(&back), (0, 0), "{:#?}", back.done);
            assert!(back.in_agreement(), "{:#?}", back.findings);
        }
    }
}
