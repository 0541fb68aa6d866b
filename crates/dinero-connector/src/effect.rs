//! Effects on invoices and credit notes: booking, sending, payments, crediting. What would happen twice without notice is
//! looked for first.

use dinero_client::model::{
    CreditNoteWrite, DeliveryStatus, ElectronicInvoice, Goods, Invoice, LineType, Mail, MailOut, MailOutStatus,
    MailOutType, PaymentMean, PaymentStatus, PaymentWrite, Payments, SalesLine, SalesLineRead, Unit, What,
};
use dinero_client::op::{
    BookCreditNote, BookInvoice, CreateCreditNote, CreatePayment, EmailCreditNote, EmailInvoice, GetCreditNote,
    GetInvoice, GetPayments, ListAccountingYears, ListCreditNoteMailOuts, ListInvoiceMailOuts,
    SendElectronicCreditNote, SendElectronicInvoice,
};
use dinero_client::{CreditNoteGuid, DineroClient, InvoiceGuid, Timestamp};
use invoicing::may_credit;
use rust_decimal::Decimal;
use sync_model::{Presence, Record, RecordKey, Value};
use sync_run::{ConnectorError, Effect, EffectFound, EffectRecord, FailureClass, Refusal, SendWay, WriteError};
use uuid::Uuid;

use crate::DineroConnector;
use crate::draft::not_sent;
use crate::errors::{down, is_missing, made, write};
use crate::invoice::{self, Beside};
use crate::kind::{CREDIT_NOTE, is, number, text};

/// What the effect is about.
#[derive(Debug, Clone, Copy)]
enum Voucher {
    Invoice(InvoiceGuid),
    CreditNote(CreditNoteGuid),
}

impl Voucher {
    fn of(key: &RecordKey) -> Option<Self> {
        let guid = Uuid::parse_str(key.id.as_str()).ok()?;
        Some(if is(&key.kind, CREDIT_NOTE) {
            Self::CreditNote(CreditNoteGuid(guid))
        } else {
            Self::Invoice(InvoiceGuid(guid))
        })
    }
}

/// Asks for the effect, on the voucher as it was just seen.
pub(crate) async fn perform(
    connector: &DineroConnector,
    effect: &EffectRecord,
    seen: &Record,
) -> Result<Option<Record>, WriteError> {
    let client = &connector.client;
    let voucher = Voucher::of(&effect.invoice).ok_or_else(|| refusal("the invoice has no guid"))?;
    let timestamp = text(&seen.fields, "TimeStamp").map(Timestamp).ok_or_else(|| refusal("no version was shown"))?;
    match (&effect.effect, voucher) {
        (Effect::Book, Voucher::Invoice(guid)) => {
            in_an_open_year(client, seen.fields.get("Date")).await?;
            let booked = client.send(&BookInvoice { guid, timestamp, number: None }).await;
            let booked = booked.map_err(|error| moved(&error))?;
            // Nothing can be paid or credited of an invoice before it is booked.
            let nothing = Some(Decimal::ZERO);
            Ok(invoice::seen(&booked, Beside { paid: nothing, credited: nothing }).record().cloned())
        }
        (Effect::Book, Voucher::CreditNote(guid)) => {
            in_an_open_year(client, seen.fields.get("Date")).await?;
            not_more_than_invoiced(connector, seen).await?;
            let booked = client.send(&BookCreditNote { guid, timestamp, number: None }).await;
            // Even where the answer was lost: its invoice may be credited now.
            connector.credits.look_again();
            booked.map_err(|error| moved(&error))?;
            Ok(None)
        }
        (Effect::Send { way }, _) => send(client, voucher, way, timestamp).await,
        (Effect::Pay { .. }, Voucher::Invoice(guid)) => pay(client, guid, &effect.effect, timestamp).await,
        (Effect::Credit { note, date, .. }, Voucher::Invoice(guid)) => {
            in_an_open_year(client, Some(&Value::Date(*date))).await?;
            let invoice = client.send(&GetInvoice { guid }).await.map_err(|error| not_sent(&error))?;
            let credit_note = CreditNoteWrite {
                guid: Some(CreditNoteGuid(*note)),
                credit_note_for: Some(guid),
                date: Some(*date),
                ..whole_of(&invoice)
            };
            made(client.send(&CreateCreditNote { credit_note }).await).map(|_| None)
        }
        (Effect::Pay { .. } | Effect::Credit { .. }, Voucher::CreditNote(_)) => {
            Err(refusal("a credit note is neither paid nor credited"))
        }
    }
}

async fn send(
    client: &DineroClient,
    voucher: Voucher,
    way: &SendWay,
    timestamp: Timestamp,
) -> Result<Option<Record>, WriteError> {
    if was_sent(client, voucher).await.map_err(|error| not_sent(&error))? {
        return Ok(None);
    }
    let mail = || Mail { timestamp: Some(timestamp.clone()), ..Mail::default() };
    let electronic = |order_reference: &Option<String>| ElectronicInvoice {
        order_reference: order_reference.clone(),
        timestamp: Some(timestamp.clone()),
        att_person: None,
        payment_mean: PaymentMean::Domestic,
    };
    let sent = match (way, voucher) {
        (SendWay::Mail, Voucher::Invoice(guid)) => client.send(&EmailInvoice { guid, mail: mail() }).await.map(|_| ()),
        (SendWay::Mail, Voucher::CreditNote(guid)) => {
            client.send(&EmailCreditNote { guid, mail: mail() }).await.map(|_| ())
        }
        (SendWay::Electronic { order_reference }, Voucher::Invoice(guid)) => {
            client.send(&SendElectronicInvoice { guid, invoice: electronic(order_reference) }).await
        }
        (SendWay::Electronic { order_reference }, Voucher::CreditNote(guid)) => {
            client.send(&SendElectronicCreditNote { guid, credit_note: electronic(order_reference) }).await
        }
    };
    sent.map(|()| None).map_err(|error| moved(&error))
}

async fn pay(
    client: &DineroClient,
    guid: InvoiceGuid,
    effect: &Effect,
    timestamp: Timestamp,
) -> Result<Option<Record>, WriteError> {
    let Effect::Pay { amount, account, date, reference, .. } = effect else { return Ok(None) };
    let payments = client.send(&GetPayments { invoice: guid }).await.map_err(|error| not_sent(&error))?;
    if is_registered(&payments, reference) {
        return Ok(None);
    }
    let payment = PaymentWrite {
        timestamp,
        deposit_account_number: i32::try_from(*account).unwrap_or_default(),
        remainder_is_fee: false,
        amount_in_foreign_currency: None,
        external_reference: Some(reference.clone()),
        payment_date: Some(*date),
        description: format!("Indbetaling {reference}"),
        amount: *amount,
    };
    client.send(&CreatePayment { invoice: guid, payment }).await.map_err(|error| moved(&error))?;
    Ok(None)
}

/// Whether the effect happened, by reading alone.
pub(crate) async fn probe(client: &DineroClient, effect: &EffectRecord) -> Result<EffectFound, ConnectorError> {
    let Some(voucher) = Voucher::of(&effect.invoice) else { return Ok(EffectFound::NoTrace) };
    let happened = match (&effect.effect, voucher) {
        (Effect::Book, Voucher::Invoice(guid)) => {
            let found = client.send(&GetInvoice { guid }).await.map_err(|error| down(&error))?;
            found.payment_status.is_some_and(|status| status != PaymentStatus::Draft)
        }
        (Effect::Book, Voucher::CreditNote(guid)) => {
            let found = client.send(&GetCreditNote { guid }).await.map_err(|error| down(&error))?;
            found.payment_status.is_some_and(|status| status != PaymentStatus::Draft)
        }
        (Effect::Send { .. }, _) => was_sent(client, voucher).await.map_err(|error| down(&error))?,
        (Effect::Pay { reference, .. }, Voucher::Invoice(guid)) => {
            let payments = client.send(&GetPayments { invoice: guid }).await.map_err(|error| down(&error))?;
            is_registered(&payments, reference)
        }
        (Effect::Credit { note, .. }, Voucher::Invoice(_)) => {
            // One that a person deleted since was made all the same.
            match client.send(&GetCreditNote { guid: CreditNoteGuid(*note) }).await {
                Ok(_) => true,
                Err(error) if is_missing(&error) => false,
                Err(error) => return Err(down(&error)),
            }
        }
        (Effect::Pay { .. } | Effect::Credit { .. }, Voucher::CreditNote(_)) => false,
    };
    Ok(if happened { EffectFound::Happened(None) } else { EffectFound::NoTrace })
}

/// Refuses to book more credit than was invoiced, by what is booked now.
async fn not_more_than_invoiced(connector: &DineroConnector, note: &Record) -> Result<(), WriteError> {
    let Some(Value::Reference(credited)) = note.fields.get("CreditNoteFor") else {
        return Err(refusal("the credit note names no invoice"));
    };
    connector.credits.look_again();
    let Presence::Present(invoice) = connector.voucher(credited).await? else {
        return Err(refusal("the credited invoice is not there any more"));
    };
    let amount = |record: &Record, name: &str| number(&record.fields, name).unwrap_or_default();
    let (invoiced, earlier) = (amount(&invoice, "TotalInclVat"), amount(&invoice, "CreditedAmount"));
    may_credit(invoiced, &[earlier], amount(note, "TotalInclVat")).map_err(|over| {
        refusal(&format!(
            "{} was invoiced and {} credited before; {} more would be too much",
            over.invoiced, over.credited, over.wanted
        ))
    })
}

/// A credit note's content for the whole of `invoice`.
fn whole_of(invoice: &Invoice) -> CreditNoteWrite {
    CreditNoteWrite {
        contact_guid: invoice.contact_guid,
        show_lines_incl_vat: Some(invoice.show_lines_incl_vat),
        invoice_template_id: invoice.invoice_template_id,
        currency: invoice.currency.clone(),
        language: invoice.language.clone(),
        comment: invoice.comment.clone(),
        product_lines: invoice.product_lines.iter().map(line).collect(),
        address: invoice.address.clone(),
        ..CreditNoteWrite::default()
    }
}

/// A line as it was booked, with its product, so that the CRM finds it again.
fn line(line: &SalesLineRead) -> SalesLine {
    let words = line.description.clone().unwrap_or_default();
    if line.line_type == Some(LineType::Text) {
        return SalesLine::Text(words);
    }
    SalesLine::Goods(Goods {
        what: line.product_guid.map_or(What::Described(words), What::Product),
        comments: line.comments.clone(),
        base_amount_value: line.base_amount_value,
        quantity: line.quantity,
        account_number: line.account_number,
        unit: line.unit.clone().unwrap_or(Unit::Parts),
        discount: line.discount,
    })
}

/// A date before the first accounting year is in none that is open: nothing is asked for.
async fn in_an_open_year(client: &DineroClient, date: Option<&Value>) -> Result<(), WriteError> {
    let Some(Value::Date(date)) = date else { return Ok(()) };
    let years = client.send(&ListAccountingYears {}).await.map_err(|error| not_sent(&error))?;
    let first = years.iter().filter_map(|year| year.from_date.as_ref()?.day()).min();
    match first {
        Some(first) if *date < first => {
            Err(refusal(&format!("{date} is before the first accounting year of Dinero, which begins on {first}")))
        }
        Some(_) | None => Ok(()),
    }
}

/// Whether the voucher went to the customer before, by anybody's hand.
async fn was_sent(client: &DineroClient, voucher: Voucher) -> Result<bool, dinero_client::Error> {
    let (status, mails) = match voucher {
        Voucher::Invoice(guid) => {
            let status = client.send(&GetInvoice { guid }).await?.mail_out_status;
            let list = ListInvoiceMailOuts { guid, changes_since: None, include_sms: false };
            (status, client.send(&list).await?)
        }
        Voucher::CreditNote(guid) => {
            let status = client.send(&GetCreditNote { guid }).await?.mail_out_status;
            (status, client.send(&ListCreditNoteMailOuts { guid, changes_since: None }).await?)
        }
    };
    Ok(status.is_some_and(|status| status != MailOutStatus::NotSent) || mails.iter().any(is_sending))
}

/// A mail or e-invoice that carried the invoice itself, also one that is still on its way.
fn is_sending(mail: &MailOut) -> bool {
    let carries = matches!(
        mail.kind,
        None | Some(MailOutType::Mailout | MailOutType::ManualMailout | MailOutType::Einvoice | MailOutType::None)
    );
    carries && mail.status != Some(DeliveryStatus::Failed)
}

fn is_registered(payments: &Payments, reference: &str) -> bool {
    let known = payments.payments.iter().flatten();
    known
        .into_iter()
        .any(|payment| payment.external_reference.as_deref() == Some(reference) && payment.amount != Decimal::ZERO)
}

/// What was changed since it was seen is looked at again, and nothing happened.
fn moved(error: &dinero_client::Error) -> WriteError {
    if error.is_stale() { WriteError::NotSent(error.to_string()) } else { write(error) }
}

fn refusal(message: &str) -> WriteError {
    WriteError::Refused(Refusal { message: message.to_owned(), field: None, class: FailureClass::Accounting })
}
