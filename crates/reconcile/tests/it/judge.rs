//! Every case of one field: what was settled × what each side holds now × direction × priority × clearing, compared with
//! a separately written reference and with the laws that must hold for all of them.

use field_mapping::{Direction, Drift, Priority};
use reconcile::{FieldCase, FieldOutcome, Rule, judge};
use sync_model::{Side, Sides, Value};

/// Unknown, empty, the settled value, and two edits.
fn values() -> [Option<Value>; 5] {
    [None, Some(Value::Empty), Some(Value::text("base")), Some(Value::text("edit a")), Some(Value::text("edit b"))]
}

fn directions() -> Vec<Option<Direction>> {
    let mut all = vec![None];
    for side in Side::BOTH {
        all.push(Some(Direction::OneWay { from: side, drift: Drift::Keep }));
        all.push(Some(Direction::OneWay { from: side, drift: Drift::Overwrite }));
        all.push(Some(Direction::TwoWay { priority: Priority::Prefer(side) }));
    }
    all.push(Some(Direction::TwoWay { priority: Priority::Ask }));
    all
}

/// Calls `check` with every case there is, and says how many that were.
fn every_case(mut check: impl FnMut(&FieldCase<'_>)) -> usize {
    let mut cases = 0;
    let all = values();
    for direction in directions() {
        for clearing in [false, true] {
            for review in [false, true] {
                for base_left in &all {
                    for base_right in &all {
                        for left in &all {
                            for right in &all {
                                let base = Sides::new(base_left.as_ref(), base_right.as_ref());
                                let now = Sides::new(left.as_ref(), right.as_ref());
                                check(&FieldCase { direction, clearing, base, now, review });
                                cases += 1;
                            }
                        }
                    }
                }
            }
        }
    }
    cases
}

/// The rules again, written from the contract in the plainest way: which side is written, whether a person is asked.
fn reference(case: &FieldCase<'_>) -> (Option<Side>, bool) {
    let (Some(left), Some(right), Some(direction)) = (case.now.left, case.now.right, case.direction) else {
        return (None, false);
    };
    if left == right {
        return (None, false);
    }
    let may_write = |side: Side| match direction {
        Direction::OneWay { from, .. } => side != from,
        Direction::TwoWay { .. } => true,
    };
    let empty = |side: Side| case.now.get(side).is_some_and(Value::is_empty);
    let settled = case.base.left.is_some() && case.base.right.is_some();
    if !settled {
        if case.review {
            return (None, true);
        }
        let winner = match direction {
            Direction::OneWay { from, .. } => Some(from),
            Direction::TwoWay { .. } if empty(Side::Left) => Some(Side::Right),
            Direction::TwoWay { .. } if empty(Side::Right) => Some(Side::Left),
            Direction::TwoWay { priority: Priority::Prefer(side) } => Some(side),
            Direction::TwoWay { priority: Priority::Ask } => None,
        };
        return match winner {
            Some(side) if empty(side) => (None, false),
            Some(side) => (Some(side.other()), false),
            None => (None, true),
        };
    }
    let changed: Vec<Side> =
        Side::BOTH.into_iter().filter(|side| case.now.get(*side) != case.base.get(*side)).collect();
    let winner = match (changed.as_slice(), direction) {
        ([], _) => return (None, false),
        ([only], Direction::OneWay { from, drift: Drift::Keep }) if *only != from => return (None, false),
        (_, Direction::OneWay { from, .. }) => from,
        ([only], Direction::TwoWay { .. }) => *only,
        (_, Direction::TwoWay { priority: Priority::Prefer(side) }) => side,
        (_, Direction::TwoWay { priority: Priority::Ask }) => return (None, true),
    };
    if (empty(winner) && !case.clearing) || !may_write(winner.other()) {
        return (None, false);
    }
    (Some(winner.other()), false)
}

fn written(outcome: &FieldOutcome) -> Option<Side> {
    match outcome {
        FieldOutcome::Write(side) => Some(*side),
        FieldOutcome::Leave | FieldOutcome::Settle | FieldOutcome::Ask => None,
    }
}

#[test]
fn agrees_with_the_reference_in_every_case() {
    let cases = every_case(|case| {
        let verdict = judge(case);
        let (side, asks) = reference(case);
        assert_eq!(written(&verdict.outcome), side, "{case:?} gave {verdict:?}");
        assert_eq!(verdict.outcome == FieldOutcome::Ask, asks, "{case:?} gave {verdict:?}");
    });
    assert_eq!(cases, 8 * 2 * 2 * 5 * 5 * 5 * 5);
}

#[test]
fn p12_a_one_way_field_never_writes_its_source() {
    every_case(|case| {
        if let Some(Direction::OneWay { from, .. }) = case.direction {
            assert_ne!(written(&judge(case).outcome), Some(from), "{case:?}");
        }
    });
}

#[test]
fn p7_equal_values_are_never_written() {
    every_case(|case| {
        if case.now.left.is_some() && case.now.left == case.now.right {
            let verdict = judge(case);
            assert_eq!((verdict.rule, verdict.outcome), (Rule::Same, FieldOutcome::Settle), "{case:?}");
        }
    });
}

#[test]
fn p8_priority_decides_only_true_conflicts() {
    every_case(|case| {
        let with = |side| {
            judge(&FieldCase { direction: Some(Direction::TwoWay { priority: Priority::Prefer(side) }), ..*case })
        };
        let differ = with(Side::Left).outcome != with(Side::Right).outcome;
        let (Some(left), Some(right)) = (case.now.left, case.now.right) else {
            assert!(!differ, "{case:?}");
            return;
        };
        let conflict = match (case.base.left, case.base.right) {
            (Some(base_left), Some(base_right)) => left != base_left && right != base_right && left != right,
            (None, _) | (_, None) => !case.review && left != right && !left.is_empty() && !right.is_empty(),
        };
        let erasing = left.is_empty() || right.is_empty();
        assert!(differ == conflict || (conflict && erasing), "{case:?}");
    });
}

#[test]
fn p9_a_lone_edit_travels_whoever_has_priority() {
    every_case(|case| {
        let (Some(Direction::TwoWay { .. }), Some(base_left), Some(base_right), Some(left), Some(right)) =
            (case.direction, case.base.left, case.base.right, case.now.left, case.now.right)
        else {
            return;
        };
        let edits = Sides::new(left != base_left, right != base_right);
        for side in Side::BOTH {
            let lone = *edits.get(side) && !*edits.get(side.other()) && left != right;
            let value = case.now.get(side).unwrap();
            if lone && (!value.is_empty() || case.clearing) {
                assert_eq!(judge(case).outcome, FieldOutcome::Write(side.other()), "{case:?}");
            }
        }
    });
}

#[test]
fn p10_an_empty_value_erases_only_where_clearing_travels() {
    every_case(|case| {
        if let FieldOutcome::Write(side) = judge(case).outcome {
            let value = case.now.get(side.other()).unwrap();
            let settled = case.base.left.is_some() && case.base.right.is_some();
            assert!(!value.is_empty() || (case.clearing && settled), "{case:?}");
        }
    });
}

#[test]
fn p11_an_unknown_value_causes_nothing() {
    every_case(|case| {
        if case.now.left.is_none() || case.now.right.is_none() {
            assert_eq!(judge(case).outcome, FieldOutcome::Leave, "{case:?}");
        }
    });
}

#[test]
fn swapping_the_sides_mirrors_the_verdict() {
    let turned = |direction: Direction| match direction {
        Direction::OneWay { from, drift } => Direction::OneWay { from: from.other(), drift },
        Direction::TwoWay { priority: Priority::Prefer(side) } => {
            Direction::TwoWay { priority: Priority::Prefer(side.other()) }
        }
        Direction::TwoWay { priority: Priority::Ask } => direction,
    };
    every_case(|case| {
        let mirror = FieldCase {
            direction: case.direction.map(turned),
            base: Sides::new(case.base.right, case.base.left),
            now: Sides::new(case.now.right, case.now.left),
            ..*case
        };
        assert_eq!(written(&judge(case).outcome), written(&judge(&mirror).outcome).map(Side::other), "{case:?}");
    });
}

#[test]
fn p1_what_was_written_is_agreed_the_next_time() {
    every_case(|case| {
        if let FieldOutcome::Write(side) = judge(case).outcome {
            let value = case.now.get(side.other()).unwrap();
            let after = Sides::new(Some(value as &Value), Some(value as &Value));
            let next = judge(&FieldCase { base: after, now: after, ..*case });
            assert_eq!(next.outcome, FieldOutcome::Settle, "{case:?}");
        }
    });
}
