//! A place in a side's stream of changes.

use serde::{Deserialize, Serialize};

/// An opaque place in a stream of changes, written and read only by the connector it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub String);
