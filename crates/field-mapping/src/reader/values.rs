//! Values, texts, lists and tables out of a file, each with its place; what has another shape is told.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use sync_model::Value;
use toml::Spanned;
use toml::de::DeValue;

use super::{MOST_PARTS, Reader, Section};
use crate::diagnostic::{Shape, Trouble};
use crate::mapping::Label;
use crate::written::Placed;

impl Reader<'_> {
    pub(super) fn label(&mut self, section: &Section<'_>, key: &str) -> Option<Label> {
        let inner = self.table_of(section, key)?;
        self.only(&inner, &["da", "en"]);
        let (da, en) = (self.needed(&inner, "da"), self.needed(&inner, "en"));
        Some(Label { da: da?.it, en: en?.it })
    }

    /// A value of a filter, a constant or a default.
    pub(super) fn value(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Placed<Value>> {
        let it = match value.get_ref() {
            DeValue::String(text) => Some(Value::text(text.as_ref())),
            DeValue::Boolean(flag) => Some(Value::Flag(*flag)),
            DeValue::Integer(number) if number.radix() == 10 => decimal(number.as_str()),
            DeValue::Float(number) => decimal(number.as_str()),
            DeValue::Datetime(day) => NaiveDate::parse_from_str(&day.to_string(), "%Y-%m-%d").ok().map(Value::Date),
            DeValue::Integer(_) | DeValue::Array(_) | DeValue::Table(_) => None,
        };
        if it.is_none() {
            self.tell(value.span(), Trouble::BadValue);
        }
        it.map(|it| Placed { span: value.span(), it })
    }

    pub(super) fn only(&mut self, section: &Section<'_>, allowed: &[&'static str]) {
        for key in section.table.keys().filter(|key| !allowed.contains(&key.get_ref().as_ref())) {
            let trouble = Trouble::UnknownKey(allowed.to_vec());
            self.push(key.span(), trouble, |wrong| wrong.suggest(key.get_ref(), allowed.iter().copied()));
        }
    }

    pub(super) fn needed(&mut self, section: &Section<'_>, key: &'static str) -> Option<Placed<String>> {
        match section.get(key) {
            Some(value) => self.text_of(value),
            None => {
                self.tell(section.span.clone(), Trouble::MissingKey(key));
                None
            }
        }
    }

    pub(super) fn text_of(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Placed<String>> {
        let text = value.get_ref().as_str().map(|text| Placed { span: value.span(), it: text.to_owned() });
        if text.is_none() {
            self.tell(value.span(), Trouble::Expected(Shape::Text));
        }
        text
    }

    pub(super) fn texts_in(&mut self, section: &Section<'_>, key: &'static str) -> Option<Vec<Placed<String>>> {
        let Some(value) = section.get(key) else {
            self.tell(section.span.clone(), Trouble::MissingKey(key));
            return None;
        };
        Some(self.list(value).into_iter().filter_map(|item| self.text_of(item)).collect())
    }

    pub(super) fn list<'d>(&mut self, value: &'d Spanned<DeValue<'d>>) -> Vec<&'d Spanned<DeValue<'d>>> {
        let Some(items) = value.get_ref().as_array() else {
            self.tell(value.span(), Trouble::Expected(Shape::Texts));
            return Vec::new();
        };
        items.iter().collect()
    }

    pub(super) fn flag(&mut self, section: &Section<'_>, key: &str, absent: bool) -> bool {
        let Some(value) = section.get(key) else { return absent };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.tell(value.span(), Trouble::Expected(Shape::Flag));
            absent
        })
    }

    /// A whole number from 1 to 100.
    pub(super) fn percent(&mut self, section: &Section<'_>, key: &str) -> Option<u8> {
        let value = section.get(key)?;
        let number = value.get_ref().as_integer().and_then(|number| number.as_str().parse::<u8>().ok());
        let percent = number.filter(|number| (1..=100).contains(number));
        if percent.is_none() {
            self.tell(value.span(), Trouble::Expected(Shape::Percent));
        }
        percent
    }

    pub(super) fn table_of<'d>(&mut self, section: &Section<'d>, key: &str) -> Option<Section<'d>> {
        let value = section.get(key)?;
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.tell(value.span(), Trouble::Expected(Shape::Table));
        }
        table.map(|table| Section { table, span: value.span() })
    }

    pub(super) fn sections<'d>(&mut self, section: &Section<'d>, key: &str) -> Vec<Section<'d>> {
        let Some(value) = section.get(key) else { return Vec::new() };
        let items = value.get_ref().as_array().map(|items| items.iter().collect::<Vec<_>>());
        let mut sections = Vec::new();
        for (at, item) in items.unwrap_or_else(|| vec![value]).into_iter().enumerate() {
            if at == MOST_PARTS {
                self.tell(item.span(), Trouble::TooMuch);
                break;
            }
            match item.get_ref() {
                DeValue::Table(table) if value.get_ref().is_array() => {
                    sections.push(Section { table, span: item.span() });
                }
                _ => self.tell(item.span(), Trouble::Expected(Shape::Tables)),
            }
        }
        sections
    }

    pub(super) fn choice<T: Copy>(
        &mut self,
        section: &Section<'_>,
        key: &str,
        words: &[(&'static str, T)],
    ) -> Option<Placed<T>> {
        let word = self.text_of(section.get(key)?)?;
        let it = self.one_of(&word, words)?;
        Some(Placed { span: word.span, it })
    }

    pub(super) fn one_of<T: Copy>(&mut self, word: &Placed<String>, words: &[(&'static str, T)]) -> Option<T> {
        let found = words.iter().find(|(name, _)| *name == word.it).map(|(_, it)| *it);
        if found.is_none() {
            let names: Vec<&'static str> = words.iter().map(|(name, _)| *name).collect();
            self.not_allowed(word, &names);
        }
        found
    }

    pub(super) fn not_allowed(&mut self, word: &Placed<String>, names: &[&'static str]) {
        let trouble = Trouble::NotAllowed(names.to_vec());
        self.push(word.span.clone(), trouble, |wrong| wrong.suggest(&word.it, names.iter().copied()));
    }
}

/// TOML allows digits to be grouped with underscores.
fn decimal(text: &str) -> Option<Value> {
    text.replace('_', "").parse::<Decimal>().ok().map(Value::Decimal)
}
