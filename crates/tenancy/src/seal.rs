//! Secrets at rest: XChaCha20-Poly1305 under a key that never stands in the database.
//!
//! A sealed secret names its key, so that keys can be changed while the server runs: a new key is put first, everything
//! is sealed again, and the old one is taken away.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::{ConnectionId, Digest};

const NONCE: usize = 24;
const KEY: usize = 32;

/// A secret that only the right key opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// Which key.
    key: String,
    /// Nonce and ciphertext.
    body: String,
}

/// The keys that open what is sealed. The first one seals.
#[derive(Clone)]
pub struct KeyRing(Vec<(String, XChaCha20Poly1305)>);

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// Why something cannot be sealed or opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The key's text cannot be used.
    #[error("line {0} of the keys is not 32 bytes in hexadecimal; make one with `afstem-server key`")]
    NotAKey(usize),
    /// There is no key.
    #[error("there is no key; make one with `afstem-server key`")]
    NoKey,
    /// The key it was sealed with is not on the ring.
    #[error("the key `{0}`, with which a secret was sealed, is not among the keys")]
    UnknownKey(String),
    /// It was changed, or belongs to another connection or setting.
    #[error("a sealed secret was changed, or belongs to another connection or setting")]
    Broken,
}

impl KeyRing {
    /// Reads keys, one a line, the one that seals first. Blank lines and lines that begin with `#` are passed over.
    ///
    /// # Errors
    /// When there is none, or one is none.
    pub fn parse(text: &SecretString) -> Result<Self, SealError> {
        let mut keys = Vec::new();
        for (at, line) in text.expose_secret().lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let bytes = hex::decode(line).ok().filter(|bytes| bytes.len() == KEY).ok_or(SealError::NotAKey(at + 1))?;
            let cipher = XChaCha20Poly1305::new_from_slice(&bytes).map_err(|_| SealError::NotAKey(at + 1))?;
            // The key's name gives nothing away: it is a few letters of a digest of 256 random bits.
            keys.push((Digest::of(&format!("afstem key {line}")).as_str()[..12].to_owned(), cipher));
        }
        if keys.is_empty() { Err(SealError::NoKey) } else { Ok(Self(keys)) }
    }

    /// A new key, as a line of the file.
    #[must_use]
    pub fn fresh_line() -> SecretString {
        hex::encode(crate::secret::random::<KEY>()).into()
    }

    /// Seals `secret` for one setting of one connection.
    ///
    /// # Errors
    /// When there is no key.
    pub fn seal(&self, connection: &ConnectionId, setting: &str, secret: &SecretString) -> Result<Sealed, SealError> {
        let (name, cipher) = self.0.first().ok_or(SealError::NoKey)?;
        let nonce = crate::secret::random::<NONCE>();
        let aad = place(connection, setting);
        let payload = Payload { msg: secret.expose_secret().as_bytes(), aad: &aad };
        let ciphertext = cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::Broken)?;
        Ok(Sealed { key: name.clone(), body: STANDARD_NO_PAD.encode([&nonce[..], &ciphertext].concat()) })
    }

    /// Opens what was sealed for this setting of this connection.
    ///
    /// # Errors
    /// When the key is not here, or it was sealed for something else.
    pub fn open(&self, connection: &ConnectionId, setting: &str, sealed: &Sealed) -> Result<SecretString, SealError> {
        let named = self.0.iter().find(|(name, _)| *name == sealed.key);
        let (_, cipher) = named.ok_or_else(|| SealError::UnknownKey(sealed.key.clone()))?;
        let bytes = STANDARD_NO_PAD.decode(&sealed.body).map_err(|_| SealError::Broken)?;
        let (nonce, ciphertext) = bytes.split_at_checked(NONCE).ok_or(SealError::Broken)?;
        let nonce = <[u8; NONCE]>::try_from(nonce).map_err(|_| SealError::Broken)?;
        let aad = place(connection, setting);
        let payload = Payload { msg: ciphertext, aad: &aad };
        let plain = cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::Broken)?;
        String::from_utf8(plain).map(Into::into).map_err(|_| SealError::Broken)
    }

    /// Whether it was sealed with the key that seals now.
    #[must_use]
    pub fn is_current(&self, sealed: &Sealed) -> bool {
        self.0.first().is_some_and(|(name, _)| *name == sealed.key)
    }
}

fn place(connection: &ConnectionId, setting: &str) -> Vec<u8> {
    format!("{connection}\n{setting}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(lines: &[&SecretString]) -> KeyRing {
        let text: Vec<&str> = lines.iter().map(|line| line.expose_secret()).collect();
        KeyRing::parse(&text.join("\n").into()).unwrap()
    }

    #[test]
    fn p32_a_sealed_secret_opens_for_its_own_connection_and_setting_only() {
        let keys = ring(&[&KeyRing::fresh_line()]);
        let (own, other) = (ConnectionId::fresh(), ConnectionId::fresh());
        let sealed = keys.seal(&own, "dinero.api_key", &"kanariefugl".into()).unwrap();
        assert_eq!(keys.open(&own, "dinero.api_key", &sealed).unwrap().expose_secret(), "kanariefugl");
        assert_eq!(keys.open(&other, "dinero.api_key", &sealed).unwrap_err(), SealError::Broken);
        assert_eq!(keys.open(&own, "simplycrm.access_key", &sealed).unwrap_err(), SealError::Broken);
        assert!(!format!("{sealed:?} {keys:?}").contains("kanariefugl"));
        assert_ne!(keys.seal(&own, "dinero.api_key", &"kanariefugl".into()).unwrap(), sealed, "never twice the same");
    }

    #[test]
    fn a_key_is_changed_without_losing_what_it_sealed() {
        let (old, new) = (KeyRing::fresh_line(), KeyRing::fresh_line());
        let id = ConnectionId::fresh();
        let sealed = ring(&[&old]).seal(&id, "k", &"s".into()).unwrap();
        let both = ring(&[&new, &old]);
        assert!(!both.is_current(&sealed));
        let again = both.seal(&id, "k", &both.open(&id, "k", &sealed).unwrap()).unwrap();
        assert!(both.is_current(&again));
        assert_eq!(ring(&[&new]).open(&id, "k", &again).unwrap().expose_secret(), "s");
        assert!(matches!(ring(&[&new]).open(&id, "k", &sealed), Err(SealError::UnknownKey(_))));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for (text, expected) in [
            ("", SealError::NoKey),
            ("# nothing\n\n", SealError::NoKey),
            ("abc", SealError::NotAKey(1)),
            ("# a key:\n0011", SealError::NotAKey(2)),
        ] {
            assert_eq!(KeyRing::parse(&text.into()).unwrap_err(), expected, "{text:?}");
        }
    }
}
