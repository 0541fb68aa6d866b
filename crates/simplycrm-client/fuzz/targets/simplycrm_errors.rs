//! Fuzzes what is made of an answer: any status with any body is a value or an error whose questions agree with each other, and
//! a refusal is never taken for success.
#![no_main]

use arbitrary::Arbitrary;
use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use simplycrm_client::op::{Create, Describe, GetChallenge, ListTypes, Login, Logout, Operation, Query};
use simplycrm_client::vtql::Select;
use simplycrm_client::{Answer, Element, Error, ModuleName};

#[derive(Debug, Arbitrary)]
struct Said<'a> {
    status: u16,
    /// Text before the envelope, as PHP puts its warnings there.
    before: Option<&'a str>,
    /// Put into a refusal's envelope, as its error.
    as_error: bool,
    body: &'a [u8],
}

fn ask(error: &Error, status: u16, writes: bool) {
    let shown = format!("{error} {error:?}");
    assert!(!shown.is_empty() && !error.operation().is_empty());
    assert_eq!(error.server_message().is_some(), error.code().is_some(), "{shown}");
    assert!(error.missing_field().is_none() || error.is_missing_field());
    assert!(!error.outcome_unknown() || writes, "a read changes nothing: {shown}");
    if error.code().is_none() && !error.is_unreachable() {
        assert!(!writes || error.outcome_unknown(), "nobody said what became of it: {shown}");
    }
    let refusals = [
        error.is_session_lost(),
        error.is_bad_credentials(),
        error.is_access_denied(),
        error.is_not_found(),
        error.is_missing_field(),
        error.is_duplicate(),
        error.is_reference_invalid(),
        error.is_query_error(),
    ];
    assert!(error.code().is_some() || refusals.iter().all(|is| !is), "a code stands behind these: {shown}");
    assert!(!(error.is_unreachable() && error.is_not_an_api()));
    assert!(!error.is_stale());
    // Turned away before anything began; a 429 around half an answer says less.
    if status == 429 && error.is_unreachable() {
        assert!(!error.outcome_unknown(), "{shown}");
    }
}

fn read<O: Operation>(operation: &O, response: &http::Response<Bytes>, refused: bool) {
    let writes = O::SAFETY.writes();
    let status = response.status().as_u16();
    let answer: Result<Answer<O::Output>, Error> = operation.decode(response);
    match answer {
        Ok(answer) => {
            assert!(!refused, "a refusal was taken for success");
            assert!(answer.repairs.len() <= 3);
        }
        Err(error) => ask(&error, status, writes),
    }
}

fuzz_target!(|said: Said<'_>| {
    let mut body = said.before.unwrap_or_default().as_bytes().to_vec();
    let is_json = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(said.body).is_ok();
    // Text before that holds an envelope of its own decides what is read.
    let refused = said.as_error && is_json && !body.windows(10).any(|part| part == br#"{"success""#);
    if said.as_error {
        body.extend_from_slice(br#"{"success":false,"error":"#);
        body.extend_from_slice(said.body);
        body.push(b'}');
    } else {
        body.extend_from_slice(said.body);
    }
    let status = 200 + said.status % 400;
    let response = http::Response::builder().status(status).body(Bytes::from(body)).expect("a response");
    read(&Query::new(Select::from(ModuleName::ACCOUNTS)), &response, refused);
    read(&Describe { module: ModuleName::ACCOUNTS }, &response, refused);
    read(&ListTypes { with_field_types: Vec::new() }, &response, refused);
    read(
        &Create { module: ModuleName::ACCOUNTS, element: Element::new().text("accountname", "x") },
        &response,
        refused,
    );
    read(&GetChallenge { username: "integration".to_owned() }, &response, refused);
    read(&Login::with_digest("integration".to_owned(), "digest".to_owned().into()), &response, refused);
    read(&Logout, &response, refused);
});
