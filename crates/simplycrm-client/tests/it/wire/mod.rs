//! Replays what two real servers said: each recorded request must be what our operations send, and each recorded answer
//! must be read for what it is. `tests/wire/README.md` tells how the recordings were made.

#![allow(clippy::print_stdout)]

mod answers;
mod requests;

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;
use simplycrm_client::op::Verb;
use simplycrm_client::vtql::Select;

use answers::{read_alike, recorded_answer};
use requests::{Parameters, by_call, same_request, typed};

/// What the recorder left out, and why that is not ours to replay.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
enum Skipped {
    /// Medians and sizes: nothing was exchanged that could be replayed.
    Measurement,
    /// The recorder shortened a very long element, so the request that was sent is not known.
    ElementCut,
}

#[derive(Default)]
struct Coverage {
    all: usize,
    typed: usize,
    by_call: usize,
    answers_cut: usize,
    skipped: BTreeMap<Skipped, usize>,
}

#[test]
fn all_recorded_exchanges_are_built_and_read() {
    let mut coverage = Coverage::default();
    let mut failures = Vec::new();
    for (file, recording) in recordings() {
        for exchange in recording["exchanges"].as_array().unwrap() {
            coverage.all += 1;
            let name = format!("{file}: {}", exchange["name"].as_str().unwrap_or_default());
            if let Err(failure) = replay(exchange, &mut coverage) {
                failures.push(format!("{name}: {failure}"));
            }
        }
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    let skipped: usize = coverage.skipped.values().sum();
    let matched = coverage.all - skipped;
    println!(
        "typed {}, through the escape hatch {}, answers that the recorder cut {}, skipped {:?}",
        coverage.typed, coverage.by_call, coverage.answers_cut, coverage.skipped
    );
    println!("simplycrm: exchanges {matched}/{}", coverage.all);
    assert_eq!(coverage.all, 1070, "all recordings are there");
    assert_eq!(coverage.typed + coverage.by_call, matched);
    assert!(skipped * 20 <= coverage.all, "more than 5 % skipped");
    assert!(coverage.typed * 10 >= matched * 8, "the escape hatch is for what servers should never be sent");
}

pub(crate) fn recordings() -> Vec<(String, Value)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/wire");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    let name = |file: &std::path::Path| file.file_name().unwrap().to_string_lossy().into_owned();
    files.iter().map(|file| (name(file), serde_json::from_slice(&fs::read(file).unwrap()).unwrap())).collect()
}

fn replay(exchange: &Value, coverage: &mut Coverage) -> Result<(), String> {
    let Some(request) = exchange.get("request") else {
        *coverage.skipped.entry(Skipped::Measurement).or_default() += 1;
        return Ok(());
    };
    let verb = if request["method"] == "GET" { Verb::Get } else { Verb::Post };
    let source = if verb == Verb::Get { &request["query"] } else { &request["form"] };
    let parameters: Parameters = source
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
        .collect();
    if parameters.get("element").is_some_and(|element| element.contains("times\"")) {
        *coverage.skipped.entry(Skipped::ElementCut).or_default() += 1;
        return Ok(());
    }
    let replayed = match typed(verb, &parameters) {
        Some(replayed) => {
            coverage.typed += 1;
            replayed
        }
        None => {
            coverage.by_call += 1;
            by_call(verb, &parameters)
        }
    };
    same_request(verb, &parameters, &replayed.request)?;
    match recorded_answer(exchange) {
        Some(answer) => read_alike(&answer, (replayed.decode)(&answer.response)),
        None => {
            coverage.answers_cut += 1;
            Ok(())
        }
    }
}

#[test]
fn recorded_exchanges_agree_with_our_grammar() {
    let mut agreed = (0, 0);
    for (file, recording) in recordings() {
        for exchange in recording["exchanges"].as_array().unwrap() {
            let request = &exchange["request"];
            if request["query"]["operation"] != "query" {
                continue;
            }
            let text = request["query"]["query"].as_str().unwrap();
            let code = exchange["response"]["body"]["error"]["code"].as_str();
            let lexer_died = code == Some("INTERNAL_SERVER_ERROR");
            match text.parse::<Select>() {
                Ok(select) => {
                    assert!(code != Some("QUERY_SYNTAX_ERROR") && !lexer_died, "{file}: {text}");
                    // Rendering adds the sort fields to the columns, so it is the second reading that must agree.
                    let again: Select = select.to_string().parse().unwrap();
                    assert_eq!(again.to_string(), select.to_string(), "{file}: {text}");
                    agreed.0 += 1;
                }
                Err(_) => agreed.1 += 1,
            }
        }
    }
    assert!(agreed.0 > 200 && agreed.1 > 60, "{agreed:?}");
}
