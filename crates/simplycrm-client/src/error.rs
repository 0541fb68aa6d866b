//! What can go wrong with a call, as questions a caller can ask.

use std::borrow::Cow;
use std::fmt;

use api_transport::TransportError;

use crate::code::Code;
use crate::record::FieldError;
use crate::vtql::VtqlError;

/// Why a call failed. Ask it with the `is_…` methods; codes are matched, never messages, which are translated and
/// misspelt on the server (fact sheet §1.4). Neither its text nor its debug form holds a session name or access key.
pub struct Error(Box<Inner>);

struct Inner {
    operation: Cow<'static, str>,
    writes: bool,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// The server's own refusal, in its envelope.
    Refused { code: Code, message: String },
    /// No answer came.
    Transport(TransportError),
    /// Another status than 200 and no envelope: the operation does not exist, or PHP died in it.
    Died { status: u16 },
    /// The web server or a proxy turned the request away before the API saw it.
    TurnedAway { status: u16 },
    /// A web page where an answer should be.
    WebPage { status: u16, excerpt: String },
    /// An empty body with status 200: PHP could not encode the answer (fact sheet §1.3).
    Empty,
    /// Text that is neither an answer nor a page.
    Garbled { excerpt: String },
    /// An answer of another shape than the API's.
    Shape { path: String, reason: String },
    /// What was to be sent cannot be sent.
    Unsendable(String),
    /// The record is not as the caller knows it.
    Stale { known: String, found: String },
}

impl Error {
    pub(crate) fn new(operation: impl Into<Cow<'static, str>>, writes: bool, kind: Kind) -> Self {
        Self(Box::new(Inner { operation: operation.into(), writes, kind }))
    }

    /// The request was never made, because it cannot be said.
    pub(crate) fn unsendable(operation: impl Into<Cow<'static, str>>, reason: impl fmt::Display) -> Self {
        Self::new(operation, false, Kind::Unsendable(reason.to_string()))
    }

    pub(crate) fn stale(operation: &'static str, known: &dyn fmt::Display, found: &dyn fmt::Display) -> Self {
        Self::new(operation, false, Kind::Stale { known: known.to_string(), found: found.to_string() })
    }

    /// An answer that lacks, or garbles, a field that the client itself needs.
    pub(crate) fn field(operation: &'static str, error: &FieldError) -> Self {
        Self::new(operation, false, Kind::Shape { path: error.field().to_owned(), reason: error.to_string() })
    }

    /// The operation that failed, such as `create`.
    #[must_use]
    pub fn operation(&self) -> &str {
        &self.0.operation
    }

    /// The server's error code, if the server refused.
    #[must_use]
    pub fn code(&self) -> Option<&Code> {
        if let Kind::Refused { code, .. } = &self.0.kind { Some(code) } else { None }
    }

    /// The server's own words, if it refused. For people to read, not to match on.
    #[must_use]
    pub fn server_message(&self) -> Option<&str> {
        if let Kind::Refused { message, .. } = &self.0.kind { Some(message) } else { None }
    }

    /// The session is gone; logging in again cures it. The client has done so once already.
    #[must_use]
    pub fn is_session_lost(&self) -> bool {
        // A login has no session to lose: there the first of these means an inactive user.
        self.operation() != "login"
            && matches!(
                self.code(),
                Some(
                    Code::AuthenticationRequired
                        | Code::InvalidSessionId
                        | Code::SessionExpired
                        | Code::SessionLeftIdle
                )
            )
    }

    /// User name or access key are wrong, or the user is inactive or has no access key. Versions differ in how they say
    /// so (fact sheet §13).
    #[must_use]
    pub fn is_bad_credentials(&self) -> bool {
        match self.code() {
            Some(Code::InvalidUserCredentials | Code::InvalidAuthToken | Code::AccessKeyUndefined) => true,
            Some(Code::AuthenticationRequired) => self.operation() == "login",
            Some(Code::AccessDenied) => self.operation() == "getchallenge",
            _ => false,
        }
    }

    pub(crate) fn is_deadlock(&self) -> bool {
        self.code() == Some(&Code::DatabaseQueryError)
    }

    /// A login that lost the race for the user's only challenge looks like this, too.
    pub(crate) fn is_login_race(&self) -> bool {
        matches!(self.code(), Some(Code::InvalidUserCredentials | Code::InvalidAuthToken))
    }

    /// Not permitted, or deleted, or never there: the server does not tell these apart (fact sheet §6.4).
    #[must_use]
    pub fn is_access_denied(&self) -> bool {
        self.code() == Some(&Code::AccessDenied)
    }

    /// The record certainly does not exist. Deleted records of ordinary modules answer
    /// [`is_access_denied`](Self::is_access_denied) instead.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.code() == Some(&Code::RecordNotFound)
    }

    /// A mandatory field has no value; [`missing_field`](Self::missing_field) names it.
    #[must_use]
    pub fn is_missing_field(&self) -> bool {
        self.code() == Some(&Code::MandatoryFieldsMissing)
    }

    /// The first mandatory field without a value, when the server names one.
    #[must_use]
    pub fn missing_field(&self) -> Option<&str> {
        let message = self.server_message().filter(|_| self.is_missing_field())?;
        message.strip_suffix(" does not have a value")
    }

    /// Another record has this value in a field that must be unique.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        self.code() == Some(&Code::Duplicate)
    }

    /// A reference points to a module it must not point to, or an id does not fit its module.
    #[must_use]
    pub fn is_reference_invalid(&self) -> bool {
        matches!(self.code(), Some(Code::ReferenceInvalid | Code::InvalidIdAttribute))
    }

    /// The query was refused: its syntax, or the database's view of it.
    #[must_use]
    pub fn is_query_error(&self) -> bool {
        match self.code() {
            Some(Code::QuerySyntaxError | Code::DatabaseQueryError) => true,
            Some(Code::InternalServerError) => matches!(self.operation(), "query" | "query_related"),
            _ => false,
        }
    }

    /// The installation does not have this operation. Servers of 6.x to 8.x answer HTTP 500 without a body
    /// (fact sheet §1.3), as they do when PHP dies in an operation they have.
    #[must_use]
    pub fn is_unknown_operation(&self) -> bool {
        matches!(self.0.kind, Kind::Died { status: 500 })
            || matches!(self.code(), Some(Code::UnknownOperation | Code::OperationNotSupported))
    }

    /// The server could not be reached, or is not working at the moment; later may be better.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        matches!(
            self.0.kind,
            Kind::Transport(_)
                | Kind::TurnedAway { .. }
                | Kind::Died { status: 502..=504 }
                | Kind::WebPage { status: 502..=504, .. }
        )
    }

    /// A web page answered: the address is probably not that of a CRM.
    #[must_use]
    pub fn is_not_an_api(&self) -> bool {
        matches!(self.0.kind, Kind::WebPage { status: 0..502 | 505.., .. } | Kind::Died { status: 300..500 })
    }

    /// The record was changed since the caller read it; nothing was written.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        matches!(self.0.kind, Kind::Stale { .. })
    }

    /// Whether a write may have taken effect although it failed. Then look before repeating it.
    #[must_use]
    pub fn outcome_unknown(&self) -> bool {
        self.0.writes
            && match &self.0.kind {
                Kind::Transport(error) => error.outcome_unknown(),
                Kind::Refused { code, .. } => {
                    matches!(code, Code::DatabaseQueryError | Code::InternalServerError)
                }
                Kind::Died { .. } | Kind::WebPage { .. } | Kind::Empty | Kind::Garbled { .. } | Kind::Shape { .. } => {
                    true
                }
                // Only 429 says for certain that nothing was begun.
                Kind::TurnedAway { status } => *status != 429,
                Kind::Unsendable(_) | Kind::Stale { .. } => false,
            }
    }

    /// The same failure with `secret` taken out of whatever the server said.
    pub(crate) fn without(mut self, secret: &str) -> Self {
        let scrub = |text: &mut String| {
            if !secret.is_empty() && text.contains(secret) {
                *text = text.replace(secret, "[secret]");
            }
        };
        match &mut self.0.kind {
            Kind::Refused { message, .. } => scrub(message),
            Kind::WebPage { excerpt, .. } | Kind::Garbled { excerpt } => scrub(excerpt),
            Kind::Shape { reason, .. } => scrub(reason),
            Kind::Transport(_)
            | Kind::Died { .. }
            | Kind::TurnedAway { .. }
            | Kind::Empty
            | Kind::Unsendable(_)
            | Kind::Stale { .. } => {}
        }
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = &self.0.operation;
        match &self.0.kind {
            Kind::Refused { code: Code::Duplicate, message } => {
                write!(f, "the CRM refused {operation}: another record has this unique value ({message})")
            }
            Kind::Refused { code, message } => {
                write!(f, "the CRM refused {operation}: {} ({message})", code.as_str())
            }
            Kind::Transport(error) => write!(f, "{operation} failed: {error}"),
            Kind::Died { status: status @ 300..500 } => {
                write!(f, "{operation} was answered with HTTP {status}; check the address of the CRM")
            }
            Kind::Died { status } => write!(
                f,
                "the CRM answered {operation} with HTTP {status} and no result: it does not have this operation, or \
                 failed inside it"
            ),
            Kind::TurnedAway { status } => {
                write!(f, "{operation} was turned away with HTTP {status}; try again later")
            }
            Kind::WebPage { status, excerpt } => write!(
                f,
                "{operation} was answered with a web page (HTTP {status}: {excerpt:?}); check the address of the CRM"
            ),
            Kind::Empty => write!(
                f,
                "the CRM answered {operation} with nothing, as it does when a stored text is not valid UTF-8; ask for \
                 fewer fields or records"
            ),
            Kind::Garbled { excerpt } => {
                write!(f, "the CRM answered {operation} with something that is not an answer: {excerpt:?}")
            }
            Kind::Shape { path, reason } => {
                write!(f, "the CRM's answer to {operation} is not as expected at {path}: {reason}")
            }
            Kind::Unsendable(reason) => write!(f, "{operation} was not sent: {reason}"),
            Kind::Stale { known, found } => write!(
                f,
                "{operation} was not sent: the record was changed meanwhile (known as of {known}, now of {found})"
            ),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("operation", &self.0.operation)
            .field("kind", &self.0.kind)
            .field("outcome_unknown", &self.outcome_unknown())
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        if let Kind::Transport(error) = &self.0.kind { std::error::Error::source(error) } else { None }
    }
}

impl From<VtqlError> for Error {
    fn from(error: VtqlError) -> Self {
        Self::unsendable("query", error)
    }
}
