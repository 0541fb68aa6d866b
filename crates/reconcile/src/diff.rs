//! The three-way judgement on one field: an exhaustive match over what was settled, what each side holds now, and what
//! the user allows.

use field_mapping::{Direction, Drift, Priority};
use sync_model::{Side, Sides, Value};

use crate::Rule;

/// What the judgement on one field is made from.
#[derive(Debug, Clone, Copy)]
pub struct FieldCase<'a> {
    /// Where values may travel; `None` when the field stands still.
    pub direction: Option<Direction>,
    /// Whether a person's clearing travels.
    pub clearing: bool,
    /// What each side was last settled with.
    pub base: Sides<Option<&'a Value>>,
    /// What each side holds now; `None` where that is unknown.
    pub now: Sides<Option<&'a Value>>,
    /// Whether a field that never settled waits for a person.
    pub review: bool,
}

/// The judgement on one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The rule that decided.
    pub rule: Rule,
    /// What follows.
    pub outcome: FieldOutcome,
}

/// What follows for one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldOutcome {
    /// Nothing; the baseline stays as it is.
    Leave,
    /// Nothing is written; the baseline takes over what both sides hold now.
    Settle,
    /// This side gets the other side's value.
    Write(Side),
    /// A person decides.
    Ask,
}

/// Judges one field.
///
/// ```
/// use field_mapping::{Direction, Priority};
/// use reconcile::{FieldCase, FieldOutcome, judge};
/// use sync_model::{Side, Sides, Value};
///
/// let (old, new) = (Value::text("12 34 56 78"), Value::text("87 65 43 21"));
/// let verdict = judge(&FieldCase {
///     direction: Some(Direction::TwoWay { priority: Priority::Prefer(Side::Left) }),
///     clearing: true,
///     base: Sides::new(Some(&old), Some(&old)),
///     now: Sides::new(Some(&old), Some(&new)),
///     review: false,
/// });
/// assert_eq!(verdict.outcome, FieldOutcome::Write(Side::Left), "a lone edit travels, whoever has priority");
/// ```
#[must_use]
pub fn judge(case: &FieldCase<'_>) -> Verdict {
    let (Some(left), Some(right)) = (case.now.left, case.now.right) else {
        return verdict(Rule::Unknown, FieldOutcome::Leave);
    };
    if left == right {
        return verdict(Rule::Same, FieldOutcome::Settle);
    }
    let Some(direction) = case.direction else {
        return verdict(Rule::StandsStill, FieldOutcome::Leave);
    };
    let now = Sides::new(left, right);
    match (case.base.left, case.base.right) {
        (Some(base_left), Some(base_right)) => {
            let changed = Sides::new(left != base_left, right != base_right);
            match direction {
                Direction::OneWay { from, drift } => one_way(case, now, changed, from, drift),
                Direction::TwoWay { priority } => two_way(case, now, changed, priority),
            }
        }
        (None, _) | (_, None) if case.review => verdict(Rule::EarlierLife, FieldOutcome::Ask),
        (None, _) | (_, None) => first_meeting(now, direction),
    }
}

fn first_meeting(now: Sides<&Value>, direction: Direction) -> Verdict {
    match direction {
        // Nothing is agreed by that: should values travel both ways one day, the empty side is filled.
        Direction::OneWay { from, .. } if now.get(from).is_empty() => verdict(Rule::EmptyStays, FieldOutcome::Leave),
        Direction::OneWay { from, .. } => verdict(Rule::Source(from), FieldOutcome::Write(from.other())),
        Direction::TwoWay { .. } if now.left.is_empty() => {
            verdict(Rule::FillsEmpty(Side::Left), FieldOutcome::Write(Side::Left))
        }
        Direction::TwoWay { .. } if now.right.is_empty() => {
            verdict(Rule::FillsEmpty(Side::Right), FieldOutcome::Write(Side::Right))
        }
        Direction::TwoWay { priority: Priority::Prefer(side) } => {
            verdict(Rule::FirstMeeting(side), FieldOutcome::Write(side.other()))
        }
        Direction::TwoWay { priority: Priority::Ask } => verdict(Rule::BothChanged, FieldOutcome::Ask),
    }
}

fn one_way(case: &FieldCase<'_>, now: Sides<&Value>, changed: Sides<bool>, from: Side, drift: Drift) -> Verdict {
    match (*changed.get(from), *changed.get(from.other()), drift) {
        (false, false, _) => verdict(Rule::Unchanged, FieldOutcome::Leave),
        (false, true, Drift::Keep) => verdict(Rule::Drift, FieldOutcome::Leave),
        (true, _, _) | (false, true, Drift::Overwrite) => travel(case, now, from, Rule::Source(from)),
    }
}

fn two_way(case: &FieldCase<'_>, now: Sides<&Value>, changed: Sides<bool>, priority: Priority) -> Verdict {
    match (changed.left, changed.right, priority) {
        (false, false, _) => verdict(Rule::Unchanged, FieldOutcome::Leave),
        (true, false, _) => travel(case, now, Side::Left, Rule::OnlyChanged(Side::Left)),
        (false, true, _) => travel(case, now, Side::Right, Rule::OnlyChanged(Side::Right)),
        (true, true, Priority::Prefer(side)) => travel(case, now, side, Rule::Priority(side)),
        (true, true, Priority::Ask) => verdict(Rule::BothChanged, FieldOutcome::Ask),
    }
}

/// What follows where a person was asked and chose the value of `take`. A side that a field may not travel to keeps what it
/// holds, and the choice says that this is as it should be.
pub(crate) fn settled_by_person(direction: Option<Direction>, take: Side) -> Verdict {
    let may_go = match direction {
        Some(Direction::OneWay { from, .. }) => from == take,
        Some(Direction::TwoWay { .. }) => true,
        None => false,
    };
    verdict(Rule::Person(take), if may_go { FieldOutcome::Write(take.other()) } else { FieldOutcome::Settle })
}

/// The value of `from` goes to the other side, unless it is empty and emptiness does not travel for this field.
fn travel(case: &FieldCase<'_>, now: Sides<&Value>, from: Side, rule: Rule) -> Verdict {
    if now.get(from).is_empty() && !case.clearing {
        verdict(Rule::EmptyStays, FieldOutcome::Settle)
    } else {
        verdict(rule, FieldOutcome::Write(from.other()))
    }
}

fn verdict(rule: Rule, outcome: FieldOutcome) -> Verdict {
    Verdict { rule, outcome }
}
