//! Decisions as they are given and taken back, whatever they are about.

use reconcile::{Answer, Choice, Correction, Decision, Decisions, Deletion, GuardedStep};
use sync_model::{Fingerprint, Revision, Side, Sides, Value};

use crate::small::{key, keys};

fn digest(of: &str) -> Fingerprint {
    Fingerprint::of([of.as_bytes().to_vec()])
}

fn choice(take: Side) -> Decision {
    let value = |text: &str| Some(Value::text(text));
    let (base, now) = (Sides::new(value("base"), None), Sides::new(value("left"), value("right")));
    Decision::Choice(Choice { keys: keys(1), field: "one".into(), base, now, take })
}

fn deletion(answer: Answer) -> Decision {
    let revisions = Sides::new(Revision::new("1"), Revision::new("2"));
    Decision::Deletion(Deletion { keys: keys(1), side: Side::Left, revisions, edited: Vec::new() }, answer)
}

fn guarded(answer: Answer) -> Decision {
    Decision::Guarded(GuardedStep { records: vec![(Side::Right, key(Side::Right, 1))], digest: digest("step") }, answer)
}

fn correction(answer: Answer) -> Decision {
    Decision::Correction(Correction { keys: keys(1), again: true, shown: digest("edits") }, answer)
}

/// What is said, and what else can be said about the same.
fn all() -> [(Decision, Decision); 6] {
    let [yes, no] = [Answer::Approved, Answer::Rejected];
    [
        (Decision::Same(keys(1)), Decision::Different(keys(1))),
        (Decision::Ignored(Side::Left, key(Side::Left, 1)), Decision::Same(keys(1))),
        (choice(Side::Left), choice(Side::Right)),
        (deletion(yes), deletion(no)),
        (guarded(yes), guarded(no)),
        (correction(yes), correction(no)),
    ]
}

#[test]
fn the_last_word_about_a_thing_is_in_force_and_only_it_can_be_taken_back() {
    for (one, other) in all() {
        let mut decisions = Decisions::default();
        for [said, unsaid] in [[&one, &other], [&other, &one]] {
            decisions.give(said.clone());
            assert!(decisions.holds(said) && !decisions.holds(unsaid), "{said:?}");
            assert_eq!(decisions.in_force().collect::<Vec<_>>(), std::slice::from_ref(said));
            decisions.withdraw(unsaid);
            assert!(decisions.holds(said), "{said:?}");
        }
        decisions.withdraw(&other);
        assert_eq!(decisions, Decisions::default(), "{other:?}");
        decisions.withdraw(&other);
        assert_eq!(decisions, Decisions::default());
    }
}

#[test]
fn decisions_about_different_things_stand_beside_each_other() {
    let said = [
        Decision::Different(keys(2)),
        Decision::Same(keys(3)),
        Decision::Ignored(Side::Right, key(Side::Right, 1)),
        choice(Side::Left),
        deletion(Answer::Rejected),
        guarded(Answer::Approved),
        correction(Answer::Rejected),
    ];
    let decisions: Decisions = said.iter().cloned().collect();
    assert!(said.iter().all(|decision| decisions.holds(decision)));
    let mut in_force: Vec<_> = decisions.in_force().collect();
    in_force.retain(|decision| !said.contains(decision));
    assert_eq!((decisions.in_force().count(), in_force), (said.len(), Vec::new()));
    let again: Decisions = decisions.in_force().collect();
    assert_eq!(again, decisions);
    for decision in &said {
        let mut without = decisions.clone();
        without.withdraw(decision);
        assert_eq!(without.in_force().count(), said.len() - 1, "{decision:?}");
        assert!(!without.holds(decision));
    }
}

#[test]
fn p21_a_record_is_the_same_thing_as_one_other_at_most() {
    let same = |left, right| Decision::Same(Sides::new(key(Side::Left, left), key(Side::Right, right)));
    let mut decisions = Decisions::default();
    for said in [same(1, 1), same(2, 2), Decision::Different(Sides::new(key(Side::Left, 1), key(Side::Right, 3)))] {
        decisions.give(said);
    }
    decisions.give(same(1, 2));
    let left = [same(1, 2), Decision::Different(Sides::new(key(Side::Left, 1), key(Side::Right, 3)))];
    assert_eq!(decisions.in_force().collect::<Vec<_>>(), left, "a word that two are different stands");

    decisions.give(Decision::Ignored(Side::Left, key(Side::Left, 2)));
    assert!(decisions.holds(&same(1, 2)), "another record");
    decisions.give(Decision::Ignored(Side::Right, key(Side::Right, 1)));
    assert!(decisions.holds(&same(1, 2)), "of one number, on the other side");
    decisions.give(Decision::Ignored(Side::Right, key(Side::Right, 2)));
    assert!(!decisions.holds(&same(1, 2)), "what is left alone is nobody's counterpart");
    assert_eq!(decisions.ignored(Side::Left).len() + decisions.ignored(Side::Right).len(), 3);
}

#[test]
fn every_decision_names_the_records_that_are_looked_at_again() {
    let both = vec![(Side::Left, key(Side::Left, 1)), (Side::Right, key(Side::Right, 1))];
    let about = [
        Decision::Same(keys(1)),
        Decision::Different(keys(1)),
        choice(Side::Left),
        deletion(Answer::Approved),
        correction(Answer::Approved),
    ];
    for decision in about {
        assert_eq!(decision.records(), both, "{decision:?}");
    }
    assert_eq!(guarded(Answer::Approved).records(), [(Side::Right, key(Side::Right, 1))]);
    let ignored = Decision::Ignored(Side::Left, key(Side::Left, 1));
    assert_eq!(ignored.records(), [(Side::Left, key(Side::Left, 1))]);
}
