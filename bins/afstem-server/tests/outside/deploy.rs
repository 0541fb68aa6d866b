//! What is ready to copy is understood by the program: the environment example, the systemd unit; and TLS without a proxy.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::house::House;

const PROGRAM: &str = env!("CARGO_BIN_EXE_afstem-server");
const EXAMPLE: &str = include_str!("../../../../docs/deploy/env.example");
const UNIT: &str = include_str!("../../../../docs/deploy/afstem-server.service");
const DOCKERFILE: &str = include_str!("../../../../docs/deploy/Dockerfile");

/// The variables of the example, those that are commented out, too.
fn example() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = EXAMPLE.lines().map(|line| line.trim_start_matches('#'));
    lines.filter(|line| line.starts_with("AFSTEM_")).filter_map(|line| line.split_once('='))
}

/// A variable that the program does not know would be passed over in silence.
#[test]
fn every_variable_that_is_ready_to_copy_is_one_of_the_program() {
    let help = Command::new(PROGRAM).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let elsewhere = ["AFSTEM_DINERO__CLIENT_ID", "AFSTEM_DINERO__CLIENT_SECRET", "AFSTEM_LOG"];
    let named = [UNIT, DOCKERFILE].into_iter().flat_map(|text| {
        let words = text.split(|it: char| !(it.is_ascii_uppercase() || it == '_'));
        words.filter(|word| word.starts_with("AFSTEM_") && word.len() > 8)
    });
    let mut count = 0;
    for name in example().map(|(name, _)| name).chain(named) {
        assert!(elsewhere.contains(&name) || help.contains(name), "{name} is not in --help");
        count += 1;
    }
    assert!(count > 10, "{count}");
}

/// With its values as they stand, but for what lies elsewhere on this machine.
#[test]
fn the_program_starts_with_the_environment_example() {
    let folder = tempfile::tempdir().unwrap();
    let here = |name: &str| folder.path().join(name).display().to_string();
    let own = [
        ("AFSTEM_STORE__URL", format!("sqlite://{}", here("afstem.db"))),
        ("AFSTEM_SERVER_KEY_FILE", here("key")),
        ("AFSTEM_SERVER_LISTEN", "127.0.0.1:0".to_owned()),
        ("AFSTEM_DINERO__CLIENT_ID", "afstem".to_owned()),
        ("AFSTEM_DINERO__CLIENT_SECRET", "hemmelig".to_owned()),
    ];
    let mut program = Command::new(PROGRAM)
        .envs(example())
        .envs(own)
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let said = BufReader::new(program.stdout.take().unwrap()).lines().map_while(Result::ok).next();
    program.kill().unwrap();
    program.wait().unwrap();
    assert_eq!(said.as_deref(), Some("Afstem: https://afstem.firma.dk"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_tls_the_cookie_travels_encrypted_only_and_nothing_is_said_in_the_clear() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/outside/tls");
    let certificate = format!("{folder}/certificate.pem");
    let settings = [
        ("AFSTEM_SERVER_TLS_CERTIFICATE", certificate.clone()),
        ("AFSTEM_SERVER_TLS_KEY", format!("{folder}/key.pem")),
    ];
    let house = House::open_with(1, &settings).await;
    assert!(house.address().starts_with("https://127.0.0.1:"), "{}", house.address());
    let root = reqwest::Certificate::from_pem(&std::fs::read(&certificate).unwrap()).unwrap();
    let client = reqwest::Client::builder().add_root_certificate(root);
    let client = client.redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let address = house.address().trim_end_matches('/');
    let page = client.get(format!("{address}/setup")).send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.headers().contains_key("strict-transport-security"));
    let form = format!("code={}&name=mette&password=en+god+lang+saetning", house.code());
    let kind = "application/x-www-form-urlencoded";
    let entered = client.post(format!("{address}/setup")).header("content-type", kind).body(form).send().await.unwrap();
    let cookie = entered.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-afstem=") && cookie.contains("; Secure"), "{cookie}");
    let plain = client.get(format!("http://{}/login", house.socket())).send().await;
    assert!(plain.is_err(), "{plain:?}");
}
