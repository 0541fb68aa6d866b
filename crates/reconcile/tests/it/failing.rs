//! Writes that failed before: tried again a few times, then told, and tried anew as soon as they would write something else.

use chrono::{DateTime, TimeDelta};
use reconcile::{Failure, FailureClass, Matter, Plan, Write};
use rstest::rstest;
use sync_model::{RecordKey, Side};

use crate::firm::{keys, linked, stage};
use crate::scene::{Scene, fields, matter, only, writes};

fn edited() -> Scene {
    let mut scene = linked();
    scene.edit(Side::Left, "Name", "Alfa A/S");
    scene
}

fn the_write(plan: &Plan) -> Write {
    let [write] = writes(plan)[..] else { panic!("{plan:#?}") };
    write.clone()
}

/// `write`, having failed so often.
fn failed(write: &Write, class: FailureClass, attempts: u32) -> Failure {
    let said = || (class, "nej".to_owned(), Some("name".to_owned()));
    let at = |n: u32| DateTime::UNIX_EPOCH + TimeDelta::hours(i64::from(n) * 3);
    let mut failure = Failure::again(None, write, said(), at(0));
    for n in 1..attempts {
        failure = Failure::again(Some(&failure), write, said(), at(n));
    }
    assert_eq!((failure.attempts, failure.since), (attempts, at(0)));
    failure
}

#[rstest]
#[case::outage(FailureClass::Transient, 5)]
#[case::data(FailureClass::Data, 3)]
#[case::permission(FailureClass::Permission, 3)]
#[case::conflict(FailureClass::Conflict, 3)]
#[case::accounting(FailureClass::Accounting, 3)]
fn l3_a_write_is_tried_so_often_and_then_told(#[case] class: FailureClass, #[case] most: u32) {
    let mut scene = edited();
    let write = the_write(&scene.plan());
    scene.observed.failures = vec![failed(&write, class, most - 1)];
    assert_eq!(the_write(&scene.plan()), write);
    scene.observed.failures = vec![failed(&write, class, most)];
    let plan = scene.plan();
    assert!(plan.steps.is_empty());
    let Matter::GivenUp { side, class: told, attempts, message, field } = matter(&plan) else { panic!("{plan:#?}") };
    assert_eq!((*side, *told, *attempts), (Side::Right, class, most));
    assert_eq!((message.as_str(), field.as_deref()), ("nej", Some("name")));
    assert_eq!(only(&plan).records, [(Side::Left, keys().left), (Side::Right, keys().right)]);
}

#[test]
fn l3_another_write_of_the_same_record_begins_anew() {
    let mut scene = edited();
    let write = the_write(&scene.plan());
    let given_up = failed(&write, FailureClass::Data, 3);
    scene.observed.failures = vec![given_up.clone()];
    scene.edit(Side::Left, "Name", "Alfa Holding");
    let corrected = the_write(&scene.plan());
    let failure =
        Failure::again(Some(&given_up), &corrected, (FailureClass::Data, String::new(), None), given_up.since);
    assert_eq!(failure.attempts, 1);
}

#[test]
fn p31_a_failure_is_of_its_own_record_and_side_alone() {
    let mut scene = edited();
    let write = the_write(&scene.plan());
    let other = Failure { source: RecordKey::new("contact", "9"), ..failed(&write, FailureClass::Data, 3) };
    let turned = Failure { side: Side::Left, ..failed(&write, FailureClass::Data, 3) };
    scene.observed.failures = vec![other, turned];
    assert_eq!(the_write(&scene.plan()), write);
}

#[test]
fn l3_a_record_that_cannot_be_made_is_told_by_its_origin() {
    let mut scene = stage();
    scene.put(Side::Right, &keys().right, fields(&[("name", "Alfa")]));
    let write = the_write(&scene.plan());
    scene.observed.failures = vec![failed(&write, FailureClass::Data, 4)];
    assert_eq!(only(&scene.plan()).records, [(Side::Right, keys().right)]);
}
