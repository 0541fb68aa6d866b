//! How fast `afstem` is, what it asks of both systems, and how much memory it takes: `cargo xtask bench speed`, with
//! `-- --records 10000` for more.
#![expect(clippy::print_stdout, reason = "to print is what this program is for")]
#![expect(clippy::float_arithmetic, reason = "seconds and ratios, no money")]
#![expect(clippy::expect_used, reason = "a measurement that cannot be taken has to end loudly")]

#[path = "../books.rs"]
mod books;

use std::ops::Range;
use std::time::Duration;

use books::{Books, Cost};
use chrono::Utc;
use serde_json::Value;

const EVERYTHING: [&str; 3] = ["organisations", "contacts", "products"];

/// How far a walk reaches back before the place where the last one ended: a minute in Dinero, and less in the CRM.
const OVERLAP: Duration = Duration::from_secs(62);

fn main() {
    let records = std::env::args().skip_while(|argument| argument != "--records").nth(1);
    let records: u32 = records.map_or(1_000, |text| text.parse().expect("--records N"));
    println!("{:<44} {:>9} {:>9} {:>7} {:>15} {:>15}", "", "seconds", "CPU", "MB", "Dinero requests", "CRM requests");
    one_module(records);
    every_module(records);
}

/// `records` organisations on either side, half of them on both.
fn one_module(records: u32) {
    println!("{records} + {records} organisations, half of them on both sides");
    let books = Books::of(records / 2 * 3, &EVERYTHING[..1]);
    let (_, first, cost) = books.afstem(&["sync", "--yes"]);
    let (made, completed) = (sum(&first, "created"), sum(&first, "updated"));
    report("  first synchronisation", &first, cost);
    let second = cost.wall.as_secs_f64();
    println!(
        "    {made} made and {completed} completed: {:.0} creates/s, {:.0} writes/s",
        ratio(made, second),
        ratio(made + completed, second)
    );
    let pages = nothing_to_do(&books, |books| {
        edit(books, 0..2, "Gammel Vej");
    });
    for (what, street) in [("  1 % + 1 % edited", "Ny Vej"), ("  the same records edited again", "Nyere Vej")] {
        let changed = edit(&books, 2..2 + records as usize / 50, street);
        let (_, edited, cost) = books.afstem(&["sync"]);
        report(what, &edited, cost);
        assert_eq!(sum(&edited, "updated"), changed as u64, "each edit travels: {edited}");
        let requests = sum(&edited, "requests");
        println!(
            "    {changed} edits, {:.2} requests each, and {:.2} without those that a run without edits asks, too",
            ratio(requests, changed as f64),
            ratio(requests.saturating_sub(pages), changed as f64)
        );
    }
    let (code, _, cost) = books.afstem(&["audit"]);
    report("  everything read and compared (audit)", &Value::Null, cost);
    assert!(matches!(code, Some(0 | 3)), "the audit ends");
}

/// `records` of each module on both sides, after the first synchronisation.
fn every_module(records: u32) {
    println!("{records} organisations, contacts and products each");
    let books = Books::of(records, &EVERYTHING);
    let (_, first, cost) = books.afstem(&["sync", "--yes"]);
    report("  first synchronisation", &first, cost);
    let requests = nothing_to_do(&books, edit_each_module);
    println!("    {requests} requests in all; both sides hold {:?} records", held(&books));
}

/// Runs after the first: one to which our own writes come back as changes, one after people did `deeds` when walks reach back no further
/// than the last write, one to which what that one wrote comes back, and one in which nothing is to be done: it begins at the
/// last change of each module, which is no longer one of thousands in a few seconds. How many requests that one asks.
fn nothing_to_do(books: &Books, deeds: impl Fn(&Books)) -> u64 {
    let (_, echo, cost) = books.afstem(&["sync"]);
    report("  our own writes come back", &echo, cost);
    std::thread::sleep(OVERLAP);
    deeds(books);
    let (_, edited, cost) = books.afstem(&["sync"]);
    report("  an edit on each side or in each module", &edited, cost);
    books.afstem(&["sync"]);
    let (_, quiet, cost) = books.afstem(&["sync"]);
    report("  nothing to do", &quiet, cost);
    for run in [&echo, &quiet] {
        assert_eq!(sum(run, "writes"), 0, "a run without edits writes nothing");
    }
    sum(&quiet, "requests")
}

/// How many records both sides hold.
fn held(books: &Books) -> [usize; 2] {
    let (dinero, crm) = (books.dinero(), books.crm());
    let right = ["Accounts", "Contacts", "Products", "Services"].map(|module| crm.records(module).len());
    [dinero.contacts().len() + dinero.products().len(), right.iter().sum()]
}

/// These organisations edited, in turn on either side, none on both.
fn edit(books: &Books, which: Range<usize>, street: &str) -> usize {
    let organisations = books.organisations();
    for (nth, [contact, account]) in organisations[which.clone()].iter().enumerate() {
        let street = format!("{street} {nth}");
        let done = if nth % 2 == 0 {
            books.dinero().edit_contact(contact, &[("Street", street.into())], Utc::now())
        } else {
            books.crm().edit(account, &[("bill_street", &street)], "mette", Utc::now()).is_ok()
        };
        assert!(done, "the record is there");
    }
    which.len()
}

/// A street of two organisations, one on each side, that of a person, and the name of something sold of each kind that the CRM
/// knows: each arrives on the other side.
fn edit_each_module(books: &Books) {
    edit(books, 0..2, "Gammel Vej");
    let person = {
        let contacts = books.dinero().contacts();
        let person = contacts.iter().find(|contact| contact["IsPerson"] == true).expect("a person");
        person["ContactGuid"].as_str().expect("a GUID").to_owned()
    };
    assert!(books.dinero().edit_contact(&person, &[("Street", "Gammel Vej 3".into())], Utc::now()));
    for (module, name) in [("Products", "productname"), ("Services", "servicename")] {
        let sold = books.crm().records(module);
        if let Some(id) = sold.first().and_then(|record| record["id"].as_str()) {
            books.crm().edit(id, &[(name, "Gammel vare")], "mette", Utc::now()).expect("the record is there");
        }
    }
}

fn report(what: &str, document: &Value, Cost { wall, cpu, peak }: Cost) {
    let requests = |side: &str| match document {
        Value::Null => "-".to_owned(),
        _ => number(document, &format!("/requests/{side}")).to_string(),
    };
    println!(
        "{what:<44} {:>9.2} {:>9.2} {peak:>7} {:>15} {:>15}",
        wall.as_secs_f64(),
        cpu.as_secs_f64(),
        requests("dinero"),
        requests("simplycrm")
    );
}

/// Both sides of a count.
fn sum(document: &Value, count: &str) -> u64 {
    number(document, &format!("/{count}/dinero")) + number(document, &format!("/{count}/simplycrm"))
}

#[expect(clippy::cast_precision_loss, reason = "counts of things are small")]
fn ratio(count: u64, by: f64) -> f64 {
    count as f64 / by
}

/// A whole number of a document.
fn number(document: &Value, path: &str) -> u64 {
    document.pointer(path).and_then(Value::as_u64).unwrap_or_default()
}
