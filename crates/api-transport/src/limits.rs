//! One limiter for all who share a limit within a process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::pace::{Pacer, SlidingWindow, Unpaced};

/// Limiters by organisation and client id, as the limit is counted (fact sheet §3). Clones share them.
///
/// ```
/// use api_transport::Limits;
///
/// let limits = Limits::default();
/// let one = limits.of("4711", "isv_afstem", 60);
/// let same = limits.of("4711", "isv_afstem", 60);
/// assert!(std::sync::Arc::ptr_eq(&one, &same));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Limits {
    windows: Arc<Mutex<Windows>>,
}

/// Limiters in use, by organisation and client id.
type Windows = HashMap<(String, String), Weak<SlidingWindow>>;

impl Limits {
    /// The limiter of `organisation` and `client_id`. The cap counts when the limiter is made; 0 means no limit.
    #[must_use]
    pub fn of(&self, organisation: &str, client_id: &str, per_minute: u32) -> Arc<dyn Pacer> {
        if per_minute == 0 {
            return Arc::new(Unpaced);
        }
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (organisation.to_owned(), client_id.to_owned());
        if let Some(window) = windows.get(&key).and_then(Weak::upgrade) {
            return window;
        }
        windows.retain(|_, window| window.strong_count() > 0);
        let window = Arc::new(SlidingWindow::new(per_minute));
        windows.insert(key, Arc::downgrade(&window));
        window
    }
}
