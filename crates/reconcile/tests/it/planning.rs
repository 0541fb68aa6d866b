//! A plan as a whole: in which order it is carried out, what it counts, and whom it lets rest.

use field_mapping::{Direction, Priority};
use reconcile::{Action, Deletes, Matter, Plan, Reply, WriteChange};
use sync_model::{Link, RecordKey, Side, Sides};

use crate::firm::{LEFT, RIGHT, keys, linked, stage};
use crate::scene::{Scene, fields, matter, only};

fn other(n: u32) -> Sides<RecordKey> {
    Sides::new(
        RecordKey::new("contact", n.to_string().as_str()),
        RecordKey::new("Accounts", format!("11x{n}").as_str()),
    )
}

/// A linked firm and `n` more of them, each on both sides.
fn firms(more: u32) -> Scene {
    let mut scene = linked();
    for n in 2..2 + more {
        scene.put(Side::Left, &other(n).left, fields(&LEFT));
        scene.put(Side::Right, &other(n).right, fields(&RIGHT));
        scene.agree(&other(n));
    }
    scene
}

fn what(action: &Action) -> &'static str {
    match action {
        Action::Tie(_) => "tie",
        Action::Settle { .. } => "settle",
        Action::Retire { .. } => "retire",
        Action::Write(write) => match write.change {
            WriteChange::Create { .. } => "make",
            WriteChange::Update { .. } => "change",
            WriteChange::Delete { .. } => "delete",
        },
    }
}

/// One of everything: an edit, an approved deletion, a new record, and an agreement.
fn everything() -> Plan {
    let mut scene = firms(2);
    scene.policy.deletes = Deletes::Approve;
    scene.edit(Side::Right, "name", "Alfa A/S");
    scene.observed.records.left.get_mut(&other(2).left).expect("it is there").deleted = true;
    scene.record(Side::Left, &other(3).left).fields.set("Size", sync_model::Value::text("L"));
    scene.record(Side::Right, &other(3).right).fields.set("size", sync_model::Value::text("big"));
    scene.put(Side::Left, &other(9).left, fields(&LEFT));
    let asked = scene.plan();
    let approved = only(&asked).decided_by(Reply::Approve).expect("a deletion can be approved");
    scene.decided(approved).plan()
}

#[test]
fn what_is_our_own_comes_first_and_deletions_come_last() {
    let plan = everything();
    let order: Vec<_> = plan.steps.iter().map(|step| what(&step.action)).collect();
    assert_eq!(order, ["settle", "make", "change", "delete"], "{plan:#?}");
}

#[test]
fn a_plan_counts_its_writes_by_the_system_that_gets_them() {
    let plan = everything();
    assert_eq!(plan.write_counts(), Sides::new(1, 2));
    assert!(!plan.writes_nothing() && linked().plan().writes_nothing());
    let marks: Vec<_> = plan.writes().map(|write| write.mark().map(|mark| mark.as_str().to_owned())).collect();
    assert_eq!(marks, [Some("9".to_owned()), None, None], "only what is made bears our sign");
    let expected: Vec<_> = plan.writes().map(|write| write.expected().map(|it| it.as_str().to_owned())).collect();
    assert_eq!(expected, [None, Some("1".to_owned()), Some("1".to_owned())], "what stands there must stand as it was");
    let kinds: Vec<_> = plan.writes().map(|write| write.kind().as_str()).collect();
    assert_eq!(kinds, ["Accounts", "contact", "Accounts"]);
    let targets: Vec<_> = plan.writes().map(|write| write.target().cloned()).collect();
    assert_eq!(targets, [None, Some(keys().left), Some(other(2).right)]);
}

#[test]
fn only_a_deletion_that_is_kept_is_told_without_waiting_for_anybody() {
    let mut scene = linked();
    scene.direct("name", Some(Direction::TwoWay { priority: Priority::Ask }));
    scene.edit(Side::Left, "Name", "left");
    scene.edit(Side::Right, "name", "right");
    let plan = scene.plan();
    assert!(matter(&plan).is_conflict() && !matter(&plan).is_notice());
    assert!(plan.quiet.is_empty(), "what waits for somebody does not rest");

    let mut deleted = linked();
    deleted.observed.records.left.get_mut(&keys().left).unwrap().deleted = true;
    let plan = deleted.plan();
    assert_eq!(*matter(&plan), Matter::Deleted { side: Side::Left });
    assert!(matter(&plan).is_notice() && !matter(&plan).is_conflict());
    assert_eq!(plan.quiet.len(), 2, "its link has ended");
}

#[test]
fn p26_links_made_after_a_loss_are_reviewed() {
    let made = |change: &dyn Fn(&mut Scene)| -> Link {
        let mut scene = stage();
        scene.put(Side::Left, &keys().left, fields(&LEFT));
        scene.put(Side::Right, &keys().right, fields(&RIGHT));
        change(&mut scene);
        let scene = scene.decided([reconcile::Decision::Same(keys())]);
        let plan = scene.plan();
        let tied = plan.steps.iter().find_map(|step| match &step.action {
            Action::Tie(link) => Some(link.clone()),
            Action::Settle { .. } | Action::Retire { .. } | Action::Write(_) => None,
        });
        tied.expect("a person called them the same")
    };
    assert!(!made(&|_| {}).review);
    assert!(made(&|scene| scene.policy.earlier_life = true).review, "it is known");
    assert!(made(&|scene| scene.mark(Side::Left, &keys().left, "11x1")).review, "a mark proves it");
}
