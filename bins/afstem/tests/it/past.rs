//! The commands about the past, in front of both sandboxes, as a bookkeeper uses them.

use serde_json::json;

use crate::served::Served;

/// Two runs: a first meeting, and then nothing.
fn run_once() -> (Served, String) {
    let served = Served::start(6);
    let first = served.run(&[], &["sync", "--json", "--yes"]);
    assert_eq!(first.code, 0, "{}", first.out);
    let run = first.json()["run"].as_str().unwrap().to_owned();
    (served, run)
}

#[test]
fn p20_runs_are_listed_explained_and_undone() {
    let (served, run) = run_once();
    let listed = served.run(&[], &["runs", "--json"]).json();
    assert_eq!(listed["runs"][0]["run"], run.as_str());
    let told = served.run(&[], &["runs"]);
    assert!(told.out.contains(&run) && told.out.contains("12 created"), "{}", told.out);

    let detail = served.run(&[], &["runs", "last", "--json"]).json();
    assert_eq!((&detail["run"], &detail["purpose"]), (&json!(run), &json!("sync")));
    let writes = detail["writes"].as_array().unwrap();
    assert!(writes.len() >= 12 && detail["links"].as_array().unwrap().len() >= 6, "{detail:#}");
    let update = writes.iter().find(|write| write["action"] == "update").unwrap();
    let (record, field) = (update["record"].as_str().unwrap(), update["fields"][0]["field"].as_str().unwrap());

    // Why does this field hold what it holds?
    let why = served.run(&[], &["why", record, field, "--json"]);
    assert_eq!(why.code, 0, "{}", why.err);
    let last = &why.json()["fields"][0]["last_write"];
    assert_eq!((&last["run"], &last["request"]), (&json!(run), &update["request"]));
    assert!(!last["fields"][0]["rule"].is_null(), "{last:#}");
    let unknown = served.run(&[], &["why", record, "hat"]);
    assert!(unknown.code == 1 && unknown.err.contains("is no field of this record"), "{}", unknown.err);

    // One field goes back, and no later run does it over again.
    let undone = served.run(&[], &["undo", record, field, "--json"]);
    assert_eq!((undone.code, &undone.json()["undone"]["kept"]), (0, &json!([])), "{}", undone.out);
    let on = update["on"].as_str().unwrap();
    assert_eq!(undone.json()["updated"][on], 1, "{}", undone.out);
    let quiet = served.run(&[], &["sync", "--json"]).json();
    assert_eq!(quiet["writes"], json!({"dinero": 0, "simplycrm": 0}), "{quiet:#}");

    // The whole run: what was made stays and is named.
    let undone = served.run(&[], &["undo", &run[..13]]);
    assert_eq!(undone.code, 3, "{}", undone.err);
    assert!(undone.err.contains("made by the run; it is not deleted"), "{}", undone.err);
    let quiet = served.run(&[], &["sync", "--json"]).json();
    assert_eq!(quiet["writes"], json!({"dinero": 0, "simplycrm": 0}), "{quiet:#}");
    assert_eq!(served.run(&[], &["undo", "no-such-run"]).code, 1);
}

#[test]
fn l10_the_log_is_verified_and_exported_and_the_audit_finds_nothing_unexplained() {
    let (served, run) = run_once();
    let verified = served.run(&[], &["log", "verify", "--json"]).json();
    assert_eq!(verified["ok"], true);
    assert!(verified["links"].as_u64().unwrap() >= 18, "{verified:#}");
    let exported = served.run(&[], &["log", "export"]).out;
    let lines: Vec<serde_json::Value> = exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(json!(lines.len()), verified["entries"]);
    assert_eq!((&lines[0]["run"], &lines.last().unwrap()["hash"]), (&json!(run), &verified["head"]));

    let audit = served.run(&[], &["audit", "--json"]);
    assert_eq!((audit.code, &audit.json()["unexplained"]), (0, &json!([])), "{}", audit.out);
    assert_eq!(audit.json()["writes"], json!({"dinero": 0, "simplycrm": 0}));
    let told = served.run(&[], &["audit"]);
    assert!(told.out.contains("No difference is unexplained."), "{}", told.out);
}

#[test]
fn l9_status_is_green_before_the_first_run_and_says_what_is_wrong_after() {
    let served = Served::start(4);
    let first = served.run(&[], &["status", "--json"]).json();
    assert_eq!((&first["status"], &first["agreement"]["status"]), (&json!("green"), &json!("none")));
    served.run(&[], &["sync", "--yes"]);
    let well = served.run(&[], &["status", "--json"]).json();
    assert_eq!((&well["status"], &well["agreement"]["status"]), (&json!("green"), &json!("green")), "{well:#}");
    let broken = served.run(&[("url = \"http://", "url = \"http://localhost:1/")], &["sync"]);
    assert_eq!(broken.code, 1);
}
