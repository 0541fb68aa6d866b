//! How a run goes on, told to as many as look on: a state that can be sent at any moment, and lines that are numbered, so
//! that nobody misses one.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use reconcile::Action;
use serde::Serialize;
use sync_model::{Side, Sides};
use sync_run::{Event, Events, Miss, WriteChange};
use tokio::sync::watch;

use super::desk::{Ended, Job};
use crate::words::side_name;
use crate::{Language, Say};

/// Lines that are kept for those who come late.
const KEPT: usize = 5000;

/// What a run does now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Nothing goes on.
    #[default]
    Idle,
    /// It is about to begin, or another run holds the pair.
    Waiting,
    /// What an earlier run left is cleared up.
    Recovering,
    /// Changes are read.
    Gathering,
    /// It is writing.
    Writing,
    /// It was asked to stop.
    Stopping,
}

/// Where a run stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct State {
    /// Grows with every run, so that nobody takes one for another.
    pub run: u64,
    /// The number of the last line.
    pub line: u64,
    /// What it does.
    pub phase: Phase,
    /// What is worked on, as a word.
    pub job: &'static str,
    /// Records read, by side.
    pub read: Sides<usize>,
    /// The module that is written.
    pub module: Option<String>,
    /// Writes that are planned, in all modules so far.
    pub planned: usize,
    /// Writes that were done.
    pub written: usize,
    /// Writes that came to nothing.
    pub missed: usize,
    /// Milliseconds that the rate limits will make this module take at least.
    pub wait: u64,
    /// When it began.
    pub began: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended: Option<DateTime<Utc>>,
}

/// Something that was done, for a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgressLine {
    /// Its number in this run, from 1.
    pub number: u64,
    /// The record's name.
    pub title: String,
    said: [String; 2],
}

impl ProgressLine {
    /// What was done.
    #[must_use]
    pub fn what(&self, language: Language) -> &str {
        language.pick(&self.said[0], &self.said[1])
    }
}

#[derive(Debug, Default)]
struct Told {
    state: State,
    lines: VecDeque<ProgressLine>,
    /// Records read, by side and kind.
    read: Sides<std::collections::BTreeMap<String, usize>>,
}

/// How a run goes on.
#[derive(Debug)]
pub struct Progress {
    told: Mutex<Told>,
    changes: watch::Sender<u64>,
}

impl Default for Progress {
    fn default() -> Self {
        Self { told: Mutex::default(), changes: watch::Sender::new(0) }
    }
}

impl Progress {
    /// Wakes whoever looks on when something changed. Many changes may be one awakening.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Where it stands, and the lines after number `after` of run `run`; of another run, all that are kept.
    #[must_use]
    pub fn since(&self, run: u64, after: u64) -> (State, Vec<ProgressLine>) {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let after = if told.state.run == run { after } else { 0 };
        (told.state.clone(), told.lines.iter().filter(|line| line.number > after).cloned().collect())
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> State {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).state.clone()
    }

    pub(super) fn begun(&self, job: &Job) {
        self.tell(|told| {
            let state = State {
                run: told.state.run + 1,
                phase: Phase::Waiting,
                job: job.word(),
                began: Some(Utc::now()),
                ..State::default()
            };
            *told = Told { state, ..Told::default() };
        });
    }

    pub(super) fn stopping(&self) {
        self.tell(|told| told.state.phase = Phase::Stopping);
    }

    pub(super) fn ended(&self, ended: &Ended) {
        self.tell(|told| {
            told.state.phase = Phase::Idle;
            told.state.wait = 0;
            told.state.ended = Some(ended.at);
        });
    }

    fn tell(&self, change: impl FnOnce(&mut Told)) {
        change(&mut self.told.lock().unwrap_or_else(PoisonError::into_inner));
        self.changes.send_modify(|number| *number += 1);
    }
}

impl Events for Progress {
    fn take(&self, event: Event) {
        self.tell(|told| told.take(event));
    }
}

impl Told {
    fn take(&mut self, event: Event) {
        match event {
            Event::Waiting { .. } => self.phase(Phase::Waiting),
            Event::Recovering { .. } => self.phase(Phase::Recovering),
            Event::Gathered { side, kind, records } => {
                self.phase(Phase::Gathering);
                self.read.get_mut(side).insert(kind.to_string(), records);
                *self.state.read.get_mut(side) = self.read.get(side).values().sum();
            }
            Event::Looked | Event::Planned { .. } | Event::Happened { .. } => {}
            Event::Applying { module, writes, wait } => {
                self.phase(Phase::Writing);
                self.state.module = Some(module.to_string());
                self.state.planned += writes.left + writes.right;
                self.state.wait = wait;
            }
            Event::Wrote { step, side, wait } => {
                self.state.written += 1;
                self.state.wait = wait;
                self.line(step.title.clone(), wrote(&step.action, side));
            }
            Event::Missed { step, miss } => {
                self.state.missed += 1;
                self.line(step.title.clone(), missed(&miss));
            }
        }
    }

    /// Being asked to stop is not forgotten because something still happens.
    fn phase(&mut self, phase: Phase) {
        if self.state.phase != Phase::Stopping {
            self.state.phase = phase;
        }
    }

    fn line(&mut self, title: String, said: [String; 2]) {
        self.state.line += 1;
        self.lines.push_back(ProgressLine { number: self.state.line, title, said });
        if self.lines.len() > KEPT {
            self.lines.pop_front();
        }
    }
}

fn wrote(action: &Action, side: Side) -> [String; 2] {
    let [da, en] = match action {
        Action::Write(write) => match write.change {
            WriteChange::Create { .. } => ["oprettet i", "created in"],
            WriteChange::Update { .. } => ["rettet i", "updated in"],
            WriteChange::Delete { .. } => ["slettet i", "deleted in"],
        },
        Action::Tie(_) | Action::Settle { .. } | Action::Retire { .. } => ["skrevet i", "written in"],
    };
    [da, en].map(|verb| format!("{verb} {}", side_name(side)))
}

fn missed(miss: &Miss) -> [String; 2] {
    match miss {
        Miss::Stale => ["ændret imens; planlægges igen".to_owned(), "changed meanwhile; planned again".to_owned()],
        Miss::NotSent(_) => ["ikke sendt: ingen forbindelse".to_owned(), "not sent: no connection".to_owned()],
        Miss::Held(matter) => [Language::Da, Language::En].map(|language| matter.say(language)),
    }
}
