//! The trail: replayed it gives what stands, and it shows what was changed in it.

use proptest::prelude::*;
use sync_model::{Link, PairId, RecordKey, RunId, Side, Sides};
use sync_run::trail::{Recorded, Replay, TrailError};
use sync_run::{Scope, Store, TrailEntry};

use crate::history::{Deed, Field, Start, act, deeds, start};
use crate::pair::Pair;
use crate::properties::on_virtual_time;

async fn trail(pair: &Pair) -> Vec<TrailEntry> {
    pair.memory.trail(&PairId::new("test"), None, 0, u32::MAX).await.unwrap()
}

fn replay(entries: &[TrailEntry]) -> Result<Replay, TrailError> {
    let mut replay = Replay::default();
    entries.iter().try_for_each(|entry| replay.take(entry))?;
    Ok(replay)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn l10_the_trail_replays_to_what_stands_and_explains_every_write(begin in start(), later in deeds(), kill in 0..60_u64) {
        on_virtual_time(async {
            let pair = Pair::two_way(Side::Right);
            begin.lay_out(&pair);
            pair.sync_until_killed(kill).await;
            act(&pair, &later);
            pair.sync().await.unwrap();
            let entries = trail(&pair).await;
            let replay = replay(&entries).unwrap();
            let scope = Scope { kinds: sync_run::Rules::kinds(&pair.rules), all: true, ..Scope::default() };
            let mut stands: Vec<_> =
                pair.memory.load(&PairId::new("test"), &scope).await.unwrap().links.into_iter().map(|it| it.1).collect();
            stands.sort_by(|one, other| one.keys.cmp(&other.keys));
            assert_eq!(replay.links.into_values().collect::<Vec<_>>(), stands);

            let recorded: Vec<Recorded> = entries.iter().flat_map(|entry| entry.changes().unwrap()).collect();
            let rules = recorded.iter().filter_map(|it| match it {
                Recorded::Intended { rules, .. } => Some(rules),
                _ => None,
            });
            assert!(rules.clone().all(|rules| !rules.is_empty()), "each field has its rule");
            assert!(rules.count() >= pair.systems.left.writes() + pair.systems.right.writes());
            assert!(replay.writes.values().all(Option::is_some), "each write has its outcome");
        });
    }
}

#[test]
fn l10_a_trail_that_begins_late_begins_with_what_stood_by_then() {
    on_virtual_time(async {
        let pair = Pair::two_way(Side::Right);
        Start { left: vec![0], right: vec![] }.lay_out(&pair);
        pair.sync().await.unwrap();
        let link = replay(&trail(&pair).await).unwrap().links.into_values().next().unwrap();
        let numbered = |number: u32| Link {
            keys: Sides::new(link.keys.left.clone(), RecordKey::new("Accounts", format!("11x{number}"))),
            ..link.clone()
        };
        let links: Vec<Link> = (1000..2201).map(numbered).collect();
        let mut entries: Vec<TrailEntry> = Vec::new();
        for body in sync_run::trail::snapshot(&links).unwrap() {
            let last = entries.last().map(|last| (last.n, last.hash.clone()));
            entries.push(TrailEntry::after(last, &RunId::new("late"), body));
        }
        assert!(entries.len() > 1, "more than one entry takes");
        assert_eq!(replay(&entries).unwrap().links.into_values().collect::<Vec<_>>(), links);
    });
}

#[test]
fn l10_a_run_that_changes_nothing_leaves_no_entry_and_one_that_does_says_who_asked() {
    on_virtual_time(async {
        let pair = Pair::two_way(Side::Right);
        Start { left: vec![0, 1], right: vec![] }.lay_out(&pair);
        pair.sync().await.unwrap();
        let entries = trail(&pair).await;
        let first = entries[0].changes().unwrap();
        assert!(matches!(&first[0], Recorded::Begun { purpose, .. } if purpose == "sync"), "{first:?}");
        pair.sync().await.unwrap();
        assert_eq!(trail(&pair).await, entries);
    });
}

#[test]
fn l10_what_was_changed_taken_out_or_moved_in_the_trail_shows() {
    on_virtual_time(async {
        let pair = Pair::two_way(Side::Right);
        Start { left: vec![0, 1], right: vec![2] }.lay_out(&pair);
        pair.sync().await.unwrap();
        act(&pair, &[Deed::Edit { side: Side::Left, who: 0, field: Field::Street, value: 3 }]);
        pair.sync().await.unwrap();
        let entries = trail(&pair).await;
        let head = replay(&entries).unwrap().head;
        for at in 0..entries.len() {
            let mut changed = entries.clone();
            changed[at].body = changed[at].body.replacen("Nordlys", "Sydlys", 1).replacen("contact", "kontakt", 1);
            assert_eq!(replay(&changed), Err(TrailError::Changed { n: entries[at].n }), "{}", entries[at].body);
            let mut gone = entries.clone();
            gone.remove(at);
            match replay(&gone) {
                // What is cut off at the end shows only against a head that was noted elsewhere.
                Ok(short) => assert!(at == entries.len() - 1 && short.head != head),
                Err(error) => assert!(matches!(error, TrailError::Gap { .. })),
            }
            let mut renumbered = gone;
            renumbered.iter_mut().skip(at).for_each(|entry| entry.n -= 1);
            assert!(at == entries.len() - 1 || replay(&renumbered).is_err());
        }
    });
}
