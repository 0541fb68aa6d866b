//! A CRM record as a record, and fields as an element to write.

use std::borrow::Cow;

use chrono::NaiveDateTime;
use simplycrm_client::{Element, Record as WsRecord};
use sync_model::{
    FieldName, FieldType, Fields, Fingerprint, KindSchema, Lock, Mark, Record, RecordId, Revision, Value,
};

use crate::invoice::INVOICE;
use crate::values::{text_of, value_of};

/// What changes by itself, or belongs to the user who looks: it says nothing of the record.
const VOLATILE: [&str; 8] =
    ["id", "modifiedtime", "modifiedby", "createdtime", "starred", "tags", "label", "lastcontacted"];

/// The record as it was seen; `None` when it has no id.
pub(crate) fn seen(schema: &KindSchema, mark_field: Option<&FieldName>, record: &WsRecord) -> Option<Record> {
    let id = record.id().ok()?;
    let field = |(name, value)| match schema.field(name) {
        Some(field) => (field.name.clone(), value_of(&field.ty, value)),
        None => (FieldName::new(name), value_of(&FieldType::Text, value)),
    };
    let fields: Fields = record.iter().filter(|(name, _)| !VOLATILE.contains(name)).map(field).collect();
    let changed_at = saved_at(record).map(|time| time.and_utc());
    let mark = mark_field
        .and_then(|field| fields.get(field.as_str()))
        .and_then(Value::as_text)
        .filter(|text| uuid::Uuid::parse_str(text).is_ok())
        .map(|text| Mark::new(text.to_lowercase()));
    Some(Record {
        kind: schema.kind.clone(),
        id: RecordId::new(id.to_string()),
        revision: revision(schema, record, &fields),
        fields,
        partial: false,
        changed_at,
        mark,
        lock: Lock::Open,
    })
}

/// The time of the last save, and a digest of what it left: saves of one second carry the same time. An invoice goes by
/// the time alone, because a list shows less of it than it holds.
fn revision(schema: &KindSchema, record: &WsRecord, fields: &Fields) -> Revision {
    let time = record.text("modifiedtime").ok().flatten().unwrap_or_default();
    if schema.kind.as_str() == INVOICE {
        return Revision::new(time.as_ref());
    }
    let held =
        Fingerprint::of(fields.iter().flat_map(|(name, value)| [name.as_str().into(), text_of(value)]).map(bytes));
    Revision::new(format!("{time} {held}"))
}

fn bytes(text: Cow<'_, str>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

/// When the record was last saved, by the server's clock.
pub(crate) fn saved_at(record: &WsRecord) -> Option<NaiveDateTime> {
    let text = record.text("modifiedtime").ok()??;
    NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S").ok()
}

/// Fields as an element to write.
pub(crate) fn element(fields: &Fields) -> Element {
    fields.iter().fold(Element::new(), |element, (name, value)| element.text(name.as_str(), text_of(value)))
}
