//! The cash ledger (fact sheet §6.11).

use serde::Deserialize;
use serde::de::Deserializer;

use super::operations;
use crate::LedgerItemId;
use crate::model::{LedgerItem, LedgerItemProgress, LedgerItemVersion, LedgerItemWrite};

/// The id alone.
#[derive(serde::Serialize)]
#[serde(rename_all = "PascalCase")]
struct Id {
    id: LedgerItemId,
}

fn ids(items: &[LedgerItemId]) -> Vec<Id> {
    items.iter().map(|id| Id { id: *id }).collect()
}

/// The items that came of a create. Published as one, seen as many (fact sheet §6.11).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created(pub Vec<LedgerItemVersion>);

impl<'de> Deserialize<'de> for Created {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum OneOrMany {
            One(LedgerItemVersion),
            Many(Vec<LedgerItemVersion>),
        }
        Ok(Self(match OneOrMany::deserialize(deserializer)? {
            OneOrMany::One(item) => vec![item],
            OneOrMany::Many(items) => items,
        }))
    }
}

operations! {
    /// Adds items. With ids of the caller's choice they may be sent again: a second time is refused as a duplicate.
    CreateLedgerItems {
        /// The items.
        items: Vec<LedgerItemWrite>,
    }
    "ledger.create": IdempotentWrite when |it: &Self| it.items.iter().all(|item| item.id.is_some()),
    POST "v1.2" ["ledgeritems"].json(items) => json Created;

    /// Replaces items; ids and versions are needed.
    UpdateLedgerItems {
        /// The items.
        items: Vec<LedgerItemWrite>,
    }
    "ledger.update": UnsafeWrite, PUT "v1" ["ledgeritems"].json(items) => json Vec<LedgerItemVersion>;

    /// Reads items.
    GetLedgerItems {
        /// Which ones.
        items: Vec<LedgerItemVersion>,
    }
    "ledger.get": Read, POST "v1" ["ledgeritems", "ledgers"].json(items) => json Vec<LedgerItem>;

    /// Books items, in their own time.
    BookLedgerItems {
        /// Which ones.
        items: Vec<LedgerItemVersion>,
    }
    "ledger.book": UnsafeWrite, POST "v1" ["ledgeritems", "book"].json(items) => nothing;

    /// Where items stand.
    GetLedgerItemProgress {
        /// Which ones.
        items: Vec<LedgerItemId>,
    }
    "ledger.progress": Read, POST "v1" ["ledgeritems", "status"].json(&ids(items)) => json Vec<LedgerItemProgress>;

    /// Deletes items.
    DeleteLedgerItems {
        /// Which ones.
        items: Vec<LedgerItemVersion>,
    }
    "ledger.delete": UnsafeWrite, DELETE "v1" ["ledgeritems", "delete"].json(items) => nothing;
}
