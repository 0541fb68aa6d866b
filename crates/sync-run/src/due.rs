//! What would happen to invoices for good, found out before anything does: what a person reads and agrees to.
//!
//! Only invoices count that both systems agree on as they stand. Whoever agrees, agrees to this list: an invoice that moved on
//! since is left alone, and so is every effect that did not stand in it.

use std::collections::BTreeSet;

use field_mapping::{EntityMapping, ModuleMapping};
use reconcile::{Action, Plan};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sync_model::{Lock, RecordKey, Revision, Side, Sides, Value};

use crate::effects::{Effects, Known, Pair};
use crate::engine::{Engine, Look, Rules};
use crate::ports::{Effect, EffectState};
use crate::{Order, RunError};

/// An invoice to which something happens when somebody agrees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueInvoice {
    /// The invoice, in the books.
    pub invoice: RecordKey,
    /// The invoice it was made from.
    pub source: RecordKey,
    /// Its name for a person.
    pub title: String,
    /// What it comes to, with VAT.
    pub total: Option<Decimal>,
    /// Which version was looked at.
    pub revision: Revision,
    /// What happens to it, in order.
    pub effects: Vec<Effect>,
}

/// Whether `order` lets `effect` happen: everything, or what somebody saw of the invoice as it was `shown`.
pub(crate) fn agreed(order: &Order, pair: &Pair, shown: &Revision, effect: &Effect) -> bool {
    let Some(agreed) = &order.agreed else { return true };
    let due = agreed.iter().find(|due| due.invoice == pair.books.key() && due.revision == *shown);
    due.is_some_and(|due| due.effects.iter().any(|it| it.name() == effect.name()))
}

impl Engine {
    /// The invoices to which something would happen now if effects were ordered. Nothing is written anywhere.
    ///
    /// # Errors
    /// As [`plan`](Self::plan).
    pub async fn due(&self, rules: &dyn Rules, order: &Order) -> Result<Vec<DueInvoice>, RunError> {
        let look = self.look(rules, order).await?;
        let mut due = Vec::new();
        for (module, plan) in look.modules().into_iter().zip(&look.plans) {
            if module.entities.iter().any(EntityMapping::is_of_invoices) {
                due.extend(look.due(module, plan, rules.effects(), order).await?);
            }
        }
        Ok(due)
    }
}

impl Look<'_> {
    async fn due(
        &self,
        module: &ModuleMapping,
        plan: &Plan,
        allowed: Effects,
        order: &Order,
    ) -> Result<Vec<DueInvoice>, RunError> {
        let moving = moving(plan);
        let known = self.run.known_effects().await?;
        let mut due = Vec::new();
        for pair in self.run.pairs(module, order).await? {
            if pair.link.keys.iter().any(|key| moving.contains(&key)) {
                continue;
            }
            let kinds = pair.link.keys.as_ref().map(|key| &key.kind);
            let sides = Sides::new(&pair.books.fields, &pair.crm.fields);
            let agrees = module.entity_for(kinds).and_then(|entity| entity.totals(sides)).is_some_and(|it| it.agrees());
            if pair.books.lock == Lock::Open && !agrees {
                continue;
            }
            let effects = self.foreseen(allowed, &pair, known.clone()).await?;
            if !effects.is_empty() {
                due.push(shown(pair, effects));
            }
        }
        Ok(due)
    }

    /// What happens to the invoice, one after the other, if all goes well.
    async fn foreseen(&self, allowed: Effects, pair: &Pair, mut known: Known) -> Result<Vec<Effect>, RunError> {
        let (mut pair, mut effects) = (pair.clone(), Vec::new());
        while let Some(effect) = self.run.next_effect(allowed, &pair, &known).await? {
            known.insert((pair.books.key(), effect.name()), EffectState::Done);
            pair.books.lock = Lock::Frozen;
            effects.push(effect);
        }
        Ok(effects)
    }
}

/// Records that a run would write first, and such as wait for a person.
fn moving(plan: &Plan) -> BTreeSet<(Side, &RecordKey)> {
    let mut moving: BTreeSet<(Side, &RecordKey)> = BTreeSet::new();
    moving.extend(plan.findings.iter().flat_map(|finding| finding.records.iter().map(|(side, key)| (*side, key))));
    for step in &plan.steps {
        if let Action::Write(write) = &step.action {
            moving.insert((write.side.other(), write.counterpart()));
            moving.extend(write.target().map(|key| (write.side, key)));
        }
    }
    moving
}

fn shown(pair: Pair, effects: Vec<Effect>) -> DueInvoice {
    let Pair { books, crm, .. } = pair;
    DueInvoice {
        invoice: books.key(),
        source: crm.key(),
        title: crm.fields.get("subject").map(ToString::to_string).unwrap_or_default(),
        total: books.fields.get("TotalInclVat").and_then(Value::as_decimal),
        revision: books.revision,
        effects,
    }
}
