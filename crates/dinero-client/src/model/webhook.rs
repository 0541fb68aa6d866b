//! Webhooks (fact sheet §6.9). What they say is not documented: take a call as a hint to read what changed, never as data.

use serde::{Deserialize, Serialize};
use url::Url;

/// Asks to be called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Subscribe {
    /// Where to call. Protect it with a path that cannot be guessed.
    pub uri: Url,
    /// One of the events that the API lists.
    pub event_id: String,
}

/// Asks not to be called any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct Unsubscribe {
    pub event_id: String,
}
