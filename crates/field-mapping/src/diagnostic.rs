//! What is wrong with a mapping file: where, in both languages, and what may have been meant.

use std::fmt;
use std::ops::Range;

use crate::excerpt::Excerpt;
use crate::parsers::{expression_in_danish, toml_in_danish};

/// One thing that is wrong with a mapping file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file.
    pub file: String,
    /// The offending bytes of the file.
    pub span: Range<usize>,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The offending text, on one line.
    pub text: String,
    /// The line it stands on, as it is shown to a person.
    pub excerpt: Excerpt,
    /// What is wrong.
    pub trouble: Trouble,
    /// What is wrong, in Danish.
    pub da: String,
    /// What is wrong, in English.
    pub en: String,
    /// What may have been meant.
    pub suggestion: Option<String>,
}

/// What can be wrong with a mapping file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The file is larger than any mapping is.
    TooLarge,
    /// There is more wrong than is worth telling.
    TooMuch,
    /// Not TOML; the parser's words.
    NotToml(String),
    /// A key that means nothing here; the keys that do.
    UnknownKey(Vec<&'static str>),
    /// A key that has to be here.
    MissingKey(&'static str),
    /// Something else was expected.
    Expected(Shape),
    /// Not one of the words that are allowed here.
    NotAllowed(Vec<&'static str>),
    /// The system has no such kind of record.
    UnknownKind(String),
    /// The kind has no such field.
    UnknownField(String),
    /// The system does not let anyone write the field.
    ReadOnly(String),
    /// The field cannot hold what the translation gives.
    WrongType(String),
    /// The translation needs another number of own fields.
    Width(usize),
    /// Two pairs write the same own field; the canonical name of the other one.
    WrittenTwice(String),
    /// Two pairs have the same canonical name.
    SameName,
    /// A new record needs this own field, and the mapping gives none.
    Needs(String),
    /// The field keeps fewer characters.
    TooLong(u32),
    /// The field's list has no such choice.
    NotAChoice,
    /// A condition asks for something that a field of this type never answers; the word and the field.
    WrongTest(&'static str, String),
    /// The setting it refers to does not exist.
    UnknownSetting,
    /// A match rule names a field that the mapping does not have.
    UnknownCanonical,
    /// The same match rule is given twice with different contents.
    RuleDiffers,
    /// The field that need only be alike is not one of several fields of its rule.
    NotOfTheRule,
    /// A rule proposes pairs that are more alike than those it links.
    ProposesLater,
    /// A rule that asks for likeness only proves nothing different.
    VetoByLikeness,
    /// A pair that goes only one way has no conflict to decide.
    PriorityWithoutConflict,
    /// The same word stands in two rows of a table.
    AmbiguousWord(String),
    /// The translation loses something, so it can go only one way; the direction that it may have.
    Lossy(&'static str),
    /// The inverse does not bring this text back.
    Lawless(String),
    /// Not an expression; the parser's words.
    BadExpression(String),
    /// A sign that no expression may have outside of quotes.
    Forbidden(char),
    /// An expression names something that the pair does not have.
    UnknownVariable(String),
    /// Pairs of one direction each pass values round in a circle; their canonical names.
    Cycle(Vec<String>),
    /// The value is not one of its kind, such as a country that does not exist.
    BadValue,
}

impl Trouble {
    /// What is wrong with `text`, in Danish.
    fn da(&self, text: &str) -> String {
        match self {
            Self::TooLarge => "filen er for stor (højst 1 MB)".to_owned(),
            Self::TooMuch => "der er flere fejl; ret disse først".to_owned(),
            Self::NotToml(why) => format!("ikke gyldig TOML: {}", toml_in_danish(why)),
            Self::UnknownKey(allowed) => format!("ukendt nøgle `{text}`; her kan stå: {}", allowed.join(", ")),
            Self::MissingKey(key) => format!("`{key}` mangler"),
            Self::Expected(shape) => format!("her skal stå {}", shape.da()),
            Self::NotAllowed(allowed) => {
                format!("`{text}` kan ikke bruges her; vælg mellem: {}", allowed.join(", "))
            }
            Self::UnknownKind(system) => format!("{system} har intet modul `{text}`"),
            Self::UnknownField(kind) => format!("{kind} har intet felt `{text}`"),
            Self::ReadOnly(field) => format!("`{field}` kan ikke skrives; vælg den anden retning"),
            Self::WrongType(field) => format!("feltet `{field}` kan ikke indeholde det, oversættelsen giver"),
            Self::Width(1) => "oversættelsen skal bruge ét felt".to_owned(),
            Self::Width(wanted) => format!("oversættelsen skal bruge {wanted} felter"),
            Self::WrittenTwice(other) => format!("`{text}` skrives allerede af `{other}`"),
            Self::SameName => format!("`{text}` findes allerede"),
            Self::Needs(field) => format!("en ny post i {text} kræver `{field}`; giv den en værdi"),
            Self::TooLong(max) => format!("feltet har plads til {max} tegn"),
            Self::NotAChoice => format!("feltets liste har ikke `{text}`"),
            Self::WrongTest(word, field) => {
                format!("`{word}` kan ikke bruges på `{field}`; {}", hint(word).0)
            }
            Self::UnknownSetting => format!("der er ingen indstilling `{text}`"),
            Self::UnknownCanonical => format!("reglen bruger `{text}`, som ikke er kortlagt"),
            Self::RuleDiffers => format!("reglen `{text}` findes allerede med et andet indhold"),
            Self::NotOfTheRule => format!("`{text}` skal være ét af reglens felter, og et andet skal være helt ens"),
            Self::ProposesLater => "`proposes` må ikke være større end `links`".to_owned(),
            Self::VetoByLikeness => "en regel om lighed beviser ingen forskel; fjern vetoes eller similar".to_owned(),
            Self::PriorityWithoutConflict => "kun et felt i begge retninger har en prioritet".to_owned(),
            Self::AmbiguousWord(word) => format!("`{word}` står i to rækker"),
            Self::Lossy(direction) => {
                format!("oversættelsen mister noget undervejs; skriv direction = \"{direction}\"")
            }
            Self::Lawless(sample) => format!("det omvendte udtryk giver ikke `{sample}` tilbage"),
            Self::BadExpression(why) => format!("ikke et udtryk: {}", expression_in_danish(why)),
            Self::Forbidden(char) => format!("`{char}` kan ikke bruges i et udtryk; regning hører til i systemet selv"),
            Self::UnknownVariable(name) => format!("udtrykket bruger `{name}`, som parret ikke har"),
            Self::Cycle(names) => format!("værdierne går i ring: {}", names.join(" → ")),
            Self::BadValue => format!("`{text}` er ikke en gyldig værdi"),
        }
    }

    /// What is wrong with `text`, in English.
    fn en(&self, text: &str) -> String {
        match self {
            Self::TooLarge => "the file is too large (1 MB at most)".to_owned(),
            Self::TooMuch => "there are more mistakes; correct these first".to_owned(),
            Self::NotToml(why) => format!("not valid TOML: {why}"),
            Self::UnknownKey(allowed) => format!("unknown key `{text}`; allowed here: {}", allowed.join(", ")),
            Self::MissingKey(key) => format!("`{key}` is missing"),
            Self::Expected(shape) => format!("expected {}", shape.en()),
            Self::NotAllowed(allowed) => format!("`{text}` is not allowed here; choose one of: {}", allowed.join(", ")),
            Self::UnknownKind(system) => format!("{system} has no module `{text}`"),
            Self::UnknownField(kind) => format!("{kind} has no field `{text}`"),
            Self::ReadOnly(field) => format!("`{field}` cannot be written; choose the other direction"),
            Self::WrongType(field) => format!("the field `{field}` cannot hold what the translation gives"),
            Self::Width(1) => "the translation needs one field".to_owned(),
            Self::Width(wanted) => format!("the translation needs {wanted} fields"),
            Self::WrittenTwice(other) => format!("`{text}` is already written by `{other}`"),
            Self::SameName => format!("`{text}` is already there"),
            Self::Needs(field) => format!("a new record of {text} needs `{field}`; give it a value"),
            Self::TooLong(max) => format!("the field keeps {max} characters"),
            Self::NotAChoice => format!("the field's list has no `{text}`"),
            Self::WrongTest(word, field) => format!("`{word}` does not suit `{field}`; {}", hint(word).1),
            Self::UnknownSetting => format!("there is no setting `{text}`"),
            Self::UnknownCanonical => format!("the rule uses `{text}`, which is not mapped"),
            Self::RuleDiffers => format!("the rule `{text}` is already there with other contents"),
            Self::NotOfTheRule => format!("`{text}` must be one of the rule's fields, and another one must be equal"),
            Self::ProposesLater => "`proposes` must not be more than `links`".to_owned(),
            Self::VetoByLikeness => "a rule about likeness proves no difference; take out vetoes or similar".to_owned(),
            Self::PriorityWithoutConflict => "only a field that goes both ways has a priority".to_owned(),
            Self::AmbiguousWord(word) => format!("`{word}` stands in two rows"),
            Self::Lossy(direction) => format!("the translation loses something; write direction = \"{direction}\""),
            Self::Lawless(sample) => format!("the inverse does not bring `{sample}` back"),
            Self::BadExpression(why) => format!("not an expression: {why}"),
            Self::Forbidden(char) => format!("an expression has no `{char}`; computing belongs into the system itself"),
            Self::UnknownVariable(name) => format!("the expression uses `{name}`, which the pair does not have"),
            Self::Cycle(names) => format!("the values go round in a circle: {}", names.join(" → ")),
            Self::BadValue => format!("`{text}` is not a valid value"),
        }
    }
}

/// Which fields a condition's word is for, in both languages.
fn hint(word: &str) -> (&'static str, &'static str) {
    match word {
        "contains" | "starts-with" => ("det er til tekster og lister", "it is for texts and lists"),
        _ => ("det er til tal og datoer", "it is for numbers and days"),
    }
}

/// What a key may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A text.
    Text,
    /// `true` or `false`.
    Flag,
    /// A list of texts.
    Texts,
    /// A table.
    Table,
    /// A list of tables.
    Tables,
    /// A field, a list of fields, or what to look for.
    Own,
    /// What `translate` may hold.
    Translation,
    /// A condition: a value, a list of values, or what has to hold.
    Condition,
    /// A whole number from 1 to 100.
    Percent,
    /// A number of characters.
    Count,
    /// As many inverse expressions as there are own fields.
    Inverse,
}

impl Shape {
    fn da(self) -> &'static str {
        match self {
            Self::Text => "en tekst",
            Self::Flag => "true eller false",
            Self::Texts => "en liste af tekster",
            Self::Table => "en tabel",
            Self::Tables => "en liste af tabeller ([[…]])",
            Self::Translation => "table, amount, most, cut eller expression, og kun én af dem",
            Self::Condition => "en værdi, en liste af værdier, eller { is, not, contains, starts-with, … }",
            Self::Percent => "et helt tal fra 1 til 100",
            Self::Count => "et antal tegn",
            Self::Inverse => "ét omvendt udtryk for hvert felt",
            Self::Own => "et felt, en liste af felter, eller hvad der skal findes",
        }
    }

    fn en(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Flag => "true or false",
            Self::Texts => "a list of texts",
            Self::Table => "a table",
            Self::Tables => "a list of tables ([[…]])",
            Self::Translation => "table, amount, most, cut or expression, and only one of them",
            Self::Condition => "a value, a list of values, or { is, not, contains, starts-with, … }",
            Self::Percent => "a whole number from 1 to 100",
            Self::Count => "a number of characters",
            Self::Inverse => "one inverse expression for each field",
            Self::Own => "a field, a list of fields, or what to look for",
        }
    }
}

impl Diagnostic {
    /// `trouble` at `span` of `source`.
    pub(crate) fn new(file: &str, source: &str, span: Range<usize>, trouble: Trouble) -> Self {
        let edge = |at: usize| (0..=at.min(source.len())).rev().find(|at| source.is_char_boundary(*at)).unwrap_or(0);
        let (start, end) = (edge(span.start), edge(span.end));
        let before = &source[..start];
        let text: String = source[start..end.max(start)].lines().next().unwrap_or_default().chars().take(80).collect();
        let bare = text.trim_matches(|char| char == '"' || char == '\'');
        let (da, en) = (trouble.da(bare), trouble.en(bare));
        Self {
            file: file.to_owned(),
            span: start..end.max(start),
            line: before.matches('\n').count() + 1,
            column: before.rsplit('\n').next().unwrap_or_default().chars().count() + 1,
            excerpt: Excerpt::of(source, &(start..end.max(start))),
            text,
            trouble,
            da,
            en,
            suggestion: None,
        }
    }

    /// Suggests the one of `known` that is nearest to `meant`, if it is near at all.
    pub(crate) fn suggest<'k>(mut self, meant: &str, known: impl IntoIterator<Item = &'k str>) -> Self {
        if meant.len() > 100 {
            return self;
        }
        let small = meant.to_lowercase();
        let ranked = known.into_iter().map(|name| (strsim::osa_distance(&name.to_lowercase(), &small), name));
        let near = (meant.chars().count() / 3).max(1);
        self.suggestion = ranked.min().filter(|(distance, _)| *distance <= near).map(|(_, name)| name.to_owned());
        self
    }
}

impl Diagnostic {
    /// The whole message in Danish: place, sentence, the line with marks under the words in question, suggestion.
    #[must_use]
    pub fn in_danish(&self) -> String {
        self.told(&self.da, "mente du")
    }

    /// As [`in_danish`](Self::in_danish), in English.
    #[must_use]
    pub fn in_english(&self) -> String {
        self.told(&self.en, "did you mean")
    }

    fn told(&self, sentence: &str, meant: &str) -> String {
        let mut told = format!("{}:{}:{}: {sentence}", self.file, self.line, self.column);
        if !self.excerpt.line.is_empty() {
            told.push('\n');
            told.push_str(&self.excerpt.drawn(self.line));
        }
        if let Some(suggestion) = &self.suggestion {
            told.push_str(&format!("\n{} = {meant} `{suggestion}`?", " ".repeat(self.line.to_string().len())));
        }
        told
    }
}

impl fmt::Display for Diagnostic {
    /// `mapping.toml:12:9: Accounts has no field "cf_cvrr" (did you mean "cf_cvr"?)`, in English.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.en)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, " (did you mean `{suggestion}`?)"),
            None => Ok(()),
        }
    }
}
