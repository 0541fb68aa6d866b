//! The client's errors, cut by what has to follow.

use simplycrm_client::Error;
use sync_run::{ConnectorError, ErrorClass, FailureClass, Refusal, WriteError};

pub(crate) const NAME: &str = "simplycrm";

/// A call failed that says nothing of one record.
pub(crate) fn down(error: &Error) -> ConnectorError {
    ConnectorError { system: NAME, class: class(error), message: error.to_string() }
}

/// The mapping or the schema asks for something that cannot be said to this API.
pub(crate) fn unsayable(error: &dyn std::fmt::Display) -> ConnectorError {
    ConnectorError { system: NAME, class: ErrorClass::Protocol, message: error.to_string() }
}

fn class(error: &Error) -> ErrorClass {
    if error.is_bad_credentials() {
        ErrorClass::Credentials
    } else if error.is_access_denied() {
        ErrorClass::Permission
    } else if error.is_unreachable() {
        ErrorClass::Unreachable
    } else {
        ErrorClass::Protocol
    }
}

/// A write failed.
pub(crate) fn write(error: &Error) -> WriteError {
    if error.outcome_unknown() {
        return WriteError::Unknown(error.to_string());
    }
    if error.is_unreachable() {
        return WriteError::NotSent(error.to_string());
    }
    if error.is_bad_credentials() || error.is_session_lost() || error.is_not_an_api() {
        return WriteError::Down(down(error));
    }
    let message = error.server_message().map_or_else(|| error.to_string(), str::to_owned);
    let class = if error.is_access_denied() { FailureClass::Permission } else { FailureClass::Data };
    WriteError::Refused(Refusal { message, field: error.missing_field().map(str::to_owned), class })
}
