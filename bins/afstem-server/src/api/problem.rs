//! Errors as RFC 9457 problem documents.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use sync_app::{AppError, Language, Say};
use tenancy::RegistryError;
use utoipa::ToSchema;

use crate::fault::status_of;

/// Why a request was not carried out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Names the kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    kind: &'static str,
    /// The kind of problem in words.
    title: &'static str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What happened, and what to do.
    detail: String,
}

impl Problem {
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Problem");
        Self { kind: "about:blank", title, status: status.as_u16(), detail: detail.into() }
    }

    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "there is no such thing here")
    }

    pub(super) fn wrong_method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "that cannot be done with it")
    }

    pub(super) fn no_token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "send `Authorization: Bearer` with a token of the connection")
    }

    pub(super) fn no_scope(word: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, format!("the token lacks the scope `{word}`"))
    }

    pub(super) fn unusable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        let status = status_of(&error);
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(%error, "a request of the API was not carried out");
        }
        Self::new(status, error.say(Language::En))
    }
}

impl From<RegistryError> for Problem {
    fn from(error: RegistryError) -> Self {
        AppError::from(error).into()
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        Self::new(rejection.status(), rejection.body_text())
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::new(rejection.status(), rejection.body_text())
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Self::new(rejection.status(), rejection.body_text())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("60"));
        }
        response
    }
}

/// What any request may come to instead of its answer.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "it describes answers; they are made from `Problem`")]
pub(super) enum Refusals {
    /// The request cannot be understood.
    #[response(status = 400, content_type = "application/problem+json")]
    Unreadable(Problem),
    /// No token, or none that is known.
    #[response(status = 401, content_type = "application/problem+json")]
    NoToken(Problem),
    /// The token lacks the scope.
    #[response(status = 403, content_type = "application/problem+json")]
    NoScope(Problem),
    /// It does not exist.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
    /// Something is being worked on, or somebody else was faster.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(Problem),
    /// The body is too large.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(Problem),
    /// The body is no JSON.
    #[response(status = 415, content_type = "application/problem+json")]
    NoJson(Problem),
    /// It is understood and cannot be done so.
    #[response(status = 422, content_type = "application/problem+json")]
    Unusable(Problem),
    /// One of the two systems cannot be used.
    #[response(status = 502, content_type = "application/problem+json")]
    System(Problem),
}
