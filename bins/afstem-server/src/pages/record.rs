//! One record: send it to Dinero, or reconcile it by all the rules; and the link a button in Simply CRM leads to.

use std::collections::BTreeMap;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::{Html, Redirect};
use serde::Deserialize;
use sync_app::office::Job;
use sync_app::{Side, SyncDirection};
use tenancy::Role;

use super::overview::of_record;
use super::sync::start;
use crate::fault::Fault;
use crate::guard::{SignedForm, SignedIn, member};
use crate::server::Server;
use crate::view::{Chrome, shown};

#[derive(Debug, Deserialize)]
pub(crate) struct Opened {
    module: String,
    record: String,
    /// Which connection, when somebody has several.
    connection: Option<String>,
}

/// `/open?module=$MODULE$&record=$RECORD$`. Simply CRM writes a record's id with or without the module's prefix.
pub(crate) async fn open(
    State(server): State<Server>,
    opened: Result<Query<Opened>, QueryRejection>,
    signed: SignedIn,
) -> Result<Redirect, Fault> {
    let Query(opened) = opened.map_err(|_| Fault::senseless(signed.language))?;
    let held = server.registry().memberships(&signed.account.id).await?;
    let id = match (opened.connection, held.as_slice()) {
        (Some(id), _) => id,
        (None, [(only, _)]) => only.to_string(),
        (None, _) => return Ok(Redirect::to("/connections")),
    };
    member(&server, &signed, &id, Role::Viewer).await?;
    let plain = |text: &str| text.chars().all(|it| it.is_ascii_alphanumeric());
    if !plain(&opened.module) || !plain(&opened.record) {
        return Err(Fault::NotFound);
    }
    Ok(Redirect::to(&format!("/c/{id}/record/{}/{}", opened.module, opened.record)))
}

pub(crate) async fn page(
    State(server): State<Server>,
    Path((id, module, record)): Path<(String, String, String)>,
    signed: SignedIn,
) -> Result<Html<String>, Fault> {
    let (connection, role) = member(&server, &signed, &id, Role::Viewer).await?;
    let app = server.app(&connection)?;
    let reference = app.reference(&module, &record).await?;
    let shown = app.record(&reference, signed.language).await?;
    // A mapping that does not fit any more explains nothing; the page of the mapping says why.
    let story = app.story(&reference, signed.language).await.ok().flatten();
    let desk = server.office().desk(&connection.id);
    let may_push = app.settings().sync.direction == SyncDirection::CrmToDinero && reference.side == Side::Right;
    let ended = desk.last().filter(|ended| !desk.is_busy() && ended.is_about(&reference));
    let own = shown! {
        here => "overview",
        reference => reference.to_string(),
        path => format!("/c/{id}/record/{module}/{record}"),
        may_push,
        notice => ended.and_then(|ended| of_record(&ended, &id, &shown, signed.language)),
        labels => shown.fields.iter().map(|it| (it.field.clone(), it.label.clone())).collect::<BTreeMap<_, _>>(),
        record => shown,
        story,
    };
    Chrome::of(&server, &signed, &connection, role).await?.page("record.html", own)
}

/// Sends the record to Dinero, or reconciles it. Whether it may be sent is decided by the rule that decides `push`.
pub(crate) async fn act(
    State(server): State<Server>,
    Path((id, module, record)): Path<(String, String, String)>,
    form: SignedForm,
) -> Result<Redirect, Fault> {
    let (connection, _) = member(&server, &form.signed, &id, Role::Operator).await?;
    let app = server.app(&connection)?;
    let reference = app.reference(&module, &record).await?;
    let job = match form.fields.get("do") {
        "push" => {
            app.may_push(&reference)?;
            Job::Push(reference)
        }
        "reconcile" => Job::Record(reference),
        _ => return Err(Fault::NotFound),
    };
    start(&server, &id, &form, job).await?;
    Ok(Redirect::to(&format!("/c/{id}/record/{module}/{record}")))
}
