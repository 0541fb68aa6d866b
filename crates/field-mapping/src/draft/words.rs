//! What a draft can be told, and how a mapping file says it.

use sync_model::{Side, Value};
use toml_edit::{Array, InlineTable};

use super::DraftError;
use crate::{Condition, Label, Test};

/// Where one field's values may travel, as a mapping file says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Travel {
    /// Both ways.
    Both,
    /// Only to Dinero.
    ToDinero,
    /// Only to Simply CRM.
    ToCrm,
    /// Only when a record is made.
    CreateOnly,
    /// Nowhere; it only tells records apart.
    Compared,
}

/// Whose value stands when both changed, as a mapping file says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precedence {
    /// What the settings say.
    AsSet,
    /// This side's.
    First(Side),
    /// A person decides.
    Ask,
}

/// A translation, as a mapping file says it. Whether it is one is found out when the file is resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Translation {
    /// A lens by its name, such as `phone`.
    Named(String),
    /// Dinero's word, and those of Simply CRM that mean it.
    Table(Vec<(String, Vec<String>)>),
    /// An amount of this currency.
    Amount(String),
    /// At most as many characters.
    Most(u32),
    /// Cut to as many characters; one way only.
    Cut(u32),
    /// An expression, and those that lead back.
    Expression {
        /// Over the source's own fields.
        forward: String,
        /// One for each own field of the source, or none.
        inverse: Vec<String>,
    },
}

/// A side's own fields, as a mapping file says them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Own {
    /// By their names, in the order the translation needs.
    Named(Vec<String>),
    /// A custom field, by the first name or label that is there.
    Find {
        /// Names, best first.
        names: Vec<String>,
        /// Labels, best first.
        labels: Vec<String>,
    },
}

/// What every new record of a side gets in one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Constant {
    /// This value.
    Value(Value),
    /// What the setting of this name holds.
    Setting(String),
}

impl Travel {
    pub(super) fn word(self) -> Option<&'static str> {
        match self {
            Self::Both => None,
            Self::ToDinero => Some("to-dinero"),
            Self::ToCrm => Some("to-crm"),
            Self::CreateOnly => Some("create-only"),
            Self::Compared => Some("compared"),
        }
    }
}

impl Precedence {
    pub(super) fn word(self) -> Option<&'static str> {
        match self {
            Self::AsSet => None,
            Self::First(Side::Left) => Some("dinero-first"),
            Self::First(Side::Right) => Some("crm-first"),
            Self::Ask => Some("ask"),
        }
    }
}

impl Translation {
    pub(super) fn toml(&self) -> toml_edit::Value {
        match self {
            Self::Named(name) => name.as_str().into(),
            Self::Amount(code) => table([("amount", code.as_str().into())]),
            Self::Most(most) => table([("most", i64::from(*most).into())]),
            Self::Cut(most) => table([("cut", i64::from(*most).into())]),
            Self::Table(rows) => {
                let rows = rows.iter().map(|(left, right)| (left.as_str(), one_or_several(right)));
                table([("table", table(rows))])
            }
            Self::Expression { forward, inverse } if inverse.is_empty() => {
                table([("expression", forward.as_str().into())])
            }
            Self::Expression { forward, inverse } => {
                table([("expression", forward.as_str().into()), ("inverse", one_or_several(inverse))])
            }
        }
    }
}

impl Own {
    pub(super) fn toml(&self) -> toml_edit::Value {
        match self {
            Self::Named(names) => one_or_several(names),
            Self::Find { names, labels } => table([("find", texts(names)), ("labels", texts(labels))]),
        }
    }
}

impl Constant {
    pub(super) fn toml(&self) -> Result<toml_edit::Value, DraftError> {
        match self {
            Self::Value(value) => plain(value),
            Self::Setting(name) => Ok(table([("setting", name.as_str().into())])),
        }
    }
}

pub(super) fn label(label: &Label) -> toml_edit::Value {
    table([("da", label.da.as_str().into()), ("en", label.en.as_str().into())])
}

/// All `conditions` on one field; the shortest form that says them.
pub(super) fn conditions(conditions: &[Condition]) -> Result<toml_edit::Value, DraftError> {
    if let [Condition { test: Test::OneOf(values), not: false }] = conditions {
        return one_of(values);
    }
    let mut said = InlineTable::new();
    let mut ruled = InlineTable::new();
    for Condition { test, not } in conditions {
        let (word, value, not) = match test {
            Test::Empty => ("is", if *not { "set" } else { "empty" }.into(), false),
            Test::OneOf(values) => ("equals", one_of(values)?, *not),
            Test::Contains(part) => ("contains", part.as_str().into(), *not),
            Test::StartsWith(part) => ("starts-with", part.as_str().into(), *not),
            Test::AtLeast(least) => ("at-least", plain(least)?, *not),
            Test::AtMost(most) => ("at-most", plain(most)?, *not),
        };
        let into = if not { &mut ruled } else { &mut said };
        if into.insert(word, value).is_some() {
            return Err(DraftError::SameCondition(word));
        }
    }
    match (ruled.len(), ruled.remove("equals")) {
        (0, _) => {}
        (1, Some(values)) => drop(said.insert("not", values)),
        (_, values) => {
            values.into_iter().for_each(|values| drop(ruled.insert("equals", values)));
            said.insert("not", ruled.into());
        }
    }
    Ok(said.into())
}

fn one_of(values: &[Value]) -> Result<toml_edit::Value, DraftError> {
    match values {
        [one] => plain(one),
        several => Ok(several.iter().map(plain).collect::<Result<Array, _>>()?.into()),
    }
}

/// A value that a file can hold. Numbers keep their digits: no float is made of them.
pub(super) fn plain(value: &Value) -> Result<toml_edit::Value, DraftError> {
    let unsayable = || DraftError::Unsayable(value.to_string());
    match value {
        Value::Empty => Ok("".into()),
        Value::Text(text) => Ok((&**text).into()),
        Value::Flag(flag) => Ok((*flag).into()),
        Value::Decimal(number) => number.to_string().parse().map_err(|_| unsayable()),
        Value::Date(day) => day.format("%Y-%m-%d").to_string().parse().map_err(|_| unsayable()),
        Value::Time(_) | Value::Reference(_) | Value::Rows(_) => Err(unsayable()),
    }
}

pub(super) fn texts<T: AsRef<str>>(texts: &[T]) -> toml_edit::Value {
    texts.iter().map(AsRef::as_ref).collect::<Array>().into()
}

fn one_or_several(words: &[String]) -> toml_edit::Value {
    match words {
        [one] => one.as_str().into(),
        several => texts(several),
    }
}

fn table<'k>(rows: impl IntoIterator<Item = (&'k str, toml_edit::Value)>) -> toml_edit::Value {
    rows.into_iter().collect::<InlineTable>().into()
}
