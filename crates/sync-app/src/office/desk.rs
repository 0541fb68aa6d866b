//! Where the work for one connection lies: one piece at a time, told as it goes on, and stopped when asked.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use sync_run::{Events, Halt, Preview, Summary};
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
        }
    }
}

/// How the last piece of work ended.
#[derive(Debug, Clone)]
pub struct Ended {
    /// What it was.
    pub word: &'static str,
    /// When it ended.
    pub at: DateTime<Utc>,
    /// What a run did.
    pub summary: Option<Arc<Summary>>,
    /// What a run would do.
    pub preview: Option<Arc<Preview>>,
    /// That as a contract, for [`Job::Planned`].
    pub plan: Option<Arc<str>>,
    /// Why it came to nothing, in Danish and English.
    pub error: Option<[String; 2]>,
    /// Whether somebody asked it to stop.
    pub stopped: bool,
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

async fn found_out(app: &App) -> Result<(Preview, Arc<str>), AppError> {
    let preview = app.plan(&[]).await?;
    let saved = app.save_plan(&preview).await?.text().map_err(std::io::Error::from)?;
    Ok((preview, saved.into()))
}

async fn work(app: &App, job: Job) -> Ended {
    let word = job.word();
    let (mut preview, mut plan) = (None, None);
    let result = match job {
        Job::Sync(modules) => app.sync(&modules).await.map(Some),
        Job::Record(record) => app.sync_record(&record).await.map(Some),
        Job::Push(record) => app.push(&record).await.map(Some),
        Job::Planned(plan) => app.sync_plan(&plan).await.map(Some),
        Job::Preview => match found_out(app).await {
            Ok((found, saved)) => {
                (preview, plan) = (Some(Arc::new(found)), Some(saved));
                Ok(None)
            }
            Err(error) => Err(error),
        },
    };
    let (summary, error) = match result {
        Ok(summary) => (summary.map(Arc::new), None),
        Err(error) => (None, Some(error)),
    };
    Ended {
        word,
        at: Utc::now(),
        summary,
        preview,
        plan,
        stopped: error.as_ref().is_some_and(AppError::is_stopped),
        error: error.map(|error| [Language::Da, Language::En].map(|language| error.say(language))),
    }
}
