//! From TOML to the written form. Reads on after a mistake, so that all of them are told at once.

mod filter;
mod translation;
mod values;

use std::ops::Range;

pub(crate) use translation::{choice_samples, samples};

use sync_model::{Side, Sides};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Diagnostic, Shape, Trouble};
use crate::mapping::{Label, Priority};
use crate::written::{
    Given, Placed, WrittenConstant, WrittenDirection, WrittenEntity, WrittenField, WrittenOwn, WrittenRule,
    WrittenSimilar, WrittenUnmapped,
};

/// The largest mapping file that is read, in bytes.
const MOST_BYTES: usize = 1 << 20;
/// How many mistakes are told; one cause often has many.
pub(crate) const MOST_TOLD: usize = 50;
/// How many entities a file, and fields an entity, may have: far more than any system has.
const MOST_PARTS: usize = 1000;

const SIDES: [(&str, Side); 2] = [("dinero", Side::Left), ("crm", Side::Right)];
const DIRECTIONS: [(&str, WrittenDirection); 5] = [
    ("both", WrittenDirection::Both),
    ("to-dinero", WrittenDirection::ToDinero),
    ("to-crm", WrittenDirection::ToCrm),
    ("create-only", WrittenDirection::CreateOnly),
    ("compared", WrittenDirection::Compared),
];
const PRIORITIES: [(&str, Priority); 3] = [
    ("dinero-first", Priority::Prefer(Side::Left)),
    ("crm-first", Priority::Prefer(Side::Right)),
    ("ask", Priority::Ask),
];

/// Reads a mapping file as far as it can be understood. What is wrong goes to `told`.
pub(crate) fn read(file: &str, text: &str, told: &mut Vec<Diagnostic>) -> Vec<WrittenEntity> {
    if text.len() > MOST_BYTES {
        told.push(Diagnostic::new(file, "", 0..0, Trouble::TooLarge));
        return Vec::new();
    }
    let (document, errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader { file, text, told: Vec::new() };
    for (at, error) in errors.iter().enumerate() {
        let repeats = at > 0 && errors[at - 1].span() == error.span() && errors[at - 1].message() == error.message();
        if repeats {
            continue;
        }
        reader.tell(error.span().unwrap_or(0..0), Trouble::NotToml(error.message().to_owned()));
    }
    // After a mistake in the TOML itself, what follows is guesswork: one cause is told once.
    let entities = if reader.told.is_empty() { reader.document(&document) } else { Vec::new() };
    told.append(&mut reader.told);
    entities
}

/// A table with its place in the file.
struct Section<'d> {
    table: &'d DeTable<'d>,
    span: Range<usize>,
}

impl<'d> Section<'d> {
    fn get(&self, key: &str) -> Option<&'d Spanned<DeValue<'d>>> {
        self.table.get(key)
    }
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    told: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn tell(&mut self, span: Range<usize>, trouble: Trouble) {
        self.push(span, trouble, |wrong| wrong);
    }

    /// Tells one more mistake, up to the limit: a hostile file must cost nothing beyond it.
    fn push(&mut self, span: Range<usize>, trouble: Trouble, finish: impl FnOnce(Diagnostic) -> Diagnostic) {
        let told = self.told.len();
        if told < MOST_TOLD {
            self.told.push(finish(Diagnostic::new(self.file, self.text, span, trouble)));
        } else if told == MOST_TOLD {
            self.told.push(Diagnostic::new(self.file, self.text, span, Trouble::TooMuch));
        }
    }

    fn document(&mut self, document: &Spanned<DeTable<'_>>) -> Vec<WrittenEntity> {
        let root = Section { table: document.get_ref(), span: 0..0 };
        self.only(&root, &["entity"]);
        let sections = self.sections(&root, "entity");
        sections.iter().filter_map(|section| self.entity(section)).collect()
    }

    fn entity(&mut self, section: &Section<'_>) -> Option<WrittenEntity> {
        let keys = ["module", "dinero", "crm", "makes", "filter", "constants", "match", "field", "unmapped"];
        self.only(section, &keys);
        let module = self.needed(section, "module");
        let (left, right) = (self.needed(section, "dinero"), self.needed(section, "crm"));
        let makes = match section.get("makes") {
            Some(value) => self.makes(value),
            None => Sides::new(true, true),
        };
        let mut filters = Sides::default();
        let mut constants = Sides::default();
        for (key, side) in SIDES {
            filters.set(side, self.filters(section, key));
            constants.set(side, self.constants(section, key));
        }
        for key in ["filter", "constants"] {
            if let Some(inner) = self.table_of(section, key) {
                self.only(&inner, &["dinero", "crm"]);
            }
        }
        let rules = self.sections(section, "match");
        let rules = rules.iter().filter_map(|it| self.rule(it)).collect();
        let fields = self.sections(section, "field");
        let fields = fields.iter().filter_map(|it| self.field(it)).collect();
        let unmapped = self.sections(section, "unmapped");
        let unmapped = unmapped.iter().filter_map(|it| self.unmapped(it)).collect();
        let kinds = Sides::new(left?, right?);
        Some(WrittenEntity { module: module?, kinds, makes, filters, constants, rules, fields, unmapped })
    }

    fn makes(&mut self, value: &Spanned<DeValue<'_>>) -> Sides<bool> {
        let mut makes = Sides::new(false, false);
        for item in self.list(value) {
            if let Some(word) = self.text_of(item)
                && let Some(side) = self.one_of(&word, &SIDES)
            {
                makes.set(side, true);
            }
        }
        makes
    }

    fn constants(&mut self, section: &Section<'_>, key: &str) -> Vec<WrittenConstant> {
        let Some(inner) = self.table_of(section, "constants").and_then(|outer| self.table_of(&outer, key)) else {
            return Vec::new();
        };
        let mut constants = Vec::new();
        for (name, value) in inner.table {
            let field = Placed { span: name.span(), it: name.get_ref().to_string() };
            let setting = value.get_ref().as_table().and_then(|table| table.get("setting"));
            let given = match setting {
                Some(name) => self.text_of(name).map(|name| Placed { span: name.span, it: Given::Setting(name.it) }),
                None => self.value(value).map(|value| Placed { span: value.span, it: Given::Value(value.it) }),
            };
            constants.extend(given.map(|value| WrittenConstant { field, value }));
        }
        constants
    }

    fn rule(&mut self, section: &Section<'_>) -> Option<WrittenRule> {
        self.only(section, &["name", "fields", "vetoes", "similar", "score"]);
        let name = self.needed(section, "name");
        let fields = self.texts_in(section, "fields");
        let vetoes = self.flag(section, "vetoes", false);
        let similar = self.table_of(section, "similar").and_then(|inner| self.similar(&inner));
        if let (true, Some(similar)) = (vetoes, &similar) {
            self.tell(similar.field.span.clone(), Trouble::VetoByLikeness);
        }
        let score = self.percent(section, "score");
        Some(WrittenRule { name: name?, fields: fields?, vetoes, similar, score })
    }

    fn similar(&mut self, section: &Section<'_>) -> Option<WrittenSimilar> {
        self.only(section, &["field", "links", "proposes"]);
        let field = self.needed(section, "field");
        let links = self.percent(section, "links").unwrap_or(100);
        let proposes = self.percent(section, "proposes").unwrap_or(links);
        if proposes > links {
            let place = section.get("proposes").map_or(section.span.clone(), Spanned::span);
            self.tell(place, Trouble::ProposesLater);
        }
        Some(WrittenSimilar { field: field?, links, proposes })
    }

    fn field(&mut self, section: &Section<'_>) -> Option<WrittenField> {
        let keys = ["name", "label", "dinero", "crm", "translate", "direction", "priority", "clearing", "default"];
        self.only(section, &keys);
        let name = self.needed(section, "name");
        let label = self.label(section, "label");
        let (left, right) = (self.own(section, "dinero"), self.own(section, "crm"));
        let direction = self.choice(section, "direction", &DIRECTIONS).map_or(WrittenDirection::Both, |it| it.it);
        let lens = self.lens(section, [left.as_ref(), right.as_ref()], direction);
        let translate = section.get("translate").map_or(section.span.clone(), Spanned::span);
        let priority = self.choice(section, "priority", &PRIORITIES);
        let clearing = self.flag(section, "clearing", true);
        let mut defaults = Sides::default();
        if let Some(inner) = self.table_of(section, "default") {
            self.only(&inner, &["dinero", "crm"]);
            for (key, side) in SIDES {
                defaults.set(side, inner.get(key).and_then(|value| self.value(value)));
            }
        }
        let own = Sides::new(left?, right?);
        // A field without a name is checked all the same, so that everything wrong with it is told.
        let name = name.unwrap_or(Placed { span: section.span.clone(), it: String::new() });
        Some(WrittenField { name, label, own, lens, translate, direction, priority, clearing, defaults })
    }

    fn own(&mut self, section: &Section<'_>, key: &'static str) -> Option<Placed<WrittenOwn>> {
        let Some(value) = section.get(key) else {
            self.tell(section.span.clone(), Trouble::MissingKey(key));
            return None;
        };
        let it = match value.get_ref() {
            DeValue::String(name) => WrittenOwn::Named(vec![Placed { span: value.span(), it: name.to_string() }]),
            DeValue::Array(_) => {
                let names = self.list(value);
                WrittenOwn::Named(names.into_iter().filter_map(|name| self.text_of(name)).collect())
            }
            DeValue::Table(table) => {
                let inner = Section { table, span: value.span() };
                self.only(&inner, &["find", "labels"]);
                let (names, labels) = (self.texts_in(&inner, "find"), self.texts_in(&inner, "labels"));
                WrittenOwn::Find { names: names?, labels: labels? }
            }
            DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {
                self.tell(value.span(), Trouble::Expected(Shape::Own));
                return None;
            }
        };
        Some(Placed { span: value.span(), it })
    }

    fn unmapped(&mut self, section: &Section<'_>) -> Option<WrittenUnmapped> {
        self.only(section, &["side", "fields", "why", "filled"]);
        let side = self.choice(section, "side", &SIDES);
        if section.get("side").is_none() {
            self.tell(section.span.clone(), Trouble::MissingKey("side"));
        }
        let fields = self.texts_in(section, "fields");
        let why = self.label(section, "why");
        let filled = self.flag(section, "filled", false);
        let empty = || Label { da: String::new(), en: String::new() };
        Some(WrittenUnmapped { side: side?.it, fields: fields?, why: why.unwrap_or_else(empty), filled })
    }
}
