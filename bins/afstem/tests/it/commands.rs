//! Every command of the contract, in front of both sandboxes.

use serde_json::json;
use tempfile::TempDir;

use crate::served::{Served, afstem};

const CRM_TO_DINERO: &[(&str, &str)] =
    &[("direction = \"both\"\npriority = \"crm-first\"", "direction = \"crm-to-dinero\"")];

#[test]
fn status_plan_sync_and_sync_again() {
    let served = Served::start(6);
    let status = served.run(&[], &["status", "--json"]);
    assert_eq!(status.code, 0);
    assert_eq!(status.json()["status"], "green");
    assert_eq!((&status.json()["dinero"]["ok"], &status.json()["simplycrm"]["ok"]), (&json!(true), &json!(true)));

    let plan = served.run(&[], &["plan", "--json", "--out", "plan.json"]);
    assert_eq!(plan.code, 2, "there is something to do");
    assert_eq!(plan.json()["saved"]["file"], "plan.json");

    let first = served.run(&[], &["sync", "--json", "--yes"]);
    assert_eq!(first.code, 0, "{}", first.out);
    let told = first.json();
    for key in ["run", "created", "updated", "deleted", "linked", "conflicts", "held", "failed", "requests", "writes"] {
        assert!(!told[key].is_null(), "{key}");
    }
    assert_eq!(told["created"], json!({"dinero": 6, "simplycrm": 6}));
    assert_eq!(told["linked"], 6);

    let second = served.run(&[], &["sync", "--json"]).json();
    assert_eq!(second["writes"], json!({"dinero": 0, "simplycrm": 0}));
    assert!(second["requests"]["dinero"].as_u64().unwrap() <= 9, "{second}");
    assert!(second["requests"]["simplycrm"].as_u64().unwrap() <= 14, "{second}");
    assert_eq!(served.run(&[], &["plan"]).code, 0, "nothing is left to do");
}

#[test]
fn p19_a_saved_plan_is_carried_out_once_and_refused_when_touched() {
    let served = Served::start(6);
    let file = served.directory.path().join("plan.json");
    assert_eq!(served.run(&[], &["plan", "--module", "organisations", "--out", "plan.json"]).code, 2);
    let text = std::fs::read_to_string(&file).unwrap();

    std::fs::write(&file, text.replacen("DK", "SE", 1)).unwrap();
    let touched = served.run(&[], &["sync", "--plan", "plan.json"]);
    assert_eq!(touched.code, 1);
    assert!(touched.err.contains("was changed after it was saved"), "{}", touched.err);
    std::fs::write(&file, &text).unwrap();
    let other =
        served.run(&[("priority = \"crm-first\"", "priority = \"dinero-first\"")], &["sync", "--plan", "plan.json"]);
    assert!(other.err.contains("The settings or the mapping changed"), "{}", other.err);

    let first = served.run(&[], &["sync", "--json", "--plan", "plan.json"]);
    assert_eq!(
        (first.code, first.json()["created"].clone()),
        (0, json!({"dinero": 2, "simplycrm": 2})),
        "{}",
        first.out
    );
    let second = served.run(&[], &["sync", "--json", "--plan", "plan.json"]);
    assert_eq!(second.code, 0);
    assert_eq!(second.json()["requests"], json!({"dinero": 0, "simplycrm": 0}));
    assert_eq!(second.json()["plan"]["used_before"]["run"], first.json()["run"]);
    assert!(second.err.contains("was carried out already"), "{}", second.err);
}

#[test]
fn one_module_and_one_record() {
    let served = Served::start(6);
    let summary = served.run(&[], &["sync", "--json", "--yes", "--module", "products"]).json();
    assert_eq!(summary["created"], json!({"dinero": 2, "simplycrm": 2}));
    let plan = served.run(&[], &["plan", "--json", "--module", "organisations"]).json();
    let id = plan["modules"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|module| module["steps"].as_array().into_iter().flatten())
        .find_map(|step| {
            let text = step.to_string();
            let at = text.find("11x")?;
            Some(text[at..].chars().take_while(|it| it.is_ascii_alphanumeric()).collect::<String>())
        })
        .unwrap_or_else(|| panic!("{plan:#}"));
    let record = format!("Accounts/{id}");
    let refused = served.run(&[], &["push", &record]);
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("sync --record"), "{}", refused.err);
    assert_eq!(served.run(&[], &["sync", "--json", "--record", &record]).code, 0);
    assert_eq!(served.run(CRM_TO_DINERO, &["push", "--json", &record]).code, 0);
    let unknown = served.run(CRM_TO_DINERO, &["push", "Accounts/11x99999999"]);
    assert_eq!(unknown.code, 1, "{}", unknown.out);
}

#[test]
fn a_custom_mapping_is_read_from_beside_the_settings() {
    let served = Served::start(4);
    let custom = &[("[store]", "[mapping]\nkind = \"custom\"\nfile = \"mapping.toml\"\n\n[store]")];
    let missing = served.run(custom, &["plan"]);
    assert_eq!(missing.code, 1);
    assert!(missing.err.contains("mapping.toml"), "{}", missing.err);
    let file = served.directory.path().join("mapping.toml");
    std::fs::write(&file, "[[entity]]\nmodule = \"organisations\"\ndinero = \"contact\"\ncrm = \"Acounts\"\n").unwrap();
    for command in [&["plan"][..], &["status"], &["mapping", "check"]] {
        let wrong = served.run(custom, command);
        assert_eq!(wrong.code, 1, "{}", wrong.out);
        assert!(wrong.err.contains("mapping.toml:4:7: "), "{}", wrong.err);
    }
    let wrong = served.run(custom, &["sync", "--yes"]);
    assert!(
        wrong.err.contains("mapping.toml:4:7: ")
            && wrong.err.contains("4 | crm = \"Acounts\"\n  |       ^^^^^^^^^\n")
            && wrong.err.contains("Accounts"),
        "{}",
        wrong.err
    );
}

#[test]
fn the_demo_ends_with_a_run_that_writes_nothing() {
    let directory = TempDir::new().unwrap();
    let demo = afstem(directory.path(), &["demo", "--json", "--records", "6"]);
    assert_eq!(demo.code, 0, "{}", demo.err);
    let chapters = demo.json()["demo"].as_array().unwrap().clone();
    assert_eq!(chapters[0]["status"]["status"], "red");
    assert_eq!(chapters[1]["status"]["status"], "green");
    let life: Vec<&str> =
        chapters.iter().filter_map(|chapter| chapter["invoices"].as_array()?.first()?.as_str()).collect();
    let stations = [
        "Dinero: Draft, 1937.50 kr. · Simply CRM: Created, 1937.50 kr.",
        "Dinero: Booked 1, 1937.50 kr. · Simply CRM: Approved, 1937.50 kr.",
        "Dinero: Paid 1, 1937.50 kr. · Simply CRM: Paid, 1937.50 kr.",
    ];
    assert!(life.iter().zip(stations).all(|(line, station)| line.ends_with(station)) && life.len() == 3, "{life:#?}");
    let last = &chapters.last().unwrap()["sync"];
    assert_eq!(last["writes"], json!({"dinero": 0, "simplycrm": 0}));
}

#[test]
fn the_mapping_is_shown_checked_and_exported_as_the_start_of_a_custom_one() {
    let served = Served::start(4);
    let shown = served.run(&[], &["mapping", "show"]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    assert!(shown.out.contains("VatNumber") && shown.out.contains("cf_cvr"), "{}", shown.out);
    let fields = served.run(&[], &["mapping", "show", "--json"]).json()["fields"].clone();
    let checked = served.run(&[], &["mapping", "check"]);
    assert_eq!((checked.code, checked.out.lines().next()), (0, Some("The mapping fits both systems.")));

    let schema = served.run(&[], &["mapping", "schema"]);
    assert_eq!((schema.code, &schema.json()["title"]), (0, &json!("Afstem mapping")));

    let exported = served.run(&[], &["mapping", "export"]);
    assert!(exported.out.starts_with("#:schema https://"), "{}", exported.out);
    std::fs::write(served.directory.path().join("mapping.toml"), &exported.out).unwrap();
    let custom = &[("[store]", "[mapping]\nkind = \"custom\"\nfile = \"mapping.toml\"\n\n[store]")];
    let again = served.run(custom, &["mapping", "show", "--json"]);
    assert_eq!(again.code, 0, "{}", again.err);
    assert_eq!(again.json()["fields"], fields, "the exported mapping means the same");
}

const INVOICES: &[(&str, &str)] = &[
    ("direction = \"both\"\npriority = \"crm-first\"", "direction = \"crm-to-dinero\""),
    (
        "modules = [\"organisations\", \"contacts\", \"products\"]",
        "modules = [\"organisations\", \"contacts\", \"products\", \"invoices\"]",
    ),
    ("[store]", "[invoices]\nvat_accounts = { \"25\" = 1000, \"0\" = 1100 }\nother_customer = true\n\n[store]"),
];

#[test]
fn one_invoice_is_pushed_with_what_it_needs_and_no_other() {
    let served = Served::with_invoices(6, 4);
    assert_eq!(served.run(CRM_TO_DINERO, &["sync", "--json", "--yes", "--module", "contacts"]).code, 0);
    let planned = served.run(INVOICES, &["plan", "--json", "--module", "invoices"]).json();
    let waiting = planned.to_string();
    let at = waiting.find("Invoice/").unwrap_or_else(|| panic!("{planned:#}"));
    let record: String = waiting[at..].chars().take_while(|it| it.is_ascii_alphanumeric() || *it == '/').collect();

    let pushed = served.run(INVOICES, &["push", "--json", &record]);
    assert_eq!(pushed.code, 0, "{}{}", pushed.out, pushed.err);
    let told = pushed.json();
    assert!(told["created"]["dinero"].as_u64().unwrap() >= 1, "{told:#}");
    assert_eq!(told["created"]["simplycrm"], 0);
    let invoices = |told: &serde_json::Value| told.to_string().matches("\"record\":\"Invoice/").count();
    assert_eq!(
        invoices(&served.run(INVOICES, &["plan", "--json", "--module", "invoices"]).json()),
        3,
        "the others wait"
    );
    let again = served.run(INVOICES, &["push", "--json", &record]);
    assert_eq!((again.code, again.json()["writes"]["dinero"].clone()), (0, json!(0)), "{}", again.out);
    let booked = served.run(INVOICES, &["push", "Invoice/7x99999999"]);
    assert_eq!(booked.code, 1, "{}", booked.out);
}
