//! Why a page cannot be shown, as a page: what happened, and what to do.

use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use sync_app::{AppError, Language, Say};
use tenancy::{Connection, ConnectionId, RegistryError};

use crate::view;

/// Why a page cannot be shown.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Nobody is signed in, or not any more. `next` is where he wanted to go.
    NotSignedIn { next: Option<String> },
    /// It does not exist, or not for him.
    NotFound,
    /// He sees it and may not do it.
    NotAllowed,
    /// The form does not come from a page of this session.
    Forged,
    /// The request means another server.
    WrongHost,
    /// The body is too large, or never came.
    TooLarge,
    /// It was tried too often.
    TooOften { seconds: i64 },
    /// What was sent cannot be used; the sentence says why.
    Unusable(String),
    /// The connection's settings are not complete; its page says what is missing.
    NotSetUp(ConnectionId),
    /// The application could not do it.
    App(Box<AppError>),
    /// A page could not be drawn.
    Page(minijinja::Error),
}

impl From<AppError> for Fault {
    fn from(error: AppError) -> Self {
        Self::App(Box::new(error))
    }
}

impl From<RegistryError> for Fault {
    fn from(error: RegistryError) -> Self {
        Self::App(Box::new(error.into()))
    }
}

impl From<minijinja::Error> for Fault {
    fn from(error: minijinja::Error) -> Self {
        Self::Page(error)
    }
}

impl Fault {
    /// Why `connection` could not be worked with.
    pub(crate) fn of(error: AppError, connection: &Connection) -> Self {
        match error {
            AppError::Settings(_) => Self::NotSetUp(connection.id.clone()),
            other => other.into(),
        }
    }

    /// A page was asked for in a way that makes no sense, such as an address without its parts.
    pub(crate) fn senseless(language: Language) -> Self {
        let [da, en] = [
            "Adressen er ikke hel. Brug linket fra Simply CRM, eller gå til forsiden.",
            "The address is not complete. Use the link of Simply CRM, or go to the front page.",
        ];
        Self::Unusable(language.pick(da, en).to_owned())
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NotSignedIn { .. } => StatusCode::UNAUTHORIZED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NotAllowed | Self::Forged => StatusCode::FORBIDDEN,
            Self::WrongHost => StatusCode::MISDIRECTED_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooOften { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unusable(_) => StatusCode::BAD_REQUEST,
            Self::NotSetUp(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::App(error) => status_of(error),
            Self::Page(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What happened, and what to do.
    pub(crate) fn say(&self, language: Language) -> String {
        let [da, en] = match self {
            Self::NotSignedIn { .. } => ["Log ind for at fortsætte.", "Sign in to go on."],
            Self::NotFound => ["Siden findes ikke.", "There is no such page."],
            Self::NotAllowed => [
                "Din rolle giver ikke ret til det. Bed en ejer af forbindelsen.",
                "Your role does not allow it. Ask an owner of the connection.",
            ],
            Self::Forged => [
                "Formularen kom ikke fra denne session. Åbn siden igen, og prøv en gang til.",
                "The form did not come from this session. Open the page again, and try once more.",
            ],
            Self::WrongHost => [
                "Serveren kendes ikke under det navn. Se --public-url.",
                "The server is not known under that name. See --public-url.",
            ],
            Self::TooLarge => ["Der blev sendt for meget.", "Too much was sent."],
            Self::TooOften { seconds } => {
                return match language {
                    Language::Da => format!("For mange forsøg. Vent {seconds} sekunder."),
                    Language::En => format!("Too many attempts. Wait {seconds} seconds."),
                };
            }
            Self::Unusable(sentence) => return sentence.clone(),
            Self::NotSetUp(_) => ["Forbindelsen er ikke sat op endnu.", "The connection is not set up yet."],
            Self::App(error) => return error.say(language),
            Self::Page(_) => ["Siden kunne ikke vises.", "The page could not be shown."],
        };
        language.pick(da, en).to_owned()
    }
}

/// The HTTP status of what the application could not do.
pub(crate) fn status_of(error: &AppError) -> StatusCode {
    match error {
        AppError::Busy
        | AppError::Registry(RegistryError::Overtaken | RegistryError::Taken)
        | AppError::PushDirection => StatusCode::CONFLICT,
        AppError::Settings(_) | AppError::NoSuchReference(_) | AppError::NoSuchModule(_) | AppError::Address(_) => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        AppError::NoSuchRecord(_) | AppError::NoSuchEntry(_) | AppError::NoSuchRun(_) => StatusCode::NOT_FOUND,
        AppError::NoAnswer { .. } | AppError::SameSystem(..) | AppError::LinkedAlready(..) | AppError::Mapping(_) => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        AppError::Run(_) => StatusCode::BAD_GATEWAY,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        if let Self::NotSignedIn { next } = &self {
            let query = next.as_ref().filter(|next| *next != "/").map_or_else(String::new, |next| {
                format!("?{}", url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish())
            });
            return Redirect::to(&format!("/login{query}")).into_response();
        }
        if let Self::NotSetUp(id) = &self {
            return Redirect::to(&format!("/c/{id}/connection")).into_response();
        }
        if self.status().is_server_error() {
            let detail = if let Self::Page(error) = &self { error.to_string() } else { String::new() };
            tracing::error!(fault = %self.say(Language::En), detail, "a page could not be shown");
        }
        view::alone(self.status(), &self)
    }
}
