//! How records that nobody linked yet find each other: marks of an earlier life first, then the ranked rules.
//!
//! A rule links two records only when each is the other's one candidate. Whatever is ambiguous, or only alike, is reported
//! and left alone: it is neither linked nor made a second time.

use std::collections::{BTreeMap, BTreeSet};

use field_mapping::{MatchKey, ModuleMapping};
use sync_model::{Evidence, Fields, Kind, Mark, RecordKey, Side, Sides};

use crate::{Finding, LikelyPair, Matter};

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
    for rank in 0..module.rules.len() {
        by_likeness(module, unlinked, rank, &mut matched);
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
                let title = &unlinked.get(side.other())[&partner].title;
                let pair = |claimant: &&Candidate| {
                    let (mut keys, mut titles) = (Sides::new(partner.clone(), partner.clone()), Sides::default());
                    keys.set(side, claimant.key.clone());
                    titles.set(side, claimant.title.clone());
                    titles.set(side.other(), title.clone());
                    LikelyPair { keys, titles, score: 100 }
                };
                let matter = Matter::Ambiguous {
                    rule: "mark".to_owned(),
                    value: partner.id.to_string(),
                    pairs: claimants.iter().map(pair).collect(),
                };
                let mut records: Vec<_> = claimants.iter().map(|it| (side, it.key.clone())).collect();
                records.push((side.other(), partner.clone()));
                report(records, claimants[0], matter, matched);
            }
        }
    }
}

/// Two unlinked records that a rule finds alike.
#[derive(Clone, Copy)]
struct Edge<'a> {
    left: &'a Candidate,
    right: &'a Candidate,
    likeness: u8,
}

impl Edge<'_> {
    fn ends(&self) -> [(Side, &RecordKey); 2] {
        [(Side::Left, &self.left.key), (Side::Right, &self.right.key)]
    }
}

/// The pairs that the rule of this rank finds among the records that are still alone, from the likeness `least` on.
fn edges<'a>(
    module: &ModuleMapping,
    unlinked: &'a Sides<BTreeMap<RecordKey, Candidate>>,
    alone: &Sides<BTreeSet<RecordKey>>,
    rank: usize,
    least: u8,
) -> Vec<Edge<'a>> {
    let mut groups: BTreeMap<&str, Sides<Vec<(&Candidate, &MatchKey)>>> = BTreeMap::new();
    for side in Side::BOTH {
        for candidate in alone.get(side).iter().map(|key| &unlinked.get(side)[key]) {
            if let Some(key) = &candidate.keys[rank] {
                groups.entry(key.folded.as_str()).or_default().get_mut(side).push((candidate, key));
            }
        }
    }
    let mut edges = Vec::new();
    for group in groups.values() {
        for (left, left_key) in &group.left {
            for (right, right_key) in &group.right {
                let likeness = left_key.likeness(right_key, least);
                let possible = likeness >= least && fits(module, Side::Left, &left.key, &right.key);
                if possible && !vetoed(module, left, right, rank) {
                    edges.push(Edge { left, right, likeness });
                }
            }
        }
    }
    edges
}

/// Links what the rule of this rank is sure of, and reports what has more than one candidate.
fn by_rule(
    module: &ModuleMapping,
    unlinked: &Sides<BTreeMap<RecordKey, Candidate>>,
    rank: usize,
    matched: &mut Matched,
) {
    let rule = &module.rules[rank];
    let edges = edges(module, unlinked, &matched.alone, rank, rule.links_from());
    for group in connected(edges) {
        if let [Edge { left, right, likeness }] = group.as_slice() {
            let evidence =
                Evidence::Rule { rule: rule.name.clone(), value: shown(left, rank), score: rule.score_of(*likeness) };
            tie(Side::Left, &left.key, &right.key, evidence, matched);
        } else {
            ask(module, &group, rank, matched);
        }
    }
}

/// Asks about what is only alike by the rule of this rank, once no rule is sure of it.
fn by_likeness(
    module: &ModuleMapping,
    unlinked: &Sides<BTreeMap<RecordKey, Candidate>>,
    rank: usize,
    matched: &mut Matched,
) {
    let rule = &module.rules[rank];
    if rule.proposes_from() < rule.links_from() {
        let edges = edges(module, unlinked, &matched.alone, rank, rule.proposes_from());
        connected(edges).iter().for_each(|group| ask(module, group, rank, matched));
    }
}

/// The edges by the groups of records that they hold together.
fn connected(edges: Vec<Edge<'_>>) -> Vec<Vec<Edge<'_>>> {
    let mut groups: Vec<Vec<Edge<'_>>> = Vec::new();
    let mut group_of: BTreeMap<(Side, &RecordKey), usize> = BTreeMap::new();
    for edge in edges {
        let mut met: Vec<usize> = edge.ends().iter().filter_map(|end| group_of.get(end).copied()).collect();
        met.sort_unstable();
        met.dedup();
        let home = met.first().copied().unwrap_or_else(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        let mut moved = vec![edge];
        for other in met.into_iter().skip(1) {
            moved.append(&mut groups[other]);
        }
        for edge in moved {
            group_of.extend([((Side::Left, &edge.left.key), home), ((Side::Right, &edge.right.key), home)]);
            groups[home].push(edge);
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

fn ask(module: &ModuleMapping, group: &[Edge<'_>], rank: usize, matched: &mut Matched) {
    let Some(first) = group.first() else { return };
    let rule = &module.rules[rank];
    let records: BTreeSet<_> = group.iter().flat_map(Edge::ends).collect();
    let pair = |edge: &Edge<'_>| LikelyPair {
        keys: Sides::new(edge.left.key.clone(), edge.right.key.clone()),
        titles: Sides::new(edge.left.title.clone(), edge.right.title.clone()),
        score: rule.score_of(edge.likeness),
    };
    let matter = Matter::Ambiguous {
        rule: rule.name.clone(),
        value: shown(first.left, rank),
        pairs: group.iter().map(pair).collect(),
    };
    let records = records.into_iter().map(|(side, key)| (side, key.clone())).collect();
    report(records, first.left, matter, matched);
}

fn shown(candidate: &Candidate, rank: usize) -> String {
    candidate.keys[rank].as_ref().map_or_else(String::new, |key| key.shown.clone())
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

/// Leaves `records` alone: they are neither linked nor made a second time.
fn report(records: Vec<(Side, RecordKey)>, first: &Candidate, matter: Matter, matched: &mut Matched) {
    for (side, key) in &records {
        matched.alone.get_mut(*side).remove(key);
    }
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
