//! What goes back, what stays, and what a person is told of it.

use std::collections::BTreeSet;

use field_mapping::{Direction, Drift};
use reconcile::{Action, Kept, KeptWhy, Rule, UndoPlan, Undoing, Write, WriteChange, plan_undo};
use sync_model::{FieldName, LinkState, Record, Retired, Revision, Side, Sides, Swing, Swings, Value};

use crate::firm::{keys, linked};
use crate::scene::{Scene, writes};

/// The scene after a run that carried out its one write, and what an undo of that write knows.
fn run(mut scene: Scene) -> (Scene, Undoing) {
    let plan = scene.plan();
    let [write] = writes(&plan)[..] else { panic!("{plan:#?}") };
    let write = write.clone();
    let side = write.side;
    let before = scene.record(side, keys().get(side)).clone();
    scene.record(side, keys().get(side)).fields.overlay(&write.fields);
    let baseline = scene.observed.links[0].1.baseline.as_mut().expect("they agreed");
    for side in Side::BOTH {
        baseline.values.get_mut(side).overlay(write.patch.get(side));
    }
    baseline.swings = write.swings.clone();
    let written = keys().get(side).clone();
    let undoing = Undoing {
        write,
        written,
        before: Some(before),
        fields: None,
        later: BTreeSet::new(),
        title: "Alfa".to_owned(),
    };
    (scene, undoing)
}

/// Dinero's name and size were edited, and carried over.
fn carried() -> (Scene, Undoing) {
    let mut scene = linked();
    scene.edit(Side::Left, "Name", "Alfa A/S");
    scene.edit(Side::Left, "Size", "L");
    run(scene)
}

fn undo(scene: &Scene, undoing: &Undoing) -> UndoPlan {
    plan_undo(&scene.module, &scene.observed, undoing)
}

fn back(plan: &UndoPlan) -> &Write {
    let Action::Write(write) = &plan.step.as_ref().expect("something goes back").action else { panic!("{plan:?}") };
    write
}

fn written(plan: &UndoPlan) -> Vec<(String, String)> {
    back(plan).fields.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

fn kept(plan: &UndoPlan) -> Vec<(Option<&str>, KeptWhy)> {
    plan.kept.iter().map(|kept| (kept.field.as_ref().map(FieldName::as_str), kept.why)).collect()
}

#[test]
fn p20_what_was_written_goes_back_and_does_not_come_again() {
    let (mut scene, undoing) = carried();
    let plan = undo(&scene, &undoing);
    assert_eq!(written(&plan), [("name".to_owned(), "Alfa".to_owned()), ("size".to_owned(), "small".to_owned())]);
    assert!(plan.kept.is_empty() && plan.unlink.is_none());
    let write = back(&plan).clone();
    let WriteChange::Update { key, counterpart, .. } = &write.change else { panic!() };
    assert_eq!((key, counterpart, write.side), (&keys().right, &keys().left, Side::Right));
    let held = Swing { to: Side::Right, before: Value::text("Alfa A/S"), undone: 0 };
    assert_eq!(write.swings.get("name"), Some(&held));
    let step = plan.step.as_ref().unwrap();
    assert_eq!((step.title.as_str(), step.why.len(), step.why[0].rule), ("Alfa", 2, Rule::Undone));
    assert_eq!(step.why[0].write, Some((Side::Right, Value::text("Alfa"))));
    assert_eq!(step.why[0].now, Sides::new(Some(Value::text("Alfa A/S")), Some(Value::text("Alfa A/S"))));

    scene.record(Side::Right, &keys().right).fields.overlay(&write.fields);
    let baseline = scene.observed.links[0].1.baseline.as_mut().unwrap();
    for side in Side::BOTH {
        baseline.values.get_mut(side).overlay(write.patch.get(side));
    }
    let next = scene.plan();
    assert!(next.steps.is_empty() && next.findings.is_empty(), "both sides keep what they hold: {next:#?}");
    assert!(undo(&scene, &undoing).step.is_none(), "a second undo finds nothing to do");
}

#[test]
fn p20_only_the_fields_that_were_asked_for_go_back() {
    let (scene, undoing) = carried();
    let fields = Some([FieldName::new("size")].into());
    let plan = undo(&scene, &Undoing { fields, ..undoing });
    assert_eq!((written(&plan), plan.kept.len()), (vec![("size".to_owned(), "small".to_owned())], 0));
}

#[test]
fn p20_what_somebody_edited_since_stays_on_either_side() {
    for (side, name) in [(Side::Left, "Name"), (Side::Right, "name")] {
        let (mut scene, undoing) = carried();
        scene.edit(side, name, "Alfa Holding");
        let plan = undo(&scene, &undoing);
        assert_eq!(kept(&plan), [(Some("name"), KeptWhy::EditedSince(side))]);
        assert_eq!(written(&plan).len(), 1, "the other field goes back");
        let Kept { record, title, .. } = &plan.kept[0];
        assert_eq!((record, title.as_str()), (&keys().right, "Alfa"));
    }
}

#[test]
fn p20_what_was_written_or_agreed_on_since_stays() {
    let (scene, undoing) = carried();
    let later = Undoing { later: [FieldName::new("name")].into(), ..undoing.clone() };
    assert_eq!(kept(&undo(&scene, &later)), [(Some("name"), KeptWhy::WrittenSince)]);

    let mut swung = scene.clone();
    let baseline = swung.observed.links[0].1.baseline.as_mut().unwrap();
    baseline.swings = Swings::new();
    let both = [(Some("name"), KeptWhy::WrittenSince), (Some("size"), KeptWhy::WrittenSince)];
    assert_eq!(kept(&undo(&swung, &undoing)), both, "another write was remembered, or none");

    let mut old = undoing;
    old.write.swings = Swings::new();
    assert_eq!(written(&undo(&swung, &old)).len(), 2, "a write of old is known by the value that it left");
    swung.edit(Side::Right, "name", "Alfa ApS");
    swung.edit(Side::Left, "Name", "Alfa ApS");
    let values = &mut swung.observed.links[0].1.baseline.as_mut().unwrap().values;
    values.left.set("name", Value::text("Alfa ApS"));
    values.right.set("name", Value::text("Alfa ApS"));
    assert_eq!(kept(&undo(&swung, &old)), [(Some("name"), KeptWhy::WrittenSince)]);
}

#[test]
fn p20_nothing_goes_back_where_the_settings_let_nothing_be_written() {
    let directions = [
        (Some(Direction::OneWay { from: Side::Right, drift: Drift::Keep }), false),
        (Some(Direction::OneWay { from: Side::Left, drift: Drift::Keep }), true),
        (None, false),
    ];
    for (direction, goes) in directions {
        let (mut scene, undoing) = carried();
        scene.direct("name", direction);
        let plan = undo(&scene, &undoing);
        let expected = if goes { Vec::new() } else { vec![(Some("name"), KeptWhy::NoWay)] };
        assert_eq!((kept(&plan), written(&plan).len()), (expected, if goes { 2 } else { 1 }));
    }
    let (mut scene, undoing) = carried();
    scene.module.entities[0].fields.retain(|field| field.name.as_str() != "name");
    assert_eq!(kept(&undo(&scene, &undoing)), [(Some("name"), KeptWhy::NoWay)], "it is mapped no longer");
}

#[test]
fn p20_what_is_not_known_does_not_go_back() {
    let unknown = [(Some("name"), KeptWhy::Unknown)];
    let (scene, mut undoing) = carried();
    undoing.before.as_mut().unwrap().fields.remove("name");
    assert_eq!(kept(&undo(&scene, &undoing)), unknown, "what stood there");
}

#[test]
fn p20_a_field_that_neither_side_settled_is_told_as_unknown_where_one_is_silent() {
    for (side, name) in [(Side::Left, "Name"), (Side::Right, "name")] {
        let (mut scene, undoing) = carried();
        scene.hide(side, name);
        let values = &mut scene.observed.links[0].1.baseline.as_mut().unwrap().values;
        values.left.remove("name");
        values.right.remove("name");
        assert_eq!(kept(&undo(&scene, &undoing)), [(Some("name"), KeptWhy::Unknown)]);
    }
}

#[test]
fn p20_a_record_that_was_made_stays_and_its_link_ends_unless_somebody_works_with_it() {
    let (scene, undoing) = carried();
    let made = Undoing { before: None, ..undoing };
    let plan = undo(&scene, &made);
    assert_eq!((plan.unlink.as_ref(), kept(&plan)), (Some(&keys()), vec![(None, KeptWhy::MadeByRun)]));
    assert!(plan.step.is_none());

    let mut edited = scene.clone();
    edited.edit(Side::Right, "name", "Alfa Holding");
    let plan = undo(&edited, &made);
    assert_eq!((plan.unlink.as_ref(), kept(&plan)), (None, vec![(Some("name"), KeptWhy::EditedSince(Side::Right))]));

    let mut note = scene;
    note.edit(Side::Right, "note", "a word");
    assert!(undo(&note, &made).unlink.is_some(), "what is only given to new records is each side's own");
}

#[test]
fn p20_what_is_final_gone_or_deleted_stays() {
    let (scene, undoing) = carried();
    let mut frozen = scene.clone();
    frozen.freeze(Side::Right, &keys().right);
    assert_eq!(kept(&undo(&frozen, &undoing)), [(None, KeptWhy::Frozen)]);

    let gone = |change: &dyn Fn(&mut Scene)| {
        let mut scene = scene.clone();
        change(&mut scene);
        let plan = undo(&scene, &undoing);
        assert_eq!(kept(&plan), [(None, KeptWhy::Gone)]);
        assert!(plan.step.is_none());
    };
    gone(&|scene| scene.observed.links.clear());
    let at = chrono::DateTime::UNIX_EPOCH;
    gone(&|scene| scene.observed.links[0].1.state = LinkState::Retired(Retired { deleted_on: Side::Left, at }));
    gone(&|scene| scene.module.entities.clear());
    gone(&|scene| scene.observed.records.left.clear());
    gone(&|scene| scene.observed.records.left.get_mut(&keys().left).unwrap().deleted = true);

    let mut deleting = undoing;
    deleting.write.change =
        WriteChange::Delete { key: keys().right, expected: Revision::new("1"), counterpart: keys().left };
    assert_eq!(kept(&undo(&scene, &deleting)), [(None, KeptWhy::Deleted)]);
}

#[test]
fn p20_a_field_goes_back_in_the_spelling_it_had() {
    let mut scene = linked();
    scene.edit(Side::Left, "Size", "L");
    scene.edit(Side::Right, "size", "big");
    scene.observed.links.clear();
    scene.agree(&keys());
    scene.edit(Side::Left, "Size", "S");
    let (scene, undoing) = run(scene);
    assert_eq!(written(&undo(&scene, &undoing)), [("size".to_owned(), "big".to_owned())], "and not `large`");
}

#[test]
fn p20_what_the_system_takes_no_longer_is_told_and_not_settled() {
    let mut scene = linked();
    scene.edit(Side::Left, "Size", "L");
    scene.edit(Side::Left, "Name", "Alfa A/S");
    let (scene, mut undoing) = run(scene);
    // The word of before has left the table since, and cannot be put back as it stood.
    let before: &mut Record = undoing.before.as_mut().unwrap();
    before.fields.set("size", Value::text("gigantic"));
    undoing.write.fields.remove("size");
    let plan = undo(&scene, &undoing);
    assert_eq!(kept(&plan), [(Some("size"), KeptWhy::NoWay)]);
    assert_eq!(written(&plan), [("name".to_owned(), "Alfa".to_owned())]);
    assert_eq!(back(&plan).patch.right.iter().count(), 1);

    let only = Undoing { fields: Some([FieldName::new("size")].into()), ..undoing };
    let plan = undo(&scene, &only);
    assert!(plan.step.is_none(), "{plan:#?}");
    assert_eq!(kept(&plan), [(Some("size"), KeptWhy::NoWay)]);
}
