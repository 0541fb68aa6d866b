//! `sync --if-due`, as a timer of the machine calls it.

use serde_json::json;

use crate::shop::Shop;

fn by_itself(every: &str) -> Shop {
    let mut shop = Shop::open(3, 61);
    shop.set("[sync]", &format!("[sync]\nmode = \"auto\"\nevery = \"{every}\""));
    shop
}

#[test]
fn it_runs_when_it_is_due_and_otherwise_sends_nothing() {
    let shop = by_itself("3h");
    let first = shop.run(&["sync", "--if-due", "--yes", "--json"]);
    assert_eq!((first.code, first.json()["run"].is_string()), (0, true), "never run, it is due: {}", first.err);

    let (dinero, crm) = (shop.dinero().log().len(), shop.crm().log().len());
    let early = shop.run(&["sync", "--if-due", "--json"]);
    assert_eq!(early.code, 0);
    let told = early.json();
    assert_eq!((&told["run"], &told["due"], told["next"].is_string()), (&json!(null), &json!(false), true), "{told:#}");
    let nothing = json!({"dinero": 0, "simplycrm": 0});
    for key in ["created", "updated", "deleted", "requests", "writes"] {
        assert_eq!(told[key], nothing, "{key}");
    }
    for key in ["linked", "conflicts", "held", "failed"] {
        assert_eq!(told[key], 0, "{key}");
    }
    for (language, words) in [("da", "Det er ikke tid endnu"), ("en", "It is not time yet")] {
        let early = shop.run(&["sync", "--if-due", "--lang", language]);
        assert_eq!((early.code, early.out.as_str()), (0, ""));
        assert!(early.err.contains(words) && early.err.contains("sync.every"), "{}", early.err);
    }
    assert_eq!((shop.dinero().log().len(), shop.crm().log().len()), (dinero, crm), "no request was sent");
    assert_eq!(shop.run(&["runs", "--json"]).json()["runs"].as_array().unwrap().len(), 1);
    assert!(shop.run(&["sync", "--json"]).json()["run"].is_string(), "who asks for a run gets one");
}

#[test]
fn only_a_run_over_everything_puts_the_next_one_off() {
    let shop = by_itself("1s");
    assert_eq!(shop.run(&["sync", "--yes"]).code, 0);
    let mut shop = shop;
    // By now a second may have passed; with a long period it has not.
    shop.set("every = \"1s\"", "every = \"1d\"");
    assert_eq!(shop.run(&["sync", "--if-due", "--json"]).json()["due"], false);

    let shop = by_itself("1d");
    assert_eq!(shop.run(&["sync", "--yes", "--module", "products"]).code, 0);
    let (_, id) = shop.shared();
    assert_eq!(shop.run(&["sync", "--record", &format!("Accounts/{id}")]).code, 0);
    let due = shop.run(&["sync", "--if-due", "--yes", "--json"]);
    assert!(due.json()["run"].is_string(), "some modules and one record are not everything: {}", due.out);
    assert_eq!(shop.run(&["sync", "--if-due", "--json"]).json()["due"], false);
}

#[test]
fn nothing_runs_by_itself_where_the_settings_say_manual() {
    let shop = Shop::open(3, 62);
    for (language, words) in [("da", "intet kører af sig selv"), ("en", "nothing runs by itself")] {
        let manual = shop.run(&["sync", "--if-due", "--lang", language]);
        assert_eq!(manual.code, 0);
        assert!(manual.err.contains(words) && manual.err.contains("sync.mode"), "{}", manual.err);
    }
    let told = shop.run(&["sync", "--if-due", "--json"]).json();
    assert_eq!((&told["run"], &told["due"], &told["next"]), (&json!(null), &json!(false), &json!(null)));
    assert_eq!((shop.dinero().log().len(), shop.crm().log().len()), (0, 0));
}

#[test]
fn it_means_everything_and_a_mistake_is_an_error() {
    let shop = by_itself("3h");
    for more in [&["--module", "products"][..], &["--record", "Accounts/11x5"], &["--plan", "plan.json"]] {
        let refused = shop.run(&[&["sync", "--if-due", "--json"], more].concat());
        assert_eq!(refused.code, 1, "2 would mean that there is something to do");
        assert!(refused.json()["error"].as_str().unwrap().contains("--if-due"), "{}", refused.out);
    }
    assert_eq!(shop.run(&["plan", "--no-such-flag"]).code, 1);
    assert_eq!(shop.run(&["--help"]).code, 0);
    assert_eq!(shop.run(&["--version"]).code, 0);
}
