//! Lists that lie: pages that come twice or shift, records that are shown late or as they were.

use bytes::Bytes;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use http::Response;
use serde_json::Value;
use sync_model::Side;

use crate::fault::Fault;
use crate::subject::{SUBJECTS, text};
use crate::world::State;

/// How long ago a list may lie about. Walks overlap by more than this.
const MOST_SECONDS: u64 = 8;

/// The page of a list that was asked for.
#[derive(Debug)]
pub(crate) struct List<'a> {
    pub(crate) side: Side,
    pub(crate) kind: &'a str,
    pub(crate) page: u32,
    /// What makes it one list with its other pages.
    pub(crate) whole: &'a str,
    /// The system's time.
    pub(crate) now: DateTime<Utc>,
}

/// The page as it is shown under `fault`.
pub(crate) fn show(
    state: &mut State,
    list: &List<'_>,
    response: Response<Bytes>,
    fault: Option<Fault>,
) -> Response<Bytes> {
    if !response.status().is_success() {
        return response;
    }
    let Ok(mut body) = serde_json::from_slice::<Value>(response.body()) else { return response };
    let place = (list.side, format!("{} {}", list.kind, list.whole));
    let before = state.pages.insert(place, response.body().clone());
    match fault {
        Some(Fault::DuplicatePage) if list.page > 0 => {
            return before.map_or(response.clone(), |before| response.map(|_| before));
        }
        Some(Fault::StaleList | Fault::DelayedVisibility) => {
            let seconds = state.luck.between(1, MOST_SECONDS);
            let horizon = list.now - TimeDelta::seconds(i64::try_from(seconds).unwrap_or(1));
            let stale = fault == Some(Fault::StaleList);
            let Some(rows) = rows(&mut body, list.side) else { return response };
            let oldest = rows.iter().map(|row| time(row, list.side)).min().unwrap_or_default();
            rows.retain_mut(|row| {
                // What is dated after now was saved before the clock was put back, and not lately.
                if !is_after(&time(row, list.side), horizon) || is_after(&time(row, list.side), list.now) {
                    return true;
                }
                let known = state.shown.get(&(list.side, id(row, list.side)));
                let versions = known.into_iter().flatten().rev();
                let mut older = versions.filter(|(at, _)| !is_after(at, horizon) && *at >= oldest).map(|(_, row)| row);
                if let Some(older) = older.next().filter(|_| stale) {
                    *row = older.clone();
                    return true;
                }
                // What was there before is shown, one way or the other; what is new may not be there yet.
                let made = created(row, list.side);
                !is_after(&made, horizon) || is_after(&made, list.now)
            });
            return response.map(|_| Bytes::from(body.to_string()));
        }
        _ => {}
    }
    if let Some(rows) = rows(&mut body, list.side) {
        for row in rows.iter() {
            let versions = state.shown.entry((list.side, id(row, list.side))).or_default();
            let at = time(row, list.side);
            // Only whole rows of one kind of list can stand in for each other.
            if !versions.iter().any(|(known, _)| *known == at) {
                versions.push((at, row.clone()));
            }
        }
    }
    response
}

/// Between two pages a person deletes a product that an earlier page has shown: those behind it move up.
pub(crate) fn delete_what_was_shown(state: &mut State, now: DateTime<Utc>) {
    let products: Vec<usize> =
        (0..state.things.len()).filter(|at| SUBJECTS[state.things[*at].subject].module == "products").collect();
    for at in products {
        let subject = &SUBJECTS[state.things[at].subject];
        let found = subject.found(&state.systems, Side::Left, &state.things[at].tag);
        let shown = found.first().filter(|found| state.shown.contains_key(&(Side::Left, found.id.clone())));
        if let Some(found) = shown.cloned() {
            subject.remove(&mut state.systems, Side::Left, &found.id, now);
            state.things[at].deleted = true;
            return;
        }
    }
}

/// A body as the diary tells it: of each record only what histories are about.
pub(crate) fn told(body: &Value, side: Side) -> String {
    let mut body = body.clone();
    if let Some(rows) = rows(&mut body, side) {
        return format!("[{}]", rows.iter().map(|row| told_record(row, side)).collect::<Vec<_>>().join("; "));
    }
    let record = match body.get("result") {
        Some(record) => record,
        None => &body,
    };
    let told = told_record(record, side);
    if told.len() > 3 { told } else { body.to_string().chars().take(200).collect() }
}

fn told_record(record: &Value, side: Side) -> String {
    let names = SUBJECTS.iter().flat_map(|subject| subject.attributes).map(|attribute| attribute.own(side));
    let names: std::collections::BTreeSet<&str> =
        names.chain(["Email", "email1", "email", "DeletedAt", "Address"]).collect();
    let values = names.into_iter().map(|name| text(record, name)).filter(|value| !value.is_empty());
    format!(" {} @{} {}", id(record, side), time(record, side), values.collect::<Vec<_>>().join(", "))
}

/// The id in the answer to a create.
pub(crate) fn id_of_answer(body: &Bytes, side: Side) -> String {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    match side {
        Side::Left => id(&body, side).to_lowercase(),
        Side::Right => id(&body["result"], side),
    }
}

/// The records that a list shows.
pub(crate) fn ids(body: &Bytes, side: Side) -> Vec<String> {
    let mut body: Value = serde_json::from_slice(body).unwrap_or_default();
    rows(&mut body, side).map(|rows| rows.iter().map(|row| id(row, side)).collect()).unwrap_or_default()
}

fn rows(body: &mut Value, side: Side) -> Option<&mut Vec<Value>> {
    let name = match side {
        Side::Left => "Collection",
        Side::Right => "result",
    };
    body.get_mut(name)?.as_array_mut()
}

fn id(row: &Value, side: Side) -> String {
    match side {
        Side::Left => [text(row, "contactGuid"), text(row, "productGuid"), text(row, "guid")].concat(),
        Side::Right => text(row, "id"),
    }
}

/// When a row was last changed, comparable as text.
fn time(row: &Value, side: Side) -> String {
    match side {
        Side::Left => text(row, "updatedAt").trim_end_matches('Z').to_owned(),
        Side::Right => text(row, "modifiedtime").replace(' ', "T"),
    }
}

fn created(row: &Value, side: Side) -> String {
    match side {
        Side::Left => text(row, "createdAt").trim_end_matches('Z').to_owned(),
        Side::Right => text(row, "createdtime").replace(' ', "T"),
    }
}

fn is_after(time: &str, horizon: DateTime<Utc>) -> bool {
    NaiveDateTime::parse_from_str(time, "%Y-%m-%dT%H:%M:%S%.f").is_ok_and(|time| time > horizon.naive_utc())
}
