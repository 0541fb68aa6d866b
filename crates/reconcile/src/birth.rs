//! A record without a counterpart: what is made on the other side, or why it has to wait.

use field_mapping::{Direction, EntityMapping, FieldMapping, ModuleMapping};
use sync_model::{FieldName, Fields, Mark, Record, Side, Sides, Swings, Value};

use crate::reference::on_side;
use crate::{Action, FieldWhy, Finding, Matter, Partners, Rule, Step, Write, WriteChange};

/// Plans the making of `record`'s counterpart. `values` is the record in canonical form.
pub(crate) fn plan_birth(
    module: &ModuleMapping,
    entity: &EntityMapping,
    side: Side,
    record: &Record,
    values: &Fields,
    partners: &Partners,
) -> Result<Step, Box<Finding>> {
    let target = side.other();
    let title = entity.title(values);
    let values = travelling(entity, side, values);
    let rendering = entity.birth(target, &on_side(target, &values, partners));
    let (serious, slight): (Vec<_>, Vec<_>) = rendering.faults.into_iter().partition(|fault| fault.kind.holds_record());
    if !serious.is_empty() {
        let records = vec![(side, record.key())];
        return Err(Box::new(Finding { records, title, matter: Matter::Unfit { faults: serious } }));
    }
    let defaulted: Vec<(FieldName, Value)> = entity.defaulted(target, &values);
    let default_of = |name: &FieldName| defaulted.iter().find(|(field, _)| field == name).map(|(_, value)| value);
    let stand_in = entity.stand_in(&record.fields).filter(|_| side == Side::Right);
    let mut expected = Vec::with_capacity(values.len());
    let mut why = Vec::with_capacity(values.len());
    for (name, value) in values.iter() {
        let lost = slight.iter().any(|fault| fault.field == *name);
        let (rule, written) = match default_of(name) {
            _ if lost => (Rule::NoCounterpart, Value::Empty),
            Some(default) => (Rule::Default, default.clone()),
            None if value.is_empty() => {
                expected.push((name.clone(), Value::Empty));
                continue;
            }
            None if stand_in.is_some_and(|key| *value == Value::Reference(key.clone())) => {
                (Rule::StandsIn, value.clone())
            }
            None => (Rule::New, value.clone()),
        };
        why.push(FieldWhy {
            field: name.clone(),
            base: Sides::default(),
            now: Sides::facing(side, Some(value.clone()), None),
            rule,
            write: (!lost).then(|| (target, written.clone())),
        });
        expected.push((name.clone(), written));
    }
    for (name, default) in &defaulted {
        if values.get(name.as_str()).is_none() {
            why.push(FieldWhy {
                field: name.clone(),
                base: Sides::default(),
                now: Sides::default(),
                rule: Rule::Default,
                write: Some((target, default.clone())),
            });
        }
    }
    // Empty fields need no reason, and thousands of steps are held at once.
    why.shrink_to_fit();
    let write = Write {
        module: module.module.clone(),
        side: target,
        change: WriteChange::Create {
            kind: entity.kinds.get(target).clone(),
            source: record.key(),
            mark: Mark::new(record.id.as_str()),
        },
        fields: rendering.fields,
        patch: Sides::facing(side, values, expected.into_iter().collect()),
        swings: Swings::new(),
    };
    Ok(Step { action: Action::Write(write), why, title })
}

/// The values that may travel away from `side`.
fn travelling(entity: &EntityMapping, side: Side, values: &Fields) -> Fields {
    let travels = |field: &FieldMapping| match field.direction {
        Some(Direction::OneWay { from, .. }) => from == side,
        Some(Direction::TwoWay { .. }) => true,
        None => false,
    };
    let may_go = |name: &FieldName| entity.field(name.as_str()).is_some_and(travels);
    values.iter().filter(|(name, _)| may_go(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}
