//! Pages that survive changes behind the reader's back: each one begins after the last id seen (fact sheet §4.5).

use super::condition::Condition;
use super::select::{Direction, Limit, Select};
use crate::id::{FieldName, WsId};

/// Walks a query page by page, by id. Rows that are added or removed meanwhile shift nothing, and only an empty page is
/// the end: a short one may have lost rows that the user may not see.
#[derive(Debug, Clone)]
pub struct KeysetPages {
    select: Select,
    rows: Limit,
    last: Option<WsId>,
    done: bool,
}

impl KeysetPages {
    /// The pages of `select`, whose own order and limit give way to the walk's.
    #[must_use]
    pub fn new(select: Select) -> Self {
        Self { select, rows: Limit::full_page(), last: None, done: false }
    }

    /// Asks for pages of so many rows, instead of as many as the server gives.
    #[must_use]
    pub fn rows(mut self, rows: Limit) -> Self {
        self.rows = rows;
        self
    }

    /// Continues after `id`, as a walk does that was stopped there.
    #[must_use]
    pub fn after(mut self, id: WsId) -> Self {
        self.last = Some(id);
        self
    }

    /// The statement for the next page; `None` after an empty one.
    #[must_use]
    pub fn next_page(&self) -> Option<Select> {
        if self.done {
            return None;
        }
        let page = self.select.clone().order_by([FieldName::ID], Direction::Ascending).limit(self.rows);
        Some(match self.last {
            Some(id) => page.and(Condition::after(id)),
            None => page,
        })
    }

    /// Takes note of the ids that the last page brought.
    pub fn seen(&mut self, ids: impl IntoIterator<Item = WsId>) {
        let furthest = ids.into_iter().max_by_key(|id| id.number());
        match (furthest, self.last) {
            (Some(id), Some(last)) if id.number() <= last.number() => self.done = true,
            (Some(id), _) => self.last = Some(id),
            (None, _) => self.done = true,
        }
    }
}
