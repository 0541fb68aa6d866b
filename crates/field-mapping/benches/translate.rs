//! Translating 100,000 organisations through the standard mapping: how many a second, how that compares with copying the
//! same fields as plain JSON, and how many allocations each takes.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::alloc::System;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use field_mapping::{Direction, EntityMapping, Priority, Source, resolve};
use serde_json::{Map, Value as Json};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use sync_model::{FieldName, FieldSpec, FieldType, Fields, Kind, KindSchema, Schema, Side, Sides, Value};

const RECORDS: usize = 100_000;

/// Counts what is asked of the system's allocator.
#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const PAIRS: [(&str, &str); 10] = [
    ("Name", "accountname"),
    ("Street", "bill_street"),
    ("ZipCode", "bill_code"),
    ("City", "bill_city"),
    ("CountryKey", "bill_country"),
    ("Phone", "phone"),
    ("Email", "email1"),
    ("Webpage", "website"),
    ("VatNumber", "cf_cvr"),
    ("EanNumber", "cf_ean"),
];

fn schemas() -> Sides<Schema> {
    let of = |kind: &str, names: Vec<&str>| {
        let field = |name: &str| FieldSpec {
            name: FieldName::new(name),
            label: name.to_owned(),
            ty: if name == "IsPerson" { FieldType::Flag } else { FieldType::Text },
            required: false,
            writable: true,
            max_chars: None,
        };
        let fields = names.into_iter().map(field).collect();
        let kind = Kind::new(kind);
        Schema { kinds: BTreeMap::from([(kind.clone(), KindSchema { kind, label: String::new(), fields })]) }
    };
    let left = PAIRS.iter().map(|(left, _)| *left).chain(["IsPerson"]).collect();
    Sides::new(of("contact", left), of("Accounts", PAIRS.iter().map(|(_, right)| *right).collect()))
}

fn accounts() -> EntityMapping {
    let direction = Direction::TwoWay { priority: Priority::Prefer(Side::Right) };
    let modules = ["organisations".to_owned()];
    let mut mapping = resolve(&Source::Standard, &modules, &schemas(), direction, &BTreeMap::new()).unwrap();
    mapping.modules.remove(0).entities.remove(0)
}

/// An account as people keep it: half of it in another spelling than Dinero's.
fn account(at: usize) -> [String; 10] {
    [
        format!("Nordlys {at} ApS"),
        format!("Havnegade {}\r\n2. sal", at % 200),
        format!("{}", 1000 + at % 9000),
        "Aarhus C".to_owned(),
        ["Danmark", "Denmark", "DK", "Sverige"][at % 4].to_owned(),
        format!("86 12 {:02} {:02}", at / 100 % 100, at % 100),
        format!("Info{at}@Nordlys.dk"),
        format!("https://www.nordlys{at}.dk/"),
        format!("DK {:08}", 10_000_000 + at),
        "5790000000005".to_owned(),
    ]
}

/// What it took: time, and allocations for each record.
#[expect(clippy::disallowed_methods, reason = "how long it takes is what is measured")]
fn measured(work: impl FnOnce()) -> (Duration, usize) {
    let region = Region::new(COUNTING);
    let begun = Instant::now();
    work();
    (begun.elapsed(), region.change().allocations / RECORDS)
}

fn main() {
    // A test runner that builds benchmarks, too, starts them without this.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let entity = accounts();
    assert_eq!(entity.fields.len(), PAIRS.len());
    let plain: Vec<Map<String, Json>> = (0..RECORDS)
        .map(|at| {
            PAIRS.iter().zip(account(at)).map(|((_, name), text)| ((*name).to_owned(), Json::String(text))).collect()
        })
        .collect();
    let own: Vec<Fields> = (0..RECORDS)
        .map(|at| PAIRS.iter().zip(account(at)).map(|((_, name), text)| (*name, Value::text(text))).collect())
        .collect();
    let nothing = Fields::new();
    let mut rounds = Vec::new();
    for _ in 0..5 {
        let copied = measured(|| {
            for record in &plain {
                let copy: Map<String, Json> =
                    PAIRS.iter().map(|(left, right)| ((*left).to_owned(), record[*right].clone())).collect();
                black_box(copy);
            }
        });
        let read = measured(|| own.iter().for_each(|record| drop(black_box(entity.project(Side::Right, record)))));
        let carried = measured(|| {
            for record in &own {
                let seen = entity.project(Side::Right, record);
                black_box(entity.render(Side::Left, &seen.values, &nothing));
            }
        });
        rounds.push((copied, read, carried));
    }
    rounds.sort_by_key(|(_, _, carried)| carried.0);
    let (copied, read, carried) = rounds[rounds.len() / 2];
    for (what, (time, allocations)) in [("plain copy", copied), ("read", read), ("read and written", carried)] {
        let second = RECORDS as u128 * 1_000_000 / time.as_micros().max(1);
        let ratio = time.as_nanos() * 10 / copied.0.as_nanos().max(1);
        println!(
            "{what}: {second} records/s, {}.{} times the copy, {allocations} allocations each",
            ratio / 10,
            ratio % 10
        );
    }
}
