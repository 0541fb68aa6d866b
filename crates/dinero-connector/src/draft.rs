//! Drafts: the only invoices that can be changed. A request that changes one is built from a [`Draft`], and of a booked
//! invoice there is none.

use dinero_client::model::{
    Goods, Invoice, InvoiceWrite, PaymentCondition, PaymentStatus, SalesLine, SalesLineRead, Unit, What,
};
use dinero_client::op::{CreateInvoice, DeleteInvoice, GetInvoice, PreviewInvoice, UpdateInvoice};
use dinero_client::{ContactGuid, DineroClient, Error, InvoiceGuid, ProductGuid, Timestamp};
use sync_model::{Fields, Mark, Presence, Value};
use sync_run::{FailureClass, Refusal, WriteError};
use uuid::Uuid;

use crate::errors::{is_missing, made, write};
use crate::invoice::{self, Beside};
use crate::kind::text;

/// An invoice that is not booked, as it was just read.
#[derive(Debug)]
pub(crate) struct Draft {
    invoice: Invoice,
    timestamp: Timestamp,
}

impl Draft {
    /// `None` of a booked or deleted invoice, and of one whose version is not known.
    pub(crate) fn of(invoice: Invoice) -> Option<Self> {
        let is_draft = invoice.payment_status == Some(PaymentStatus::Draft) && invoice.deleted_at.is_none();
        let timestamp = invoice.time_stamp.clone().filter(|_| is_draft)?;
        Some(Self { invoice, timestamp })
    }

    /// The one request that replaces it: what it holds, with `changes` in it.
    pub(crate) fn replaced(&self, changes: &Fields, mark: &Mark) -> Result<UpdateInvoice, WriteError> {
        let Presence::Present(standing) = invoice::seen(&self.invoice, Beside::default()) else {
            return Err(WriteError::NotSent(String::new()));
        };
        let mut whole = standing.fields;
        whole.overlay(changes);
        let mut invoice = body(&whole, None, mark)?;
        keep_units(&mut invoice.product_lines, &self.invoice.product_lines);
        let standing = &self.invoice;
        if changes.get("PaymentDate").is_none() && changes.get("Date").is_none() {
            invoice.payment_condition_type.clone_from(&standing.payment_condition_type);
            let days = Some(standing.payment_condition_number_of_days);
            let netto = standing.payment_condition_type == Some(PaymentCondition::Netto)
                || standing.payment_condition_type == Some(PaymentCondition::CurrentMonthOut);
            invoice.payment_condition_number_of_days = days.filter(|_| netto);
        }
        invoice.invoice_template_id = standing.invoice_template_id;
        invoice.language.clone_from(&standing.language);
        invoice.is_mobile_pay_invoice_enabled = Some(standing.is_mobile_pay_invoice_enabled);
        invoice.is_penso_pay_enabled = Some(standing.is_penso_pay_enabled);
        Ok(UpdateInvoice { guid: standing.guid, timestamp: self.timestamp.clone(), invoice })
    }

    /// The one request that deletes it.
    pub(crate) fn deleted(&self) -> DeleteInvoice {
        DeleteInvoice { guid: self.invoice.guid, timestamp: Some(self.timestamp.clone()) }
    }
}

/// A new draft, and what Dinero computes for it.
pub(crate) async fn create(
    client: &DineroClient,
    fields: &Fields,
    (guid, language): (Uuid, Option<String>),
    mark: &Mark,
) -> Result<(Uuid, Fields), WriteError> {
    // The CRM's street is no whole address: the contact's is.
    let invoice = InvoiceWrite { address: None, language, ..body(fields, Some(InvoiceGuid(guid)), mark)? };
    let preview = InvoiceWrite { guid: None, ..invoice.clone() };
    let preview = client.send(&PreviewInvoice { invoice: preview }).await.map_err(|error| not_sent(&error))?;
    let stored = made(client.send(&CreateInvoice { invoice }).await)?;
    Ok((stored.map_or(guid, |stored| stored.guid.0), invoice::computed(&preview)))
}

/// A look that failed before anything was sent that could have had an effect.
pub(crate) fn not_sent(error: &Error) -> WriteError {
    match write(error) {
        WriteError::Unknown(message) => WriteError::NotSent(message),
        other => other,
    }
}

/// One invoice in full. `None` when there is none.
pub(crate) async fn read(client: &DineroClient, guid: Uuid) -> Result<Option<Invoice>, Error> {
    match client.send(&GetInvoice { guid: InvoiceGuid(guid) }).await {
        Ok(invoice) => Ok(Some(invoice)),
        Err(error) if is_missing(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The whole invoice as it is written.
pub(crate) fn body(fields: &Fields, guid: Option<InvoiceGuid>, mark: &Mark) -> Result<InvoiceWrite, WriteError> {
    let day = |name: &str| match fields.get(name) {
        Some(Value::Date(day)) => Some(*day),
        _ => None,
    };
    let lines = match fields.get("ProductLines") {
        Some(Value::Rows(rows)) => rows.iter().map(line).collect::<Result<Vec<_>, _>>()?,
        _ => Vec::new(),
    };
    let (date, due) = (day("Date"), day("PaymentDate"));
    let days = match (date, due) {
        (Some(date), Some(due)) => Some((due - date).num_days()),
        (_, _) => None,
    };
    if days.is_some_and(|days| days < 0) {
        return refused("the due date is before the invoice date", "PaymentDate");
    }
    Ok(InvoiceWrite {
        guid,
        contact_guid: reference(fields, "ContactGuid").map(ContactGuid),
        payment_condition_number_of_days: days.and_then(|days| i32::try_from(days).ok()),
        payment_condition_type: days.map(|_| PaymentCondition::Netto),
        show_lines_incl_vat: Some(fields.get("ShowLinesInclVat") == Some(&Value::Flag(true))),
        currency: text(fields, "Currency"),
        external_reference: text(fields, "ExternalReference").or_else(|| Some(mark.to_string())),
        description: text(fields, "Description"),
        comment: text(fields, "Comment"),
        date,
        product_lines: lines,
        address: text(fields, "Address"),
        ..InvoiceWrite::default()
    })
}

/// The guid of the record that a field refers to.
pub(crate) fn reference(fields: &Fields, name: &str) -> Option<Uuid> {
    match fields.get(name) {
        Some(Value::Reference(key)) => Uuid::parse_str(key.id.as_str()).ok(),
        _ => None,
    }
}

fn line(row: &Fields) -> Result<SalesLine, WriteError> {
    let words = || text(row, "Description").unwrap_or_default();
    if text(row, "LineType").as_deref() == Some("Text") {
        return Ok(SalesLine::Text(words()));
    }
    let number = |name: &str| row.get(name).and_then(Value::as_decimal).unwrap_or_default();
    let what = match row.get("ProductGuid") {
        Some(Value::Reference(key)) => match Uuid::parse_str(key.id.as_str()) {
            Ok(guid) => What::Product(ProductGuid(guid)),
            Err(_) => return refused("a line names a product that Dinero does not have", "ProductGuid"),
        },
        _ => What::Described(words()),
    };
    let account = i32::try_from(number("AccountNumber")).unwrap_or_default();
    Ok(SalesLine::Goods(Goods {
        what,
        comments: text(row, "Comments"),
        base_amount_value: number("BaseAmountValue"),
        quantity: number("Quantity"),
        account_number: account,
        unit: Unit::Parts,
        discount: number("Discount"),
    }))
}

/// The units that lines of a standing draft are counted in. The CRM's lines have none, so they stay while the line does.
pub(crate) fn keep_units(lines: &mut [SalesLine], standing: &[SalesLineRead]) {
    for (line, standing) in lines.iter_mut().zip(standing) {
        let SalesLine::Goods(goods) = line else { continue };
        let same = match &goods.what {
            What::Product(guid) => standing.product_guid == Some(*guid),
            What::Described(words) => standing.description.as_deref() == Some(words.as_str()),
        };
        if let Some(unit) = standing.unit.clone().filter(|_| same) {
            goods.unit = unit;
        }
    }
}

fn refused<T>(message: &str, field: &str) -> Result<T, WriteError> {
    Err(WriteError::Refused(Refusal {
        message: message.to_owned(),
        field: Some(field.to_owned()),
        class: FailureClass::Data,
    }))
}
