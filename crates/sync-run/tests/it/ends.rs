//! How every story ends when nobody is killed, written down: what stands where, what every run wrote, what waits, and what it cost.
//!
//! The other tests of stories compare one telling with another; a fault that all tellings share shows only here.

use std::fmt::Write as _;

use sync_model::Side;
use sync_run::{EffectState, Intent, Outcome, Store as _, WriteChange};

use crate::books::title;
use crate::pair::Pair;
use crate::properties::on_virtual_time;
use crate::scenarios::stories;
use crate::story::{Story, tell_in_peace, told_matter};

fn word_for(change: &WriteChange) -> &'static str {
    match change {
        WriteChange::Create { .. } => "makes",
        WriteChange::Update { .. } => "updates",
        WriteChange::Delete { .. } => "deletes",
    }
}

/// What came of a write, in a word.
pub(crate) fn came_of(outcome: Option<&Outcome>) -> &'static str {
    match outcome {
        None => "open",
        Some(Outcome::Done { .. }) => "done",
        Some(Outcome::Refused { .. }) => "refused",
        Some(Outcome::Stale) => "stale",
        Some(Outcome::NotSent) => "not sent",
        Some(Outcome::Unresolved) => "unresolved",
    }
}

fn entry(intent: &Intent, outcome: Option<&Outcome>) -> String {
    let write = &intent.write;
    let fields = match &write.change {
        WriteChange::Update { .. } => write.fields.iter().map(|(name, _)| format!(" {name}")).collect(),
        // Of a new record all fields are written.
        WriteChange::Create { .. } | WriteChange::Delete { .. } => String::new(),
    };
    let since = intent.since.as_ref().map(|cursor| format!(" (read up to {})", cursor.0)).unwrap_or_default();
    let outcome = came_of(outcome);
    format!("{} {} {}{fields}: {outcome}{since}", write.side, word_for(&write.change), intent.title)
}

/// What each run wrote, and what became of it.
async fn runs(pair: &Pair) -> Vec<String> {
    let (store, id) = (&pair.memory, pair.engine().pair);
    let mut runs = store.runs(&id, u32::MAX).await.unwrap();
    runs.reverse();
    let mut lines = Vec::new();
    for (run, n) in runs.into_iter().zip(1..) {
        let journal = store.journal(&id, &run.run, u32::MAX).await.unwrap();
        lines.extend(journal.iter().map(|(intent, outcome)| format!("run {n}: {}", entry(intent, outcome.as_ref()))));
    }
    lines
}

async fn effects(pair: &Pair) -> Vec<String> {
    let known = pair.memory.effects(&pair.engine().pair).await.unwrap();
    let state = |state: &EffectState| match state {
        EffectState::Intended => "open",
        EffectState::Done => "done",
        EffectState::NotDone => "not done",
        EffectState::Refused { .. } => "refused",
        EffectState::Unknown => "unknown",
    };
    known.iter().map(|it| format!("{} {}: {}", it.title, it.effect.name(), state(&it.state))).collect()
}

/// What a side holds, in the fields that stories change.
fn holds(pair: &Pair, side: Side) -> Vec<String> {
    let changing = ["Street", "Phone", "Number", "MailOutStatus", "PaidAmount", "TotalInclVat"];
    let changing = changing.into_iter().chain(["bill_street", "phone", "cf_number"]);
    let state = pair.systems.get(side).state();
    let living = state.records.iter().filter(|(_, held)| !held.deleted);
    let mut lines: Vec<String> = living
        .map(|(key, held)| {
            let shown = |name| held.fields.get(name).filter(|it| !it.is_empty()).map(|it| format!("; {it}"));
            let fields: String = changing.clone().filter_map(shown).collect();
            let title = held.fields.get(title(&key.kind)).map(ToString::to_string).unwrap_or_default();
            format!("{side}: {} {:?} {title}{fields}", key.kind, held.lock)
        })
        .collect();
    lines.sort();
    lines
}

async fn ending(story: &Story) -> String {
    let (ended, pair) = tell_in_peace(story).await;
    let findings = pair.memory.findings(&pair.engine().pair).await.unwrap();
    let waits = findings.iter().map(|it| format!("waits: {}", told_matter(&it.finding)));
    let mut lines: Vec<String> = runs(&pair).await;
    lines.extend(effects(&pair).await);
    lines.extend(waits);
    lines.extend(Side::BOTH.into_iter().flat_map(|side| holds(&pair, side)));
    let requests = Side::BOTH.map(|side| pair.systems.get(side).state().log.len());
    let mut text = format!("# {}: {} steps, {requests:?} requests\n", story.name, ended.edges);
    for line in lines {
        writeln!(text, "{line}").unwrap();
    }
    text
}

#[test]
fn p24_every_story_ends_as_it_is_written_down_and_costs_what_it_did() {
    let endings: Vec<String> = stories().iter().map(|story| on_virtual_time(ending(story))).collect();
    insta::assert_snapshot!("endings", endings.join("\n"));
}
