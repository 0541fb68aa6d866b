//! Error bodies (fact sheet §5): a code, a message, and what is wrong with which field.

use std::fmt;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Map, Value, json};

use crate::Reply;

/// A refusal.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    status: StatusCode,
    body: Option<Value>,
    page: bool,
}

impl Failure {
    fn coded(status: StatusCode, code: u16, message: &str) -> Self {
        let body = json!({
            "code": code,
            "message": message,
            "validationErrors": null,
            "languageSpecificMessages": [{ "property": "message", "message": message }],
            "errorMessageList": [{ "Code": "message", "Message": message }],
        });
        Self { status, body: Some(body), page: false }
    }

    pub(super) fn validation(errors: &[(&str, &str)]) -> Self {
        let mut failure = Self::coded(StatusCode::BAD_REQUEST, 42, "Validation Error");
        let fields: Map<String, Value> =
            errors.iter().map(|(field, text)| ((*field).to_owned(), (*text).into())).collect();
        if let Some(body) = &mut failure.body {
            body["validationErrors"] = Value::Object(fields);
        }
        failure
    }

    pub(super) fn limit(message: &str) -> Self {
        Self::coded(StatusCode::BAD_REQUEST, 43, message)
    }

    pub(super) fn not_found(message: &str) -> Self {
        Self::coded(StatusCode::NOT_FOUND, 40, message)
    }

    pub(super) fn deleted() -> Self {
        Self::deleted_item("The item is deleted and cannot be changed")
    }

    pub(super) fn deleted_item(message: &str) -> Self {
        Self::coded(StatusCode::BAD_REQUEST, 65, message)
    }

    /// A voucher that there is not, or not of that kind.
    pub(super) fn no_result(kind: &str) -> Self {
        Self::coded(StatusCode::BAD_REQUEST, 63, &format!("{kind} guid gives no result"))
    }

    pub(super) fn stale() -> Self {
        Self::coded(StatusCode::BAD_REQUEST, 58, "The timestamp is outdated")
    }

    pub(super) fn duplicated() -> Self {
        Self::coded(StatusCode::CONFLICT, 72, "Duplicated entity")
    }

    pub(super) fn no_lines() -> Self {
        Self::coded(StatusCode::BAD_REQUEST, 45, "Invoices must have at least one invoice line")
    }

    pub(super) fn no_pro() -> Self {
        Self::coded(StatusCode::FORBIDDEN, 90, "The organization has no active Pro subscription")
    }

    pub(super) fn forbidden() -> Self {
        Self::coded(StatusCode::FORBIDDEN, 41, "No access to the organization")
    }

    pub(super) fn unauthorized() -> Self {
        Self { status: StatusCode::UNAUTHORIZED, body: None, page: false }
    }

    /// The token endpoint's own shape.
    pub(super) fn oauth(status: StatusCode, error: &str) -> Self {
        Self { status, body: Some(json!({ "error": error })), page: false }
    }

    /// A sentence as a JSON string, as uploads are refused.
    pub(super) fn sentence(status: StatusCode, sentence: &str) -> Self {
        Self { status, body: Some(sentence.into()), page: false }
    }

    /// Unknown routes answer with a page.
    pub(super) fn no_route() -> Self {
        Self { status: StatusCode::NOT_FOUND, body: None, page: true }
    }

    pub(super) fn reply(self) -> Reply {
        if self.page {
            let mut response = Response::new(Bytes::from_static(b"<!DOCTYPE html><html><body>404</body></html>"));
            *response.status_mut() = self.status;
            return Reply::Answer(response);
        }
        answer(self.status, self.body)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.body {
            Some(body) => write!(f, "{} {} {}", self.status, body["message"], body["validationErrors"]),
            None => write!(f, "{}", self.status),
        }
    }
}

/// What a request that was let through is answered with.
#[derive(Debug)]
pub(super) enum Body {
    Nothing,
    Json(Value),
    File(Bytes),
}

impl From<Option<Value>> for Body {
    fn from(value: Option<Value>) -> Self {
        value.map_or(Self::Nothing, Self::Json)
    }
}

/// An answer with a body, or none.
pub(super) fn answer(status: StatusCode, body: impl Into<Body>) -> Reply {
    let (kind, bytes) = match body.into() {
        Body::Nothing => ("application/json; charset=utf-8", Bytes::new()),
        Body::Json(value) => ("application/json; charset=utf-8", Bytes::from(value.to_string())),
        Body::File(bytes) => ("application/octet-stream", bytes),
    };
    let mut response = Response::new(bytes);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    Reply::Answer(response)
}
