//! How records that nobody linked yet find each other: marks of an earlier life first, then the ranked rules.
//!
//! A rule links two records only when each is the other's one candidate. Whatever is ambiguous, or only alike, is reported
//! and left alone: it is neither linked nor made a second time.

use std::collections::{BTreeMap, BTreeSet};

use field_mapping::{EntityMapping, MatchKey, MatchRule, ModuleMapping};
use sync_model::{Evidence, Fields, Kind, Record, RecordKey, Side, Sides};

use crate::{Decisions, Finding, LikelyPair, Matter};

/// An unlinked record in the form in which it is matched.
#[derive(Debug, Clone)]
pub(crate) struct Candidate<'a> {
    pub(crate) key: RecordKey,
    pub(crate) record: &'a Record,
    pub(crate) values: Fields,
    pub(crate) title: String,
    /// The records it refers to that are not linked.
    pub(crate) needs: Vec<RecordKey>,
    /// What of it cannot be understood.
    pub(crate) faults: Vec<field_mapping::Fault>,
    /// Whether it is linked with a record that we made from it.
    pub(crate) origin: bool,
    /// What each rule makes of it, in the order of the rules.
    pub(crate) keys: Vec<Option<MatchKey>>,
}

/// Two records that belong together.
#[derive(Debug)]
pub(crate) struct Tie<'a> {
    pub(crate) entity: &'a EntityMapping,
    pub(crate) records: Sides<&'a Record>,
    pub(crate) keys: Sides<RecordKey>,
    pub(crate) evidence: Evidence,
}

/// What matching found.
#[derive(Debug, Default)]
pub(crate) struct Matched<'a> {
    pub(crate) ties: Vec<Tie<'a>>,
    pub(crate) findings: Vec<Finding>,
    /// Unlinked records without any candidate, by side.
    pub(crate) alone: Sides<BTreeSet<RecordKey>>,
}

/// What matching goes by.
#[derive(Clone, Copy)]
pub(crate) struct Known<'k, 'a> {
    pub(crate) module: &'a ModuleMapping,
    pub(crate) unlinked: &'k Matchable<'a>,
    /// Records that stand on their side in their own right, linked and not made there by us, or left alone by a person: a
    /// record whose strong key stands on one of them, or whose mark names one, is a duplicate and is reported instead of
    /// being made again.
    pub(crate) standing: &'k Matchable<'a>,
    pub(crate) decisions: &'k Decisions,
}

/// Records in matching form, by side.
pub(crate) type Matchable<'a> = Sides<BTreeMap<RecordKey, Candidate<'a>>>;

impl<'k, 'a> Known<'k, 'a> {
    /// What pairs the kinds of the two, which can be the same thing then, unless a person said that they are different.
    fn entity(&self, keys: &Sides<RecordKey>) -> Option<&'a EntityMapping> {
        let kinds: Sides<&Kind> = keys.as_ref().map(|key| &key.kind);
        self.module.entity_for(kinds).filter(|_| !self.decisions.are_different(keys))
    }

    /// The records of `side` that are still alone.
    fn alone<'s>(
        &self,
        alone: &'s Sides<BTreeSet<RecordKey>>,
        side: Side,
    ) -> impl Iterator<Item = &'k Candidate<'a>> + use<'k, 'a, 's> {
        let unlinked = self.unlinked.get(side);
        alone.get(side).iter().map(move |key| &unlinked[key])
    }

    /// The two as a pair, where they can be one.
    fn pair(&self, left: &'k Candidate<'a>, right: &'k Candidate<'a>, likeness: u8) -> Option<Edge<'k, 'a>> {
        let entity = self.entity(&Sides::new(left.key.clone(), right.key.clone()))?;
        Some(Edge { entity, left, right, likeness })
    }

    /// `one` of `side` and `other` of the other side as a pair that nothing is lacking to, where they can be one.
    fn facing(&self, side: Side, one: &'k Candidate<'a>, other: &'k Candidate<'a>) -> Option<Edge<'k, 'a>> {
        let Sides { left, right } = Sides::facing(side, one, other);
        self.pair(left, right, 100)
    }
}

/// Finds partners among the records that have none.
pub(crate) fn find_partners<'a>(known: &Known<'_, 'a>) -> Matched<'a> {
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
pub(crate) fn marks_meet(unlinked: &Matchable<'_>) -> bool {
    Side::BOTH.into_iter().any(|side| {
        let others: BTreeSet<&str> = unlinked.get(side.other()).keys().map(|key| key.id.as_str()).collect();
        unlinked.get(side).values().filter_map(|it| it.record.mark.as_ref()).any(|mark| others.contains(mark.as_str()))
    })
}

/// Links what a person called the same thing, as far as both are there and have no link.
fn by_person<'a>(known: &Known<'_, 'a>, matched: &mut Matched<'a>) {
    for keys in known.decisions.same() {
        let free = |side: Side| {
            known.unlinked.get(side).get(keys.get(side)).filter(|free| matched.alone.get(side).contains(&free.key))
        };
        let pair = free(Side::Left).zip(free(Side::Right)).and_then(|(left, right)| known.pair(left, right, 100));
        if let Some(pair) = pair {
            tie(pair, Evidence::Person, matched);
        }
    }
}

fn by_mark<'k, 'a>(known: &Known<'k, 'a>, matched: &mut Matched<'a>) {
    for side in Side::BOTH {
        let marked = |candidate: &'k Candidate<'a>| Some((candidate, candidate.record.mark.as_ref()?));
        let marked: Vec<_> = known.alone(&matched.alone, side).filter_map(marked).collect();
        if marked.is_empty() {
            continue;
        }
        let free = by_id(known.unlinked.get(side.other()));
        let taken = by_id(known.standing.get(side.other()));
        let mut claims: BTreeMap<&RecordKey, Vec<Edge<'k, 'a>>> = BTreeMap::new();
        for (candidate, mark) in marked {
            let partner = |records: &ById<'k, 'a>| {
                records.get(mark.as_str())?.iter().find_map(|it| known.facing(side, candidate, it))
            };
            if let Some(free) = partner(&free) {
                claims.entry(&free.end(side.other()).key).or_default().push(free);
            } else if let Some(taken) = partner(&taken) {
                let of = taken.end(side.other()).key.clone();
                report_duplicate(side, candidate, of, "mark", mark.as_str(), matched);
            }
        }
        for (partner, claims) in claims {
            let value = partner.id.to_string();
            if !matched.alone.get(side.other()).contains(partner) {
                // It has its place by now, or waits for a person.
                for edge in claims {
                    report_duplicate(side, edge.end(side), partner.clone(), "mark", &value, matched);
                }
            } else if let [only] = claims.as_slice() {
                tie(*only, Evidence::Mark(side), matched);
            } else {
                ask_about(&claims, "mark", value, |likeness| likeness, matched);
            }
        }
    }
}

/// Records by their ids, which are unique within a kind.
type ById<'k, 'a> = BTreeMap<&'k str, Vec<&'k Candidate<'a>>>;

fn by_id<'k, 'a>(records: &'k BTreeMap<RecordKey, Candidate<'a>>) -> ById<'k, 'a> {
    let mut found = ById::new();
    for candidate in records.values() {
        found.entry(candidate.key.id.as_str()).or_default().push(candidate);
    }
    found
}

/// Two records that may belong together.
#[derive(Clone, Copy)]
struct Edge<'k, 'a> {
    entity: &'a EntityMapping,
    left: &'k Candidate<'a>,
    right: &'k Candidate<'a>,
    likeness: u8,
}

impl<'k, 'a> Edge<'k, 'a> {
    fn ends(&self) -> [(Side, &'k RecordKey); 2] {
        [(Side::Left, &self.left.key), (Side::Right, &self.right.key)]
    }

    fn end(&self, side: Side) -> &'k Candidate<'a> {
        match side {
            Side::Left => self.left,
            Side::Right => self.right,
        }
    }
}

/// The pairs that the rule of this rank finds among the records that are still alone, from the likeness `least` on.
fn edges<'k, 'a>(
    known: &Known<'k, 'a>,
    alone: &Sides<BTreeSet<RecordKey>>,
    rank: usize,
    least: u8,
) -> Vec<Edge<'k, 'a>> {
    let mut groups: BTreeMap<&str, Sides<Vec<(&Candidate<'_>, &MatchKey)>>> = BTreeMap::new();
    for side in Side::BOTH {
        for candidate in known.alone(alone, side) {
            if let Some(key) = &candidate.keys[rank] {
                groups.entry(&*key.folded).or_default().get_mut(side).push((candidate, key));
            }
        }
    }
    let mut edges = Vec::new();
    for group in groups.values() {
        for (left, left_key) in &group.left {
            for (right, right_key) in &group.right {
                let likeness = left_key.likeness(right_key, least);
                let alike = likeness >= least && !vetoed(known.module, left, right, rank);
                edges.extend(alike.then(|| known.pair(left, right, likeness)).flatten());
            }
        }
    }
    edges
}

/// Links what the rule of this rank is sure of, and reports what has more than one candidate.
fn by_rule<'a>(known: &Known<'_, 'a>, rank: usize, matched: &mut Matched<'a>) {
    let rule = &known.module.rules[rank];
    let edges = edges(known, &matched.alone, rank, rule.links_from());
    for group in connected(edges) {
        if let [only] = group.as_slice() {
            let (value, score) = (shown(&group, rule), rule.score_of(only.likeness));
            tie(*only, Evidence::Rule { rule: rule.name.clone(), value, score }, matched);
        } else {
            ask(known.module, &group, rank, matched);
        }
    }
}

/// Asks about what is only alike by the rule of this rank, once no rule is sure of it.
fn by_likeness<'a>(known: &Known<'_, 'a>, rank: usize, matched: &mut Matched<'a>) {
    let rule = &known.module.rules[rank];
    if rule.proposes_from() < rule.links_from() {
        let edges = edges(known, &matched.alone, rank, rule.proposes_from());
        connected(edges).iter().for_each(|group| ask(known.module, group, rank, matched));
    }
}

/// The edges by the groups of records that they hold together.
fn connected<'k, 'a>(edges: Vec<Edge<'k, 'a>>) -> Vec<Vec<Edge<'k, 'a>>> {
    let mut groups: Vec<Vec<Edge<'_, '_>>> = Vec::new();
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

fn ask(module: &ModuleMapping, group: &[Edge<'_, '_>], rank: usize, matched: &mut Matched<'_>) {
    let rule = &module.rules[rank];
    ask_about(group, &rule.name, shown(group, rule), |likeness| rule.score_of(likeness), matched);
}

/// Leaves all of a group alone: none of it is linked or made a second time before a person says what belongs together.
fn ask_about(group: &[Edge<'_, '_>], rule: &str, value: String, score: impl Fn(u8) -> u8, matched: &mut Matched<'_>) {
    let pair = |edge: &Edge<'_, '_>| LikelyPair {
        keys: Sides::new(edge.left.key.clone(), edge.right.key.clone()),
        titles: Sides::new(edge.left.title.clone(), edge.right.title.clone()),
        score: score(edge.likeness),
    };
    let pairs = group.iter().map(pair).collect();
    let records: BTreeSet<_> = group.iter().flat_map(Edge::ends).collect();
    for (side, key) in &records {
        matched.alone.get_mut(*side).remove(key);
    }
    let title = group.iter().map(|edge| edge.left.title.clone()).next().unwrap_or_default();
    matched.findings.push(Finding {
        records: records.into_iter().map(|(side, key)| (side, key.clone())).collect(),
        title,
        matter: Matter::Ambiguous { rule: rule.to_owned(), value, pairs },
    });
}

/// The value by which `rule` holds a group together.
fn shown(group: &[Edge<'_, '_>], rule: &MatchRule) -> String {
    group.first().map(|edge| rule.shown(&edge.left.values)).unwrap_or_default()
}

/// A record that would be made anew although a strong key of it stands on a record that has its place there; where a person
/// left that record alone, or we made its counterpart, also one that any rule would have linked with it. We would not have made
/// that counterpart had its list shown this one, too.
fn duplicates_of_standing(known: &Known<'_, '_>, matched: &mut Matched<'_>) {
    let Known { module, standing, decisions, .. } = *known;
    for side in Side::BOTH {
        for (rank, rule) in module.rules.iter().enumerate() {
            let mut taken: BTreeMap<&str, Vec<(&Candidate<'_>, &MatchKey)>> = BTreeMap::new();
            for candidate in standing.get(side.other()).values() {
                let left_alone = decisions.ignored(side.other()).contains(&candidate.key);
                let counts = rule.vetoes || candidate.origin || left_alone;
                if let Some(key) = candidate.keys[rank].as_ref().filter(|_| counts) {
                    taken.entry(&*key.folded).or_default().push((candidate, key));
                }
            }
            let repeats = |candidate| {
                let candidate: &Candidate<'_> = candidate;
                let match_key = candidate.keys[rank].as_ref()?;
                let same = |(other, other_key): &&(&Candidate<'_>, &MatchKey)| {
                    let least = rule.links_from();
                    let different =
                        decisions.are_different(&Sides::facing(side, candidate.key.clone(), other.key.clone()));
                    !different
                        && match_key.likeness(other_key, least) >= least
                        && !vetoed(module, candidate, other, rank)
                };
                let (of, _) = taken.get(&*match_key.folded)?.iter().find(same)?;
                Some((candidate, of.key.clone()))
            };
            let repeats: Vec<_> = known.alone(&matched.alone, side).filter_map(repeats).collect();
            for (candidate, of) in repeats {
                report_duplicate(side, candidate, of, &rule.name, &rule.shown(&candidate.values), matched);
            }
        }
    }
}

/// Whether a stronger rule proves that the two are different things.
fn vetoed(module: &ModuleMapping, one: &Candidate<'_>, other: &Candidate<'_>, rank: usize) -> bool {
    (0..module.rules.len()).filter(|rule| *rule != rank && module.rules[*rule].vetoes).any(|rule| {
        match (&one.keys[rule], &other.keys[rule]) {
            (Some(one), Some(other)) => one.folded != other.folded,
            (None, _) | (_, None) => false,
        }
    })
}

fn tie<'a>(edge: Edge<'_, 'a>, evidence: Evidence, matched: &mut Matched<'a>) {
    for (side, key) in edge.ends() {
        matched.alone.get_mut(side).remove(key);
    }
    let Edge { entity, left, right, .. } = edge;
    let keys = Sides::new(left.key.clone(), right.key.clone());
    matched.ties.push(Tie { entity, records: Sides::new(left.record, right.record), keys, evidence });
}

/// Leaves a record alone that stands on its side already, as `of`.
fn report_duplicate(
    side: Side,
    candidate: &Candidate<'_>,
    of: RecordKey,
    rule: &str,
    value: &str,
    matched: &mut Matched<'_>,
) {
    matched.alone.get_mut(side).remove(&candidate.key);
    matched.findings.push(Finding {
        records: vec![(side, candidate.key.clone())],
        title: candidate.title.clone(),
        matter: Matter::Duplicate { of, rule: rule.to_owned(), value: value.to_owned() },
    });
}
