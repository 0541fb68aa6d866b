//! Countries: an ISO code in Dinero, whatever people write in the CRM.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use sync_model::{Side, Value};

use super::text::{line, on_text};
use crate::FaultKind;
use crate::fold::fold;

/// Codes by every folded spelling, and the Danish name of each code.
struct Countries {
    codes: BTreeMap<String, &'static str>,
    danish: BTreeMap<&'static str, &'static str>,
}

static COUNTRIES: LazyLock<Countries> = LazyLock::new(|| {
    let mut countries = Countries { codes: BTreeMap::new(), danish: BTreeMap::new() };
    for country in rust_iso3166::ALL {
        for spelling in [country.name, country.alpha2, country.alpha3] {
            countries.codes.insert(fold(spelling), country.alpha2);
        }
    }
    let table = include_str!("../../data/countries.txt");
    for (code, names) in table.lines().filter(|row| !row.starts_with('#')).filter_map(|row| row.split_once(' ')) {
        countries.codes.insert(fold(code), code);
        for (at, name) in names.split('|').enumerate() {
            countries.codes.insert(fold(name), code);
            if at == 0 {
                countries.danish.insert(code, name);
            }
        }
    }
    countries
});

/// The ISO code where the text names a country, otherwise the text.
pub(super) fn read(value: &Value) -> Value {
    on_text(&line(value), |text| {
        COUNTRIES.codes.get(&fold(text)).map_or_else(|| text.to_owned(), |it| (*it).to_owned())
    })
}

/// The code for Dinero, the Danish name for the CRM.
pub(super) fn write(side: Side, value: &Value) -> Result<Value, FaultKind> {
    let Some(code) = value.as_text() else { return Ok(value.clone()) };
    let known = COUNTRIES.codes.get(&fold(code)).is_some_and(|known| *known == code);
    match side {
        Side::Left if known => Ok(value.clone()),
        Side::Left => Err(FaultKind::Invalid { expected: "land".to_owned() }),
        Side::Right => Ok(Value::text(COUNTRIES.danish.get(code).copied().unwrap_or(code))),
    }
}
