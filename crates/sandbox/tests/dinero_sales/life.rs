//! The life of invoices: drafts, guids, time stamps, booking, lists, and every refusal by its code.

use serde_json::{Value, json};

use crate::caller::{Caller, line, noon, text};

#[test]
fn a_draft_is_made_read_replaced_and_booked() {
    let mut caller = Caller::new();
    let guid = "6f4f3a10-0000-4000-8000-000000000001";
    let mut body = caller.body(&[json!({
        "ProductGuid": caller.product, "BaseAmountValue": 1200, "Quantity": 2.5, "AccountNumber": 1000, "Unit": "parts",
        "Discount": 0, "Comments": "Sort læder",
    }), json!({ "LineType": "Text", "Description": "Levering i uge 10" })]);
    body["Guid"] = guid.into();
    body["ExternalReference"] = "crm:7x12".into();
    let made = caller.ok("POST v1 invoices", &body);
    assert_eq!(made["Guid"], guid);
    let draft = caller.ok(&format!("GET v1 invoices/{guid}"), &Value::Null);
    assert_eq!(draft["TimeStamp"], made["TimeStamp"]);
    assert_eq!(text(&draft["TimeStamp"]).len(), 16);
    assert_eq!((&draft["Status"], &draft["Number"]), (&json!("Draft"), &json!(1)));
    assert_eq!((&draft["ContactName"], &draft["Address"]), (&json!("Nordlys ApS"), &json!("Algade 1\n4000 Roskilde")));
    assert_eq!((&draft["Description"], &draft["Currency"]), (&json!("Faktura"), &json!("DKK")));
    assert_eq!(draft["PaymentDate"], "2026-03-10", "eight days, by the settings");
    let [goods, words] = &draft["ProductLines"].as_array().unwrap()[..] else { panic!("{draft}") };
    assert_eq!((&goods["Description"], &goods["Comments"]), (&json!("Kontorstol"), &json!("Sort læder")));
    assert_eq!(goods["AccountName"], "Salg af varer/ydelser m/moms");
    assert_eq!((&words["LineType"], &words["Description"]), (&json!("Text"), &json!("Levering i uge 10")));

    body["ProductLines"] = json!([line("10", "1", 1000, "0")]);
    body["Timestamp"] = made["TimeStamp"].clone();
    let changed = caller.ok(&format!("PUT v1.2 invoices/{guid}"), &body);
    assert_ne!(changed["TimeStamp"], made["TimeStamp"]);
    let draft = caller.ok(&format!("GET v1 invoices/{guid}"), &Value::Null);
    assert_eq!((&draft["TotalInclVat"], &draft["ExternalReference"]), (&json!(12.5), &json!("crm:7x12")));

    let book = json!({ "Timestamp": changed["TimeStamp"] });
    let booked = caller.ok(&format!("POST v1 invoices/{guid}/book"), &book);
    assert_eq!((&booked["Status"], &booked["PaymentStatus"]), (&json!("Booked"), &json!("Booked")));
    assert_ne!(booked["TimeStamp"], changed["TimeStamp"]);
    assert_eq!(booked["FikCode"], "+71000000000000018+88776655");
    assert_eq!(booked, caller.ok(&format!("GET v1 invoices/{guid}"), &Value::Null));
    assert_eq!(caller.dinero.tally(guid).bookings, 1);
}

#[test]
fn a_booked_invoice_is_frozen() {
    let mut caller = Caller::new();
    let (guid, stamp) = caller.booked();
    let before = caller.ok(&format!("GET v1 invoices/{guid}"), &Value::Null);
    let mut body = caller.body(&[line("1", "1", 1000, "0")]);
    body["Timestamp"] = stamp.clone().into();
    let stamp = json!({ "Timestamp": stamp });
    let booked = (400, 42, vec!["Status".to_owned()]);
    assert_eq!(caller.refused(&format!("PUT v1.2 invoices/{guid}"), &body), booked);
    assert_eq!(caller.refused(&format!("DELETE v1 invoices/{guid}"), &stamp), booked);
    assert_eq!(caller.refused(&format!("POST v1 invoices/{guid}/book"), &stamp), booked);
    assert_eq!(caller.ok(&format!("GET v1 invoices/{guid}"), &Value::Null), before);
    assert_eq!(caller.dinero.tally(&guid).bookings, 1);
}

#[test]
fn each_write_has_its_time_stamp() {
    let mut caller = Caller::new();
    let (guid, stamp) = caller.drafted();
    let mut body = caller.body(&[line("1", "1", 1000, "0")]);
    let put = format!("PUT v1.2 invoices/{guid}");
    let missing = (400, 42, vec!["timestamp".to_owned()]);
    assert_eq!(caller.refused(&put, &body), missing);
    assert_eq!(caller.refused(&format!("POST v1 invoices/{guid}/book"), &json!({})), missing);
    body["Timestamp"] = stamp.clone().into();
    caller.ok(&put, &body);
    assert_eq!(caller.refused(&put, &body), (400, 58, vec![]));
    let outdated = json!({ "Timestamp": stamp });
    assert_eq!(caller.refused(&format!("POST v1 invoices/{guid}/book"), &outdated), (400, 58, vec![]));
    assert_eq!(caller.refused(&format!("DELETE v1 invoices/{guid}"), &outdated), (400, 58, vec![]));
    // A delete may do without.
    caller.ok(&format!("DELETE v1 invoices/{guid}"), &Value::Null);
    assert_eq!(caller.refused(&format!("DELETE v1 invoices/{guid}"), &Value::Null), (400, 65, vec![]));
    let read = caller.ok(&format!("GET v1 invoices/{guid}"), &Value::Null);
    assert!(read["DeletedAt"].is_string());
}

#[test]
fn a_guid_is_taken_once_and_a_missing_one_gives_no_result() {
    let mut caller = Caller::new();
    let (guid, _) = caller.drafted();
    let mut body = caller.body(&[line("1", "1", 1000, "0")]);
    body["Guid"] = guid.to_uppercase().into();
    assert_eq!(caller.refused("POST v1 invoices", &body), (409, 72, vec![]));
    assert_eq!(caller.refused("POST v1 sales/creditnotes", &body), (409, 72, vec![]));
    body["Guid"] = "nonsense".into();
    assert_eq!(caller.refused("POST v1 invoices", &body), (400, 42, vec!["Guid".to_owned()]));
    let missing = "00000000-0000-4000-8000-000000000000";
    let stamp = json!({ "Timestamp": "00" });
    assert_eq!(caller.refused(&format!("GET v1 invoices/{missing}"), &Value::Null), (400, 63, vec![]));
    assert_eq!(caller.refused(&format!("GET v1 sales/creditnotes/{guid}"), &Value::Null), (400, 63, vec![]));
    assert_eq!(caller.refused(&format!("POST v1 invoices/{missing}/book"), &stamp), (400, 63, vec![]));
    assert_eq!(caller.refused(&format!("GET v2 invoices/{missing}/payments"), &Value::Null), (400, 63, vec![]));
    assert_eq!(caller.send("GET v1 invoices/a/b/c", &Value::Null).0, 404);
}

#[test]
fn what_cannot_be_a_draft_is_refused_by_name() {
    let good = line("1", "1", 1000, "0");
    let with = |field: &str, value: Value| {
        let mut line = good.clone();
        line[field] = value;
        json!([line])
    };
    let table: [(&str, Value, &str); 22] = [
        ("ProductLines", with("Description", Value::Null), "ProductLines[0].Description"),
        ("ProductLines", with("Unit", Value::Null), "ProductLines[0].Unit"),
        ("ProductLines", with("Unit", json!("Stk.")), "ProductLines[0].Unit"),
        ("ProductLines", with("AccountNumber", json!(9999)), "ProductLines[0].AccountNumber"),
        ("ProductLines", with("AccountNumber", Value::Null), "ProductLines[0].AccountNumber"),
        ("ProductLines", with("Discount", json!(100.01)), "ProductLines[0].Discount"),
        ("ProductLines", with("Discount", json!(-1)), "ProductLines[0].Discount"),
        ("ProductLines", with("Quantity", json!("two")), "ProductLines[0].Quantity"),
        ("ProductLines", with("LineType", json!("Words")), "ProductLines[0].LineType"),
        (
            "ProductLines",
            with("ProductGuid", json!("00000000-0000-4000-8000-000000000000")),
            "ProductLines[0].Description",
        ),
        (
            "ProductLines",
            json!([{ "LineType": "Text", "Description": "x", "Quantity": 1 }]),
            "ProductLines[0].Quantity",
        ),
        ("ProductLines", json!([{ "LineType": "Text" }]), "ProductLines[0].Description"),
        ("ProductLines", Value::Null, "ProductLines"),
        ("ContactGuid", json!("00000000-0000-4000-8000-000000000000"), "ContactGuid"),
        ("Currency", json!("XXX"), "Currency"),
        ("Language", json!("da"), "Language"),
        ("Date", json!("02-03-2026"), "Date"),
        ("ExternalReference", json!("x".repeat(129)), "ExternalReference"),
        ("PaymentConditionType", json!("Netto"), "PaymentConditionNumberOfDays"),
        ("PaymentConditionNumberOfDays", json!(14), "PaymentConditionNumberOfDays"),
        ("InvoiceTemplateId", json!("00000000-0000-4000-8000-000000000000"), "InvoiceTemplateId"),
        ("ReminderFee", json!(101), "ReminderFee"),
    ];
    for (field, value, refused) in table {
        let mut caller = Caller::new();
        let mut body = caller.body(std::slice::from_ref(&good));
        body[field] = value.clone();
        for path in ["POST v1 invoices", "POST v1 invoices/fetch"] {
            assert_eq!(caller.refused(path, &body), (400, 42, vec![refused.to_owned()]), "{field} {value}");
        }
        assert!(caller.dinero.invoices(caller.now).is_empty());
    }
}

#[test]
fn no_lines_and_what_is_deleted_have_codes_of_their_own() {
    let mut caller = Caller::new();
    assert_eq!(caller.refused("POST v1 invoices", &caller.body(&[])), (400, 45, vec![]));
    let product = caller.product.clone();
    let goods =
        json!({ "ProductGuid": product, "BaseAmountValue": 1, "Quantity": 1, "AccountNumber": 1000, "Unit": "parts" });
    let (guid, stamp) = {
        let made = caller.ok("POST v1 invoices", &caller.body(std::slice::from_ref(&goods)));
        (text(&made["Guid"]), made["TimeStamp"].clone())
    };
    caller.ok(&format!("DELETE v1 products/{product}"), &Value::Null);
    assert_eq!(caller.refused("POST v1 invoices", &caller.body(&[goods])), (400, 65, vec![]));
    caller.dinero.remove_contact(&caller.contact.clone(), caller.now);
    assert_eq!(caller.refused("POST v1 invoices", &caller.body(&[line("1", "1", 1000, "0")])), (400, 65, vec![]));
    let book = json!({ "Timestamp": stamp });
    assert_eq!(caller.refused(&format!("POST v1 invoices/{guid}/book"), &book), (400, 65, vec![]));
}

#[test]
fn booking_needs_a_contact_with_a_country_a_number_of_its_own_and_an_open_year() {
    let mut caller = Caller::new();
    let book = |caller: &mut Caller, body: &Value, number: Value| {
        let made = caller.ok("POST v1 invoices", body);
        let book = json!({ "Timestamp": made["TimeStamp"], "Number": number });
        caller.refused(&format!("POST v1 invoices/{}/book", text(&made["Guid"])), &book)
    };
    let refused = |field: &str| (400, 42, vec![field.to_owned()]);
    let good = caller.body(&[line("1", "1", 1000, "0")]);
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    assert_eq!(book(&mut caller, &good, json!(7)), (200, 0, vec![]));
    assert_eq!(book(&mut caller, &good, json!(7)), refused("Number"));
    assert_eq!(book(&mut caller, &good, Value::Null), (200, 0, vec![]));
    assert_eq!(book(&mut caller, &with("ContactGuid", Value::Null), Value::Null), refused("ContactGuid"));
    assert_eq!(book(&mut caller, &with("Date", json!("2024-12-31")), Value::Null), refused("Date"));
    assert_eq!(book(&mut caller, &with("Date", json!("2028-01-01")), Value::Null), refused("Date"));
    assert_eq!(
        book(&mut caller, &with("ProductLines", json!([line("-1", "1", 1000, "0")])), Value::Null),
        refused("TotalInclVat")
    );
    assert_eq!(book(&mut caller, &with("Date", json!("2027-01-01")), Value::Null), (200, 0, vec![]));
    let years = caller.ok("GET v1 accountingyears", &Value::Null);
    assert_eq!(years.as_array().unwrap().len(), 3, "booking made the next year: {years}");
    caller.dinero.closed_until = noon(3, 2).date_naive().into();
    assert_eq!(book(&mut caller, &good, Value::Null), refused("Date"));
    let contact = caller.contact.clone();
    caller.dinero.edit_contact(&contact, &[("CountryKey", Value::Null)], caller.now);
    assert_eq!(book(&mut caller, &with("Date", json!("2026-04-01")), Value::Null), refused("ContactGuid"));
    let numbers: Vec<Value> = caller
        .dinero
        .invoices(caller.now)
        .iter()
        .filter(|it| it["Status"] == "Booked")
        .map(|it| it["Number"].clone())
        .collect();
    assert_eq!(numbers, [7, 8, 9]);
}

#[test]
fn terms_are_the_invoices_the_contacts_or_the_settings() {
    let mut caller = Caller::new();
    let table = [
        (json!("Netto"), json!(30), "2026-04-01"),
        (json!("NettoCash"), Value::Null, "2026-03-02"),
        (json!("CurrentMonthOut"), json!(10), "2026-04-10"),
        (json!("Paid"), Value::Null, "2026-03-02"),
        (Value::Null, Value::Null, "2026-03-10"),
    ];
    let mut body = caller.body(&[line("1", "1", 1000, "0")]);
    for (kind, days, due) in table {
        (body["PaymentConditionType"], body["PaymentConditionNumberOfDays"]) = (kind, days);
        assert_eq!(caller.ok("POST v1 invoices/fetch", &body)["PaymentDate"], due);
    }
    let terms = [("PaymentConditionType", json!("Netto")), ("PaymentConditionNumberOfDays", json!(14))];
    caller.dinero.edit_contact(&caller.contact.clone(), &terms, caller.now);
    assert_eq!(caller.ok("POST v1 invoices/fetch", &body)["PaymentDate"], "2026-03-16");
}

#[test]
fn lists_show_what_was_asked_for_in_the_order_that_was_asked_for() {
    let mut caller = Caller::new();
    let (first, _) = caller.booked();
    caller.now += chrono::TimeDelta::seconds(10);
    let (second, _) = caller.booked();
    caller.now += chrono::TimeDelta::seconds(10);
    let (third, _) = caller.drafted();
    let guids = |caller: &mut Caller, query: &str| {
        let list = caller.ok(&format!("GET v1 invoices?{query}"), &Value::Null);
        let rows = list["Collection"].as_array().unwrap().clone();
        rows.iter().map(|row| row["Guid"].as_str().or(row["guid"].as_str()).unwrap().to_owned()).collect::<Vec<_>>()
    };
    let list = caller.ok("GET v1 invoices?fields=number,Status,Type", &Value::Null);
    assert_eq!(list["Collection"][0]["number"], i64::MAX, "a draft stands first, with the largest number");
    assert!(list["Collection"][0]["Status"] == "Draft" && list["Collection"][0].get("TimeStamp").is_none());
    assert!(caller.dinero.unknown_names().contains("invoices?fields=Type"));
    assert_eq!(guids(&mut caller, "sortOrder=ascending"), [&*first, &second, &third]);
    assert_eq!(guids(&mut caller, ""), [&*third, &second, &first]);
    assert_eq!(guids(&mut caller, "sortOrder=ascending&pageSize=2&page=1"), [&*third]);
    assert_eq!(guids(&mut caller, "statusFilter=booked,Paid&sortOrder=ascending"), [&*first, &second]);
    assert_eq!(guids(&mut caller, "startDate=2026-01-01&endDate=2026-01-31"), [&*third], "drafts ignore periods");
    assert_eq!(guids(&mut caller, "changesSince=2026-03-02T12:00:05Z&sortOrder=ascending"), [&*second, &third]);
    caller.wait(30);
    assert_eq!(guids(&mut caller, "statusFilter=Overdue&sortOrder=ascending"), [&*first, &second]);
    caller.ok(&format!("DELETE v1 invoices/{third}"), &Value::Null);
    assert_eq!(guids(&mut caller, "sortOrder=ascending"), [&*first, &second]);
    assert_eq!(guids(&mut caller, "deletedOnly=true"), [&*third]);
    assert_eq!(caller.refused("GET v1 invoices?startDate=2026-01-01", &Value::Null).1, 42);
    assert_eq!(caller.refused("GET v1 invoices?statusFilter=Lost", &Value::Null).1, 42);
    assert_eq!(caller.refused("GET v1 invoices?queryFilter=Number+eq+'1'", &Value::Null).1, 42);
    assert_eq!(caller.refused("GET v1 invoices?pageSize=1001", &Value::Null).1, 43);
}

#[test]
fn an_external_reference_finds_its_invoice_and_promises_nothing() {
    let mut caller = Caller::new();
    let mut body = caller.body(&[line("1", "1", 1000, "0")]);
    body["ExternalReference"] = "crm:7x12".into();
    caller.ok("POST v1 invoices", &body);
    caller.ok("POST v1 invoices", &body);
    caller.drafted();
    let list = caller.ok("GET v1 invoices?queryFilter=ExternalReference+eq+'crm:7x12'", &Value::Null);
    assert_eq!(list["Pagination"]["Result"], 2, "Dinero keeps no reference unique");
}

#[test]
fn names_that_do_not_exist_are_dropped_and_noted() {
    let mut caller = Caller::new();
    let mut odd = line("1", "1", 1000, "0");
    odd["VatRate"] = json!(0.25);
    let mut body = caller.body(&[odd]);
    body["CustomerNote"] = "x".into();
    caller.ok("POST v1 invoices", &body);
    let noted: Vec<&String> = caller.dinero.unknown_names().iter().collect();
    assert_eq!(noted, ["POST invoices: CustomerNote", "POST invoices: ProductLines.VatRate"]);
}

#[test]
fn people_work_in_dinero_too() {
    let mut caller = Caller::new();
    let (guid, stamp) = caller.drafted();
    let now = caller.now;
    caller.dinero.edit_sale(&guid, &[("Comment", json!("Ring først"))], now).unwrap();
    let read = caller.ok(&format!("GET v1 invoices/{guid}"), &Value::Null);
    assert_eq!((&read["Comment"], &read["TotalInclVat"]), (&json!("Ring først"), &json!(125)));
    assert_eq!(
        caller.refused(&format!("POST v1 invoices/{guid}/book"), &json!({ "Timestamp": stamp })),
        (400, 58, vec![])
    );
    assert_eq!(caller.dinero.book_sale(&guid, now), Ok(1));
    assert!(caller.dinero.edit_sale(&guid, &[("Comment", json!("x"))], now).is_err());
    assert!(caller.dinero.remove_sale(&guid, now).is_err());
    let fields = [("ProductLines", json!([line("5", "1", 1000, "0")]))];
    let own = caller.dinero.add_invoice(&fields, now).unwrap();
    caller.dinero.remove_sale(&own, now).unwrap();
    assert_eq!(caller.dinero.invoices(now).len(), 1);
    assert!(caller.dinero.add_invoice(&[("ProductLines", json!([]))], now).is_err());
}
