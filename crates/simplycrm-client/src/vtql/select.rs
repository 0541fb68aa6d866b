//! The statement: what to read, from where, in which order, how much.

use std::fmt;
use std::str::FromStr;

use super::VtqlError;
use super::condition::{Condition, Filter};
use crate::id::{FieldName, ModuleName};

/// The most rows that one answer holds, whatever is asked for (fact sheet §4.1).
pub const MAX_ROWS: u32 = 100;

static ID: FieldName = FieldName::ID;

/// What to read of each record. The id always comes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Columns {
    /// `*`. Not for inventory modules, where it joins the lines and multiplies rows (§4.4).
    All,
    /// `count(*)`: one row with `count`. 8.4 answers with no row at all for entity modules.
    Count,
    /// These fields; empty means the id alone.
    Named(Vec<FieldName>),
}

/// Which way to sort. The language knows one direction, which applies to the last field; the others go upwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// Which rows of the result: at most [`MAX_ROWS`], after leaving out `offset`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    offset: u32,
    count: u32,
}

impl Limit {
    /// # Errors
    /// When `count` is 0 or above [`MAX_ROWS`]: the server would silently give another number of rows.
    pub fn new(offset: u32, count: u32) -> Result<Self, VtqlError> {
        if (1..=MAX_ROWS).contains(&count) { Ok(Self { offset, count }) } else { Err(VtqlError::Limit(count)) }
    }

    /// The first full page.
    #[must_use]
    pub const fn full_page() -> Self {
        Self { offset: 0, count: MAX_ROWS }
    }
}

/// A query in the making. Rendering it with [`to_string`](ToString::to_string) gives the statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Select {
    pub(super) module: ModuleName,
    pub(super) columns: Columns,
    pub(super) filter: Option<Filter>,
    pub(super) order: Option<(Vec<FieldName>, Direction)>,
    pub(super) limit: Option<Limit>,
}

impl Select {
    /// All fields of all records of `module`.
    #[must_use]
    pub fn from(module: ModuleName) -> Self {
        Self { module, columns: Columns::All, filter: None, order: None, limit: None }
    }

    /// How many records `module` has.
    #[must_use]
    pub fn count(module: ModuleName) -> Self {
        Self { columns: Columns::Count, ..Self::from(module) }
    }

    /// Only these fields (and the id).
    #[must_use]
    pub fn columns(self, columns: impl IntoIterator<Item = FieldName>) -> Self {
        Self { columns: Columns::Named(columns.into_iter().collect()), ..self }
    }

    /// Only records that fulfil `filter`, instead of an earlier filter.
    #[must_use]
    pub fn filter(self, filter: impl Into<Filter>) -> Self {
        Self { filter: Some(filter.into()), ..self }
    }

    /// Only records that also fulfil `condition`.
    #[must_use]
    pub fn and(mut self, condition: Condition) -> Self {
        self.filter = Some(match self.filter.take() {
            Some(filter) => filter.and(&condition),
            None => condition.into(),
        });
        self
    }

    /// Sorted by `fields`, which are selected along: sorting by a field that is not read fails on the server, on 8.x
    /// without saying so (fact sheet §4.1). No fields means no order.
    #[must_use]
    pub fn order_by(self, fields: impl IntoIterator<Item = FieldName>, direction: Direction) -> Self {
        let fields: Vec<_> = fields.into_iter().collect();
        Self { order: (!fields.is_empty()).then_some((fields, direction)), ..self }
    }

    /// Only these rows of the result.
    #[must_use]
    pub fn limit(self, limit: Limit) -> Self {
        Self { limit: Some(limit), ..self }
    }

    /// The module that is read.
    #[must_use]
    pub fn module(&self) -> &ModuleName {
        &self.module
    }

    pub(crate) fn is_unfiltered_but_sorted_or_cut(&self) -> bool {
        self.filter.is_none() && (self.order.is_some() || self.limit.is_some())
    }

    /// The selected names with the sort fields among them; `None` for `*` and `count(*)`.
    fn selected(&self) -> Option<Vec<&FieldName>> {
        let Columns::Named(named) = &self.columns else { return None };
        let mut selected: Vec<&FieldName> = Vec::with_capacity(named.len() + 1);
        let sorted = self.order.iter().flat_map(|(fields, _)| fields);
        for field in named.iter().chain(sorted) {
            if !selected.contains(&field) {
                selected.push(field);
            }
        }
        if selected.is_empty() {
            selected.push(&ID);
        }
        Some(selected)
    }
}

impl fmt::Display for Select {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SELECT ")?;
        match self.selected() {
            Some(selected) => list(f, &selected)?,
            None if self.columns == Columns::Count => f.write_str("count(*)")?,
            None => f.write_str("*")?,
        }
        write!(f, " FROM {}", self.module)?;
        if let Some(filter) = &self.filter {
            write!(f, " WHERE {filter}")?;
        }
        if let Some((fields, direction)) = &self.order {
            f.write_str(" ORDER BY ")?;
            list(f, &fields.iter().collect::<Vec<_>>())?;
            if *direction == Direction::Descending {
                f.write_str(" DESC")?;
            }
        }
        match self.limit {
            Some(Limit { offset: 0, count }) => write!(f, " LIMIT {count}")?,
            Some(Limit { offset, count }) => write!(f, " LIMIT {offset},{count}")?,
            None => {}
        }
        f.write_str(";")
    }
}

fn list(f: &mut fmt::Formatter<'_>, names: &[&FieldName]) -> fmt::Result {
    for (nth, name) in names.iter().enumerate() {
        if nth > 0 {
            f.write_str(",")?;
        }
        fmt::Display::fmt(name, f)?;
    }
    Ok(())
}

/// The text of a statement that is known to follow the grammar: rendered from a [`Select`], or parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vtql(String);

impl Vtql {
    /// The statement's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&Select> for Vtql {
    fn from(select: &Select) -> Self {
        Self(select.to_string())
    }
}

impl From<Select> for Vtql {
    fn from(select: Select) -> Self {
        Self(select.to_string())
    }
}

impl FromStr for Vtql {
    type Err = VtqlError;

    /// Takes text as it stands, if it is a statement.
    fn from_str(text: &str) -> Result<Self, VtqlError> {
        text.parse::<Select>().map(|_| Self(text.to_owned()))
    }
}

impl fmt::Display for Vtql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
