//! Reading records by type, and reading anything at all without falling over.

use bytes::Bytes;
use chrono::{FixedOffset, NaiveDate, TimeZone, Utc};
use proptest::prelude::*;
use rust_decimal::dec;
use simplycrm_client::op::{Describe, FilesRetrieve, Query, Retrieve, Sync};
use simplycrm_client::vtql::Select;
use simplycrm_client::{Element, FieldValue, Invoice, ModuleName, Operation, Record};

fn record(json: &str) -> Record {
    serde_json::from_str(json).unwrap()
}

#[test]
fn values_are_read_by_type() {
    let record = record(
        r#"{"id":"12x4","amount":"1234.50000000","number":1757.1875,"price":"","nothing":null,"list":"A |##| B",
            "yes":"1","on":"on","no":"0","born":"1980-12-31","impossible":"0000-00-00","saved":"2026-07-01 12:00:00",
            "at":"13:45:00","account_id":"11x57","owner":"999","label":"Bl&aring; &amp; gr&oslash;n","object":[]}"#,
    );
    assert_eq!(record.id().unwrap().number(), 4);
    assert_eq!(record.decimal("amount").unwrap(), Some(dec!(1234.5)));
    assert_eq!(record.decimal("number").unwrap(), Some(dec!(1757.1875)));
    assert_eq!((record.decimal("price").unwrap(), record.decimal("nothing").unwrap()), (None, None));
    assert_eq!(record.multi_picklist("list").unwrap(), ["A", "B"]);
    let flags = ["yes", "on", "no", "price"].map(|field| record.flag(field).unwrap());
    assert_eq!(flags, [Some(true), Some(true), Some(false), None]);
    assert_eq!(record.date("born").unwrap(), NaiveDate::from_ymd_opt(1980, 12, 31));
    assert_eq!(record.date("impossible").unwrap(), None);
    assert_eq!(record.time("saved").unwrap(), Some(Utc.with_ymd_and_hms(2026, 7, 1, 12, 0, 0).unwrap()));
    let summer = FixedOffset::east_opt(7_200).unwrap();
    assert_eq!(record.time_in("saved", &summer).unwrap(), Some(Utc.with_ymd_and_hms(2026, 7, 1, 10, 0, 0).unwrap()));
    assert_eq!(record.time_of_day("at").unwrap().unwrap().to_string(), "13:45:00");
    assert_eq!(record.reference("account_id").unwrap().unwrap().prefix(), 11);
    assert_eq!(record.display_text("label").unwrap().as_deref(), Some("Blå & grøn"));
    assert_eq!(record.text("object").unwrap(), None);
}

#[test]
fn what_is_not_of_a_type_says_so_and_what_is_absent_is_not_empty() {
    let record = record(r#"{"owner":"999","amount":"1.234,56","born":"31-12-1980","yes":"maybe"}"#);
    assert_eq!(record.owner("owner").unwrap_err().to_string(), r#"field owner holds "999", which is not a record id"#);
    for error in [
        record.decimal("amount").map(|_| ()).unwrap_err(),
        record.date("born").map(|_| ()).unwrap_err(),
        record.flag("yes").map(|_| ()).unwrap_err(),
    ] {
        assert!(!error.is_absent(), "{error}");
    }
    assert!(record.decimal("phone").unwrap_err().is_absent());
    assert!(record.id().unwrap_err().is_absent());
}

#[test]
fn elements_are_written_in_the_forms_the_server_understands() {
    let element = Element::new()
        .decimal("amount", dec!(1234.50))
        .flag("yes", false)
        .date("born", NaiveDate::from_ymd_opt(2026, 2, 3).unwrap())
        .multi_picklist("list", &["A", "B"])
        .clear("phone")
        .value("number", FieldValue::Number(dec!(0.10)))
        .text("lastname", "Søn \"x\" \\ \n");
    assert_eq!(
        element.to_json(),
        r#"{"amount":"1234.50","yes":"0","born":"2026-02-03","list":"A |##| B","phone":"","number":0.10,"lastname":"Søn \"x\" \\ \n"}"#
    );
}

#[test]
fn files_come_as_bytes() {
    let body = r#"{"success":true,"result":[{"fileid":77,"filename":"bilag.pdf","filetype":"application/pdf",
        "filesize":3,"filecontents":"AP8K\n"}]}"#;
    let response = http::Response::new(Bytes::from_static(body.as_bytes()));
    let files = (FilesRetrieve { id: "14x77".parse().unwrap() }).decode(&response).unwrap().value;
    assert_eq!((files[0].id.as_str(), files[0].name.as_str()), ("77", "bilag.pdf"));
    assert_eq!(files[0].content.as_ref(), [0, 255, 10]);
}

/// Anything that resembles JSON, and the texts that surround it.
fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        Just(r#"{"success":true,"result":"#.to_owned()),
        Just(r#"{"success":false,"error":{"code":0}}"#.to_owned()),
        Just(r#"{"updated":[],"deleted":["1x2"],"more":0,"lastModifiedTime":""}"#.to_owned()),
        Just(r#"{"LineItems":[{"productid":"1x2","quantity":1e400}]}"#.to_owned()),
        Just(r#"[{"id":"1x2","a":1.5e-9,"b":[[]]}]"#.to_owned()),
        "[\\[\\]{}:,\"0-9eE.\\\\ -]{0,8}",
        "<html>|Warning|\\PC{0,6}",
    ];
    let text = proptest::collection::vec(part, 0..6).prop_map(|parts| parts.concat().into_bytes());
    prop_oneof![text, proptest::collection::vec(any::<u8>(), 0..64)]
}

proptest! {
    #[test]
    fn no_answer_makes_us_fall_over(body in bodies(), status in 200..600_u16) {
        let response = http::Response::builder().status(status).body(Bytes::from(body)).unwrap();
        let id = "1x2".parse().unwrap();
        let module = ModuleName::ACCOUNTS;
        if let Err(error) = Query::new(Select::from(module.clone())).decode(&response) {
            prop_assert!(!error.outcome_unknown() && !error.to_string().is_empty());
        }
        if let Ok(answer) = (Retrieve { id }).decode(&response) {
            for (field, _) in answer.value.clone().iter() {
                let _ = (answer.value.decimal(field), answer.value.time(field), answer.value.flag(field));
            }
            let _ = Invoice::try_from(answer.value).map(|invoice| (invoice.totals(), invoice.group_taxes()));
        }
        let _ = (Describe { module: module.clone() }).decode(&response);
        let _ = (Sync { since: Utc::now(), module, scope: None }).decode(&response);
    }

    #[test]
    fn a_record_sent_back_is_the_record_that_came(
        fields in proptest::collection::vec(("[a-z]{1,6}", prop_oneof![
            any::<String>().prop_map(FieldValue::Text),
            (any::<i64>(), 0..9_u32).prop_map(|(number, scale)| FieldValue::Number(rust_decimal::Decimal::new(number, scale).normalize())),
            any::<bool>().prop_map(FieldValue::Flag),
        ]), 0..8)
    ) {
        let record = Record::from_fields(fields);
        let json = Element::from(record.clone()).to_json();
        let again: Record = serde_json::from_str(&json).unwrap();
        let same = |record: &Record| record.iter().map(|(name, _)| (name.to_owned(), record.text(name).unwrap().map(|text| text.into_owned()))).collect::<Vec<_>>();
        // Numbers of more than sixteen digits are beyond what a JSON reader keeps; the server sends them as text.
        let small = |record: &Record| record.iter().all(|(_, value)| !matches!(value, FieldValue::Number(n) if n.mantissa().abs() >= 10_i128.pow(15)));
        if small(&record) {
            prop_assert_eq!(same(&again), same(&record));
        }
    }
}
