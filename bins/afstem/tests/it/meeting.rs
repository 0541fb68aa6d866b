//! The first synchronisation: what is shown before the first write, who is asked, and how much is made without a word.

use serde_json::json;

use crate::shop::Shop;

/// A shop where something of everything is to be seen: pairs, new records on each side, a doubtful pair, one left alone.
fn varied() -> Shop {
    let shop = Shop::open(6, 51);
    shop.alike("Nordlys Baadebyggeri", "Nordlys Bådebygeri");
    let alone = shop.crm().add("Accounts", &[("accountname", "Lad mig være")], "mette", chrono::Utc::now()).unwrap();
    assert_eq!(shop.run(&["match", "ignore", &format!("Accounts/{alone}")]).code, 0);
    shop
}

#[test]
fn on_a_terminal_the_counts_are_shown_and_no_leaves_everything_as_it_is() {
    let shop = varied();
    for (language, shown, question) in [
        (
            "da",
            "Organisationer: 2 kobles, 2 oprettes i Dinero, 2 oprettes i Simply CRM, 1 tvivlsomme par, 0 venter, 1 udeladt",
            "rste synkronisering. Skal det ske?",
        ),
        (
            "en",
            "Organisations: 2 to link, 2 to make in Dinero, 2 to make in Simply CRM, 1 doubtful pairs, 0 waiting, 1 left alone",
            "First synchronisation. Go ahead?",
        ),
    ] {
        let mut session = shop.sit_down(&["sync", "--lang", language]);
        session.exp_string(shown).unwrap();
        session.exp_string(question).unwrap();
        session.exp_string(if language == "da" { "Nej" } else { "No" }).unwrap();
        session.send("n").unwrap();
        session.flush().unwrap();
        session.exp_string(if language == "da" { "Intet er skrevet." } else { "Nothing was written." }).unwrap();
        session.exp_eof().unwrap();
        assert_eq!(shop.written(), (0, 0));
    }
}

#[test]
fn on_a_terminal_yes_carries_it_out_and_the_next_run_asks_nothing() {
    let shop = varied();
    let mut session = shop.sit_down(&["sync", "--lang", "en"]);
    session.exp_string("Go ahead?").unwrap();
    session.send("y").unwrap();
    session.flush().unwrap();
    session.exp_string("Finished, but something waits for you").unwrap();
    session.exp_eof().unwrap();
    assert!(shop.written().0 > 0);
    let mut session = shop.sit_down(&["sync", "--lang", "en"]);
    let rest = session.exp_eof().unwrap();
    assert!(!rest.contains("Go ahead?") && rest.contains("Of these writes: Dinero 0, Simply CRM 0"), "{rest}");
}

#[test]
fn yes_asks_nothing_on_a_terminal() {
    let shop = Shop::open(3, 52);
    let mut session = shop.sit_down(&["sync", "--yes"]);
    let rest = session.exp_eof().unwrap();
    assert!(!rest.contains("Skal det ske?") && rest.contains("De to systemer stemmer."), "{rest}");
}

#[test]
fn a_first_meeting_makes_no_more_than_was_knowingly_allowed() {
    let mut shop = Shop::open(12, 53);
    shop.set("priority = \"crm-first\"", "priority = \"crm-first\"\nmax_creates = 3");
    for (language, words) in [("da", "kun givet lov til 3"), ("en", "only 3")] {
        let refused = shop.run(&["sync", "--yes", "--lang", language]);
        assert_eq!(refused.code, 1, "{}", refused.out);
        for word in [words, "--max-creates 4", "afstem match"] {
            assert!(refused.err.contains(word), "“{word}”: {}", refused.err);
        }
    }
    let refused = shop.run(&["sync", "--yes", "--json"]);
    assert_eq!(refused.code, 1);
    assert!(refused.json()["error"].as_str().unwrap().contains("--max-creates 4"));
    assert_eq!(shop.written(), (0, 0), "it is refused before anything is written");

    let allowed = shop.run(&["sync", "--yes", "--max-creates", "4", "--json"]);
    assert_eq!(
        (allowed.code, &allowed.json()["created"]),
        (0, &json!({"dinero": 12, "simplycrm": 12})),
        "{}",
        allowed.out
    );
    for n in 0..5 {
        let name = format!("Ny {n} ApS");
        shop.crm().add("Accounts", &[("accountname", &name)], "mette", chrono::Utc::now()).unwrap();
    }
    let later = shop.run(&["sync", "--json"]);
    assert_eq!((later.code, &later.json()["held"]), (3, &json!(5)), "later, masses wait: {}", later.out);
    let raised = shop.run(&["sync", "--max-creates", "5", "--json"]);
    assert_eq!((raised.code, &raised.json()["created"]["dinero"]), (0, &json!(5)), "{}", raised.out);
}

#[test]
fn contacts_of_organisations_are_counted_and_a_filter_leaves_them_out() {
    let mut shop = Shop::open(9, 54);
    let company = shop.crm().records("Accounts")[0]["id"].as_str().unwrap().to_owned();
    let people = shop.crm().records("Contacts");
    for person in &people[..4] {
        let id = person["id"].as_str().unwrap();
        shop.crm().edit(id, &[("account_id", &company)], "mette", chrono::Utc::now()).unwrap();
    }
    let counts = |shop: &Shop| shop.run(&["match", "--module", "contacts", "--json"]).json()["counts"].clone();
    let all = counts(&shop);
    assert_eq!(all["contacts_of_organisations"], 4, "{all:#}");
    for (language, words) in
        [("da", "4 af dem hører til en organisation"), ("en", "4 of them belong to an organisation")]
    {
        let told = shop.run(&["match", "--module", "contacts", "--lang", language]).out;
        assert!(told.contains(words), "{told}");
    }
    shop.map("crm = \"Contacts\"", "crm = \"Contacts\"\nfilter.crm = { account_id = { is = \"empty\" } }");
    let fewer = counts(&shop);
    assert_eq!(fewer["contacts_of_organisations"], 0, "{fewer:#}");
    assert!(fewer["create"]["dinero"].as_u64() < all["create"]["dinero"].as_u64(), "{fewer:#}");
}
