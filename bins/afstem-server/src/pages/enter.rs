//! The door: the first account, signing in and out, and the language.

use axum::extract::{Query, Request, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue};
use secrecy::SecretString;
use serde::Deserialize;
use sync_app::Language;
use tenancy::{Account, AccountId, Actor, PasswordHash, Session, Throttle};

use crate::fault::Fault;
use crate::guard::{Fields, SignedForm, client_address, forget_cookie, language as spoken, set_cookie};
use crate::server::Server;
use crate::view::{self, shown};

/// The longest name anybody signs in with.
const LONGEST_NAME: usize = 200;

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    next: String,
    lang: Option<String>,
    #[serde(default)]
    code: String,
}

impl Asked {
    fn language(&self, headers: &HeaderMap) -> Language {
        spoken(self.lang.as_deref(), headers)
    }

    /// With the language remembered, when it was asked for.
    fn remembered(&self, page: Html<String>) -> Response {
        let mut response = page.into_response();
        if let Some(cookie) = self.lang.as_deref().and_then(language_cookie) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        response
    }
}

fn language_cookie(word: &str) -> Option<HeaderValue> {
    let word = ["da", "en"].into_iter().find(|known| *known == word)?;
    HeaderValue::try_from(format!("afstem-language={word}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000")).ok()
}

pub(crate) async fn setup_page(
    State(server): State<Server>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    if !server.is_new() {
        return Ok(Redirect::to("/login").into_response());
    }
    let own = shown! { wrong => "", code => asked.code, name => "" };
    Ok(asked.remembered(view::outside("setup.html", asked.language(&headers), own)?))
}

/// Makes the first account, for whoever has the code.
pub(crate) async fn setup(State(server): State<Server>, request: Request) -> Result<Response, Fault> {
    let (parts, body) = request.into_parts();
    let language = spoken(None, &parts.headers);
    let address = format!("setup {}", client_address(&server, &parts));
    let fields = read(Request::from_parts(parts, body)).await?;
    if !server.is_new() {
        return Ok(Redirect::to("/login").into_response());
    }
    patience(&server, &address, Throttle::NAME).await?;
    let (code, name) = (fields.get("code").to_owned(), name_of(&fields));
    let again = |wrong: &str| {
        let own = shown! { wrong => wrong, code => code, name => name };
        view::outside("setup.html", language, own).map(IntoResponse::into_response)
    };
    if !server.is_code(&code) {
        server.registry().failed(&address, server.now()).await?;
        server.metrics().refused.inc();
        return again(
            language.pick("Koden er ikke den, der står i konsollen.", "The code is not the one on the console."),
        );
    }
    if name.is_empty() {
        return again(language.pick("Skriv et brugernavn.", "Give a user name."));
    }
    let Ok(password) = hash(fields.get("password").to_owned().into()).await else {
        return again(
            language.pick("Adgangskoden skal have mindst 12 tegn.", "The password has to have at least 12 characters."),
        );
    };
    let account = Account {
        id: AccountId::fresh(),
        name,
        password,
        administrator: true,
        language: Some(view::code(language).to_owned()),
        created: server.now(),
    };
    let founded = server.registry().found(&account).await?;
    server.founded();
    if !founded {
        return Ok(Redirect::to("/login").into_response());
    }
    server.office().note(Actor::Console, None, "first-account", serde_json::json!({})).await?;
    let_in(&server, &account, "/connections").await
}

pub(crate) async fn login_page(
    State(server): State<Server>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    if server.is_new() {
        return Ok(Redirect::to("/setup").into_response());
    }
    let own = shown! { wrong => "", name => "", next => asked.next };
    Ok(asked.remembered(view::outside("login.html", asked.language(&headers), own)?))
}

/// Signs in. Name and password are wrong together: nobody learns which names there are, neither by words nor by time.
pub(crate) async fn login(State(server): State<Server>, request: Request) -> Result<Response, Fault> {
    let (parts, body) = request.into_parts();
    let language = spoken(None, &parts.headers);
    let address = format!("address {}", client_address(&server, &parts));
    let fields = read(Request::from_parts(parts, body)).await?;
    let (name, next) = (name_of(&fields), fields.get("next").to_owned());
    let named = format!("name {name}");
    patience(&server, &address, Throttle::ADDRESS).await?;
    patience(&server, &named, Throttle::NAME).await?;
    let account = server.registry().account_named(&name).await?;
    let proof = account.as_ref().map_or_else(PasswordHash::nobodys, |account| account.password.clone());
    let password = SecretString::from(fields.get("password").to_owned());
    let proved = tokio::task::spawn_blocking(move || proof.proves(&password)).await.unwrap_or(false);
    match account.filter(|_| proved) {
        Some(account) => {
            server.registry().forgive(&named).await?;
            server.office().note(Actor::Account(account.id.clone()), None, "signed-in", serde_json::json!({})).await?;
            let_in(&server, &account, own_path(&next)).await
        }
        None => {
            let now = server.now();
            server.registry().failed(&named, now).await?;
            server.registry().failed(&address, now).await?;
            server.metrics().refused.inc();
            let wrong = language.pick(
                "Brugernavn og adgangskode passer ikke sammen.",
                "User name and password do not belong together.",
            );
            let own = shown! { wrong => wrong, name => name, next => next };
            Ok((http::StatusCode::UNAUTHORIZED, view::outside("login.html", language, own)?).into_response())
        }
    }
}

/// A fresh session: what a browser held before is worth nothing from now on.
async fn let_in(server: &Server, account: &Account, to: &str) -> Result<Response, Fault> {
    let (session, secret) = Session::begin(account.id.clone(), server.now());
    server.registry().open_session(&session).await?;
    let mut response = Redirect::to(to).into_response();
    set_cookie(server, response.headers_mut(), &secret);
    Ok(response)
}

pub(crate) async fn logout(State(server): State<Server>, form: SignedForm) -> Result<Response, Fault> {
    server.registry().close_session(&form.signed.session.digest).await?;
    let mut response = Redirect::to("/login").into_response();
    forget_cookie(&server, response.headers_mut());
    Ok(response)
}

pub(crate) async fn language(
    State(server): State<Server>,
    headers: HeaderMap,
    form: SignedForm,
) -> Result<Response, Fault> {
    let word = form.fields.get("language").to_owned();
    let cookie = language_cookie(&word).ok_or(Fault::NotFound)?;
    server.registry().put_account(&Account { language: Some(word), ..form.signed.account }).await?;
    // Back to where the button was.
    let from =
        headers.get(http::header::REFERER).and_then(|it| it.to_str().ok()).and_then(|it| url::Url::parse(it).ok());
    let back = from.map_or_else(|| "/".to_owned(), |url| url.path().to_owned());
    let mut response = Redirect::to(own_path(&back)).into_response();
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(response)
}

async fn read(request: Request) -> Result<Fields, Fault> {
    use axum::extract::FromRequest;
    Fields::from_request(request, &()).await
}

fn name_of(fields: &Fields) -> String {
    fields.get("name").trim().to_lowercase().chars().filter(|it| !it.is_control()).take(LONGEST_NAME).collect()
}

/// Hashes a password where it holds nobody up.
pub(super) async fn hash(password: SecretString) -> Result<PasswordHash, Fault> {
    let hashed = tokio::task::spawn_blocking(move || PasswordHash::of(&password)).await;
    hashed.ok().and_then(Result::ok).ok_or(Fault::TooLarge)
}

/// Whoever failed too often is not even listened to.
async fn patience(server: &Server, who: &str, throttle: Throttle) -> Result<(), Fault> {
    let Some(failures) = server.registry().failures(who).await? else { return Ok(()) };
    match throttle.until(failures).map(|until| (until - server.now()).num_seconds()) {
        Some(seconds) if seconds > 0 => Err(Fault::TooOften { seconds }),
        Some(_) | None => Ok(()),
    }
}

/// A place on this server, whatever was asked for: a link must not lead away from it.
fn own_path(next: &str) -> &str {
    let plain = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n', '\t']);
    if plain { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_never_leads_away() {
        for (next, expected) in [
            ("/c/1/inbox?x=1", "/c/1/inbox?x=1"),
            ("", "/"),
            ("https://evil.example/", "/"),
            ("//evil.example/", "/"),
            ("/\\evil.example", "/"),
            ("/a\r\nset-cookie: x=1", "/"),
            ("/\t/evil.example", "/"),
        ] {
            assert_eq!(own_path(next), expected, "{next:?}");
        }
    }
}
