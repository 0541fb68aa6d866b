//! Answers a query: which rows, in which order, with which fields (fact sheet §4, recordings query,
//! query-escaping and time).

use super::collation;
use super::failure::Failure;
use super::php::{Php, decimal};
use super::profile::Version;
use super::read::{View, split_id};
use super::row::{Moment, Row, moment};
use super::schema::{Field, Kind, Module, Place};
use super::vtql::{self, Columns, Condition, Literal, Operator, Query};
use super::{SimplyCrm, User};
use rust_decimal::Decimal;
use std::borrow::Cow;
use std::cell::LazyCell;
use std::cmp::{Ordering, Reverse};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// The largest page.
const PAGE: i64 = 100;

/// A condition with its values as the database has read them.
struct Test<'m> {
    field: &'m Field,
    operator: Operator,
    wanted: Vec<Wanted>,
}

/// A value to compare with, after the database has read it.
enum Wanted {
    Text(String),
    /// A date and time.
    Moment(Option<Moment>),
    Number(Decimal),
    /// Compares with nothing.
    Null,
}

impl SimplyCrm {
    pub(crate) fn query(&self, user: &User, text: Option<&str>) -> Result<Php, Failure> {
        let text = text.ok_or_else(|| Failure::denied_for("query"))?;
        let name = module_name(text).ok_or_else(|| Failure::denied_for("query"))?;
        let module = self.schema.module(name).filter(|module| !self.is_hidden(user, &module.name));
        let module = module.ok_or_else(|| Failure::denied_for(&format!("name : {name}")))?;
        let query = vtql::parse(text)?;
        match self.answer(module, &query) {
            // 8.x swallows what the database refuses (fact sheet §13).
            Err(failure) if failure == Failure::database() && self.profile.version >= Version::V8 => {
                Ok(Php::List(Vec::new()))
            }
            other => other,
        }
    }

    fn answer(&self, module: &Module, query: &Query) -> Result<Php, Failure> {
        let columns = columns(module, query)?;
        if module.name == "ProductTaxes" {
            // Its table has no column for the id that every query adds.
            return Err(Failure::database());
        }
        for condition in query.condition.iter().flatten() {
            if module.field(&condition.field).is_none() {
                return Err(Failure::new(
                    "ACCESS_DENIED",
                    format!("Permission to access {} attribute denied.", condition.field),
                ));
            }
        }
        let alternatives = tests(module, &query.condition)?;
        let meets = |row: &Cow<'_, Row>| {
            alternatives.is_empty() || alternatives.iter().any(|together| together.iter().all(|test| test.meets(row)))
        };
        let order = order(module, query)?;
        let (offset, count) = query.limit.unwrap_or((0, PAGE));
        let offset = usize::try_from(offset).map_err(|_| Failure::database())?;
        let count = usize::try_from(count.min(PAGE)).map_err(|_| Failure::database())?;
        let rows = self.rows(module, numbers(&alternatives)).filter(meets);
        if query.columns == Columns::Count {
            // 8.4 forgets to count entities (recording query).
            let lost = self.profile.version >= Version::V8 && module.entity;
            let counted = Php::map([("count", Php::Text(rows.count().to_string()))]);
            return Ok(Php::List(if lost { Vec::new() } else { vec![counted] }));
        }
        let most = offset.saturating_add(count);
        let by_number = order.iter().all(|field| matches!(field.kind, Kind::Id)) && !query.descending;
        let rows: Vec<Cow<'_, Row>> = if by_number && self.stands_by_number(module) {
            // They stand in that order, and nobody has to look beyond the page.
            rows.take(most).collect()
        } else {
            first(&order, query.descending, rows, most)
        };
        Ok(Php::list(rows.iter().skip(offset).take(count).map(|row| {
            let shown = columns.iter().filter(|field| !self.is_secret(module, field));
            let mut entries: Vec<(String, Php)> =
                shown.map(|field| (field.name.clone(), self.shown(row, field, View::Query))).collect();
            if query.columns == Columns::All {
                add_undescribed(module, row, &mut entries);
            }
            Php::Map(entries)
        })))
    }

    /// The living rows of a module, those with `numbers` among them.
    fn rows(&self, module: &Module, numbers: Numbers) -> Box<dyn Iterator<Item = Cow<'_, Row>> + '_> {
        if let Some(rows) = self.actors.get(&module.name) {
            return Box::new(rows.values().map(Cow::Borrowed));
        }
        if module.name == "LineItem" {
            return Box::new(self.line_rows().into_iter().map(Cow::Owned));
        }
        let name = module.name.clone();
        let living = move |row: &&Row| !row.deleted && row.module == name;
        match numbers {
            Numbers::Between(range) => {
                Box::new(self.records.range(range).map(|(_, row)| row).filter(living).map(joined))
            }
            Numbers::Listed(listed) => {
                Box::new(listed.into_iter().filter_map(|number| self.records.get(&number)).filter(living).map(joined))
            }
        }
    }

    /// Whether [`rows`](Self::rows) gives them in the order of their numbers.
    fn stands_by_number(&self, module: &Module) -> bool {
        !self.actors.contains_key(&module.name) && module.name != "LineItem"
    }
}

/// The fields that a query sorts by.
fn order<'m>(module: &'m Module, query: &Query) -> Result<Vec<&'m Field>, Failure> {
    let field = |name: &String| module.field(name).filter(|_| is_joined(query, name)).ok_or_else(Failure::database);
    query.order.iter().map(field).collect()
}

/// The first `most` of `rows` by these fields, of which the last one may count downwards, and by their numbers. Of the others
/// nobody has to know the order: a page of thousands of rows is asked for hundreds of times.
fn first<'r>(
    fields: &[&Field],
    descending: bool,
    rows: impl Iterator<Item = Cow<'r, Row>>,
    most: usize,
) -> Vec<Cow<'r, Row>> {
    let last = fields.len().saturating_sub(1);
    let key = |row: &Row| {
        let step = |(place, field): (usize, &&Field)| {
            let turned = place == last && descending;
            if turned { Step::Down(Reverse(rank(field, row))) } else { Step::Up(rank(field, row)) }
        };
        (fields.iter().enumerate().map(step).collect::<Vec<_>>(), row.number)
    };
    let mut keyed: Vec<_> = rows.map(|row| (key(&row), row)).collect();
    if most < keyed.len() {
        keyed.select_nth_unstable_by(most, |(one, _), (other, _)| one.cmp(other));
        keyed.truncate(most);
    }
    keyed.sort_by(|(one, _), (other, _)| one.cmp(other));
    keyed.into_iter().map(|(_, row)| row).collect()
}

impl Test<'_> {
    fn meets(&self, row: &Row) -> bool {
        let field = self.field;
        let cell = || row.cells.get(&field.name).map(|own| Cow::Borrowed(own.as_str()));
        let own = LazyCell::new(|| match &field.kind {
            Kind::Id => Some(Cow::Owned(row.number.to_string())),
            Kind::Reference(_) | Kind::Owner => Some(cell().unwrap_or(Cow::Borrowed("0"))),
            Kind::Date => cell(),
            _ => cell().or_else(|| super::columns::unset(field).map(Cow::Owned)),
        });
        let saved = row.saved(&field.name);
        self.wanted.iter().any(|wanted| match (&field.kind, wanted) {
            (Kind::Id, Wanted::Number(number)) => self.operator.admits(Decimal::from(row.number).cmp(number)),
            (Kind::Moment, Wanted::Moment(other)) if saved.is_some() => self.operator.admits(saved.cmp(other)),
            _ => own.as_ref().is_some_and(|own| compare(own, self.operator, wanted)),
        })
    }
}

impl Operator {
    /// Whether two values in this order meet it.
    fn admits(self, order: Ordering) -> bool {
        match self {
            Self::Equal | Self::In | Self::Like => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// The conditions, made ready. The database refuses a broken literal even where no row would meet it.
fn tests<'m>(module: &'m Module, alternatives: &[Vec<Condition>]) -> Result<Vec<Vec<Test<'m>>>, Failure> {
    let test = |condition: &Condition| -> Option<Result<Test<'m>, Failure>> {
        let field = module.field(&condition.field)?;
        let wanted: Result<_, _> =
            condition.values.iter().map(|value| wanted(field, condition.operator, value)).collect();
        Some(wanted.map(|wanted| Test { field, operator: condition.operator, wanted }))
    };
    alternatives.iter().map(|together| together.iter().filter_map(test).collect()).collect()
}

/// Which rows can meet the tests at all, as the index of the table has it.
enum Numbers {
    Between(RangeInclusive<u64>),
    Listed(BTreeSet<u64>),
}

fn numbers(alternatives: &[Vec<Test<'_>>]) -> Numbers {
    let mut range = 0..=u64::MAX;
    let [together] = alternatives else { return Numbers::Between(range) };
    for test in together.iter().filter(|test| test.field.name == "id") {
        let number = |wanted: &Wanted| match wanted {
            Wanted::Number(number) => u64::try_from(*number).ok(),
            Wanted::Text(_) | Wanted::Moment(_) | Wanted::Null => None,
        };
        let listed: BTreeSet<u64> = test.wanted.iter().filter_map(number).collect();
        let (Some(first), Some(last)) = (listed.first().copied(), listed.last().copied()) else { continue };
        range = match test.operator {
            Operator::Greater | Operator::GreaterOrEqual => last.max(*range.start())..=*range.end(),
            Operator::Less | Operator::LessOrEqual => *range.start()..=first.min(*range.end()),
            Operator::Equal | Operator::In => return Numbers::Listed(listed),
            Operator::NotEqual | Operator::Like => continue,
        };
    }
    Numbers::Between(if range.is_empty() { 0..=0 } else { range })
}

/// What `SELECT *` adds to the described fields, and what it hides behind a column of the same name.
fn add_undescribed(module: &Module, row: &Row, entries: &mut Vec<(String, Php)>) {
    let extra: &[&str] = match module.name.as_str() {
        "LineItem" => &["description"],
        _ if module.is_inventory() => &["image", "purchase_cost", "margin"],
        _ => return,
    };
    entries.retain(|(name, _)| !matches!(name.as_str(), "hdnDiscountPercent" | "hdnDiscountAmount"));
    entries.extend(extra.iter().map(|name| ((*name).to_owned(), Php::text(row.cell(name)))));
}

/// A record as the join with its lines leaves it: with the columns of the last one.
fn joined(row: &Row) -> Cow<'_, Row> {
    let Some(line) = row.lines.last() else { return Cow::Borrowed(row) };
    let mut joined = row.clone();
    let columns = line.cells.iter().filter(|(name, _)| *name != "description");
    joined.cells.extend(columns.map(|(name, value)| (name.clone(), value.clone())));
    joined.set("productid", line.product.to_string());
    Cow::Owned(joined)
}

/// The word after the first FROM, which is looked at before any syntax.
pub(crate) fn module_name(text: &str) -> Option<&str> {
    let lower = text.to_ascii_lowercase();
    let mut from = 0;
    while let Some(place) = lower[from..].find("from") {
        let (start, end) = (from + place, from + place + 4);
        let rest = &text[end..];
        let name = rest.trim_start();
        let alone = start > 0 && lower.as_bytes()[start - 1].is_ascii_whitespace() && name.len() < rest.len();
        if alone && !name.is_empty() {
            return name.split(|character: char| character.is_whitespace() || character == ';').next();
        }
        from = end;
    }
    None
}

fn columns<'a>(module: &'a Module, query: &Query) -> Result<Vec<&'a Field>, Failure> {
    match &query.columns {
        Columns::Count => Ok(Vec::new()),
        Columns::All => Ok(module.fields.iter().filter(|field| field.place != Place::Beside).collect()),
        Columns::Named(names) => {
            if let Some(unknown) = names.iter().find(|name| module.field(name).is_none()) {
                return Err(Failure::new(
                    "ACCESS_DENIED",
                    format!("Permission to access '.{unknown}.' attribute denied."),
                ));
            }
            Ok(module.fields.iter().filter(|field| field.name == "id" || names.contains(&field.name)).collect())
        }
    }
}

/// Whether the query reaches the table of a sort field: custom and address fields live in tables of their own.
fn is_joined(query: &Query, name: &str) -> bool {
    let apart = ["cf_", "bill_", "ship_", "mailing"].iter().any(|stem| name.starts_with(stem));
    let selected = match &query.columns {
        Columns::All => true,
        Columns::Count => false,
        Columns::Named(names) => names.iter().any(|selected| selected == name),
    };
    !apart || selected || query.condition.iter().flatten().any(|condition| condition.field == name)
}

/// What the database makes of a literal for this field.
fn wanted(field: &Field, operator: Operator, literal: &Literal) -> Result<Wanted, Failure> {
    let text = match literal {
        Literal::Quoted(raw) => mysql_literal(raw).ok_or_else(Failure::database)?,
        Literal::Bare(word) => word.clone(),
    };
    match &field.kind {
        Kind::Reference(_) => match split_id(&text) {
            Some((_, number)) => Ok(Wanted::Number(decimal(number))),
            None => Err(Failure::wrong_id()),
        },
        Kind::Owner => split_id(&text).map(|(_, number)| Wanted::Number(decimal(number))).ok_or_else(Failure::database),
        Kind::Id if field.name == "id" => {
            split_id(&text).map(|(_, number)| Wanted::Number(decimal(number))).ok_or_else(Failure::database)
        }
        Kind::Integer | Kind::Double | Kind::Currency => Ok(Wanted::Number(decimal(&text))),
        _ => match literal {
            Literal::Quoted(_) if matches!(field.kind, Kind::Moment | Kind::Date) && operator != Operator::Like => {
                Ok(Wanted::Moment(moment(&text)))
            }
            Literal::Quoted(_) => Ok(Wanted::Text(text)),
            Literal::Bare(word) if word.eq_ignore_ascii_case("null") => Ok(Wanted::Null),
            Literal::Bare(word) if super::php::is_numeric(word) => Ok(Wanted::Number(decimal(word))),
            Literal::Bare(_) => Err(Failure::database()),
        },
    }
}

/// Reads a literal as MySQL does; `None` when a backslash has swallowed the closing quote.
fn mysql_literal(raw: &str) -> Option<String> {
    let mut out = String::new();
    let mut characters = raw.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next()? {
                'n' => out.push('\n'),
                't' => out.push('\t'),
                'r' => out.push('\r'),
                '0' => out.push('\0'),
                'b' => out.push('\u{8}'),
                'Z' => out.push('\u{1a}'),
                wildcard @ ('%' | '_') => out.extend(['\\', wildcard]),
                other => out.push(other),
            },
            '\'' if characters.next() == Some('\'') => out.push('\''),
            '\'' => return None,
            _ => out.push(character),
        }
    }
    Some(out)
}

fn compare(own: &str, operator: Operator, wanted: &Wanted) -> bool {
    let order = match wanted {
        Wanted::Null => return false,
        Wanted::Text(text) if operator == Operator::Like => return collation::like(own, text),
        Wanted::Moment(other) => moment(own).cmp(other),
        Wanted::Text(text) => collation::compare(own, text),
        Wanted::Number(number) => decimal(own).cmp(number),
    };
    operator.admits(order)
}

/// What a row is sorted by, upwards or downwards; all rows of a query are sorted alike.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Up(Rank),
    Down(Reverse<Rank>),
}

/// What a cell is compared by; all cells of a column are of one sort, but for times that are not set, which come first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Id(u64),
    Number(Decimal),
    Text(Vec<char>),
    Moment(Moment),
}

fn rank(field: &Field, row: &Row) -> Rank {
    let cell = || row.cell(&field.name);
    match &field.kind {
        Kind::Id => Rank::Id(row.number),
        Kind::Integer | Kind::Double | Kind::Currency | Kind::Reference(_) | Kind::Owner => {
            Rank::Number(decimal(cell()))
        }
        Kind::Moment => row
            .saved(&field.name)
            .or_else(|| moment(cell()))
            .map_or_else(|| Rank::Text(collation::rank(cell())), Rank::Moment),
        Kind::Text | Kind::LongText | Kind::Boolean | Kind::Date => Rank::Text(collation::rank(cell())),
    }
}
