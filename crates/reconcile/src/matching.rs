//! How records that nobody linked yet find each other: marks of an earlier life first, then the ranked rules.
//!
//! A rule links two records only when each is the other's one candidate. Whatever is ambiguous, or only alike, is reported
//! and left alone: it is neither linked nor made a second time.

use std::collections::{BTreeMap, BTreeSet};

use field_mapping::{MatchKey, ModuleMapping};
use sync_model::{Evidence, Fields, Kind, Mark, RecordKey, Side, Sides};

use crate::{Decisions, Finding, LikelyPair, Matter};

/// An unlinked record in the form in which it is matched.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) key: RecordKey,
    pub(crate) mark: Option<Mark>,
    pub(crate) values: Fields,
    pub(crate) title: String,
    /// The records it refers to that are not linked.
    pub(crate) needs: Vec<RecordKey>,
    /// What of it cannot be understood.
    pub(crate) faults: Vec<field_mapping::Fault>,
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

/// What matching goes by.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) module: &'a ModuleMapping,
    pub(crate) unlinked: &'a Matchable,
    /// Records that stand on their side in their own right, linked and not made there by us, or left alone by a person: a
    /// record whose strong key stands on one of them, or whose mark names one, is a duplicate and is reported instead of
    /// being made again.
    pub(crate) standing: &'a Matchable,
    pub(crate) decisions: &'a Decisions,
}

/// Records in matching form, by side.
pub(crate) type Matchable = Sides<BTreeMap<RecordKey, Candidate>>;

impl Known<'_> {
    /// Whether the two can be the same thing: the mapping pairs their kinds, and no person said that they are different.
    fn fits(&self, side: Side, key: &RecordKey, other: &RecordKey) -> bool {
        let keys = facing(side, key, other);
        let kinds: Sides<&Kind> = keys.as_ref().map(|key| &key.kind);
        self.module.entity_for(kinds).is_some() && !self.decisions.are_different(&keys)
    }
}

/// Finds partners among the records that have none.
pub(crate) fn find_partners(known: &Known<'_>) -> Matched {
    let alone = Sides::from_fn(|side| known.unlinked.get(side).keys().cloned().collect());
    let mut matched = Matched { alone, ..Matched::default() };
    by_person(known, &mut matched);
    by_mark(known, &mut matched);
    for rank in 0..known.module.rules.len() {
        by_rule(known, rank, &mut matched);
    }
    for rank in 0..known.module.rules.len() {
        by_likeness(known, rank, &mut matched);
    }
    duplicates_of_standing(known, &mut matched);
    matched
}

/// Whether marks show that this pair ran before: an unlinked record names a partner that stands unlinked on the other side.
pub(crate) fn marks_meet(unlinked: &Matchable) -> bool {
    Side::BOTH.into_iter().any(|side| {
        let others: BTreeSet<&str> = unlinked.get(side.other()).keys().map(|key| key.id.as_str()).collect();
        unlinked.get(side).values().filter_map(|it| it.mark.as_ref()).any(|mark| others.contains(mark.as_str()))
    })
}

/// Links what a person called the same thing, as far as both are there and have no link.
fn by_person(known: &Known<'_>, matched: &mut Matched) {
    for keys in known.decisions.same() {
        let free = keys.iter().all(|(side, key)| matched.alone.get(side).contains(key));
        if free && known.fits(Side::Left, &keys.left, &keys.right) {
            tie(Side::Left, &keys.left, &keys.right, Evidence::Person, matched);
        }
    }
}

fn by_mark(known: &Known<'_>, matched: &mut Matched) {
    let Known { unlinked, standing, .. } = *known;
    for side in Side::BOTH {
        let mut claims: BTreeMap<RecordKey, Vec<&Candidate>> = BTreeMap::new();
        let alone: Vec<&Candidate> = matched.alone.get(side).iter().map(|key| &unlinked.get(side)[key]).collect();
        for candidate in alone {
            let Some(mark) = &candidate.mark else { continue };
            let partner = |records: &Matchable| {
                records
                    .get(side.other())
                    .keys()
                    .find(|key| key.id.as_str() == mark.as_str() && known.fits(side, &candidate.key, key))
                    .cloned()
            };
            if let Some(free) = partner(unlinked) {
                claims.entry(free).or_default().push(candidate);
            } else if let Some(taken) = partner(standing) {
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
fn edges<'a>(known: &Known<'a>, alone: &Sides<BTreeSet<RecordKey>>, rank: usize, least: u8) -> Vec<Edge<'a>> {
    let mut groups: BTreeMap<&str, Sides<Vec<(&Candidate, &MatchKey)>>> = BTreeMap::new();
    for side in Side::BOTH {
        for candidate in alone.get(side).iter().map(|key| &known.unlinked.get(side)[key]) {
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
                let possible = likeness >= least && known.fits(Side::Left, &left.key, &right.key);
                if possible && !vetoed(known.module, left, right, rank) {
                    edges.push(Edge { left, right, likeness });
                }
            }
        }
    }
    edges
}

/// Links what the rule of this rank is sure of, and reports what has more than one candidate.
fn by_rule(known: &Known<'_>, rank: usize, matched: &mut Matched) {
    let rule = &known.module.rules[rank];
    let edges = edges(known, &matched.alone, rank, rule.links_from());
    for group in connected(edges) {
        if let [Edge { left, right, likeness }] = group.as_slice() {
            let evidence =
                Evidence::Rule { rule: rule.name.clone(), value: shown(left, rank), score: rule.score_of(*likeness) };
            tie(Side::Left, &left.key, &right.key, evidence, matched);
        } else {
            ask(known.module, &group, rank, matched);
        }
    }
}

/// Asks about what is only alike by the rule of this rank, once no rule is sure of it.
fn by_likeness(known: &Known<'_>, rank: usize, matched: &mut Matched) {
    let rule = &known.module.rules[rank];
    if rule.proposes_from() < rule.links_from() {
        let edges = edges(known, &matched.alone, rank, rule.proposes_from());
        connected(edges).iter().for_each(|group| ask(known.module, group, rank, matched));
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

/// A record that would be made anew although a strong key of it stands on a record that has its place there; where a person
/// left that record alone, also one that any rule would have linked with it.
fn duplicates_of_standing(known: &Known<'_>, matched: &mut Matched) {
    let Known { module, unlinked, standing, decisions } = *known;
    for side in Side::BOTH {
        for (rank, rule) in module.rules.iter().enumerate() {
            let mut taken: BTreeMap<&str, Vec<(&Candidate, &MatchKey)>> = BTreeMap::new();
            for candidate in standing.get(side.other()).values() {
                let counts = rule.vetoes || decisions.ignored(side.other()).contains(&candidate.key);
                if let Some(key) = candidate.keys[rank].as_ref().filter(|_| counts) {
                    taken.entry(key.folded.as_str()).or_default().push((candidate, key));
                }
            }
            let repeats = |key: &RecordKey| {
                let candidate = &unlinked.get(side)[key];
                let match_key = candidate.keys[rank].as_ref()?;
                let same = |(other, other_key): &&(&Candidate, &MatchKey)| {
                    let least = rule.links_from();
                    let different = decisions.are_different(&facing(side, &candidate.key, &other.key));
                    !different
                        && match_key.likeness(other_key, least) >= least
                        && !vetoed(module, candidate, other, rank)
                };
                let (of, _) = taken.get(match_key.folded.as_str())?.iter().find(same)?;
                Some((candidate, match_key, of.key.clone()))
            };
            let repeats: Vec<_> = matched.alone.get(side).iter().filter_map(repeats).collect();
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

fn tie(side: Side, key: &RecordKey, other: &RecordKey, evidence: Evidence, matched: &mut Matched) {
    matched.alone.get_mut(side).remove(key);
    matched.alone.get_mut(side.other()).remove(other);
    matched.ties.push((facing(side, key, other), evidence));
}

/// `key` on `side`, `other` on the other side.
fn facing(side: Side, key: &RecordKey, other: &RecordKey) -> Sides<RecordKey> {
    match side {
        Side::Left => Sides::new(key.clone(), other.clone()),
        Side::Right => Sides::new(other.clone(), key.clone()),
    }
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
