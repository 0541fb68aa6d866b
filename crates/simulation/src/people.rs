//! People at both desks: they make, edit, empty and delete, and whatever they type goes into the ledger.

use std::time::Duration;

use sync_model::Side;

use crate::ledger::{Edit, Thing};
use crate::subject::{Attribute, Found, SUBJECTS, Spelling};
use crate::world::{Manner, State, World};
use crate::{sale, till, watch};

/// Most things in one history; invoices need some more.
const MOST_THINGS: usize = 7;
const MOST_WITH_INVOICES: usize = 10;

/// Milliseconds after which we have looked at what we wrote.
const LOOKED_AT: u64 = 200_000;

/// What a person does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Make,
    Edit,
    Clear,
    Delete,
    Poison,
}

/// A value that nobody ever typed.
fn fresh(state: &mut State, attribute: &Attribute) -> String {
    state.typed += 1;
    attribute.spelling.value(state.typed)
}

/// The thing that was there before: made on one side or on both, alike or not, sometimes twice.
pub(crate) fn settle_in(world: &World) {
    if world.manner.sales.is_some() {
        return open_shop(world);
    }
    let count = world.state().luck.between(1, 5);
    for _ in 0..count {
        let mut state = world.state();
        let state = &mut *state;
        let sides: &[Side] = match state.luck.below(10) {
            0..3 => &[Side::Left],
            3..6 => &[Side::Right],
            6..9 => &[Side::Left, Side::Right],
            _ => &[Side::Left, Side::Right, Side::Right],
        };
        let thing = new_thing(state, &world.manner, sides.len() > 2);
        stand(world, state, thing, sides);
    }
}

/// A customer and some goods, and invoices of them.
fn open_shop(world: &World) {
    let mut state = world.state();
    let state = &mut *state;
    let customers = customers(&world.manner);
    for wanted in [customers, "products", "products"] {
        let sides: &[Side] = match state.luck.below(10) {
            0..6 => &Side::BOTH,
            6..8 => &[Side::Left],
            _ => &[Side::Right],
        };
        let thing = thing_of(state, wanted, false);
        stand(world, state, thing, sides);
    }
    for _ in 0..state.luck.between(1, 4) {
        let side = if state.luck.in_thousand(300) { Side::Left } else { Side::Right };
        make_invoice(world, state, side);
    }
}

/// The module of those whom invoices belong to.
fn customers(manner: &Manner) -> &'static str {
    if manner.sales.as_ref().is_some_and(|sales| sales.to_persons) { "contacts" } else { "organisations" }
}

/// The tags of a module's things that stand on `side`.
fn standing(state: &State, side: Side, module: &str) -> Vec<String> {
    let of_module = state.things.iter().filter(|thing| SUBJECTS[thing.subject].module == module);
    let here = of_module.filter(|thing| !SUBJECTS[thing.subject].found(&state.systems, side, &thing.tag).is_empty());
    here.map(|thing| thing.tag.clone()).collect()
}

/// A person writes an invoice of what stands on `side`. `None` when there is nobody to write it to, or nothing to sell.
fn make_invoice(world: &World, state: &mut State, side: Side) -> Option<usize> {
    let customers = standing(state, side, customers(&world.manner));
    let customer = state.luck.pick(&customers)?.clone();
    let lines = sale::fresh_lines(state, side, &standing(state, side, "products"))?;
    let thing = thing_of(state, "invoices", false);
    let values: Vec<(&'static Attribute, String)> = SUBJECTS[state.things[thing].subject]
        .attributes
        .iter()
        .map(|attribute| match attribute.spelling {
            Spelling::Tag => (attribute, customer.clone()),
            Spelling::Lines => (attribute, lines.clone()),
            _ => (attribute, fresh(state, attribute)),
        })
        .collect();
    put(world, state, thing, side, &values);
    Some(thing)
}

/// A new thing stands on these sides, half of it alike.
fn stand(world: &World, state: &mut State, thing: usize, sides: &[Side]) {
    let mut values: Vec<(&'static Attribute, String)> = Vec::new();
    for side in sides {
        for (at, attribute) in SUBJECTS[state.things[thing].subject].attributes.iter().enumerate() {
            let empty = attribute.clears && state.luck.in_thousand(200);
            // Both sides say the same of one half, and the same name: it is how they are known.
            let same = attribute.name == "name" || state.luck.in_thousand(500);
            match values.get(at) {
                Some(_) if same => {}
                Some(_) => values[at] = (attribute, if empty { String::new() } else { fresh(state, attribute) }),
                None => values.push((attribute, if empty { String::new() } else { fresh(state, attribute) })),
            }
        }
        put(world, state, thing, *side, &values);
    }
}

fn new_thing(state: &mut State, manner: &Manner, twins: bool) -> usize {
    let wanted = state.luck.pick(&manner.modules).cloned().unwrap_or_default();
    thing_of(state, &wanted, twins)
}

fn thing_of(state: &mut State, module: &str, twins: bool) -> usize {
    let subject = SUBJECTS.iter().position(|subject| subject.module == module).unwrap_or(0);
    let number = state.things.len();
    let tag = match module {
        "products" => format!("v{number}x"),
        "invoices" => format!("faktura {number}"),
        _ => format!("t{number}@post.dk"),
    };
    let (by_people, by_us) = ([0, 0], [0, 0]);
    state.things.push(Thing { subject, tag, deleted: false, poisoned: false, twins, by_people, by_us });
    number
}

fn put(world: &World, state: &mut State, thing: usize, side: Side, values: &[(&'static Attribute, String)]) {
    let now = world.time_at(state, side);
    let subject = &SUBJECTS[state.things[thing].subject];
    let tag = state.things[thing].tag.clone();
    let Some(record) = subject.make(&mut state.systems, side, &tag, values, now) else {
        return state.breached(format!("the stand-in takes no {} named {tag}", subject.module));
    };
    state.things[thing].by_people[side as usize] += 1;
    for (attribute, value) in values {
        state.ledger.push(Edit {
            thing,
            side,
            attribute: attribute.name,
            value: attribute.spelling.normal(value),
            at: world.elapsed(),
            record: record.clone(),
            in_the_window: false,
        });
    }
}

/// So many deeds, each some time after the one before.
pub(crate) async fn work(world: &World, deeds: u64, most_pause: u64) {
    for _ in 0..deeds {
        let pause = world.state().luck.between(1, most_pause);
        tokio::time::sleep(Duration::from_millis(pause)).await;
        let told = one_deed(world);
        world.note(|| told);
    }
}

fn one_deed(world: &World) -> String {
    let mut state = world.state();
    let state = &mut *state;
    let most = if world.manner.sales.is_some() { MOST_WITH_INVOICES } else { MOST_THINGS };
    let deed = match state.luck.below(100) {
        0..14 if state.things.len() < most => Deed::Make,
        0..78 => Deed::Edit,
        78..90 => Deed::Clear,
        90..98 => Deed::Delete,
        _ => Deed::Poison,
    };
    let side = if state.luck.in_thousand(500) { Side::Left } else { Side::Right };
    if deed == Deed::Make && world.manner.sales.is_some() && state.luck.in_thousand(600) {
        let made = make_invoice(world, state, side).map(|thing| state.things[thing].tag.clone());
        return made.map_or_else(|| "nothing to sell".to_owned(), |tag| format!("{side}: somebody writes {tag}"));
    }
    if deed == Deed::Make {
        let wanted: Vec<String> = world.manner.modules.iter().filter(|module| *module != "invoices").cloned().collect();
        let wanted = state.luck.pick(&wanted).cloned().unwrap_or_default();
        let thing = thing_of(state, &wanted, false);
        let attributes = SUBJECTS[state.things[thing].subject].attributes;
        let values: Vec<_> = attributes.iter().map(|attribute| (attribute, fresh(state, attribute))).collect();
        put(world, state, thing, side, &values);
        return format!("{side}: somebody makes {}", state.things[thing].tag);
    }
    let mut all: Vec<usize> = (0..state.things.len()).collect();
    if world.manner.sales.is_some() && state.luck.in_thousand(500) {
        all.retain(|at| SUBJECTS[state.things[*at].subject].is_of_invoices());
    }
    let Some(thing) = state.luck.pick(&all).copied() else { return String::new() };
    let subject = &SUBJECTS[state.things[thing].subject];
    let tag = state.things[thing].tag.clone();
    let found = subject.found(&state.systems, side, &tag);
    let Some(record) = state.luck.pick(&found).cloned() else { return format!("{side}: {tag} is not here") };
    let now = world.time_at(state, side);
    if subject.is_of_invoices() && state.luck.in_thousand(550) {
        let told = till::deed(world, state, thing, side, &record.id);
        watch::keep_an_eye(world, state);
        return told;
    }
    match deed {
        Deed::Make | Deed::Edit | Deed::Clear => write(world, state, thing, (side, record), deed == Deed::Clear),
        Deed::Delete => {
            let gone = subject.remove(&mut state.systems, side, &record.id, now);
            state.things[thing].deleted |= gone || !subject.is_of_invoices();
            format!("{side}: somebody deletes {tag} ({})", record.id)
        }
        Deed::Poison => {
            state.things[thing].poisoned |= side == Side::Right && subject.poison(&mut state.systems, &record.id, now);
            format!("{side}: somebody spoils {tag}")
        }
    }
}

/// Somebody writes into one field of a record, or empties it.
fn write(world: &World, state: &mut State, thing: usize, (side, record): (Side, Found), clears: bool) -> String {
    let subject = &SUBJECTS[state.things[thing].subject];
    let tag = state.things[thing].tag.clone();
    let now = world.time_at(state, side);
    let renames = world.manner.marks;
    let fits = |it: &&Attribute| (!clears || it.clears) && (renames || it.name != "name") && it.spelling.is_edited();
    let attributes: Vec<&'static Attribute> = subject.attributes.iter().filter(fits).collect();
    let Some(attribute) = state.luck.pick(&attributes).copied() else { return String::new() };
    let value = match attribute.spelling {
        _ if clears => Some(String::new()),
        Spelling::Lines => sale::fresh_lines(state, side, &standing(state, side, "products")),
        _ => Some(fresh(state, attribute)),
    };
    let Some(value) = value else { return "nothing to sell".to_owned() };
    if record.values[attribute.name] == value {
        return format!("{side}: {tag} {} is {value:?} already", attribute.name);
    }
    if !subject.edit(&mut state.systems, side, &record.id, attribute, &value, now) {
        // What is booked stays as it is, and 8.4 saves no invoice of which a product is gone.
        if subject.is_of_invoices() {
            return format!("{side}: {tag} cannot be saved");
        }
        state.breached(format!("the stand-in takes no {value:?} for {}", attribute.name));
    }
    // Our own value may be just arriving: written, and perhaps not looked at since.
    let written = state.written.get(&(side, record.id.clone()));
    let arriving = written.is_some_and(|written| written + LOOKED_AT > world.elapsed());
    // Or what became of the request that made it is not known yet.
    let arriving = arriving || state.untold.contains(&(thing, side));
    let told = format!("{side}: somebody writes {value:?} into {} of {tag} ({})", attribute.name, record.id);
    state.ledger.push(Edit {
        thing,
        side,
        attribute: attribute.name,
        value: attribute.spelling.normal(&value),
        at: world.elapsed(),
        record: record.id,
        in_the_window: arriving && clears,
    });
    told
}
