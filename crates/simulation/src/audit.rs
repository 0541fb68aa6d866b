//! The judgement of invoices at the end: what waits does so for a reason that can be counted, what was to happen happened,
//! and the CRM knows of it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate};
use reconcile::{Finding, Matter};
use rust_decimal::Decimal;
use serde_json::Value;
use sync_model::Side;
use sync_run::{Effects, Store};

use crate::credits;
use crate::dealings::Dealings;
use crate::history::pair;
use crate::ledger::{Thing, emptied_on_arrival};
use crate::sale;
use crate::subject::{Found, SUBJECTS, text};
use crate::watch::Deed;
use crate::world::{State, World};

/// Whether people did something to a thing, or to what it needs, that nobody else can put right.
pub(crate) fn is_hopeless(state: &State, at: usize) -> bool {
    let spoilt = |thing: &Thing| thing.deleted || thing.poisoned || thing.twins;
    let thing = &state.things[at];
    if spoilt(thing) {
        return true;
    }
    if !SUBJECTS[thing.subject].is_of_invoices() {
        return false;
    }
    // The CRM asks for an organisation, and a person's invoice of Dinero names none.
    let to_a_person = state.ledger.iter().any(|edit| {
        let customer = |other: &&Thing| other.tag == edit.value && SUBJECTS[other.subject].module == "contacts";
        edit.thing == at && edit.side == Side::Left && state.things.iter().find(customer).is_some()
    });
    if to_a_person && thing.by_people[Side::Left as usize] > 0 {
        return true;
    }
    // So it does for a street, and a customer of Dinero may have none.
    if thing.by_people[Side::Left as usize] > 0 && has_no_address(state, &thing.tag) {
        return true;
    }
    let needed = state.ledger.iter().filter(|edit| edit.thing == at).flat_map(|edit| match edit.attribute {
        "customer" => vec![edit.value.clone()],
        "lines" => sale::lines_of(&edit.value).into_iter().map(|line| line.product).collect(),
        _ => Vec::new(),
    });
    let needed: Vec<String> = needed.collect();
    state.things.iter().any(|other| spoilt(other) && needed.contains(&other.tag))
}

/// Whether the invoice stands in Dinero without an address.
fn has_no_address(state: &State, tag: &str) -> bool {
    let invoices = state.systems.dinero.invoices(DateTime::UNIX_EPOCH);
    let mut of_tag = invoices.iter().filter(|sale| text(sale, "Description").to_lowercase() == tag);
    of_tag.any(|sale| text(sale, "Address").trim().is_empty())
}

/// Whether nothing may travel of an invoice as it stands somewhere.
pub(crate) fn is_held(world: &World, found: &[Vec<Found>; 2]) -> bool {
    found.iter().flatten().any(|found| is_closed(world, found) || is_unmapped(found))
}

/// Whether its day is in a closed period.
fn is_closed(world: &World, found: &Found) -> bool {
    let until = world.manner.sales.as_ref().and_then(|sales| sales.closed_until);
    until.is_some_and(|until| found.values["date"].parse().is_ok_and(|date: NaiveDate| date <= until))
}

/// Whether nobody said what its VAT means.
fn is_unmapped(found: &Found) -> bool {
    !sale::is_mapped(&sale::lines_of(&found.values["lines"]))
}

/// Whether Dinero has booked the invoice.
pub(crate) fn is_booked(state: &State, guid: &str) -> bool {
    let sale = state.systems.dinero.sale(guid, DateTime::UNIX_EPOCH);
    sale.is_some_and(|sale| text(&sale, "Status") == "Booked")
}

/// Judges every invoice; `allowed` is what the last runs were told to do.
pub(crate) async fn judge(world: &World, allowed: Option<Effects>, breaches: &mut Vec<String>) {
    let findings = world.memory.findings(&pair()).await.unwrap_or_default();
    let findings: Vec<Finding> = findings.into_iter().map(|stored| stored.finding).collect();
    let mut dealings = dealt(world, &findings);
    if world.manner.sales.as_ref().is_some_and(|sales| sales.credited) {
        dealings.credited = credits::judge(world, &findings, allowed, breaches);
    }
    world.state().books.dealings = dealings;
    let state = world.state();
    for (at, thing) in state.things.iter().enumerate() {
        let subject = &SUBJECTS[thing.subject];
        if !subject.is_of_invoices() || is_hopeless(&state, at) {
            continue;
        }
        let found = Side::BOTH.map(|side| subject.found(&state.systems, side, &thing.tag));
        let [[left], [right]] = [found[0].as_slice(), found[1].as_slice()] else { continue };
        let now = world.time_at(&state, Side::Left);
        let Some(sale) = state.systems.dinero.sale(&left.id, now) else { continue };
        let Some(record) = state.systems.crm.record_of(&right.id) else { continue };
        let records =
            [(Side::Left, subject.key(Side::Left, &left.id)), (Side::Right, subject.key(Side::Right, &right.id))];
        let waits: Vec<&Matter> = findings
            .iter()
            .filter(|finding| finding.records.iter().any(|record| records.contains(record)))
            .map(|finding| &finding.matter)
            .collect();
        let case = Case { world, state: &state, at, thing, left, right, sale, record, waits };
        if !is_held(world, &found) {
            case.waits_for_a_reason(breaches);
            case.happened(allowed, breaches);
        }
        case.came_back(breaches);
    }
}

/// What happened to invoices in all.
fn dealt(world: &World, findings: &[Finding]) -> Dealings {
    let state = world.state();
    let waiting = |wanted: fn(&Matter) -> bool| findings.iter().filter(|it| wanted(&it.matter)).count() as u64;
    let mut dealings = Dealings {
        booked: state.books.times(|deed| deed == Deed::Book),
        sent: state.books.times(Deed::sends),
        paid: state.books.times(|deed| deed == Deed::Pay),
        proposals: waiting(|matter| matches!(matter, Matter::Proposal { .. })),
        off: waiting(|matter| matches!(matter, Matter::Totals { .. })),
        ..Dealings::default()
    };
    for thing in state.things.iter().filter(|thing| SUBJECTS[thing.subject].is_of_invoices()) {
        let found = Side::BOTH.map(|side| SUBJECTS[thing.subject].found(&state.systems, side, &thing.tag));
        let any = |wanted: &dyn Fn(&Found) -> bool| u64::from(found.iter().flatten().any(wanted));
        dealings.made += u64::from(thing.by_us.iter().sum::<u32>());
        dealings.unmapped += any(&is_unmapped);
        dealings.closed += any(&|found| is_closed(world, found));
        dealings.frozen += found[0].iter().filter(|found| is_booked(&state, &found.id)).count() as u64;
        let shown = found[1].iter().filter_map(|found| state.systems.crm.record_of(&found.id));
        dealings.numbered += shown.filter(|record| !text(record, "cf_dinero_fakturanr").is_empty()).count() as u64;
    }
    dealings
}

/// An invoice that stands once on both sides.
struct Case<'a> {
    world: &'a World,
    state: &'a State,
    at: usize,
    thing: &'a Thing,
    left: &'a Found,
    right: &'a Found,
    sale: Value,
    record: Value,
    waits: Vec<&'a Matter>,
}

impl Case<'_> {
    fn is_booked(&self) -> bool {
        text(&self.sale, "Status") == "Booked"
    }

    fn total(&self) -> Decimal {
        sale::number(&self.sale, "TotalInclVat")
    }

    fn paid(&self) -> Decimal {
        let dinero = &self.state.systems.dinero;
        self.total() - dinero.remaining(&self.left.id).unwrap_or_default() - dinero.credited(&self.left.id)
    }

    /// P31, P35, P36: what waits does so because the sums differ, because it is booked, or because nobody knows whether a
    /// mail went out.
    fn waits_for_a_reason(&self, breaches: &mut Vec<String>) {
        let tag = &self.thing.tag;
        let by_line = self.world.manner.sales.as_ref().is_some_and(|sales| sales.vat_by_line);
        for matter in &self.waits {
            let fair = match matter {
                Matter::Totals { .. } => by_line || sale::crm_total(&self.record) != self.total(),
                Matter::Proposal { .. } => self.is_booked() && self.left.values != self.right.values,
                Matter::EffectUnknown { effect } => {
                    let books = &self.state.books;
                    effect == "send"
                        && !books.was_sent_by_us(&self.left.id)
                        && !books.mailed_by_people.contains(&self.left.id)
                }
                // A clock that is years ahead or behind pays in a year that Dinero does not know.
                Matter::Refused { .. } => self.state.ours_ahead.abs() > 86_400,
                _ => false,
            };
            if !fair {
                breaches.push(format!("L1: {tag} still waits: {matter:?}"));
            }
        }
        let differs = |(name, left): (&&str, &String)| {
            self.right.values.get(name) != Some(left) && !emptied_on_arrival(&self.state.ledger, self.at, name)
        };
        let differs = self.is_booked() && self.left.values.iter().any(differs);
        let proposed = self.waits.iter().any(|matter| matches!(matter, Matter::Proposal { .. }));
        if differs && !proposed {
            breaches.push(format!("P35: {tag} is booked and was edited, and nobody is told"));
        }
    }

    /// L1 of effects: what was allowed and ordered, and waits for nothing, happened.
    fn happened(&self, allowed: Option<Effects>, breaches: &mut Vec<String>) {
        let ours = self.thing.by_us[0] > 0;
        let Some(allowed) = allowed.filter(|_| ours && self.waits.is_empty()) else { return };
        let (tag, books) = (&self.thing.tag, &self.state.books);
        if allowed.book && !self.is_booked() {
            breaches.push(format!("L1: {tag} was to be booked, and is not"));
        }
        let sent = books.was_sent_by_us(&self.left.id) || books.mailed_by_people.contains(&self.left.id);
        if allowed.send && self.is_booked() && !sent {
            breaches.push(format!("L1: {tag} was to be sent, and is not"));
        }
        let received = sale::number(&self.record, "received");
        // What is credited is owed no more.
        let owed = !credits::is_credited(self.state, &self.sale, &self.record);
        let payable = owed && received > self.paid() && received <= self.total();
        if allowed.pay.is_some() && self.is_booked() && payable && self.state.ours_ahead.abs() < 86_400 {
            breaches.push(format!("L1: {tag} was to be paid {received}, and is paid {}", self.paid()));
        }
    }

    /// P40 and the way back: the CRM shows Dinero's number, status and payments, once it is booked.
    fn came_back(&self, breaches: &mut Vec<String>) {
        if credits::is_credited(self.state, &self.sale, &self.record) {
            return;
        }
        let tag = &self.thing.tag;
        let now = self.world.time_at(self.state, Side::Left);
        let sale = self.state.systems.dinero.sale(&self.left.id, now).unwrap_or_default();
        let wanted: BTreeMap<&str, String> = match text(&sale, "PaymentStatus").as_str() {
            "Draft" => [("cf_dinero_fakturanr", String::new()), ("invoicestatus", "Created".to_owned())].into(),
            "Paid" | "OverPaid" => {
                [("cf_dinero_fakturanr", text(&sale, "Number")), ("invoicestatus", "Paid".to_owned())].into()
            }
            _ => [("cf_dinero_fakturanr", text(&sale, "Number")), ("invoicestatus", "Approved".to_owned())].into(),
        };
        for (field, wanted) in wanted {
            let exists = self.record.get(field).is_some();
            let made_here = field != "invoicestatus" || self.is_booked() || self.thing.by_us[1] == 0;
            let shown = text(&self.record, field);
            if exists && made_here && shown != wanted {
                breaches.push(format!("P40: {field} of {tag} is {shown:?} in the CRM, and {wanted:?} in Dinero"));
            }
        }
        let noted = self.state.books.received.contains_key(&self.at);
        let received = sale::number(&self.record, "received");
        if !noted && received != self.paid() {
            breaches.push(format!("P2: {} is paid of {tag}, and the CRM has received {received}", self.paid()));
        }
    }
}
