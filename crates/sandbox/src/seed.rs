//! Believable Danish data from a seed: companies with valid CVR and EAN numbers, persons, products and services; a share
//! of them stands on both sides, spelled as differently as people spell.

use chrono::{DateTime, Duration, Utc};
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::dinero::Dinero;
use crate::simplycrm::{CustomFields, Goods, Organisation, Person, Profile, SimplyCrm};

const TRADES: [&str; 16] = [
    "Bageri",
    "Tømrer",
    "VVS",
    "Autoværksted",
    "Blomster",
    "Regnskab",
    "Maskinfabrik",
    "Cykler",
    "Boghandel",
    "Bryghus",
    "Smedje",
    "Gartneri",
    "Møbler",
    "Rengøring",
    "Transport",
    "Bådebyggeri",
];
const NAMES: [&str; 20] = [
    "Nordlys",
    "Ærø",
    "Blåbjerg",
    "Kærsgård",
    "Østerbro",
    "Søndergaard",
    "Vestkyst",
    "Fjord",
    "Lyngby",
    "Ågård",
    "Hjorth",
    "Bøgelund",
    "Strandby",
    "Møllegård",
    "Skovby",
    "Rønne",
    "Tåsinge",
    "Grønne",
    "Hvide",
    "Sølv",
];
const FORMS: [&str; 4] = ["ApS", "A/S", "I/S", "& Søn"];
const FIRST: [&str; 20] = [
    "Anne", "Søren", "Mette", "Lærke", "Åse", "Jørgen", "Kirsten", "Bjørn", "Signe", "Mads", "Ida", "Rasmus", "Freja",
    "Ole", "Gitte", "Henrik", "Maja", "Niels", "Tove", "Asger",
];
const LAST: [&str; 16] = [
    "Nielsen",
    "Jensen",
    "Ærtebjerg",
    "Sørensen",
    "Bødker",
    "Ågesen",
    "Kjær",
    "Østergaard",
    "Holm",
    "Møller",
    "Lund",
    "Krogh",
    "Skov",
    "Bech",
    "Friis",
    "Dam",
];
const STREETS: [&str; 12] = [
    "Algade",
    "Bygaden",
    "Østergade",
    "Ågade",
    "Kirkevej",
    "Møllevej",
    "Havnegade",
    "Nørregade",
    "Skovvej",
    "Torvet",
    "Søvej",
    "Bakkevej",
];
const TOWNS: [(&str, &str); 14] = [
    ("1650", "København V"),
    ("2100", "København Ø"),
    ("2800", "Kongens Lyngby"),
    ("4000", "Roskilde"),
    ("5000", "Odense C"),
    ("5970", "Ærøskøbing"),
    ("6000", "Kolding"),
    ("6400", "Sønderborg"),
    ("7100", "Vejle"),
    ("8000", "Aarhus C"),
    ("8600", "Silkeborg"),
    ("9000", "Aalborg"),
    ("3700", "Rønne"),
    ("8800", "Viborg"),
];
const GOODS: [(&str, &str); 16] = [
    ("Kontorstol", "Pieces"),
    ("Skærm 27\"", "Pieces"),
    ("Kaffe, økologisk", "Box"),
    ("Papir A4", "Carton"),
    ("Skruer 4×40", "Box"),
    ("Maling, hvid", "Pieces"),
    ("Kabel", "M"),
    ("Printerpatron", "Pieces"),
    ("Tastatur", "Pieces"),
    ("Skrivebord", "Pieces"),
    ("Lampe", "Pieces"),
    ("Rådgivning", "Hours"),
    ("Montering", "Hours"),
    ("Rengøring", "Hours"),
    ("Kørsel", "Hours"),
    ("Undervisning", "Hours"),
];

/// How many of each are seeded, on both sides together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seeded {
    /// Companies.
    pub organisations: u32,
    /// Persons.
    pub contacts: u32,
    /// What is sold: goods and services.
    pub products: u32,
}

impl From<u32> for Seeded {
    /// So many of each.
    fn from(each: u32) -> Self {
        Self { organisations: each, contacts: each, products: each }
    }
}

/// Both sides, seeded: a third of the records on Dinero only, a third in the CRM only, a third on both. On each side one was
/// typed a minute, the last one `now`.
///
/// # Panics
/// Never: the users that plant the records exist.
#[must_use]
pub fn seed_pair(records: impl Into<Seeded>, seed: u64, now: DateTime<Utc>) -> (Dinero, SimplyCrm) {
    let records = records.into();
    let mut chance = SmallRng::seed_from_u64(seed);
    let mut dinero = Dinero::new(4711, "Prøvefirma ApS");
    let mut profile = Profile::simply();
    for module in ["Accounts", "Contacts", "Products", "Services"] {
        profile.custom_fields.insert(module.to_owned(), CustomFields::Slugs);
    }
    let mut crm = SimplyCrm::new(profile);
    let companies: Vec<Organisation> = (0..records.organisations).map(|nth| company(nth, &mut chance)).collect();
    let people: Vec<Person> = (0..records.contacts).map(|nth| person(nth, &mut chance)).collect();
    let goods: Vec<Goods> = (0..records.products).map(|nth| item(nth, &mut chance)).collect();
    let in_dinero = |nth: usize| nth % 3 != 1;
    let count = |all: usize| (0..all).filter(|nth| in_dinero(*nth)).count();
    let mut moments = minutes_until(now, count(companies.len()) + count(people.len()) + count(goods.len()));
    let mut moment = || moments.next().unwrap_or(now);
    for (nth, company) in companies.iter().enumerate().filter(|(nth, _)| in_dinero(*nth)) {
        dinero.add_contact(&company_fields(company, nth), moment());
    }
    for (nth, person) in people.iter().enumerate().filter(|(nth, _)| in_dinero(*nth)) {
        dinero.add_contact(&person_fields(person, nth), moment());
    }
    for (_, item) in goods.iter().enumerate().filter(|(nth, _)| in_dinero(*nth)) {
        dinero.add_product(&product_fields(item), moment());
    }
    crm.plant(&in_crm(companies), &in_crm(people), &in_crm(goods), "mette", now)
        .expect("mette is a user of every new installation");
    (dinero, crm)
}

/// Those of them that stand in the CRM.
fn in_crm<T>(all: Vec<T>) -> Vec<T> {
    all.into_iter().enumerate().filter(|(nth, _)| nth % 3 != 0).map(|(_, it)| it).collect()
}

/// So many moments a minute apart, the last of them `now`.
pub(crate) fn minutes_until(now: DateTime<Utc>, count: usize) -> impl Iterator<Item = DateTime<Utc>> {
    (0..count).rev().map(move |before| now - Duration::minutes(i64::try_from(before).unwrap_or_default()))
}

fn company(nth: u32, chance: &mut SmallRng) -> Organisation {
    let (zip, city) = pick(&TOWNS, chance);
    let name = format!("{} {} {}", pick(&NAMES, chance), pick(&TRADES, chance), pick(&FORMS, chance));
    let name = if nth < 20 { name } else { format!("{name} {nth}") };
    Organisation {
        email: format!("kontakt{nth}@{}.dk", ["nordlys", "fjord", "vest", "syd"][nth as usize % 4]),
        street: format!("{} {}", pick(&STREETS, chance), chance.random_range(1..120)),
        zip: zip.to_owned(),
        city: city.to_owned(),
        phone: phone(chance),
        cvr: cvr(nth, chance),
        ean: if nth.is_multiple_of(5) { ean(nth) } else { String::new() },
        name,
    }
}

fn person(nth: u32, chance: &mut SmallRng) -> Person {
    let (zip, city) = pick(&TOWNS, chance);
    let (first, last) = (pick(&FIRST, chance), pick(&LAST, chance));
    Person {
        first_name: first.to_owned(),
        last_name: last.to_owned(),
        street: format!("{} {}", pick(&STREETS, chance), chance.random_range(1..120)),
        zip: zip.to_owned(),
        city: city.to_owned(),
        phone: phone(chance),
        email: format!("privat{nth}@post.dk"),
        organisation: None,
    }
}

fn item(nth: u32, chance: &mut SmallRng) -> Goods {
    let (name, unit) = pick(&GOODS, chance);
    let service = unit == "Hours";
    Goods {
        name: format!("{name} {}", nth + 1),
        number: if service { String::new() } else { format!("V-{:04}", 1000 + nth) },
        unit: unit.to_owned(),
        price: Decimal::new(chance.random_range(200..400_000), 2),
        service,
    }
}

fn company_fields(company: &Organisation, nth: usize) -> Vec<(&'static str, Value)> {
    vec![
        ("Name", company.name.clone().into()),
        ("Street", company.street.clone().into()),
        ("ZipCode", company.zip.clone().into()),
        ("City", company.city.clone().into()),
        ("CountryKey", "DK".into()),
        ("Phone", spelled(&company.phone, nth)),
        ("Email", company.email.clone().into()),
        ("VatNumber", company.cvr.clone().into()),
        ("EanNumber", if company.ean.is_empty() { Value::Null } else { company.ean.clone().into() }),
        ("IsPerson", false.into()),
    ]
}

fn person_fields(person: &Person, nth: usize) -> Vec<(&'static str, Value)> {
    vec![
        ("Name", format!("{} {}", person.first_name, person.last_name).into()),
        ("Street", person.street.clone().into()),
        ("ZipCode", person.zip.clone().into()),
        ("City", person.city.clone().into()),
        ("CountryKey", "DK".into()),
        ("Phone", spelled(&person.phone, nth)),
        ("Email", person.email.clone().into()),
        ("IsPerson", true.into()),
    ]
}

fn product_fields(item: &Goods) -> Vec<(&'static str, Value)> {
    let unit = match item.unit.as_str() {
        "Hours" => "hours",
        "Box" => "box",
        "Carton" => "carton",
        "M" => "metre",
        _ => "parts",
    };
    let price: Value = serde_json::from_str(&item.price.to_string()).unwrap_or_default();
    vec![
        ("Name", item.name.clone().into()),
        ("ProductNumber", if item.number.is_empty() { Value::Null } else { item.number.clone().into() }),
        ("BaseAmountValue", price),
        ("Quantity", json!(1)),
        ("AccountNumber", json!(1000)),
        ("Unit", unit.into()),
    ]
}

fn pick<T: Copy>(from: &[T], chance: &mut SmallRng) -> T {
    *from.choose(chance).unwrap_or(&from[0])
}

/// Eight digits of a kind that is given to subscribers.
fn phone(chance: &mut SmallRng) -> String {
    format!("{}{:06}", [33, 44, 86, 98, 75][chance.random_range(0..5)], chance.random_range(0..1_000_000))
}

/// One of the ways in which people write a telephone number.
fn spelled(digits: &str, nth: usize) -> Value {
    let (a, b, c, d) = (&digits[0..2], &digits[2..4], &digits[4..6], &digits[6..8]);
    match nth % 3 {
        0 => format!("{a} {b} {c} {d}"),
        1 => format!("+45 {digits}"),
        _ => digits.to_owned(),
    }
    .into()
}

/// Companies with a CVR number of their own. More of them begin again.
const MOST_COMPANIES: u32 = 207_000;

/// A CVR number with a valid check digit; another one for each company.
fn cvr(nth: u32, chance: &mut SmallRng) -> String {
    // There are nine million numbers of seven digits before the check digit. The first companies have plenty of room each, the
    // next ones three of the numbers between them, of which at least one has a check digit.
    let (first, room) = match nth % MOST_COMPANIES {
        nth @ 0..12_000 => (1_000_000 + nth * 731, 700),
        nth @ 12_000..132_000 => (1_000_700 + nth % 12_000 * 731 + (nth / 12_000 - 1) * 3, 3),
        nth => (9_772_000 + (nth - 132_000) * 3, 3),
    };
    loop {
        let seven = first + chance.random_range(0..room);
        let found = (0..10).map(|check| format!("{seven}{check}")).find(|digits| crate::dinero::is_cvr(digits));
        if let Some(digits) = found {
            return digits;
        }
    }
}

/// A GLN with a valid check digit.
fn ean(nth: u32) -> String {
    let twelve = format!("5798{nth:08}");
    let sum: u32 =
        twelve.bytes().enumerate().map(|(at, byte)| u32::from(byte - b'0') * if at % 2 == 0 { 1 } else { 3 }).sum();
    format!("{twelve}{}", (10 - sum % 10) % 10)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rand::SeedableRng;

    use super::*;

    #[test]
    fn each_of_very_many_companies_has_a_cvr_number_of_its_own() {
        let mut chance = SmallRng::seed_from_u64(1);
        let mut seen = BTreeSet::new();
        for nth in (0..MOST_COMPANIES).step_by(3) {
            let number = cvr(nth, &mut chance);
            assert!(crate::dinero::is_cvr(&number), "{number} of company {nth}");
            assert!(seen.insert(number.clone()), "{number} is the number of company {nth} and of another one");
        }
    }
}
