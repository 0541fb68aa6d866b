//! What a person decides: followed to the letter where it still applies, and nowhere else.

use proptest::prelude::*;
use reconcile::{
    Action, Answer, Decision, Decisions, Deletes, Finding, Guarded, Guards, Matter, Observed, Plan, Policy, Reply,
    Rule, Write, WriteChange, plan,
};
use sync_model::{Evidence, LinkId, Mark, RecordKey, Revision, Side, Sides, Value};

use crate::scene::{self, only, ties};
use crate::small::{key, keys, link, module, record, see};

fn policy() -> Policy {
    Policy { deletes: Deletes::Approve, ..scene::policy() }
}

fn text(value: &str) -> Option<Value> {
    Some(Value::text(value))
}

/// Records of both sides, unlinked, with these keys to match by.
fn unlinked(left: &[(u32, &str)], right: &[(u32, &str)]) -> Observed {
    let mut observed = Observed::default();
    for (side, all) in [(Side::Left, left), (Side::Right, right)] {
        for (n, shared) in all {
            let mut record = record(side, *n, [text("one"), text("two")]);
            let name = if side == Side::Left { "Key" } else { "key" };
            record.fields.set(name, Value::text(*shared));
            see(&mut observed, side, record, false);
        }
    }
    observed
}

/// A linked pair that both sides edited in both fields.
fn in_conflict(left: [&str; 2], right: [&str; 2]) -> Observed {
    let mut observed = Observed::default();
    see(&mut observed, Side::Left, record(Side::Left, 1, left.map(text)), false);
    see(&mut observed, Side::Right, record(Side::Right, 1, right.map(text)), false);
    observed.links.push((LinkId(1), link(&module(), 1, Some([Value::text("base"), Value::text("base")]), false)));
    observed
}

fn planned(observed: &Observed) -> Plan {
    plan(&module(), observed, &policy())
}

fn decided(mut observed: Observed, decisions: Vec<Decision>) -> Observed {
    observed.decisions = decisions.into_iter().collect();
    observed
}

fn born(plan: &Plan) -> Vec<(Side, RecordKey)> {
    let source = |write: &Write| match &write.change {
        WriteChange::Create { source, .. } => Some((write.side, source.clone())),
        WriteChange::Update { .. } | WriteChange::Delete { .. } => None,
    };
    plan.writes().filter_map(source).collect()
}

#[test]
fn p21_an_ambiguous_group_is_linked_as_a_person_says_and_the_rest_of_it_is_asked_about_again() {
    let observed = unlinked(&[(1, "a")], &[(1, "a"), (2, "a"), (3, "a")]);
    let asked = planned(&observed);
    let Matter::Ambiguous { pairs, .. } = &only(&asked).matter else { panic!() };
    assert_eq!(pairs.len(), 3);

    let pair = Sides::new(key(Side::Left, 1), key(Side::Right, 2));
    let confirmed = planned(&decided(observed.clone(), vec![Decision::Same(pair.clone())]));
    assert_eq!(ties(&confirmed), [(pair.clone(), Evidence::Person)]);

    let denied = planned(&decided(observed.clone(), vec![Decision::Different(pair)]));
    let Matter::Ambiguous { pairs, .. } = &only(&denied).matter else { panic!() };
    assert_eq!(pairs.len(), 2, "the pair is never proposed again");

    let none = only(&planned(&observed)).decided_by(Reply::Reject).unwrap();
    let denied = planned(&decided(observed, none));
    assert!(ties(&denied).is_empty() && denied.findings.is_empty());
    assert_eq!(born(&denied).len(), 4, "what is nobody else's counterpart gets one of its own");
}

#[test]
fn a_record_that_is_ignored_is_neither_linked_nor_made_and_bars_its_double() {
    let observed = unlinked(&[(1, "a"), (2, "b")], &[(1, "a")]);
    let ignored = Decision::Ignored(Side::Left, key(Side::Left, 1));
    let plan = planned(&decided(observed.clone(), vec![ignored.clone()]));
    assert_eq!(ties(&plan), []);
    assert_eq!(born(&plan), [(Side::Right, key(Side::Left, 2))]);
    assert_eq!(plan.quiet, [(Side::Left, key(Side::Left, 1))]);
    let Matter::Duplicate { of, .. } = &only(&plan).matter else { panic!("{plan:#?}") };
    assert_eq!(*of, key(Side::Left, 1));

    let made_anyway = only(&plan).decided_by(Reply::Approve).unwrap();
    let plan = planned(&decided(observed.clone(), [vec![ignored.clone()], made_anyway].concat()));
    assert_eq!(born(&plan).len(), 2, "{plan:#?}");

    let mut decisions: Decisions = [ignored.clone()].into_iter().collect();
    decisions.withdraw(&ignored);
    let plan = planned(&Observed { decisions, ..observed });
    assert_eq!(ties(&plan).len(), 1, "taken back, it is matched like any other");
}

#[test]
fn a_conflict_is_resolved_field_by_field_and_only_as_it_was_shown() {
    let observed = in_conflict(["left 1", "left 2"], ["right 1", "right 2"]);
    let asked = planned(&observed);
    let one = only(&asked).resolved_by(Side::Left, Some("one")).unwrap();
    let two = only(&asked).resolved_by(Side::Right, Some("two")).unwrap();
    assert_eq!(only(&asked).resolved_by(Side::Left, Some("three")), None);

    let resolved = planned(&decided(observed, [one.clone(), two.clone()].concat()));
    assert!(resolved.findings.is_empty());
    let written: Vec<_> = resolved
        .steps
        .iter()
        .flat_map(|step| &step.why)
        .map(|why| (why.field.as_str(), why.rule, why.write.clone().unwrap()))
        .collect();
    assert_eq!(
        written,
        [
            ("two", Rule::Person(Side::Right), (Side::Left, Value::text("right 2"))),
            ("one", Rule::Person(Side::Left), (Side::Right, Value::text("left 1"))),
        ]
    );

    let edited = in_conflict(["left 1", "left 2"], ["right 1", "right 3"]);
    let plan = planned(&decided(edited, [one, two].concat()));
    let Matter::Conflict { fields } = &only(&plan).matter else { panic!() };
    assert_eq!(fields.len(), 1, "what changed since is asked about again");
    assert_eq!(plan.writes().count(), 1, "and the other field goes on");
}

#[test]
fn p26_what_differs_after_a_lost_database_is_settled_by_a_person() {
    let mut observed = Observed::default();
    let mut marked = record(Side::Left, 1, [text("left"), text("same")]);
    marked.mark = Some(Mark::new("11x1"));
    see(&mut observed, Side::Left, marked, false);
    see(&mut observed, Side::Right, record(Side::Right, 1, [text("right"), text("same")]), false);
    let lost = Policy { earlier_life: true, ..policy() };
    let asked = plan(&module(), &observed, &lost);
    assert_eq!(asked.writes().count(), 0);
    let taken = only(&asked).resolved_by(Side::Right, None).unwrap();
    let resolved = plan(&module(), &decided(observed, taken), &lost);
    let write = resolved.writes().next().unwrap();
    assert_eq!((write.side, write.fields.get("One")), (Side::Left, Some(&Value::text("right"))));
    assert!(resolved.findings.is_empty());
}

/// `count` linked pairs whose left record was deleted.
fn mass_deletion(count: u32) -> Observed {
    let mut observed = Observed::default();
    for n in 1..=count {
        for side in Side::BOTH {
            see(&mut observed, side, record(side, n, [text("base"), text("base")]), side == Side::Left);
        }
        let base = Some([Value::text("base"), Value::text("base")]);
        observed.links.push((LinkId(i64::from(n)), link(&module(), n, base, false)));
    }
    observed
}

#[test]
fn p28_a_mass_deletion_goes_on_as_it_was_shown_and_what_came_after_waits() {
    let keep = Policy { deletes: Deletes::Keep, ..policy() };
    let shown = plan(&module(), &mass_deletion(20), &keep);
    assert_eq!((shown.steps.len(), shown.findings.len()), (0, 20));
    let approved: Vec<_> = shown.findings.iter().flat_map(|it| it.decided_by(Reply::Approve).unwrap()).collect();
    let grown = plan(&module(), &decided(mass_deletion(40), approved.clone()), &keep);
    assert_eq!(grown.steps.len(), 20, "what was shown is let through");
    let held = grown.findings.iter().filter(|it| matches!(it.matter, Matter::Guarded { .. }));
    assert_eq!(held.count(), 20, "what was not is held");

    let mut later = decided(mass_deletion(20), approved);
    for seen in later.records.right.values_mut() {
        seen.record.revision = Revision::new("2");
    }
    let changed = plan(&module(), &later, &keep);
    assert_eq!(changed.steps.len(), 0, "records that changed since are another question");

    let rejected = shown.findings.iter().flat_map(|it| it.decided_by(Reply::Reject).unwrap()).collect();
    let back = plan(&module(), &decided(mass_deletion(20), rejected), &keep);
    assert!(back.steps.is_empty() && back.findings.iter().all(|it| it.matter.is_notice()));
    assert_eq!(back.quiet.len(), 40, "it rests until one of the records changes");
}

#[test]
fn p28_each_deletion_is_answered_for_itself() {
    let shown = planned(&mass_deletion(20));
    assert!(shown.findings.iter().all(|it| matches!(it.matter, Matter::Deletion { .. })));
    let answers = |reply: Reply| shown.findings.iter().flat_map(move |it| it.decided_by(reply).unwrap());
    let approved = planned(&decided(mass_deletion(20), answers(Reply::Approve).collect()));
    assert_eq!(approved.writes().count(), 20);
    let rejected = planned(&decided(mass_deletion(20), answers(Reply::Reject).collect()));
    assert_eq!((rejected.writes().count(), rejected.steps.len()), (0, 20));
}

#[test]
fn p29_an_edit_after_a_deletion_is_part_of_the_question() {
    let mut observed = mass_deletion(1);
    let plain = only(&planned(&observed)).decided_by(Reply::Approve).unwrap();
    let edited = observed.records.right.values_mut().next().unwrap();
    edited.record.fields.set("one", Value::text("an edit"));
    let asked = planned(&decided(observed.clone(), plain));
    let finding = only(&asked);
    assert!(matches!(finding.matter, Matter::EditedAfterDeletion { .. }), "{finding:?}");
    let gone = planned(&decided(observed.clone(), finding.decided_by(Reply::Approve).unwrap()));
    assert!(matches!(gone.writes().next().unwrap().change, WriteChange::Delete { .. }));
    let kept = planned(&decided(observed, finding.decided_by(Reply::Reject).unwrap()));
    assert!(matches!(kept.steps[0].action, Action::Retire { .. }));
}

#[test]
fn new_records_in_masses_wait_for_a_person() {
    let left: Vec<_> = (1..=4).map(|n| (n, ["a", "b", "c", "d"][n as usize - 1])).collect();
    let observed = unlinked(&left, &[(9, "z")]);
    let capped = Policy { guards: Guards { creates: 3, ..Guards::default() }, ..policy() };
    let shown = plan(&module(), &observed, &capped);
    assert_eq!(born(&shown), [(Side::Left, key(Side::Right, 9))], "the other side's are not too many");
    let held = |finding: &&Finding| matches!(finding.matter, Matter::Guarded { what: Guarded::Creates, count: 4, .. });
    assert_eq!(shown.findings.iter().filter(held).count(), 4);
    let approved = shown.findings.iter().flat_map(|it| it.decided_by(Reply::Approve).unwrap()).collect();
    assert_eq!(born(&plan(&module(), &decided(observed, approved), &capped)).len(), 5);
}

/// Any word about three records of each side.
fn word() -> impl Strategy<Value = Decision> {
    let pair =
        (1..4_u32, 1..4_u32).prop_map(|(left, right)| Sides::new(key(Side::Left, left), key(Side::Right, right)));
    let side = prop_oneof![Just(Side::Left), Just(Side::Right)];
    prop_oneof![
        3 => pair.clone().prop_map(Decision::Same),
        2 => pair.prop_map(Decision::Different),
        1 => (side, 1..4_u32).prop_map(|(side, n)| Decision::Ignored(side, key(side, n))),
    ]
}

proptest! {
    #[test]
    fn p21_whatever_persons_say_links_are_one_to_one(
        words in proptest::collection::vec((word(), any::<bool>()), 0..24),
        shared in proptest::collection::vec(0..3_usize, 6),
    ) {
        let names = ["a", "b", "c"];
        let side = |from: usize| -> Vec<(u32, &str)> { (1..=3).map(|n| (n, names[shared[from + n as usize - 1]])).collect() };
        let mut observed = unlinked(&side(0), &side(3));
        for (decision, given) in &words {
            if *given { observed.decisions.give(decision.clone()) } else { observed.decisions.withdraw(decision) }
        }
        let plan = planned(&observed);
        let mut taken: Vec<_> = ties(&plan).iter().flat_map(|(keys, _)| keys.iter().map(|(side, key)| (side, key.clone())).collect::<Vec<_>>()).collect();
        taken.extend(born(&plan).into_iter().map(|(target, key)| (target.other(), key)));
        let count = taken.len();
        taken.sort();
        taken.dedup();
        prop_assert_eq!(taken.len(), count, "no record is linked or carried over twice");
        for decision in observed.decisions.in_force() {
            match decision {
                Decision::Different(keys) => prop_assert!(ties(&plan).iter().all(|(tied, _)| *tied != keys)),
                Decision::Ignored(side, key) => prop_assert!(!taken.contains(&(side, key))),
                Decision::Same(keys) => prop_assert!(ties(&plan).iter().any(|(tied, _)| *tied == keys)),
                Decision::Choice(_) | Decision::Deletion(..) | Decision::Guarded(..) | Decision::Correction(..) => {}
            }
        }
    }

    #[test]
    fn p3_what_is_in_force_is_part_of_what_a_plan_was_made_from(words in proptest::collection::vec(word(), 1..8)) {
        let observed = unlinked(&[(1, "a"), (2, "b"), (3, "c")], &[(1, "a"), (2, "b"), (3, "c")]);
        let decisions: Decisions = words.iter().cloned().collect();
        let with = planned(&Observed { decisions: decisions.clone(), ..observed.clone() });
        prop_assert_ne!(planned(&observed).basis, with.basis.clone());
        let again: Decisions = decisions.in_force().collect();
        prop_assert_eq!(planned(&Observed { decisions: again, ..observed }), with);
    }
}

#[test]
fn answers_are_bound_to_keys() {
    let all = [Answer::Approved, Answer::Rejected];
    let shown = planned(&mass_deletion(1));
    let Matter::Deletion { deletion } = &only(&shown).matter else { panic!() };
    assert_eq!(deletion.keys, keys(1));
    let mut decisions = Decisions::default();
    for answer in all {
        decisions.give(Decision::Deletion(deletion.clone(), answer));
        assert!(decisions.holds(&Decision::Deletion(deletion.clone(), answer)), "the last word counts");
    }
    decisions.withdraw(&Decision::Deletion(deletion.clone(), Answer::Approved));
    assert!(
        decisions.holds(&Decision::Deletion(deletion.clone(), Answer::Rejected)),
        "only the word in force is taken back"
    );
}
