//! What credit notes add to histories: people credit booked invoices at both desks, and it is counted at every request and at
//! the end that never more is credited than was invoiced, and the same on both sides.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, NaiveDate};
use reconcile::{Finding, Matter};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use sync_model::{RecordKey, Side};
use sync_run::Effects;

use crate::audit::is_hopeless;
use crate::sale::{self, number};
use crate::subject::{CLERK, SUBJECTS, text};
use crate::world::{State, World};

/// What Dinero's credit notes are called in requests and as records.
pub(crate) const KIND: &str = "creditnote";
/// The field of the CRM that names the credited invoice, as people know it.
const NAMES: &str = "Krediterer faktura";

/// Whether an invoice of the CRM is a credit note, as it stands or as it is about to be made.
pub(crate) fn is_credit_note(record: &Value) -> bool {
    let total = number(record, "hdnGrandTotal");
    let quantity = record["LineItems"].as_array().and_then(|lines| lines.first());
    total < Decimal::ZERO || quantity.is_some_and(|line| number(line, "quantity") < Decimal::ZERO)
}

/// Somebody in Dinero credits the whole of a booked invoice of which nothing was credited so far.
pub(crate) fn in_dinero(world: &World, state: &mut State, id: &str) -> Result<String, String> {
    let now = world.time_at(state, Side::Left);
    if !of_invoice(state, id).is_empty() {
        return Err("it is credited already".to_owned());
    }
    let note = state.systems.dinero.credit_invoice(id, now)?;
    state.books.credited_by_people.insert(note.clone(), world.elapsed());
    Ok(format!("credits, by {note},"))
}

/// Somebody in the CRM writes a credit note for an invoice: for all of it, for a part, or for the double of it.
pub(crate) fn in_crm(world: &World, state: &mut State, id: &str) -> String {
    let now = world.time_at(state, Side::Right);
    let field = state.systems.crm.custom_field("Invoice", NAMES);
    let (Some(field), Some(record)) = (field, state.systems.crm.record_of(id)) else {
        return format!("right: {id} cannot be credited");
    };
    let factor = *state.luck.pick(&[-1, -1, -1, -2]).unwrap_or(&-1);
    let part = state.luck.in_thousand(400);
    let mut lines = record["LineItems"].as_array().cloned().unwrap_or_default();
    if part {
        lines.truncate(1);
    }
    for line in &mut lines {
        line["quantity"] = json!((number(line, "quantity") * Decimal::from(factor)).to_string());
    }
    state.typed += 1;
    let (subject, date) = (format!("kreditnota {}", state.typed), now.date_naive().to_string());
    let [account, person, invoice] = ["account_id", "contact_id", "invoice_no"].map(|name| text(&record, name));
    let head = [
        ("subject", subject.as_str()),
        ("account_id", account.as_str()),
        ("contact_id", person.as_str()),
        ("invoicedate", date.as_str()),
        ("invoicestatus", "Created"),
        ("bill_street", "Torvet 1"),
        ("ship_street", "Torvet 1"),
        (field.as_str(), invoice.as_str()),
    ];
    match state.systems.crm.add_with_lines("Invoice", &head, &lines, CLERK, now) {
        Ok(made) => format!("right: somebody writes {subject} ({made}) for {id}, times {factor}"),
        Err(error) => format!("right: no {subject} for {id}: {error}"),
    }
}

/// P38: a credit note that is about to be made in Dinero names a booked invoice, and with those that were there when we last
/// looked it comes to no more.
pub(crate) fn too_much(world: &World, state: &State, body: &Value) -> Option<String> {
    let invoice = text(body, "CreditNoteFor").to_lowercase();
    let sale = state.systems.dinero.sale(&invoice, DateTime::UNIX_EPOCH);
    let Some(sale) = sale.filter(|sale| text(sale, "Status") == "Booked") else {
        return Some(format!("P38: a credit note is made for {invoice:?}, which is no booked invoice"));
    };
    let looked = state.looked.get(&(Side::Left, KIND.to_owned())).copied().unwrap_or(0);
    let unseen = |guid: &str| state.books.credited_by_people.get(guid).is_some_and(|at| *at >= looked);
    let own = text(body, "Guid").to_lowercase();
    let others = of_invoice(state, &invoice).into_iter().filter(|note| {
        let guid = text(note, "Guid").to_lowercase();
        guid != own && !unseen(&guid)
    });
    let before: Decimal = others.map(|note| number(&note, "TotalInclVat")).sum();
    let lines = sale::lines_of(&sale::read(&state.systems, Side::Left, body, "ProductLines"));
    let wanted = sale::gross(&lines)?;
    let invoiced = number(&sale, "TotalInclVat");
    (before + wanted > invoiced + odd(world))
        .then(|| format!("P38: {wanted} is credited of {invoice} beside {before}, and it came to {invoiced}"))
}

/// What Dinero's sums may be off by the lines', where it rounds otherwise than it says, or roundings are made up for.
fn odd(world: &World) -> Decimal {
    let odd = world.manner.sales.as_ref().is_some_and(|sales| sales.vat_by_line || sales.rounds);
    if odd { Decimal::new(5, 2) } else { Decimal::ZERO }
}

/// Dinero's credit notes of an invoice, drafts included.
fn of_invoice(state: &State, invoice: &str) -> Vec<Value> {
    let mut notes = state.systems.dinero.credit_notes(DateTime::UNIX_EPOCH);
    notes.retain(|note| text(note, "CreditNoteFor").to_lowercase() == invoice);
    notes
}

/// Whether anything was credited of an invoice, or is about to be, on either side.
pub(crate) fn is_credited(state: &State, sale: &Value, record: &Value) -> bool {
    !of_invoice(state, &text(sale, "Guid").to_lowercase()).is_empty() || !in_the_crm(state, record).is_empty()
}

/// The CRM's credit notes of an invoice.
fn in_the_crm(state: &State, record: &Value) -> Vec<Value> {
    let Some(field) = state.systems.crm.custom_field("Invoice", NAMES) else { return Vec::new() };
    let number = text(record, "invoice_no");
    let mut notes = state.systems.crm.records("Invoice");
    notes.retain(|note| is_credit_note(note) && text(note, &field) == number);
    notes
}

/// Judges the credit notes of all invoices at the end; gives back how many stand alike on both sides.
pub(crate) fn judge(world: &World, findings: &[Finding], allowed: Option<Effects>, breaches: &mut Vec<String>) -> u64 {
    let state = world.state();
    let mut alike = 0;
    for (at, thing) in state.things.iter().enumerate() {
        let subject = &SUBJECTS[thing.subject];
        if !subject.is_of_invoices() || is_hopeless(&state, at) {
            continue;
        }
        let found = Side::BOTH.map(|side| subject.found(&state.systems, side, &thing.tag));
        let [[left], [right]] = [found[0].as_slice(), found[1].as_slice()] else { continue };
        let Some(sale) = state.systems.dinero.sale(&left.id, DateTime::UNIX_EPOCH) else { continue };
        let Some(record) = state.systems.crm.record_of(&right.id) else { continue };
        let credited = Credited {
            odd: odd(world),
            tag: &thing.tag,
            invoiced: number(&sale, "TotalInclVat"),
            booked: text(&sale, "Status") == "Booked",
            dinero: of_invoice(&state, &left.id),
            crm: in_the_crm(&state, &record),
        };
        // A clock that is years ahead or behind, ours or the CRM's, dates what it writes in a year that Dinero does not know.
        let today = world.time_at(&state, Side::Left).date_naive();
        let years_off = state.ours_ahead.abs() > 86_400 || credited.is_dated_years_off(today);
        alike += credited.judge(years_off, findings, allowed, breaches);
    }
    alike
}

/// An invoice that stands once on both sides, and what credits it.
struct Credited<'a> {
    odd: Decimal,
    tag: &'a str,
    invoiced: Decimal,
    booked: bool,
    dinero: Vec<Value>,
    crm: Vec<Value>,
}

impl Credited<'_> {
    /// Whether somebody wrote a credit note in the CRM on a day that is neither in this year, nor the last, nor the next.
    fn is_dated_years_off(&self, today: NaiveDate) -> bool {
        let day = |note: &Value| text(note, "invoicedate").parse::<NaiveDate>().ok();
        self.crm.iter().filter_map(day).any(|day| day.year().abs_diff(today.year()) > 1)
    }

    fn judge(
        &self,
        years_off: bool,
        findings: &[Finding],
        allowed: Option<Effects>,
        breaches: &mut Vec<String>,
    ) -> u64 {
        let in_dinero = self.dinero.iter().map(|note| RecordKey::new("credit-note", text(note, "Guid").as_str()));
        let in_crm = self.crm.iter().map(|note| RecordKey::new("Invoice", text(note, "id").as_str()));
        let keys: BTreeSet<RecordKey> = in_dinero.chain(in_crm).collect();
        let waits: Vec<&Matter> = findings
            .iter()
            .filter(|finding| finding.records.iter().any(|(_, key)| keys.contains(key)))
            .map(|finding| &finding.matter)
            .collect();
        let sum = |notes: &[Value], name: &str| notes.iter().map(|note| number(note, name).abs()).sum::<Decimal>();
        let (dinero, crm) = (sum(&self.dinero, "TotalInclVat"), sum(&self.crm, "hdnGrandTotal").round_dp(2));
        let tag = self.tag;
        let ours = self.dinero.iter().filter(|note| !text(note, "ExternalReference").is_empty());
        let references: Vec<String> = ours.clone().map(|note| text(note, "ExternalReference")).collect();
        let distinct: BTreeSet<&String> = references.iter().collect();
        if distinct.len() < references.len() {
            breaches.push(format!("P22: a credit note of {tag} stands twice in Dinero: {references:?}"));
        }
        let by_us: Decimal = ours.clone().map(|note| number(note, "TotalInclVat")).sum();
        if by_us > self.invoiced + self.odd {
            breaches.push(format!("P38: {by_us} is credited of {tag}, which came to {}", self.invoiced));
        }
        for matter in &waits {
            let fair = match matter {
                // More than was invoiced, or not booked yet.
                Matter::Unfit { .. } => crm.max(dinero) > self.invoiced || !self.booked || crm != dinero,
                Matter::Totals { .. } => true,
                Matter::EffectUnknown { effect } => effect == "send",
                Matter::Refused { .. } => years_off,
                _ => false,
            };
            if !fair {
                breaches.push(format!("L1: a credit note of {tag} still waits: {matter:?}"));
            }
        }
        if !waits.is_empty() {
            return 0;
        }
        // The CRM rounds a document and not its lines.
        let rounding = Decimal::new(i64::try_from(self.dinero.len()).unwrap_or_default(), 2);
        let alike = (dinero - crm).abs() <= self.odd + rounding;
        if !alike {
            breaches.push(format!("P38: {dinero} is credited of {tag} in Dinero, and {crm} in the CRM"));
        }
        if allowed.is_some_and(|allowed| allowed.book) && ours.clone().any(|note| text(note, "Status") == "Draft") {
            breaches.push(format!("L1: a credit note of {tag} was to be booked, and is not"));
        }
        if alike { self.dinero.len() as u64 } else { 0 }
    }
}
