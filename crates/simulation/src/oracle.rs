//! The judgement at the end, from what people typed and what both systems hold. It knows nothing of baselines, cursors or
//! plans; of our own database it reads the journal and the findings, as a person could.

use std::collections::BTreeSet;

use reconcile::Matter;
use sync_model::{LinkState, RecordKey, Side};
use sync_run::{Effects, Scope, Store};

use crate::audit;
use crate::history::pair;
use crate::ledger::{Edit, Thing, emptied_on_arrival, put_back};
use crate::subject::{Attribute, Found, SUBJECTS, Spelling, Subject};
use crate::world::{State, World};

/// Judges the end of a history.
pub(crate) async fn judge(world: &World, allowed: Option<Effects>) {
    let mut breaches = Vec::new();
    let things = world.state().things.len();
    for at in 0..things {
        let (found, keys) = {
            let state = world.state();
            let thing = &state.things[at];
            let subject = &SUBJECTS[thing.subject];
            let found = Side::BOTH.map(|side| subject.found(&state.systems, side, &thing.tag));
            let keys: Vec<(Side, RecordKey)> = Side::BOTH
                .into_iter()
                .flat_map(|side| found[side as usize].iter().map(move |it| (side, subject.key(side, &it.id))))
                .collect();
            (found, keys)
        };
        let journal = journal(world, &keys).await;
        let state = world.state();
        let thing = &state.things[at];
        let hopeless = audit::is_hopeless(&state, at);
        let held = SUBJECTS[thing.subject].is_of_invoices() && audit::is_held(world, &found);
        let case = Case { state: &state, at, thing, found: &found, journal: &journal, hopeless: hopeless || held };
        case.judge(&mut breaches);
    }
    one_to_one(world, &mut breaches).await;
    held_for_a_reason(world, &mut breaches).await;
    audit::judge(world, allowed, &mut breaches).await;
    for breach in breaches {
        world.breach(breach);
    }
}

/// Everything that the journal says of these records, as text.
async fn journal(world: &World, keys: &[(Side, RecordKey)]) -> String {
    let mut told = String::new();
    for (side, key) in keys {
        let history = world.memory.history(&pair(), *side, key).await.unwrap_or_default();
        for (intent, _) in history {
            told.push_str(&serde_json::to_string(&intent).unwrap_or_default());
        }
    }
    told
}

/// One thing, judged.
struct Case<'a> {
    state: &'a State,
    at: usize,
    thing: &'a Thing,
    /// Its living records, by side.
    found: &'a [Vec<Found>; 2],
    journal: &'a str,
    /// Whether it cannot come into agreement, for a reason that people gave.
    hopeless: bool,
}

impl Case<'_> {
    fn judge(&self, breaches: &mut Vec<String>) {
        let Thing { tag, by_people, by_us, .. } = self.thing;
        for side in Side::BOTH {
            let (people, us) = (by_people[side as usize], by_us[side as usize]);
            // What was deleted before it was ever linked is nothing that we know of.
            let unclear = self.thing.twins && (self.thing.deleted || self.state.lists_lied);
            // What was deleted in the CRM before we heard that it was made leaves no trace there.
            let traceless = u32::from(self.thing.deleted && side == Side::Right);
            if us > u32::from(people == 0 || self.thing.deleted) + traceless && !unclear {
                breaches.push(format!("P22: {tag} was made {us} times on {side}, where people had made {people}"));
            }
            let living = self.found[side as usize].len();
            if !self.thing.deleted && living < usize::try_from(people + us).unwrap_or(0) {
                breaches.push(format!("P27: {tag} is gone from {side}, and nobody deleted it"));
            }
        }
        // A line of a product that is gone no longer says what it was of.
        let told = |attribute: &&Attribute| !self.hopeless || attribute.spelling != Spelling::Lines;
        for attribute in self.subject().attributes.iter().filter(told) {
            self.invented(attribute, breaches);
        }
        // Two that lists showed only one of were not ambiguous to anybody.
        let unclear = self.thing.deleted || self.state.lists_lied;
        if self.thing.twins && !unclear && by_us.iter().sum::<u32>() > 0 {
            breaches.push(format!("P21: {tag} is ambiguous and was made again"));
        }
        if self.hopeless {
            return;
        }
        let [[left], [right]] = [self.found[0].as_slice(), self.found[1].as_slice()] else {
            breaches.push(format!("P2: {tag} stands {} and {} times", self.found[0].len(), self.found[1].len()));
            return;
        };
        // What is booked keeps what it says; that the CRM says something else then waits for a person.
        if self.subject().is_of_invoices() && audit::is_booked(self.state, &left.id) {
            return;
        }
        for attribute in self.subject().attributes {
            let (left, right) = (&left.values[attribute.name], &right.values[attribute.name]);
            let unsure = emptied_on_arrival(&self.state.ledger, self.at, attribute.name);
            if left == right {
                self.lost(attribute, left, breaches);
            } else if !unsure {
                let name = attribute.name;
                breaches.push(format!("P2: {name} of {tag} is {left:?} on the left and {right:?} on the right"));
            }
        }
    }

    fn subject(&self) -> &'static Subject {
        &SUBJECTS[self.thing.subject]
    }

    fn edits(&self, attribute: &Attribute) -> impl Iterator<Item = &Edit> {
        let (at, name) = (self.at, attribute.name);
        self.state.ledger.iter().filter(move |edit| edit.thing == at && edit.attribute == name)
    }

    /// P5: whatever stands somewhere was typed by somebody, into this field of this thing.
    fn invented(&self, attribute: &Attribute, breaches: &mut Vec<String>) {
        for found in self.found.iter().flatten() {
            let value = &found.values[attribute.name];
            if !value.is_empty() && !self.edits(attribute).any(|edit| edit.value == *value) {
                let (name, tag) = (attribute.name, &self.thing.tag);
                breaches.push(format!("P5: nobody ever typed {value:?} for {name} of {tag}"));
            }
        }
    }

    /// P4: the last word on each side stands, or was overtaken, or is in the journal as the loser of a conflict.
    fn lost(&self, attribute: &Attribute, stands: &str, breaches: &mut Vec<String>) {
        for side in Side::BOTH {
            let Some(last) = self.edits(attribute).filter(|edit| edit.side == side).last() else { continue };
            let overtaken = self
                .edits(attribute)
                .any(|edit| edit.side == side.other() && edit.value == *stands && edit.at >= last.at);
            let rival = self.state.mirrored || self.edits(attribute).any(|edit| edit.side == side.other());
            let traces = attribute.spelling.traces(&last.value);
            let in_the_journal = traces.iter().all(|trace| self.journal.contains(trace.as_str()));
            let retained = rival && (last.value.is_empty() || in_the_journal);
            if last.value != *stands && !overtaken && !last.in_the_window && !retained {
                let (name, tag, value) = (attribute.name, &self.thing.tag, &last.value);
                breaches.push(format!("P4: {value:?} was typed on {side} for {name} of {tag}; {stands:?} stands"));
            }
        }
    }
}

/// P21: no record has two links.
async fn one_to_one(world: &World, breaches: &mut Vec<String>) {
    let mut kinds: sync_model::Sides<Vec<sync_model::Kind>> = sync_model::Sides::default();
    for side in Side::BOTH {
        let all: BTreeSet<&str> = SUBJECTS.iter().map(|subject| subject.kind(side)).collect();
        *kinds.get_mut(side) = all.into_iter().map(sync_model::Kind::new).collect();
    }
    let scope = Scope { kinds, all: true, ..Scope::default() };
    let Ok(observed) = world.memory.load(&pair(), &scope).await else { return };
    for side in Side::BOTH {
        let mut seen = BTreeSet::new();
        for (_, link) in observed.links.iter().filter(|(_, link)| link.state == LinkState::Active) {
            if !seen.insert(link.keys.get(side).clone()) {
                breaches.push(format!("P21: {} has two links", link.keys.get(side)));
            }
        }
    }
}

/// P31, L1: what waits at the end waits for a reason that people gave.
async fn held_for_a_reason(world: &World, breaches: &mut Vec<String>) {
    let findings = world.memory.findings(&pair()).await.unwrap_or_default();
    let state = world.state();
    for stored in findings {
        let named = |thing: &Thing| {
            let subject = &SUBJECTS[thing.subject];
            let records = Side::BOTH.into_iter().flat_map(|side| {
                let found = subject.found(&state.systems, side, &thing.tag);
                found.into_iter().map(move |it| (side, subject.key(side, &it.id)))
            });
            let records: Vec<_> = records.collect();
            stored.finding.records.iter().any(|record| records.contains(record))
        };
        let mut things = state.things.iter().enumerate().filter(|(_, thing)| named(thing)).peekable();
        // Invoices wait for other reasons, too, which are judged by themselves.
        let reason = |(at, thing): (usize, &Thing)| match &stored.finding.matter {
            Matter::Swinging { fields } if fields.iter().all(|it| put_back(&state.ledger, at, it.field.as_str())) => {
                true
            }
            _ => SUBJECTS[thing.subject].is_of_invoices() || audit::is_hopeless(&state, at),
        };
        if things.peek().is_none() || things.any(reason) {
            continue;
        }
        breaches.push(format!("L1: {} still waits: {:?}", stored.finding.title, stored.finding.matter));
    }
}
