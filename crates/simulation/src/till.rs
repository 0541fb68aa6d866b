//! What people do with invoices beside writing them: in Dinero they book, mail and pay, in the CRM they note what came in.

use rust_decimal::Decimal;
use sync_model::Side;

use crate::subject::{CLERK, text};
use crate::world::{State, World};
use crate::{credits, sale};

/// A person does something with the invoice of `thing` that stands on `side` as `id`, and what it was is told.
pub(crate) fn deed(world: &World, state: &mut State, thing: usize, side: Side, id: &str) -> String {
    let tag = state.things[thing].tag.clone();
    let credited = world.manner.sales.as_ref().is_some_and(|sales| sales.credited) && state.luck.in_thousand(250);
    match side {
        Side::Right if credited => credits::in_crm(world, state, id),
        Side::Left if credited => credits::in_dinero(world, state, id).map_or_else(
            |why| format!("{side}: {tag} is not credited: {why}"),
            |done| format!("{side}: somebody {done} {tag} ({id})"),
        ),
        Side::Left => in_dinero(world, state, id).map_or_else(
            |why| format!("{side}: {tag} stays as it is: {why}"),
            |done| format!("{side}: somebody {done} {tag} ({id})"),
        ),
        Side::Right => in_crm(world, state, thing, id),
    }
}

fn in_dinero(world: &World, state: &mut State, id: &str) -> Result<String, String> {
    let now = world.time_at(state, Side::Left);
    match state.luck.below(10) {
        0..5 => {
            let number = state.systems.dinero.book_sale(id, now)?;
            Ok(format!("books as number {number}"))
        }
        5..8 => {
            let rest = state.systems.dinero.remaining(id).unwrap_or_default();
            let part = if state.luck.in_thousand(500) { Decimal::ONE } else { Decimal::new(25, 2) };
            let amount = (rest * part).round_dp(2);
            if amount.is_zero() {
                return Err("nothing is left to pay".to_owned());
            }
            state.systems.dinero.pay_sale(id, amount, now.date_naive(), now)?;
            Ok(format!("notes a payment of {amount} of"))
        }
        _ => {
            state.systems.dinero.mail_sale(id, now)?;
            state.books.mailed_by_people.insert(id.to_owned());
            Ok("mails".to_owned())
        }
    }
}

fn in_crm(world: &World, state: &mut State, thing: usize, id: &str) -> String {
    let now = world.time_at(state, Side::Right);
    let tag = state.things[thing].tag.clone();
    let Some(record) = state.systems.crm.record_of(id) else { return format!("{tag} is not here") };
    let total = sale::crm_total(&record);
    let part = if state.luck.in_thousand(500) { Decimal::ONE } else { Decimal::new(5, 1) };
    let received = (total * part).round_dp(2);
    if received <= Decimal::ZERO || text(&record, "received").parse() == Ok(received) {
        return format!("nothing came in of {tag}");
    }
    if let Err(error) = state.systems.crm.edit(id, &[("received", &received.to_string())], CLERK, now) {
        // 8.4 saves no invoice of which a product is gone.
        return format!("right: {tag} cannot be saved: {error}");
    }
    state.books.received.entry(thing).or_default().push(received);
    format!("right: somebody notes that {received} came in of {tag} ({id})")
}
