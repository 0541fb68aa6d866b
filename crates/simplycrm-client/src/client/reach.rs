//! What `sync` shows on this server: everybody's records, the caller's alone, or nothing (fact sheet §5).

use chrono::{TimeDelta, TimeZone};

use super::SimplyCrmClient;
use crate::error::Error;
use crate::id::{FieldName, ModuleName};
use crate::op::{Sync, SyncScope};
use crate::vtql::{Direction, Limit, Select};

const OWNER: FieldName = FieldName::literal("assigned_user_id");

/// Whose changes `sync` shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SyncReach {
    /// Everybody's, with [`SyncScope::Application`]: it tells of changes and deletions in the whole organisation.
    Everybody,
    /// The caller's alone: the server does not know scopes, or the caller may not use the widest.
    Own,
    /// `sync` does not work: HTTP 500, as on 8.x.
    Missing,
    /// Nobody else owns one of the records looked at, so that nothing tells one from the other.
    Untold,
}

impl SimplyCrmClient {
    /// Finds out what `sync` shows of `module`, on a server whose clock is in `zone`: it asks for the records saved last,
    /// takes one that somebody else owns, and looks whether `sync` tells of it. Two requests; keep the answer.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn sync_reach<Z: TimeZone>(&self, module: ModuleName, zone: &Z) -> Result<SyncReach, Error> {
        let me = self.connection().await?.user_id;
        let latest = Select::from(module.clone())
            .columns([FieldName::ID, OWNER])
            .order_by([FieldName::MODIFIED_TIME], Direction::Descending)
            .limit(Limit::full_page());
        for record in self.query(latest).await? {
            let told = |error| Error::field("query", &error);
            let (id, owner) = (record.id().map_err(told)?, record.owner(OWNER).ok().flatten());
            let saved = record.time_in(FieldName::MODIFIED_TIME, zone).map_err(told)?;
            let (Some(owner), Some(saved)) = (owner, saved) else { continue };
            if owner == me {
                continue;
            }
            // What is shown lies after the time that is asked for.
            let since = saved - TimeDelta::seconds(1);
            return match self.sync(&Sync { since, module, scope: Some(SyncScope::Application) }).await {
                Ok(page) => {
                    let shown = page.updated.iter().any(|record| record.id().is_ok_and(|it| it == id));
                    Ok(if shown { SyncReach::Everybody } else { SyncReach::Own })
                }
                Err(error) if error.is_unknown_operation() => Ok(SyncReach::Missing),
                Err(error) if error.is_access_denied() => Ok(SyncReach::Own),
                Err(error) => Err(error),
            };
        }
        Ok(SyncReach::Untold)
    }
}
