//! Corrections of booked invoices that a person approved: the invoice is credited by a draft of a credit note, and the CRM's
//! is free to become another draft, by the rules by which every invoice does.
//!
//! Crediting is an effect with a row of its own, because it happens once for each booked invoice whatever is lost or killed.
//! The credit note's guid is chosen with the row and kept in it. That the link is forgotten is one commit with the row's
//! *done*, so that the invoice is never made anew before it was credited, nor left alone after.

use field_mapping::{Fault, FaultKind, ModuleMapping};
use invoicing::OverCredit;
use reconcile::{Correction, Decision, Decisions, Finding, Matter};
use rust_decimal::Decimal;
use sync_model::{Lock, Presence, Record, RecordKey, Side, Sides, Value};

use crate::gather::Fresh;
use crate::ports::{Change, Effect, EffectRecord, EffectState};
use crate::{Order, Run, RunError};

impl Run<'_> {
    /// Carries out what was approved of `waiting`. `true` when something happened, so that the module is planned again.
    pub(crate) async fn correct(
        &self,
        module: &ModuleMapping,
        order: &Order,
        waiting: &mut Vec<Finding>,
    ) -> Result<bool, RunError> {
        let approved: Vec<(Correction, String)> = waiting
            .iter()
            .filter_map(|finding| match &finding.matter {
                Matter::Proposal { correction: Some(correction), approved: true, .. } => {
                    Some((correction.clone(), finding.title.clone()))
                }
                _ => None,
            })
            .filter(|(it, _)| order.record.as_ref().is_none_or(|(side, key)| it.keys.get(*side) == key))
            .collect();
        let mut happened = false;
        for (correction, title) in approved {
            match self.credit(module, &correction, &title).await? {
                Ok(done) => happened |= done,
                Err(held) => {
                    waiting.retain(|it| !matches!(&it.matter, Matter::Proposal { correction: Some(known), .. } if *known == correction));
                    waiting.push(*held);
                }
            }
        }
        Ok(happened)
    }

    /// Credits one invoice, unless that was done before. `true` when it is credited now.
    async fn credit(
        &self,
        module: &ModuleMapping,
        correction: &Correction,
        title: &str,
    ) -> Result<Result<bool, Box<Finding>>, RunError> {
        let key = &correction.keys.left;
        let known = self.store.effects(&self.engine.pair).await?;
        let known = known.into_iter().find(|it| it.invoice == *key && matches!(it.effect, Effect::Credit { .. }));
        let row = |effect: Effect| EffectRecord {
            id: self.engine.guids.next(),
            invoice: key.clone(),
            source: correction.keys.right.clone(),
            title: title.to_owned(),
            effect,
            run: self.lease.run.clone(),
            at: self.engine.clock.now(),
            state: EffectState::Intended,
        };
        let nothing = OverCredit { invoiced: Decimal::ZERO, credited: Decimal::ZERO, wanted: Decimal::ZERO };
        let note = match &known {
            Some(EffectRecord { state: EffectState::Intended | EffectState::Unknown, .. }) => return Ok(Ok(false)),
            // It was credited because it was cancelled; that is done, and its draft waits in the books.
            Some(EffectRecord { state: EffectState::Done, .. }) if !correction.again => return Ok(Ok(false)),
            Some(EffectRecord { state: EffectState::Done, .. }) => {
                return Ok(Err(Box::new(too_much(correction, title, nothing))));
            }
            Some(EffectRecord { effect: Effect::Credit { note, .. }, .. }) => *note,
            Some(_) | None => self.engine.guids.next(),
        };
        let Some(books) = self.as_it_is(key).await? else { return Ok(Ok(false)) };
        let amount = |name: &str| books.fields.get(name).and_then(Value::as_decimal).unwrap_or_default();
        let (invoiced, booked) = (amount("TotalInclVat"), amount("CreditedAmount"));
        let date = self.engine.clock.now().date_naive();
        let record = row(Effect::Credit { note, date, again: correction.again });
        let drafts = match module.entities.iter().find(|entity| entity.is_of_credit_notes()) {
            Some(entity) => self.credited_of(&entity.kinds.left, key).await?,
            None => Decimal::ZERO,
        };
        let credited = booked.max(drafts);
        if credited > Decimal::ZERO {
            let over = OverCredit { invoiced, credited, wanted: invoiced };
            return Ok(Err(Box::new(too_much(correction, title, over))));
        }
        Ok(Ok(self.ask_for(record, &books).await?.is_some()))
    }

    /// The booked invoice as the books show it now; `None` when it is not booked any more as far as they tell.
    async fn as_it_is(&self, key: &RecordKey) -> Result<Option<Record>, RunError> {
        let seen = self.engine.connectors.left.read(std::slice::from_ref(key)).await?;
        let changes = self.observe(Side::Left, seen.clone(), Fresh::Asked).await?;
        if !changes.is_empty() {
            self.commit(&changes).await?;
        }
        let now = seen.into_iter().find_map(|it| if let Presence::Present(record) = it { Some(record) } else { None });
        Ok(now.filter(|record| record.lock == Lock::Frozen))
    }

    /// What follows in our own state once an invoice was credited to be made anew.
    pub(crate) fn freed(&self, record: &EffectRecord) -> Vec<Change> {
        let Effect::Credit { again: true, .. } = record.effect else { return Vec::new() };
        let keys = Sides::new(record.invoice.clone(), record.source.clone());
        let wake = Change::Wake { side: Side::Right, key: record.source.clone() };
        vec![Change::Release { keys, at: self.engine.clock.now() }, wake]
    }

    /// What corrections mean for planning: the credited invoice and its credit note concern the books alone from then on,
    /// and the CRM's invoice is another one.
    pub(crate) async fn with_corrections(
        &self,
        module: &ModuleMapping,
        mut decisions: Decisions,
    ) -> Result<Decisions, RunError> {
        let Some(entity) = module.entities.iter().find(|entity| entity.is_of_credit_notes()) else {
            return Ok(decisions);
        };
        for record in self.store.effects(&self.engine.pair).await? {
            let Effect::Credit { note, again: true, .. } = &record.effect else { continue };
            let note = RecordKey::new(entity.kinds.left.clone(), note.to_string().as_str());
            decisions.give(Decision::Ignored(Side::Left, note));
            if record.state == EffectState::Done {
                decisions.give(Decision::Different(Sides::new(record.invoice.clone(), record.source.clone())));
                decisions.give(Decision::Ignored(Side::Left, record.invoice.clone()));
            }
        }
        Ok(decisions)
    }
}

fn too_much(correction: &Correction, title: &str, over: OverCredit) -> Finding {
    let kind = FaultKind::OverCredit(over);
    let fault = Fault { side: Side::Right, field: "credits".into(), own_field: None, value: String::new(), kind };
    let records = correction.keys.iter().map(|(side, key)| (side, key.clone())).collect();
    Finding { records, title: title.to_owned(), matter: Matter::Unfit { faults: vec![fault] } }
}
