//! Replays every exchange recorded with vtiger 7.3.0 and 8.4.0 and compares our answers with the recorded ones.
//!
//! Each file gets a server set up as the recorded one was when the file begins (`setting`). Record numbers are
//! mapped as they first appear; times, tokens and counters are compared by shape. What cannot agree is listed
//! with its reason in `exceptions`.

mod compare;
mod exceptions;
mod replay;
mod setting;

use replay::Replay;
use sandbox::simplycrm::Version;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// How many exchanges must agree; raise it when more do, never lower it.
const FLOOR: usize = 1000;

#[test]
fn answers_agree_with_the_recordings() {
    let (mut agree, mut all, mut skipped) = (0, 0, 0);
    let mut surprises = Vec::new();
    for (topic, version, recording) in recordings() {
        let mut replay = Replay::new(&topic, version);
        let (mut excused, mut needless) = (BTreeSet::new(), BTreeSet::new());
        for exchange in recording["exchanges"].as_array().into_iter().flatten() {
            if exchange.get("request").is_none() {
                continue;
            }
            all += 1;
            let name = exchange["name"].as_str().unwrap_or_default();
            let differences = replay.exchange(exchange);
            let excuse = exceptions::reason(&topic, version, name);
            match (differences.is_empty(), excuse) {
                (true, excuse) => {
                    agree += 1;
                    needless.extend(excuse.map(|_| name));
                }
                (false, Some(_)) => {
                    skipped += 1;
                    excused.insert(name);
                }
                (false, None) => surprises.push(format!("{topic} {version:?} {name}: {}", differences.join("; "))),
            }
        }
        for name in needless.difference(&excused) {
            surprises.push(format!("{topic} {version:?} {name}: agrees, take it off the list"));
        }
    }
    println!("sandbox: exchanges {agree}/{all} (skipped {skipped})");
    assert!(surprises.is_empty(), "{} surprises:\n{}", surprises.len(), surprises.join("\n"));
    assert!(agree >= FLOOR, "{agree} exchanges agree, {FLOOR} did before");
}

fn recordings() -> Vec<(String, Version, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire");
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .expect("the recordings are in the repository")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "json"))
        .map(|path| {
            let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
            let (topic, server) = stem.rsplit_once(".v").expect("a file is named topic.version.json");
            let version = if server == "730" { Version::V7 } else { Version::V8 };
            let text = std::fs::read_to_string(&path).expect("a readable recording");
            (topic.to_owned(), version, serde_json::from_str(&text).expect("a recording is JSON"))
        })
        .collect();
    found.sort_by(|left, right| (&left.0, left.1).cmp(&(&right.0, right.1)));
    found
}
