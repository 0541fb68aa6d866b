//! The Sync button, stop, and progress as it happens.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Redirect;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use sync_app::Language;
use sync_app::office::{Desk, Ended, Job, Phase, ProgressLine, State as Standing};
use tenancy::{Actor, Role};

use crate::fault::Fault;
use crate::guard::{SignedForm, SignedIn, member};
use crate::server::Server;

/// The shortest time between two messages to one viewer: what happens in between comes together.
const BREATH: Duration = Duration::from_millis(150);

pub(crate) async fn begin(
    State(server): State<Server>,
    Path(id): Path<String>,
    form: SignedForm,
) -> Result<Redirect, Fault> {
    start(&server, &id, &form, Job::Sync(Vec::new())).await?;
    Ok(Redirect::to(&format!("/c/{id}")))
}

pub(crate) async fn preview(
    State(server): State<Server>,
    Path(id): Path<String>,
    form: SignedForm,
) -> Result<Redirect, Fault> {
    start(&server, &id, &form, Job::Preview).await?;
    Ok(Redirect::to(&format!("/c/{id}/plan")))
}

/// Carries out exactly the plan that was looked at.
pub(crate) async fn planned(
    State(server): State<Server>,
    Path(id): Path<String>,
    form: SignedForm,
) -> Result<Redirect, Fault> {
    let (connection, _) = member(&server, &form.signed, &id, Role::Operator).await?;
    let last = server.office().desk(&connection.id).last();
    let last = is_still(last, form.fields.get("at"), form.signed.language)?;
    let plan = last.plan().map(|(_, plan)| Arc::clone(plan)).ok_or(Fault::NotFound)?;
    start(&server, &id, &form, Job::Planned(plan)).await?;
    Ok(Redirect::to(&format!("/c/{id}")))
}

/// What was looked at, if it is what the page showed that was made of the work that ended `at`.
pub(super) fn is_still(last: Option<Ended>, at: &str, language: Language) -> Result<Ended, Fault> {
    let again = language.pick(
        "Der er set efter igen siden, eller serveren er startet om. Se det igennem en gang til.",
        "Somebody looked again since, or the server was started anew. Look through it once more.",
    );
    last.filter(|last| last.at.to_rfc3339() == at).ok_or_else(|| Fault::Unusable(again.to_owned()))
}

pub(super) async fn start(server: &Server, id: &str, form: &SignedForm, job: Job) -> Result<(), Fault> {
    let (connection, _) = member(server, &form.signed, id, Role::Operator).await?;
    let actor = Actor::Account(form.signed.account.id.clone());
    server.office().begin(&connection, job, actor).map_err(|error| Fault::of(error, &connection))
}

pub(crate) async fn stop(
    State(server): State<Server>,
    Path(id): Path<String>,
    form: SignedForm,
) -> Result<Redirect, Fault> {
    let (connection, _) = member(&server, &form.signed, &id, Role::Operator).await?;
    server.office().desk(&connection.id).stop();
    let actor = Actor::Account(form.signed.account.id);
    server.office().note(actor, Some(&connection.id), "stopped", serde_json::json!({})).await?;
    Ok(Redirect::to(&format!("/c/{id}")))
}

#[derive(Debug, Deserialize)]
pub(crate) struct From {
    #[serde(default)]
    run: u64,
    #[serde(default)]
    line: u64,
}

/// Tells how the work goes on, from the line that the page shows, or the browser last heard.
pub(crate) async fn progress(
    State(server): State<Server>,
    Path(id): Path<String>,
    from: Result<Query<From>, QueryRejection>,
    headers: HeaderMap,
    signed: SignedIn,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Fault> {
    let (connection, _) = member(&server, &signed, &id, Role::Viewer).await?;
    let Query(from) = from.map_err(|_| Fault::senseless(signed.language))?;
    let heard = headers.get("last-event-id").and_then(|it| it.to_str().ok()).and_then(|it| it.split_once('-'));
    let heard = heard.and_then(|(run, line)| Some((run.parse().ok()?, line.parse().ok()?)));
    let (run, line) = heard.unwrap_or((from.run, from.line));
    let desk = server.office().desk(&connection.id);
    let viewer = Viewer::new(server, desk, run, line, signed.language);
    let stream = futures::stream::unfold(viewer, |mut viewer| async move {
        let event = viewer.next().await?;
        Some((Ok(event), viewer))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

/// One browser that looks on.
struct Viewer {
    server: Server,
    desk: Arc<Desk>,
    changes: tokio::sync::watch::Receiver<u64>,
    run: u64,
    line: u64,
    first: bool,
    done: bool,
    language: Language,
}

impl Viewer {
    fn new(server: Server, desk: Arc<Desk>, run: u64, line: u64, language: Language) -> Self {
        server.metrics().viewers.inc();
        let changes = desk.told().changes();
        Self { server, desk, changes, run, line, first: true, done: false, language }
    }

    async fn next(&mut self) -> Option<Event> {
        if self.done || self.server.is_leaving() {
            return None;
        }
        if !self.first {
            tokio::time::sleep(BREATH).await;
            // The sender lives as long as the desk, which this viewer holds.
            self.changes.changed().await.ok()?;
        }
        self.first = false;
        self.changes.mark_unchanged();
        let (state, lines) = self.desk.told().since(self.run, self.line);
        (self.run, self.line) = (state.run, state.line);
        self.done = state.phase == Phase::Idle;
        let told = Told::new(&state, &lines, self.language);
        let event = Event::default().event("progress").id(format!("{}-{}", state.run, state.line));
        event.json_data(told).ok()
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        self.server.metrics().viewers.dec();
    }
}

/// One message.
#[derive(Debug, Serialize)]
struct Told {
    says: String,
    done: usize,
    total: usize,
    lines: VecDeque<ToldLine>,
    ended: bool,
}

#[derive(Debug, Serialize)]
struct ToldLine {
    number: u64,
    text: String,
}

impl Told {
    fn new(state: &Standing, lines: &[ProgressLine], language: Language) -> Self {
        let line =
            |it: &ProgressLine| ToldLine { number: it.number, text: format!("{}: {}", it.title, it.what(language)) };
        Self {
            says: says(state, language),
            done: state.written + state.missed,
            total: state.planned,
            lines: lines.iter().map(line).collect(),
            ended: state.phase == Phase::Idle,
        }
    }
}

/// Where a run stands, in a sentence.
pub(super) fn says(state: &Standing, language: Language) -> String {
    let read = state.read.left + state.read.right;
    match state.phase {
        Phase::Idle => language.pick("Færdig.", "Done.").to_owned(),
        Phase::Waiting => language.pick("Gør klar …", "Getting ready …").to_owned(),
        Phase::Recovering => {
            language.pick("Rydder op efter en afbrudt kørsel …", "Clearing up after an interrupted run …").to_owned()
        }
        Phase::Stopping => language
            .pick("Stopper efter den skrivning, der er i gang …", "Stopping after the write that is under way …")
            .to_owned(),
        Phase::Gathering => match language {
            Language::Da => format!("Læser ændringer: {read} poster …"),
            Language::En => format!("Reading changes: {read} records …"),
        },
        Phase::Writing => {
            let (done, total) = (state.written + state.missed, state.planned);
            let left = left(state.wait, language);
            match language {
                Language::Da => format!("Skriver {done} af {total}{left}"),
                Language::En => format!("Writing {done} of {total}{left}"),
            }
        }
    }
}

/// How long the rate limit makes the rest take.
fn left(milliseconds: u64, language: Language) -> String {
    let seconds = milliseconds.div_ceil(1000);
    match (seconds, language) {
        (0, _) => String::new(),
        (1..=90, Language::Da) => format!(" – ca. {seconds} sekunder tilbage"),
        (1..=90, Language::En) => format!(" – about {seconds} seconds left"),
        (_, Language::Da) => format!(" – ca. {} minutter tilbage", seconds.div_ceil(60)),
        (_, Language::En) => format!(" – about {} minutes left", seconds.div_ceil(60)),
    }
}
