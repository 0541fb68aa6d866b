//! The accounts of the installation, for administrators.

use axum::extract::{Path, State};
use axum::response::{Html, Redirect};
use serde::Serialize;
use serde_json::json;
use tenancy::{Account, AccountId, Actor};

use super::account::may_go;
use super::enter::hash;
use crate::fault::Fault;
use crate::guard::{SignedForm, SignedIn};
use crate::server::Server;
use crate::view::{Chrome, shown};

#[derive(Debug, Serialize)]
struct Person {
    id: String,
    name: String,
    administrator: bool,
    created: String,
    own: bool,
}

pub(crate) async fn page(State(server): State<Server>, signed: SignedIn) -> Result<Html<String>, Fault> {
    administrator(&signed)?;
    let people: Vec<Person> = server
        .registry()
        .accounts()
        .await?
        .into_iter()
        .map(|it| Person {
            own: it.id == signed.account.id,
            id: it.id.to_string(),
            name: it.name,
            administrator: it.administrator,
            created: it.created.to_rfc3339(),
        })
        .collect();
    Chrome::new(&signed).page("people.html", shown! { people })
}

pub(crate) async fn add(State(server): State<Server>, form: SignedForm) -> Result<Redirect, Fault> {
    let SignedForm { signed, fields } = form;
    administrator(&signed)?;
    let name: String =
        fields.get("name").trim().to_lowercase().chars().filter(|it| !it.is_control()).take(200).collect();
    let short = signed.language.pick(
        "Skriv et brugernavn og en adgangskode på mindst 12 tegn.",
        "Give a user name and a password of at least 12 characters.",
    );
    let short = || Fault::Unusable(short.to_owned());
    if name.is_empty() {
        return Err(short());
    }
    let account = Account {
        id: AccountId::fresh(),
        name,
        password: hash(fields.get("password").to_owned().into()).await.map_err(|_| short())?,
        administrator: fields.get("administrator") == "yes",
        language: None,
        created: server.now(),
    };
    server.registry().put_account(&account).await?;
    let detail = json!({ "account": account.id, "administrator": account.administrator });
    server.office().note(Actor::Account(signed.account.id), None, "account-made", detail).await?;
    Ok(Redirect::to("/people"))
}

pub(crate) async fn erase(
    State(server): State<Server>,
    Path(id): Path<String>,
    form: SignedForm,
) -> Result<Redirect, Fault> {
    administrator(&form.signed)?;
    let account = server.registry().account(&AccountId::new(id)).await?.ok_or(Fault::NotFound)?;
    may_go(&server, &account, form.signed.language).await?;
    server.registry().erase_account(&account.id).await?;
    let actor = Actor::Account(form.signed.account.id);
    server.office().note(actor, None, "account-erased", json!({ "account": account.id })).await?;
    Ok(Redirect::to("/people"))
}

fn administrator(signed: &SignedIn) -> Result<(), Fault> {
    if signed.account.administrator { Ok(()) } else { Err(Fault::NotFound) }
}
