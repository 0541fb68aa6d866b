//! Gather: what changed on both sides is observed into the store's mirror, page by page.
//!
//! A page and the place it ends at are committed together, so a run may stop between any two pages. A record that is
//! seen again as it stands in the mirror causes nothing: our own writes come back as echoes and are not even noted.

use std::collections::{BTreeMap, BTreeSet};

use field_mapping::ModuleMapping;
use sync_model::{Cursor, Kind, Presence, Record, RecordKey, Side};

use crate::event::Event;
use crate::ports::{Change, ChangePage, Next};
use crate::terms::Terms;
use crate::{Run, RunError};

/// Pages of one walk before it is taken for endless.
const MOST_PAGES: u32 = 100_000;

impl Run<'_> {
    /// Observes every kind of `modules` on both sides.
    pub(crate) async fn gather(&self, modules: &[&ModuleMapping], terms: &Terms) -> Result<(), RunError> {
        let of = |side: Side| self.gather_side(side, modules, terms);
        let (left, right) = futures::join!(of(Side::Left), of(Side::Right));
        left.and(right)
    }

    async fn gather_side(&self, side: Side, modules: &[&ModuleMapping], terms: &Terms) -> Result<(), RunError> {
        let kinds: BTreeSet<Kind> = modules.iter().flat_map(|module| module.kinds(side)).collect();
        for kind in &kinds {
            let known = self.store.cursor(&self.engine.pair, side, kind).await?;
            self.walk(side, kind, known.filter(|_| !terms.reads_anew(side, kind))).await?;
        }
        Ok(())
    }

    /// Observes what changed of `kind` since the cursor, or everything.
    async fn walk(&self, side: Side, kind: &Kind, since: Option<Cursor>) -> Result<(), RunError> {
        let connector = self.engine.connectors.get(side);
        let ask = async |page| {
            self.go_on()?;
            Ok::<_, RunError>(Some(connector.changes(kind, since.as_ref(), page).await?))
        };
        let (mut records, mut page, mut unread) = (0, 0, false);
        let mut coming = ask(page).await?;
        while let Some(found) = coming.take() {
            let following = match &found.next {
                Next::End(_) => None,
                Next::Page(next) => Some(*next),
            };
            records += found.seen.len();
            let noted = async {
                self.take_in((side, kind), found, since.as_ref(), &mut unread).await?;
                self.engine.events.take(Event::Gathered { side, kind: kind.clone(), records });
                Ok::<_, RunError>(())
            };
            match following {
                None => noted.await?,
                Some(next) if next <= page || next >= MOST_PAGES => {
                    noted.await?;
                    return Err(RunError::EndlessList { kind: kind.clone() });
                }
                // What a page shows in part is read in full before the next page is asked for, so that no record is noted in
                // an older state than it was seen in.
                Some(next) if connector.lists_in_part(kind) => {
                    noted.await?;
                    coming = ask(next).await?;
                }
                // While a page is noted, its system gets the next one ready.
                Some(next) => {
                    let (noted, answer) = futures::join!(noted, ask(next));
                    noted?;
                    coming = answer?;
                }
            }
            page = following.unwrap_or(page);
        }
        Ok(())
    }

    /// Takes in one page of a walk and, of the last one, where it ended.
    async fn take_in(
        &self,
        (side, kind): (Side, &Kind),
        found: ChangePage,
        since: Option<&Cursor>,
        unread: &mut bool,
    ) -> Result<(), RunError> {
        let mut changes = self.observe(side, found.seen, Fresh::Listed).await?;
        if self.engine.connectors.get(side).lists_in_part(kind) {
            changes = self.completed(side, changes).await?;
            *unread |= changes.iter().any(|change| in_part(change).is_some());
        }
        // What could not be read is listed again from the same place.
        if let Next::End(cursor) = found.next
            && since != Some(&cursor)
            && !*unread
        {
            changes.push(Change::Cursor { side, kind: kind.clone(), cursor });
        }
        if changes.is_empty() { Ok(()) } else { self.commit(&changes).await }
    }

    /// `changes`, with records that a list showed in part read in full. What can not be read now stays as the list showed it
    /// and is read when it is listed again.
    async fn completed(&self, side: Side, changes: Vec<Change>) -> Result<Vec<Change>, RunError> {
        let thin: Vec<RecordKey> = changes.iter().filter_map(in_part).collect();
        if thin.is_empty() {
            return Ok(changes);
        }
        let full = self.engine.connectors.get(side).read(&thin).await?;
        let read: BTreeSet<RecordKey> =
            full.iter().filter(|it| !matches!(it, Presence::Unseen(_))).map(Presence::key).collect();
        let mut kept: Vec<Change> =
            changes.into_iter().filter(|change| in_part(change).is_none_or(|key| !read.contains(&key))).collect();
        kept.extend(self.observe(side, full, Fresh::Asked).await?);
        Ok(kept)
    }

    /// What these sights change in the mirror.
    pub(crate) async fn observe(&self, side: Side, seen: Vec<Presence>, fresh: Fresh) -> Result<Vec<Change>, RunError> {
        let keys: Vec<RecordKey> = seen.iter().map(Presence::key).collect();
        let held = self.store.seen(&self.engine.pair, side, &keys).await?;
        let held: BTreeMap<RecordKey, (Record, bool)> =
            held.into_iter().map(|it| (it.record.key(), (it.record, it.deleted))).collect();
        let mut changes = Vec::new();
        let connector = self.engine.connectors.get(side);
        // A record that was never read in full is not known yet, however often a list shows it alike.
        let thin = |known: &Record| fresh == Fresh::Listed && known.partial && connector.lists_in_part(&known.kind);
        for presence in seen {
            match presence {
                Presence::Unseen(_) => {}
                Presence::Deleted(key) => {
                    if held.get(&key).is_some_and(|(_, deleted)| !deleted) {
                        changes.push(Change::Deleted { side, key });
                    }
                }
                Presence::Present(record) => match held.get(&record.key()) {
                    Some((known, false)) if !tells_more(known, &record, fresh) && !thin(known) => {}
                    Some((known, false)) => {
                        let dirty = contradicts(known, &record);
                        let record = Box::new(merged(known, record));
                        changes.push(Change::Observe { side, record, dirty });
                    }
                    Some((_, true)) | None => {
                        changes.push(Change::Observe { side, record: Box::new(record), dirty: true });
                    }
                },
            }
        }
        Ok(changes)
    }
}

/// The record of a sight that does not show all of it.
fn in_part(change: &Change) -> Option<RecordKey> {
    match change {
        Change::Observe { record, .. } if record.partial => Some(record.key()),
        _ => None,
    }
}

/// How a sight came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fresh {
    /// In a list of changes.
    Listed,
    /// By asking for this very record.
    Asked,
}

/// Whether `seen` holds anything that the mirror does not.
fn tells_more(known: &Record, seen: &Record, fresh: Fresh) -> bool {
    known.revision != seen.revision
        || contradicts(known, seen)
        || known.lock != seen.lock
        || (known.mark != seen.mark && !(seen.partial && seen.mark.is_none()))
        || (fresh == Fresh::Asked && known.partial && !seen.partial)
}

/// Whether a field that both know differs, or a new one appeared.
fn contradicts(known: &Record, seen: &Record) -> bool {
    known.lock != seen.lock || !seen.fields.is_within(&known.fields)
}

/// The newer sight, completed with what an earlier and complete sight of the *same revision* knew besides.
fn merged(known: &Record, seen: Record) -> Record {
    if !seen.partial || known.revision != seen.revision {
        return seen;
    }
    let mut fields = known.fields.clone();
    fields.overlay(&seen.fields);
    let mark = seen.mark.clone().or_else(|| known.mark.clone());
    Record { fields, partial: known.partial, mark, ..seen }
}
