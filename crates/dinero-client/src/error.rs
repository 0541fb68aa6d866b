//! What can go wrong, for branching by predicate and for people to read.

use std::collections::BTreeMap;
use std::fmt;

use api_transport::TransportError;
use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

/// What is shorter is not taken for a secret where errors are cleaned of them.
const SHORTEST_SECRET: usize = 8;

/// An operation failed.
#[derive(Debug, Clone)]
pub struct Error {
    operation: &'static str,
    kind: Box<Kind>,
    /// Whether an earlier attempt of the same write may have had its effect.
    may_have_happened: bool,
}

#[derive(Debug, Clone)]
enum Kind {
    Transport(TransportError),
    /// The token endpoint refused (OAuth shape, fact sheet §1.1).
    Token {
        status: StatusCode,
        reason: String,
    },
    /// No refresh token can be had from the caller's store, or kept in it.
    TokenStore(String),
    /// The API answered with an error status.
    Api {
        status: StatusCode,
        code: Option<i64>,
        message: String,
        local: Option<String>,
        fields: BTreeMap<String, String>,
        codes: Vec<String>,
    },
    /// A success whose body is not what it should be.
    Decode {
        path: String,
        reason: String,
    },
}

/// The codes of error bodies that mean something to a caller (fact sheet §5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorCode {
    /// 40: there is no such thing.
    NotFound,
    /// 42: the request is not valid.
    Validation,
    /// 58: the time stamp is outdated.
    Stale,
    /// 63: there is no such invoice or credit note.
    VoucherNotFound,
    /// 65: it was deleted.
    Deleted,
    /// 72: that guid is taken.
    Duplicate,
    /// 48 and 90: the subscription gives no access.
    NoSubscription,
    /// Any other.
    Other(i64),
}

impl ErrorCode {
    fn of(code: i64) -> Self {
        match code {
            40 => Self::NotFound,
            42 => Self::Validation,
            58 => Self::Stale,
            63 => Self::VoucherNotFound,
            65 => Self::Deleted,
            72 => Self::Duplicate,
            48 | 90 => Self::NoSubscription,
            other => Self::Other(other),
        }
    }
}

impl Error {
    fn new(operation: &'static str, kind: Kind) -> Self {
        Self { operation, kind: Box::new(kind), may_have_happened: false }
    }

    /// The same failure, of an attempt before which another one was `open`: nobody knows whether that had its effect.
    pub(crate) fn after(self, open: bool) -> Self {
        Self { may_have_happened: self.may_have_happened || open, ..self }
    }

    pub(crate) fn transport(operation: &'static str, error: TransportError) -> Self {
        Self::new(operation, Kind::Transport(error))
    }

    pub(crate) fn token(status: StatusCode, body: &Bytes) -> Self {
        let json: Option<Value> = serde_json::from_slice(body).ok();
        let reason = json.as_ref().and_then(|json| json.get("error")?.as_str()).map(str::to_owned);
        let reason = reason.unwrap_or_else(|| excerpt(body));
        Self::new("token", Kind::Token { status, reason })
    }

    /// Reads an error body in any of its forms: JSON, a sentence, a page.
    pub(crate) fn api(operation: &'static str, status: StatusCode, body: &Bytes) -> Self {
        let json: Option<Value> = serde_json::from_slice(body).ok();
        let member = |name: &str| json.as_ref().and_then(|json| json.get(name));
        let code = member("code").and_then(Value::as_i64);
        let message = member("message").and_then(Value::as_str).map_or_else(|| excerpt(body), str::to_owned);
        let fields = member("validationErrors")
            .and_then(Value::as_object)
            .map(|map| map.iter().map(|(field, text)| (field.clone(), plain(text))).collect())
            .unwrap_or_default();
        let items = |name: &str| member(name).and_then(Value::as_array).into_iter().flatten();
        let text = |item: &Value, key: &str| item.get(key).and_then(Value::as_str).map(str::to_owned);
        let local = items("languageSpecificMessages").find_map(|item| text(item, "message"));
        let codes = items("errorMessageList").filter_map(|item| text(item, "Code")).collect();
        Self::new(operation, Kind::Api { status, code, message, local, fields, codes })
    }

    pub(crate) fn token_store(error: &crate::TokenStoreError) -> Self {
        Self::new("token", Kind::TokenStore(error.to_string()))
    }

    pub(crate) fn no_refresh_token() -> Self {
        let reason = "no refresh token is kept; let the user in again".to_owned();
        Self::new("token", Kind::TokenStore(reason))
    }

    pub(crate) fn decode(operation: &'static str, path: String, reason: String) -> Self {
        Self::new(operation, Kind::Decode { path, reason })
    }

    /// The same failure with `secret` taken out of whatever the server said. A few letters are no secret, and would be found
    /// in any word.
    pub(crate) fn without(mut self, secret: &str) -> Self {
        let scrub = |text: &mut String| {
            if secret.len() >= SHORTEST_SECRET && text.contains(secret) {
                *text = text.replace(secret, "[secret]");
            }
        };
        match &mut *self.kind {
            Kind::Token { reason, .. } | Kind::Decode { reason, .. } => scrub(reason),
            Kind::Api { message, local, fields, codes, .. } => {
                scrub(message);
                local.iter_mut().chain(codes).chain(fields.values_mut()).for_each(scrub);
            }
            Kind::Transport(_) | Kind::TokenStore(_) => {}
        }
        self
    }

    /// The operation that failed.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// The HTTP status, where there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match &*self.kind {
            Kind::Token { status, .. } | Kind::Api { status, .. } => Some(*status),
            Kind::Transport(_) | Kind::TokenStore(_) | Kind::Decode { .. } => None,
        }
    }

    /// The code in the error body.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        match &*self.kind {
            Kind::Api { code, .. } => code.map(ErrorCode::of),
            Kind::Transport(_) | Kind::Token { .. } | Kind::TokenStore(_) | Kind::Decode { .. } => None,
        }
    }

    /// Fields that the API finds fault with, each with its words.
    #[must_use]
    pub fn fields(&self) -> Option<&BTreeMap<String, String>> {
        match &*self.kind {
            Kind::Api { fields, .. } if !fields.is_empty() => Some(fields),
            Kind::Api { .. } | Kind::Transport(_) | Kind::Token { .. } | Kind::TokenStore(_) | Kind::Decode { .. } => {
                None
            }
        }
    }

    /// What the API says in the user's language.
    #[must_use]
    pub fn local_message(&self) -> Option<&str> {
        match &*self.kind {
            Kind::Api { local, .. } => local.as_deref(),
            Kind::Transport(_) | Kind::Token { .. } | Kind::TokenStore(_) | Kind::Decode { .. } => None,
        }
    }

    /// The place in a successful answer that cannot be read, such as `Collection[3].Phone`.
    #[must_use]
    pub fn decode_path(&self) -> Option<&str> {
        match &*self.kind {
            Kind::Decode { path, .. } => Some(path),
            Kind::Transport(_) | Kind::Token { .. } | Kind::TokenStore(_) | Kind::Api { .. } => None,
        }
    }

    fn has_status(&self, status: u16) -> bool {
        self.status().is_some_and(|it| it.as_u16() == status)
    }

    /// There is no such thing: 404, code 40, or code 63 for invoices and credit notes.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self.code(), Some(ErrorCode::NotFound | ErrorCode::VoucherNotFound))
            || (matches!(*self.kind, Kind::Api { .. }) && self.has_status(404))
    }

    /// A web page came instead of an answer: from an unknown route (fact sheet §5.1), or from something in between. It says
    /// nothing about what was asked for, also where its status is 404.
    #[must_use]
    pub fn is_web_page(&self) -> bool {
        match &*self.kind {
            Kind::Api { message, code, .. } => code.is_none() && message == WEB_PAGE,
            Kind::Transport(_) | Kind::Token { .. } | Kind::TokenStore(_) | Kind::Decode { .. } => false,
        }
    }

    /// The time stamp that was sent is outdated: read again.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.code() == Some(ErrorCode::Stale)
    }

    /// The guid that was chosen is taken: an earlier create with it took effect (fact sheet §8.4).
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        let named = |text: &str| text.to_lowercase().contains("guidmustbeunique");
        let told = match &*self.kind {
            Kind::Api { message, fields, codes, .. } => {
                named(message)
                    || fields.iter().any(|(field, text)| named(field) || named(text))
                    || codes.iter().any(|code| named(code))
            }
            Kind::Transport(_) | Kind::Token { .. } | Kind::TokenStore(_) | Kind::Decode { .. } => false,
        };
        told || self.code() == Some(ErrorCode::Duplicate)
    }

    /// The thing was deleted and cannot be changed.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.code() == Some(ErrorCode::Deleted)
    }

    /// The organisation's subscription gives no access to the API.
    #[must_use]
    pub fn needs_pro(&self) -> bool {
        self.code() == Some(ErrorCode::NoSubscription)
    }

    /// The request was not valid; see [`fields`](Self::fields).
    #[must_use]
    pub fn is_validation(&self) -> bool {
        self.code() == Some(ErrorCode::Validation) || (matches!(*self.kind, Kind::Api { .. }) && self.has_status(400))
    }

    /// The key, the client id or the client secret is wrong, or the token was refused twice.
    #[must_use]
    pub fn is_bad_credentials(&self) -> bool {
        match &*self.kind {
            Kind::Token { status, .. } => status.is_client_error() && status.as_u16() != 429,
            Kind::Api { status, .. } => *status == StatusCode::UNAUTHORIZED,
            Kind::Transport(_) | Kind::TokenStore(_) | Kind::Decode { .. } => false,
        }
    }

    /// The token was missing, bad or expired (401), or none was given.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.has_status(401)
    }

    /// The key gives no access to this organisation.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.has_status(403) && !self.needs_pro()
    }

    /// The rate limit was met.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.has_status(429)
    }

    /// A deprecated endpoint refused by chance.
    #[must_use]
    pub fn is_brownout(&self) -> bool {
        self.has_status(480)
    }

    /// No answer came from the server, or one that says that it is down.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        match &*self.kind {
            Kind::Transport(_) => true,
            Kind::Token { status, .. } | Kind::Api { status, .. } => status.is_server_error(),
            Kind::TokenStore(_) | Kind::Decode { .. } => false,
        }
    }

    /// Whether this says only what became of the last attempt: an earlier one of the same write had no answer, and may have
    /// had its effect.
    #[must_use]
    pub fn followed_an_open_attempt(&self) -> bool {
        self.may_have_happened
    }

    /// Whether a write may have had its effect although it failed.
    #[must_use]
    pub fn outcome_unknown(&self) -> bool {
        self.followed_an_open_attempt()
            || match &*self.kind {
                Kind::Transport(error) => error.outcome_unknown(),
                Kind::Api { status, .. } => status.is_server_error() || status.as_u16() == 480,
                Kind::Decode { .. } => true,
                Kind::Token { .. } | Kind::TokenStore(_) => false,
            }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.kind {
            Kind::Transport(error) => error.fmt(f),
            Kind::Token { status, reason } => write!(f, "no token was given (HTTP {}, {reason})", status.as_u16()),
            Kind::TokenStore(reason) => write!(f, "no token can be asked for: {reason}"),
            Kind::Api { status, code, message, fields, .. } => {
                write!(f, "{message} (HTTP {}", status.as_u16())?;
                if let Some(code) = code {
                    write!(f, ", code {code}")?;
                }
                f.write_str(")")?;
                fields.iter().try_for_each(|(field, text)| write!(f, "; {field}: {text}"))
            }
            Kind::Decode { path, reason } => {
                write!(f, "the answer to {} cannot be read at {path}: {reason}", self.operation)
            }
        }
    }
}

impl std::error::Error for Error {}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What is said of an error that came as a web page.
const WEB_PAGE: &str = "a web page instead of an answer";

/// The first words of a body that is no JSON.
fn excerpt(body: &Bytes) -> String {
    let text = String::from_utf8_lossy(body);
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.starts_with('<') { WEB_PAGE.to_owned() } else { words.chars().take(160).collect() }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::StatusCode;

    use super::Error;

    fn error(status: u16, body: &'static str) -> Error {
        Error::api("contacts.get", StatusCode::from_u16(status).unwrap(), &Bytes::from_static(body.as_bytes()))
    }

    #[test]
    fn every_form_of_body_is_understood() {
        let page = error(404, "<html><body>Not Found</body></html>");
        assert!(page.is_not_found() && page.is_web_page());
        assert!(!error(404, r#"{"code":40,"message":"Not found"}"#).is_web_page());
        assert!(error(400, r#"{"code":63,"message":"no result"}"#).is_not_found());
        assert!(error(400, r#"{"code":58,"message":"outdated"}"#).is_stale());
        assert!(error(409, r#"{"code":72,"message":"Duplicated entity"}"#).is_duplicate());
        let taken = r#"{"code":42,"message":"Validation Error","validationErrors":{"ContactGuid":"guidMustBeUnique"}}"#;
        assert!(error(400, taken).is_duplicate());
        assert!(error(400, r#"{"code":65,"message":"deleted"}"#).is_deleted());
        assert!(error(403, r#"{"code":90,"message":"no Pro"}"#).needs_pro());
        assert!(error(403, r#"{"code":48,"message":"no Pro"}"#).needs_pro());
        let listed = r#"{"code":42,"message":"Validation Error","validationErrors":null,"errorMessageList":[{"Code":"guidMustBeUnique","Message":"x"}],"languageSpecificMessages":[{"property":"message","message":"Findes allerede"}]}"#;
        assert!(error(400, listed).is_duplicate());
        assert_eq!(error(400, listed).local_message(), Some("Findes allerede"));
        assert!(error(403, r#"{"code":41,"message":"no"}"#).is_forbidden());
        assert!(error(429, "API calls quota exceeded! maximum admitted 60 per 1m.").is_throttled());
        assert!(error(480, "").is_brownout());
        assert!(error(500, "").outcome_unknown());
        assert!(!error(400, "").outcome_unknown());
    }

    #[test]
    fn the_token_endpoints_refusal_is_a_matter_of_credentials() {
        let refused = Error::token(StatusCode::BAD_REQUEST, &Bytes::from_static(br#"{"error":"invalid_grant"}"#));
        assert!(refused.is_bad_credentials());
        assert_eq!(refused.to_string(), "no token was given (HTTP 400, invalid_grant)");
    }
}
