//! Credit notes: each names a booked invoice, and all of one invoice come to no more than it.
//!
//! Both need more than the records in play: the credited invoice, and every other credit note of it. So they are looked up
//! here, after planning, and what does not hold is taken out of the plan and reported.

use std::collections::BTreeMap;

use field_mapping::{EntityMapping, Fault, FaultKind, ModuleMapping};
use invoicing::may_credit;
use reconcile::{Action, Finding, Matter, Plan, Step, Write, WriteChange};
use rust_decimal::Decimal;
use sync_model::{Kind, Lock, Record, RecordKey, Side, Sides, Value};

use crate::ports::Scope;
use crate::{Run, RunError};

/// The canonical field of a credit note that names its invoice, and Dinero's own.
const CREDITS: &str = "credits";
const OWN_CREDITS: &str = "CreditNoteFor";

/// What is credited of an invoice by other credit notes, drafts included, and by this plan until here.
type Credited = BTreeMap<RecordKey, Vec<(RecordKey, Decimal)>>;

impl Run<'_> {
    /// Takes credit notes out of `plan` that name no booked invoice, or would credit more than is left of it.
    pub(crate) async fn hold_credits(&self, module: &ModuleMapping, plan: &mut Plan) -> Result<(), RunError> {
        let Some(entity) = module.entities.iter().find(|entity| entity.is_of_credit_notes()) else { return Ok(()) };
        if !plan.steps.iter().any(|step| credit_note(entity, step).is_some()) {
            return Ok(());
        }
        let mut credited = self.credited(&entity.kinds.left).await?;
        let mut held = Vec::new();
        let mut kept = Vec::new();
        for step in std::mem::take(&mut plan.steps) {
            let fault = match credit_note(entity, &step) {
                Some(write) => self.fault(entity, write, &mut credited).await?,
                None => None,
            };
            match fault {
                Some((side, kind)) => held.push(finding(&step, side, kind)),
                None => kept.push(step),
            }
        }
        plan.steps = kept;
        plan.findings.extend(held);
        Ok(())
    }

    /// What every known credit note credits, by invoice.
    async fn credited(&self, kind: &Kind) -> Result<Credited, RunError> {
        let kinds = Sides::new(vec![kind.clone()], self.kinds.right.clone());
        let scope = Scope { kinds, all: true, ..Scope::default() };
        let mut credited = Credited::new();
        for (key, seen) in self.store.load(&self.engine.pair, &scope).await?.records.left {
            if let (Some(invoice), false) = (reference(&seen.record), seen.deleted) {
                let amount = seen.record.fields.get("TotalInclVat").and_then(Value::as_decimal).unwrap_or_default();
                credited.entry(invoice).or_default().push((key, amount));
            }
        }
        Ok(credited)
    }

    /// Why this credit note may not be written; otherwise it counts as written from now on.
    async fn fault(
        &self,
        entity: &EntityMapping,
        write: &Write,
        credited: &mut Credited,
    ) -> Result<Option<(Side, FaultKind)>, RunError> {
        let from = write.side.other();
        let source = self.one(from, write.counterpart()).await?;
        let standing = match write.target() {
            Some(key) => self.one(write.side, key).await?,
            None => None,
        };
        let (note, invoice) = match write.side {
            Side::Left => {
                let named = match write.fields.get(OWN_CREDITS) {
                    Some(Value::Reference(key)) => Some(key.clone()),
                    _ => standing.as_ref().and_then(reference),
                };
                (write.target(), named)
            }
            Side::Right => (Some(write.counterpart()), source.as_ref().and_then(reference)),
        };
        let names = entity.field(CREDITS).is_some();
        let Some(invoice) = invoice.filter(|_| names) else { return Ok(Some((from, FaultKind::NoCreditedInvoice))) };
        let Some(booked) = self.one(Side::Left, &invoice).await? else {
            return Ok(Some((from, FaultKind::NoCreditedInvoice)));
        };
        if booked.lock != Lock::Frozen {
            return Ok(Some((from, FaultKind::CreditsDraft)));
        }
        let invoiced = booked.fields.get("TotalInclVat").and_then(Value::as_decimal).unwrap_or_default();
        let wanted = source.and_then(|source| entity.credited_by(from, &source.fields)).unwrap_or_default();
        let others = credited.entry(invoice).or_default();
        others.retain(|(key, _)| Some(key) != note);
        let earlier: Vec<Decimal> = others.iter().map(|(_, amount)| *amount).collect();
        if let Err(over) = may_credit(invoiced, &earlier, wanted) {
            return Ok(Some((from, FaultKind::OverCredit(over))));
        }
        others.push((write.counterpart().clone(), wanted));
        Ok(None)
    }

    /// What the mirror holds of a record that is not deleted.
    pub(crate) async fn one(&self, side: Side, key: &RecordKey) -> Result<Option<Record>, RunError> {
        let seen = self.store.seen(&self.engine.pair, side, std::slice::from_ref(key)).await?;
        Ok(seen.into_iter().find(|seen| !seen.deleted).map(|seen| seen.record))
    }

    /// What is credited of an invoice, drafts included, by all that is known.
    pub(crate) async fn credited_of(&self, note: &Kind, invoice: &RecordKey) -> Result<Decimal, RunError> {
        let credited = self.credited(note).await?;
        Ok(credited.get(invoice).into_iter().flatten().map(|(_, amount)| *amount).sum())
    }
}

/// The write of `step`, where it makes a credit note, or changes what one credits.
fn credit_note<'s>(entity: &EntityMapping, step: &'s Step) -> Option<&'s Write> {
    let Action::Write(write) = &step.action else { return None };
    let left = match write.side {
        Side::Left => write.kind(),
        Side::Right => &write.counterpart().kind,
    };
    let matters = match &write.change {
        WriteChange::Create { .. } => true,
        WriteChange::Update { .. } => {
            write.side == Side::Left && ["lines", CREDITS].iter().any(|name| write.patch.left.get(name).is_some())
        }
        WriteChange::Delete { .. } => false,
    };
    (*left == entity.kinds.left && matters).then_some(write)
}

fn reference(note: &Record) -> Option<RecordKey> {
    match note.fields.get(OWN_CREDITS) {
        Some(Value::Reference(key)) => Some(key.clone()),
        _ => None,
    }
}

fn finding(step: &Step, side: Side, kind: FaultKind) -> Finding {
    let mut records = Vec::new();
    if let Action::Write(write) = &step.action {
        records.push((write.side.other(), write.counterpart().clone()));
        records.extend(write.target().map(|key| (write.side, key.clone())));
    }
    let fault = Fault { side, field: CREDITS.into(), own_field: None, value: String::new(), kind };
    Finding { records, title: step.title.clone(), matter: Matter::Unfit { faults: vec![fault] } }
}
