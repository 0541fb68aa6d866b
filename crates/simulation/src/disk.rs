//! Our own database's bad days: it fails, or the process dies before or after a commit.

use std::sync::Arc;

use async_trait::async_trait;
use sync_run::StoreError;
use sync_run::conformance::{Call, Gate};

use crate::fault::Fault;
use crate::process::{Edge, Process};
use crate::world::World;

/// What stands between a process and the store.
#[derive(Debug)]
pub(crate) struct Disk {
    pub(crate) world: Arc<World>,
    pub(crate) process: Arc<Process>,
}

#[async_trait]
impl Gate for Disk {
    async fn before(&self, call: Call) -> Result<(), StoreError> {
        match call {
            Call::Look => Ok(()),
            Call::Lease => {
                tokio::task::yield_now().await;
                Ok(())
            }
            Call::Commit => {
                self.process.edge(&self.world, Edge::Journal).await;
                if self.world.state().strikes(Fault::DiskFull) {
                    self.world.note(|| format!("p{} disk full", self.process.number));
                    return Err(StoreError::Database("no space left on device".into()));
                }
                Ok(())
            }
        }
    }

    async fn after(&self, call: Call) {
        if call == Call::Commit {
            self.process.edge(&self.world, Edge::Committed).await;
        }
    }
}
