//! Secrets that we make ourselves, and what is remembered of them.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// A fresh secret of 256 bits, in letters that need no escaping anywhere.
///
/// # Panics
/// When the operating system has no randomness to give: without it nothing here is safe.
#[must_use]
pub fn fresh() -> String {
    URL_SAFE_NO_PAD.encode(random::<32>())
}

/// As many random bytes.
#[expect(clippy::expect_used, reason = "without randomness nothing here is safe")]
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}

/// What is remembered of a secret that has 256 bits of its own: enough to recognise it, useless to whoever reads it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    /// Of `secret`.
    #[must_use]
    pub fn of(secret: &str) -> Self {
        use sha2::Digest as _;
        Self(hex::encode(Sha256::digest(secret.as_bytes())))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({}…)", &self.0[..self.0.len().min(8)])
    }
}
