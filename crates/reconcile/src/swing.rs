//! A field that two systems keep changing back and forth: each of our writes is undone by the side that got it.
//!
//! The memory is one value and one count for each field that was written, kept in the link's baseline. The next change that
//! undoes nothing begins anew.

use sync_model::{Side, Sides, Swing, Value};

/// Writes of one field that may be undone in a row. The next one would be the third of the same two values.
const MOST_UNDONE: u8 = 2;

/// What a write of a field to `to` leaves in the memory, or `None` where it would only swing on.
pub(crate) fn next_swing(last: Option<&Swing>, to: Side, now: Sides<&Value>) -> Option<Swing> {
    let undone = last.filter(|last| **now.get(last.to) == last.before);
    let undone = undone.map_or(0, |last| last.undone.saturating_add(1));
    (undone < MOST_UNDONE).then(|| Swing { to, before: (*now.get(to)).clone(), undone })
}
