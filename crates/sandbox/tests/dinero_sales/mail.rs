//! Vouchers on their way to customers, files, and what only answers.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::caller::{Caller, line};

#[test]
fn every_mail_is_counted_and_nothing_guards_against_a_second() {
    let mut caller = Caller::new();
    let (draft, _) = caller.drafted();
    let mail = |guid: &str| format!("POST v1 invoices/{guid}/email");
    assert_eq!(caller.refused(&mail(&draft), &json!({})), (400, 42, vec!["Status".to_owned()]));
    let (guid, stamp) = caller.booked();
    let booked = caller.ok(&format!("GET v1 invoices/{guid}"), &Value::Null);
    caller.now += chrono::TimeDelta::seconds(10);
    let sent = caller.ok(&mail(&guid), &json!({ "Timestamp": stamp }));
    assert_eq!(sent["Recipients"], json!([{ "Email": "faktura@nordlys.dk" }]));
    caller
        .ok(&mail(&guid), &json!({ "Timestamp": stamp, "Receiver": "a@b.dk, c@d.dk", "Message": "Se [link-to-pdf]" }));
    assert_eq!(caller.dinero.tally(&guid).mails, 2);
    assert_eq!(caller.refused(&mail(&guid), &json!({ "Timestamp": "00" })), (400, 58, vec![]));
    let answer = caller.refused(&mail(&guid), &json!({ "Message": "Se bilag" }));
    assert_eq!(answer, (400, 42, vec!["Message".to_owned()]));
    let read = caller.ok(&format!("GET v1 invoices/{guid}"), &Value::Null);
    assert_eq!((&read["MailOutStatus"], &read["LatestMailOutType"]), (&json!("Sent"), &json!("Mailout")));
    assert_eq!(read["TimeStamp"], booked["TimeStamp"]);
    assert_ne!(read["UpdatedAt"], booked["UpdatedAt"]);
    let outs = caller.ok(&format!("GET v1 invoices/{guid}/mailouts"), &Value::Null);
    assert_eq!((outs.as_array().unwrap().len(), &outs[0]["Subject"]), (2, &json!("Faktura 1")));
    let contact = caller.contact.clone();
    caller.dinero.edit_contact(&contact, &[("Email", Value::Null)], caller.now);
    assert_eq!(caller.refused(&mail(&guid), &json!({})), (400, 42, vec!["Receiver".to_owned()]));
    assert_eq!(caller.dinero.tally(&guid).mails, 2);
}

#[test]
fn an_electronic_invoice_takes_a_number_to_send_it_to() {
    let mut caller = Caller::new();
    let (guid, _) = caller.booked();
    let send = format!("POST v3 invoices/{guid}/e-invoice");
    let body = json!({ "OrderReference": "REK-17", "PaymentMeanEnum": "Domestic" });
    assert_eq!(caller.refused(&send, &body), (400, 42, vec!["ContactGuid".to_owned()]));
    let contact = caller.contact.clone();
    caller.dinero.edit_contact(&contact, &[("EanNumber", json!("5798000000005"))], caller.now);
    caller.ok(&send, &body);
    assert_eq!((caller.dinero.tally(&guid).electronic, caller.dinero.order_reference(&guid)), (1, Some("REK-17")));
    let outs = caller.ok(&format!("GET v1 invoices/{guid}/mailouts"), &Value::Null);
    assert_eq!((&outs[0]["Type"], &outs[0]["Receiver"]), (&json!("Einvoice"), &json!("5798000000005")));
}

#[test]
fn a_friendly_reminder_takes_an_overdue_invoice() {
    let mut caller = Caller::new();
    let (guid, _) = caller.booked();
    let remind = format!("POST v1 invoices/{guid}/email/pre-reminder");
    assert_eq!(caller.refused(&remind, &json!({})), (400, 42, vec!["PaymentStatus".to_owned()]));
    caller.wait(30);
    caller.ok(&remind, &json!({}));
    let tally = caller.dinero.tally(&guid);
    assert_eq!((tally.reminders, tally.mails), (1, 0));
}

#[test]
fn accounts_show_what_was_asked_for_and_carry_vat() {
    let mut caller = Caller::new();
    let entries = caller.ok("GET v1 accounts/entry?fields=AccountNumber,VatCode", &Value::Null);
    assert_eq!(entries[0], json!({ "AccountNumber": 1000, "VatCode": "U25" }));
    let account = json!({ "Number": 7900, "Name": "Øreafrunding", "VatCode": "none" });
    caller.ok("POST v1 accounts/entry", &account);
    assert_eq!(caller.refused("POST v1 accounts/entry", &account), (400, 42, vec!["Number".to_owned()]));
    let entries = caller.ok("GET v1 accounts/entry?fields=AccountNumber,VatCode", &Value::Null);
    assert_eq!(entries[3], json!({ "AccountNumber": 7900, "VatCode": null }));
    let deposits = caller.ok("GET v1 accounts/deposit?fields=AccountNumber,IsDefault", &Value::Null);
    assert_eq!(deposits[0], json!({ "AccountNumber": 55000, "IsDefault": true }));
    let years = caller.ok("GET v1 accountingyears", &Value::Null);
    assert_eq!((&years[0]["FromDate"], &years[1]["ToDate"]), (&json!("2025-01-01"), &json!("2026-12-31")));
    let bad = json!({ "Number": 7901, "Name": "x", "VatCode": "U99" });
    assert_eq!(caller.refused("POST v1 accounts/entry", &bad), (400, 42, vec!["VatCode".to_owned()]));
    caller.dinero.add_vat_type("U12", "Salgsmoms 12%", Decimal::new(12, 2));
    caller.dinero.add_account(1500, "Salg m/anden moms", Some("U12"));
    let fetched = caller.ok("POST v1 invoices/fetch", &caller.body(&[line("100", "1", 1500, "0")]));
    assert_eq!(fetched["TotalVat"], 12);
    assert_eq!(caller.ok("GET v1 vatTypes", &Value::Null)[2]["VatRate"], 0.12);
}
