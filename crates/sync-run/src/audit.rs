//! The audit: both sides read in full, without cursors or baselines, and every difference either explained or named.
//!
//! An explanation is something that is known apart from the comparison: the next run would carry the difference over, it
//! waits for a person, the mapping lets it stand, or both sides were settled with just these values. What none of them
//! explains is silent drift. Nothing is written, neither to a system nor to the store.

use std::collections::{BTreeMap, BTreeSet};

use field_mapping::{EntityMapping, ModuleMapping};
use reconcile::{Action, FieldView, Finding, Observed, Plan, Rule};
use serde::{Deserialize, Serialize};
use sync_model::{FieldName, Kind, Link, LinkState, Module, Presence, Record, RecordKey, Side, Sides, Value};

use crate::engine::{Engine, Look, Rules};
use crate::order::Order;
use crate::ports::{Next, Scope, Usage};
use crate::{Run, RunError};

/// What an audit found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// Records read, by side.
    pub read: Sides<u64>,
    /// Links looked at.
    pub links: u64,
    /// Fields compared.
    pub fields: u64,
    /// Differences that are explained, counted by what explains them.
    pub explained: BTreeMap<Explained, u64>,
    /// Differences that nothing explains.
    pub unexplained: Vec<Difference>,
    /// Requests made, by side.
    pub usage: Sides<Usage>,
}

/// What explains a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Explained {
    /// The next run carries it over.
    NextRun,
    /// It waits for a person.
    Waits,
    /// The target of a one-way field was edited by hand.
    Drift,
    /// The field does not travel in this direction, or only when a record is made.
    StandsStill,
    /// One side does not show the field.
    Unknown,
    /// Both sides were settled with just these values: one of them keeps it in another form, or an emptiness did not travel.
    SettledSo,
    /// The link ended, and each record stays as it is.
    Ended,
    /// The record takes no part: a filter leaves it out, or nothing is made in this direction.
    LeftOut,
}

/// A difference that nothing explains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The module.
    pub module: Module,
    /// The records, as far as there are any.
    pub records: Vec<(Side, RecordKey)>,
    /// What differs.
    pub what: Differs,
}

/// What differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Differs {
    /// Two linked records hold different values in one field.
    Field {
        /// The field.
        field: FieldName,
        /// What each side holds.
        values: Sides<Option<Value>>,
    },
    /// A linked record is not in its system's list.
    Missing {
        /// Where.
        side: Side,
    },
    /// A record has no partner, and nothing says that it should have none.
    Alone {
        /// Where it is.
        side: Side,
    },
}

type Listed = Sides<BTreeMap<RecordKey, Record>>;

impl Engine {
    /// Compares both sides in full.
    ///
    /// # Errors
    /// As [`plan`](Self::plan).
    pub async fn audit(&self, rules: &dyn Rules, order: &Order) -> Result<Audit, RunError> {
        let look = self.look(rules, order).await?;
        let mut audit = Audit::default();
        let listed = look.run.list(&look.modules()).await?;
        audit.read = Sides::from_fn(|side| listed.get(side).len() as u64);
        for (module, plan) in look.modules().into_iter().zip(&look.plans) {
            let scope = Scope { all: true, fields: look.run.heads_only(module), ..look.run.scope(&[module]) };
            let decisions = look.run.take_up_decisions().await?.in_force(&module.module);
            let decisions = look.run.with_corrections(module, decisions).await?;
            let observed = Observed { decisions, ..look.run.observed(module, &scope).await? };
            Auditor { module, plan, observed: &observed, listed: &listed, audit: &mut audit }.compare(&look);
        }
        audit.usage = look.run.usage();
        Ok(audit)
    }
}

impl Engine {
    /// Fields whose targets were edited by hand and keep their edits, as far as the mirror shows. No request is sent; where
    /// the systems never described themselves, there is none.
    ///
    /// # Errors
    /// When the store cannot be used, or the rules do not fit.
    pub async fn drift(&self, rules: &dyn Rules) -> Result<u64, RunError> {
        let (Some((left, _)), Some((right, _))) =
            (self.store.schema(&self.pair, Side::Left).await?, self.store.schema(&self.pair, Side::Right).await?)
        else {
            return Ok(0);
        };
        let checked = self.store.checked(&self.pair).await?;
        let (mapping, _) = rules.mapping(&Sides::new(left, right), checked.as_ref())?;
        let mut count = 0;
        for module in &mapping.modules {
            let kinds = Sides::from_fn(|side| module.kinds(side));
            let observed = self.store.load(&self.pair, &Scope { kinds, all: true, ..Scope::default() }).await?;
            let mine = observed.links.iter().map(|(_, link)| link).filter(|link| link.module == module.module);
            for link in mine.filter(|link| link.state == LinkState::Active) {
                let seen = |side: Side| observed.records.get(side).get(link.keys.get(side)).map(|seen| &seen.record);
                let (Some(left), Some(right)) = (seen(Side::Left), seen(Side::Right)) else { continue };
                // References are left out: whom they mean, only other links say.
                let views = reconcile::explain(module, link, Sides::new(left, right), &observed.partners);
                count += views.iter().flatten().filter(|view| view.why.rule == Rule::Drift).count() as u64;
            }
        }
        Ok(count)
    }
}

impl Run<'_> {
    /// What the audit wants of the mirror's records: all of those that lists show no more of than their heads, and of the
    /// others only whom they refer to.
    fn heads_only(&self, module: &ModuleMapping) -> Sides<Option<BTreeSet<FieldName>>> {
        Sides::from_fn(|side| {
            let connector = self.engine.connectors.get(side);
            let heads = module.kinds(side).iter().any(|kind| connector.lists_in_part(kind));
            (!heads).then(BTreeSet::new)
        })
    }

    /// Every record of every kind, as the systems list them now.
    async fn list(&self, modules: &[&ModuleMapping]) -> Result<Listed, RunError> {
        let of = |side: Side| async move {
            let kinds: BTreeSet<Kind> = modules.iter().flat_map(|module| module.kinds(side)).collect();
            let mut records = BTreeMap::new();
            for kind in kinds {
                let mut page = 0;
                loop {
                    let found = self.engine.connectors.get(side).changes(&kind, None, page).await?;
                    let present = found.seen.into_iter().filter_map(|seen| match seen {
                        Presence::Present(record) => Some((record.key(), record)),
                        Presence::Deleted(_) | Presence::Unseen(_) => None,
                    });
                    records.extend(present);
                    match found.next {
                        Next::End(_) => break,
                        Next::Page(next) if next > page => page = next,
                        Next::Page(_) => return Err(RunError::EndlessList { kind }),
                    }
                }
            }
            Ok(records)
        };
        let (left, right) = futures::join!(of(Side::Left), of(Side::Right));
        Ok(Sides::new(left?, right?))
    }
}

/// One module under audit.
struct Auditor<'a> {
    module: &'a ModuleMapping,
    plan: &'a Plan,
    observed: &'a Observed,
    listed: &'a Listed,
    audit: &'a mut Audit,
}

impl<'a> Auditor<'a> {
    fn compare(mut self, look: &Look<'_>) {
        let observed = self.observed;
        let mut linked: BTreeSet<(Side, &RecordKey)> = BTreeSet::new();
        for (_, link) in &observed.links {
            linked.extend(link.keys.iter());
            if link.module == self.module.module {
                self.audit.links += 1;
                self.pair(link);
            }
        }
        for side in Side::BOTH {
            for (key, record) in self.listed.get(side) {
                if !linked.contains(&(side, key)) && self.module.kinds(side).contains(&key.kind) {
                    self.alone(side, record, look);
                }
            }
        }
    }

    fn pair(&mut self, link: &Link) {
        if link.state != LinkState::Active {
            return self.explained(Explained::Ended);
        }
        let listed = Sides::from_fn(|side| self.listed.get(side).get(link.keys.get(side)));
        let (Some(left), Some(right)) = (listed.left, listed.right) else {
            let side = if listed.left.is_none() { Side::Left } else { Side::Right };
            return match self.known(&link.keys.iter().collect::<Vec<_>>()) {
                Some(explained) => self.explained(explained),
                None => self.differs(both(link), Differs::Missing { side }),
            };
        };
        let records = Sides::new(self.full(Side::Left, left), self.full(Side::Right, right));
        let taken = self.module.entity_for(link.keys.as_ref().map(|key| &key.kind));
        let takes = |side: Side| taken.is_some_and(|entity| entity.takes(side, records.get(side)));
        if !takes(Side::Left) || !takes(Side::Right) {
            return self.explained(Explained::LeftOut);
        }
        let views = reconcile::explain(self.module, link, records, &self.observed.partners).unwrap_or_default();
        for view in views {
            self.audit.fields += 1;
            if view.why.rule != Rule::Same {
                self.field(link, view);
            }
        }
    }

    /// The record as it was listed, or as it was read in full where lists show no more than its head.
    fn full(&self, side: Side, listed: &'a Record) -> &'a Record {
        if !listed.partial || !listed.fields.is_empty() {
            return listed;
        }
        self.observed.records.get(side).get(&listed.key()).map_or(listed, |seen| &seen.record)
    }

    fn field(&mut self, link: &Link, view: FieldView) {
        let explained = match view.why.rule {
            Rule::Unknown => Some(Explained::Unknown),
            Rule::StandsStill => Some(Explained::StandsStill),
            Rule::Drift => Some(Explained::Drift),
            Rule::Unchanged if view.settled => Some(Explained::SettledSo),
            _ if view.create_only => Some(Explained::StandsStill),
            _ => self.known(&link.keys.iter().collect::<Vec<_>>()),
        };
        match explained {
            Some(explained) => self.explained(explained),
            None => self.differs(both(link), Differs::Field { field: view.why.field, values: view.why.now }),
        }
    }

    fn alone(&mut self, side: Side, record: &'a Record, look: &Look<'_>) {
        let key = record.key();
        let record = self.full(side, record);
        let taken = !self.module.entities_taking(side, record).is_empty();
        let maker = self.module.maker(side.other(), record).filter(|_| *look.policy.creates.get(side.other()));
        let cancelled = |entity: &EntityMapping| side == Side::Right && entity.is_cancelled(&record.fields);
        let made =
            maker.is_some_and(|entity| !cancelled(entity)) && !self.observed.decisions.ignored(side).contains(&key);
        match self.known(&[(side, &key)]) {
            Some(explained) => self.explained(explained),
            None if !taken || !made => self.explained(Explained::LeftOut),
            None => self.differs(vec![(side, key)], Differs::Alone { side }),
        }
    }

    /// Whether the next run would do something about one of these records, or has something to say of it.
    fn known(&self, records: &[(Side, &RecordKey)]) -> Option<Explained> {
        let in_finding = |finding: &Finding| {
            records.iter().any(|(side, key)| finding.records.iter().any(|(at, it)| at == side && it == *key))
        };
        if self.plan.findings.iter().any(in_finding) {
            return Some(Explained::Waits);
        }
        let in_step = |&(side, key): &(Side, &RecordKey)| {
            self.plan.steps.iter().any(|step| match &step.action {
                Action::Tie(link) => link.keys.get(side) == key,
                Action::Settle { keys, .. } | Action::Retire { keys, .. } => keys.get(side) == key,
                Action::Write(write) if write.side == side => write.target() == Some(key),
                Action::Write(write) => write.counterpart() == key,
            })
        };
        records.iter().any(in_step).then_some(Explained::NextRun)
    }

    fn explained(&mut self, by: Explained) {
        *self.audit.explained.entry(by).or_default() += 1;
    }

    fn differs(&mut self, records: Vec<(Side, RecordKey)>, what: Differs) {
        self.audit.unexplained.push(Difference { module: self.module.module.clone(), records, what });
    }
}

fn both(link: &Link) -> Vec<(Side, RecordKey)> {
    link.keys.iter().map(|(side, key)| (side, key.clone())).collect()
}
