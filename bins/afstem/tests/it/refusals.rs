//! What cannot work: exit code 1 and a sentence that says what to do.

use tempfile::TempDir;

use crate::served::{Ended, Served, afstem};

/// Settings that are right, but for what a test changes.
const SETTINGS: &str = r#"
[dinero]
organization_id = 4711
api_key = "k"
client_id = "i"
client_secret = "s"

[simplycrm]
url = "https://firma.simply-crm.dk"
username = "integration"
access_key = "a"

[sync]
direction = "both"
priority = "crm-first"
"#;

fn with(before: &str, after: &str) -> Ended {
    let directory = TempDir::new().unwrap();
    assert!(SETTINGS.contains(before));
    std::fs::write(directory.path().join("afstem.toml"), SETTINGS.replace(before, after)).unwrap();
    afstem(directory.path(), &["sync", "--lang", "en"])
}

#[track_caller]
fn refused(ended: &Ended, words: &[&str]) {
    assert_eq!(ended.code, 1, "{}", ended.err);
    for word in words {
        assert!(ended.err.contains(word), "“{word}” is missing in: {}", ended.err);
    }
}

#[test]
fn broken_settings_are_refused_with_their_place() {
    refused(&with("priority = \"crm-first\"", ""), &["priority", "crm-first"]);
    refused(&with("username", "usrname"), &["afstem.toml, line 10", "usrname", "username"]);
    refused(&with("\"both\"", "\"sideways\""), &["afstem.toml, line 14, column 13", "crm-to-dinero"]);
    refused(&with("4711", "\"many\""), &["afstem.toml, line 3", "organization_id"]);
    refused(&with("[sync]", "[sync"), &["afstem.toml, line 13"]);
}

#[test]
fn plain_http_is_for_this_machine_alone() {
    refused(&with("https://firma", "http://firma"), &["http://", "https://"]);
}

#[test]
fn missing_settings_are_asked_for() {
    let directory = TempDir::new().unwrap();
    refused(&afstem(directory.path(), &["status", "--lang", "en"]), &["afstem.toml", "--config"]);
}

#[test]
fn an_unreachable_host_is_named() {
    let served = Served::start(4);
    let address = served.configuration.split("base_url = \"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let ended = served.run(&[(&address, "http://127.0.0.1:9")], &["sync", "--yes"]);
    refused(&ended, &["Dinero", "127.0.0.1"]);
}

#[test]
fn a_wrong_key_is_named_and_json_stays_one_document() {
    let served = Served::start(4);
    let key = served.configuration.split("api_key = \"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let ended = served.run(&[(&key, "wrong")], &["sync", "--json"]);
    refused(&ended, &["api_key"]);
    assert!(ended.json()["error"].as_str().unwrap().contains("api_key"));
    assert!(!ended.err.contains("wrong"), "a key is never shown");
}
