//! Where settings come from: the file with its lines, and the environment over it.

use std::collections::BTreeMap;
use std::ops::Range;

use toml_edit::{Document, Item, Value};

use super::keys::{KEYS, Key, Kind};
use super::problem::{Place, Problem, Trouble};

/// What was given for one key, as text, with its place.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) text: String,
    pub(super) place: Place,
}

/// Everything that was given, by key.
#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) given: BTreeMap<&'static str, Given>,
    pub(super) problems: Vec<Problem>,
}

/// Reads the file's text and lays the environment over it. `read` opens the files of `…_file` keys.
pub(super) fn collect(
    file: &str,
    text: &str,
    environment: &[(String, String)],
    read: &dyn Fn(&str) -> Result<String, String>,
) -> Source {
    let mut source = Source::default();
    match Document::parse(text) {
        Ok(document) => {
            for (name, item) in document.iter() {
                source.item(file, text, name, item, document.key(name).and_then(toml_edit::Key::span), read);
            }
        }
        Err(error) => {
            let place = place(file, text, error.span());
            let key = String::new();
            source.problems.push(Problem { key, place, trouble: Trouble::Syntax(error.message().to_owned()) });
        }
    }
    for (name, value) in environment {
        if let Some(path) = name.strip_prefix("AFSTEM_").filter(|rest| stands_for_a_key(rest)) {
            source.variable(name, &path.to_lowercase().replace("__", "."), value, read);
        }
    }
    source
}

/// Whether a variable of ours means a key, and does not steer the program itself as `AFSTEM_CONFIG` does.
fn stands_for_a_key(name: &str) -> bool {
    name == "LANGUAGE" || name.contains("__")
}

impl Source {
    fn item(
        &mut self,
        file: &str,
        text: &str,
        path: &str,
        item: &Item,
        span: Option<Range<usize>>,
        read: &dyn Fn(&str) -> Result<String, String>,
    ) {
        let place = place(file, text, item.span().or_else(|| span.clone()));
        if let Some(key) = Key::find(path) {
            match as_text(key.kind, item) {
                Some(text) => self.put(key, text, place),
                None => self.bad(key, place),
            }
        } else if let Some(key) = secret_file(path) {
            match item.as_str() {
                Some(name) => self.secret(key, name, place, read),
                None => self.bad(key, place),
            }
        } else if let Some(table) = item.as_table_like().filter(|_| is_section(path)) {
            for (name, item) in table.iter() {
                let span = table.key(name).and_then(toml_edit::Key::span);
                self.item(file, text, &format!("{path}.{name}"), item, span, read);
            }
        } else {
            let place = self::place(file, text, span.or_else(|| item.span()));
            self.problems.push(Problem {
                key: path.to_owned(),
                place,
                trouble: Trouble::Unknown { meant: meant(path) },
            });
        }
    }

    fn variable(&mut self, name: &str, path: &str, value: &str, read: &dyn Fn(&str) -> Result<String, String>) {
        let place = Place::Environment(name.to_owned());
        if let Some(key) = Key::find(path) {
            self.put(key, value.to_owned(), place);
        } else if let Some(key) = secret_file(path) {
            self.secret(key, value, place, read);
        } else {
            self.problems.push(Problem {
                key: path.to_owned(),
                place,
                trouble: Trouble::Unknown { meant: meant(path) },
            });
        }
    }

    fn secret(&mut self, key: &'static Key, name: &str, place: Place, read: &dyn Fn(&str) -> Result<String, String>) {
        match read(name) {
            Ok(secret) => self.put(key, secret.trim().to_owned(), place),
            Err(reason) => {
                let trouble = Trouble::Unreadable(format!("{name}: {reason}"));
                self.problems.push(Problem { key: format!("{}_file", key.path), place, trouble });
            }
        }
    }

    fn put(&mut self, key: &'static Key, text: String, place: Place) {
        self.given.insert(key.path, Given { text, place });
    }

    fn bad(&mut self, key: &'static Key, place: Place) {
        let trouble = Trouble::Bad { allowed: key.kind.allowed() };
        self.problems.push(Problem { key: key.path.to_owned(), place, trouble });
    }
}

/// A value of the file in the text form that the environment would have.
fn as_text(kind: Kind, item: &Item) -> Option<String> {
    match kind {
        Kind::Text
        | Kind::Secret
        | Kind::Choice(_)
        | Kind::Url
        | Kind::Period
        | Kind::StoreUrl
        | Kind::Amount
        | Kind::Day
        | Kind::Service => item.as_str().map(str::to_owned),
        Kind::Number | Kind::Account => item.as_integer().map(|number| number.to_string()),
        Kind::Flag => item.as_bool().map(|flag| flag.to_string()),
        Kind::Choices(_) => {
            let words = item.as_array()?.iter().map(Value::as_str).collect::<Option<Vec<_>>>()?;
            Some(words.join(","))
        }
        Kind::Accounts => {
            let pairs = item.as_table_like()?.iter();
            let texts = pairs.map(|(rate, account)| Some(format!("{rate}={}", account.as_integer()?)));
            Some(texts.collect::<Option<Vec<_>>>()?.join(","))
        }
    }
}

fn secret_file(path: &str) -> Option<&'static Key> {
    Key::find(path.strip_suffix("_file")?).filter(|key| key.kind == Kind::Secret)
}

fn is_section(path: &str) -> bool {
    KEYS.iter().any(|key| key.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('.')))
}

/// The known key that looks most like `path`.
fn meant(path: &str) -> Option<String> {
    let ranked = KEYS.iter().map(|key| (distance(key.path, path), key.path));
    ranked.min().filter(|(distance, _)| *distance <= 4).map(|(_, path)| path.to_owned())
}

fn distance(one: &str, other: &str) -> usize {
    strsim::levenshtein(one, other)
}

fn place(file: &str, text: &str, span: Option<Range<usize>>) -> Place {
    let before = &text[..span.map_or(0, |span| span.start).min(text.len())];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Place::File { file: file.to_owned(), line, column }
}
