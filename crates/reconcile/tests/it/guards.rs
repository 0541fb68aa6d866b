//! When something looks like an accident: exactly from which number on, and what is counted.

use reconcile::{Bound, Guarded, Guards, Matter, Observed, Plan, Reply, plan};
use rstest::rstest;
use sync_model::{LinkId, LinkState, Module, Retired, Side, Sides, Value};

use crate::scene::Scene;
use crate::small::{key, link, module, record, see};
use crate::{firm, scene};

/// `linked` pairs, of which the first `edited` were edited on the left and the `deleted` after them deleted there.
fn world(linked: u32, edited: u32, deleted: u32) -> Observed {
    let mut observed = Observed::default();
    let base = || Some(Value::text("base"));
    for n in 1..=linked {
        let left = if n <= edited { [Some(Value::text("edit")), base()] } else { [base(), base()] };
        see(&mut observed, Side::Left, record(Side::Left, n, left), n > edited && n <= edited + deleted);
        see(&mut observed, Side::Right, record(Side::Right, n, [base(), base()]), false);
        let settled = Some([Value::text("base"), Value::text("base")]);
        observed.links.push((LinkId(n.into()), link(&module(), n, settled, false)));
    }
    observed
}

fn guarded(observed: &Observed, guards: Guards) -> Plan {
    let policy = reconcile::Policy { guards, ..scene::policy() };
    plan(&module(), observed, &policy)
}

fn held(plan: &Plan, guard: Guarded) -> usize {
    let of = |matter: &Matter| matches!(matter, Matter::Guarded { what, .. } if *what == guard);
    plan.findings.iter().filter(|finding| of(&finding.matter)).count()
}

#[rstest]
#[case::few(5, 5, 0)]
#[case::one_too_many(6, 6, 6)]
#[case::no_more_than_the_share(6, 60, 0)]
#[case::more_than_the_share(6, 59, 6)]
fn p28_deletions_are_held_from_their_bounds_on(#[case] deleted: u32, #[case] linked: u32, #[case] expected: usize) {
    let guards = Guards { deletions: Bound { records: 5, percent: 10 }, ..Guards::default() };
    let plan = guarded(&world(linked, 0, deleted), guards);
    assert_eq!(held(&plan, Guarded::Deletions), expected);
    assert_eq!(plan.steps.len(), if expected == 0 { deleted as usize } else { 0 });
}

#[rstest]
#[case::few(3, 3, 0)]
#[case::no_more_than_the_share(4, 8, 0)]
#[case::more_than_the_share(4, 7, 4)]
fn changes_are_held_from_their_bounds_on(#[case] edited: u32, #[case] linked: u32, #[case] expected: usize) {
    let guards = Guards { changes: Bound { records: 3, percent: 50 }, ..Guards::default() };
    let plan = guarded(&world(linked, edited, 0), guards);
    assert_eq!(held(&plan, Guarded::Changes), expected);
    assert_eq!(plan.writes().count(), if expected == 0 { edited as usize } else { 0 });
}

#[test]
fn only_what_looks_like_an_accident_is_held_and_said_with_its_numbers() {
    let guards =
        Guards { deletions: Bound { records: 2, percent: 10 }, changes: Bound { records: 9, percent: 50 }, creates: 1 };
    let mut observed = world(10, 4, 3);
    for n in [21, 22] {
        see(&mut observed, Side::Right, record(Side::Right, n, [None, None]), false);
    }
    see(&mut observed, Side::Left, record(Side::Left, 31, [None, None]), false);
    let plan = guarded(&observed, guards);
    let told: Vec<_> = plan
        .findings
        .iter()
        .filter_map(|finding| match &finding.matter {
            Matter::Guarded { what, from, count, links, step } => {
                assert_eq!(step.as_ref().unwrap().records, finding.records);
                Some((*what, *from, *count, *links))
            }
            _ => None,
        })
        .collect();
    let deletion = (Guarded::Deletions, Side::Left, 3, 10);
    let create = (Guarded::Creates, Side::Right, 2, 10);
    assert_eq!(told.len(), 5);
    assert!(
        told.iter().filter(|it| **it == deletion).count() == 3 && told.iter().filter(|it| **it == create).count() == 2
    );
    assert_eq!(plan.writes().count(), 5, "four edits, and the one new record of the left");
}

#[test]
fn p28_the_share_is_of_the_active_links_of_the_module() {
    let guards = Guards { deletions: Bound { records: 2, percent: 30 }, ..Guards::default() };
    let mut observed = world(10, 0, 3);
    assert_eq!(held(&guarded(&observed, guards), Guarded::Deletions), 0, "3 of 10 are no more than 30 %");
    let mut ended = observed.clone();
    let at = chrono::DateTime::UNIX_EPOCH;
    ended.links[9].1.state = LinkState::Retired(Retired { deleted_on: Side::Left, at });
    assert_eq!(held(&guarded(&ended, guards), Guarded::Deletions), 3);
    observed.links[9].1.module = Module::new("products");
    assert_eq!(held(&guarded(&observed, guards), Guarded::Deletions), 3);
}

#[test]
fn what_went_on_both_sides_is_no_accident() {
    let mut observed = world(3, 0, 3);
    for seen in observed.records.right.values_mut().take(2) {
        seen.deleted = true;
    }
    let guards = Guards { deletions: Bound { records: 0, percent: 0 }, ..Guards::default() };
    let plan = guarded(&observed, guards);
    assert_eq!((held(&plan, Guarded::Deletions), plan.steps.len()), (1, 2));
}

#[test]
fn what_fills_in_or_was_decided_is_no_storm() {
    let guards = Guards { changes: Bound { records: 0, percent: 0 }, ..Guards::default() };
    let storm = |change: &dyn Fn(&mut Scene)| {
        let mut scene = firm::linked();
        scene.policy.guards = guards;
        scene.edit(Side::Left, "Name", "Alfa A/S");
        change(&mut scene);
        scene
    };
    assert_eq!(held(&storm(&|_| {}).plan(), Guarded::Changes), 1);
    let fills = storm(&|scene| {
        let values = &mut scene.observed.links[0].1.baseline.as_mut().unwrap().values;
        values.left.remove("name");
    });
    assert_eq!((held(&fills.plan(), Guarded::Changes), fills.plan().writes().count()), (0, 1));

    let asks = storm(&|scene| {
        scene.direct("name", Some(field_mapping::Direction::TwoWay { priority: field_mapping::Priority::Ask }));
        scene.edit(Side::Right, "name", "Alfa ApS");
    });
    let conflict = asks.plan();
    let decisions = scene::only(&conflict).resolved_by(Side::Left, None).unwrap();
    let decided = asks.decided(decisions).plan();
    assert_eq!((held(&decided, Guarded::Changes), decided.writes().count()), (0, 1));
}

#[test]
fn a_person_lets_a_held_step_through_or_holds_it_back_for_good() {
    let guards = Guards { changes: Bound { records: 0, percent: 0 }, ..Guards::default() };
    let mut scene = firm::linked();
    scene.policy.guards = guards;
    scene.edit(Side::Left, "Name", "Alfa A/S");
    let shown = scene.plan();
    let through = scene.decided(scene::only(&shown).decided_by(Reply::Approve).unwrap()).plan();
    assert_eq!((through.writes().count(), through.findings.len()), (1, 0));
    let back = scene.decided(scene::only(&shown).decided_by(Reply::Reject).unwrap());
    let plan = back.plan();
    assert!(plan.steps.is_empty());
    assert_eq!(*scene::matter(&plan), Matter::HeldBack { what: Guarded::Changes, from: Side::Left });
    let mut resting = plan.quiet.clone();
    resting.sort();
    assert_eq!(resting, [(Side::Left, firm::keys().left), (Side::Right, firm::keys().right)]);

    // What was said holds on, also where so few steps would not have been asked about.
    let mut calm = back.clone();
    calm.policy.guards = Guards::default();
    let plan = calm.plan();
    assert!(plan.steps.is_empty());
    assert_eq!(*scene::matter(&plan), Matter::HeldBack { what: Guarded::Changes, from: Side::Left });

    let mut later = back;
    later.edit(Side::Left, "Name", "Alfa Holding A/S");
    assert_eq!(held(&later.plan(), Guarded::Changes), 1, "what came after is another question");
}

#[test]
fn creates_are_held_beyond_their_number_alone() {
    let born = |n: u32| {
        let mut observed = Observed::default();
        for n in 1..=n {
            see(&mut observed, Side::Right, record(Side::Right, n, [None, None]), false);
        }
        let plan = guarded(&observed, Guards { creates: 2, ..Guards::default() });
        (plan.writes().count(), plan.findings.iter().map(|it| it.records.clone()).collect::<Vec<_>>())
    };
    assert_eq!(born(2), (2, Vec::new()));
    assert_eq!(born(3), (0, [1, 2, 3].map(|n| vec![(Side::Right, key(Side::Right, n))]).to_vec()));
    let Sides { left, right } = scene::policy().creates;
    assert!(left && right);
}
