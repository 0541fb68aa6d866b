//! Who finds whom: marks, rules, likeness, a person's word, and what stands in the way of a second record.

use reconcile::{Decision, Finding, Matter, Plan, Reply, WriteChange, belonging, proves_earlier_life};
use sync_model::{Evidence, FieldType, Kind, LinkState, RecordKey, Retired, Side, Sides, Value};

use crate::scene::{Scene, fields, matter, only, texts, ties, writes};

/// Firms and, as a kind of their own, suppliers; whoever has a CVR number is known by it.
const MAPPING: &str = r#"
[[entity]]
module = "organisations"
dinero = "contact"
crm = "Accounts"
[[entity.match]]
name = "cvr"
fields = ["cvr"]
vetoes = true
[[entity.match]]
name = "name+postcode"
fields = ["name", "postcode"]
similar = { field = "name", links = 95, proposes = 70 }
score = 80
[[entity.field]]
name = "name"
dinero = "Name"
crm = "name"
[[entity.field]]
name = "cvr"
dinero = "Cvr"
crm = "cvr"
[[entity.field]]
name = "postcode"
dinero = "Zip"
crm = "zip"
[[entity.field]]
name = "owner"
dinero = "Owner"
crm = "owner"
translate = "reference"

[[entity]]
module = "organisations"
dinero = "supplier"
crm = "Vendors"
makes = []
[[entity.field]]
name = "name"
dinero = "Name"
crm = "name"
[[entity.field]]
name = "cvr"
dinero = "Cvr"
crm = "cvr"
"#;

fn scene() -> Scene {
    let owner =
        |name, kinds: &[&str]| (name, FieldType::Reference(kinds.iter().map(|kind| Kind::new(*kind)).collect()));
    let firm = |names: [&'static str; 3], owner| texts(&names).into_iter().chain([owner]).collect::<Vec<_>>();
    let left = [
        ("contact", firm(["Name", "Cvr", "Zip"], owner("Owner", &["contact", "supplier"]))),
        ("supplier", texts(&["Name", "Cvr"])),
    ];
    let right = [
        ("Accounts", firm(["name", "cvr", "zip"], owner("owner", &["Accounts", "Vendors", "Users"]))),
        ("Vendors", texts(&["name", "cvr"])),
    ];
    Scene::set("organisations", MAPPING, Sides::new(&left, &right), [])
}

fn firm(side: Side, n: u32) -> RecordKey {
    match side {
        Side::Left => RecordKey::new("contact", n.to_string().as_str()),
        Side::Right => RecordKey::new("Accounts", format!("11x{n}").as_str()),
    }
}

fn supplier(side: Side, n: u32) -> RecordKey {
    let key = firm(side, n);
    RecordKey::new(if side == Side::Left { "supplier" } else { "Vendors" }, key.id.as_str())
}

fn keys(left: u32, right: u32) -> Sides<RecordKey> {
    Sides::new(firm(Side::Left, left), firm(Side::Right, right))
}

/// What a record shows: its name, its CVR number and its postcode.
type Shown = (Side, RecordKey, [&'static str; 3]);

fn left(n: u32, shown: [&'static str; 3]) -> Shown {
    (Side::Left, firm(Side::Left, n), shown)
}

fn right(n: u32, shown: [&'static str; 3]) -> Shown {
    (Side::Right, firm(Side::Right, n), shown)
}

fn with(records: &[Shown]) -> Scene {
    let mut scene = scene();
    for (side, key, [name, cvr, postcode]) in records {
        let all = match side {
            Side::Left => [("Name", *name), ("Cvr", *cvr), ("Zip", *postcode)],
            Side::Right => [("name", *name), ("cvr", *cvr), ("zip", *postcode)],
        };
        scene.put(*side, key, fields(&all));
    }
    scene
}

/// From which records new ones are made.
fn made_from(plan: &Plan) -> Vec<RecordKey> {
    let source = |change: &WriteChange| match change {
        WriteChange::Create { source, .. } => Some(source.clone()),
        WriteChange::Update { .. } | WriteChange::Delete { .. } => None,
    };
    let mut all: Vec<_> = writes(plan).iter().filter_map(|write| source(&write.change)).collect();
    all.sort();
    all
}

/// Of which record the told one is the double, and by which rule.
fn double(finding: &Finding) -> (&RecordKey, &str, &RecordKey) {
    let Matter::Duplicate { of, rule, .. } = &finding.matter else { panic!("{finding:?}") };
    let [(_, key)] = finding.records.as_slice() else { panic!("{finding:?}") };
    (key, rule, of)
}

/// The pairs that a person is asked about, with their scores.
fn asked(finding: &Finding) -> (&str, Vec<(Sides<RecordKey>, u8)>) {
    let Matter::Ambiguous { rule, pairs, .. } = &finding.matter else { panic!("{finding:?}") };
    (rule, pairs.iter().map(|pair| (pair.keys.clone(), pair.score)).collect())
}

#[test]
fn p21_a_mark_links_with_the_record_that_it_names_on_either_side() {
    for side in Side::BOTH {
        let mut scene = with(&[left(1, ["Alfa", "1", ""]), right(1, ["Beta", "2", ""])]);
        let (own, other) = (firm(side, 1), firm(side.other(), 1));
        scene.mark(side, &own, other.id.as_str());
        assert_eq!(ties(&scene.plan()), [(keys(1, 1), Evidence::Mark(side))]);

        let different = scene.decided([Decision::Different(keys(1, 1))]).plan();
        assert_eq!(made_from(&different), [firm(Side::Right, 1), firm(Side::Left, 1)], "a person knows better");
    }
}

#[test]
fn a_mark_that_names_a_record_of_another_kind_means_nothing() {
    let mut scene = with(&[left(1, ["Alfa", "", ""])]);
    scene.put(Side::Right, &supplier(Side::Right, 1), fields(&[("name", "Alfa"), ("cvr", "")]));
    scene.mark(Side::Left, &firm(Side::Left, 1), "11x1");
    let plan = scene.plan();
    assert!(ties(&plan).is_empty() && plan.findings.is_empty());
    assert_eq!(made_from(&plan), [firm(Side::Left, 1)], "and nothing is made of suppliers");
    assert_eq!(plan.quiet, [(Side::Right, supplier(Side::Right, 1))]);
}

#[test]
fn p21_several_marks_that_name_one_record_are_asked_about() {
    for side in Side::BOTH {
        let alone = |n| (side, firm(side, n), ["Alfa", "", ""]);
        let mut scene = with(&[alone(1), alone(2), (side.other(), firm(side.other(), 7), ["Alfa", "", ""])]);
        let named = firm(side.other(), 7);
        for n in [1, 2] {
            scene.mark(side, &firm(side, n), named.id.as_str());
        }
        let plan = scene.plan();
        assert!(plan.steps.is_empty(), "{plan:#?}");
        let pair = |n| if side == Side::Left { keys(n, 7) } else { keys(7, n) };
        assert_eq!(asked(only(&plan)), ("mark", vec![(pair(1), 100), (pair(2), 100)]));
        let Matter::Ambiguous { value, .. } = matter(&plan) else { panic!() };
        assert_eq!((only(&plan).records.len(), value.as_str()), (3, named.id.as_str()));
    }
}

#[test]
fn p22_a_mark_that_names_a_record_with_a_partner_is_of_a_double() {
    for side in Side::BOTH {
        let mut scene = with(&[left(1, ["Alfa", "", ""]), right(1, ["Alfa", "", ""])]);
        let second = firm(side, 2);
        scene.put(side, &second, fields(&[(if side == Side::Left { "Name" } else { "name" }, "Alfa")]));
        scene.mark(side, &second, firm(side.other(), 1).id.as_str());

        let mut linked = scene.clone();
        linked.agree(&keys(1, 1));
        let plan = linked.plan();
        assert_eq!(double(only(&plan)), (&second, "mark", &firm(side.other(), 1)));
        assert!(made_from(&plan).is_empty());

        let plan = scene.decided([Decision::Same(keys(1, 1))]).plan();
        assert_eq!(ties(&plan), [(keys(1, 1), Evidence::Person)]);
        assert_eq!(double(only(&plan)), (&second, "mark", &firm(side.other(), 1)), "also where it only gets one now");
        assert!(made_from(&plan).is_empty());
    }
}

#[test]
fn p21_a_person_links_only_what_is_there_without_a_partner_and_can_be_one_thing() {
    let both = [left(1, ["Alfa", "", ""]), right(1, ["Beta", "", ""]), right(2, ["Gamma", "", ""])];
    let same = |right| Decision::Same(keys(1, right));
    assert_eq!(ties(&with(&both).decided([same(1)]).plan()), [(keys(1, 1), Evidence::Person)]);
    assert!(ties(&with(&both).decided([same(9)]).plan()).is_empty(), "it is not there");
    assert!(ties(&with(&both[1..]).decided([same(1)]).plan()).is_empty(), "it is not there on the left");

    let mut linked = with(&both);
    linked.agree(&keys(1, 2));
    assert!(ties(&linked.decided([same(1)]).plan()).is_empty(), "it has a partner");

    let mut other_kind = with(&both);
    other_kind.put(Side::Right, &supplier(Side::Right, 5), fields(&[("name", "Alfa")]));
    let pair = Sides::new(firm(Side::Left, 1), supplier(Side::Right, 5));
    assert!(ties(&other_kind.decided([Decision::Same(pair)]).plan()).is_empty(), "no mapping takes the two together");
}

#[test]
fn p21_a_strong_rule_links_and_forbids_what_weaker_ones_would_link() {
    let alike = |cvr: [&'static str; 2]| with(&[left(1, ["Alfa", cvr[0], "8000"]), right(1, ["Alfa", cvr[1], "8000"])]);
    let rule =
        |name: &str, value: &str, score| Evidence::Rule { rule: name.to_owned(), value: value.to_owned(), score };
    assert_eq!(ties(&alike(["12", "12"]).plan()), [(keys(1, 1), rule("cvr", "12", 100))]);
    assert_eq!(ties(&alike(["", "12"]).plan()), [(keys(1, 1), rule("name+postcode", "Alfa, 8000", 80))]);
    assert_eq!(ties(&alike(["12", ""]).plan()).len(), 1, "a missing number proves nothing");
    let moved = with(&[left(1, ["Alfa", "12", "8000"]), right(1, ["Beta", "12", "9000"])]);
    assert_eq!(ties(&moved.plan()).len(), 1, "a weak rule forbids nothing");
    let plan = alike(["12", "13"]).plan();
    assert!(ties(&plan).is_empty() && plan.findings.is_empty());
    assert_eq!(made_from(&plan).len(), 2);
    let different = alike(["12", "12"]).decided([Decision::Different(keys(1, 1))]).plan();
    assert!(ties(&different).is_empty() && different.findings.is_empty());
}

#[test]
fn records_of_kinds_that_no_mapping_takes_together_are_never_linked() {
    let mut scene = with(&[left(1, ["Alfa", "12", ""])]);
    scene.put(Side::Right, &supplier(Side::Right, 1), fields(&[("name", "Alfa"), ("cvr", "12")]));
    let plan = scene.plan();
    assert!(ties(&plan).is_empty() && plan.findings.is_empty());
    scene.put(Side::Left, &supplier(Side::Left, 4), fields(&[("Name", "Alfa"), ("Cvr", "12")]));
    let pair = Sides::new(supplier(Side::Left, 4), supplier(Side::Right, 1));
    assert_eq!(ties(&scene.plan()).into_iter().map(|it| it.0).collect::<Vec<_>>(), [pair]);
}

#[test]
fn p21_what_is_only_alike_is_asked_about_and_what_is_not_goes_its_way() {
    let named = |name| with(&[left(1, ["Jensen og Sønner", "", "8000"]), right(1, [name, "", "8000"])]);
    let plan = named("Jensen og Sønnen").plan();
    let (rule, pairs) = asked(only(&plan));
    assert_eq!((rule, pairs.len(), &pairs[0].0), ("name+postcode", 1, &keys(1, 1)));
    assert!((56..80).contains(&pairs[0].1), "80 % of a likeness from 70 on: {}", pairs[0].1);
    assert!(plan.steps.is_empty());
    let same = only(&plan).decided_by(Reply::Approve).expect("there is one pair to say yes to");
    assert_eq!(ties(&named("Jensen og Sønnen").decided(same).plan()), [(keys(1, 1), Evidence::Person)]);
    let plan = named("Bageriet").plan();
    assert_eq!((made_from(&plan).len(), plan.findings.len()), (2, 0));
    let apart = with(&[left(1, ["Jensen", "", "8000"]), right(1, ["Jensen", "", "9000"])]).plan();
    assert_eq!((made_from(&apart).len(), apart.findings.len()), (2, 0));
}

#[test]
fn p21_chains_of_candidates_are_one_question() {
    // Two groups that one more pair joins: 1 is like 11 and 12, 2 is like 13, and 13 is like 1, too.
    let same = |number| ["Alfa", number, "8000"];
    let scene =
        with(&[left(1, same("")), left(2, same("5")), right(11, same("")), right(12, same("7")), right(13, same("5"))]);
    let plan = scene.plan();
    assert_eq!(
        ties(&plan).into_iter().map(|it| it.0).collect::<Vec<_>>(),
        [keys(2, 13)],
        "the strong rule comes first"
    );
    assert_eq!(asked(only(&plan)).1, [(keys(1, 11), 80), (keys(1, 12), 80)]);

    let scene = with(&[left(1, same("")), left(2, same("5")), right(11, same("6")), right(12, same("7"))]);
    let plan = scene.decided([Decision::Different(keys(1, 12))]).plan();
    assert_eq!(ties(&plan).into_iter().map(|it| it.0).collect::<Vec<_>>(), [keys(1, 11)], "5 is neither 6 nor 7");
    assert_eq!(made_from(&plan), [firm(Side::Right, 12), firm(Side::Left, 2)]);
}

#[test]
fn p21_a_pair_that_joins_two_groups_makes_one_question_of_them() {
    let named = |name| [name, "", "8000"];
    // Sorted by their keys, 1–11 and 2–12 come before 3, which is like both of the right.
    let scene = with(&[
        left(1, named("Alfa Byg")),
        left(2, named("Alfa Byg")),
        left(3, named("Alfa Byg")),
        right(11, named("Alfa Byg")),
        right(12, named("Alfa Byg")),
    ]);
    let never = [Decision::Different(keys(1, 12)), Decision::Different(keys(2, 11))];
    let plan = scene.decided(never).plan();
    let (_, mut pairs) = asked(only(&plan));
    pairs.sort();
    let expected = [keys(1, 11), keys(2, 12), keys(3, 11), keys(3, 12)].map(|keys| (keys, 80));
    assert_eq!(pairs, expected, "{plan:#?}");
    assert_eq!(only(&plan).records.len(), 5);
    assert_eq!(only(&plan).title, "Alfa Byg");
}

#[test]
fn p22_a_strong_key_that_stands_on_a_linked_record_is_of_a_double() {
    for side in Side::BOTH {
        let mut scene = with(&[left(1, ["Alfa", "12", "8000"]), right(1, ["Alfa", "12", "8000"])]);
        let second = firm(side, 2);
        let shown = |cvr| match side {
            Side::Left => fields(&[("Name", "Alfa"), ("Cvr", cvr), ("Zip", "8000")]),
            Side::Right => fields(&[("name", "Alfa"), ("cvr", cvr), ("zip", "8000")]),
        };
        scene.put(side, &second, shown("12"));
        scene.agree(&keys(1, 1));
        let plan = scene.plan();
        assert_eq!(double(only(&plan)), (&second, "cvr", &firm(side.other(), 1)));

        let pair = if side == Side::Left { keys(2, 1) } else { keys(1, 2) };
        assert_eq!(made_from(&scene.decided([Decision::Different(pair)]).plan()), std::slice::from_ref(&second));

        // What we made there ourselves bars nobody's way, and neither does a weak rule.
        let mut ours = scene.clone();
        ours.observed.links[0].1.evidence = Evidence::Created(side.other());
        assert_eq!(made_from(&ours.plan()), std::slice::from_ref(&second));
        let mut weak = scene.clone();
        weak.put(side, &second, shown(""));
        assert_eq!(made_from(&weak.plan()), std::slice::from_ref(&second));
    }
}

#[test]
fn p22_a_record_that_a_lagging_list_left_out_is_told_and_not_carried_over_beside_what_we_made_for_it() {
    for side in Side::BOTH {
        // Of the origin on the other side we made number 1 here; number 2 stood here all the time and was not shown.
        let mut scene = with(&[left(1, ["Alfa", "", "8000"]), right(1, ["Alfa", "", "8000"])]);
        scene.agree(&keys(1, 1)).evidence = Evidence::Created(side);
        let second = firm(side, 2);
        let name = |name| match side {
            Side::Left => fields(&[("Name", name), ("Cvr", ""), ("Zip", "8000")]),
            Side::Right => fields(&[("name", name), ("cvr", ""), ("zip", "8000")]),
        };
        scene.put(side, &second, name("Alfa"));
        let plan = scene.plan();
        assert_eq!(double(only(&plan)), (&second, "name+postcode", &firm(side.other(), 1)));
        assert!(made_from(&plan).is_empty());

        let pair = if side == Side::Left { keys(2, 1) } else { keys(1, 2) };
        let different = scene.decided([Decision::Different(pair)]).plan();
        assert_eq!(made_from(&different), std::slice::from_ref(&second));
        let mut ended = scene.clone();
        let at = chrono::DateTime::UNIX_EPOCH;
        ended.observed.links[0].1.state = LinkState::Retired(Retired { deleted_on: side, at });
        assert_eq!(made_from(&ended.plan()), std::slice::from_ref(&second), "what we made is gone");
        scene.put(side, &second, name("Beta"));
        assert_eq!(made_from(&scene.plan()), std::slice::from_ref(&second), "another one altogether");
    }
}

#[test]
fn p22_a_record_that_is_left_alone_bars_whatever_any_rule_would_link_with_it() {
    let ignored = Decision::Ignored(Side::Left, firm(Side::Left, 1));
    let plan = |shown: [&'static str; 3], more: Option<Decision>| {
        let scene = with(&[left(1, ["Jensen og Sønner", "12", "8000"]), right(1, shown)]);
        scene.decided([ignored.clone()].into_iter().chain(more)).plan()
    };
    let barred = plan(["Jensen og Sønner", "", "8000"], None);
    assert_eq!(double(only(&barred)), (&firm(Side::Right, 1), "name+postcode", &firm(Side::Left, 1)));
    assert_eq!(barred.quiet, [(Side::Left, firm(Side::Left, 1))]);
    let free = [
        plan(["Jensen og Sønner Byg", "", "8000"], None),
        plan(["Jensen og Sønner", "13", "8000"], None),
        plan(["Jensen og Sønner", "", "8000"], Some(Decision::Different(keys(1, 1)))),
    ];
    for plan in free {
        assert_eq!((made_from(&plan), plan.findings.len()), (vec![firm(Side::Right, 1)], 0), "{plan:#?}");
    }
}

#[test]
fn p26_marks_prove_an_earlier_life_only_where_their_records_meet() {
    let mut scene = with(&[left(1, ["Alfa", "", ""]), right(1, ["Beta", "", ""])]);
    assert!(!proves_earlier_life(&scene.module, &scene.observed));
    scene.mark(Side::Left, &firm(Side::Left, 1), "11x9");
    assert!(!proves_earlier_life(&scene.module, &scene.observed), "whom it names is not there");
    scene.mark(Side::Left, &firm(Side::Left, 1), "11x1");
    assert!(proves_earlier_life(&scene.module, &scene.observed));
    let mut linked = scene.clone();
    linked.agree(&keys(1, 1));
    assert!(!proves_earlier_life(&linked.module, &linked.observed), "the link is known");
}

#[test]
fn p26_a_marked_record_whose_origin_is_gone_is_not_made_again() {
    let mut scene = with(&[left(1, ["Alfa", "", ""])]);
    scene.mark(Side::Left, &firm(Side::Left, 1), "11x1");
    assert_eq!(made_from(&scene.plan()), [firm(Side::Left, 1)]);
    scene.policy.earlier_life = true;
    let plan = scene.plan();
    assert!(made_from(&plan).is_empty());
    assert_eq!(*matter(&plan), Matter::Deleted { side: Side::Right });
}

#[test]
fn belonging_means_another_record_of_a_kind_that_takes_part() {
    let mut scene = with(&[left(1, ["Alfa", "", ""]), right(1, ["Beta", "", ""])]);
    let kinds = Sides::new(["contact", "supplier"], ["Accounts", "Vendors"]).map(|kinds| kinds.map(Kind::new).to_vec());
    let mut count = |to: RecordKey| {
        scene.record(Side::Right, &firm(Side::Right, 1)).fields.set("owner", Value::Reference(to));
        belonging(&scene.module, &scene.observed, &kinds)
    };
    assert_eq!(count(supplier(Side::Right, 3)), 1);
    assert_eq!(count(firm(Side::Right, 3)), 0, "its own kind");
    assert_eq!(count(RecordKey::new("Users", "19x1")), 0, "whoever it is assigned to");
}
