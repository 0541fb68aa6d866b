//! What is known of a record after it was written: what both sides agree on now, and the record as it stands.

use field_mapping::{FieldMapping, ModuleMapping};
use reconcile::is_kept_form;
use sync_model::{Fields, Record, RecordKey, Side, Sides};

use crate::ports::Intent;

/// When a record was looked at after it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Looked {
    /// Right away: what it does not show, the system did not take.
    AtOnce,
    /// When its answer had been lost, perhaps hours later: what it does not show, somebody may have emptied since.
    Later,
}

/// The baseline after a write: on the written side what the system really kept, on the other what was carried over; and
/// whether somebody edited the record before we looked. Of a field that may have been emptied nothing is agreed: it is
/// planned as if the two records had just met, which fills it once more and erases nothing.
pub(crate) fn patch_after(
    module: Option<&ModuleMapping>,
    intent: &Intent,
    after: Option<&Record>,
    looked: Looked,
) -> (Sides<Fields>, bool) {
    let (write, before) = (&intent.write, intent.before.as_ref());
    let mut patch = write.patch.clone();
    let Some(after) = after else { return (patch, false) };
    let kinds = match write.side {
        Side::Left => Sides::new(&after.kind, &write.counterpart().kind),
        Side::Right => Sides::new(&write.counterpart().kind, &after.kind),
    };
    let Some(entity) = module.and_then(|module| module.entity_for(kinds)) else { return (patch, false) };
    let shown = entity.project(write.side, &after.fields).values;
    let mut edited = before.is_some_and(|before| {
        let known = entity.project(write.side, &before.fields).values;
        let left_alone = known.iter().filter(|(name, _)| write.patch.get(write.side).get(name.as_str()).is_none());
        left_alone.into_iter().any(|(name, value)| shown.get(name.as_str()).is_some_and(|now| now != value))
    });
    let sent: Vec<_> = write.patch.get(write.side).iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    for (name, sent) in sent {
        let shows =
            |field: &FieldMapping| field.own_fields(write.side).all(|own| after.fields.get(own.as_str()).is_some());
        if !after.partial && !entity.field(name.as_str()).is_some_and(shows) {
            // The system shows the whole record without it, so it took nothing: what was agreed before still stands.
            patch.left.remove(name.as_str());
            patch.right.remove(name.as_str());
            continue;
        }
        // A reference is expected as it was sent: what it means on the other side, only links say.
        if let Some(value) = shown.get(name.as_str()).filter(|value| !value.refers()) {
            if looked == Looked::Later && value.is_empty() && !sent.is_empty() {
                patch.left.remove(name.as_str());
                patch.right.remove(name.as_str());
                edited = true;
            } else if is_kept_form(&sent, value) {
                patch.get_mut(write.side).set(name, value.clone());
            } else {
                edited = true;
            }
        }
    }
    (patch, edited)
}

/// A written record as far as it is known without having read it back.
pub(crate) fn as_sent(intent: &Intent, key: &RecordKey) -> Record {
    let mut fields = intent.before.as_ref().map(|before| before.fields.clone()).unwrap_or_default();
    fields.overlay(&intent.write.fields);
    Record { partial: true, ..Record::new(key.kind.clone(), key.id.clone(), fields) }
}
