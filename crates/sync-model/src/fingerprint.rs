//! A stable digest of data that is kept: named and versioned, so that a new toolchain does not re-key the world.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A digest such as `sha256-1:9f86d0…`; the number is the version of what was hashed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The digest of `parts`, each separated from the next so that no two lists of parts share a digest.
    #[must_use]
    pub fn of<P: AsRef<[u8]>>(parts: impl IntoIterator<Item = P>) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            let bytes = part.as_ref();
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        }
        Self(format!("sha256-1:{}", hex::encode(&hash.finalize()[..16])))
    }

    /// A digest that was kept, by its text form.
    #[must_use]
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
