//! What both kinds have in common: values, times, marks.

use dinero_client::model::{AuditTime, Known};
use rust_decimal::Decimal;
use sync_model::{Fields, Kind, Mark, Revision, Value};

/// Contacts: companies and persons.
pub(crate) const CONTACT: &str = "contact";
/// Products.
pub(crate) const PRODUCT: &str = "product";

/// Invoices: drafts and booked ones.
pub(crate) const INVOICE: &str = "invoice";
/// Credit notes: drafts and booked ones.
pub(crate) const CREDIT_NOTE: &str = "credit-note";

/// Whether `kind` is one of the sales vouchers, which lists show without their lines.
pub(crate) fn is_voucher(kind: &Kind) -> bool {
    is(kind, INVOICE) || is(kind, CREDIT_NOTE)
}

/// Whether `kind` is this one.
pub(crate) fn is(kind: &Kind, name: &str) -> bool {
    kind.as_str() == name
}

/// What an answer says of a text; `None` where it says nothing.
pub(crate) fn known_text(value: &Known<String>) -> Option<Value> {
    value.as_ref().map(|value| value.as_ref().map_or(Value::Empty, Value::text))
}

pub(crate) fn known_flag(value: Known<bool>) -> Option<Value> {
    value.map(|value| Value::Flag(value.unwrap_or_default()))
}

pub(crate) fn known_number(value: Known<Decimal>) -> Option<Value> {
    value.map(|value| value.map_or(Value::Empty, |number| Value::Decimal(number.normalize())))
}

/// The fields of which something is known.
pub(crate) fn known(fields: impl IntoIterator<Item = (&'static str, Option<Value>)>) -> Fields {
    fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// The text of a field, `None` where it is empty or unknown.
pub(crate) fn text(fields: &Fields, name: &str) -> Option<String> {
    fields.get(name).filter(|value| !value.is_empty()).map(ToString::to_string)
}

pub(crate) fn flag(fields: &Fields, name: &str) -> bool {
    fields.get(name) == Some(&Value::Flag(true))
}

pub(crate) fn number(fields: &Fields, name: &str) -> Option<Decimal> {
    fields.get(name).and_then(Value::as_decimal)
}

pub(crate) fn whole(fields: &Fields, name: &str) -> Option<i64> {
    number(fields, name).and_then(|number| i64::try_from(number).ok())
}

/// The version of a record: when it was last changed, in the API's own spelling.
pub(crate) fn revision(updated: Option<&AuditTime>, created: Option<&AuditTime>) -> Revision {
    Revision::new(updated.or(created).map_or("", |time| time.text.as_str()))
}

/// Our mark is a Simply CRM id in `ExternalReference`. Anything else there is the user's own and is never touched.
pub(crate) fn mark(reference: &Known<String>) -> Option<Mark> {
    let text = reference.as_ref()?.as_deref()?;
    let (prefix, number) = text.split_once('x')?;
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (digits(prefix) && digits(number)).then(|| Mark::new(text))
}
