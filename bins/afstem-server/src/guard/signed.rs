//! Who is signed in, and what he may do with a connection.

use axum::extract::FromRequestParts;
use http::header::{COOKIE, SET_COOKIE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method};
use sync_app::Language;
use tenancy::{Account, Connection, ConnectionId, Digest, Role, Session};

use crate::fault::Fault;
use crate::server::Server;

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn {
    pub(crate) account: Account,
    pub(crate) session: Session,
    pub(crate) language: Language,
}

impl SignedIn {
    pub(crate) async fn of(parts: &mut Parts, server: &Server) -> Result<Self, Fault> {
        let next = (parts.method == Method::GET).then(|| parts.uri.path_and_query().map(ToString::to_string)).flatten();
        let nobody = || Fault::NotSignedIn { next: next.clone() };
        let secret = cookie(&parts.headers, session_cookie(server)).ok_or_else(nobody)?;
        let now = server.now();
        let session = server.registry().session(&Digest::of(&secret)).await?.filter(|it| it.is_alive(now));
        let session = session.ok_or_else(nobody)?;
        let account = server.registry().account(&session.account).await?.ok_or_else(nobody)?;
        if let Some(expires) = session.extended(now) {
            server.registry().extend_session(&session.digest, expires).await?;
        }
        let language = language(account.language.as_deref(), &parts.headers);
        Ok(Self { account, session, language })
    }
}

impl FromRequestParts<Server> for SignedIn {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Fault> {
        Self::of(parts, server).await
    }
}

/// The connection `id`, if the account has at least `role` there. Whoever has none learns not even that it exists.
pub(crate) async fn member(
    server: &Server,
    signed: &SignedIn,
    id: &str,
    role: Role,
) -> Result<(Connection, Role), Fault> {
    let id = ConnectionId::new(id);
    let held = server.registry().memberships(&signed.account.id).await?;
    let held = held.into_iter().find(|(of, _)| *of == id).map(|(_, role)| role).ok_or(Fault::NotFound)?;
    let connection = server.registry().connection(&id).await?.ok_or(Fault::NotFound)?;
    if held >= role { Ok((connection, held)) } else { Err(Fault::NotAllowed) }
}

/// The language that was chosen; Danish, when none was.
pub(crate) fn language(chosen: Option<&str>, headers: &HeaderMap) -> Language {
    let word = chosen.map(str::to_owned).or_else(|| cookie(headers, "afstem-language"));
    if word.as_deref() == Some("en") { Language::En } else { Language::Da }
}

/// Over TLS the browser itself sees to it that no other host and no plain connection sets or gets it.
fn session_cookie(server: &Server) -> &'static str {
    if server.manners().encrypted { "__Host-afstem" } else { "afstem" }
}

/// The value of a cookie.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).next()
}

/// Gives the browser its session's secret.
pub(crate) fn set_cookie(server: &Server, headers: &mut HeaderMap, secret: &str) {
    let secure = if server.manners().encrypted { "; Secure" } else { "" };
    let text = format!("{}={secret}; Path=/; HttpOnly; SameSite=Lax{secure}", session_cookie(server));
    headers.extend(HeaderValue::try_from(text).ok().map(|value| (SET_COOKIE, value)));
}

/// Takes it away again.
pub(crate) fn forget_cookie(server: &Server, headers: &mut HeaderMap) {
    let secure = if server.manners().encrypted { "; Secure" } else { "" };
    let text = format!("{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}", session_cookie(server));
    headers.extend(HeaderValue::try_from(text).ok().map(|value| (SET_COOKIE, value)));
}
