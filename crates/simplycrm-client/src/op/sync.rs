//! Changes and deletions since a point in time, where the installation has a working `sync` (fact sheet §5).

use api_transport::Safety;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer};

use super::{Operation, Verb, from_unix};
use crate::id::{ModuleName, WsId};
use crate::record::Record;

/// Asks what was changed and deleted after a point in time. As installed, both recorded servers answer HTTP 500
/// ([`crate::Error::is_unknown_operation`]); repaired, they show only records owned by the caller unless a scope is
/// registered. A change in the same second as the last mark is never shown: start some seconds earlier and compare.
#[derive(Debug, Clone)]
pub struct Sync {
    /// After this point in time; 8.x wants whole seconds and refuses 0, so the least that is sent is 1.
    pub since: DateTime<Utc>,
    /// The module.
    pub module: ModuleName,
    /// Whose records, on installations that have this parameter.
    pub scope: Option<SyncScope>,
}

/// Whose records a sync looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncScope {
    /// The caller's.
    User,
    /// The caller's and those of the caller's groups.
    UserAndGroup,
    /// Everybody's; for administrators only.
    Application,
}

impl Operation for Sync {
    type Output = SyncPage;
    const NAME: &'static str = "sync";
    const VERB: Verb = Verb::Get;
    const SAFETY: Safety = Safety::Read;
    const OPTIONAL: bool = true;

    fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut parameters =
            vec![("modifiedTime", self.since.timestamp().max(1).to_string()), ("elementType", self.module.to_string())];
        if let Some(scope) = self.scope {
            let scope = match scope {
                SyncScope::User => "user",
                SyncScope::UserAndGroup => "userandgroup",
                SyncScope::Application => "application",
            };
            parameters.push(("syncType", scope.to_owned()));
        }
        parameters
    }
}

/// One page of changes.
#[derive(Debug, Clone, Deserialize)]
pub struct SyncPage {
    /// Changed records; of inventory modules without their lines.
    pub updated: Vec<Record>,
    /// Records in the recycle bin. What was purged from there is not told.
    pub deleted: Vec<WsId>,
    /// Whether something lies after the mark.
    pub more: bool,
    /// Where the next call continues; `None` when the server has no mark to give.
    #[serde(rename = "lastModifiedTime", deserialize_with = "mark")]
    pub last_modified_time: Option<DateTime<Utc>>,
}

fn mark<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    serde_json::Value::deserialize(deserializer).map(|seconds| from_unix(&seconds))
}
