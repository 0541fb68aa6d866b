//! Answers that were lost: what the server then looks like, and what a second request of the same meets.

use serde_json::{Value, json};

use crate::caller::{Caller, line, text};

#[test]
fn a_create_whose_answer_was_lost_is_found_by_its_guid() {
    let mut caller = Caller::new();
    let mut body = caller.body(&[line("100", "1", 1000, "0")]);
    body["Guid"] = "6f4f3a10-0000-4000-8000-000000000001".into();
    caller.lost("POST v1 invoices", &body);
    assert_eq!(caller.refused("POST v1 invoices", &body), (409, 72, vec![]));
    assert_eq!(caller.dinero.invoices(caller.now).len(), 1);
}

#[test]
fn a_booking_whose_answer_was_lost_is_not_made_twice() {
    let mut caller = Caller::new();
    let (guid, stamp) = caller.drafted();
    let (book, body) = (format!("POST v1 invoices/{guid}/book"), json!({ "Timestamp": stamp }));
    caller.lost(&book, &body);
    assert_eq!(caller.refused(&book, &body), (400, 58, vec![]));
    let read = caller.ok(&format!("GET v1 invoices/{guid}"), &Value::Null);
    assert_eq!(read["Status"], "Booked");
    let fresh = json!({ "Timestamp": read["TimeStamp"] });
    assert_eq!(caller.refused(&book, &fresh), (400, 42, vec!["Status".to_owned()]));
    assert_eq!(caller.dinero.tally(&guid).bookings, 1);
}

#[test]
fn a_mail_and_a_payment_whose_answers_were_lost_can_be_made_twice() {
    let mut caller = Caller::new();
    let (guid, stamp) = caller.booked();
    let (mail, body) = (format!("POST v1 invoices/{guid}/email"), json!({ "Timestamp": stamp }));
    caller.lost(&mail, &body);
    caller.ok(&mail, &body);
    assert_eq!(caller.dinero.tally(&guid).mails, 2, "nothing but the list of what went out tells");
    let pay = format!("POST v1 invoices/{guid}/payments");
    let mut body = json!({
        "Timestamp": stamp, "DepositAccountNumber": 55000, "RemainderIsFee": false, "Description": "Overførsel",
        "Amount": 125, "ExternalReference": "afstem:1",
    });
    caller.lost(&pay, &body);
    assert_eq!(caller.refused(&pay, &body), (400, 58, vec![]), "the old time stamp does guard");
    body["Timestamp"] = text(&caller.ok(&format!("GET v1 invoices/{guid}"), &Value::Null)["TimeStamp"]).into();
    caller.ok(&pay, &body);
    assert_eq!(caller.dinero.tally(&guid).payments, 2, "and a fresh one does not");
}
