//! Undo: what it would do is shown first; then it is done, as far as nobody edited it since.

use axum::extract::{Path, State};
use axum::response::{Html, Redirect};
use serde::Serialize;
use sync_app::office::{Ended, Job, UndoTarget};
use sync_app::{Language, Say, Side, plan_lines};
use tenancy::Role;

use super::overview::notice;
use super::plan::ShownLine;
use super::sync::start;
use crate::fault::Fault;
use crate::guard::{SignedForm, SignedIn, member};
use crate::server::Server;
use crate::view::{Chrome, shown};

/// Lines on the page; the rest is counted.
const MOST_LINES: usize = 200;

#[derive(Debug, Serialize)]
struct Shown {
    at: String,
    /// When the run began that would be undone.
    run_began: Option<String>,
    target: String,
    field: Option<String>,
    left: usize,
    right: usize,
    unlinked: usize,
    lines: Vec<ShownLine>,
    more: usize,
    /// What stays as it is, and why.
    kept: Vec<String>,
}

pub(crate) async fn page(
    State(server): State<Server>,
    Path(id): Path<String>,
    signed: SignedIn,
) -> Result<Html<String>, Fault> {
    let (connection, role) = member(&server, &signed, &id, Role::Viewer).await?;
    let desk = server.office().desk(&connection.id);
    let last = desk.last().filter(|_| !desk.is_busy());
    let mut found = last.as_ref().and_then(|last| shown(last, signed.language));
    if let Some(found) = &mut found {
        let run = server.office().run(&connection, &found.target).await?;
        found.run_began = run.map(|run| run.started.to_rfc3339());
    }
    let own = shown! {
        here => "history",
        undo => found,
        notice => last.filter(Ended::is_undo).and_then(|ended| notice(&ended, &id, signed.language)),
    };
    Chrome::of(&server, &signed, &connection, role).await?.page("undo.html", own)
}

fn shown(last: &Ended, language: Language) -> Option<Shown> {
    let (target, preview) = last.would_undo()?;
    let writes = sync_app::writes(preview);
    let lines = plan_lines(preview, language);
    let undone = preview.undone.as_ref();
    Some(Shown {
        at: last.at.to_rfc3339(),
        run_began: None,
        target: target.what.clone(),
        field: target.field.clone(),
        left: *writes.get(Side::Left),
        right: *writes.get(Side::Right),
        unlinked: undone.map_or(0, |it| it.unlinked.len() + it.relinked.len()),
        more: lines.len().saturating_sub(MOST_LINES),
        lines: lines.into_iter().take(MOST_LINES).map(|line| ShownLine::new(line, None, language)).collect(),
        kept: undone.iter().flat_map(|it| &it.kept).map(|kept| kept.say(language)).collect(),
    })
}

/// Finds out what undoing would do, or does it.
pub(crate) async fn act(
    State(server): State<Server>,
    Path(id): Path<String>,
    form: SignedForm,
) -> Result<Redirect, Fault> {
    let (connection, _) = member(&server, &form.signed, &id, Role::Operator).await?;
    let field = Some(form.fields.get("field").to_owned()).filter(|field| !field.is_empty());
    let target = UndoTarget { what: form.fields.get("target").to_owned(), field };
    server.app(&connection)?.may_undo(&target).await?;
    let (job, then) = match form.fields.get("do") {
        "look" => (Job::PreviewUndo(target), format!("/c/{id}/undo")),
        "carry-out" => (Job::Undo(target), format!("/c/{id}")),
        _ => return Err(Fault::NotFound),
    };
    start(&server, &id, &form, job).await?;
    Ok(Redirect::to(&then))
}
