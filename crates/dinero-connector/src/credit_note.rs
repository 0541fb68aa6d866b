//! Credit notes as records, and as drafts: like invoices, with the invoice that they credit and without terms of payment.
//! Their amounts are positive.

use dinero_client::model::{CreditNote, CreditNoteWrite, InvoiceWrite, PaymentStatus};
use dinero_client::op::{
    CreateCreditNote, DeleteCreditNote, GetCreditNote, GetCreditNotePayments, PreviewCreditNote, UpdateCreditNote,
};
use dinero_client::{CreditNoteGuid, DineroClient, Error, InvoiceGuid, Timestamp};
use rust_decimal::Decimal;
use sync_model::{Fields, Mark, Presence, RecordKey, Value};
use sync_run::WriteError;
use uuid::Uuid;

use crate::draft::{body, keep_units, not_sent, reference};
use crate::errors::{is_missing, made};
use crate::invoice::{Head, day, lines, record, text, totals};
use crate::kind::{CREDIT_NOTE, INVOICE};

/// A credit note as it shows itself, with what was `paid` of it if that was asked for.
pub(crate) fn seen(note: &CreditNote, paid: Option<Decimal>) -> Presence {
    let head = Head {
        kind: CREDIT_NOTE,
        guid: note.guid.to_string(),
        external_reference: &note.external_reference,
        contact: note.contact_guid.map(|guid| guid.to_string()),
        status: note.payment_status.as_ref(),
        number: Some(note.number),
        gross: Some(note.total_incl_vat),
        created: note.created_at.as_ref(),
        updated: note.updated_at.as_ref(),
    };
    if note.deleted_at.is_some() {
        return Presence::Deleted(RecordKey::new(CREDIT_NOTE, head.guid.as_str()));
    }
    let mut fields = Fields::new();
    fields.set("Description", text(note.description.as_deref()));
    fields.set("Comment", text(note.comment.as_deref()));
    fields.set("Address", text(note.address.as_deref()));
    fields.set("Currency", text(note.currency.as_deref()));
    fields.set("Date", day(note.date.as_ref().and_then(|date| date.day())));
    fields.set("MailOutStatus", text(note.mail_out_status.as_ref().map(|status| status.as_str())));
    fields.set("ShowLinesInclVat", Value::Flag(note.show_lines_incl_vat));
    fields.set("ProductLines", lines(&note.product_lines));
    let credited = note.credit_note_for.map(|guid| RecordKey::new(INVOICE, guid.to_string().as_str()));
    fields.set("CreditNoteFor", credited.map_or(Value::Empty, Value::Reference));
    fields.overlay(&totals([note.total_excl_vat, note.total_vat, note.total_incl_vat], &note.product_lines));
    let mut record = record(&head, fields, false);
    record.fields.set("TimeStamp", text(note.time_stamp.as_ref().map(|stamp| stamp.0.as_str())));
    if let Some(paid) = paid {
        record.fields.set("PaidAmount", Value::Decimal(paid.normalize()));
    }
    Presence::Present(record)
}

/// One credit note in full; what was settled of it, where its head does not say so. `None` when there is none.
pub(crate) async fn read(client: &DineroClient, guid: Uuid) -> Result<Option<(CreditNote, Option<Decimal>)>, Error> {
    let guid = CreditNoteGuid(guid);
    let note = match client.send(&GetCreditNote { guid }).await {
        Ok(note) => note,
        Err(error) if is_missing(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    let told = matches!(note.payment_status, None | Some(PaymentStatus::Draft | PaymentStatus::Paid));
    let paid =
        if told { None } else { Some(client.send(&GetCreditNotePayments { credit_note: guid }).await?.paid_amount) };
    Ok(Some((note, paid)))
}

/// A credit note that is not booked, as it was just read.
#[derive(Debug)]
pub(crate) struct NoteDraft {
    note: CreditNote,
    timestamp: Timestamp,
}

impl NoteDraft {
    /// `None` of a booked or deleted credit note, and of one whose version is not known.
    pub(crate) fn of(note: CreditNote) -> Option<Self> {
        let is_draft = note.payment_status == Some(PaymentStatus::Draft) && note.deleted_at.is_none();
        let timestamp = note.time_stamp.clone().filter(|_| is_draft)?;
        Some(Self { note, timestamp })
    }

    /// The one request that replaces it: what it holds, with `changes` in it.
    pub(crate) fn replaced(&self, changes: &Fields, mark: &Mark) -> Result<UpdateCreditNote, WriteError> {
        let Presence::Present(standing) = seen(&self.note, None) else {
            return Err(WriteError::NotSent(String::new()));
        };
        let mut whole = standing.fields;
        whole.overlay(changes);
        let mut credit_note = written(&whole, None, mark)?;
        keep_units(&mut credit_note.product_lines, &self.note.product_lines);
        credit_note.invoice_template_id = self.note.invoice_template_id;
        credit_note.language.clone_from(&self.note.language);
        Ok(UpdateCreditNote { guid: self.note.guid, timestamp: self.timestamp.clone(), credit_note })
    }

    /// The one request that deletes it.
    pub(crate) fn deleted(&self) -> DeleteCreditNote {
        DeleteCreditNote { guid: self.note.guid, timestamp: Some(self.timestamp.clone()) }
    }
}

/// A new draft, and what Dinero computes for it.
pub(crate) async fn create(
    client: &DineroClient,
    fields: &Fields,
    (guid, language): (Uuid, Option<String>),
    mark: &Mark,
) -> Result<(Uuid, Fields), WriteError> {
    let credit_note = written(fields, Some(CreditNoteGuid(guid)), mark)?;
    let credit_note = CreditNoteWrite { address: None, language, ..credit_note };
    let preview = CreditNoteWrite { guid: None, ..credit_note.clone() };
    let preview = client.send(&PreviewCreditNote { credit_note: preview }).await.map_err(|error| not_sent(&error))?;
    let computed = totals([preview.total_excl_vat, preview.total_vat, preview.total_incl_vat], &preview.product_lines);
    let stored = made(client.send(&CreateCreditNote { credit_note }).await)?;
    Ok((stored.map_or(guid, |stored| stored.guid.0), computed))
}

/// The whole credit note as it is written.
fn written(fields: &Fields, guid: Option<CreditNoteGuid>, mark: &Mark) -> Result<CreditNoteWrite, WriteError> {
    let InvoiceWrite {
        contact_guid,
        show_lines_incl_vat,
        currency,
        external_reference,
        description,
        comment,
        date,
        product_lines,
        address,
        ..
    } = body(fields, None, mark)?;
    Ok(CreditNoteWrite {
        guid,
        contact_guid,
        credit_note_for: reference(fields, "CreditNoteFor").map(InvoiceGuid),
        show_lines_incl_vat,
        currency,
        external_reference,
        description,
        comment,
        date,
        product_lines,
        address,
        ..CreditNoteWrite::default()
    })
}
