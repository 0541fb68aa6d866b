//! Expressions for what no lens says: join, split, case, default, condition, lookup. Text in, text out, cost bounded.
//!
//! The language is minijinja's, with a handful of filters of our own instead of the built-in ones. Amounts come in as text
//! and there is no arithmetic with fractions, so no float can touch money (docs/decisions/0012).

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use minijinja::value::ValueKind;
use minijinja::{Environment, Error, ErrorKind, Expression as Compiled, UndefinedBehavior, Value as Held};
use sync_model::{Side, Value};

use super::text::{line, lines};
use crate::FaultKind;

/// Steps that one evaluation may take.
const FUEL: u64 = 10_000;
/// The longest expression, in bytes.
const MOST_SOURCE: usize = 2_000;
/// The longest text a step may give, in bytes.
const MOST_TEXT: usize = 20_000;

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::empty();
    environment.set_fuel(Some(FUEL));
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_filter("upper", |text: String| limited(text.to_uppercase()));
    environment.add_filter("lower", |text: String| limited(text.to_lowercase()));
    environment.add_filter("trim", |text: String| text.trim().to_owned());
    environment.add_filter("title", |text: String| limited(title(&text)));
    environment.add_filter("replace", |text: String, old: String, new: String| {
        let hits = if old.is_empty() { 0 } else { text.matches(&old).count() };
        if text.len() + hits * new.len() > MOST_TEXT { Err(too_long()) } else { Ok(text.replace(&old, &new)) }
    });
    environment.add_filter("split", |text: String, mark: String| -> Vec<String> {
        if mark.is_empty() { vec![text] } else { text.split(&mark).map(|part| part.trim().to_owned()).collect() }
    });
    environment.add_filter("join", |parts: Vec<String>, mark: String| {
        let filled: Vec<String> = parts.into_iter().filter(|part| !part.trim().is_empty()).collect();
        limited(filled.join(&mark))
    });
    environment.add_filter("first", |parts: Vec<String>| parts.into_iter().next().unwrap_or_default());
    environment.add_filter("last", |parts: Vec<String>| parts.into_iter().next_back().unwrap_or_default());
    environment.add_filter("length", |text: String| text.chars().count());
    environment.add_filter("default", |held: &Held, other: Held| {
        let nothing = held.is_undefined() || held.is_none() || held.as_str().is_some_and(|text| text.trim().is_empty());
        if nothing { other } else { held.clone() }
    });
    environment
});

/// A translation written as an expression over one side's own fields, giving what the other side holds.
#[derive(Debug, Clone)]
pub struct Expression {
    source: Side,
    names: Vec<String>,
    forward: Program,
    inverse: Vec<Program>,
}

#[derive(Debug, Clone)]
struct Program {
    text: String,
    compiled: Arc<Compiled<'static, 'static>>,
}

/// Why a text is no expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoExpression {
    /// The parser's words.
    #[error("{0}")]
    Syntax(String),
    #[error("unknown name `{0}`")]
    UnknownName(String),
    #[error("`{0}` is not allowed")]
    NotAllowed(char),
    #[error("too long")]
    TooLong,
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source && self.names == other.names && self.parts().eq(other.parts())
    }
}

impl Eq for Expression {}

impl Program {
    fn new(text: &str, names: &[&str]) -> Result<Self, NoExpression> {
        if text.len() > MOST_SOURCE {
            return Err(NoExpression::TooLong);
        }
        if let Some(char) = forbidden(text) {
            return Err(NoExpression::NotAllowed(char));
        }
        let syntax = |error: Error| NoExpression::Syntax(error.detail().unwrap_or("?").to_owned());
        let compiled = ENVIRONMENT.compile_expression_owned(text.to_owned()).map_err(syntax)?;
        let unknown = compiled.undeclared_variables(false).into_iter().filter(|it| !names.contains(&it.as_str()));
        if let Some(unknown) = unknown.min() {
            return Err(NoExpression::UnknownName(unknown));
        }
        // Filters are looked up only when they are used, so each expression is used once.
        let tried: BTreeMap<String, Held> = names.iter().map(|name| ((*name).to_owned(), Held::from("1"))).collect();
        match compiled.eval(Held::from_object(tried)) {
            Err(error) if is_unknown(error.kind()) => Err(syntax(error)),
            Ok(_) | Err(_) => Ok(Self { text: text.to_owned(), compiled: Arc::new(compiled) }),
        }
    }

    fn run(&self, names: BTreeMap<String, Held>) -> Result<Value, FaultKind> {
        let fault = |why: &str| FaultKind::Invalid { expected: format!("`{}` ({why})", self.text) };
        let given =
            self.compiled.eval(Held::from_object(names)).map_err(|error| fault(error.detail().unwrap_or("?")))?;
        match given.kind() {
            ValueKind::None => Ok(Value::Empty),
            ValueKind::String | ValueKind::Bool => Ok(Value::text(given.to_string())),
            ValueKind::Number if given.is_integer() => Ok(Value::text(given.to_string())),
            other => Err(fault(&other.to_string())),
        }
    }
}

impl Expression {
    /// `forward` over the own fields `names` of `source`; each of `inverse` gives one of them back from `value`.
    pub(crate) fn new(
        source: Side,
        names: Vec<String>,
        forward: &str,
        inverse: &[String],
    ) -> Result<Self, NoExpression> {
        let mut known: Vec<&str> = names.iter().map(String::as_str).collect();
        known.push("value");
        let forward = Program::new(forward, &known)?;
        let inverse: Result<Vec<Program>, NoExpression> =
            inverse.iter().map(|text| Program::new(text, &["value"])).collect();
        Ok(Self { source, names, forward, inverse: inverse? })
    }

    /// Its texts, the inverse last.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.forward).chain(&self.inverse).map(|program| program.text.as_str())
    }

    /// The side whose own fields it reads.
    #[must_use]
    pub fn source(&self) -> Side {
        self.source
    }

    /// Whether values can travel back.
    #[must_use]
    pub fn is_invertible(&self) -> bool {
        !self.inverse.is_empty()
    }

    pub(super) fn width(&self, side: Side) -> usize {
        if side == self.source { self.names.len() } else { 1 }
    }

    pub(super) fn read(&self, side: Side, own: &[&Value]) -> Result<Value, FaultKind> {
        let first = own.first().map_or(Value::Empty, |value| lines(value));
        if side != self.source {
            return Ok(first);
        }
        // Nothing in, nothing out: an empty record gets no ", " from a join.
        if own.iter().all(|value| value.is_empty()) {
            return Ok(Value::Empty);
        }
        let mut names: BTreeMap<String, Held> = BTreeMap::from([("value".to_owned(), held(&first))]);
        names.extend(self.names.iter().zip(own).map(|(name, value)| (name.clone(), held(value))));
        Ok(lines(&self.forward.run(names)?))
    }

    pub(super) fn write(&self, side: Side, value: &Value) -> Result<Vec<Value>, FaultKind> {
        if side != self.source {
            return Ok(vec![value.clone()]);
        }
        if !self.is_invertible() {
            return Err(FaultKind::NoCounterpart);
        }
        if value.is_empty() {
            return Ok(vec![Value::Empty; self.names.len()]);
        }
        let run = |program: &Program| program.run(BTreeMap::from([("value".to_owned(), held(value))]));
        let back: Result<Vec<Value>, FaultKind> = self.inverse.iter().map(run).collect();
        let back = back?;
        // What the expression never gives cannot be written back: it would come out as something else.
        let again = self.read(side, &back.iter().collect::<Vec<_>>());
        if again.as_ref() == Ok(value) { Ok(back) } else { Err(FaultKind::NoCounterpart) }
    }

    /// The first of `samples` of the source that does not come back as it went: read, written by the inverse, read again.
    pub(crate) fn broken_by(&self, samples: &[String]) -> Option<String> {
        let lawful = |sample: &&String| {
            let words = sample.split(' ').map(Value::text).chain(std::iter::repeat(Value::Empty));
            let own = match self.names.len() {
                1 => vec![Value::text(sample.as_str())],
                width => words.take(width).collect(),
            };
            let Ok(value) = self.read(self.source, &own.iter().collect::<Vec<_>>()) else { return true };
            self.write(self.source, &value).is_ok()
        };
        samples.iter().find(|sample| !lawful(sample)).cloned()
    }
}

fn is_unknown(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::UnknownFilter | ErrorKind::UnknownTest | ErrorKind::UnknownFunction | ErrorKind::UnknownMethod
    )
}

fn held(value: &Value) -> Held {
    match value {
        Value::Flag(flag) => Held::from(*flag),
        Value::Rows(_) => Held::from(()),
        Value::Text(_) => Held::from(line_or_lines(value)),
        Value::Empty | Value::Decimal(_) | Value::Date(_) | Value::Time(_) | Value::Reference(_) => {
            Held::from(line(value).to_string())
        }
    }
}

fn line_or_lines(value: &Value) -> String {
    lines(value).to_string()
}

fn title(text: &str) -> String {
    let word = |word: &str| {
        let mut chars = word.chars();
        let first = chars.next().map(|char| char.to_uppercase().to_string()).unwrap_or_default();
        first + &chars.as_str().to_lowercase()
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn limited(text: String) -> Result<String, Error> {
    if text.len() > MOST_TEXT { Err(too_long()) } else { Ok(text) }
}

fn too_long() -> Error {
    Error::new(ErrorKind::InvalidOperation, "the text grows too long")
}

/// The first character outside of quotes that could multiply texts or make a fraction: `*`, `/`, or a point in a number.
fn forbidden(text: &str) -> Option<char> {
    let mut quote = None;
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match quote {
            Some(_) if char == '\\' => drop(chars.next()),
            Some(mark) if char == mark => quote = None,
            Some(_) => {}
            None if char == '\'' || char == '"' => quote = Some(char),
            None if char == '*' || char == '/' => return Some(char),
            None if char == '.' && (before.is_ascii_digit() || chars.peek().is_some_and(char::is_ascii_digit)) => {
                return Some(char);
            }
            None if matches!(char, 'e' | 'E') && before.is_ascii_digit() => return Some(char),
            None => {}
        }
        before = char;
    }
    None
}
