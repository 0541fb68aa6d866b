//! What `translate` may hold: the name of a lens, or a table with one key.

use sync_model::{Side, Value};
use toml::Spanned;
use toml::de::DeValue;

use super::{Reader, Section};
use crate::diagnostic::{Shape, Trouble};
use crate::lens::{Expression, Lens, NoExpression, Table, currency};
use crate::written::{Placed, WrittenDirection, WrittenOwn};

/// The most characters that `most` and `cut` may name.
const MOST_CHARS: u32 = 100_000;

impl Reader<'_> {
    /// The translation: a name, or a table. Text on one line where none is given. An expression needs to know whose own
    /// fields it reads: the source's.
    pub(super) fn lens(
        &mut self,
        section: &Section<'_>,
        own: [Option<&Placed<WrittenOwn>>; 2],
        direction: WrittenDirection,
    ) -> Option<Lens> {
        let Some(value) = section.get("translate") else { return Some(Lens::Line) };
        let Some(inner) = value.get_ref().as_table() else {
            let word = self.text_of(value)?;
            let lens = Lens::named(&word.it);
            if lens.is_none() {
                self.not_allowed(&word, &Lens::names());
            }
            return lens;
        };
        let inner = Section { table: inner, span: value.span() };
        let keys = ["table", "amount", "most", "cut", "expression"];
        let given: Vec<&str> = keys.into_iter().filter(|key| inner.get(key).is_some()).collect();
        let mut allowed = keys.to_vec();
        allowed.push("inverse");
        self.only(&inner, &allowed);
        match given.as_slice() {
            ["table"] => self.table(&inner),
            ["amount"] => self.amount(&inner),
            ["most"] => self.characters(&inner, "most").map(Lens::Most),
            ["cut"] => self.characters(&inner, "cut").map(Lens::Cut),
            ["expression"] => {
                let [left, right] = own;
                let (source, own) =
                    if direction == WrittenDirection::ToDinero { (Side::Right, right) } else { (Side::Left, left) };
                self.expression(&inner, source, own?)
            }
            _ => {
                self.tell(value.span(), Trouble::Expected(Shape::Translation));
                None
            }
        }
    }

    fn table(&mut self, section: &Section<'_>) -> Option<Lens> {
        let words = self.table_of(section, "table")?;
        let mut rows = Vec::new();
        for (left, right) in words.table {
            let right = match right.get_ref() {
                DeValue::String(word) => vec![word.to_string()],
                _ => self.list(right).into_iter().filter_map(|it| self.text_of(it)).map(|it| it.it).collect(),
            };
            rows.push((left.get_ref().to_string(), right));
        }
        let table = Table::new(rows).map(Lens::Table);
        table.map_err(|word| self.tell(section.span.clone(), Trouble::AmbiguousWord(word))).ok()
    }

    fn amount(&mut self, section: &Section<'_>) -> Option<Lens> {
        let code = self.needed(section, "amount")?;
        let known = currency(&code.it);
        if known.is_none() {
            self.tell(code.span, Trouble::BadValue);
        }
        known.map(Lens::Amount)
    }

    fn characters(&mut self, section: &Section<'_>, key: &str) -> Option<u32> {
        let value = section.get(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().replace('_', "").parse::<u32>().ok(),
            _ => None,
        };
        let fits = number.filter(|number| (1..=MOST_CHARS).contains(number));
        if fits.is_none() {
            self.tell(value.span(), Trouble::Expected(Shape::Count));
        }
        fits
    }

    fn expression(&mut self, section: &Section<'_>, source: Side, own: &Placed<WrittenOwn>) -> Option<Lens> {
        let forward = self.needed(section, "expression")?;
        let names: Vec<String> = match &own.it {
            WrittenOwn::Named(names) => names.iter().map(|name| name.it.clone()).collect(),
            WrittenOwn::Find { .. } => vec!["value".to_owned()],
        };
        let inverse = match section.get("inverse") {
            None => Vec::new(),
            Some(value) => self.inverse(value)?,
        };
        if !inverse.is_empty() && inverse.len() != names.len() {
            let value = section.get("inverse").map_or(section.span.clone(), Spanned::span);
            self.tell(value, Trouble::Expected(Shape::Inverse));
            return None;
        }
        let texts: Vec<String> = inverse.iter().map(|it| it.it.clone()).collect();
        let known: Vec<String> = names.iter().cloned().chain(["value".to_owned()]).collect();
        match Expression::new(source, names, &forward.it, &texts) {
            Ok(expression) => Some(Lens::Expression(expression)),
            Err(NoExpression::UnknownName(name)) => {
                let told = Trouble::UnknownVariable(name.clone());
                let place = std::iter::once(&forward).chain(&inverse).find(|it| it.it.contains(&name));
                let span = place.map_or(forward.span.clone(), |it| it.span.clone());
                self.push(span, told, |wrong| wrong.suggest(&name, known.iter().map(String::as_str)));
                None
            }
            Err(NoExpression::NotAllowed(char)) => {
                self.tell(forward.span, Trouble::Forbidden(char));
                None
            }
            Err(why) => {
                self.tell(forward.span, Trouble::BadExpression(why.to_string()));
                None
            }
        }
    }

    /// One expression, or one for each own field of the source.
    fn inverse(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Vec<Placed<String>>> {
        if value.get_ref().as_array().is_some() {
            return Some(self.list(value).into_iter().filter_map(|item| self.text_of(item)).collect());
        }
        self.text_of(value).map(|text| vec![text])
    }
}

/// What stands in records of all kinds: an inverse that fails on one of these is none.
pub(crate) fn samples() -> Vec<String> {
    let fixed = [
        "Nordlys ApS",
        "nordlys aps",
        "NORDLYS",
        "Ærø Bådebyggeri A/S",
        "A",
        "a b",
        "a-b",
        "a, b",
        "a; b",
        "a (b)",
        "a.b",
        "a/b",
        "a_b",
        "a:b",
        "a|b",
        "a  b",
        "0",
        "1",
        "007",
        "12345678",
        "DK12345678",
        "+4586123456",
        "86 12 34 56",
        "1234.5",
        "1.234,56",
        "-1",
        "true",
        "false",
        "Ja",
        "Nej",
        "2026-01-31",
        "31-01-2026",
        "info@nordlys.dk",
        "Havnegade 3\n2. sal",
        "Jens",
        "Jens Hansen",
        "Anne Sofie Bjørn Åkesson",
        "ludwig van der Berg",
        "\"x\"",
        "'x'",
        "100 %",
        "é",
        "☃",
        "ß",
        "İ",
        "DK",
        "dk",
        "Danmark",
        "Netto 30",
        "stk.",
        "hours",
        "&amp;",
        "<b>",
    ];
    fixed.iter().map(|text| (*text).to_owned()).collect()
}

/// Whether the value is worth trying as a sample.
pub(crate) fn choice_samples(values: impl Iterator<Item = Value>) -> Vec<String> {
    values.filter_map(|value| value.as_text().map(str::to_owned)).take(500).collect()
}
