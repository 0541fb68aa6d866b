//! What was done: runs with a chart of what they changed, down to the record and the field.

use axum::extract::{Path, State};
use axum::response::Html;
use serde::Serialize;
use sync_app::office::Desk;
use sync_app::{AppError, Language, RunRecord, Side, Summary, module_name, summary_lines, summary_records};
use tenancy::{Connection, Role};

use super::ending::{Ending, Lamp};
use super::plan::ShownLine;
use crate::fault::Fault;
use crate::guard::{SignedIn, member};
use crate::server::Server;
use crate::view::{Chrome, shown};

/// Runs on the page.
const RUNS: u32 = 60;
/// Lines of one run on its page.
const LINES: usize = 500;
/// The chart in units of its own: its height, and the room of one run.
const HEIGHT: u64 = 120;
const STEP: u64 = 14;

#[derive(Debug, Serialize)]
struct ShownRun {
    id: String,
    at: String,
    seconds: Option<i64>,
    left: u64,
    right: u64,
    linked: u64,
    waiting: u64,
    requests: u64,
    state: Lamp,
    says: &'static str,
}

impl ShownRun {
    fn new(run: &RunRecord, desk: &Desk, language: Language) -> Self {
        let summary: Option<Summary> = serde_json::from_value(run.summary.clone()).ok();
        let written =
            |side| summary.as_ref().map_or(0, |it| it.created.get(side) + it.updated.get(side) + it.deleted.get(side));
        let waiting = summary.as_ref().map_or(0, |it| it.conflicts() + it.held());
        let ending = Ending::of(run, desk);
        Self {
            id: run.run.to_string(),
            at: run.started.to_rfc3339(),
            seconds: run.ended.map(|ended| (ended - run.started).num_seconds()),
            left: written(Side::Left),
            right: written(Side::Right),
            linked: summary.as_ref().map_or(0, |it| it.linked),
            requests: summary.as_ref().map_or(0, |it| it.usage.left.requests + it.usage.right.requests),
            waiting,
            state: ending.lamp(),
            says: ending.label(language),
        }
    }
}

/// One bar of the chart: what was written on one side.
#[derive(Debug, Serialize)]
struct Bar {
    x: u64,
    y: u64,
    height: u64,
    side: &'static str,
    title: String,
}

#[derive(Debug, Serialize)]
struct Chart {
    width: u64,
    height: u64,
    most: u64,
    bars: Vec<Bar>,
}

/// The runs from the oldest to the newest, both sides stacked.
fn chart(runs: &[ShownRun]) -> Option<Chart> {
    let most = runs.iter().map(|run| run.left + run.right).max().filter(|most| *most > 0)?;
    let mut bars = Vec::new();
    for (at, run) in runs.iter().rev().enumerate() {
        let x = at as u64 * STEP + 2;
        // At least a line, where something was written.
        let tall = |count: u64| if count == 0 { 0 } else { (count * HEIGHT / most).max(2) };
        let (left, right) = (tall(run.left), tall(run.right));
        let title = format!("{}: Dinero {}, Simply CRM {}", run.at, run.left, run.right);
        let base = HEIGHT.saturating_sub(left);
        bars.push(Bar { x, y: base, height: left, side: "left", title: title.clone() });
        bars.push(Bar { x, y: base.saturating_sub(right), height: right, side: "right", title });
    }
    bars.retain(|bar| bar.height > 0);
    Some(Chart { width: (runs.len() as u64 * STEP).max(STEP * 40), height: HEIGHT, most, bars })
}

/// A row of the table of what changed, with the share of the longest row.
#[derive(Debug, Serialize)]
struct ChangedRow {
    name: String,
    count: u64,
    share: u64,
}

/// What runs changed: one bar for each kind of change of a module, and one for each field.
#[derive(Debug, Serialize)]
struct Changes {
    modules: Vec<ChangedRow>,
    fields: Vec<ChangedRow>,
}

/// Fields in the table of what changed.
const MOST_FIELDS: usize = 12;

async fn changes(
    server: &Server,
    connection: &Connection,
    runs: &[RunRecord],
    language: Language,
) -> Result<Option<Changes>, Fault> {
    let summaries: Vec<Summary> =
        runs.iter().filter_map(|run| serde_json::from_value(run.summary.clone()).ok()).collect();
    let changed = sync_app::Changed::of(&summaries);
    if changed.modules.is_empty() {
        return Ok(None);
    }
    let labels = match server.office().app(connection) {
        Ok(app) => app.field_labels(language).await?,
        Err(AppError::Settings(_)) => std::collections::BTreeMap::new(),
        Err(error) => return Err(error.into()),
    };
    let modules = changed.modules.iter().flat_map(|(module, it)| {
        let name = module_name(module, language);
        let kinds = [
            (it.created, language.pick("oprettet", "created")),
            (it.updated, language.pick("rettet", "updated")),
            (it.deleted, language.pick("slettet", "deleted")),
        ];
        kinds.into_iter().filter(|(count, _)| *count > 0).map(move |(count, what)| (format!("{name}: {what}"), count))
    });
    let fields = changed.fields.iter().take(MOST_FIELDS).map(|(module, field, count)| {
        let label = labels.get(&(module.clone(), field.clone())).unwrap_or(field);
        (format!("{}: {label}", module_name(module, language)), *count)
    });
    Ok(Some(Changes { modules: rows(modules), fields: rows(fields) }))
}

fn rows(counted: impl Iterator<Item = (String, u64)>) -> Vec<ChangedRow> {
    let counted: Vec<(String, u64)> = counted.collect();
    let most = counted.iter().map(|(_, count)| *count).max().unwrap_or(1).max(1);
    // At least a line, where something changed.
    let row = |(name, count): (String, u64)| ChangedRow { name, count, share: (count * 100 / most).max(1) };
    counted.into_iter().map(row).collect()
}

pub(crate) async fn page(
    State(server): State<Server>,
    Path(id): Path<String>,
    signed: SignedIn,
) -> Result<Html<String>, Fault> {
    let (connection, role) = member(&server, &signed, &id, Role::Viewer).await?;
    let runs = server.office().runs(&connection, RUNS).await?;
    let changes = changes(&server, &connection, &runs, signed.language).await?;
    let desk = server.office().desk(&connection.id);
    let runs: Vec<ShownRun> = runs.iter().map(|run| ShownRun::new(run, &desk, signed.language)).collect();
    let own = shown! { here => "history", chart => chart(&runs), changes, runs };
    Chrome::of(&server, &signed, &connection, role).await?.page("history.html", own)
}

pub(crate) async fn run(
    State(server): State<Server>,
    Path((id, run)): Path<(String, String)>,
    signed: SignedIn,
) -> Result<Html<String>, Fault> {
    let (connection, role) = member(&server, &signed, &id, Role::Viewer).await?;
    let found = server.office().run(&connection, &run).await?.ok_or(Fault::NotFound)?;
    let summary: Option<Summary> = serde_json::from_value(found.summary.clone()).ok();
    let unlisted = summary.as_ref().map_or(0, |it| usize::try_from(it.unlisted()).unwrap_or(usize::MAX));
    let undoes = summary.as_ref().is_some_and(|it| it.undone.is_some());
    let records = summary.as_ref().map(summary_records).unwrap_or_default();
    let lines = summary.map(|it| summary_lines(&it, signed.language)).unwrap_or_default();
    let count = lines.len();
    let linked = lines.into_iter().zip(records).take(LINES);
    let shown_lines: Vec<ShownLine> = linked.map(|(line, link)| ShownLine::new(line, link, signed.language)).collect();
    let own = shown! {
        here => "history",
        changes => changes(&server, &connection, std::slice::from_ref(&found), signed.language).await?,
        undoes,
        run => ShownRun::new(&found, &server.office().desk(&connection.id), signed.language),
        error => found.summary.get("error").and_then(|it| it.as_str()),
        more => count.saturating_sub(LINES).saturating_add(unlisted),
        lines => shown_lines,
    };
    Chrome::of(&server, &signed, &connection, role).await?.page("run.html", own)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(left: u64, right: u64) -> ShownRun {
        ShownRun {
            id: String::new(),
            at: String::new(),
            seconds: None,
            left,
            right,
            linked: 0,
            waiting: 0,
            requests: 0,
            state: Lamp::Good,
            says: "",
        }
    }

    #[test]
    fn the_chart_fits_its_frame_and_shows_the_smallest_change() {
        let chart = chart(&[run(1, 0), run(0, 0), run(400, 600)]).unwrap();
        assert_eq!(chart.most, 1000);
        assert_eq!(chart.bars.len(), 3);
        assert!(chart.bars.iter().all(|bar| bar.y + bar.height <= HEIGHT && bar.height >= 2));
        assert!(super::chart(&[run(0, 0)]).is_none(), "nothing to draw");
    }
}
