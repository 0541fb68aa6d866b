//! Two linked records: judge each field, then gather what follows into at most one write for each side.

use field_mapping::{EntityMapping, FaultKind, FieldMapping, ModuleMapping};
use sync_model::{Baseline, Evidence, FieldName, Fields, Link, Lock, Record, Side, Sides, Swings, Value};

use crate::diff::{FieldCase, FieldOutcome, Verdict, judge, settled_by_person};
use crate::reference::{Shown, on_side, show};
use crate::swing::next_swing;
use crate::{Action, Answer, Correction, Decisions, FieldWhy, Finding, Matter, Partners, Step, Write, WriteChange};

/// A linked pair to judge.
pub(crate) struct PairCase<'a> {
    pub(crate) module: &'a ModuleMapping,
    pub(crate) entity: &'a EntityMapping,
    pub(crate) link: &'a Link,
    pub(crate) records: Sides<&'a Record>,
    pub(crate) partners: &'a Partners,
    pub(crate) decisions: &'a Decisions,
    /// Whether the link is made by this plan.
    pub(crate) fresh: bool,
}

/// What follows for the pair.
#[derive(Debug, Default)]
pub(crate) struct PairPlan {
    pub(crate) steps: Vec<Step>,
    pub(crate) findings: Vec<Finding>,
}

/// What one field's judgement adds up to, while the pair is put together.
#[derive(Default)]
struct Tally {
    /// Canonical values to write, by side.
    writes: Sides<Fields>,
    /// What the baseline takes over without a write.
    settled: Sides<Fields>,
    why: Vec<FieldWhy>,
    asks: Vec<FieldWhy>,
    /// What is not written because it would only swing back.
    swinging: Vec<FieldWhy>,
    /// What a record that may not be changed any more would get.
    frozen: Vec<FieldWhy>,
    swings: Swings,
}

pub(crate) fn plan_pair(case: &PairCase<'_>) -> PairPlan {
    let shown = Sides::from_fn(|side| show(case.entity, side, &case.records.get(side).fields, case.partners));
    let mut tally = Tally::default();
    for field in case.entity.fields.iter().filter(|field| !field.create_only) {
        judge_field(case, field, &shown, &mut tally);
    }
    let title = case.entity.title(&shown.right.values);
    let mut plan = PairPlan::default();
    if !tally.asks.is_empty() {
        plan.findings.push(finding(case, &title, Matter::Conflict { fields: std::mem::take(&mut tally.asks) }));
    }
    if !tally.swinging.is_empty() {
        plan.findings.push(finding(case, &title, Matter::Swinging { fields: std::mem::take(&mut tally.swinging) }));
    }
    let frozen = std::mem::take(&mut tally.frozen);
    plan.findings.extend(proposal(case, frozen).map(|matter| finding(case, &title, matter)));
    plan.findings.extend(closed_period(case, &shown, &mut tally, &title));
    plan.findings.extend(invoice_findings(case, &shown, &title));
    let needs = Side::BOTH.into_iter().flat_map(|side| shown.get(side).needs.iter().map(move |it| (side, it.clone())));
    let records: Vec<_> = needs.collect();
    if !records.is_empty() {
        plan.findings.push(finding(case, &title, Matter::Needs { records }));
    }
    let mut writes = Vec::new();
    for side in Side::BOTH {
        if let Some(step) = plan_update(case, side, &shown, &mut tally, &title, &mut plan.findings) {
            writes.push(step);
        }
    }
    plan.steps.extend(own_step(case, tally, &title));
    plan.steps.extend(writes);
    plan
}

fn judge_field(case: &PairCase<'_>, field: &FieldMapping, shown: &Sides<Shown>, tally: &mut Tally) {
    let name = field.name.as_str();
    let base = Sides::from_fn(|side| case.link.baseline.as_ref().and_then(|it| it.values.get(side).get(name)));
    // What is unknown causes nothing.
    let (Some(left), Some(right)) = (shown.left.values.get(name), shown.right.values.get(name)) else { return };
    let now = without_our_roundings(field, base, Sides::new(left, right));
    let FieldMapping { direction, clearing, .. } = *field;
    let verdict = judge(&FieldCase { direction, clearing, base, now: now.map(Some), review: case.link.review });
    let mut why = FieldWhy {
        field: field.name.clone(),
        base: base.map(Option::<&Value>::cloned),
        now: now.map(|value| Some(value.clone())),
        rule: verdict.rule,
        write: None,
    };
    let Verdict { rule, outcome } = match (verdict.outcome, case.decisions.choice(&case.link.keys, &why)) {
        (FieldOutcome::Ask, Some(take)) => settled_by_person(field.direction, take),
        (outcome, _) => Verdict { rule: verdict.rule, outcome },
    };
    why.rule = rule;
    match outcome {
        FieldOutcome::Leave => {}
        FieldOutcome::Settle => settle(field, base, now, &mut tally.settled),
        FieldOutcome::Ask => tally.asks.push(why),
        FieldOutcome::Write(side) => {
            if case.records.get(side).lock == Lock::Frozen {
                if field.differs_by_rounding(now.left, now.right) {
                    // vtiger rounds nothing: nobody edited that, and nothing can be done about it any more.
                    return settle(field, base, now, &mut tally.settled);
                }
                // What was agreed and edited since is proposed; what never was belongs to the frozen record alone.
                if base.get(side.other()).is_some() {
                    why.write = Some((side, (*now.get(side.other())).clone()));
                    tally.frozen.push(why);
                }
                return;
            }
            let last = case.link.baseline.as_ref().and_then(|it| it.swings.get(name));
            let Some(swing) = next_swing(last, side, now) else {
                tally.swinging.push(why);
                return;
            };
            let value = now.get(side.other());
            tally.swings.insert(field.name.clone(), swing);
            tally.writes.get_mut(side).set(field.name.clone(), (*value).clone());
            why.write = Some((side, (*value).clone()));
            tally.why.push(why);
        }
    }
}

/// What both sides hold. The roundings that we add to the CRM's lines are nobody's edit: where only they are new, and somebody
/// edited the lines in Dinero, that edit has no rival.
fn without_our_roundings<'v>(
    field: &FieldMapping,
    base: Sides<Option<&'v Value>>,
    now: Sides<&'v Value>,
) -> Sides<&'v Value> {
    let edited = base.left != Some(now.left);
    let agreed = base.right.filter(|agreed| edited && field.differs_by_rounding(agreed, now.right));
    Sides { right: agreed.unwrap_or(now.right), ..now }
}

/// P41: a draft whose day is in a closed period is neither changed nor booked. What would be written to it is taken out.
fn closed_period(case: &PairCase<'_>, shown: &Sides<Shown>, tally: &mut Tally, title: &str) -> Option<Finding> {
    if !case.entity.is_of_invoices() || case.records.left.lock == Lock::Frozen {
        return None;
    }
    // As if it were new: of what stands there already, nobody asks whether it may.
    let rendering = case.entity.render(Side::Left, &shown.left.values, &Fields::new());
    let faults: Vec<_> =
        rendering.faults.into_iter().filter(|fault| matches!(fault.kind, FaultKind::ClosedPeriod { .. })).collect();
    let ours = case.link.evidence == Evidence::Created(Side::Left);
    if faults.is_empty() || (tally.writes.left.is_empty() && !ours) {
        return None;
    }
    tally.writes.left = Fields::new();
    tally.why.retain(|why| !matches!(&why.write, Some((Side::Left, _))));
    Some(finding(case, title, Matter::Unfit { faults }))
}

/// What is proposed for a booked invoice that was edited or cancelled in the CRM; nothing where a person said that it stays.
fn proposal(case: &PairCase<'_>, edits: Vec<FieldWhy>) -> Option<Matter> {
    let Sides { left: books, right: crm } = case.records;
    let credited = books.fields.get("State").and_then(Value::as_text) == Some("Credited");
    let invoice = case.entity.is_of_invoices() && !case.entity.is_of_credit_notes();
    let cancelled = invoice && books.lock == Lock::Frozen && case.entity.is_cancelled(&crm.fields);
    let fields = if cancelled { Vec::new() } else { edits };
    if fields.is_empty() && (credited || !cancelled) {
        return None;
    }
    // A booked credit note would be corrected by an invoice, and what was credited already is not credited again.
    let correction = (invoice && !credited).then(|| Correction::of(&case.link.keys, !cancelled, &fields));
    let answer = correction.as_ref().and_then(|correction| case.decisions.correction(correction));
    match answer {
        Some(Answer::Rejected) => None,
        Some(Answer::Approved) => Some(Matter::Proposal { fields, correction, approved: true }),
        None => Some(Matter::Proposal { fields, correction, approved: false }),
    }
}

/// What keeps an invoice a draft: what cannot be understood of it, and totals that are not the same everywhere.
fn invoice_findings(case: &PairCase<'_>, shown: &Sides<Shown>, title: &str) -> Vec<Finding> {
    if case.records.left.lock == Lock::Frozen {
        return Vec::new();
    }
    let mut found = Vec::new();
    let faults: Vec<_> = shown.iter().flat_map(|(_, shown)| shown.faults.clone()).collect();
    if !faults.is_empty() {
        found.push(finding(case, title, Matter::Unfit { faults }));
    }
    if case.entity.is_cancelled(&case.records.right.fields) {
        found.push(finding(case, title, Matter::Cancelled));
    }
    let check = case.entity.totals(case.records.map(|record| &record.fields));
    if let Some(check) = check.filter(|check| !check.agrees()) {
        found.push(finding(case, title, Matter::Totals { check: Box::new(check) }));
    }
    found
}

/// Puts what both sides hold into the baseline, unless it stands there already.
fn settle(field: &FieldMapping, base: Sides<Option<&Value>>, now: Sides<&Value>, settled: &mut Sides<Fields>) {
    if base == now.map(Some) {
        return;
    }
    for (side, value) in now.iter() {
        settled.get_mut(side).set(field.name.clone(), (*value).clone());
    }
}

/// The one write for `side`, if any of its fields changes. Fields that cannot be carried over are taken out and reported.
fn plan_update(
    case: &PairCase<'_>,
    side: Side,
    shown: &Sides<Shown>,
    tally: &mut Tally,
    title: &str,
    findings: &mut Vec<Finding>,
) -> Option<Step> {
    let mut wanted = std::mem::take(tally.writes.get_mut(side));
    if wanted.is_empty() {
        return None;
    }
    let record = case.records.get(side);
    let render = |wanted: &Fields| case.entity.render(side, &on_side(side, wanted, case.partners), &record.fields);
    let mut rendering = render(&wanted);
    if !rendering.faults.is_empty() {
        for fault in &rendering.faults {
            wanted.remove(fault.field.as_str());
            tally.why.retain(|why| why.field != fault.field);
            if !fault.kind.holds_record() {
                settle_as_is(fault.field.as_str(), shown, &mut tally.settled);
            }
        }
        let faults: Vec<_> = rendering.faults.into_iter().filter(|fault| fault.kind.holds_record()).collect();
        if !faults.is_empty() {
            findings.push(finding(case, title, Matter::Unfit { faults }));
        }
        rendering = render(&wanted);
    }
    let mut fields = Fields::new();
    for (name, value) in rendering.fields.iter().filter(|(name, value)| record.fields.get(name.as_str()) != Some(value))
    {
        fields.set(name.clone(), value.clone());
    }
    // Both sides are expected to show the written values; what the written side really kept is read back.
    let patch = Sides::new(wanted.clone(), wanted);
    if fields.is_empty() {
        for one in Side::BOTH {
            tally.settled.get_mut(one).overlay(patch.get(one));
        }
        return None;
    }
    let written = |why: &FieldWhy| matches!(&why.write, Some((to, _)) if *to == side);
    let why = tally.why.iter().filter(|why| written(why)).cloned().collect();
    let change = WriteChange::Update {
        key: record.key(),
        expected: record.revision.clone(),
        counterpart: case.link.keys.get(side.other()).clone(),
    };
    let written = |name: &FieldName| patch.left.get(name.as_str()).is_some();
    let swings = tally.swings.iter().filter(|(name, _)| written(name));
    let swings = swings.map(|(name, swing)| (name.clone(), swing.clone())).collect();
    let write = Write { module: case.module.module.clone(), side, change, fields, patch, swings };
    Some(Step { action: Action::Write(write), why, title: title.to_owned() })
}

/// A value without a counterpart: both sides keep what they hold, and neither is taken for changed from now on.
fn settle_as_is(name: &str, shown: &Sides<Shown>, settled: &mut Sides<Fields>) {
    for (side, shown) in shown.iter() {
        let held = shown.values.get(name).into_iter();
        held.for_each(|value| settled.get_mut(side).set(name, value.clone()));
    }
}

/// The step that changes only our own state: a new link, or a baseline that moves on.
fn own_step(case: &PairCase<'_>, tally: Tally, title: &str) -> Option<Step> {
    let moved = tally.settled.iter().any(|(_, values)| !values.is_empty());
    let action = if case.fresh {
        let (values, mapping) = (tally.settled, case.module.fingerprint.clone());
        let baseline = Some(Baseline { values, mapping, swings: Swings::new() });
        Action::Tie(Link { baseline, ..case.link.clone() })
    } else if moved {
        Action::Settle { keys: case.link.keys.clone(), patch: tally.settled }
    } else {
        return None;
    };
    Some(Step { action, why: Vec::new(), title: title.to_owned() })
}

fn finding(case: &PairCase<'_>, title: &str, matter: Matter) -> Finding {
    let records = case.link.keys.iter().map(|(side, key)| (side, key.clone())).collect();
    Finding { records, title: title.to_owned(), matter }
}
