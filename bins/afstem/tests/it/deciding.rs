//! `match`, `conflicts` and `held`: what a bookkeeper reads and types, in both languages, and what scripts make of it.

use serde_json::{Value, json};

use crate::served::Ended;
use crate::shop::Shop;

/// Ends with `code` and says `words`.
#[track_caller]
fn says(ended: &Ended, code: i32, words: &[&str]) {
    assert_eq!(ended.code, code, "{}{}", ended.out, ended.err);
    for word in words {
        assert!(ended.out.contains(word) || ended.err.contains(word), "“{word}”: {}{}", ended.out, ended.err);
    }
}

/// A shop with organisations alone.
fn organisations(each: u32, seed: u64) -> Shop {
    let mut shop = Shop::open(each, seed);
    shop.set("[\"organisations\", \"contacts\", \"products\"]", "[\"organisations\"]");
    shop
}

/// The name of the only entry that `command` lists.
#[track_caller]
fn only(shop: &Shop, command: &str) -> String {
    let listed = shop.run(&[command, "list", "--json"]).json();
    let entries = listed[command].as_array().unwrap().clone();
    let [entry] = entries.as_slice() else { panic!("{listed:#}") };
    entry["id"].as_str().unwrap().to_owned()
}

fn quiet(shop: &Shop) {
    let again = shop.run(&["sync", "--json"]);
    assert_eq!((again.code, &again.json()["writes"]), (0, &json!({"dinero": 0, "simplycrm": 0})), "{}", again.out);
}

#[test]
fn doubtful_pairs_are_listed_with_score_and_reason_confirmed_and_linked() {
    let shop = organisations(3, 41);
    let (dinero, crm) = shop.alike("Nordlys Baadebyggeri", "Nordlys Bådebygeri");
    let typed = format!("afstem match confirm {dinero} {crm}");
    says(&shop.run(&["match"]), 3, &["de er den samme", "79 %", &typed, "1 tvivlsomme par"]);
    says(&shop.run(&["match", "list", "--lang", "en"]), 3, &["they are the same", "79 %", &typed, "1 doubtful pairs"]);
    let listed = shop.run(&["match", "list", "--module", "organisations", "--json"]);
    let told = listed.json();
    let proposal = &told["modules"][0]["proposals"][0];
    assert_eq!((&proposal["dinero"], &proposal["simplycrm"]), (&json!(dinero), &json!(crm)));
    assert_eq!((listed.code, &told["first"], &told["counts"]["ambiguous"]), (3, &json!(true), &json!(1)), "{told:#}");
    says(&shop.run(&["match", "list", "--module", "hats"]), 1, &["hats", "sync.modules"]);
    assert_eq!(shop.written(), (0, 0), "looking writes nothing");

    says(&shop.run(&["match", "confirm", &dinero, &dinero]), 1, &["fra samme system"]);
    says(&shop.run(&["match", "confirm", &dinero, "Accounts/11x99999", "--lang", "en"]), 1, &["does not exist"]);
    says(&shop.run(&["match", "confirm", "--above", "80", "--lang", "en"]), 0, &["nothing to say that of"]);
    says(&shop.run(&["match", "confirm", &crm, &dinero]), 0, &["Noteret"]);
    says(&shop.run(&["match"]), 0, &["0 tvivlsomme par", "bekræftet i hånden"]);
    says(&shop.run(&["match", "confirm", &dinero, &crm, "--undo", "--lang", "en"]), 0, &["Noted"]);
    assert_eq!(shop.run(&["match"]).code, 3, "taken back, it is asked again");
    let confirmed = shop.run(&["match", "confirm", "--above", "79", "--json"]);
    assert_eq!((confirmed.code, confirmed.json()), (0, json!({"confirmed": [{"dinero": dinero, "simplycrm": crm}]})));

    let synced = shop.run(&["sync", "--json", "--yes"]);
    assert_eq!((synced.code, &synced.json()["linked"]), (0, &json!(2)), "{}", synced.out);
    says(&shop.run(&["match", "confirm", &dinero, &crm]), 1, &["er koblet med hinanden"]);
    says(&shop.run(&["match", "ignore", &crm, "--lang", "en"]), 1, &["are linked with each other"]);
    assert_eq!(shop.run(&["match"]).code, 0);
    quiet(&shop);
}

#[test]
fn what_is_ignored_or_told_apart_stays_so_until_it_is_taken_back() {
    let shop = organisations(3, 42);
    let (dinero, crm) = shop.alike("Sydlys Baadebyggeri", "Sydlys Bådebygeri");
    let alone = shop.crm().add("Accounts", &[("accountname", "Lad mig være")], "mette", chrono::Utc::now()).unwrap();
    let alone = format!("Accounts/{alone}");
    says(&shop.run(&["match", "ignore", &alone]), 0, &[&alone, "Noteret"]);
    says(&shop.run(&["match", "ignore", &crm, &dinero, "--lang", "en"]), 0, &["Noted"]);
    says(&shop.run(&["match"]), 0, &["1 udeladt", "ikke den samme", &alone]);
    says(&shop.run(&["match", "--lang", "en"]), 0, &["1 left alone", "not the same"]);
    let told = shop.run(&["match", "--json"]).json();
    assert_eq!(told["modules"][0]["ignored"], json!([{"on": "simplycrm", "record": alone}]));
    assert_eq!(told["modules"][0]["different"], json!([{"dinero": dinero, "simplycrm": crm}]));

    let synced = shop.run(&["sync", "--json", "--yes"]);
    assert_eq!((synced.code, &synced.json()["created"]), (0, &json!({"dinero": 2, "simplycrm": 2})), "{}", synced.out);
    quiet(&shop);
    says(&shop.run(&["match", "ignore", &alone, "--undo"]), 0, &["Noteret"]);
    let taken_up = shop.run(&["sync", "--json"]).json();
    assert_eq!(taken_up["created"], json!({"dinero": 1, "simplycrm": 0}));
    quiet(&shop);
    says(&shop.run(&["match", "ignore", "Accounts/57"]), 1, &["Accounts/57"]);
}

#[test]
fn a_pair_that_the_mapping_does_not_take_together_is_not_confirmed_in_silence() {
    let mut shop = organisations(3, 43);
    let (dinero, crm) = shop.alike("Vestlys Baadebyggeri", "Vestlys Bådebygeri");
    shop.map(
        "filter.dinero = { IsPerson = false }",
        "filter.dinero = { IsPerson = false, City = \"Skagen\" }\nfilter.crm = { bill_city = \"Skagen\" }",
    );
    // Before and after the systems described themselves to a run.
    for _ in 0..2 {
        says(&shop.run(&["match", "confirm", &crm, &dinero]), 1, &[&dinero, "filter på City", "ingen virkning"]);
        let refused = shop.run(&["match", "confirm", &dinero, &crm, "--lang", "en", "--json"]);
        says(&refused, 1, &["filter on City", "no effect"]);
        assert!(refused.json()["error"].as_str().unwrap().contains(&dinero));
        assert_eq!(shop.run(&["sync", "--yes"]).code, 0);
    }
    let now = chrono::Utc::now();
    let (guid, id) = (dinero.strip_prefix("contact/").unwrap(), crm.strip_prefix("Accounts/").unwrap());
    assert!(shop.dinero().edit_contact(guid, &[("City", json!("Skagen"))], now));
    says(&shop.run(&["match", "confirm", &crm, &dinero]), 1, &[&crm, "filter på bill_city"]);
    let person = [("Name", json!("Åse Holm")), ("City", json!("Skagen")), ("IsPerson", json!(true))];
    let person = format!("contact/{}", shop.dinero().add_contact(&person, now));
    says(&shop.run(&["match", "confirm", &person, &crm]), 1, &[&person, "IsPerson"]);
    let item = format!("product/{}", shop.dinero().add_product(&[("Name", json!("Stol"))], now));
    says(&shop.run(&["match", "confirm", &item, &crm, "--lang", "en"]), 1, &["cannot be the same"]);

    // When both fit the filters, the same word counts.
    shop.crm().edit(id, &[("bill_city", "Skagen")], "mette", now).unwrap();
    says(&shop.run(&["match", "confirm", &dinero, &crm]), 0, &["Noteret"]);
    assert_eq!(shop.run(&["sync", "--json"]).json()["linked"], 1);
}

#[test]
fn conflicts_show_both_values_and_are_settled_by_the_one_that_is_taken() {
    let mut shop = organisations(6, 44);
    shop.map("crm = \"bill_city\"", "crm = \"bill_city\"\npriority = \"ask\"");
    assert_eq!(shop.run(&["sync", "--yes"]).code, 0);
    let pair = shop.shared();
    shop.edit_against(&pair, "Skagen", "Odense");
    assert_eq!(shop.run(&["plan"]).code, 3, "nothing can be done, and something waits");
    let synced = shop.run(&["sync", "--json"]);
    assert_eq!((synced.code, &synced.json()["conflicts"]), (3, &json!(1)), "{}", synced.out);

    let id = only(&shop, "conflicts");
    let resolve = format!("afstem conflicts resolve {id}");
    says(&shop.run(&["conflicts"]), 3, &[&id, "city: Dinero “Skagen”, Simply CRM “Odense”", &resolve]);
    says(&shop.run(&["conflicts", "list", "--lang", "en"]), 3, &[&id, "Waiting since", &resolve]);
    says(&shop.run(&["held"]), 0, &["Intet venter på dig her."]);
    let entry = shop.run(&["conflicts", "--json"]).json()["conflicts"][0].clone();
    for key in ["id", "module", "title", "records", "matter", "why", "since", "remedy", "fields"] {
        assert!(!entry[key].is_null(), "{key}: {entry:#}");
    }

    says(&shop.run(&["conflicts", "resolve", "ffffffff", "--take", "crm"]), 1, &["ffffffff"]);
    says(&shop.run(&["conflicts", "resolve", &id, "--take", "crm", "--field", "phone"]), 1, &[&id]);
    says(&shop.run(&["held", "approve", &id, "--lang", "en"]), 1, &["conflicts resolve"]);
    says(&shop.run(&["conflicts", "resolve", &id[..4], "--take", "dinero"]), 0, &[&id, "Noteret"]);
    says(&shop.run(&["conflicts"]), 0, &["Besvaret af"]);
    says(&shop.run(&["conflicts", "resolve", &id, "--take", "dinero", "--undo", "--lang", "en"]), 0, &["Noted"]);
    assert_eq!(shop.run(&["conflicts"]).code, 3, "taken back, it waits again");
    let resolved = shop.run(&["conflicts", "resolve", &id, "--take", "dinero", "--field", "city", "--json"]);
    assert_eq!((resolved.code, &resolved.json()["resolved"][0]["id"]), (0, &json!(id)));
    assert_eq!(shop.run(&["sync"]).code, 0);
    assert_eq!(shop.crm().record_of(&pair.1).unwrap()["bill_city"], "Skagen");
    assert_eq!(shop.run(&["conflicts"]).code, 0);
    quiet(&shop);
}

#[test]
fn held_deletions_are_approved_or_rejected() {
    for (answer, left) in [("approve", None), ("reject", Some("Skal blive"))] {
        let mut shop = organisations(6, 45);
        shop.set("priority = \"crm-first\"", "priority = \"crm-first\"\ndeletes = \"approve\"");
        let id = shop.crm().add("Accounts", &[("accountname", "Skal blive")], "mette", chrono::Utc::now()).unwrap();
        assert_eq!(shop.run(&["sync", "--yes"]).code, 0);
        let made = shop.dinero().contacts().into_iter().find(|it| it["Name"] == "Skal blive").unwrap();
        shop.dinero().remove_contact(made["ContactGuid"].as_str().unwrap(), chrono::Utc::now());
        assert_eq!(shop.run(&["sync"]).code, 3);
        let entry = only(&shop, "held");
        says(&shop.run(&["held"]), 3, &[&entry, "Skal blive", &format!("afstem held approve {entry}")]);
        says(&shop.run(&["held", "list", "--lang", "en"]), 3, &["deleted", &format!("afstem held reject {entry}")]);
        says(&shop.run(&["conflicts", "--lang", "en"]), 0, &["Nothing waits for you here."]);
        says(&shop.run(&["status", "--lang", "en"]), 0, &["1 wait for you"]);
        let answered = shop.run(&["held", answer, &entry, "--json"]);
        assert_eq!(answered.code, 0);
        let verb = if answer == "approve" { "approved" } else { "rejected" };
        assert_eq!(answered.json()[verb][0]["id"], entry.as_str());
        says(&shop.run(&["held"]), 0, &["Besvaret af"]);
        assert_eq!(shop.run(&["sync"]).code, 0);
        let name = shop.crm().record_of(&id).map(|it| it["accountname"].clone());
        assert_eq!(name, left.map(Value::from));
        says(&shop.run(&["held", answer, &entry]), 1, &[&entry]);
        quiet(&shop);
    }
}
