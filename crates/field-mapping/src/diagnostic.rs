//! What is wrong with a mapping file: where, in both languages, and what may have been meant.

use std::fmt;
use std::ops::Range;

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
    /// Something else was expected: a text, a list, a table.
    Expected(&'static str),
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
    /// The setting it refers to does not exist.
    UnknownSetting,
    /// A match rule names a field that the mapping does not have.
    UnknownCanonical,
    /// The same match rule is given twice with different contents.
    RuleDiffers,
    /// A pair that goes only one way has no conflict to decide.
    PriorityWithoutConflict,
    /// The same word stands in two rows of a table.
    AmbiguousWord(String),
    /// The value is not one of its kind, such as a country that does not exist.
    BadValue,
}

impl Trouble {
    /// What is wrong with `text`, in Danish and in English.
    fn words(&self, text: &str) -> (String, String) {
        let list = |words: &[&str]| words.join(", ");
        match self {
            Self::TooLarge => pair("filen er for stor (højst 1 MB)", "the file is too large (1 MB at most)"),
            Self::TooMuch => pair("der er flere fejl; ret disse først", "there are more mistakes; correct these first"),
            Self::NotToml(why) => (format!("ikke gyldig TOML: {why}"), format!("not valid TOML: {why}")),
            Self::UnknownKey(allowed) => (
                format!("ukendt nøgle `{text}`; her kan stå: {}", list(allowed)),
                format!("unknown key `{text}`; allowed here: {}", list(allowed)),
            ),
            Self::MissingKey(key) => (format!("`{key}` mangler"), format!("`{key}` is missing")),
            Self::Expected(what) => {
                let da = match *what {
                    "text" => "en tekst",
                    "true or false" => "true eller false",
                    "a list of texts" => "en liste af tekster",
                    "a table" => "en tabel",
                    "a list of tables" => "en liste af tabeller ([[…]])",
                    "a field, a list of fields, or what to look for" => {
                        "et felt, en liste af felter, eller hvad der skal findes"
                    }
                    other => other,
                };
                (format!("her skal stå {da}"), format!("expected {what}"))
            }
            Self::NotAllowed(allowed) => (
                format!("`{text}` kan ikke bruges her; vælg mellem: {}", list(allowed)),
                format!("`{text}` is not allowed here; choose one of: {}", list(allowed)),
            ),
            Self::PriorityWithoutConflict => pair(
                "kun et felt i begge retninger har en prioritet",
                "only a field that goes both ways has a priority",
            ),
            Self::AmbiguousWord(word) => (format!("`{word}` står i to rækker"), format!("`{word}` stands in two rows")),
            Self::SameName => (format!("`{text}` findes allerede"), format!("`{text}` is already there")),
            Self::UnknownKind(_)
            | Self::UnknownField(_)
            | Self::ReadOnly(_)
            | Self::WrongType(_)
            | Self::Width(_)
            | Self::WrittenTwice(_)
            | Self::Needs(_)
            | Self::TooLong(_)
            | Self::NotAChoice
            | Self::UnknownSetting
            | Self::UnknownCanonical
            | Self::RuleDiffers
            | Self::BadValue => self.words_of_schema(text),
        }
    }

    /// What does not fit the two systems, or the rest of the file.
    fn words_of_schema(&self, text: &str) -> (String, String) {
        match self {
            Self::UnknownKind(system) => {
                (format!("{system} har intet modul `{text}`"), format!("{system} has no module `{text}`"))
            }
            Self::UnknownField(kind) => {
                (format!("{kind} har intet felt `{text}`"), format!("{kind} has no field `{text}`"))
            }
            Self::ReadOnly(field) => (
                format!("`{field}` kan ikke skrives; vælg den anden retning"),
                format!("`{field}` cannot be written; choose the other direction"),
            ),
            Self::WrongType(field) => (
                format!("feltet `{field}` kan ikke indeholde det, oversættelsen giver"),
                format!("the field `{field}` cannot hold what the translation gives"),
            ),
            Self::Width(wanted) => (
                format!("oversættelsen skal bruge {wanted} felt(er)"),
                format!("the translation needs {wanted} field(s)"),
            ),
            Self::WrittenTwice(other) => {
                (format!("`{text}` skrives allerede af `{other}`"), format!("`{text}` is already written by `{other}`"))
            }
            Self::Needs(field) => (
                format!("en ny post i {text} kræver `{field}`; giv den en værdi"),
                format!("a new record of {text} needs `{field}`; give it a value"),
            ),
            Self::TooLong(max) => {
                (format!("feltet har plads til {max} tegn"), format!("the field keeps {max} characters"))
            }
            Self::NotAChoice => {
                (format!("feltets liste har ikke `{text}`"), format!("the field's list has no `{text}`"))
            }
            Self::UnknownSetting => {
                (format!("der er ingen indstilling `{text}`"), format!("there is no setting `{text}`"))
            }
            Self::UnknownCanonical => (
                format!("reglen bruger `{text}`, som ikke er kortlagt"),
                format!("the rule uses `{text}`, which is not mapped"),
            ),
            Self::RuleDiffers => (
                format!("reglen `{text}` findes allerede med et andet indhold"),
                format!("the rule `{text}` is already there with other contents"),
            ),
            Self::TooLarge
            | Self::TooMuch
            | Self::NotToml(_)
            | Self::UnknownKey(_)
            | Self::MissingKey(_)
            | Self::Expected(_)
            | Self::NotAllowed(_)
            | Self::SameName
            | Self::PriorityWithoutConflict
            | Self::AmbiguousWord(_)
            | Self::BadValue => (format!("`{text}` er ikke en gyldig værdi"), format!("`{text}` is not a valid value")),
        }
    }
}

fn pair(da: &str, en: &str) -> (String, String) {
    (da.to_owned(), en.to_owned())
}

impl Diagnostic {
    /// `trouble` at `span` of `source`.
    pub(crate) fn new(file: &str, source: &str, span: Range<usize>, trouble: Trouble) -> Self {
        let edge = |at: usize| (0..=at.min(source.len())).rev().find(|at| source.is_char_boundary(*at)).unwrap_or(0);
        let (start, end) = (edge(span.start), edge(span.end));
        let before = &source[..start];
        let text: String = source[start..end.max(start)].lines().next().unwrap_or_default().chars().take(80).collect();
        let bare = text.trim_matches(|char| char == '"' || char == '\'');
        let (da, en) = trouble.words(bare);
        Self {
            file: file.to_owned(),
            span: start..end.max(start),
            line: before.matches('\n').count() + 1,
            column: before.rsplit('\n').next().unwrap_or_default().chars().count() + 1,
            text,
            trouble,
            da,
            en,
            suggestion: None,
        }
    }

    /// Suggests the one of `known` that is nearest to `meant`, if it is near at all.
    pub(crate) fn suggest<'k>(mut self, meant: &str, known: impl IntoIterator<Item = &'k str>) -> Self {
        let small = meant.to_lowercase();
        let ranked = known.into_iter().map(|name| (strsim::osa_distance(&name.to_lowercase(), &small), name));
        let near = meant.chars().count().div_ceil(3).max(1);
        self.suggestion = ranked.min().filter(|(distance, _)| *distance <= near).map(|(_, name)| name.to_owned());
        self
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
