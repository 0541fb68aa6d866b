//! Which test proves which property: `fn p22_at_most_one_create…` proves P22 of docs/properties.md.

use std::collections::{BTreeMap, BTreeSet};

use crate::failure::Failure;
use crate::rust_file::RustFile;
use crate::workspace::{Workspace, read};

const PAGE: &str = "docs/properties.md";

/// What must have a test, as the first and last number of a letter. What is left out concerns accounting alone.
const REQUIRED: [(char, std::ops::RangeInclusive<u32>); 2] = [('P', 1..=33), ('L', 1..=12)];

/// A property's number: a letter and what follows it, so that P2 stands before P10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Number(char, u32);

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", if self.0 == 'P' { 'P' } else { 'L' }, self.1)
    }
}

/// Prints the table, and fails where a property that must have a test has none.
pub(crate) fn check(workspace: &Workspace) -> Result<(), Failure> {
    let listed = listed(&workspace.read(PAGE)?);
    let mut proofs: BTreeMap<Number, BTreeSet<String>> = BTreeMap::new();
    for path in workspace.rust_files()? {
        for function in RustFile::parse(&path, &read(&path)?)?.functions {
            if let Some(number) = proves(&function) {
                proofs.entry(number).or_default().insert(format!("{} ({function})", workspace.shown(&path)));
            }
        }
    }
    for number in &listed {
        match proofs.get(number) {
            Some(tests) => tests.iter().for_each(|test| println!("{number:<4} {test}")),
            None => println!("{number:<4} -"),
        }
    }
    let proved = listed.iter().filter(|number| proofs.contains_key(number)).count();
    println!("properties: {proved} of {} have a test", listed.len());
    let unlisted = proofs.keys().filter(|number| !listed.contains(number));
    let mut lines: Vec<String> = unlisted.map(|it| format!("  {it} has a test but stands not in {PAGE}")).collect();
    let missing = required().filter(|number| !proofs.contains_key(number));
    lines.extend(missing.map(|number| format!("  {number} has no test")));
    lines.extend(required().filter(|it| !listed.contains(it)).map(|it| format!("  {it} stands not in {PAGE}")));
    Failure::unless_clean("properties", lines)
}

fn required() -> impl Iterator<Item = Number> {
    REQUIRED.into_iter().flat_map(|(letter, numbers)| numbers.map(move |number| Number(letter, number)))
}

/// The first cells of the page's tables.
fn listed(page: &str) -> BTreeSet<Number> {
    page.lines().filter_map(|line| parse(line.strip_prefix('|')?.split('|').next()?.trim())).collect()
}

fn parse(text: &str) -> Option<Number> {
    let letter = text.chars().next()?.to_ascii_uppercase();
    let digits = text.get(1..)?;
    let number = digits.parse().ok().filter(|_| digits.chars().all(|digit| digit.is_ascii_digit()))?;
    ['P', 'L'].contains(&letter).then_some(Number(letter, number))
}

fn proves(function: &str) -> Option<Number> {
    parse(function.split_once('_')?.0).filter(|_| function.starts_with(['p', 'l']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_proves_the_property_it_is_named_after() {
        let page = "| No | What |\n|---|---|\n| P2 | two |\n| P10 | ten |\n| L6 | six |\nP3 in passing\n";
        assert_eq!(listed(page).into_iter().map(|it| it.to_string()).collect::<Vec<_>>(), ["L6", "P2", "P10"]);
        let cases = [
            ("p10_an_empty_value", Some(Number('P', 10))),
            ("l6_no_record_slips", Some(Number('L', 6))),
            ("p_value", None),
            ("plan", None),
            ("P1_type", None),
        ];
        for (function, expected) in cases {
            assert_eq!(proves(function), expected, "{function}");
        }
    }
}
