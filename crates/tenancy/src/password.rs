//! Passwords: Argon2id with the parameters that its authors recommend.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// The shortest password.
const SHORTEST: usize = 12;
/// The longest one that is hashed: hashing costs memory and time, and an attacker chooses the length.
const LONGEST: usize = 1024;

/// What proves a password, in the PHC form.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// A password has to have at least twelve characters, and at most a thousand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a password has to have at least {SHORTEST} characters")]
pub struct TooShort;

impl PasswordHash {
    /// Of `password`. This takes time on purpose: not for the thread that serves others.
    ///
    /// # Errors
    /// When the password is too short or far too long.
    pub fn of(password: &SecretString) -> Result<Self, TooShort> {
        let text = password.expose_secret();
        if text.chars().count() < SHORTEST || text.len() > LONGEST {
            return Err(TooShort);
        }
        let hash = Argon2::default().hash_password(text.as_bytes()).map_err(|_| TooShort)?;
        Ok(Self(hash.to_string()))
    }

    /// Whether `password` is the one. This takes time on purpose.
    #[must_use]
    pub fn proves(&self, password: &SecretString) -> bool {
        let text = password.expose_secret();
        text.len() <= LONGEST
            && argon2::password_hash::phc::PasswordHash::new(&self.0)
                .is_ok_and(|hash| Argon2::default().verify_password(text.as_bytes(), &hash).is_ok())
    }

    /// What nobody's password proves, and takes as long to say no: for names that do not exist.
    #[must_use]
    pub fn nobodys() -> Self {
        Self("$argon2id$v=19$m=19456,t=2,p=1$YWZzdGVtYWZzdGVt$T3D2dV6Oi0Lm2HpB3yqQeNnY2R0JmQ3v5Y2pS1dZk0s".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_proved_by_itself_alone() {
        let right = SecretString::from("en lang sætning");
        let hash = PasswordHash::of(&right).unwrap();
        assert!(hash.proves(&right));
        assert!(!hash.proves(&"en lang sætnin".into()));
        assert!(!PasswordHash::nobodys().proves(&right));
        assert_eq!(PasswordHash::of(&"kort".into()), Err(TooShort));
        assert_eq!(PasswordHash::of(&"x".repeat(LONGEST + 1).into()), Err(TooShort));
        assert!(!format!("{hash:?}").contains("argon2"));
        assert_ne!(PasswordHash::of(&right).unwrap(), hash, "salted");
    }

    #[test]
    fn the_hash_that_nobody_proves_is_a_hash_all_the_same() {
        let nobodys = PasswordHash::nobodys();
        let parsed = argon2::password_hash::phc::PasswordHash::new(&nobodys.0).unwrap();
        assert!(parsed.hash.is_some() && parsed.salt.is_some(), "checking it costs what checking a real one does");
    }
}
