//! What happens to invoices for good: booking, sending, payments. Shown first; exactly that is carried out, and never by a
//! plain synchronisation.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{Html, Redirect};
use serde::Serialize;
use sync_app::office::{Ended, Job};
use sync_app::{DueInvoice, Language, Say, kroner};
use tenancy::Role;

use super::overview::notice;
use super::sync::{is_still, start};
use crate::fault::Fault;
use crate::guard::{SignedForm, SignedIn, member};
use crate::server::Server;
use crate::view::{Chrome, shown};

#[derive(Debug, Serialize)]
struct Invoice {
    title: String,
    total: String,
    record: String,
    effects: Vec<String>,
}

impl Invoice {
    fn new(due: &DueInvoice, language: Language) -> Self {
        Self {
            title: due.title.clone(),
            total: due.total.map_or_else(String::new, |total| kroner(total, language)),
            record: due.source.to_string(),
            effects: due.effects.iter().map(|effect| effect.say(language)).collect(),
        }
    }
}

pub(crate) async fn page(
    State(server): State<Server>,
    Path(id): Path<String>,
    signed: SignedIn,
) -> Result<Html<String>, Fault> {
    let (connection, role) = member(&server, &signed, &id, Role::Viewer).await?;
    let app = server.app(&connection)?;
    let (desk, language) = (server.office().desk(&connection.id), signed.language);
    let last = desk.last().filter(|_| !desk.is_busy());
    let due = last.as_ref().and_then(Ended::due);
    let own = shown! {
        here => "booking",
        allowed => app.may_have_effects(),
        may => {
            let invoices = &app.settings().invoices;
            [invoices.book, invoices.send, invoices.payments]
        },
        at => due.and(last.as_ref()).map(|last| last.at.to_rfc3339()),
        due => due.map(|due| due.iter().map(|it| Invoice::new(it, language)).collect::<Vec<_>>()),
        notice => last.filter(Ended::is_booking).and_then(|ended| notice(&ended, &id, language)),
    };
    Chrome::of(&server, &signed, &connection, role).await?.page("booking.html", own)
}

/// Finds out what would happen, or carries out exactly what was shown.
pub(crate) async fn act(
    State(server): State<Server>,
    Path(id): Path<String>,
    form: SignedForm,
) -> Result<Redirect, Fault> {
    let (connection, _) = member(&server, &form.signed, &id, Role::Operator).await?;
    let job = match form.fields.get("do") {
        "look" => Job::PreviewEffects,
        "carry-out" => {
            let last = server.office().desk(&connection.id).last();
            let last = is_still(last, form.fields.get("at"), form.signed.language)?;
            Job::Effects(Arc::clone(last.due().ok_or(Fault::NotFound)?))
        }
        _ => return Err(Fault::NotFound),
    };
    start(&server, &id, &form, job).await?;
    Ok(Redirect::to(&format!("/c/{id}/booking")))
}
