//! A fuse that burns down at every edge (a journal write, a request, a response) and strikes whoever walks past.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use sync_run::StoreError;
use sync_run::conformance::{Call, Gate};
use tokio::sync::Notify;

/// What happens to whoever walks past a fuse for the n-th time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blow {
    /// It dies.
    Kill,
    /// It stands still until it is told to go on.
    Pause,
    /// It stands still, but not with a changing request on its way: that cannot be told from a slow network, which nothing
    /// but the other system itself can fence off.
    PauseBetweenWrites,
}

/// Strikes whoever walks past it for the n-th time.
#[derive(Debug, Default)]
pub(crate) struct Fuse {
    armed: Mutex<Option<(u64, Blow)>>,
    blown: Notify,
    resumed: Notify,
    passed: AtomicU64,
}

impl Fuse {
    pub(crate) fn arm(&self, steps: u64, blow: Blow) {
        *self.armed.lock().unwrap() = Some((steps, blow));
    }

    pub(crate) fn disarm(&self) {
        *self.armed.lock().unwrap() = None;
    }

    /// How many edges were walked past in all.
    pub(crate) fn passed(&self) -> u64 {
        self.passed.load(Ordering::SeqCst)
    }

    pub(crate) async fn blown(&self) {
        self.blown.notified().await;
    }

    /// Whoever stands still goes on.
    pub(crate) fn go_on(&self) {
        self.resumed.notify_one();
    }

    pub(crate) async fn edge(&self) {
        self.strike(false).await;
    }

    /// The edge at which a request leaves that changes the system.
    pub(crate) async fn edge_of_write(&self) {
        self.strike(true).await;
    }

    async fn strike(&self, writes: bool) {
        self.passed.fetch_add(1, Ordering::SeqCst);
        let blow = {
            let mut armed = self.armed.lock().unwrap();
            match &mut *armed {
                None => return,
                Some((_, Blow::PauseBetweenWrites)) if writes => return,
                Some((0, blow)) => {
                    let blow = *blow;
                    *armed = None;
                    blow
                }
                Some((left, _)) => {
                    *left -= 1;
                    return;
                }
            }
        };
        self.blown.notify_one();
        match blow {
            Blow::Kill => std::future::pending::<()>().await,
            Blow::Pause | Blow::PauseBetweenWrites => self.resumed.notified().await,
        }
    }
}

/// Whatever changes the store has edges, too.
#[async_trait]
impl Gate for Fuse {
    async fn before(&self, call: Call) -> Result<(), StoreError> {
        match call {
            Call::Look => {}
            Call::Commit | Call::Lease => self.edge().await,
        }
        Ok(())
    }

    async fn after(&self, call: Call) {
        match call {
            Call::Look => {}
            Call::Commit | Call::Lease => self.edge().await,
        }
    }
}
