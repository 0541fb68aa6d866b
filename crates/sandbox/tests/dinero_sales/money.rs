//! Money against vouchers: payments, and credit notes set off against their invoices.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::caller::{Caller, line, text};

fn payment(stamp: &str, amount: &str) -> Value {
    let amount: Value = serde_json::from_str(amount).unwrap();
    json!({
        "Timestamp": stamp, "DepositAccountNumber": 55000, "RemainderIsFee": false, "Description": "Overførsel",
        "Amount": amount, "ExternalReference": "afstem:1",
    })
}

/// The rest and the state of a voucher.
fn state(caller: &mut Caller, guid: &str) -> (String, String) {
    let payments = caller.ok(&format!("GET v2 invoices/{guid}/payments"), &Value::Null);
    let invoice = caller.ok(&format!("GET v1 invoices/{guid}"), &Value::Null);
    (payments["RemainingAmount"].to_string(), text(&invoice["PaymentStatus"]))
}

#[test]
fn an_invoice_is_paid_in_parts_overpaid_and_unpaid() {
    let mut caller = Caller::new();
    let (guid, stamp) = caller.booked();
    let pay = format!("POST v1 invoices/{guid}/payments");
    let first = caller.ok(&pay, &payment(&stamp, "25"));
    assert_eq!(state(&mut caller, &guid), ("100".to_owned(), "Booked".to_owned()));
    assert_eq!(caller.refused(&pay, &payment(&stamp, "100")), (400, 58, vec![]), "the payment gave a new time stamp");
    let second = caller.ok(&pay, &payment(&text(&first["TimeStamp"]), "100"));
    assert_eq!(state(&mut caller, &guid), ("0".to_owned(), "Paid".to_owned()));
    let third = caller.ok(&pay, &payment(&text(&second["TimeStamp"]), "0.01"));
    assert_eq!(state(&mut caller, &guid), ("-0.01".to_owned(), "OverPaid".to_owned()));
    let away = format!("DELETE v1 invoices/{guid}/payments/{}", text(&third["Guid"]));
    assert_eq!(caller.refused(&away, &Value::Null), (400, 42, vec!["timestamp".to_owned()]));
    let gone = caller.ok(&away, &json!({ "Timestamp": third["TimeStamp"] }));
    assert_eq!(caller.refused(&away, &json!({ "Timestamp": gone["TimeStamp"] })).0, 404);
    let back = payment(&text(&gone["TimeStamp"]), "-100");
    caller.ok(&pay, &back);
    assert_eq!(state(&mut caller, &guid), ("100".to_owned(), "Booked".to_owned()));
    caller.wait(30);
    assert_eq!(state(&mut caller, &guid), ("100".to_owned(), "Overdue".to_owned()));
    assert_eq!(caller.dinero.tally(&guid).payments, 4);
    let list = caller.ok(&format!("GET v2 invoices/{guid}/payments"), &Value::Null);
    assert_eq!(list["Payments"].as_array().unwrap().len(), 3, "one reference on three payments: nothing guards them");
}

#[test]
fn an_invoice_is_overdue_the_day_after_it_was_due() {
    let mut caller = Caller::new();
    let (guid, _) = caller.booked();
    for (days, expected) in [(8, "Booked"), (1, "Overdue")] {
        caller.wait(days);
        assert_eq!(state(&mut caller, &guid).1, expected, "{}", caller.now);
    }
}

#[test]
fn what_cannot_be_a_payment_is_refused_by_name() {
    let mut caller = Caller::new();
    let (draft, stamp) = caller.drafted();
    let answer = caller.refused(&format!("POST v1 invoices/{draft}/payments"), &payment(&stamp, "1"));
    assert_eq!(answer, (400, 42, vec!["Status".to_owned()]));
    let (guid, stamp) = caller.booked();
    let table = [
        ("Amount", json!(0)),
        ("DepositAccountNumber", json!(1000)),
        ("Description", json!("")),
        ("AmountInForeignCurrency", json!(1)),
        ("PaymentDate", json!("2020-01-01")),
        ("PaymentDate", json!("yesterday")),
        ("ExternalReference", json!("x".repeat(129))),
    ];
    for (field, value) in table {
        let mut body = payment(&stamp, "1");
        body[field] = value;
        let answer = caller.refused(&format!("POST v1 invoices/{guid}/payments"), &body);
        assert_eq!(answer, (400, 42, vec![field.to_owned()]));
    }
    assert_eq!(caller.dinero.tally(&guid).payments, 0);
}

#[test]
fn the_rest_may_be_a_fee() {
    let mut caller = Caller::new();
    let (guid, stamp) = caller.booked();
    let mut body = payment(&stamp, "120");
    body["RemainderIsFee"] = true.into();
    caller.ok(&format!("POST v1 invoices/{guid}/payments"), &body);
    assert_eq!(state(&mut caller, &guid), ("0".to_owned(), "Paid".to_owned()));
    assert_eq!(caller.dinero.tally(&guid).payments, 1);
}

#[test]
fn a_payment_in_another_currency_has_both_amounts() {
    let mut caller = Caller::new();
    let mut body = caller.body(&[line("100", "1", 1100, "0")]);
    body["Currency"] = "EUR".into();
    let made = caller.ok("POST v1 invoices", &body);
    let guid = text(&made["Guid"]);
    let booked = caller.ok(&format!("POST v1 invoices/{guid}/book"), &json!({ "Timestamp": made["TimeStamp"] }));
    let mut body = payment(&text(&booked["TimeStamp"]), "745");
    let pay = format!("POST v1 invoices/{guid}/payments");
    assert_eq!(caller.refused(&pay, &body), (400, 42, vec!["AmountInForeignCurrency".to_owned()]));
    body["AmountInForeignCurrency"] = 100.into();
    caller.ok(&pay, &body);
    let list = caller.ok(&format!("GET v2 invoices/{guid}/payments"), &Value::Null);
    assert_eq!((&list["Payments"][0]["ExchangeRate"], &list["RemainingAmount"]), (&json!(745), &json!(0)));
    let stamp = text(&caller.ok(&format!("GET v1 invoices/{guid}"), &Value::Null)["TimeStamp"]);
    let mut back = payment(&stamp, "-74.5");
    back["AmountInForeignCurrency"] = (-10).into();
    caller.ok(&pay, &back);
    let list = caller.ok(&format!("GET v2 invoices/{guid}/payments"), &Value::Null);
    assert_eq!((&list["RemainingAmount"], &list["RemainderAsFeeAvailable"]), (&json!(10), &json!(false)));
}

#[test]
fn a_credit_note_is_set_off_against_its_invoice() {
    let mut caller = Caller::new();
    let (guid, stamp) = caller.booked();
    caller.ok(&format!("POST v1 invoices/{guid}/payments"), &payment(&stamp, "125"));
    let generate = format!("POST v1 invoices/{guid}/generate-creditnote");
    assert_eq!(caller.refused(&generate, &json!({ "Timestamp": stamp })), (400, 58, vec![]));
    let made = caller.ok(&generate, &Value::Null);
    let note = text(&made["Guid"]);
    let read = caller.ok(&format!("GET v1 sales/creditnotes/{note}"), &Value::Null);
    assert_eq!((&read["CreditNoteFor"], &read["TotalInclVat"]), (&json!(guid), &json!(125)));
    assert_eq!((&read["Status"], &read["Description"]), (&json!("Draft"), &json!("Kreditnota")));
    assert_eq!(caller.dinero.credited(&guid), Decimal::ZERO, "a draft credits nothing");
    caller.ok(&format!("POST v1 sales/creditnotes/{note}/book"), &json!({ "Timestamp": made["TimeStamp"] }));
    assert_eq!(state(&mut caller, &guid), ("-125".to_owned(), "OverPaid".to_owned()));
    assert_eq!((caller.dinero.credited(&guid), caller.dinero.remaining(&note)), (125.into(), Some(Decimal::ZERO)));
    let stamp = text(&caller.ok(&format!("GET v1 invoices/{guid}"), &Value::Null)["TimeStamp"]);
    caller.ok(&format!("POST v1 invoices/{guid}/payments"), &payment(&stamp, "-125"));
    assert_eq!(state(&mut caller, &guid), ("0".to_owned(), "Paid".to_owned()));
    let sales = caller.ok("GET v1 sales?fields=Type,Status,Number,PaymentDate&sortOrder=ascending", &Value::Null);
    let row = |place: usize| &sales["Collection"][place];
    assert_eq!((&row(0)["Type"], &row(1)["Type"]), (&json!("Invoice"), &json!("CreditNote")));
    assert_eq!((&row(1)["Status"], &row(1)["PaymentDate"]), (&json!("Paid"), &Value::Null));
    let notes = caller.ok("GET v1 sales/creditnotes", &Value::Null);
    assert_eq!(notes["Pagination"]["Result"], 1);
    let payments = caller.ok(&format!("GET v1 sales/creditnotes/{note}/payments"), &Value::Null);
    assert_eq!(payments["Payments"][0]["DepositAccountNumber"], Value::Null);
}

#[test]
fn more_is_not_credited_than_was_invoiced_unless_it_may_be() {
    for limited in [true, false] {
        let mut caller = Caller::new();
        caller.dinero.limits_credit = limited;
        let (guid, _) = caller.booked();
        let (guid_of_draft, _) = caller.drafted();
        let mut body = caller.body(&[line("60", "1", 1000, "0")]);
        body["CreditNoteFor"] = guid_of_draft.into();
        let answer = caller.refused("POST v1 sales/creditnotes", &body);
        assert_eq!(answer, (400, 42, vec!["CreditNoteFor".to_owned()]), "a draft cannot be credited");
        body["CreditNoteFor"] = guid.clone().into();
        let mut other = body.clone();
        other["ContactGuid"] = Value::Null;
        let answer = caller.refused("POST v1 sales/creditnotes", &other);
        assert_eq!(answer, (400, 42, vec!["CreditNoteFor".to_owned()]), "of the same contact");
        (other["ContactGuid"], other["Currency"]) = (body["ContactGuid"].clone(), json!("EUR"));
        let answer = caller.refused("POST v1 sales/creditnotes", &other);
        assert_eq!(answer, (400, 42, vec!["CreditNoteFor".to_owned()]), "and in the same currency");
        let mut book = || {
            let made = caller.ok("POST v1 sales/creditnotes", &body);
            let stamp = json!({ "Timestamp": made["TimeStamp"] });
            caller.refused(&format!("POST v1 sales/creditnotes/{}/book", text(&made["Guid"])), &stamp)
        };
        assert_eq!(book().0, 200);
        let second = book();
        if limited {
            assert_eq!(second, (400, 42, vec!["CreditNoteFor".to_owned()]));
        } else {
            assert_eq!(second.0, 200);
        }
        assert_eq!(caller.dinero.credited(&guid), if limited { 75.into() } else { 150.into() });
    }
}
