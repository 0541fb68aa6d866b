//! The sessions of a client. A call holds its session until it is done: the server carries out the calls of one session
//! one after another anyway (fact sheet §2), so waiting here costs nothing and parallel work needs several sessions.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::op::SessionName;

#[derive(Debug)]
pub(crate) struct SessionPool {
    turns: Arc<Semaphore>,
    // Open sessions that nobody holds; the one used last on top, so that few sessions stay warm.
    idle: Mutex<Vec<SessionName>>,
}

impl SessionPool {
    pub(crate) fn new(sessions: NonZeroUsize) -> Arc<Self> {
        Arc::new(Self { turns: Arc::new(Semaphore::new(sessions.get())), idle: Mutex::default() })
    }

    /// A place for one call, with an open session if there is one.
    pub(crate) async fn lease(self: &Arc<Self>) -> Lease {
        // The semaphore is never closed; were it, the call would merely go without its turn.
        let turn = Arc::clone(&self.turns).acquire_owned().await.ok();
        Lease { session: self.idle().pop(), pool: Arc::clone(self), _turn: turn }
    }

    /// All sessions that nobody holds, taken out.
    pub(crate) fn drain(&self) -> Vec<SessionName> {
        std::mem::take(&mut *self.idle())
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<SessionName>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One call's turn. Its session goes back when it is dropped, also when the call was abandoned.
#[derive(Debug)]
pub(crate) struct Lease {
    pub(crate) session: Option<SessionName>,
    pool: Arc<SessionPool>,
    _turn: Option<OwnedSemaphorePermit>,
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            self.pool.idle().push(session);
        }
    }
}
