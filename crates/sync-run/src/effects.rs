//! Effects on invoices and credit notes: booking, sending, payments. Each at most once, only when ordered, only when all
//! totals agree.
//!
//! An effect is intended in the store before it is asked for, under the lease, and there is one intent for each invoice and
//! effect. An answer that was lost is looked up, never repeated: where the system would refuse a second one, it may be
//! tried again once nothing shows that it happened; a mail may not, and waits for a person.

use std::collections::{BTreeMap, BTreeSet};

use field_mapping::{EntityMapping, ModuleMapping};
use reconcile::{Finding, Matter};
use rust_decimal::Decimal;
use sync_model::{Evidence, Link, LinkState, Lock, Presence, Record, RecordKey, Side, Value};
use tokio::time::Instant;

use crate::due::agreed;
use crate::event::Event;
use crate::gather::Fresh;
use crate::lease::Permit;
use crate::ports::{
    Change, Effect, EffectFound, EffectRecord, EffectState, JournaledEffect, Scope, SendWay, WriteError,
};
use crate::{Order, Run, RunError};

/// Which effects the settings allow. All are off by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Effects {
    /// Booking.
    pub book: bool,
    /// Sending.
    pub send: bool,
    /// Registering payments, on this account.
    pub pay: Option<u32>,
}

/// A linked invoice: the books' record and the CRM's.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) link: Link,
    pub(crate) books: Record,
    pub(crate) crm: Record,
}

/// What came of carrying out effects.
#[derive(Debug, Default)]
pub(crate) struct CameAbout {
    /// Something happened that the other system has to learn.
    pub(crate) happened: bool,
    /// Invoices, in the books, that are no longer what was planned from, on either side.
    pub(crate) moved_on: BTreeSet<RecordKey>,
}

/// What came of effects so far, by invoice and name.
pub(crate) type Known = BTreeMap<(RecordKey, String), EffectState>;

/// Whether the effect was never intended, or certainly came to nothing. What happened, or may have, never happens again.
fn may_happen(known: &Known, pair: &Pair, name: &str) -> bool {
    match known.get(&(pair.books.key(), name.to_owned())) {
        None | Some(EffectState::NotDone | EffectState::Refused { .. }) => true,
        Some(EffectState::Done | EffectState::Intended | EffectState::Unknown) => false,
    }
}

/// Whether the books say that the invoice went to the customer.
fn was_sent(books: &Record) -> bool {
    let mailed = books.fields.get("MailOutStatus").map(ToString::to_string).unwrap_or_default();
    !mailed.is_empty() && mailed != "NotSent"
}

impl Run<'_> {
    /// Looks up effects whose answers were lost. Nothing is asked for again here.
    pub(crate) async fn recover_effects(&self) -> Result<(), RunError> {
        for record in self.store.effects(&self.engine.pair).await? {
            if record.state == EffectState::Intended {
                // The one who asked for it died no later than this run began.
                self.clear_up_effect(&record, self.dead_would_have_waited()).await?;
            }
        }
        Ok(())
    }

    /// A mail of which nobody knew whether it went out did so when the books say that the invoice is sent, whoever sent it.
    async fn settle_sent(&self) -> Result<(), RunError> {
        let known = self.store.effects(&self.engine.pair).await?;
        let open = known.into_iter().filter(|it| it.state == EffectState::Unknown);
        for record in open.filter(|it| matches!(it.effect, Effect::Send { .. })) {
            let invoice = std::slice::from_ref(&record.invoice);
            let seen = self.store.seen(&self.engine.pair, Side::Left, invoice).await?;
            if seen.iter().any(|it| was_sent(&it.record)) {
                self.note(&record, EffectState::Done).await?;
            }
        }
        Ok(())
    }

    /// Carries out what `allowed` and `order` ask for, invoice by invoice; of all of them, or of `only` those. `waiting` are the
    /// findings of this run: what waits for a person has no effects.
    pub(crate) async fn carry_out_effects(
        &self,
        module: &ModuleMapping,
        allowed: Effects,
        order: &Order,
        (waiting, only): (&[Finding], Option<&BTreeSet<RecordKey>>),
    ) -> Result<CameAbout, RunError> {
        let held: BTreeSet<&RecordKey> =
            waiting.iter().flat_map(|finding| finding.records.iter().map(|(_, key)| key)).collect();
        let known = self.known_effects().await?;
        let mut came = CameAbout::default();
        for pair in self.pairs(module, order).await? {
            let key = pair.books.key();
            if held.contains(&key) || held.contains(&pair.crm.key()) || only.is_some_and(|only| !only.contains(&key)) {
                continue;
            }
            self.effects_of(module, allowed, pair, (&known, order), &mut came).await?;
        }
        Ok(came)
    }

    pub(crate) async fn known_effects(&self) -> Result<Known, RunError> {
        let known = self.store.effects(&self.engine.pair).await?;
        Ok(known.into_iter().map(|it| ((it.invoice.clone(), it.effect.name()), it.state)).collect())
    }

    /// The invoices that we made from the CRM's, as both sides were last seen.
    pub(crate) async fn pairs(&self, module: &ModuleMapping, order: &Order) -> Result<Vec<Pair>, RunError> {
        let mut scope: Scope = self.scope(&[module]);
        scope.all = true;
        let mut observed = self.store.load(&self.engine.pair, &scope).await?;
        let wanted = |link: &Link| match &order.record {
            Some((side, key)) => link.keys.get(*side) == key,
            None => true,
        };
        let ours = observed.links.into_iter().map(|(_, link)| link).filter(|link| {
            let active = link.state == LinkState::Active && link.module == module.module;
            active && link.evidence == Evidence::Created(Side::Left) && wanted(link)
        });
        let mut pairs = Vec::new();
        for link in ours {
            let left = observed.records.left.remove(&link.keys.left).filter(|seen| !seen.deleted && !seen.dirty);
            let right = observed.records.right.remove(&link.keys.right).filter(|seen| !seen.deleted && !seen.dirty);
            if let (Some(left), Some(right)) = (left, right) {
                pairs.push(Pair { link, books: left.record, crm: right.record });
            }
        }
        Ok(pairs)
    }

    async fn effects_of(
        &self,
        module: &ModuleMapping,
        allowed: Effects,
        mut pair: Pair,
        (known, order): (&Known, &Order),
        came: &mut CameAbout,
    ) -> Result<(), RunError> {
        let mut asked = BTreeSet::new();
        let shown = pair.books.revision.clone();
        while let Some(effect) = self.next_effect(allowed, &pair, known).await? {
            // Each once in a run, whatever the system shows afterwards; and of what somebody agreed to, only that.
            if !agreed(order, &pair, &shown, &effect) || !asked.insert(effect.name()) {
                break;
            }
            let Some(fresh) = self.fresh(module, &pair, (&effect, came)).await? else { break };
            pair.books = fresh;
            if self.next_effect(allowed, &pair, known).await?.as_ref() != Some(&effect) {
                // By what the books show now something else is due: less to be paid, or nothing to be sent.
                came.moved_on.insert(pair.books.key());
                break;
            }
            let Some(after) = self.bring_about(&pair, effect).await? else { break };
            pair.books = after;
            came.happened = true;
        }
        Ok(())
    }

    /// What is to happen to the invoice next; `None` when nothing is.
    pub(crate) async fn next_effect(
        &self,
        allowed: Effects,
        pair: &Pair,
        known: &Known,
    ) -> Result<Option<Effect>, RunError> {
        let text = |record: &Record, name: &str| record.fields.get(name).map(ToString::to_string).unwrap_or_default();
        if pair.books.lock == Lock::Open {
            return Ok((allowed.book && may_happen(known, pair, "book")).then_some(Effect::Book));
        }
        if allowed.send && !was_sent(&pair.books) && may_happen(known, pair, "send") {
            return Ok(Some(Effect::Send { way: self.way_to_send(pair).await? }));
        }
        let amount = |record: &Record, name: &str| record.fields.get(name).and_then(Value::as_decimal);
        let (Some(account), Some(received)) = (allowed.pay, amount(&pair.crm, "received")) else { return Ok(None) };
        let Some(paid) = amount(&pair.books, "PaidAmount") else { return Ok(None) };
        let kroner = matches!(text(&pair.books, "Currency").as_str(), "DKK" | "");
        let open = received > paid && amount(&pair.books, "TotalInclVat").is_some_and(|total| received <= total);
        let reference = format!("{} {}", pair.crm.id, received.normalize());
        let effect = Effect::Pay {
            amount: received - paid,
            received,
            account,
            date: self.engine.clock.now().date_naive(),
            reference,
        };
        let may = may_happen(known, pair, &effect.name());
        Ok((open && kroner && received > Decimal::ZERO && may).then_some(effect))
    }

    /// To an EAN number electronically, to everybody else by mail.
    async fn way_to_send(&self, pair: &Pair) -> Result<SendWay, RunError> {
        let Some(Value::Reference(contact)) = pair.books.fields.get("ContactGuid") else { return Ok(SendWay::Mail) };
        let seen = self.store.seen(&self.engine.pair, Side::Left, std::slice::from_ref(contact)).await?;
        let has_ean = seen.iter().any(|it| it.record.fields.get("EanNumber").is_some_and(|ean| !ean.is_empty()));
        if !has_ean {
            return Ok(SendWay::Mail);
        }
        let order = pair.crm.fields.get("vtiger_purchaseorder").filter(|it| !it.is_empty());
        Ok(SendWay::Electronic { order_reference: order.map(ToString::to_string) })
    }

    /// The invoice as the books show it now, when it is still as it was planned from and every total agrees. One that moved on
    /// is noted in `came`.
    async fn fresh(
        &self,
        module: &ModuleMapping,
        pair: &Pair,
        (effect, came): (&Effect, &mut CameAbout),
    ) -> Result<Option<Record>, RunError> {
        let key = pair.books.key();
        let seen = self.engine.connectors.left.read(std::slice::from_ref(&key)).await?;
        let changes = self.observe(Side::Left, seen.clone(), Fresh::Asked).await?;
        if !changes.is_empty() {
            self.commit(&changes).await?;
        }
        let Some(Presence::Present(now)) = seen.into_iter().next() else { return Ok(None) };
        let kinds = pair.link.keys.as_ref().map(|key| &key.kind);
        let Some(entity) = module.entity_for(kinds) else { return Ok(None) };
        let moved = now.revision != pair.books.revision && *effect == Effect::Book;
        let Some(crm) = self.stands_in_the_crm(entity, pair).await?.filter(|_| !moved) else {
            came.moved_on.insert(key);
            return Ok(None);
        };
        let sides = sync_model::Sides::new(&now.fields, &crm.fields);
        let agrees = entity.totals(sides).is_some_and(|check| check.agrees());
        // Booking rests on the totals; what comes after rests on the booking.
        let sound = *effect != Effect::Book || (agrees && now.lock == Lock::Open);
        Ok(sound.then_some(now))
    }

    /// The CRM's invoice as it is now, when it is there and says what it said when this was planned. What cannot be taken back
    /// rests on it.
    async fn stands_in_the_crm(&self, entity: &EntityMapping, pair: &Pair) -> Result<Option<Record>, RunError> {
        let seen = self.engine.connectors.right.read(&[pair.crm.key()]).await?;
        let changes = self.observe(Side::Right, seen.clone(), Fresh::Asked).await?;
        if !changes.is_empty() {
            self.commit(&changes).await?;
        }
        let said = |record: &Record| entity.project(Side::Right, &record.fields).values;
        let now = seen.into_iter().find_map(|it| it.record().cloned());
        Ok(now.filter(|now| said(now) == said(&pair.crm)))
    }

    /// Brings the effect about. The invoice as it is then; `None` when it did not happen.
    async fn bring_about(&self, pair: &Pair, effect: Effect) -> Result<Option<Record>, RunError> {
        let record = EffectRecord {
            id: self.engine.guids.next(),
            invoice: pair.books.key(),
            source: pair.crm.key(),
            title: pair.crm.fields.get("subject").map(ToString::to_string).unwrap_or_default(),
            effect,
            run: self.lease.run.clone(),
            at: self.engine.clock.now(),
            state: EffectState::Intended,
        };
        self.ask_for(record, &pair.books).await
    }

    /// Intends `record`, asks for it on the invoice as the books show it, and notes what came of it.
    pub(crate) async fn ask_for(&self, record: EffectRecord, books: &Record) -> Result<Option<Record>, RunError> {
        self.commit(&[Change::Effect(Box::new(record.clone()))]).await?;
        let journaled = JournaledEffect::new(record.clone(), Permit::of(&self.hold));
        self.hold.still_holds().await?;
        let done = self.engine.connectors.left.perform(&journaled, books).await;
        let state = match done {
            Ok(after) => return self.happened(&record, after).await,
            Err(WriteError::Refused(refusal)) => EffectState::Refused { message: refusal.message },
            Err(WriteError::Stale(_) | WriteError::NotSent(_)) => EffectState::NotDone,
            Err(WriteError::Down(error)) => {
                self.note(&record, EffectState::NotDone).await?;
                return Err(error.into());
            }
            Err(WriteError::Unknown(_)) => return self.clear_up_effect(&record, Instant::now()).await,
        };
        self.note(&record, state).await?;
        Ok(None)
    }

    /// Finds out what became of an effect, for whose answer nobody waits any more since `given_up`. The invoice as it is now,
    /// when it turns out to have happened.
    async fn clear_up_effect(&self, record: &EffectRecord, given_up: Instant) -> Result<Option<Record>, RunError> {
        let journaled = JournaledEffect::new(record.clone(), Permit::of(&self.hold));
        let connector = &self.engine.connectors.left;
        let look = || connector.probe_effect(&journaled);
        match self.look_until(given_up, look, |found| *found != EffectFound::NoTrace).await? {
            EffectFound::Happened(after) => self.happened(record, after.map(|it| *it)).await,
            EffectFound::NoTrace => {
                let again = record.effect.refused_twice();
                self.note(record, if again { EffectState::NotDone } else { EffectState::Unknown }).await?;
                Ok(None)
            }
        }
    }

    pub(crate) async fn happened(
        &self,
        record: &EffectRecord,
        after: Option<Record>,
    ) -> Result<Option<Record>, RunError> {
        let done = EffectRecord { state: EffectState::Done, ..record.clone() };
        let mut changes = vec![Change::Effect(Box::new(done))];
        changes.extend(self.freed(record));
        let after = match after {
            Some(after) => Some(after),
            None => {
                let seen = self.engine.connectors.left.read(std::slice::from_ref(&record.invoice)).await;
                // What cannot be read now is listed as changed in the next run.
                seen.ok().and_then(|seen| seen.into_iter().find_map(|it| it.record().cloned()))
            }
        };
        if let Some(after) = &after {
            changes.push(Change::Observe { side: Side::Left, record: Box::new(after.clone()), dirty: true });
        }
        // With a credit note its invoice is another: it is credited now.
        if let Some(Value::Reference(invoice)) = after.as_ref().and_then(|it| it.fields.get("CreditNoteFor"))
            && let Ok(seen) = self.engine.connectors.left.read(std::slice::from_ref(invoice)).await
        {
            changes.extend(self.observe(Side::Left, seen, Fresh::Asked).await?);
        }
        self.commit(&changes).await?;
        self.tally(|summary| summary.happened(&record.effect));
        self.engine.events.take(Event::Happened { record: Box::new(record.clone()) });
        Ok(after)
    }

    async fn note(&self, record: &EffectRecord, state: EffectState) -> Result<(), RunError> {
        self.commit(&[Change::Effect(Box::new(EffectRecord { state, ..record.clone() }))]).await
    }

    /// What effects wait for: those of which nobody knows whether they happened, and those that were refused.
    pub(crate) async fn effect_findings(&self) -> Result<Vec<Finding>, RunError> {
        self.settle_sent().await?;
        let known = self.store.effects(&self.engine.pair).await?;
        let finding = |record: EffectRecord| {
            let side = Side::Left;
            let matter = match record.state {
                EffectState::Unknown => Matter::EffectUnknown { effect: record.effect.name() },
                EffectState::Refused { message } => Matter::Refused { side, message, field: None },
                EffectState::Intended | EffectState::Done | EffectState::NotDone => return None,
            };
            let records = vec![(Side::Left, record.invoice), (Side::Right, record.source)];
            Some(Finding { records, title: record.title, matter })
        };
        Ok(known.into_iter().filter_map(finding).collect())
    }
}
