//! The first settings, asked for on a terminal or taken from the environment.

use std::path::Path;
use std::process::Command;

use rexpect::session::{PtySession, spawn_command};
use tempfile::TempDir;

use crate::served::{AFSTEM, Served, afstem};

/// The value of `key` in the settings that reach the sandboxes.
fn given(served: &Served, key: &str) -> String {
    let line = served.configuration.lines().find(|line| line.starts_with(&format!("{key} ="))).unwrap();
    line.split_once('=').unwrap().1.trim().trim_matches('"').to_owned()
}

fn init(served: &Served, home: &Path) -> PtySession {
    let mut command = Command::new(AFSTEM);
    command.args(["init", "--lang", "en"]).current_dir(home).env_remove("AFSTEM_CONFIG").env("HOME", home);
    for key in ["base_url", "token_url"] {
        command.env(format!("AFSTEM_DINERO__{}", key.to_uppercase()), given(served, key));
    }
    spawn_command(command, Some(30_000)).unwrap()
}

/// Waits for `question` and types `answer`.
fn answer(session: &mut PtySession, question: &str, answer: &str) {
    session.exp_string(question).unwrap();
    session.send(answer).unwrap();
    session.send("\r").unwrap();
    session.flush().unwrap();
}

const DOWN: &str = "\u{1b}[B";

#[test]
fn asks_tries_both_connections_and_writes_what_a_run_then_reads() {
    let served = Served::start(4);
    let home = TempDir::new().unwrap();
    let mut session = init(&served, home.path());
    answer(&mut session, "Firma ID", "4711");
    answer(&mut session, "Make it in Dinero", "wrong");
    answer(&mut session, "Client id", &given(&served, "client_id"));
    answer(&mut session, "Client secret", &given(&served, "client_secret"));
    session.exp_string("no token was given").unwrap();
    answer(&mut session, "correct the answers", "y");
    // What was typed before and is no secret stands already.
    answer(&mut session, "Firma ID", "");
    answer(&mut session, "Make it in Dinero", &given(&served, "api_key"));
    answer(&mut session, "Client id", "");
    answer(&mut session, "Client secret", &given(&served, "client_secret"));
    session.exp_string("(Firma ID 4711)").unwrap();
    answer(&mut session, "Address", &given(&served, "url"));
    answer(&mut session, "User name", "integration");
    answer(&mut session, "Access key", &given(&served, "access_key"));
    session.exp_string("vtiger").unwrap();
    answer(&mut session, "Direction", &DOWN.repeat(2));
    answer(&mut session, "Data priority", DOWN);
    answer(&mut session, "Invoice priority", "");
    answer(&mut session, "Synchronise", "");
    answer(&mut session, "Deletions", "");
    session.exp_string("is written").unwrap();
    session.exp_eof().unwrap();

    let written = home.path().join("afstem.toml");
    let text = std::fs::read_to_string(&written).unwrap();
    assert!(text.contains("direction = \"both\"") && text.contains("priority = \"dinero-first\""), "{text}");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&written).unwrap().permissions());
    assert_eq!(mode & 0o077, 0, "the file holds keys and is its owner's alone");
    let again = afstem(home.path(), &["init", "--lang", "en"]);
    assert_eq!(again.code, 1);
    assert!(again.err.contains("exists already"), "{}", again.err);
    assert_eq!(std::fs::read_to_string(&written).unwrap(), text);
}

#[test]
fn without_a_terminal_it_names_what_the_environment_has_to_give() {
    let home = TempDir::new().unwrap();
    let ended = afstem(home.path(), &["init", "--lang", "en"]);
    assert_eq!(ended.code, 1);
    assert!(
        ended.err.contains("AFSTEM_DINERO__API_KEY") && ended.err.contains("AFSTEM_SYNC__DIRECTION"),
        "{}",
        ended.err
    );
    assert!(!home.path().join("afstem.toml").exists());
}
