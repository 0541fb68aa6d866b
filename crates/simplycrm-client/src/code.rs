//! The server's error codes (fact sheet §1.4).

/// The server's error code. The duplicate check alone answers with the number 0 (fact sheet §1.4).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Code {
    /// `AUTHENTICATION_REQUIRED`
    AuthenticationRequired,
    /// `INVALID_SESSIONID`
    InvalidSessionId,
    /// `SESSION_EXPIRED`
    SessionExpired,
    /// `SESSION_LEFT_IDLE`
    SessionLeftIdle,
    /// `INVALID_AUTH_TOKEN`
    InvalidAuthToken,
    /// `INVALID_USER_CREDENTIALS`
    InvalidUserCredentials,
    /// `ACCESSKEY_UNDEFINED`
    AccessKeyUndefined,
    /// `AUTHENTICATION_FAILURE`
    AuthenticationFailure,
    /// `ACCESS_DENIED`
    AccessDenied,
    /// `RECORD_NOT_FOUND`
    RecordNotFound,
    /// `INVALID_ID_ATTRIBUTE`
    InvalidIdAttribute,
    /// `REFERENCE_INVALID`
    ReferenceInvalid,
    /// `MANDATORY_FIELDS_MISSING`
    MandatoryFieldsMissing,
    /// `QUERY_SYNTAX_ERROR`
    QuerySyntaxError,
    /// `DATABASE_QUERY_ERROR`
    DatabaseQueryError,
    /// `INTERNAL_SERVER_ERROR`
    InternalServerError,
    /// `OPERATION_NOT_SUPPORTED`
    OperationNotSupported,
    /// `UNKNOWN_OPERATION`
    UnknownOperation,
    /// The number 0: a field that must be unique has this value already.
    Duplicate,
    /// Any other code, as it came.
    Other(String),
}

impl Code {
    pub(crate) fn from_wire(code: &str) -> Self {
        match code {
            "AUTHENTICATION_REQUIRED" => Self::AuthenticationRequired,
            "INVALID_SESSIONID" => Self::InvalidSessionId,
            "SESSION_EXPIRED" => Self::SessionExpired,
            "SESSION_LEFT_IDLE" => Self::SessionLeftIdle,
            "INVALID_AUTH_TOKEN" => Self::InvalidAuthToken,
            "INVALID_USER_CREDENTIALS" => Self::InvalidUserCredentials,
            "ACCESSKEY_UNDEFINED" => Self::AccessKeyUndefined,
            "AUTHENTICATION_FAILURE" => Self::AuthenticationFailure,
            "ACCESS_DENIED" => Self::AccessDenied,
            "RECORD_NOT_FOUND" => Self::RecordNotFound,
            "INVALID_ID_ATTRIBUTE" => Self::InvalidIdAttribute,
            "REFERENCE_INVALID" => Self::ReferenceInvalid,
            "MANDATORY_FIELDS_MISSING" => Self::MandatoryFieldsMissing,
            "QUERY_SYNTAX_ERROR" => Self::QuerySyntaxError,
            "DATABASE_QUERY_ERROR" => Self::DatabaseQueryError,
            "INTERNAL_SERVER_ERROR" => Self::InternalServerError,
            "OPERATION_NOT_SUPPORTED" => Self::OperationNotSupported,
            "UNKNOWN_OPERATION" => Self::UnknownOperation,
            "0" => Self::Duplicate,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The code as the server writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::AuthenticationRequired => "AUTHENTICATION_REQUIRED",
            Self::InvalidSessionId => "INVALID_SESSIONID",
            Self::SessionExpired => "SESSION_EXPIRED",
            Self::SessionLeftIdle => "SESSION_LEFT_IDLE",
            Self::InvalidAuthToken => "INVALID_AUTH_TOKEN",
            Self::InvalidUserCredentials => "INVALID_USER_CREDENTIALS",
            Self::AccessKeyUndefined => "ACCESSKEY_UNDEFINED",
            Self::AuthenticationFailure => "AUTHENTICATION_FAILURE",
            Self::AccessDenied => "ACCESS_DENIED",
            Self::RecordNotFound => "RECORD_NOT_FOUND",
            Self::InvalidIdAttribute => "INVALID_ID_ATTRIBUTE",
            Self::ReferenceInvalid => "REFERENCE_INVALID",
            Self::MandatoryFieldsMissing => "MANDATORY_FIELDS_MISSING",
            Self::QuerySyntaxError => "QUERY_SYNTAX_ERROR",
            Self::DatabaseQueryError => "DATABASE_QUERY_ERROR",
            Self::InternalServerError => "INTERNAL_SERVER_ERROR",
            Self::OperationNotSupported => "OPERATION_NOT_SUPPORTED",
            Self::UnknownOperation => "UNKNOWN_OPERATION",
            Self::Duplicate => "0",
            Self::Other(code) => code,
        }
    }
}
