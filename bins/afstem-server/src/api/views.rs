//! What the API says and is told, as types; the description is generated from them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sync_app::office::{Ended, State, SystemsHealth};
use sync_app::{Language, side_key, summary_json};
use utoipa::ToSchema;

/// The connection that the token is for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConnectionView {
    pub(super) id: String,
    pub(super) name: String,
    /// Whether its settings are complete.
    pub(super) ready: bool,
    /// What the token may do.
    pub(super) scopes: Vec<String>,
}

/// Red or green, by system.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatusView {
    /// `green`, `red`, or `unknown` before anybody asked.
    status: &'static str,
    /// When both systems were asked.
    at: Option<DateTime<Utc>>,
    /// By system: `dinero`, `simplycrm`.
    systems: BTreeMap<&'static str, SystemView>,
}

/// One system.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SystemView {
    ok: bool,
    /// Since when it has been so.
    since: DateTime<Utc>,
    /// Whom the system knows us as.
    account: Option<String>,
    /// What is wrong.
    cause: Option<String>,
    /// What to do about it.
    next_step: Option<String>,
}

impl StatusView {
    pub(super) fn new(health: Option<&SystemsHealth>) -> Self {
        let Some(health) = health else { return Self { status: "unknown", at: None, systems: BTreeMap::new() } };
        let system = |(side, it): (sync_app::Side, &sync_app::office::SideHealth)| {
            let trouble = it.trouble(side, Language::En);
            let view = SystemView {
                ok: it.is_green(),
                since: it.since,
                account: it.account().map(|(account, _)| account.to_owned()),
                cause: trouble.as_ref().map(|[cause, ..]| cause.clone()),
                next_step: trouble.map(|[_, step, _]| step),
            };
            (side_key(side), view)
        };
        Self {
            status: if health.is_green() { "green" } else { "red" },
            at: Some(health.at),
            systems: health.sides.iter().map(system).collect(),
        }
    }
}

/// The settings, without secrets.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SettingsView {
    /// Which version they are; a change names it.
    pub(super) version: i64,
    /// Every setting that holds, by key, such as `sync.direction`.
    pub(super) settings: BTreeMap<String, String>,
    /// Which secrets are stored.
    pub(super) secrets: Vec<String>,
}

/// A change of settings.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettingsChange {
    /// The version that was read.
    pub(super) version: i64,
    /// New values by key; secrets, too. What is not named stays.
    pub(super) settings: BTreeMap<String, String>,
    /// Only say what would change.
    #[serde(default)]
    pub(super) dry_run: bool,
}

/// What a change did, or would do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SettingsChanged {
    /// The version now.
    pub(super) version: i64,
    /// Whether it was saved.
    pub(super) saved: bool,
    /// What is different.
    pub(super) differences: Vec<DifferenceView>,
}

/// One setting that is different.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DifferenceView {
    pub(super) key: String,
    /// What it was; a secret is not told.
    pub(super) old: String,
    /// What it is; a secret is not told.
    pub(super) new: String,
    /// What that does, sentence by sentence.
    pub(super) consequences: Vec<String>,
}

/// The mapping as a file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MappingText {
    /// Which version the connection is; a change names it.
    pub(super) version: i64,
    /// Whether it is the user's own.
    pub(super) custom: bool,
    /// The file.
    pub(super) text: String,
}

/// A mapping to take instead.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MappingChange {
    /// The version that was read.
    pub(super) version: i64,
    /// The file.
    pub(super) text: String,
}

/// What goes on, and how the last piece of work ended.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WorkView {
    /// Whether something is being worked on.
    pub(super) busy: bool,
    /// Counts pieces of work since the server started.
    number: u64,
    /// `sync`, `preview`, `planned`, `record`, `push`, `undo-preview`, `undo`, `effects-preview`, `effects`; empty before the
    /// first.
    job: String,
    /// `idle`, `waiting`, `recovering`, `gathering`, `writing`, `stopping`.
    #[schema(value_type = String)]
    phase: sync_app::office::Phase,
    /// Records read.
    read: usize,
    /// Writes that are planned so far.
    planned: usize,
    /// Writes that were done.
    written: usize,
    /// Writes that came to nothing.
    missed: usize,
    /// Seconds that the rate limits will make the rest of the module take at least.
    seconds_left: u64,
    began: Option<DateTime<Utc>>,
    /// How the last piece of work ended.
    last: Option<LastView>,
}

/// How the last piece of work ended.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LastView {
    job: String,
    at: DateTime<Utc>,
    /// Whether somebody asked it to stop.
    stopped: bool,
    /// Why it came to nothing.
    error: Option<String>,
    /// What a run did, as `afstem sync --json` prints it.
    summary: Option<serde_json::Value>,
}

impl WorkView {
    pub(super) fn new(busy: bool, state: &State, last: Option<&Ended>) -> Self {
        Self {
            busy,
            number: state.run,
            job: state.job.to_owned(),
            phase: state.phase,
            read: state.read.left + state.read.right,
            planned: state.planned,
            written: state.written,
            missed: state.missed,
            seconds_left: state.wait.div_ceil(1000),
            began: state.began,
            last: last.map(|last| LastView {
                job: last.job.word().to_owned(),
                at: last.at,
                stopped: last.is_stopped(),
                error: last.error().map(|[_, en]| en.clone()),
                summary: last.summary().map(|summary| summary_json(summary, Language::En)),
            }),
        }
    }
}

/// Something was begun.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Begun {
    /// The number under which `/work` tells of it.
    pub(super) number: u64,
}

/// What to synchronise.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SyncOrder {
    /// Only these modules; all, when none is named.
    #[serde(default)]
    pub(super) modules: Vec<String>,
}

/// A run.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RunView {
    pub(super) run: String,
    pub(super) started: DateTime<Utc>,
    /// When it ended; nothing, when it was cut off.
    pub(super) ended: Option<DateTime<Utc>>,
    /// What it did.
    pub(super) summary: serde_json::Value,
}

/// Who did what.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NoteView {
    pub(super) at: DateTime<Utc>,
    /// `account`, `token`, `clock`, `hook` or `console`, with its id where it has one.
    pub(super) actor: serde_json::Value,
    pub(super) what: String,
    pub(super) detail: serde_json::Value,
}

/// What a person decided about something in the inbox.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Decided {
    pub(super) decision: DecisionWord,
    /// Only this field of a conflict.
    #[serde(default)]
    pub(super) field: Option<String>,
}

/// A decision.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DecisionWord {
    /// Do it.
    Approve,
    /// Do not.
    Reject,
    /// Dinero's value stands.
    Dinero,
    /// Simply CRM's value stands.
    Simplycrm,
}

/// What to undo.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UndoOrder {
    /// A run's id, or a record such as `Accounts/11x57`.
    pub(super) target: String,
    /// Only this field of the record.
    #[serde(default)]
    pub(super) field: Option<String>,
}

/// The agreement to what was shown.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EffectsOrder {
    /// `seen` of `GET /effects`: only what that showed is done.
    pub(super) seen: String,
}

/// Which field to explain.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct OneField {
    /// Only this field, by the mapping's name; all, when none is named.
    pub(super) field: Option<String>,
}

/// How many to tell of.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limit {
    /// At most so many, newest first.
    #[param(minimum = 1, maximum = 1000)]
    pub(super) limit: Option<u32>,
}
