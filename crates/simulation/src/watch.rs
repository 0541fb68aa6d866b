//! What is judged of invoices while it happens: each request that makes, changes, books, sends or pays one, at the moment it
//! reaches Dinero.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::Value;
use sync_model::Side;
use sync_run::Effects;

use crate::dealings::Dealings;
use crate::errand::Errand;
use crate::subject::{SUBJECTS, Subject, text};
use crate::world::{State, World};
use crate::{credits, sale};

/// What cannot be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Book,
    Mail,
    Electronic,
    Pay,
}

impl Deed {
    /// By the last part of a request's path.
    pub(crate) fn of(part: &str) -> Option<Self> {
        match part {
            "book" => Some(Self::Book),
            "email" => Some(Self::Mail),
            "e-invoice" => Some(Self::Electronic),
            "payments" => Some(Self::Pay),
            _ => None,
        }
    }

    pub(crate) fn sends(self) -> bool {
        matches!(self, Self::Mail | Self::Electronic)
    }

    /// Whether it is what a run was told to do.
    fn is_allowed(self, allowed: Option<Effects>) -> bool {
        allowed.is_some_and(|allowed| match self {
            Self::Book => allowed.book,
            Self::Mail | Self::Electronic => allowed.send,
            Self::Pay => allowed.pay.is_some(),
        })
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Book => "booked",
            Self::Mail | Self::Electronic => "sent",
            Self::Pay => "paid",
        })
    }
}

/// What became of invoices beyond what they say.
#[derive(Debug, Clone, Default)]
pub(crate) struct Books {
    /// What we did, by the invoice's guid: what, and of payments by which reference.
    done: BTreeMap<String, Vec<(Deed, String)>>,
    /// What people noted as received, by thing.
    pub(crate) received: BTreeMap<usize, Vec<Decimal>>,
    /// What people mailed themselves.
    pub(crate) mailed_by_people: BTreeSet<String>,
    /// Dinero's credit notes that people made, and when.
    pub(crate) credited_by_people: BTreeMap<String, u64>,
    /// What happened in all, once the history is over.
    pub(crate) dealings: Dealings,
    /// What booked invoices said when they were first seen to be booked.
    frozen: BTreeMap<String, Value>,
}

impl Books {
    /// How often we did this, in all.
    pub(crate) fn times(&self, wanted: impl Fn(Deed) -> bool) -> u64 {
        self.done.values().flatten().filter(|(deed, _)| wanted(*deed)).count() as u64
    }

    pub(crate) fn was_sent_by_us(&self, guid: &str) -> bool {
        self.done.get(guid).is_some_and(|done| done.iter().any(|(deed, _)| deed.sends()))
    }
}

/// A request is about to have its effect in Dinero.
pub(crate) fn before(world: &World, state: &mut State, allowed: Option<Effects>, errand: &Errand) {
    let mut wrong = Vec::new();
    match errand {
        Errand::Create { kind, body } if kind == "invoice" => {
            wrong.extend(unbound(state, body));
            wrong.extend(numbered(body));
            wrong.extend(closed(world, text(body, "Date").parse().ok()));
        }
        Errand::Create { kind, body } if kind == credits::KIND => {
            wrong.extend(credits::too_much(world, state, body));
            wrong.extend(numbered(body));
            wrong.extend(closed(world, text(body, "Date").parse().ok()));
        }
        Errand::Change { kind, body, .. } if kind == "invoice" => {
            wrong.extend(numbered(body));
            wrong.extend(closed(world, text(body, "Date").parse().ok()));
        }
        Errand::Effect { id, deed, body } => {
            wrong.extend(numbered(body));
            if !deed.is_allowed(allowed) {
                wrong.push(format!("P34: an invoice is {deed}, which nobody asked for"));
            }
            let sale = state.systems.dinero.sale(id, world.time_at(state, Side::Left)).unwrap_or_default();
            if *deed == Deed::Book {
                wrong.extend(closed(world, text(&sale, "Date").parse().ok()));
            }
        }
        _ => {}
    }
    wrong.into_iter().for_each(|what| state.breached(what));
}

/// A request had its effect.
pub(crate) fn after(world: &World, state: &mut State, errand: &Errand) {
    let Errand::Effect { id, deed, body } = errand else { return };
    let reference = text(body, "ExternalReference");
    let done = state.books.done.entry(id.clone()).or_default();
    let twice = done.iter().any(|(other, by)| match deed {
        Deed::Pay => other == deed && *by == reference,
        _ => other.sends() == deed.sends() && (*other == Deed::Book) == (*deed == Deed::Book) && *other != Deed::Pay,
    });
    done.push((*deed, reference));
    if twice {
        state.breached(format!("P34: {id} is {deed} a second time"));
    }
    if *deed == Deed::Book {
        off(world, state, id);
    }
    if *deed == Deed::Pay {
        overpaid(world, state, id, sale::number(body, "Amount"));
    }
}

/// P30: an invoice names only what is there.
fn unbound(state: &State, body: &Value) -> Option<String> {
    let contact = text(body, "ContactGuid");
    let lines = body["ProductLines"].as_array().into_iter().flatten();
    let missing = lines
        .map(|line| text(line, "ProductGuid"))
        .find(|guid| !guid.is_empty() && state.systems.dinero.product(guid).is_none());
    let missing = if state.systems.dinero.contact(&contact).is_none() { Some(contact) } else { missing };
    missing.map(|guid| format!("P30: an invoice is made before {guid:?}"))
}

/// P40: numbers are Dinero's own.
fn numbered(body: &Value) -> Option<String> {
    let number = text(body, "Number");
    (!number.is_empty()).then(|| format!("P40: the number {number} is asked for"))
}

/// P41: nothing is written into a closed period.
fn closed(world: &World, date: Option<NaiveDate>) -> Option<String> {
    let until = world.manner.sales.as_ref()?.closed_until?;
    let date = date.filter(|date| *date <= until)?;
    Some(format!("P41: {date} lies in a closed period"))
}

/// P36: what is booked comes to the same in both systems and by the lines that people wrote.
fn off(world: &World, state: &mut State, guid: &str) {
    let now = world.time_at(state, Side::Left);
    let Some(sale) = state.systems.dinero.sale(guid, now) else { return };
    let (thing, subject) = match thing_of(state, &sale) {
        Some(found) => found,
        None => return,
    };
    let tag = state.things[thing].tag.clone();
    let total = sale::number(&sale, "TotalInclVat");
    let lines = sale::lines_of(&sale::read(&state.systems, Side::Left, &sale, "ProductLines"));
    let ours = sale::gross(&lines);
    let rounds = world.manner.sales.as_ref().is_some_and(|sales| sales.rounds);
    let mut wrong = Vec::new();
    if ours != Some(total) && !rounds {
        wrong.push(format!("P36: {tag} is booked over {total}, and its lines come to {ours:?}"));
    }
    let looked = state.looked.get(&(Side::Right, subject.kind(Side::Right).to_owned())).copied().unwrap_or(0);
    let of_crm = |edit: &&crate::ledger::Edit| edit.thing == thing && edit.side == Side::Right;
    let in_the_window = state.ledger.iter().filter(of_crm).any(|edit| edit.at >= looked);
    let found = subject.found(&state.systems, Side::Right, &tag);
    if let [found] = found.as_slice()
        && let Some(record) = state.systems.crm.record_of(&found.id)
    {
        let crm = sale::crm_total(&record);
        if crm != total && !in_the_window {
            wrong.push(format!("P36: {tag} is booked over {total}, and is {crm} in the CRM"));
        }
    }
    wrong.into_iter().for_each(|what| state.breached(what));
}

/// P5 of money: what we pay comes to what a person noted.
fn overpaid(world: &World, state: &mut State, guid: &str, amount: Decimal) {
    let now = world.time_at(state, Side::Left);
    let Some(sale) = state.systems.dinero.sale(guid, now) else { return };
    let Some((thing, _)) = thing_of(state, &sale) else { return };
    let total = sale::number(&sale, "TotalInclVat");
    let dinero = &state.systems.dinero;
    let paid = total - dinero.remaining(guid).unwrap_or_default() - dinero.credited(guid);
    let noted = state.books.received.get(&thing).is_some_and(|noted| noted.contains(&paid));
    if !noted || amount <= Decimal::ZERO || paid > total {
        let tag = state.things[thing].tag.clone();
        state.breached(format!("P34: {amount} is paid of {tag}, which makes {paid} of {total}, and nobody noted that"));
    }
}

/// Which thing an invoice of Dinero is.
fn thing_of(state: &State, sale: &Value) -> Option<(usize, &'static Subject)> {
    let at = state.things.iter().position(|thing| {
        let subject = &SUBJECTS[thing.subject];
        subject.is_of_invoices() && subject.tag_of(Side::Left, sale).as_ref() == Some(&thing.tag)
    })?;
    Some((at, &SUBJECTS[state.things[at].subject]))
}

/// P35: what is booked stays as it is, but for what is paid and sent. Asked after every request and deed that may book.
pub(crate) fn keep_an_eye(world: &World, state: &mut State) {
    if world.manner.sales.is_none() {
        return;
    }
    let now = world.time_at(state, Side::Left);
    let mut wrong = Vec::new();
    for sale in state.systems.dinero.invoices(now) {
        if text(&sale, "Status") != "Booked" {
            continue;
        }
        let says: Value = ["ContactGuid", "Date", "Description", "Comment", "ProductLines", "TotalInclVat", "Number"]
            .map(|name| sale[name].clone())
            .into_iter()
            .collect();
        let guid = text(&sale, "Guid");
        let first = state.books.frozen.entry(guid.clone()).or_insert_with(|| says.clone());
        if *first != says {
            wrong.push(format!("P35: {guid} was booked as {first} and says {says} now"));
        }
    }
    wrong.into_iter().for_each(|what| state.breached(what));
}

/// The same after a request that may have changed one.
pub(crate) fn keep_an_eye_on(world: &World, state: &mut State, errand: &Errand) {
    let of_invoices = matches!(errand, Errand::Create { kind, .. } | Errand::Change { kind, .. } if kind == "invoice");
    if of_invoices || matches!(errand, Errand::Effect { .. } | Errand::Remove { .. }) {
        keep_an_eye(world, state);
    }
}

/// The invoices of an answer of Dinero, a list or one of them, that it says are booked.
pub(crate) fn booked_in(answer: &Value) -> Vec<String> {
    let rows = answer["Collection"].as_array().map_or_else(|| std::slice::from_ref(answer), Vec::as_slice);
    let status = |row: &Value| [text(row, "PaymentStatus"), text(row, "Status")].concat();
    let booked = rows.iter().filter(|row| !status(row).is_empty() && !status(row).contains("Draft"));
    booked.map(|row| text(row, "Guid").to_lowercase()).collect()
}
