//! One's own account: password, what is known of it, and its end.

use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::header::CONTENT_DISPOSITION;
use secrecy::SecretString;
use serde_json::json;
use tenancy::{Account, Actor, Role, Session};

use super::enter::hash;
use crate::fault::Fault;
use crate::guard::{SignedForm, SignedIn, forget_cookie, set_cookie};
use crate::server::Server;
use crate::view::{Chrome, shown};

pub(crate) async fn page(signed: SignedIn) -> Result<Html<String>, Fault> {
    Chrome::new(&signed).page("account.html", shown! { name => signed.account.name })
}

/// Changes the password. Every other session of the account ends, and this one gets a new secret.
pub(crate) async fn password(State(server): State<Server>, form: SignedForm) -> Result<Response, Fault> {
    let SignedForm { signed, fields } = form;
    proved(&signed.account, fields.get("old").to_owned().into(), &signed).await?;
    let short = signed
        .language
        .pick("Adgangskoden skal have mindst 12 tegn.", "The password has to have at least 12 characters.");
    let password = hash(fields.get("new").to_owned().into()).await.map_err(|_| Fault::Unusable(short.to_owned()))?;
    let account = Account { password, ..signed.account };
    server.registry().put_account(&account).await?;
    server.registry().close_sessions(&account.id).await?;
    let (session, secret) = Session::begin(account.id.clone(), server.now());
    server.registry().open_session(&session).await?;
    server.office().note(Actor::Account(account.id), None, "password-changed", json!({})).await?;
    let mut response = Redirect::to("/account").into_response();
    set_cookie(&server, response.headers_mut(), &secret);
    Ok(response)
}

/// Everything that is known of the account, without what proves the password.
pub(crate) async fn export(State(server): State<Server>, signed: SignedIn) -> Result<Response, Fault> {
    let account = &signed.account;
    let own = Actor::Account(account.id.clone());
    let notes = server.registry().notes(None, 100_000).await?.into_iter().filter(|note| note.actor == own);
    let roles = server.registry().memberships(&account.id).await?;
    let document = json!({
        "account": { "id": account.id, "name": account.name, "administrator": account.administrator,
                     "language": account.language, "created": account.created },
        "connections": roles.iter().map(|(id, role)| json!({ "id": id, "role": role })).collect::<Vec<_>>(),
        "session": { "began": signed.session.began, "expires": signed.session.expires },
        "notes": notes.collect::<Vec<_>>(),
    });
    Ok(([(CONTENT_DISPOSITION, "attachment; filename=\"afstem-konto.json\"")], axum::Json(document)).into_response())
}

/// Erases the account. Connections of which it is the only owner have to be given away or erased first.
pub(crate) async fn erase(State(server): State<Server>, form: SignedForm) -> Result<Response, Fault> {
    let SignedForm { signed, fields } = form;
    proved(&signed.account, fields.get("password").to_owned().into(), &signed).await?;
    may_go(&server, &signed.account, signed.language).await?;
    server.registry().erase_account(&signed.account.id).await?;
    server.office().note(Actor::Account(signed.account.id), None, "account-erased", json!({})).await?;
    let mut response = Redirect::to("/login").into_response();
    forget_cookie(&server, response.headers_mut());
    Ok(response)
}

/// Nothing is left behind that nobody may change.
pub(super) async fn may_go(server: &Server, account: &Account, language: sync_app::Language) -> Result<(), Fault> {
    let registry = server.registry();
    let others: Vec<Account> = registry.accounts().await?.into_iter().filter(|it| it.id != account.id).collect();
    if account.administrator && !others.iter().any(|it| it.administrator) {
        let only = "Du er den eneste administrator. Lav en anden først.";
        return Err(Fault::Unusable(
            language.pick(only, "You are the only administrator. Make another one first.").to_owned(),
        ));
    }
    for (id, role) in registry.memberships(&account.id).await? {
        let members = registry.members(&id).await?;
        if role == Role::Owner && !members.iter().any(|(of, role)| *of != account.id && *role == Role::Owner) {
            let only = "Kontoen er den eneste ejer af en forbindelse. Giv den en anden ejer, eller slet den først.";
            let en = "The account is the only owner of a connection. Give it another owner, or erase it first.";
            return Err(Fault::Unusable(language.pick(only, en).to_owned()));
        }
    }
    Ok(())
}

pub(super) async fn proved(account: &Account, password: SecretString, signed: &SignedIn) -> Result<(), Fault> {
    let proof = account.password.clone();
    let proved = tokio::task::spawn_blocking(move || proof.proves(&password)).await.unwrap_or(false);
    let wrong = signed.language.pick("Adgangskoden er ikke rigtig.", "The password is not right.");
    if proved { Ok(()) } else { Err(Fault::Unusable(wrong.to_owned())) }
}
