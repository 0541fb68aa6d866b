//! The client's errors, cut by what has to follow.

use dinero_client::{Error, FilterError};
use sync_run::{ConnectorError, ErrorClass, FailureClass, Refusal, WriteError};

pub(crate) const NAME: &str = "dinero";

/// A call failed that says nothing of one record.
pub(crate) fn down(error: &Error) -> ConnectorError {
    ConnectorError { system: NAME, class: class(error), message: error.to_string() }
}

/// Dinero itself says that there is no such thing. A web page under the same status says that something else answered.
pub(crate) fn is_missing(error: &Error) -> bool {
    error.is_not_found() && !error.is_web_page()
}

/// What has to be looked for cannot be said in Dinero's filters.
pub(crate) fn unsayable(error: &FilterError) -> ConnectorError {
    ConnectorError { system: NAME, class: ErrorClass::Protocol, message: error.to_string() }
}

fn class(error: &Error) -> ErrorClass {
    if error.is_bad_credentials() {
        ErrorClass::Credentials
    } else if error.needs_pro() {
        ErrorClass::Subscription
    } else if error.is_throttled() || error.is_brownout() {
        ErrorClass::Busy
    } else if error.is_forbidden() {
        ErrorClass::Permission
    } else if error.is_unreachable() {
        ErrorClass::Unreachable
    } else {
        ErrorClass::Protocol
    }
}

/// What came of making something under a guid of ours. `None` where that guid is taken: it is ours alone, so that an earlier
/// attempt had its effect.
pub(crate) fn made<T>(answer: Result<T, Error>) -> Result<Option<T>, WriteError> {
    match answer {
        Ok(made) => Ok(Some(made)),
        Err(error) if error.is_duplicate() => Ok(None),
        Err(error) => Err(write(&error)),
    }
}

/// A write failed.
pub(crate) fn write(error: &Error) -> WriteError {
    if error.followed_an_open_attempt() {
        return WriteError::Unknown(error.to_string());
    }
    if error.is_bad_credentials() || error.needs_pro() || error.is_forbidden() {
        return WriteError::Down(down(error));
    }
    if error.is_throttled() || error.is_brownout() {
        return WriteError::NotSent(error.to_string());
    }
    // An answer that is not Dinero's own says nothing of the record: a page of some proxy, or one that was cut.
    if error.outcome_unknown() || (error.code().is_none() && !error.is_unreachable()) {
        return WriteError::Unknown(error.to_string());
    }
    if error.is_unreachable() {
        return WriteError::NotSent(error.to_string());
    }
    let field = error.fields().and_then(|fields| fields.keys().next().cloned());
    let class = refusal(error, field.as_deref());
    WriteError::Refused(Refusal { message: error.to_string(), field, class })
}

/// Who can help with a record that Dinero refuses because of `field`.
fn refusal(error: &Error, field: Option<&str>) -> FailureClass {
    let of_the_books = |field: &str| field.to_lowercase().contains("account");
    if error.is_duplicate() || error.is_stale() || error.is_deleted() {
        FailureClass::Conflict
    } else if field.is_some_and(of_the_books) {
        FailureClass::Accounting
    } else {
        FailureClass::Data
    }
}
