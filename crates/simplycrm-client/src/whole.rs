//! A record read, as a record to send back whole.

use crate::element::Element;
use crate::record::Record;
use crate::value::FieldValue;

/// What the server sets or computes by itself, or adds for display.
const SERVER_OWNED: [&str; 14] = [
    "createdtime",
    "modifiedtime",
    "modifiedby",
    "created_user_id",
    "label",
    "new",
    "starred",
    "tags",
    "imageattachmentids",
    "LineItems_FinalDetails",
    "hdnSubTotal",
    "hdnGrandTotal",
    "pre_tax_total",
    "balance",
];

/// Everything that a person could have entered. Nulls are left out: the server takes them for absent.
pub(crate) fn element(record: &Record) -> Element {
    record
        .iter()
        .filter(|(name, value)| !SERVER_OWNED.contains(name) && **value != FieldValue::Null)
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .collect()
}
