//! Pages from templates: every text in them in Danish and English side by side, everything that is not a template escaped.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use axum::response::{Html, IntoResponse, Response};
use chrono::{DateTime, Utc};
use http::StatusCode;
use minijinja::value::Rest;
use minijinja::value::Serde;
use minijinja::{Environment, Error, ErrorKind, State, UndefinedBehavior, Value};
use serde::Serialize;
use sync_app::office::{Phase, Progress};
use sync_app::{AppError, Language};
use tenancy::{Connection, Role};

use crate::fault::Fault;
use crate::guard::SignedIn;
use crate::server::Server;

/// What a page shows of its own, by name.
pub(crate) type Own = BTreeMap<&'static str, Value>;

/// `shown! { name => value, other }`: anything that can be serialised, by reference.
macro_rules! shown {
    (@value $name:ident) => {
        $crate::view::value(&$name)
    };
    (@value $name:ident $value:expr) => {
        $crate::view::value(&$value)
    };
    ($($name:ident $(=> $value:expr)?),* $(,)?) => {
        $crate::view::Own::from([$((stringify!($name), $crate::view::shown!(@value $name $($value)?))),*])
    };
}
pub(crate) use shown;

pub(crate) fn value<T: Serialize + ?Sized>(it: &T) -> Value {
    Value::from(Serde(it))
}

macro_rules! templates {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../templates/", $name)))),*]
    };
}

const TEMPLATES: &[(&str, &str)] = templates![
    "layout.html",
    "fields.html",
    "alone.html",
    "setup.html",
    "login.html",
    "connections.html",
    "overview.html",
    "connection.html",
    "settings.html",
    "review.html",
    "plan.html",
    "inbox.html",
    "meeting.html",
    "mapping.html",
    "mapping_text.html",
    "history.html",
    "run.html",
    "record.html",
    "undo.html",
    "booking.html",
    "changes.html",
    "access.html",
    "account.html",
    "people.html",
];

/// What every page of somebody who is signed in shows around its own.
#[derive(Debug, Serialize)]
pub(crate) struct Chrome {
    lang: &'static str,
    csrf: String,
    account: String,
    administrator: bool,
    connection: Option<Here>,
    assets: &'static str,
}

/// The connection that a page is about.
#[derive(Debug, Serialize)]
struct Here {
    id: String,
    name: String,
    role: &'static str,
    operator: bool,
    owner: bool,
    /// Whether it is set up, so that something can be done.
    ready: bool,
    busy: bool,
    stopping: bool,
    run: u64,
    line: u64,
    /// What waits in the inbox.
    waiting: usize,
}

impl Chrome {
    pub(crate) fn new(signed: &SignedIn) -> Self {
        Self {
            lang: code(signed.language),
            csrf: signed.session.csrf.clone(),
            account: signed.account.name.clone(),
            administrator: signed.account.administrator,
            connection: None,
            assets: crate::assets::VERSION,
        }
    }

    /// Around a page of `connection`.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub(crate) async fn of(
        server: &Server,
        signed: &SignedIn,
        connection: &Connection,
        role: Role,
    ) -> Result<Self, Fault> {
        let desk = server.office().desk(&connection.id);
        let state = Progress::state(desk.told());
        let (ready, waiting) = match server.office().app(connection) {
            Ok(app) => (true, app.waiting().await?),
            Err(AppError::Settings(_)) => (false, 0),
            Err(error) => return Err(error.into()),
        };
        let here = Here {
            id: connection.id.to_string(),
            name: connection.name.clone(),
            role: role.word(),
            operator: role >= Role::Operator,
            owner: role >= Role::Owner,
            ready,
            busy: desk.is_busy(),
            stopping: state.phase == Phase::Stopping,
            run: state.run,
            line: state.line,
            waiting,
        };
        Ok(Self { connection: Some(here), ..Self::new(signed) })
    }

    /// The page `name`, with `own` as what it shows.
    pub(crate) fn page(&self, name: &str, mut own: Own) -> Result<Html<String>, Fault> {
        own.extend(shown! { lang => self.lang, chrome => self });
        draw(name, own)
    }
}

/// A page for somebody who is not signed in.
pub(crate) fn outside(name: &str, language: Language, mut own: Own) -> Result<Html<String>, Fault> {
    own.extend(shown! { lang => code(language), assets => crate::assets::VERSION });
    draw(name, own)
}

fn draw(name: &str, own: Own) -> Result<Html<String>, Fault> {
    let own = Value::from(own);
    Ok(Html(environment().get_template(name)?.render(own)?))
}

/// A page that says why there is no page.
pub(crate) fn alone(status: StatusCode, fault: &Fault) -> Response {
    // Who asks is not known here, so both languages are there.
    let own = shown! {
        status => status.as_u16(),
        da => fault.say(Language::Da),
        en => fault.say(Language::En),
    };
    match outside("alone.html", Language::Da, own) {
        Ok(page) => (status, page).into_response(),
        Err(_) => status.into_response(),
    }
}

pub(crate) fn code(language: Language) -> &'static str {
    language.pick("da", "en")
}

fn environment() -> &'static Environment<'static> {
    static ENVIRONMENT: OnceLock<Environment<'static>> = OnceLock::new();
    ENVIRONMENT.get_or_init(|| {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.add_function("t", translate);
        environment.add_filter("moment", moment);
        for (name, text) in TEMPLATES {
            // A template that cannot be parsed is found by the test below.
            let _ = environment.add_template(name, text);
        }
        environment
    })
}

/// `t("dansk", "english")`, with `{}` in both for further arguments.
#[expect(clippy::needless_pass_by_value, reason = "that is how a template calls it")]
fn translate(state: &State<'_, '_>, da: &str, en: &str, rest: Rest<Value>) -> Result<String, Error> {
    let english = state.lookup("lang").is_some_and(|lang| lang.as_str() == Some("en"));
    let mut pieces = if english { en } else { da }.split("{}");
    let mut said = pieces.next().unwrap_or_default().to_owned();
    let mut values = rest.iter();
    for piece in pieces {
        let value = values.next().ok_or_else(|| Error::new(ErrorKind::MissingArgument, "t() lacks a value"))?;
        said.push_str(&value.to_string());
        said.push_str(piece);
    }
    Ok(said)
}

/// A time as a Dane reads it: `27.11.2026 kl. 09.12`, in Danish time.
fn moment(state: &State<'_, '_>, text: &str) -> Result<String, Error> {
    let at: DateTime<Utc> =
        text.parse().map_err(|_| Error::new(ErrorKind::InvalidOperation, format!("`{text}` is no time")))?;
    let here = at.with_timezone(&chrono_tz::Europe::Copenhagen);
    let english = state.lookup("lang").is_some_and(|lang| lang.as_str() == Some("en"));
    Ok(here.format(if english { "%-d %b %Y, %H:%M" } else { "%-d.%-m.%Y kl. %H.%M" }).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_can_be_read() {
        let mut environment = Environment::new();
        environment.add_function("t", translate);
        environment.add_filter("moment", moment);
        for (name, text) in TEMPLATES {
            environment.add_template(name, text).unwrap();
        }
    }

    /// Style and script come from our own files only; a browser would ignore these, and nobody would see why.
    #[test]
    fn no_template_holds_what_the_policy_forbids() {
        for (name, text) in TEMPLATES {
            for forbidden in
                ["<style", " style=", "javascript:", " onclick=", " onsubmit=", "|safe", "http://", "https://"]
            {
                assert!(!text.contains(forbidden), "{name} holds {forbidden}");
            }
            for script in text.split("<script").skip(1) {
                assert!(script.starts_with(" src="), "{name} has an inline script");
            }
        }
    }
}
