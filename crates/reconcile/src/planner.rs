//! From what was observed to a plan. Pure and complete: every record in play ends in exactly one step, finding or rest.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use field_mapping::{EntityMapping, Fault, FaultKind, ModuleMapping};
use invoicing::Inexpressible;
use sync_model::{Evidence, Fingerprint, Kind, Link, LinkState, Record, RecordKey, Side, Sides, Value};

use crate::birth::plan_birth;
use crate::deletion::{DeletedPair, plan_deletion};
use crate::failure::give_up;
use crate::guard::hold_accidents;
use crate::matching::{Candidate, Known, Matchable, Tie, find_partners, marks_meet};
use crate::pair::{PairCase, PairPlan, plan_pair};
use crate::reference::{Shown, show};
use crate::{Action, Finding, Matter, Observed, Partners, Plan, Policy, Seen};

/// Plans one module.
///
/// The plan depends on `observed`, `module` and `policy` alone: not on the order of listing, not on a clock.
#[must_use]
pub fn plan(module: &ModuleMapping, observed: &Observed, policy: &Policy) -> Plan {
    let mut planner = Planner {
        module,
        observed,
        policy,
        plan: Plan {
            module: module.module.clone(),
            steps: Vec::new(),
            findings: Vec::new(),
            quiet: Vec::new(),
            basis: basis(module, observed, policy),
        },
    };
    let mut links: Vec<&Link> = planner.links().collect();
    // By their records, because their numbers depend on which run met them first.
    links.sort_by(|one, other| one.keys.cmp(&other.keys));
    for link in links {
        planner.linked(link);
    }
    planner.unlinked();
    let mut plan = planner.plan;
    give_up(&mut plan, &observed.failures);
    hold_accidents(&mut plan, observed, policy);
    plan.steps.sort_by_key(|step| order(&step.action));
    plan
}

/// Whether marks prove that this pair ran before although no link of these records is known: our database was lost.
#[must_use]
pub fn proves_earlier_life(module: &ModuleMapping, observed: &Observed) -> bool {
    let marked =
        Side::BOTH.into_iter().any(|side| observed.records.get(side).values().any(|it| it.record.mark.is_some()));
    marked && marks_meet(&candidates(module, observed).unlinked)
}

/// How many records without a link refer to a record of another kind, as a person belongs to an organisation.
#[must_use]
pub fn belonging(module: &ModuleMapping, observed: &Observed, kinds: &Sides<Vec<Kind>>) -> usize {
    let Candidates { unlinked, .. } = candidates(module, observed);
    let refers = |side: Side, key: &&RecordKey| {
        let fields = &observed.records.get(side)[*key].record.fields;
        // Everything refers to the user that it is assigned to; nobody means that by belonging.
        let takes_part = |kind: &Kind| *kind != key.kind && kinds.get(side).contains(kind);
        let other = |value: &Value| matches!(value, Value::Reference(to) if takes_part(&to.kind));
        fields.iter().any(|(_, value)| other(value))
    };
    Side::BOTH.into_iter().map(|side| unlinked.get(side).keys().filter(|key| refers(side, key)).count()).sum()
}

/// A digest of everything a plan is made from.
fn basis(module: &ModuleMapping, observed: &Observed, policy: &Policy) -> Fingerprint {
    let records = Side::BOTH.into_iter().flat_map(|side| observed.records.get(side).values());
    let mut links: Vec<&Link> = observed.links.iter().map(|(_, link)| link).collect();
    links.sort_by(|one, other| one.keys.cmp(&other.keys));
    let parts = records
        .map(serde_json::to_vec)
        .chain(links.into_iter().map(serde_json::to_vec))
        .chain(observed.decisions.in_force().map(|decision| serde_json::to_vec(&decision)))
        .chain(observed.failures.iter().map(serde_json::to_vec))
        .chain([serde_json::to_vec(policy), serde_json::to_vec(&module.fingerprint)])
        .filter_map(Result::ok);
    Fingerprint::of(parts)
}

/// What changes only our own state comes first, then what makes records, then what changes them, then what
/// deletes them.
fn order(action: &Action) -> u8 {
    match action {
        Action::Tie(_) | Action::Settle { .. } | Action::Retire { .. } => 0,
        Action::Write(write) => match write.change {
            crate::WriteChange::Create { .. } => 1,
            crate::WriteChange::Update { .. } => 2,
            crate::WriteChange::Delete { .. } => 3,
        },
    }
}

struct Planner<'a> {
    module: &'a ModuleMapping,
    observed: &'a Observed,
    policy: &'a Policy,
    plan: Plan,
}

impl<'a> Planner<'a> {
    fn links(&self) -> impl Iterator<Item = &'a Link> + use<'a> {
        let module = &self.module.module;
        self.observed.links.iter().map(|(_, link)| link).filter(move |link| link.module == *module)
    }

    fn seen(&self, side: Side, key: &RecordKey) -> Option<&'a Seen> {
        self.observed.records.get(side).get(key)
    }

    /// A linked pair: both there, one deleted, or one never seen.
    fn linked(&mut self, link: &Link) {
        let seen = Sides::from_fn(|side| self.seen(side, link.keys.get(side)));
        let (Some(left), Some(right)) = (seen.left, seen.right) else { return };
        if link.state != LinkState::Active {
            self.rest(link);
            return;
        }
        let kinds: Sides<&Kind> = link.keys.as_ref().map(|key| &key.kind);
        let entity = self.module.entity_for(kinds);
        if let Some((side, _)) = [(Side::Left, left), (Side::Right, right)].iter().find(|(_, it)| it.deleted) {
            self.deleted(link, entity, *side, Sides::new(left, right));
            return;
        }
        let Some(entity) = entity else {
            self.rest(link);
            return;
        };
        if let Some(matter) = turned(self.module, entity, &right.record) {
            let records = link.keys.iter().map(|(side, key)| (side, key.clone())).collect();
            self.plan.findings.push(Finding { records, title: self.title(Side::Right, &right.record), matter });
            return;
        }
        if !entity.takes(Side::Left, &left.record) || !entity.takes(Side::Right, &right.record) {
            // A filter that no longer fits takes the record out of the traffic; it never blanks or deletes.
            self.rest(link);
            return;
        }
        let pair = plan_pair(&self.case(entity, link, Sides::new(&left.record, &right.record), false));
        self.take(link, pair);
    }

    fn deleted(&mut self, link: &Link, entity: Option<&EntityMapping>, side: Side, seen: Sides<&Seen>) {
        let title = self.title(side.other(), &seen.get(side.other()).record);
        let (observed, policy) = (self.observed, self.policy);
        let plan = plan_deletion(&DeletedPair { link, entity, seen, observed, policy, title }, side);
        let ended = plan.step.as_ref().is_some_and(|step| matches!(step.action, Action::Retire { .. }));
        self.plan.steps.extend(plan.step.map(Arc::new));
        self.plan.findings.extend(plan.finding);
        if ended {
            self.rest(link);
        }
    }

    /// Takes over what was planned for a pair. A pair that needs nothing more rests until it changes.
    fn take(&mut self, link: &Link, pair: PairPlan) {
        let done = pair.steps.iter().all(|step| !matches!(step.action, Action::Write(_))) && pair.findings.is_empty();
        self.plan.steps.extend(pair.steps.into_iter().map(Arc::new));
        self.plan.findings.extend(pair.findings);
        if done {
            self.rest(link);
        }
    }

    fn rest(&mut self, link: &Link) {
        for (side, key) in link.keys.iter() {
            if self.seen(side, key).is_some_and(|seen| seen.dirty) {
                self.plan.quiet.push((side, key.clone()));
            }
        }
    }

    /// Records without a link: tie those that find each other, make what is missing, hold what is unclear.
    fn unlinked(&mut self) {
        let (module, decisions) = (self.module, &self.observed.decisions);
        let Candidates { mut unlinked, standing, ignored } = candidates(module, self.observed);
        let matched = find_partners(&Known { module, unlinked: &unlinked, standing: &standing, decisions });
        let earlier_life = self.policy.earlier_life || marks_meet(&unlinked);
        // What records were matched by takes as much room as they do, and so does what is made of them.
        drop(standing);
        for side in Side::BOTH {
            let rest = unlinked.get_mut(side);
            rest.retain(|key, _| matched.alone.get(side).contains(key));
            rest.values_mut().for_each(|candidate| candidate.keys = Vec::new());
        }
        self.plan.findings.extend(matched.findings);
        for found in matched.ties {
            self.tie(found, earlier_life);
        }
        let Sides { left, right } = unlinked;
        for (side, candidates) in [(Side::Left, left), (Side::Right, right)] {
            for candidate in candidates.into_values() {
                self.alone(side, &candidate);
            }
            let records = self.observed.records.get(side);
            let stirred = ignored.get(side).iter().filter(|key| records.get(*key).is_some_and(|seen| seen.dirty));
            self.plan.quiet.extend(stirred.map(|key| (side, (*key).clone())));
        }
    }

    fn tie(&mut self, found: Tie<'_>, review: bool) {
        let Tie { entity, records, keys, evidence } = found;
        let module = self.module.module.clone();
        let link = Link { module, keys, evidence, state: LinkState::Active, review, baseline: None };
        let pair = plan_pair(&self.case(entity, &link, records, true));
        self.take(&link, pair);
    }

    fn case<'c>(
        &'c self,
        entity: &'c EntityMapping,
        link: &'c Link,
        records: Sides<&'c Record>,
        fresh: bool,
    ) -> PairCase<'c> {
        let Observed { partners, decisions, .. } = self.observed;
        PairCase { module: self.module, entity, link, records, partners, decisions, fresh }
    }

    /// A record without a counterpart is made on the other side, where that is allowed and possible.
    fn alone(&mut self, side: Side, candidate: &Candidate<'_>) {
        let (target, record) = (side.other(), candidate.record);
        let maker = self.module.maker(target, record).filter(|_| *self.policy.creates.get(target));
        // What was cancelled came to nothing before the books heard of it.
        let maker = maker.filter(|entity| side == Side::Left || !entity.is_cancelled(&record.fields));
        let Some(entity) = maker else {
            self.plan.quiet.push((side, candidate.key.clone()));
            return;
        };
        match self.bar(side, candidate) {
            Some(matter) => self.plan.findings.push(Finding {
                records: vec![(side, candidate.key.clone())],
                title: candidate.title.clone(),
                matter,
            }),
            None => {
                let partners = &self.observed.partners;
                match plan_birth(self.module, entity, side, record, &candidate.values, partners) {
                    Ok(step) => self.plan.steps.push(Arc::new(step)),
                    Err(finding) => self.plan.findings.push(*finding),
                }
            }
        }
    }

    /// Why nothing is made from a record that something could be made from.
    fn bar(&self, side: Side, candidate: &Candidate<'_>) -> Option<Matter> {
        if candidate.record.mark.is_some() && self.policy.earlier_life {
            // It was made from a record that is gone: making that one again would undo somebody's deletion.
            return Some(Matter::Deleted { side: side.other() });
        }
        if !candidate.needs.is_empty() {
            return Some(Matter::Needs { records: candidate.needs.iter().map(|it| (side, it.clone())).collect() });
        }
        let faults = &candidate.faults;
        (!faults.is_empty()).then(|| Matter::Unfit { faults: faults.clone() })
    }

    fn title(&self, side: Side, record: &Record) -> String {
        let entity = self.module.entities.iter().find(|entity| *entity.kinds.get(side) == record.kind);
        entity
            .map_or_else(|| record.id.to_string(), |entity| entity.title(&entity.project(side, &record.fields).values))
    }
}

/// What is wrong with a linked invoice that came to less than nothing, or a credit note that came to more: it is not what it
/// was linked as any more.
fn turned(module: &ModuleMapping, entity: &EntityMapping, crm: &Record) -> Option<Matter> {
    let other = |it: &&EntityMapping| it.is_of_credit_notes() != entity.is_of_credit_notes();
    if !entity.is_of_invoices() || entity.takes(Side::Right, crm) {
        return None;
    }
    module.entities_taking(Side::Right, crm).iter().find(|it| other(it))?;
    let values = entity.project(Side::Right, &crm.fields).values;
    let total = values.get("total").and_then(Value::as_decimal).unwrap_or_default();
    let reason =
        if entity.is_of_credit_notes() { Inexpressible::NotNegative(total) } else { Inexpressible::Negative(total) };
    let kind = FaultKind::Inexpressible(reason);
    let fault = Fault { side: Side::Right, field: "total".into(), own_field: None, value: total.to_string(), kind };
    Some(Matter::Unfit { faults: vec![fault] })
}

/// The records of a module, as far as they take part in matching.
struct Candidates<'a> {
    /// Those that look for a partner.
    unlinked: Matchable<'a>,
    /// Those that stand on their side in their own right: linked, or left alone by a person.
    standing: Matchable<'a>,
    /// Those that a person wants left alone.
    ignored: Sides<Vec<&'a RecordKey>>,
}

fn candidates<'a>(module: &'a ModuleMapping, observed: &'a Observed) -> Candidates<'a> {
    let mut bound: Sides<BTreeSet<&RecordKey>> = Sides::default();
    let mut own_right: Sides<BTreeSet<&RecordKey>> = Sides::default();
    let mut origins: Sides<BTreeSet<&RecordKey>> = Sides::default();
    for (_, link) in &observed.links {
        for (side, key) in link.keys.iter() {
            bound.get_mut(side).insert(key);
            if link.evidence != Evidence::Created(side) {
                own_right.get_mut(side).insert(key);
            }
            if link.evidence == Evidence::Created(side.other()) && link.state == LinkState::Active {
                origins.get_mut(side).insert(key);
            }
        }
    }
    let free = |side: Side, key: &RecordKey| !bound.get(side).contains(key);
    let ignored: Sides<Vec<&RecordKey>> =
        Sides::from_fn(|side| observed.decisions.ignored(side).iter().filter(|key| free(side, key)).collect());
    own_right.left.extend(&ignored.left);
    own_right.right.extend(&ignored.right);
    let gather = |side: Side, wanted: &dyn Fn(&RecordKey) -> bool| -> BTreeMap<RecordKey, Candidate<'a>> {
        let present = observed.records.get(side).iter().filter(|(key, seen)| !seen.deleted && wanted(key));
        present
            .filter_map(|(key, seen)| Some((key.clone(), candidate(module, side, &seen.record, &observed.partners)?)))
            .collect()
    };
    let unlinked = Sides::from_fn(|side| gather(side, &|key| free(side, key) && !own_right.get(side).contains(key)));
    let mut standing = Sides::from_fn(|side| gather(side, &|key| own_right.get(side).contains(key)));
    // Whoever sells the same thing twice on one day writes two invoices that are alike.
    let repeats = module.entities.iter().any(EntityMapping::is_of_invoices);
    for side in Side::BOTH {
        let all = standing.get_mut(side).values_mut();
        all.for_each(|candidate| candidate.origin = !repeats && origins.get(side).contains(&candidate.key));
    }
    Candidates { unlinked, standing, ignored }
}

fn candidate<'a>(module: &ModuleMapping, side: Side, record: &'a Record, partners: &Partners) -> Option<Candidate<'a>> {
    let entity: &EntityMapping = *module.entities_taking(side, record).first()?;
    let Shown { values, needs, faults } = show(entity, side, &record.fields, partners);
    Some(Candidate {
        key: record.key(),
        record,
        title: entity.title(&values),
        origin: false,
        keys: module.keys(&values),
        values,
        needs,
        faults,
    })
}
