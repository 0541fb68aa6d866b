//! The ways in which `webservice.php` does not give a result: an error in the envelope (still HTTP 200), or no
//! envelope at all (fact sheet §1.3 and §1.4).

use super::php::Php;

/// Why an operation has no result.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Failure {
    /// `{"success":false,"error":{…}}` with HTTP 200.
    Refused { code: Php, message: String },
    /// A PHP fatal error: HTTP 500 with an empty body.
    Fatal,
    /// HTTP 200 with a text that is not JSON.
    Prose(String),
    /// HTTP 200 and nothing in it.
    Empty,
    /// The server never answers.
    Silence,
}

impl Failure {
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        Self::Refused { code: Php::text(code), message: message.into() }
    }

    pub(crate) fn denied() -> Self {
        Self::new("ACCESS_DENIED", "Permission to perform the operation is denied")
    }

    pub(crate) fn denied_for(what: &str) -> Self {
        Self::new("ACCESS_DENIED", format!("Permission to perform the operation is denied for {what}"))
    }

    pub(crate) fn wrong_id() -> Self {
        Self::new("INVALID_ID_ATTRIBUTE", "Id specified is incorrect")
    }

    pub(crate) fn missing(field: &str) -> Self {
        Self::new("MANDATORY_FIELDS_MISSING", format!("{field} does not have a value"))
    }

    pub(crate) fn internal() -> Self {
        Self::new("INTERNAL_SERVER_ERROR", "Unknown Error while processing request")
    }

    pub(crate) fn database() -> Self {
        Self::new("DATABASE_QUERY_ERROR", "Database error while performing requested operation")
    }

    pub(crate) fn no_session() -> Self {
        Self::new("INVALID_SESSIONID", "Session Identifier provided is Invalid")
    }

    /// The duplicate check is the one error whose code is a number.
    pub(crate) fn duplicate() -> Self {
        Self::Refused { code: Php::Int(0), message: "Duplicate(s) detected!".into() }
    }

    /// What an owner that does not exist brings forth, in the middle of the save.
    pub(crate) fn restricted_file() -> Self {
        Self::Prose("Sorry! Attempt to access restricted file.".into())
    }
}
