//! Fuzzes the reading of records: any body gives a value or an error that names a place, and the case of keys changes nothing.
#![no_main]

use std::fmt::Debug;

use bytes::Bytes;
use dinero_client::op::{
    GetContact, GetInvoice, GetLedgerItems, GetPayments, GetProduct, ListContacts, ListEntries, ListInvoices,
    ListOrganizations, ListProducts, ListTradeOffers, ListWebhookEvents,
};
use dinero_client::{ContactGuid, InvoiceGuid, Operation, ProductGuid};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

/// The same JSON with all keys in small letters.
fn lowered(value: Value) -> Option<Value> {
    Some(match value {
        Value::Object(members) => {
            let mut lower = serde_json::Map::new();
            for (key, value) in members {
                // Keys that differ only by case say two things; which one counts is not ours to compare.
                if lower.insert(key.to_ascii_lowercase(), lowered(value)?).is_some() {
                    return None;
                }
            }
            Value::Object(lower)
        }
        Value::Array(items) => Value::Array(items.into_iter().map(lowered).collect::<Option<_>>()?),
        other => other,
    })
}

fn read<O: Operation<Output: Debug + PartialEq>>(operation: &O, body: &[u8], lower: Option<&[u8]>) {
    let decode = |body: &[u8]| operation.decode(&http::Response::new(Bytes::copy_from_slice(body)));
    let read = decode(body);
    if let Err(error) = &read {
        assert!(error.decode_path().is_some(), "{error:?}");
        assert!(error.outcome_unknown(), "a success that cannot be read has happened");
        assert!(!error.to_string().is_empty());
    }
    if let Some(lower) = lower {
        let again = decode(lower);
        assert_eq!(read.is_ok(), again.is_ok(), "{read:?} {again:?}");
        if let (Ok(read), Ok(again)) = (read, again) {
            assert_eq!(read, again);
        }
    }
}

fuzz_target!(|body: &[u8]| {
    // Through one reading into values, so that both spellings hold the same numbers and no key twice.
    let once: Option<Value> = serde_json::from_slice(body).ok();
    let lower = once.clone().and_then(lowered).map(|value| value.to_string().into_bytes());
    let whole = once.map(|value| value.to_string().into_bytes());
    let (body, lower) = match (&whole, &lower) {
        (Some(whole), Some(lower)) => (whole.as_slice(), Some(lower.as_slice())),
        _ => (body, None),
    };
    read(&ListContacts::new(), body, lower);
    read(&ListInvoices::new(), body, lower);
    read(&ListProducts::new(), body, lower);
    read(&ListTradeOffers::new(), body, lower);
    read(&ListEntries { from: None, to: None, include_primo: false }, body, lower);
    read(&ListOrganizations, body, lower);
    // What these look like is not documented, so they are handed on as they came.
    read(&ListWebhookEvents, body, None);
    read(&GetContact(ContactGuid(Default::default())), body, lower);
    read(&GetInvoice { guid: InvoiceGuid(Default::default()) }, body, lower);
    read(&GetProduct(ProductGuid(Default::default())), body, lower);
    read(&GetPayments { invoice: InvoiceGuid(Default::default()) }, body, lower);
    read(&GetLedgerItems { items: Vec::new() }, body, lower);
});
