//! Invoices as records: the head as lists show it, the whole as one answer shows it. Credit notes share most of it.

use dinero_client::model::{AuditTime, Invoice, InvoicePreview, LineType, PaymentStatus, Sale, SalesLineRead};
use rust_decimal::Decimal;
use sync_model::{Fields, Kind, Lock, Presence, Record, RecordId, RecordKey, Value};

use crate::kind::{CONTACT, INVOICE, PRODUCT, mark, revision};

/// What lists and single answers of invoices and of credit notes have in common.
pub(crate) struct Head<'a> {
    pub(crate) kind: &'static str,
    pub(crate) guid: String,
    pub(crate) external_reference: &'a Option<String>,
    pub(crate) contact: Option<String>,
    pub(crate) status: Option<&'a PaymentStatus>,
    pub(crate) number: Option<i64>,
    pub(crate) gross: Option<Decimal>,
    pub(crate) created: Option<&'a AuditTime>,
    pub(crate) updated: Option<&'a AuditTime>,
}

/// An invoice or a credit note as a list shows it: without its lines.
pub(crate) fn listed(kind: &'static str, sale: &Sale) -> Presence {
    let head = Head {
        kind,
        guid: sale.guid.to_string(),
        external_reference: &sale.external_reference,
        contact: sale.contact_guid.map(|guid| guid.to_string()),
        status: sale.status.as_ref(),
        number: sale.number,
        gross: sale.total_incl_vat,
        created: sale.created_at.as_ref(),
        updated: sale.updated_at.as_ref(),
    };
    if sale.deleted_at.is_some() {
        return Presence::Deleted(RecordKey::new(kind, head.guid.as_str()));
    }
    let mut fields = Fields::new();
    fields.set("Description", text(sale.description.as_deref()));
    fields.set("Currency", text(sale.currency.as_deref()));
    fields.set("Date", day(sale.date.as_ref().and_then(|date| date.day())));
    if kind == INVOICE {
        fields.set("PaymentDate", day(sale.payment_date.as_ref().and_then(|date| date.day())));
    }
    fields.set("MailOutStatus", text(sale.mail_out_status.as_ref().map(|status| status.as_str())));
    put_amount(&mut fields, "TotalExclVat", sale.total_excl_vat);
    Presence::Present(record(&head, fields, true))
}

/// What an invoice does not say of itself.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Beside {
    /// What was paid of it, where its status does not tell.
    pub(crate) paid: Option<Decimal>,
    /// What booked credit notes have credited of it; `None` where nobody looked.
    pub(crate) credited: Option<Decimal>,
}

/// An invoice as it shows itself, with what was found out `beside` it.
pub(crate) fn seen(invoice: &Invoice, beside: Beside) -> Presence {
    let head = Head {
        kind: INVOICE,
        guid: invoice.guid.to_string(),
        external_reference: &invoice.external_reference,
        contact: invoice.contact_guid.map(|guid| guid.to_string()),
        status: invoice.payment_status.as_ref(),
        number: Some(invoice.number),
        gross: Some(invoice.total_incl_vat),
        created: invoice.created_at.as_ref(),
        updated: invoice.updated_at.as_ref(),
    };
    if invoice.deleted_at.is_some() {
        return Presence::Deleted(RecordKey::new(INVOICE, head.guid.as_str()));
    }
    let mut fields = Fields::new();
    fields.set("Description", text(invoice.description.as_deref()));
    fields.set("Comment", text(invoice.comment.as_deref()));
    fields.set("Address", text(invoice.address.as_deref()));
    fields.set("Currency", text(invoice.currency.as_deref()));
    fields.set("Date", day(invoice.date.as_ref().and_then(|date| date.day())));
    fields.set("PaymentDate", day(invoice.payment_date.as_ref().and_then(|date| date.day())));
    fields.set("MailOutStatus", text(invoice.mail_out_status.as_ref().map(|status| status.as_str())));
    fields.set("ShowLinesInclVat", Value::Flag(invoice.show_lines_incl_vat));
    fields.set("ProductLines", lines(&invoice.product_lines));
    let [net, vat, gross] = [invoice.total_excl_vat, invoice.total_vat, invoice.total_incl_vat];
    fields.overlay(&totals([net, vat, gross], &invoice.product_lines));
    let mut record = record(&head, fields, false);
    record.fields.set("TimeStamp", text(invoice.time_stamp.as_ref().map(|stamp| stamp.0.as_str())));
    put_amount(&mut record.fields, "PaidAmount", beside.paid);
    if let Some(credited) = beside.credited.filter(|_| record.lock == Lock::Frozen) {
        put_amount(&mut record.fields, "CreditedAmount", Some(credited));
        let whole = credited > Decimal::ZERO && credited >= invoice.total_incl_vat;
        let state = if whole { CREDITED } else { head.status.map_or("", PaymentStatus::as_str) };
        record.fields.set("State", text(Some(state)));
    }
    Presence::Present(record)
}

/// The state of an invoice that was credited as a whole.
const CREDITED: &str = "Credited";

/// What Dinero makes of an invoice that was only computed.
pub(crate) fn computed(preview: &InvoicePreview) -> Fields {
    let [net, vat, gross] = [preview.total_excl_vat, preview.total_vat, preview.total_incl_vat];
    totals([net, vat, gross], &preview.product_lines)
}

/// What Dinero makes of a voucher: without VAT, the VAT, with VAT, and line by line.
pub(crate) fn totals([net, vat, gross]: [Decimal; 3], lines: &[SalesLineRead]) -> Fields {
    let mut fields = Fields::new();
    put_amount(&mut fields, "TotalExclVat", Some(net));
    put_amount(&mut fields, "TotalVat", Some(vat));
    put_amount(&mut fields, "TotalInclVat", Some(gross));
    fields.set("LineTotals", line_totals(lines));
    fields
}

pub(crate) fn record(head: &Head<'_>, mut fields: Fields, partial: bool) -> Record {
    fields.set("ExternalReference", text(head.external_reference.as_deref()));
    let contact = head.contact.as_deref().map(|guid| Value::Reference(RecordKey::new(CONTACT, guid)));
    fields.set("ContactGuid", contact.unwrap_or(Value::Empty));
    fields.set("PaymentStatus", text(head.status.map(PaymentStatus::as_str)));
    put_amount(&mut fields, "TotalInclVat", head.gross);
    let is_draft = head.status.is_none_or(|status| *status == PaymentStatus::Draft);
    // A draft has a number, too: it is nobody's yet (fact sheet §9 P1).
    let number = head.number.filter(|number| !is_draft && *number != i64::MAX);
    fields.set("BookedNumber", number.map_or(Value::Empty, |number| Value::text(number.to_string())));
    match head.status {
        Some(PaymentStatus::Paid) => put_amount(&mut fields, "PaidAmount", head.gross),
        _ if is_draft => {
            put_amount(&mut fields, "PaidAmount", Some(Decimal::ZERO));
            if head.kind == INVOICE {
                put_amount(&mut fields, "CreditedAmount", Some(Decimal::ZERO));
                fields.set("State", text(Some("Draft")));
            }
        }
        // How much of it was paid, only the payments say.
        _ => {}
    }
    let lock = if is_draft { Lock::Open } else { Lock::Frozen };
    Record {
        kind: Kind::new(head.kind),
        id: RecordId::new(head.guid.as_str()),
        fields,
        partial,
        revision: revision(head.updated, head.created),
        changed_at: head.updated.map(|time| time.at),
        mark: mark(&Some(head.external_reference.clone())),
        lock,
    }
}

pub(crate) fn lines(lines: &[SalesLineRead]) -> Value {
    Value::Rows(lines.iter().map(line).collect())
}

fn line(line: &SalesLineRead) -> Fields {
    let mut row = Fields::new();
    if line.line_type == Some(LineType::Text) {
        row.set("LineType", Value::text("Text"));
        row.set("Description", text(line.description.as_deref()));
        return row;
    }
    row.set("LineType", Value::text("Product"));
    let number = |number: Decimal| Value::Decimal(number.normalize());
    match line.product_guid {
        Some(guid) => row.set("ProductGuid", Value::Reference(RecordKey::new(PRODUCT, guid.to_string().as_str()))),
        None => row.set("Description", text(line.description.as_deref())),
    }
    if let Some(comments) = line.comments.as_deref().filter(|it| !it.trim().is_empty()) {
        row.set("Comments", Value::text(comments));
    }
    row.set("Quantity", number(line.quantity));
    row.set("BaseAmountValue", number(line.base_amount_value));
    row.set("Discount", number(line.discount));
    row.set("AccountNumber", Value::Decimal(line.account_number.into()));
    row
}

fn line_totals(lines: &[SalesLineRead]) -> Value {
    let row = |line: &SalesLineRead| {
        let amount = |amount: Decimal| Value::Decimal(amount.normalize());
        [("net", amount(line.total_amount)), ("gross", amount(line.total_amount_incl_vat))].into_iter().collect()
    };
    Value::Rows(lines.iter().map(row).collect())
}

pub(crate) fn text(text: Option<&str>) -> Value {
    text.map_or(Value::Empty, Value::text)
}

pub(crate) fn day(day: Option<chrono::NaiveDate>) -> Value {
    day.map_or(Value::Empty, Value::Date)
}

fn put_amount(fields: &mut Fields, name: &str, amount: Option<Decimal>) {
    if let Some(amount) = amount {
        fields.set(name, Value::Decimal(amount.normalize()));
    }
}
