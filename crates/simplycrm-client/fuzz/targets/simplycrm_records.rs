//! Fuzzes the reading of records: any result gives records whose fields can all be asked for by every type, written down again
//! they read the same, and an invoice said again keeps its lines.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use simplycrm_client::op::{Describe, Operation, Query, Retrieve, Sync, SyncScope};
use simplycrm_client::vtql::Select;
use simplycrm_client::{Invoice, InvoiceChanges, ModuleName, Record, WsId, decode_entities};

fn typed(record: &Record) {
    let zone = chrono::FixedOffset::east_opt(3_600).expect("a zone");
    for (name, value) in record.iter() {
        let blank = value.is_blank();
        let nothing = [
            record.text(name).map(|it| it.is_none()),
            record.decimal(name).map(|it| it.is_none()),
            record.flag(name).map(|it| it.is_none()),
            record.reference(name).map(|it| it.is_none()),
            record.time_of_day(name).map(|it| it.is_none()),
        ];
        for found in nothing {
            // What is there is never absent; what is empty is nothing; what is not empty is something, or malformed.
            match found {
                Ok(none) => assert!(!blank || none, "{name}: {value:?}"),
                Err(error) => assert!(!error.is_absent() && !blank && !error.to_string().is_empty(), "{error}"),
            }
        }
        let _ = (record.date(name), record.time(name), record.time_in(name, &zone), record.owner(name));
        let _ = (record.multi_picklist(name), record.picklist(name), record.id());
        if let Ok(Some(text)) = record.display_text(name) {
            let _ = decode_entities(&text);
        }
    }
    assert!(record.get("no such field").is_none());
    assert!(record.text("no such field").expect_err("it is not there").is_absent());
}

fn invoice(record: Record) {
    let Ok(invoice) = Invoice::try_from(record) else { return };
    let _ = (invoice.id(), invoice.tax_mode(), invoice.discount(), invoice.currency(), invoice.totals());
    let _ = invoice.group_taxes();
    for line in invoice.lines() {
        let _ = format!("{line:?}");
    }
    if let Ok(element) = invoice.rebuilt(&InvoiceChanges::default()) {
        let said = serde_json::to_value(&element).expect("JSON");
        let lines = said["LineItems"].as_array().map_or(0, Vec::len);
        assert_eq!(lines, invoice.lines().len(), "lines were lost");
    }
}

fn whole(body: Vec<u8>) {
    let response = http::Response::new(Bytes::from(body));
    if let Ok(answer) = Query::new(Select::from(ModuleName::ACCOUNTS)).decode(&response) {
        for record in answer.value {
            typed(&record);
            invoice(record);
        }
    }
    if let Ok(answer) = (Retrieve { id: WsId::new(11, 57) }).decode(&response) {
        let written = serde_json::to_string(&answer.value).expect("JSON");
        let again: Record = serde_json::from_str(&written).expect("what was written can be read");
        assert_eq!(again, answer.value);
        typed(&answer.value);
        invoice(answer.value);
    }
    if let Ok(answer) = (Describe { module: ModuleName::ACCOUNTS }).decode(&response) {
        let _ = (answer.value.mandatory().count(), answer.value.field("accountname"));
    }
    let changes =
        Sync { since: chrono::DateTime::UNIX_EPOCH, module: ModuleName::ACCOUNTS, scope: Some(SyncScope::User) };
    let _ = changes.decode(&response);
}

fuzz_target!(|body: &[u8]| {
    whole(body.to_vec());
    whole([br#"{"success":true,"result":"#, body, b"}"].concat());
    whole([br#"{"success":true,"result":[{"id":"11x57","LineItems":"#, body, b"}]}"].concat());
});
