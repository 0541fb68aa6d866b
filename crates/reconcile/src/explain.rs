//! What the rules say of every field of two linked records, for a person who asks why.

use field_mapping::{Direction, FieldMapping, ModuleMapping, Priority};
use sync_model::{Link, Record, Side, Sides, Value};

use crate::diff::{FieldCase, FieldOutcome, judge};
use crate::reference::show;
use crate::{FieldWhy, Partners, Rule};

/// One field, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldView {
    /// What was agreed, what both sides hold, the rule, and what it writes.
    pub why: FieldWhy,
    /// What the other priority would write, where it would decide otherwise.
    pub otherwise: Option<(Side, Value)>,
    /// Whether it is only carried over when a record is made.
    pub create_only: bool,
    /// Whether both sides were settled with exactly what they hold now.
    pub settled: bool,
}

/// Judges every field of two linked records as they stand in `records`.
///
/// `None` where the mapping does not take the two together.
#[must_use]
pub fn explain(
    module: &ModuleMapping,
    link: &Link,
    records: Sides<&Record>,
    partners: &Partners,
) -> Option<Vec<FieldView>> {
    let entity = module.entity_for(link.keys.as_ref().map(|key| &key.kind))?;
    let shown = Sides::from_fn(|side| show(entity, side, &records.get(side).fields, partners).values);
    let view = |field: &FieldMapping| {
        let name = field.name.as_str();
        let base = Sides::from_fn(|side| link.baseline.as_ref().and_then(|it| it.values.get(side).get(name)));
        let now = Sides::from_fn(|side| shown.get(side).get(name));
        let case = FieldCase { direction: field.direction, clearing: field.clearing, base, now, review: link.review };
        let (rule, write) = judged(&case);
        let other_way = judged(&FieldCase { direction: field.direction.map(turned), ..case }).1;
        FieldView {
            why: FieldWhy {
                field: field.name.clone(),
                base: base.map(Option::<&Value>::cloned),
                now: now.map(Option::<&Value>::cloned),
                rule: if field.create_only && rule != Rule::Same { Rule::StandsStill } else { rule },
                write: write.clone().filter(|_| !field.create_only),
            },
            otherwise: other_way.filter(|other| !field.create_only && Some(other) != write.as_ref()),
            create_only: field.create_only,
            settled: base.left.is_some() && base == now,
        }
    };
    Some(entity.fields.iter().map(view).collect())
}

fn judged(case: &FieldCase<'_>) -> (Rule, Option<(Side, Value)>) {
    let verdict = judge(case);
    let write = match verdict.outcome {
        FieldOutcome::Write(side) => case.now.get(side.other()).map(|value| (side, value.clone())),
        FieldOutcome::Leave | FieldOutcome::Settle | FieldOutcome::Ask => None,
    };
    (verdict.rule, write)
}

fn turned(direction: Direction) -> Direction {
    match direction {
        Direction::TwoWay { priority: Priority::Prefer(side) } => {
            Direction::TwoWay { priority: Priority::Prefer(side.other()) }
        }
        Direction::TwoWay { priority: Priority::Ask } | Direction::OneWay { .. } => direction,
    }
}

impl FieldWhy {
    /// What the other priority would have written, where priority decided.
    #[must_use]
    pub fn otherwise(&self) -> Option<(Side, Value)> {
        match self.rule {
            Rule::Priority(side) | Rule::FirstMeeting(side) => {
                self.now.get(side.other()).as_ref().map(|value| (side, value.clone()))
            }
            Rule::Same
            | Rule::Unchanged
            | Rule::Unknown
            | Rule::StandsStill
            | Rule::OnlyChanged(_)
            | Rule::BothChanged
            | Rule::FillsEmpty(_)
            | Rule::Source(_)
            | Rule::Drift
            | Rule::EmptyStays
            | Rule::EarlierLife
            | Rule::New
            | Rule::StandsIn
            | Rule::Default
            | Rule::NoCounterpart
            | Rule::Undone
            | Rule::Person(_) => None,
        }
    }
}
