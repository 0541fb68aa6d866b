//! The terms of a run: the mapping in force, what of it waits because a system changed, and what came back.
//!
//! What the mapping was last checked against is kept with the pair. A field whose system changed since is left out, so that
//! nothing of it is read, written or settled, and its baseline stays; the rest goes on. When it fits again, or the mapping
//! was changed, its kind is read anew, every link is looked at, and what became empty meanwhile empties nothing.

use std::collections::BTreeMap;

use chrono::Duration;
use field_mapping::{Checked, Held, Mapping, ModuleMapping};
use reconcile::{Finding, Matter, Policy};
use sync_model::{Fingerprint, Kind, Module, Schema, Side, Sides};

use crate::ports::Change;
use crate::{Rules, Run, RunError};

/// What a run goes by.
#[derive(Debug)]
pub(crate) struct Terms {
    pub(crate) mapping: Mapping,
    /// What waits now.
    held: Vec<Held>,
    /// What waited when its module was last planned and waits no more.
    released: Vec<Held>,
    /// What the pair's memory holds of all this.
    checked: Checked,
    /// What would be done about each module's records now.
    course: BTreeMap<Module, Fingerprint>,
}

impl Terms {
    /// What waits of `module`, for the user to see.
    pub(crate) fn findings(&self, module: &Module) -> impl Iterator<Item = Finding> {
        self.held.iter().filter(move |held| held.module == *module).map(|held| Finding {
            records: Vec::new(),
            title: held.field.as_ref().unwrap_or(&held.cause.field).to_string(),
            matter: Matter::SystemChanged { held: Box::new(held.clone()) },
        })
    }

    /// Whether records of `module` that were put aside have to be looked at again: something that waited came back, or
    /// other settings mean something else for them.
    pub(crate) fn looks_at_all(&self, module: &Module) -> bool {
        self.changed_course(module) || self.released.iter().any(|held| held.module == *module)
    }

    /// Whether all records of `module` were last looked at by other settings, or never.
    fn changed_course(&self, module: &Module) -> bool {
        self.checked.course.get(module) != self.course.get(module)
    }

    /// What to forget before records of `modules` are put aside by other settings than all were looked at by: where the run
    /// ends before it has looked at all of them, the next one begins anew, also by the former settings.
    pub(crate) fn looking_at(&self, modules: &[&ModuleMapping]) -> Option<Change> {
        let mut checked = self.checked.clone();
        for module in modules.iter().filter(|module| self.changed_course(&module.module)) {
            checked.course.remove(&module.module);
        }
        (checked != self.checked).then(|| Change::Checked(Box::new(checked)))
    }

    /// What to remember once all records of `modules` were looked at; `None` when that is remembered already.
    pub(crate) fn looked_at(&self, modules: &[&ModuleMapping]) -> Option<Change> {
        let mut checked = self.checked.clone();
        let looked = self.course.iter().filter(|(name, _)| modules.iter().any(|module| module.module == **name));
        checked.course.extend(looked.map(|(name, course)| (name.clone(), course.clone())));
        (checked != self.checked).then(|| Change::Checked(Box::new(checked)))
    }

    /// Whether the mirror may lack what came back, because records of `kind` were read without it.
    pub(crate) fn reads_anew(&self, side: Side, kind: &Kind) -> bool {
        self.released.iter().any(|held| held.cause.side == side && held.cause.kind == *kind)
    }
}

impl Run<'_> {
    /// The mapping, checked against recent descriptions of both systems.
    pub(crate) async fn terms(&self, rules: &dyn Rules) -> Result<Terms, RunError> {
        let kinds = rules.kinds();
        let checked = self.store.checked(&self.engine.pair).await?;
        let (mut schemas, remembered) = self.schemas(&kinds, true).await?;
        let mut fit = rules.mapping(&schemas, checked.as_ref());
        let fits = fit.as_ref().is_ok_and(|(_, held)| held.is_empty());
        if remembered && !fits {
            // What does not fit may have been put right since: only a description of now can refuse or hold.
            schemas = self.schemas(&kinds, false).await?.0;
            fit = rules.mapping(&schemas, checked.as_ref());
        }
        let (mut mapping, held) = fit?;
        let mut kept = checked.unwrap_or_default();
        if held.is_empty() {
            let now = Checked { course: kept.course.clone(), ..Checked::of(&mapping, &schemas) };
            if kept != now {
                self.commit(&[Change::Checked(Box::new(now.clone()))]).await?;
                kept = now;
            }
        }
        let course = mapping.modules.iter().map(|module| (module.module.clone(), course(module, &rules.policy())));
        let course = course.collect();
        let mut released = self.released(&held).await?;
        released.retain(|held| mapping.modules.iter().any(|module| module.module == held.module));
        keep_from_clearing(&mut mapping, &released);
        Ok(Terms { mapping, held, released, checked: kept, course })
    }

    /// What is kept as waiting and is not among `held` any more.
    async fn released(&self, held: &[Held]) -> Result<Vec<Held>, RunError> {
        let stored = self.store.findings(&self.engine.pair).await?;
        let waited = stored.into_iter().filter_map(|stored| {
            let Matter::SystemChanged { held } = stored.finding.matter else { return None };
            Some(*held)
        });
        Ok(waited.filter(|before| !held.iter().any(|now| is_same(before, now))).collect())
    }

    /// What both systems say of themselves, or said recently where that is good enough; and whether any of it is only
    /// remembered.
    async fn schemas(&self, kinds: &Sides<Vec<Kind>>, recent_will_do: bool) -> Result<(Sides<Schema>, bool), RunError> {
        let of = |side: Side| self.schema(side, kinds.get(side), recent_will_do);
        let (left, right) = futures::join!(of(Side::Left), of(Side::Right));
        let ((left, left_remembered), (right, right_remembered)) = (left?, right?);
        Ok((Sides::new(left, right), left_remembered || right_remembered))
    }

    async fn schema(&self, side: Side, kinds: &[Kind], recent_will_do: bool) -> Result<(Schema, bool), RunError> {
        let now = self.engine.clock.now();
        if recent_will_do
            && let Some((schema, at)) = self.store.schema(&self.engine.pair, side).await?
            && (Duration::zero()..self.engine.pace.schema_age).contains(&(now - at))
            && kinds.iter().all(|kind| schema.kinds.contains_key(kind))
        {
            self.engine.connectors.get(side).recall(&schema);
            return Ok((schema, true));
        }
        let schema = self.engine.connectors.get(side).schema(kinds).await?;
        self.commit(&[Change::Schema { side, schema: Box::new(schema.clone()), at: now }]).await?;
        Ok((schema, false))
    }
}

/// A digest of what decides about a module's records beside what they hold: directions, filters, rules and policy.
fn course(module: &ModuleMapping, policy: &Policy) -> Fingerprint {
    let mut parts = vec![format!("{policy:?}"), format!("{:?}", module.rules)];
    for entity in &module.entities {
        parts.push(format!("{:?} {:?} {:?}", entity.kinds, entity.filters, entity.makes));
        let fields = entity.fields.iter();
        parts.extend(fields.map(|it| format!("{} {:?} {} {}", it.name, it.direction, it.clearing, it.create_only)));
    }
    Fingerprint::of(parts)
}

/// Whether two are about the same thing, whatever happened to it meanwhile.
fn is_same(one: &Held, other: &Held) -> bool {
    let about = |held: &Held| (held.module.clone(), held.field.clone(), held.cause.side, held.cause.kind.clone());
    about(one) == about(other) && one.cause.field == other.cause.field
}

/// A field that was made again is empty everywhere: in the run in which it comes back, that is nobody's decision.
fn keep_from_clearing(mapping: &mut Mapping, released: &[Held]) {
    for module in &mut mapping.modules {
        for field in module.entities.iter_mut().flat_map(|entity| &mut entity.fields) {
            let came_back = |held: &&Held| held.module == module.module && held.field.as_ref() == Some(&field.name);
            if released.iter().any(|held| came_back(&held)) {
                field.clearing = false;
            }
        }
    }
}
