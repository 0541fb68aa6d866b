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

const TABLE: &str = include_str!("../../data/countries.txt");
const NATIVE: &str = include_str!("../../data/native-names.txt");

/// Our own spellings come first: they are few and chosen, the library's English names and the native ones fill the rest.
static COUNTRIES: LazyLock<Countries> = LazyLock::new(|| {
    let mut countries = Countries { codes: BTreeMap::new(), danish: BTreeMap::new() };
    for (code, names) in TABLE.lines().filter(|row| !row.starts_with('#')).filter_map(|row| row.split_once(' ')) {
        countries.codes.insert(fold(code), code);
        for name in names.split('|') {
            countries.codes.entry(fold(name)).or_insert(code);
            countries.danish.entry(code).or_insert(name);
        }
    }
    for country in rust_iso3166::ALL {
        let plain = country.name.split([',', '(']).next().unwrap_or(country.name);
        for spelling in [country.alpha2, country.alpha3, country.name, plain] {
            countries.codes.entry(fold(spelling)).or_insert(country.alpha2);
        }
    }
    for (code, names) in NATIVE.lines().filter(|row| !row.starts_with('#')).filter_map(|row| row.split_once(' ')) {
        for name in names.split('|').map(fold).filter(|name| !name.is_empty()) {
            countries.codes.entry(name).or_insert(code);
        }
    }
    countries
});

fn code_of(text: &str) -> Option<&'static str> {
    COUNTRIES.codes.get(&fold(text)).copied()
}

/// The ISO code where the text names a country, otherwise the text.
pub(super) fn read(value: &Value) -> Value {
    on_text(&line(value), |text| code_of(text).unwrap_or(text).to_owned())
}

/// The code for Dinero, the Danish name for the CRM. What names no country has no code.
pub(super) fn write(side: Side, value: &Value) -> Result<Value, FaultKind> {
    let Some(text) = value.as_text() else { return Ok(value.clone()) };
    match (code_of(text), side) {
        (Some(code), Side::Left) => Ok(Value::text(code)),
        (Some(code), Side::Right) => Ok(Value::text(COUNTRIES.danish.get(code).copied().unwrap_or(code))),
        (None, Side::Left) => Err(FaultKind::Invalid { expected: "land / country".to_owned() }),
        (None, Side::Right) => Ok(value.clone()),
    }
}

/// The Danish name, the English name, the code: what a list of countries may hold.
pub(super) fn spellings(value: &Value) -> Vec<String> {
    let Some(code) = value.as_text().and_then(code_of) else { return vec![value.to_string()] };
    let danish = COUNTRIES.danish.get(code).map(|name| (*name).to_owned());
    let english = rust_iso3166::from_alpha2(code).map(|country| country.name.to_owned());
    danish.into_iter().chain(english).chain([code.to_owned()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_of_the_library_has_a_danish_name_that_fits_the_crm() {
        for country in rust_iso3166::ALL {
            let danish = COUNTRIES.danish.get(country.alpha2).copied().unwrap_or_default();
            assert!(!danish.is_empty() && danish.chars().count() <= 30, "{}: {danish}", country.alpha2);
        }
    }

    #[test]
    fn no_spelling_names_two_countries() {
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for (code, names) in TABLE.lines().filter(|row| !row.starts_with('#')).filter_map(|row| row.split_once(' ')) {
            for spelling in names.split('|').chain([code]) {
                let before = seen.insert(fold(spelling), code);
                assert!(before.is_none_or(|before| before == code), "{spelling} is {code} and {before:?}");
            }
        }
        for country in rust_iso3166::ALL {
            for spelling in [country.alpha2, country.alpha3, country.name] {
                assert_eq!(code_of(spelling), Some(country.alpha2), "{spelling}");
            }
        }
    }
}
