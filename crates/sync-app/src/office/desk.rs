//! Where the work for one connection lies: one piece at a time, told as it goes on, and stopped when asked.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use sync_run::{DueInvoice, Events, Halt, Preview, RunRecord, Summary};
use tenancy::{Actor, Connection, ConnectionId};
use tokio::sync::watch;

use super::Office;
use super::progress::Progress;
use crate::reference::{ModuleName, RecordReference};
use crate::{App, AppError, Language, Say};

/// What can be worked on.
#[derive(Debug, Clone)]
pub enum Job {
    /// Bring both systems into agreement.
    Sync(Vec<ModuleName>),
    /// Find out what that would write.
    Preview,
    /// Carry out exactly the plan that was found out, once.
    Planned(Arc<str>),
    /// Reconcile one record by all the rules.
    Record(RecordReference),
    /// Send one record to Dinero.
    Push(RecordReference),
    /// Find out what undoing would do.
    PreviewUndo(UndoTarget),
    /// Undo it, as far as nobody edited it since.
    Undo(UndoTarget),
    /// Find out what would be booked, sent and registered.
    PreviewEffects,
    /// Carry out exactly that, each at most once.
    Effects(Arc<[DueInvoice]>),
}

/// What is to be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoTarget {
    /// A run, or a record such as `Accounts/11x57`.
    pub what: String,
    /// Only this field of the record.
    pub field: Option<String>,
}

impl Job {
    /// The word it is noted under.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Sync(_) => "sync",
            Self::Preview => "preview",
            Self::Planned(_) => "planned",
            Self::Record(_) => "record",
            Self::Push(_) => "push",
            Self::PreviewUndo(_) => "undo-preview",
            Self::Undo(_) => "undo",
            Self::PreviewEffects => "effects-preview",
            Self::Effects(_) => "effects",
        }
    }
}

/// How the last piece of work ended.
#[derive(Debug, Clone)]
pub struct Ended {
    /// What it was.
    pub job: Job,
    /// When it ended.
    pub at: DateTime<Utc>,
    /// What came of it.
    pub outcome: WorkOutcome,
}

/// What came of a piece of work.
#[derive(Debug, Clone)]
pub enum WorkOutcome {
    /// A run did this.
    Ran(Arc<Summary>),
    /// A run would do this; and that as a contract, for [`Job::Planned`].
    Planned(Arc<Preview>, Arc<str>),
    /// Undoing this would do that.
    WouldUndo(UndoTarget, Arc<Preview>),
    /// This would happen to invoices.
    Due(Arc<[DueInvoice]>),
    /// Somebody asked it to stop.
    Stopped,
    /// It came to nothing, in Danish and English.
    Failed([String; 2]),
}

impl Ended {
    /// Whether it was about this record: sent, reconciled or undone by itself.
    #[must_use]
    pub fn is_about(&self, record: &RecordReference) -> bool {
        match &self.job {
            Job::Record(it) | Job::Push(it) => it == record,
            Job::PreviewUndo(it) | Job::Undo(it) => it.what == record.to_string(),
            Job::Sync(_) | Job::Preview | Job::Planned(_) | Job::PreviewEffects | Job::Effects(_) => false,
        }
    }

    /// Whether it was an undo, or what that would do.
    #[must_use]
    pub fn is_undo(&self) -> bool {
        match &self.job {
            Job::PreviewUndo(_) | Job::Undo(_) => true,
            Job::Sync(_) | Job::Preview | Job::Planned(_) | Job::Record(_) | Job::Push(_) => false,
            Job::PreviewEffects | Job::Effects(_) => false,
        }
    }

    /// Whether it was about what happens to invoices for good.
    #[must_use]
    pub fn is_booking(&self) -> bool {
        match &self.job {
            Job::PreviewEffects | Job::Effects(_) => true,
            Job::Sync(_) | Job::Preview | Job::Planned(_) | Job::Record(_) | Job::Push(_) => false,
            Job::PreviewUndo(_) | Job::Undo(_) => false,
        }
    }

    /// What a run did.
    #[must_use]
    pub fn summary(&self) -> Option<&Arc<Summary>> {
        if let WorkOutcome::Ran(summary) = &self.outcome { Some(summary) } else { None }
    }

    /// What a synchronisation would do, and that as a contract.
    #[must_use]
    pub fn plan(&self) -> Option<(&Arc<Preview>, &Arc<str>)> {
        if let WorkOutcome::Planned(preview, contract) = &self.outcome { Some((preview, contract)) } else { None }
    }

    /// What undoing something would do.
    #[must_use]
    pub fn would_undo(&self) -> Option<(&UndoTarget, &Arc<Preview>)> {
        if let WorkOutcome::WouldUndo(target, preview) = &self.outcome { Some((target, preview)) } else { None }
    }

    /// What would happen to invoices.
    #[must_use]
    pub fn due(&self) -> Option<&Arc<[DueInvoice]>> {
        if let WorkOutcome::Due(due) = &self.outcome { Some(due) } else { None }
    }

    /// Why it came to nothing.
    #[must_use]
    pub fn error(&self) -> Option<&[String; 2]> {
        if let WorkOutcome::Failed(said) = &self.outcome { Some(said) } else { None }
    }

    /// Whether somebody asked it to stop.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        matches!(self.outcome, WorkOutcome::Stopped)
    }
}

/// Something is being worked on already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("something is being worked on already")]
pub struct Busy;

/// The place of one connection.
#[derive(Debug)]
pub struct Desk {
    id: ConnectionId,
    wired: Mutex<Option<(i64, App)>>,
    progress: Arc<Progress>,
    halt: Mutex<Option<Halt>>,
    ended: Mutex<Option<Ended>>,
    /// When a webhook last said that something changed, until a run looked.
    pub(super) hinted: Mutex<Option<DateTime<Utc>>>,
    /// When the next run by itself is due.
    pub(super) due: Mutex<Option<DateTime<Utc>>>,
    idle: watch::Sender<bool>,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    pub(super) fn new(id: ConnectionId) -> Self {
        Self {
            id,
            wired: Mutex::default(),
            progress: Arc::default(),
            halt: Mutex::default(),
            ended: Mutex::default(),
            hinted: Mutex::default(),
            due: Mutex::default(),
            idle: watch::Sender::new(true),
        }
    }

    /// Its progress, as what hears the events.
    pub(super) fn progress(&self) -> Arc<dyn Events> {
        Arc::clone(&self.progress) as Arc<dyn Events>
    }

    /// How the work goes on.
    #[must_use]
    pub fn told(&self) -> &Progress {
        &self.progress
    }

    pub(super) fn wired(&self, version: i64, wire: impl FnOnce() -> Result<App, AppError>) -> Result<App, AppError> {
        let mut wired = lock(&self.wired);
        if let Some((_, app)) = wired.as_ref().filter(|(of, _)| *of == version) {
            return Ok(app.clone());
        }
        let app = wire()?;
        *wired = Some((version, app.clone()));
        *lock(&self.due) = None;
        Ok(app)
    }

    /// Whether something is being worked on.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        lock(&self.halt).is_some()
    }

    /// Whether `run`, which has no end yet, is what is being worked on, and not one that was cut off earlier.
    #[must_use]
    pub fn works_on(&self, run: &RunRecord) -> bool {
        let began = self.progress.state().began;
        self.is_busy() && run.ended.is_none() && began.is_some_and(|began| began <= run.started)
    }

    /// Asks what is being worked on to stop, between two writes. What was done stands, and the next run goes on there.
    pub fn stop(&self) {
        if let Some(halt) = lock(&self.halt).as_ref() {
            halt.ask();
            self.progress.stopping();
        }
    }

    /// Comes back when nothing is being worked on.
    pub async fn rest(&self) {
        // The sender lives as long as the desk.
        let _ = self.idle.subscribe().wait_for(|idle| *idle).await;
    }

    /// How the last piece of work ended, if one did since the server started.
    #[must_use]
    pub fn last(&self) -> Option<Ended> {
        lock(&self.ended).clone()
    }

    /// A webhook said that something changed. Nobody believes it; it is a reason to look sooner.
    pub fn hint(&self, now: DateTime<Utc>) {
        *lock(&self.hinted) = Some(now);
    }

    /// When a webhook last said that something changed, if no run has looked since.
    #[must_use]
    pub fn hinted(&self) -> Option<DateTime<Utc>> {
        *lock(&self.hinted)
    }

    /// Takes the desk, or says that it is taken.
    fn take(&self) -> Result<Halt, Busy> {
        let mut halt = lock(&self.halt);
        if halt.is_some() {
            return Err(Busy);
        }
        let fresh = Halt::default();
        *halt = Some(fresh.clone());
        self.idle.send_replace(false);
        Ok(fresh)
    }

    fn leave(&self, ended: Ended) {
        self.progress.ended(&ended);
        *lock(&self.ended) = Some(ended);
        *lock(&self.halt) = None;
        *lock(&self.due) = None;
        self.idle.send_replace(true);
    }
}

impl Office {
    /// Begins `job` for a connection and comes back at once; [`Desk::told`] tells how it goes on. One at a time.
    ///
    /// # Errors
    /// [`AppError::Busy`] when something is being worked on; otherwise when the settings cannot be used.
    pub fn begin(self: &Arc<Self>, connection: &Connection, job: Job, actor: Actor) -> Result<(), AppError> {
        let app = self.app(connection)?.on_behalf_of(Some(name_of(&actor)));
        let desk = self.desk(&connection.id);
        let halt = desk.take()?;
        desk.progress.begun(&job);
        let office = Arc::clone(self);
        tokio::spawn(async move {
            let word = job.word();
            if let Err(error) =
                office.note(actor, Some(&desk.id), &format!("{word}-begun"), serde_json::json!({})).await
            {
                tracing::warn!(%error, "the beginning of a run could not be noted");
            }
            if matches!(job, Job::Sync(_) | Job::Planned(_)) {
                *lock(&desk.hinted) = None;
            }
            // Closed only when the process ends.
            let _room = office.runs.acquire().await;
            let ended = work(&app.until(halt), job).await;
            desk.leave(ended);
        });
        Ok(())
    }
}

/// Who asked, for the trail. An account is named by its id, so that nothing personal outlives its erasure.
fn name_of(actor: &Actor) -> String {
    match actor {
        Actor::Account(id) => id.to_string(),
        Actor::Token(id) => format!("token {id}"),
        Actor::Clock => "clock".to_owned(),
        Actor::Hook => "webhook".to_owned(),
        Actor::Console => "console".to_owned(),
    }
}

async fn work(app: &App, job: Job) -> Ended {
    let outcome = match outcome(app, job.clone()).await {
        Ok(outcome) => outcome,
        Err(error) if error.is_stopped() => WorkOutcome::Stopped,
        Err(error) => WorkOutcome::Failed([Language::Da, Language::En].map(|language| error.say(language))),
    };
    Ended { job, at: Utc::now(), outcome }
}

async fn outcome(app: &App, job: Job) -> Result<WorkOutcome, AppError> {
    let summary = match job {
        Job::Sync(modules) => app.sync(&modules).await?,
        Job::Record(record) => app.sync_record(&record).await?,
        Job::Push(record) => app.push(&record).await?,
        Job::Planned(plan) => app.sync_plan(&plan).await?,
        Job::Undo(target) => app.undo(&target.what, target.field.as_deref()).await?,
        Job::Effects(agreed) => app.carry_out(agreed).await?,
        Job::Preview => {
            let preview = app.plan(&[]).await?;
            let contract = app.save_plan(&preview).await?.text().map_err(std::io::Error::from)?;
            return Ok(WorkOutcome::Planned(Arc::new(preview), contract.into()));
        }
        Job::PreviewUndo(target) => {
            let preview = app.undo_preview(&target.what, target.field.as_deref()).await?;
            return Ok(WorkOutcome::WouldUndo(target, Arc::new(preview)));
        }
        Job::PreviewEffects => return Ok(WorkOutcome::Due(app.due_invoices().await?.into())),
    };
    Ok(WorkOutcome::Ran(Arc::new(summary)))
}
