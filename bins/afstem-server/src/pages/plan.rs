//! The plan, to be read before anything is written.

use axum::extract::{Path, State};
use axum::response::Html;
use serde::Serialize;
use sync_app::office::Ended;
use sync_app::{App, Language, Line, Side, plan_lines};
use tenancy::Role;

use crate::fault::Fault;
use crate::guard::{SignedIn, member};
use crate::server::Server;
use crate::view::{Chrome, shown};

/// Lines on the page; a first plan may have thousands.
const MOST_LINES: usize = 200;

#[derive(Debug, Serialize)]
struct Shown {
    at: String,
    left: usize,
    right: usize,
    linked: usize,
    cost: String,
    lines: Vec<ShownLine>,
    more: usize,
}

#[derive(Debug, Serialize)]
pub(super) struct ShownLine {
    module: String,
    record: String,
    what: String,
    why: Vec<String>,
    /// The record's page, where it has one.
    link: Option<String>,
}

impl ShownLine {
    pub(super) fn new(line: Line, link: Option<String>, language: Language) -> Self {
        let why = line.why.lines().map(str::to_owned).collect();
        Self { module: sync_app::module_name(&line.module, language), record: line.record, what: line.what, why, link }
    }
}

pub(crate) async fn page(
    State(server): State<Server>,
    Path(id): Path<String>,
    signed: SignedIn,
) -> Result<Html<String>, Fault> {
    let (connection, role) = member(&server, &signed, &id, Role::Viewer).await?;
    let last = server.office().desk(&connection.id).last();
    let plan = match (last, server.office().app(&connection)) {
        (Some(last), Ok(app)) => shown(&last, &app, signed.language),
        (_, _) => None,
    };
    let own = shown! { here => "overview", plan };
    Chrome::of(&server, &signed, &connection, role).await?.page("plan.html", own)
}

fn shown(last: &Ended, app: &App, language: Language) -> Option<Shown> {
    let (preview, _) = last.plan()?;
    let writes = sync_app::writes(preview);
    let lines = plan_lines(preview, language);
    Some(Shown {
        at: last.at.to_rfc3339(),
        left: *writes.get(Side::Left),
        right: *writes.get(Side::Right),
        linked: sync_app::links(preview),
        cost: app.cost(preview, language),
        more: lines.len().saturating_sub(MOST_LINES),
        lines: lines.into_iter().take(MOST_LINES).map(|line| ShownLine::new(line, None, language)).collect(),
    })
}
