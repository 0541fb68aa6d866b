//! Opening and closing sessions (fact sheet §2).

use api_transport::Safety;
use chrono::{DateTime, Utc};
use md5::{Digest, Md5};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, de};

use super::{Operation, SessionName, Verb, from_unix};
use crate::id::WsId;

/// Asks for the token that the next login must answer. A user has one token: asking again makes the former one invalid.
#[derive(Debug, Clone)]
pub struct GetChallenge {
    /// The user's name.
    pub username: String,
}

impl Operation for GetChallenge {
    type Output = Challenge;
    const NAME: &'static str = "getchallenge";
    const VERB: Verb = Verb::Get;
    const SAFETY: Safety = Safety::Read;
    const IN_SESSION: bool = false;

    fn parameters(&self) -> Vec<(&'static str, String)> {
        vec![("username", self.username.clone())]
    }
}

/// A token and the server's clock.
#[derive(Debug, Clone, Deserialize)]
pub struct Challenge {
    /// What the login's digest is made of.
    pub token: SecretString,
    /// The server's clock when it answered.
    #[serde(rename = "serverTime", deserialize_with = "unix_time")]
    pub server_time: DateTime<Utc>,
    /// When the token ends, five minutes later.
    #[serde(rename = "expireTime", deserialize_with = "unix_time")]
    pub expire_time: DateTime<Utc>,
}

fn unix_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
    let seconds = serde_json::Value::deserialize(deserializer)?;
    from_unix(&seconds).ok_or_else(|| de::Error::custom("a time in seconds since 1970 was expected"))
}

/// Opens a session.
#[derive(Debug, Clone)]
pub struct Login {
    username: String,
    digest: SecretString,
}

impl Login {
    /// The login that answers `token` with the user's access key.
    #[must_use]
    pub fn new(username: impl Into<String>, token: &SecretString, access_key: &SecretString) -> Self {
        let mut md5 = Md5::new();
        md5.update(token.expose_secret());
        md5.update(access_key.expose_secret());
        Self::with_digest(username, hex::encode(md5.finalize()).into())
    }

    /// The login with a digest that was computed elsewhere: lower-case hexadecimal MD5 of token and access key.
    #[must_use]
    pub fn with_digest(username: impl Into<String>, digest: SecretString) -> Self {
        Self { username: username.into(), digest }
    }
}

impl Operation for Login {
    type Output = LoginAnswer;
    const NAME: &'static str = "login";
    const VERB: Verb = Verb::Post;
    // It changes nothing but the server's list of sessions, and a spare session does no harm.
    const SAFETY: Safety = Safety::Read;
    const IN_SESSION: bool = false;

    fn parameters(&self) -> Vec<(&'static str, String)> {
        vec![("username", self.username.clone()), ("accessKey", self.digest.expose_secret().to_owned())]
    }
}

/// What a login tells. The fields about the user come from 7.3 on.
#[derive(Debug, Clone, Deserialize)]
pub struct LoginAnswer {
    #[serde(rename = "sessionName")]
    session: SecretString,
    /// The user's record.
    #[serde(rename = "userId")]
    pub user_id: WsId,
    /// The version of the API, a constant (`0.22`).
    #[serde(rename = "version", default)]
    pub api_version: String,
    /// The version of the CRM, such as `7.3.0`.
    #[serde(rename = "vtigerVersion", default)]
    pub vtiger_version: String,
    /// The user's name as the server spells it.
    #[serde(default)]
    pub username: Option<String>,
    /// The zone the user sees times in. Times of the API are in the server's zone, not in this one.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// `on` for an administrator.
    #[serde(default)]
    pub is_admin: Option<String>,
}

impl LoginAnswer {
    /// The session that was opened.
    #[must_use]
    pub fn session(&self) -> SessionName {
        SessionName::new(self.session.clone())
    }
}

/// Closes the session. On 7.3 with PHP 7.2 or newer it fails, and on 8.x it may: the session then ends by itself.
#[derive(Debug, Clone)]
pub struct Logout;

impl Operation for Logout {
    type Output = Acknowledged;
    const NAME: &'static str = "logout";
    const VERB: Verb = Verb::Post;
    const SAFETY: Safety = Safety::Read;
    const OPTIONAL: bool = true;

    fn parameters(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }
}

/// The server did what was asked.
#[derive(Debug, Clone, Deserialize)]
pub struct Acknowledged {
    /// Its words, `successfull` with two l.
    #[serde(default)]
    pub message: String,
}

/// Turns a logged-in browser session into a session of the API. It works only in a request that carries the browser's
/// session cookie, so it is of no use to a server.
#[derive(Debug, Clone)]
pub struct ExtendSession;

impl Operation for ExtendSession {
    type Output = LoginAnswer;
    const NAME: &'static str = "extendsession";
    const VERB: Verb = Verb::Post;
    const SAFETY: Safety = Safety::Read;
    const OPTIONAL: bool = true;
    const IN_SESSION: bool = false;

    fn parameters(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_md5_of_token_and_key_in_lower_case() {
        // md5("tokenkey"), computed with md5sum.
        let login = Login::new("admin", &"token".into(), &"key".into());
        assert_eq!(login.parameters()[1], ("accessKey", "86d3c72215a03abb189f367aa758054b".to_owned()));
    }
}
