//! How records that nobody linked yet find each other: marks of an earlier life first, then the ranked rules.
//!
//! A rule links two records only when each is the other's one candidate. Whatever is ambiguous is reported and left
//! alone: it is neither linked nor made a second time.

use std::collections::{BTreeMap, BTreeSet};

use field_mapping::{MatchKey, ModuleMapping};
use sync_model::{Evidence, Fields, Kind, Mark, RecordKey, Side, Sides};

use crate::{Finding, Matter};

/// An unlinked record in the form in which it is matched.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) key: RecordKey,
    pub(crate) mark: Option<Mark>,
    pub(crate) values: Fields,
    pub(crate) title: String,
    /// The records it refers to that are not linked.
    pub(crate) needs: Vec<RecordKey>,
    /// What each rule makes of it, in the order of the rules.
    pub(crate) keys: Vec<Option<MatchKey>>,
}

/// What matching found.
#[derive(Debug, Default)]
pub(crate) struct Matched {
    pub(crate) ties: Vec<(Sides<RecordKey>, Evidence)>,
    pub(crate) findings: Vec<Finding>,
    /// Unlinked records without any candidate, by side.
    pub(crate) alone: Sides<BTreeSet<RecordKey>>,
}

/// Finds partners among `unlinked`. `linked` are records of existing links that stood on their side in their own right,
/// not made there by us: a record whose strong key stands on one of them, or whose mark names one, is a duplicate and is
/// reported instead of being made again.
pub(crate) fn find_partners(
    module: &ModuleMapping,
    unlinked: &Sides<BTreeMap<RecordKey, Candidate>>,
    linked: &Sides<BTreeMap<RecordKey, Candidate>>,
) -> Matched {
    let mut matched =
        Matched { alone: Sides::from_fn(|side| unlinked.get(side).keys().cloned().collect()), ..Matched::default() };
    by_mark(module, unlinked, linked, &mut matched);
    for rank in 0..module.rules.len() {
        by_rule(module, unlinked, rank, &mut matched);
    }
    duplicates_of_linked(module, unlinked, linked, &mut matched);
    matched
}

/// Whether marks show that this pair ran before: an unlinked record names a partner that stands unlinked on the other side.
pub(crate) fn marks_meet(unlinked: &Sides<BTreeMap<RecordKey, Candidate>>) -> bool {
    Side::BOTH.into_iter().any(|side| {
        let others: BTreeSet<&str> = unlinked.get(side.other()).keys().map(|key| key.id.as_str()).collect();
        unlinked.get(side).values().filter_map(|it| it.mark.as_ref()).any(|mark| others.contains(mark.as_str()))
    })
}

fn by_mark(
    module: &ModuleMapping,
    unlinked: &Sides<BTreeMap<RecordKey, Candidate>>,
    linked: &Sides<BTreeMap<RecordKey, Candidate>>,
    matched: &mut Matched,
) {
    for side in Side::BOTH {
        let mut claims: BTreeMap<RecordKey, Vec<&Candidate>> = BTreeMap::new();
        for candidate in unlinked.get(side).values() {
            let Some(mark) = &candidate.mark else { continue };
            let partner = |records: &Sides<BTreeMap<RecordKey, Candidate>>| {
                records
                    .get(side.other())
                    .keys()
                    .find(|key| key.id.as_str() == mark.as_str() && fits(module, side, &candidate.key, key))
                    .cloned()
            };
            if let Some(free) = partner(unlinked) {
                claims.entry(free).or_default().push(candidate);
            } else if let Some(taken) = partner(linked) {
                report_duplicate(side, candidate, taken, "mark", mark.as_str(), matched);
            }
        }
        for (partner, claimants) in claims {
            if !matched.alone.get(side.other()).contains(&partner) {
                continue;
            }
            if let [only] = claimants.as_slice() {
                if matched.alone.get(side).contains(&only.key) {
                    tie(side, &only.key, &partner, Evidence::Mark(side), matched);
                }
            } else {
                let mut records: Vec<_> = claimants.iter().map(|it| (side, it.key.clone())).collect();
                records.push((side.other(), partner.clone()));
                ambiguous(records, claimants[0], "mark", partner.id.as_str(), matched);
            }
        }
    }
}

fn by_rule(
    module: &ModuleMapping,
    unlinked: &Sides<BTreeMap<RecordKey, Candidate>>,
    rank: usize,
    matched: &mut Matched,
) {
    let mut groups: BTreeMap<&str, Sides<Vec<&Candidate>>> = BTreeMap::new();
    for side in Side::BOTH {
        for key in matched.alone.get(side) {
            let candidate = &unlinked.get(side)[key];
            if let Some(key) = &candidate.keys[rank] {
                groups.entry(key.folded.as_str()).or_default().get_mut(side).push(candidate);
            }
        }
    }
    for group in groups.into_values() {
        let edges: Vec<(&Candidate, &Candidate)> = group
            .left
            .iter()
            .flat_map(|left| group.right.iter().map(move |right| (*left, *right)))
            .filter(|(left, right)| {
                fits(module, Side::Left, &left.key, &right.key) && !vetoed(module, left, right, rank)
            })
            .collect();
        let degree = |key: &RecordKey| edges.iter().filter(|(l, r)| l.key == *key || r.key == *key).count();
        let rule = &module.rules[rank].name;
        let mut unclear = BTreeSet::new();
        for (left, right) in &edges {
            let shown = left.keys[rank].as_ref().map_or_else(String::new, |key| key.shown.clone());
            if degree(&left.key) == 1 && degree(&right.key) == 1 {
                let evidence = Evidence::Rule { rule: rule.clone(), value: shown };
                tie(Side::Left, &left.key, &right.key, evidence, matched);
            } else {
                unclear.insert((Side::Left, left.key.clone()));
                unclear.insert((Side::Right, right.key.clone()));
            }
        }
        if let Some((first, _)) = edges.iter().find(|(left, _)| unclear.contains(&(Side::Left, left.key.clone()))) {
            let shown = first.keys[rank].as_ref().map_or("", |key| key.shown.as_str());
            ambiguous(unclear.into_iter().collect(), first, rule, shown, matched);
        }
    }
}

/// A record that would be made anew although a strong key of it stands on a linked record of the other side.
fn duplicates_of_linked(
    module: &ModuleMapping,
    unlinked: &Sides<BTreeMap<RecordKey, Candidate>>,
    linked: &Sides<BTreeMap<RecordKey, Candidate>>,
    matched: &mut Matched,
) {
    for side in Side::BOTH {
        for (rank, rule) in module.rules.iter().enumerate().filter(|(_, rule)| rule.vetoes) {
            let mut taken: BTreeMap<&str, Vec<&Candidate>> = BTreeMap::new();
            for candidate in linked.get(side.other()).values() {
                if let Some(key) = &candidate.keys[rank] {
                    taken.entry(key.folded.as_str()).or_default().push(candidate);
                }
            }
            let repeats: Vec<(&Candidate, &MatchKey, RecordKey)> = matched
                .alone
                .get(side)
                .iter()
                .filter_map(|key| {
                    let candidate = &unlinked.get(side)[key];
                    let match_key = candidate.keys[rank].as_ref()?;
                    let of = taken
                        .get(match_key.folded.as_str())?
                        .iter()
                        .find(|other| !vetoed(module, candidate, other, rank))?;
                    Some((candidate, match_key, of.key.clone()))
                })
                .collect();
            for (candidate, match_key, of) in repeats {
                report_duplicate(side, candidate, of, &rule.name, &match_key.shown, matched);
            }
        }
    }
}

/// Whether a stronger rule proves that the two are different things.
fn vetoed(module: &ModuleMapping, one: &Candidate, other: &Candidate, rank: usize) -> bool {
    (0..module.rules.len()).filter(|rule| *rule != rank && module.rules[*rule].vetoes).any(|rule| {
        match (&one.keys[rule], &other.keys[rule]) {
            (Some(one), Some(other)) => one.folded != other.folded,
            (None, _) | (_, None) => false,
        }
    })
}

fn fits(module: &ModuleMapping, side: Side, key: &RecordKey, other: &RecordKey) -> bool {
    let kinds: Sides<&Kind> = match side {
        Side::Left => Sides::new(&key.kind, &other.kind),
        Side::Right => Sides::new(&other.kind, &key.kind),
    };
    module.entity_for(kinds).is_some()
}

fn tie(side: Side, key: &RecordKey, other: &RecordKey, evidence: Evidence, matched: &mut Matched) {
    matched.alone.get_mut(side).remove(key);
    matched.alone.get_mut(side.other()).remove(other);
    let keys = match side {
        Side::Left => Sides::new(key.clone(), other.clone()),
        Side::Right => Sides::new(other.clone(), key.clone()),
    };
    matched.ties.push((keys, evidence));
}

fn ambiguous(records: Vec<(Side, RecordKey)>, first: &Candidate, rule: &str, value: &str, matched: &mut Matched) {
    for (side, key) in &records {
        matched.alone.get_mut(*side).remove(key);
    }
    let matter = Matter::Ambiguous { rule: rule.to_owned(), value: value.to_owned() };
    matched.findings.push(Finding { records, title: first.title.clone(), matter });
}

fn report_duplicate(side: Side, candidate: &Candidate, of: RecordKey, rule: &str, value: &str, matched: &mut Matched) {
    if matched.alone.get_mut(side).remove(&candidate.key) {
        let matter = Matter::Duplicate { of, rule: rule.to_owned(), value: value.to_owned() };
        matched.findings.push(Finding {
            records: vec![(side, candidate.key.clone())],
            title: candidate.title.clone(),
            matter,
        });
    }
}
