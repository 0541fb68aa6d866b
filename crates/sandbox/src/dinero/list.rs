//! Lists: fields echoed as they were asked for, filters, changes, pages (fact sheet §4).

use chrono::NaiveDateTime;
use serde_json::{Map, Value, json};

use super::{Answer, Call, Failure};

/// What one list is like.
pub(super) struct ListRules {
    /// The fields shown when none are asked for.
    pub(super) default: &'static str,
    /// The field that always comes along.
    pub(super) guid: &'static str,
    /// The fields that may be filtered by.
    pub(super) filterable: &'static [&'static str],
    /// What leaving out `deletedOnly` shows: live and deleted records, or live ones only.
    pub(super) both: bool,
}

/// The names of `fields` that are asked for and do not exist.
pub(super) fn unknown<'a>(fields: &'a str, known: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    fields.split(',').map(str::trim).filter(|name| !known.iter().any(|it| it.eq_ignore_ascii_case(name)))
}

/// The fields that were asked for, spelled as they were asked for.
pub(super) fn echo(record: &Map<String, Value>, fields: &str) -> Value {
    let mut shown = Map::new();
    for asked in fields.split(',').map(str::trim) {
        let as_spelled = record.get(asked);
        let found =
            as_spelled.or_else(|| record.iter().find(|(name, _)| name.eq_ignore_ascii_case(asked)).map(|it| it.1));
        if let Some(value) = found {
            shown.insert(asked.to_owned(), value.clone());
        }
    }
    Value::Object(shown)
}

/// A page of `records`, of which it is known that they changed since the time that was asked for.
pub(super) fn page<'a>(
    call: &Call<'_>,
    rules: &ListRules,
    records: impl Iterator<Item = &'a Map<String, Value>>,
) -> Answer {
    let size = number(call, "pageSize", 100)?;
    let page = number(call, "page", 0)?;
    if !(1..=1000).contains(&size) {
        return Err(Failure::limit("pageSize must be between 1 and 1000"));
    }
    let conditions = call.parameter("queryFilter").map(|text| conditions(text, rules)).transpose()?;
    let wanted: Vec<&Map<String, Value>> = records
        .filter(|record| shows_deleted(call, rules, !record["DeletedAt"].is_null()))
        .filter(|record| conditions.iter().flatten().all(|condition| condition.holds(record)))
        .collect();
    let mut fields = call.parameter("fields").unwrap_or(rules.default).to_owned();
    if !fields.split(',').any(|name| name.trim().eq_ignore_ascii_case(rules.guid)) {
        fields = format!("{fields},{}", rules.guid);
    }
    let shown: Vec<Value> = wanted.iter().skip(page * size).take(size).map(|record| echo(record, &fields)).collect();
    Ok(Some(json!({
        "Pagination": {
            "MaxPageSizeAllowed": 1000,
            "PageSize": size,
            "Result": shown.len(),
            "ResultWithoutFilter": wanted.len(),
            "Page": page,
        },
        "Collection": shown,
    })))
}

fn shows_deleted(call: &Call<'_>, rules: &ListRules, deleted: bool) -> bool {
    match call.parameter("deletedOnly") {
        Some(text) => text.eq_ignore_ascii_case("true") == deleted,
        None => rules.both || !deleted,
    }
}

fn number(call: &Call<'_>, name: &str, default: usize) -> Result<usize, Failure> {
    let wrong = |_| Failure::validation(&[(name, "not a number")]);
    call.parameter(name).map_or(Ok(default), |text| text.parse().map_err(wrong))
}

/// What is asked for: everything, or what changed since.
pub(super) fn since(call: &Call<'_>) -> Result<Option<NaiveDateTime>, Failure> {
    call.parameter("changesSince").map(whole_seconds).transpose()
}

/// `changesSince` is whole seconds in UTC, and nothing else.
fn whole_seconds(text: &str) -> Result<NaiveDateTime, Failure> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%SZ")
        .map_err(|_| Failure::validation(&[("changesSince", "must be yyyy-MM-ddTHH:mm:ssZ")]))
}

/// When the record was last created, changed or deleted.
pub(super) fn changed(record: &Map<String, Value>) -> Option<NaiveDateTime> {
    let times = ["CreatedAt", "UpdatedAt", "DeletedAt"].into_iter().filter_map(|name| record[name].as_str());
    times.filter_map(parse).max()
}

fn parse(text: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(text.trim_end_matches('Z'), "%Y-%m-%dT%H:%M:%S%.f").ok()
}

struct Condition {
    field: &'static str,
    contains: bool,
    value: String,
}

impl Condition {
    fn holds(&self, record: &Map<String, Value>) -> bool {
        let held = match &record[self.field] {
            Value::String(text) => text.to_lowercase(),
            Value::Null => return false,
            other => other.to_string(),
        };
        if self.contains { held.contains(&self.value) } else { held == self.value }
    }
}

/// `Field eq 'value'`, several joined by `;`.
fn conditions(text: &str, rules: &ListRules) -> Result<Vec<Condition>, Failure> {
    let wrong = || Failure::validation(&[("queryFilter", "cannot be parsed")]);
    text.split(';')
        .map(|part| {
            let mut words = part.trim().splitn(3, ' ');
            let (Some(field), Some(operator), Some(value)) = (words.next(), words.next(), words.next()) else {
                return Err(wrong());
            };
            let field = rules.filterable.iter().find(|name| name.eq_ignore_ascii_case(field)).ok_or_else(wrong)?;
            let value = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).ok_or_else(wrong)?;
            let contains = match operator {
                "eq" => false,
                "contains" => true,
                _ => return Err(wrong()),
            };
            Ok(Condition { field, contains, value: value.to_lowercase() })
        })
        .collect()
}
