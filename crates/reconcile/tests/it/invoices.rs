//! Invoices and credit notes: what keeps one a draft, what of a booked one is proposed, and what is never written.

use field_mapping::FaultKind;
use invoicing::Inexpressible;
use reconcile::{Action, Correction, Matter, Plan, Reply, Rule};
use rust_decimal::Decimal;
use sync_model::{Evidence, Fields, RecordKey, Side, Sides, Value};

use crate::books::{
    CLOSED, booked, books, credited, crm, day, drafted, items, keys, lines, note_keys, number, person, stage,
};
use crate::scene::{Scene, matter, only, ties, writes};

fn settled(plan: &Plan) -> Vec<String> {
    let patch = |action: &Action| match action {
        Action::Settle { patch, .. } => patch.left.iter().map(|(name, _)| name.to_string()).collect(),
        Action::Tie(_) | Action::Retire { .. } | Action::Write(_) => Vec::new(),
    };
    plan.steps.iter().flat_map(|step| patch(&step.action)).collect()
}

/// What is proposed: the fields, and whether the invoice is made anew, where a correction is offered.
fn proposed(plan: &Plan) -> (Vec<&str>, Option<bool>) {
    let Matter::Proposal { fields, correction, approved } = matter(plan) else { panic!("{plan:#?}") };
    assert!(!approved);
    let names = fields.iter().map(|why| why.field.as_str()).collect();
    (names, correction.as_ref().map(|correction: &Correction| correction.again))
}

#[test]
fn p1_an_agreed_draft_rests_and_an_edit_of_it_travels() {
    let mut scene = drafted();
    let plan = scene.plan();
    assert!(plan.steps.is_empty() && plan.findings.is_empty(), "{plan:#?}");
    scene.write(&keys().right, "LineItems", items(1, 200));
    scene.write(&keys().right, "hdnGrandTotal", number(250));
    let plan = scene.plan();
    let [write] = writes(&plan)[..] else { panic!("{plan:#?}") };
    assert_eq!((write.side, write.fields.get("ProductLines").is_some()), (Side::Left, true));
}

#[test]
fn p36_totals_that_differ_are_told_while_it_is_a_draft() {
    let differing = |mut scene: Scene| {
        scene.write(&keys().left, "TotalInclVat", number(126));
        scene.plan()
    };
    let Matter::Totals { check } = matter(&differing(drafted())).clone() else { panic!() };
    assert!(!check.agrees());
    assert!(differing(booked()).findings.is_empty(), "what is booked is booked");
}

#[test]
fn what_cannot_be_understood_of_a_draft_is_told() {
    let unclear = |mut scene: Scene| {
        scene.write(&keys().right, "hdnTaxType", Value::text("neither"));
        scene.plan()
    };
    let plan = unclear(drafted());
    let Matter::Unfit { faults } = matter(&plan) else { panic!("{plan:#?}") };
    assert_eq!((faults.len(), faults[0].field.as_str()), (1, "lines"));
    assert!(unclear(booked()).findings.is_empty());
}

#[test]
fn p35_an_edit_after_booking_is_proposed_and_never_written() {
    let mut scene = booked();
    scene.write(&keys().right, "subject", Value::text("Rådgivning, rettet"));
    let plan = scene.plan();
    assert!(writes(&plan).is_empty());
    assert_eq!(proposed(&plan), (vec!["name"], Some(true)));
    let Matter::Proposal { fields, .. } = matter(&plan) else { panic!() };
    assert_eq!(fields[0].write, Some((Side::Left, Value::text("Rådgivning, rettet"))));

    let approved = scene.decided(only(&plan).decided_by(Reply::Approve).unwrap()).plan();
    assert!(matches!(matter(&approved), Matter::Proposal { approved: true, .. }));
    let rejected = scene.decided(only(&plan).decided_by(Reply::Reject).unwrap());
    assert!(rejected.plan().findings.is_empty(), "it stays as it is, and nobody is asked again");
    let mut again = rejected;
    again.write(&keys().right, "subject", Value::text("Rådgivning, rettet igen"));
    assert_eq!(proposed(&again.plan()), (vec!["name"], Some(true)), "another edit is another question");

    scene.write(&keys().left, "State", Value::text("Credited"));
    assert_eq!(proposed(&scene.plan()), (vec!["name"], None), "what was credited is not credited again");
    assert_eq!(only(&scene.plan()).decided_by(Reply::Approve), None);
}

#[test]
fn p35_what_a_booked_invoice_never_agreed_on_is_its_own() {
    let mut scene = booked();
    scene.write(&keys().right, "subject", Value::text("rettet"));
    let values = &mut scene.observed.links[0].1.baseline.as_mut().unwrap().values;
    values.left.remove("name");
    values.right.remove("name");
    let plan = scene.plan();
    assert!(plan.steps.is_empty() && plan.findings.is_empty(), "{plan:#?}");
}

#[test]
fn what_travels_to_the_crm_goes_on_after_booking() {
    let mut scene = booked();
    scene.write(&keys().left, "State", Value::text("Booked"));
    let plan = scene.plan();
    let [write] = writes(&plan)[..] else { panic!("{plan:#?}") };
    assert_eq!(write.fields.get("invoicestatus"), Some(&Value::text("Approved")));
}

#[test]
fn a_cancelled_invoice_stays_a_draft_or_is_proposed_to_be_credited() {
    let cancelled = |mut scene: Scene, key: &RecordKey| {
        scene.write(key, "invoicestatus", Value::text("Cancel"));
        scene
    };
    let mut draft = cancelled(drafted(), &keys().right);
    assert_eq!(*matter(&draft.plan()), Matter::Cancelled);
    draft.write(&keys().right, "invoicestatus", Value::text("cancelled by somebody"));
    assert!(draft.plan().findings.is_empty(), "only the word of the settings counts");

    let mut scene = cancelled(booked(), &keys().right);
    let plan = scene.plan();
    assert_eq!(proposed(&plan), (vec![], Some(false)));
    scene.write(&keys().right, "subject", Value::text("rettet"));
    assert_eq!(proposed(&scene.plan()), (vec![], Some(false)), "its edits are moot");
    let rejected = scene.decided(only(&scene.plan()).decided_by(Reply::Reject).unwrap()).plan();
    assert!(rejected.findings.is_empty());
    scene.write(&keys().left, "State", Value::text("Credited"));
    assert!(scene.plan().findings.is_empty(), "it was credited already");
}

#[test]
fn a_booked_credit_note_is_corrected_by_nothing_of_ours() {
    let mut scene = credited();
    assert!(scene.plan().findings.is_empty(), "{:#?}", scene.plan());
    scene.freeze(Side::Left, &note_keys().left);
    scene.write(&note_keys().right, "subject", Value::text("Retur, rettet"));
    assert_eq!(proposed(&scene.plan()), (vec!["name"], None));
    assert_eq!(only(&scene.plan()).decided_by(Reply::Approve), None);
}

#[test]
fn our_roundings_are_nobodys_edit() {
    // The CRM's invoice comes to 125.00 and its grand total says 125.25: we add a rounding.
    let rounded = |mut scene: Scene| {
        scene.write(&keys().right, "txtAdjustment", Value::Decimal(Decimal::new(25, 2)));
        scene.write(&keys().right, "hdnGrandTotal", Value::Decimal(Decimal::new(12525, 2)));
        scene
    };
    let shown = |scene: &Scene| {
        let plan = scene.plan();
        let write = writes(&plan).into_iter().find(|write| write.fields.get("ProductLines").is_some());
        write.map(|write| write.fields.get("ProductLines").unwrap().clone())
    };
    let mut scene = rounded(drafted());
    assert!(shown(&scene).is_some(), "a draft gets it");
    scene.freeze(Side::Left, &keys().left);
    let plan = scene.plan();
    assert!(writes(&plan).is_empty() && plan.findings.is_empty(), "a booked invoice is left alone: {plan:#?}");
    assert_eq!(settled(&plan), ["lines"]);

    let mut edited = rounded(drafted());
    edited.write(&keys().left, "ProductLines", lines(1, 300, 0));
    edited.write(&keys().left, "TotalInclVat", number(375));
    let plan = edited.plan();
    let write = writes(&plan).into_iter().find(|write| write.side == Side::Right).expect("Dinero's edit travels");
    assert!(write.fields.get("LineItems").is_some(), "although the CRM has priority");
    let why = plan.steps.iter().flat_map(|step| &step.why).find(|why| why.field.as_str() == "lines").unwrap();
    assert_eq!(why.rule, Rule::OnlyChanged(Side::Left));
}

#[test]
fn p41_a_draft_of_a_closed_period_is_not_written_to() {
    let closed = |evidence: Evidence, edit: Option<&str>| {
        let mut scene = stage();
        scene.put(Side::Left, &keys().left, books("Rådgivning", 100));
        scene.put(Side::Right, &keys().right, crm("Rådgivning", 1, 100));
        for key in [keys().left, keys().right] {
            let name = if key == keys().left { "Date" } else { "invoicedate" };
            scene.write(&key, name, day(CLOSED));
        }
        scene.link(&keys(), Sides::default());
        let plan = scene.plan();
        let patch = plan.steps.iter().find_map(|step| match &step.action {
            Action::Settle { patch, .. } => Some(patch.clone()),
            Action::Tie(_) | Action::Retire { .. } | Action::Write(_) => None,
        });
        let link = &mut scene.observed.links[0].1;
        link.evidence = evidence;
        link.baseline.as_mut().unwrap().values = patch.expect("they agree");
        if let Some(title) = edit {
            scene.write(&keys().right, "subject", Value::text(title));
        }
        scene
    };
    let rests = |scene: &Scene| scene.plan().steps.is_empty() && scene.plan().findings.is_empty();
    assert!(rests(&closed(Evidence::Person, None)), "nobody asks it to be booked");
    assert!(!rests(&closed(Evidence::Created(Side::Left), None)), "ours would be booked");
    assert!(rests(&closed(Evidence::Created(Side::Right), None)));

    let scene = closed(Evidence::Person, Some("rettet"));
    let plan = scene.plan();
    let Matter::Unfit { faults } = matter(&plan) else { panic!("{plan:#?}") };
    assert!(matches!(faults[0].kind, FaultKind::ClosedPeriod { .. }));
    assert_eq!((faults.len(), writes(&plan).len()), (1, 0));

    let mut both = scene.clone();
    both.write(&keys().left, "State", Value::text("Booked"));
    let plan = both.plan();
    let [write] = writes(&plan)[..] else { panic!("the CRM is no books: {plan:#?}") };
    assert_eq!(write.side, Side::Right);
    assert_eq!(plan.findings.len(), 1);
    let explained: Vec<_> = plan.steps.iter().flat_map(|step| &step.why).map(|why| why.field.as_str()).collect();
    assert_eq!(explained, ["status"]);
    let mut ours = closed(Evidence::Created(Side::Left), None);
    ours.freeze(Side::Left, &keys().left);
    assert!(rests(&ours), "what was booked in time is booked");
    let mut later = closed(Evidence::Person, Some("rettet"));
    for key in [keys().left, keys().right] {
        let name = if key == keys().left { "Date" } else { "invoicedate" };
        later.write(&key, name, day("2026-04-01"));
    }
    assert_eq!(writes(&later.plan()).len(), 1, "the day after is open");
    let mut booked = scene;
    booked.freeze(Side::Left, &keys().left);
    assert_eq!(proposed(&booked.plan()).0, ["name"], "a booked one is a matter of its own");
}

#[test]
fn an_invoice_that_turned_into_its_opposite_is_told_and_left_alone() {
    let mut scene = drafted();
    scene.write(&keys().right, "LineItems", items(-1, 100));
    scene.write(&keys().right, "hdnGrandTotal", number(-125));
    let plan = scene.plan();
    let Matter::Unfit { faults } = matter(&plan) else { panic!("{plan:#?}") };
    assert_eq!(faults[0].kind, FaultKind::Inexpressible(Inexpressible::Negative(Decimal::from(-125))));
    assert!(plan.steps.is_empty());
    assert_eq!(only(&plan).title, "Rådgivning");

    let mut note = credited();
    note.write(&note_keys().right, "LineItems", items(1, 100));
    note.write(&note_keys().right, "hdnGrandTotal", number(125));
    let plan = note.plan();
    let Matter::Unfit { faults } = matter(&plan) else { panic!("{plan:#?}") };
    assert_eq!(faults[0].kind, FaultKind::Inexpressible(Inexpressible::NotNegative(Decimal::from(125))));

    let mut both = drafted();
    both.module.entities[1].filters.right.clear();
    assert!(
        both.plan().findings.is_empty(),
        "an invoice that could be a credit note, too, is still the invoice it was"
    );

    let mut out = drafted();
    out.record(Side::Right, &keys().right).fields.remove("hdnGrandTotal");
    out.write(&keys().right, "subject", Value::text("rettet"));
    let plan = out.plan();
    assert!(plan.steps.is_empty() && plan.findings.is_empty(), "what fits neither is out of the traffic: {plan:#?}");
}

#[test]
fn p39_a_new_invoice_is_made_only_where_everything_of_it_is_clear() {
    let born = |change: &dyn Fn(&mut Fields)| {
        let mut scene = stage();
        let mut fields = crm("Rådgivning", 1, 100);
        change(&mut fields);
        scene.put(Side::Right, &keys().right, fields);
        scene.plan()
    };
    let plan = born(&|_| {});
    assert_eq!(writes(&plan).len(), 1, "{plan:#?}");
    assert!(born(&|fields| fields.set("invoicestatus", Value::text("Cancel"))).steps.is_empty());
    assert_eq!(born(&|fields| fields.set("invoicestatus", Value::text("Cancel"))).quiet.len(), 1);

    let unclear = born(&|fields| fields.set("hdnTaxType", Value::text("neither")));
    assert!(unclear.steps.is_empty() && matches!(matter(&unclear), Matter::Unfit { .. }));
    let closed = born(&|fields| fields.set("invoicedate", day(CLOSED)));
    assert!(closed.steps.is_empty());
    let Matter::Unfit { faults } = matter(&closed) else { panic!() };
    assert!(matches!(faults[0].kind, FaultKind::ClosedPeriod { .. }));
    assert_eq!(only(&closed).records, [(Side::Right, keys().right)]);
    let nobodys = born(&|fields| fields.set("account_id", Value::Reference(RecordKey::new("Accounts", "11x9"))));
    let needed = (Side::Right, RecordKey::new("Accounts", "11x9"));
    assert_eq!(*matter(&nobodys), Matter::Needs { records: vec![needed] });
}

#[test]
fn whoever_stands_in_as_the_customer_is_named() {
    let customer_rule = |change: &dyn Fn(&mut Fields)| {
        let mut scene = stage();
        let mut fields = crm("Rådgivning", 1, 100);
        change(&mut fields);
        scene.put(Side::Right, &keys().right, fields);
        let plan = scene.plan();
        let why = plan.steps[0].why.iter().find(|why| why.field.as_str() == "customer").unwrap();
        why.rule
    };
    assert_eq!(customer_rule(&|_| {}), Rule::New);
    let instead = customer_rule(&|fields| {
        fields.set("account_id", Value::Empty);
        fields.set("contact_id", Value::Reference(person().right));
    });
    assert_eq!(instead, Rule::StandsIn);
}

#[test]
fn a_second_invoice_that_is_like_one_that_we_made_is_made_too() {
    let mut scene = stage();
    scene.put(Side::Left, &keys().left, books("Rådgivning", 100));
    scene.put(Side::Right, &keys().right, crm("Rådgivning", 1, 100));
    scene.agree(&keys()).evidence = Evidence::Created(Side::Left);
    scene.put(Side::Left, &RecordKey::new("invoice", "7"), books("Rådgivning", 100));
    let plan = scene.plan();
    assert!(plan.findings.is_empty(), "{plan:#?}");
    assert_eq!(writes(&plan).len(), 1);
}

#[test]
fn p21_drafts_that_find_each_other_are_linked_and_judged_at_once() {
    let mut scene = stage();
    scene.put(Side::Left, &keys().left, books("Rådgivning", 100));
    scene.put(Side::Right, &keys().right, crm("Rådgivning", 1, 100));
    let plan = scene.plan();
    assert_eq!(ties(&plan).len(), 1);
    let Action::Tie(link) = &plan.steps[0].action else { panic!() };
    let baseline = link.baseline.as_ref().unwrap();
    assert_eq!(baseline.values.left.get("name"), Some(&Value::text("Rådgivning")));
    assert_eq!(baseline.mapping, scene.module.fingerprint);
    assert_eq!(plan.quiet.len(), 2);
}
