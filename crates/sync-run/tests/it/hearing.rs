//! What a run tells while it goes on: kept for a test to look at, and an occasion to do something in the middle of it.

use std::fmt;
use std::sync::{Arc, Mutex};

use sync_run::{Engine, Event, Events, Order, Rules, RunError, Summary};

use crate::pair::Pair;

type Hear<T> = Box<dyn Fn(Event) -> Option<T> + Send + Sync>;

struct Hearing<T> {
    hear: Hear<T>,
    heard: Mutex<Vec<T>>,
}

impl<T> fmt::Debug for Hearing<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hearing")
    }
}

impl<T: Send> Events for Hearing<T> {
    fn take(&self, event: Event) {
        let heard = (self.hear)(event);
        self.heard.lock().unwrap().extend(heard);
    }
}

/// A run that does what it was ordered to, and what `hear` made of what it told.
pub(crate) async fn heard<T: Send + 'static>(
    pair: &Pair,
    rules: &dyn Rules,
    order: &Order,
    hear: impl Fn(Event) -> Option<T> + Send + Sync + 'static,
) -> (Summary, Vec<T>) {
    let (ended, heard) = heard_to_the_end(pair, rules, order, hear).await;
    (ended.unwrap(), heard)
}

/// A run, however it ends, and what `hear` made of what it told.
pub(crate) async fn heard_to_the_end<T: Send + 'static>(
    pair: &Pair,
    rules: &dyn Rules,
    order: &Order,
    hear: impl Fn(Event) -> Option<T> + Send + Sync + 'static,
) -> (Result<Summary, RunError>, Vec<T>) {
    let hearing = Arc::new(Hearing { hear: Box::new(hear), heard: Mutex::default() });
    let engine = Engine { events: hearing.clone(), ..pair.engine() };
    let ended = engine.sync(rules, order).await;
    let heard = std::mem::take(&mut *hearing.heard.lock().unwrap());
    (ended, heard)
}
