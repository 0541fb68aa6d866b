//! What a person is told who asks why a field stands as it does.

use field_mapping::{Direction, Drift, Priority};
use reconcile::{FieldView, Rule, explain};
use sync_model::{Side, Sides, Value};

use crate::firm::{keys, linked};
use crate::scene::Scene;

fn view(scene: &Scene, name: &str) -> FieldView {
    let records = Sides::from_fn(|side| &scene.observed.records.get(side)[keys().get(side)].record);
    let views = explain(&scene.module, &scene.observed.links[0].1, records, &scene.observed.partners);
    let views = views.expect("the mapping takes the two together");
    views.into_iter().find(|view| view.why.field.as_str() == name).expect("the field is mapped")
}

fn text(value: &str) -> Value {
    Value::text(value)
}

#[test]
fn an_agreed_field_is_settled_and_writes_nothing() {
    let view = view(&linked(), "name");
    assert_eq!((view.why.rule, &view.why.write, view.settled, view.create_only), (Rule::Same, &None, true, false));
    assert_eq!(view.otherwise, None);
}

#[test]
fn an_edit_travels_whoever_has_priority() {
    let mut scene = linked();
    scene.edit(Side::Left, "Name", "Alfa A/S");
    let view = view(&scene, "name");
    assert_eq!(view.why.rule, Rule::OnlyChanged(Side::Left));
    assert_eq!(view.why.write, Some((Side::Right, text("Alfa A/S"))));
    assert_eq!((view.otherwise, view.settled), (None, false));
    assert_eq!(view.why.base, Sides::new(Some(text("Alfa")), Some(text("Alfa"))));
}

#[test]
fn a_conflict_says_what_the_other_priority_would_write() {
    let mut scene = linked();
    scene.edit(Side::Left, "Name", "left");
    scene.edit(Side::Right, "name", "right");
    let decided = view(&scene, "name");
    assert_eq!(decided.why.rule, Rule::Priority(Side::Right));
    assert_eq!(decided.why.write, Some((Side::Left, text("right"))));
    assert_eq!(decided.otherwise, Some((Side::Right, text("left"))));
    assert_eq!(decided.why.otherwise(), decided.otherwise);
    scene.direct("name", Some(Direction::TwoWay { priority: Priority::Ask }));
    let asked = view(&scene, "name");
    assert_eq!((asked.why.rule, asked.why.write.clone(), asked.otherwise), (Rule::BothChanged, None, None));
    assert_eq!(asked.why.otherwise(), None);
    scene.direct("name", Some(Direction::OneWay { from: Side::Left, drift: Drift::Keep }));
    let one_way = view(&scene, "name");
    assert_eq!((one_way.why.rule, one_way.otherwise), (Rule::Source(Side::Left), None));
}

#[test]
fn a_field_of_new_records_alone_stands_still_afterwards() {
    let mut scene = linked();
    let agreed = view(&scene, "note");
    assert_eq!((agreed.why.rule, agreed.create_only), (Rule::Same, true));
    scene.edit(Side::Left, "Note", "left");
    scene.edit(Side::Right, "note", "right");
    let edited = view(&scene, "note");
    assert_eq!((edited.why.rule, edited.why.write, edited.otherwise), (Rule::StandsStill, None, None));
}

#[test]
fn a_field_that_is_not_shown_is_unknown() {
    let mut scene = linked();
    scene.hide(Side::Left, "Name");
    let view = view(&scene, "name");
    assert_eq!((view.why.rule, view.settled), (Rule::Unknown, false));
    let mut other = linked();
    other.module.entities.clear();
    let records = Sides::from_fn(|side| &other.observed.records.get(side)[keys().get(side)].record);
    let link = &other.observed.links[0].1;
    assert_eq!(explain(&other.module, link, records, &other.observed.partners), None, "no mapping takes them together");
}

#[test]
fn what_never_settled_is_not_settled_although_both_are_silent() {
    let mut scene = linked();
    scene.observed.links[0].1.baseline = None;
    assert!(!view(&scene, "name").settled);
    scene.edit(Side::Left, "Name", "Alfa A/S");
    let first = view(&scene, "name");
    assert_eq!(first.why.rule, Rule::FirstMeeting(Side::Right));
    assert_eq!(first.why.otherwise(), Some((Side::Right, text("Alfa A/S"))));
}
