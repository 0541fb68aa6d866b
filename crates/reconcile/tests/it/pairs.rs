//! Two linked records and single ones: what of an edit can be carried over, what stands in its way, and what is told of it.

use field_mapping::{Condition, Direction, Drift, FaultKind, Filter, Priority, Test};
use reconcile::{Action, Answer, Bound, Decision, Deletes, Deletion, Matter, Plan, Reply, Rule, WriteChange};
use sync_model::{LinkState, Module, RecordKey, Retired, Revision, Side, Sides, Swing, Value};

use crate::firm::{LEFT, RIGHT, keys, linked, stage};
use crate::scene::{Scene, fields, matter, only, writes};

/// What is written to `side`, by its own fields.
fn written(plan: &Plan, side: Side) -> Vec<(String, String)> {
    let of = writes(plan).into_iter().filter(|write| write.side == side);
    of.flat_map(|write| write.fields.iter().map(|(name, value)| (name.to_string(), value.to_string()))).collect()
}

/// What is agreed on without a write.
fn settled(plan: &Plan) -> Vec<(String, Sides<String>)> {
    let patch = plan.steps.iter().find_map(|step| match &step.action {
        Action::Settle { patch, .. } => Some(patch),
        Action::Tie(_) | Action::Retire { .. } | Action::Write(_) => None,
    });
    let Some(patch) = patch else { return Vec::new() };
    let both = |name: &str| Sides::from_fn(|side| patch.get(side).get(name).expect("both sides settle").to_string());
    patch.left.iter().map(|(name, _)| (name.to_string(), both(name.as_str()))).collect()
}

fn own(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn p1_an_agreed_pair_rests() {
    let plan = linked().plan();
    assert!(plan.steps.is_empty() && plan.findings.is_empty());
    assert_eq!(plan.quiet.len(), 2, "{plan:#?}");
}

#[test]
fn p6_edits_of_different_fields_travel_both_ways() {
    let mut scene = linked();
    scene.edit(Side::Left, "Name", "Alfa A/S");
    scene.edit(Side::Right, "size", "big");
    let plan = scene.plan();
    assert_eq!(written(&plan, Side::Right), own(&[("name", "Alfa A/S")]));
    assert_eq!(written(&plan, Side::Left), own(&[("Size", "L")]));
    let change = |side: Side| writes(&plan).into_iter().find(|write| write.side == side).unwrap();
    assert_eq!(*change(Side::Right).counterpart(), keys().left);
    assert_eq!(change(Side::Right).swings.len(), 1, "each write remembers its own fields alone");
    let steps: Vec<Vec<_>> =
        plan.steps.iter().map(|it| it.why.iter().map(|why| why.field.as_str()).collect()).collect();
    assert_eq!(steps, [["size"], ["name"]], "and is explained by them");
}

#[test]
fn what_does_not_fit_holds_its_field_and_lets_the_others_go() {
    let mut scene = linked();
    scene.edit(Side::Right, "short", "much too long");
    scene.edit(Side::Right, "name", "Alfa A/S");
    let plan = scene.plan();
    assert_eq!(written(&plan, Side::Left), own(&[("Name", "Alfa A/S")]));
    let Matter::Unfit { faults } = matter(&plan) else { panic!("{plan:#?}") };
    assert_eq!((faults[0].field.as_str(), &faults[0].kind), ("short", &FaultKind::TooLong { max: 5 }));
    assert!(settled(&plan).is_empty(), "nobody agreed on it");
    let explained: Vec<_> = plan.steps[0].why.iter().map(|why| why.field.as_str()).collect();
    assert_eq!(explained, ["name"]);
    assert_eq!(writes(&plan)[0].patch.left.iter().count(), 1);
}

#[test]
fn a_word_without_a_counterpart_stays_where_it_is_and_is_agreed_on_as_it_stands() {
    let mut scene = linked();
    scene.edit(Side::Right, "size", "gigantic");
    let plan = scene.plan();
    assert!(writes(&plan).is_empty() && plan.findings.is_empty(), "{plan:#?}");
    assert_eq!(settled(&plan), [("size".to_owned(), Sides::new("S".to_owned(), "gigantic".to_owned()))]);
    scene.edit(Side::Right, "name", "Alfa A/S");
    let plan = scene.plan();
    assert_eq!(written(&plan, Side::Left), own(&[("Name", "Alfa A/S")]));
    assert_eq!(settled(&plan).len(), 1);
}

#[test]
fn another_spelling_of_the_same_is_agreed_on_without_a_write() {
    let mut scene = linked();
    scene.edit(Side::Left, "Size", "L");
    scene.edit(Side::Right, "size", "big");
    let plan = scene.plan();
    assert!(writes(&plan).is_empty() && plan.findings.is_empty());
    assert_eq!(settled(&plan), [("size".to_owned(), Sides::new("L".to_owned(), "L".to_owned()))]);
}

#[test]
fn a_reference_waits_until_its_record_has_a_partner() {
    let mut scene = linked();
    let owner = Sides::new(RecordKey::new("contact", "2"), RecordKey::new("Accounts", "11x2"));
    scene.set_field(Side::Left, "Owner", Value::Empty);
    scene.set_field(Side::Right, "owner", Value::Reference(owner.right.clone()));
    scene.edit(Side::Right, "name", "Alfa A/S");
    let plan = scene.plan();
    assert_eq!(*matter(&plan), Matter::Needs { records: vec![(Side::Right, owner.right.clone())] });
    assert_eq!(written(&plan, Side::Left), own(&[("Name", "Alfa A/S")]), "everything else goes on");

    scene.observed.partners.left.insert(owner.left.clone(), owner.right.clone());
    scene.observed.partners.right.insert(owner.right.clone(), owner.left.clone());
    let plan = scene.plan();
    assert!(plan.findings.is_empty());
    let [write] = writes(&plan)[..] else { panic!() };
    assert_eq!(write.fields.get("Owner"), Some(&Value::Reference(owner.left)), "Dinero is told its own record");
}

#[test]
fn p11_what_one_side_does_not_show_is_left_alone() {
    for side in Side::BOTH {
        let mut scene = linked();
        scene.hide(side, if side == Side::Left { "Name" } else { "name" });
        scene.edit(side.other(), if side == Side::Left { "name" } else { "Name" }, "Alfa A/S");
        let plan = scene.plan();
        assert!(plan.steps.is_empty() && plan.findings.is_empty(), "{plan:#?}");
    }
}

#[test]
fn p13_a_pair_that_the_mapping_does_not_take_together_rests() {
    let mut scene = linked();
    scene.edit(Side::Left, "Name", "Alfa A/S");
    scene.module.entities[0].kinds.right = "Vendors".into();
    let plan = scene.plan();
    assert!(plan.steps.is_empty() && plan.findings.is_empty());
    assert_eq!(plan.quiet.len(), 2);
}

#[test]
fn p13_a_filter_that_fits_no_longer_on_either_side_lets_the_pair_rest() {
    for side in Side::BOTH {
        let mut scene = linked();
        scene.edit(side, if side == Side::Left { "Name" } else { "name" }, "Alfa A/S");
        let field = if side == Side::Left { "Short" } else { "short" };
        let filter = Filter { field: field.into(), condition: Condition::fails(Test::OneOf(vec![Value::text("ab")])) };
        scene.module.entities[0].filters.get_mut(side).push(filter);
        let plan = scene.plan();
        assert!(plan.steps.is_empty() && plan.findings.is_empty(), "{plan:#?}");
        assert_eq!(plan.quiet.len(), 2);
        scene.observed.records.get_mut(side).get_mut(keys().get(side)).unwrap().dirty = false;
        assert_eq!(scene.plan().quiet, [(side.other(), keys().get(side.other()).clone())], "the other rests already");
    }
}

#[test]
fn links_of_another_module_and_ended_ones_are_not_judged() {
    let edited = |change: &dyn Fn(&mut Scene)| {
        let mut scene = linked();
        scene.edit(Side::Left, "Name", "Alfa A/S");
        change(&mut scene);
        scene.plan()
    };
    assert_eq!(writes(&edited(&|_| {})).len(), 1);
    let other = edited(&|scene| scene.observed.links[0].1.module = Module::new("products"));
    assert!(other.steps.is_empty() && other.quiet.is_empty(), "that module sees to them");
    let at = chrono::DateTime::UNIX_EPOCH;
    let retired = LinkState::Retired(Retired { deleted_on: Side::Left, at });
    let ended = edited(&|scene| scene.observed.links[0].1.state = retired.clone());
    assert!(ended.steps.is_empty());
    assert_eq!(ended.quiet.len(), 2);
}

#[test]
fn a_field_of_one_way_keeps_to_it_also_where_a_person_decides() {
    let mut scene = linked();
    scene.direct("name", Some(Direction::OneWay { from: Side::Left, drift: Drift::Keep }));
    let link = &mut scene.observed.links[0].1;
    link.review = true;
    let values = &mut link.baseline.as_mut().unwrap().values;
    values.left.remove("name");
    values.right.remove("name");
    scene.edit(Side::Left, "Name", "left");
    scene.edit(Side::Right, "name", "right");
    let asked = scene.plan();
    let Matter::Conflict { .. } = matter(&asked) else { panic!("{asked:#?}") };
    let decided = |take: Side| scene.decided(only(&asked).resolved_by(take, None).unwrap()).plan();
    assert_eq!(written(&decided(Side::Left), Side::Right), own(&[("name", "left")]));
    let kept = decided(Side::Right);
    assert!(writes(&kept).is_empty() && kept.findings.is_empty(), "nothing is written to the source");
    assert_eq!(settled(&kept), [("name".to_owned(), Sides::new("left".to_owned(), "right".to_owned()))]);

    let mut still = scene.decided(only(&asked).resolved_by(Side::Left, None).unwrap());
    still.direct("name", None);
    assert!(still.plan().steps.is_empty(), "what stands still is nobody's to decide");
}

#[test]
fn p29_what_was_edited_after_a_deletion_is_shown_as_it_stands() {
    let mut scene = linked();
    scene.policy.deletes = Deletes::Approve;
    scene.observed.records.left.get_mut(&keys().left).unwrap().deleted = true;
    scene.edit(Side::Right, "name", "Alfa A/S");
    scene.edit(Side::Right, "note", "only of new records");
    let plan = scene.plan();
    let Matter::EditedAfterDeletion { side, fields, .. } = matter(&plan) else { panic!("{plan:#?}") };
    let [why] = fields.as_slice() else { panic!("{fields:?}") };
    assert_eq!((*side, why.field.as_str(), why.rule), (Side::Left, "name", Rule::OnlyChanged(Side::Right)));
    assert_eq!(why.now, Sides::new(None, Some(Value::text("Alfa A/S"))));
    assert_eq!(why.base, Sides::new(Some(Value::text("Alfa")), Some(Value::text("Alfa"))));

    // Answered, it is no accident any more, whatever edits were shown with the question.
    scene.policy.guards.deletions = Bound { records: 0, percent: 0 };
    let kept = scene.decided(only(&plan).decided_by(Reply::Reject).unwrap()).plan();
    assert!(matches!(kept.steps[0].action, Action::Retire { .. }), "{kept:#?}");
    let other = Decision::Deletion(
        Deletion {
            keys: keys(),
            side: Side::Left,
            revisions: Sides::new(Revision::new("0"), Revision::new("1")),
            edited: vec!["name".into()],
        },
        Answer::Rejected,
    );
    assert!(scene.decided([other]).plan().steps.is_empty(), "a word about an earlier deletion is none about this one");
}

#[test]
fn only_a_conflict_is_resolved_and_only_by_what_is_in_it() {
    let mut scene = linked();
    scene.direct("name", Some(Direction::TwoWay { priority: Priority::Ask }));
    scene.edit(Side::Left, "Name", "left");
    scene.edit(Side::Right, "name", "right");
    let plan = scene.plan();
    assert_eq!(only(&plan).resolved_by(Side::Left, Some("size")), None);
    assert_eq!(only(&plan).resolved_by(Side::Left, Some("name")).unwrap().len(), 1);
    assert_eq!(only(&plan).decided_by(Reply::Approve), None);
    let mut unfit = linked();
    unfit.edit(Side::Right, "short", "much too long");
    assert_eq!(only(&unfit.plan()).resolved_by(Side::Left, None), None);

    let mut resolved = scene.decided(only(&plan).resolved_by(Side::Left, None).unwrap());
    assert_eq!(writes(&resolved.plan()).len(), 1);
    let values = &mut resolved.observed.links[0].1.baseline.as_mut().unwrap().values;
    values.left.set("name", Value::text("another"));
    assert!(writes(&resolved.plan()).is_empty(), "something else was agreed on when it was shown");
}

#[test]
fn a_finding_about_one_record_can_be_left_alone_and_one_about_two_cannot() {
    let mut unfit = linked();
    unfit.edit(Side::Right, "short", "much too long");
    assert_eq!(only(&unfit.plan()).decided_by(Reply::Reject), None);
    let mut alone = stage();
    alone.put(Side::Right, &keys().right, fields(&[("short", "much too long")]));
    let ignored = vec![Decision::Ignored(Side::Right, keys().right)];
    assert_eq!(only(&alone.plan()).decided_by(Reply::Reject), Some(ignored.clone()));
    assert_eq!(only(&alone.plan()).decided_by(Reply::Approve), None);
    let plan = alone.decided(ignored).plan();
    assert!(plan.steps.is_empty() && plan.findings.is_empty());
    let nothing = Matter::Ambiguous { rule: "cvr".to_owned(), value: String::new(), pairs: Vec::new() };
    let nothing = reconcile::Finding { records: Vec::new(), title: String::new(), matter: nothing };
    assert_eq!(nothing.decided_by(Reply::Reject), None, "there is no pair to say no to");
}

#[test]
fn a_field_that_keeps_swinging_is_held() {
    let mut scene = linked();
    let swing = |undone| Swing { to: Side::Right, before: Value::text("Alfa"), undone };
    scene.edit(Side::Left, "Name", "Alfa A/S");
    let mut swung = |undone: u8| {
        let baseline = scene.observed.links[0].1.baseline.as_mut().unwrap();
        baseline.swings = [("name".into(), swing(undone))].into_iter().collect();
        scene.plan()
    };
    let plan = swung(0);
    assert_eq!(writes(&plan)[0].swings.get("name").unwrap().undone, 1);
    let held = swung(1);
    assert!(writes(&held).is_empty());
    let Matter::Swinging { fields } = matter(&held) else { panic!("{held:#?}") };
    assert_eq!(fields.len(), 1);
}

#[test]
fn p5_a_new_record_gets_what_travels_its_defaults_and_nothing_else() {
    let mut scene = stage();
    let of = [("name", "Alfa"), ("short", ""), ("size", "gigantic"), ("note", "n"), ("balance", "7")];
    scene.put(Side::Right, &keys().right, fields(&of));
    let plan = scene.plan();
    let [write] = writes(&plan)[..] else { panic!("{plan:#?}") };
    let WriteChange::Create { mark, source, .. } = &write.change else { panic!() };
    assert_eq!((mark.as_str(), source), ("11x1", &keys().right));
    let mut got = written(&plan, Side::Left);
    got.retain(|(_, value)| !value.is_empty());
    assert_eq!(got, own(&[("Country", "DK"), ("Name", "Alfa"), ("Note", "n")]), "the balance is Dinero's to say");
    let rules: Vec<_> = plan.steps[0].why.iter().map(|why| (why.field.as_str(), why.rule)).collect();
    let expected =
        [("name", Rule::New), ("note", Rule::New), ("size", Rule::NoCounterpart), ("country", Rule::Default)];
    assert_eq!(rules.len(), expected.len(), "{rules:?}");
    assert!(expected.iter().all(|it| rules.contains(it)), "{rules:?}");
    let why = |name: &str| plan.steps[0].why.iter().find(|why| why.field.as_str() == name).unwrap();
    assert_eq!(why("size").write, None);
    assert_eq!(why("country").write, Some((Side::Left, Value::text("DK"))));
    assert_eq!(why("name").now, Sides::new(None, Some(Value::text("Alfa"))));
    assert_eq!(write.patch.right.get("size"), Some(&Value::text("gigantic")));
    assert_eq!(write.patch.left.get("size"), Some(&Value::Empty));

    scene.edit(Side::Right, "country", "Sverige");
    assert!(written(&scene.plan(), Side::Left).contains(&("Country".to_owned(), "Sverige".to_owned())));
    scene.edit(Side::Right, "country", "");
    assert!(written(&scene.plan(), Side::Left).contains(&("Country".to_owned(), "DK".to_owned())));
}

#[test]
fn p5_a_new_record_in_the_crm_gets_what_only_travels_there() {
    let mut scene = stage();
    scene.put(Side::Left, &keys().left, fields(&LEFT));
    let plan = scene.plan();
    assert_eq!(written(&plan, Side::Right).len(), RIGHT.len());
    scene.policy.creates.right = false;
    let plan = scene.plan();
    assert!(plan.steps.is_empty());
    assert_eq!(plan.quiet, [(Side::Left, keys().left)]);
}
