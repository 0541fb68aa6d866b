//! Effects on invoices: booking, sending, payments. What would happen twice without notice is looked for first.

use dinero_client::model::{
    DeliveryStatus, ElectronicInvoice, Mail, MailOut, MailOutStatus, MailOutType, PaymentMean, PaymentStatus,
    PaymentWrite, Payments,
};
use dinero_client::op::{
    BookInvoice, CreatePayment, EmailInvoice, GetInvoice, GetPayments, ListAccountingYears, ListInvoiceMailOuts,
    SendElectronicInvoice,
};
use dinero_client::{DineroClient, InvoiceGuid, Timestamp};
use rust_decimal::Decimal;
use sync_model::{Presence, Record, Value};
use sync_run::{ConnectorError, Effect, EffectFound, EffectRecord, FailureClass, Refusal, SendWay, WriteError};
use uuid::Uuid;

use crate::draft::{not_sent, read};
use crate::errors::{down, write};
use crate::invoice;
use crate::kind::text;

/// Asks for the effect, on the invoice as it was just seen.
pub(crate) async fn perform(
    client: &DineroClient,
    effect: &EffectRecord,
    seen: &Record,
) -> Result<Option<Record>, WriteError> {
    let guid = guid(effect).ok_or_else(|| refusal("the invoice has no guid"))?;
    let timestamp = text(&seen.fields, "TimeStamp").map(Timestamp).ok_or_else(|| refusal("no version was shown"))?;
    match &effect.effect {
        Effect::Book => {
            in_an_open_year(client, seen).await?;
            let booked = client.send(&BookInvoice { guid, timestamp, number: None }).await;
            let booked = booked.map_err(|error| moved(&error))?;
            // Nothing can be paid of an invoice before it is booked.
            Ok(invoice::seen(&booked, Some(Decimal::ZERO)).record().cloned())
        }
        Effect::Send { way } => {
            if was_sent(client, guid).await.map_err(|error| not_sent(&error))? {
                return Ok(None);
            }
            match way {
                SendWay::Mail => {
                    let mail = Mail { timestamp: Some(timestamp), ..Mail::default() };
                    client.send(&EmailInvoice { guid, mail }).await.map_err(|error| moved(&error))?;
                }
                SendWay::Electronic { order_reference } => {
                    let invoice = ElectronicInvoice {
                        order_reference: order_reference.clone(),
                        timestamp: Some(timestamp),
                        att_person: None,
                        payment_mean: PaymentMean::Domestic,
                    };
                    client.send(&SendElectronicInvoice { guid, invoice }).await.map_err(|error| moved(&error))?;
                }
            }
            Ok(None)
        }
        Effect::Pay { amount, account, date, reference, .. } => {
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
    }
}

/// Whether the effect happened, by reading alone.
pub(crate) async fn probe(client: &DineroClient, effect: &EffectRecord) -> Result<EffectFound, ConnectorError> {
    let Some(guid) = guid(effect) else { return Ok(EffectFound::NoTrace) };
    let happened = match &effect.effect {
        Effect::Book => {
            let found = client.send(&GetInvoice { guid }).await.map_err(|error| down(&error))?;
            found.payment_status.is_some_and(|status| status != PaymentStatus::Draft)
        }
        Effect::Send { .. } => was_sent(client, guid).await.map_err(|error| down(&error))?,
        Effect::Pay { reference, .. } => {
            let payments = client.send(&GetPayments { invoice: guid }).await.map_err(|error| down(&error))?;
            is_registered(&payments, reference)
        }
    };
    if !happened {
        return Ok(EffectFound::NoTrace);
    }
    let now = read(client, guid.0).await.map_err(|error| down(&error))?;
    let now = now.map(|(invoice, paid)| invoice::seen(&invoice, paid));
    Ok(EffectFound::Happened(now.as_ref().and_then(Presence::record).cloned().map(Box::new)))
}

/// A date before the first accounting year is in none that is open: nothing is asked for.
async fn in_an_open_year(client: &DineroClient, seen: &Record) -> Result<(), WriteError> {
    let Some(Value::Date(date)) = seen.fields.get("Date") else { return Ok(()) };
    let years = client.send(&ListAccountingYears {}).await.map_err(|error| not_sent(&error))?;
    let first = years.iter().filter_map(|year| year.from_date.as_ref()?.day()).min();
    match first {
        Some(first) if *date < first => {
            Err(refusal(&format!("{date} is before the first accounting year of Dinero, which begins on {first}")))
        }
        Some(_) | None => Ok(()),
    }
}

/// Whether the invoice went to the customer before, by anybody's hand.
async fn was_sent(client: &DineroClient, guid: InvoiceGuid) -> Result<bool, dinero_client::Error> {
    let found = client.send(&GetInvoice { guid }).await?;
    if found.mail_out_status.is_some_and(|status| status != MailOutStatus::NotSent) {
        return Ok(true);
    }
    let list = ListInvoiceMailOuts { guid, changes_since: None, include_sms: false };
    Ok(client.send(&list).await?.iter().any(is_sending))
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

fn guid(effect: &EffectRecord) -> Option<InvoiceGuid> {
    Uuid::parse_str(effect.invoice.id.as_str()).ok().map(InvoiceGuid)
}

fn refusal(message: &str) -> WriteError {
    WriteError::Refused(Refusal { message: message.to_owned(), field: None, class: FailureClass::Accounting })
}
