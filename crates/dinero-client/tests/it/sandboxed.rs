//! Sales against the stand-in: every request and every answer on the way is compared with the published description, so that
//! neither of the two witnesses makes up something of its own.

use std::sync::{Arc, Mutex};

use api_transport::{BaseUrl, Transport, TransportError};
use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use dinero_client::model::*;
use dinero_client::op::*;
use dinero_client::*;
use http::{Request, Response};
use rust_decimal::Decimal;
use sandbox::dinero::{API_KEY, CLIENT_ID, CLIENT_SECRET, Dinero};
use sandbox::{Reply, Sandbox};
use serde_json::Value;
use uuid::Uuid;

use crate::fake::settings;
use crate::schema::DINERO;

/// Lists that show what was asked for leave out what the description requires.
const SHOWN_AS_ASKED: [&str; 2] = ["/accounts/", "/organizations"];

#[derive(Clone, Debug)]
struct World {
    dinero: Arc<Mutex<Dinero>>,
    now: Arc<Mutex<DateTime<Utc>>>,
    contact: ContactGuid,
}

#[async_trait]
impl Transport for World {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let now = *self.now.lock().unwrap();
        match self.dinero.lock().unwrap().handle(&request, now) {
            Reply::Answer(answer) => {
                compare(&request, &answer);
                Ok(answer)
            }
            Reply::NoAnswer => Err(crate::fake::lost()),
        }
    }
}

/// What was asked, and what was answered, against the description.
fn compare(request: &Request<Bytes>, answer: &Response<Bytes>) {
    let path = request.uri().path();
    if path.ends_with("/token") {
        return;
    }
    let published = DINERO.operation(request).unwrap_or_else(|| panic!("{request:?}"));
    let wrong = DINERO.wrong(published, request);
    assert!(wrong.is_empty(), "{}: {wrong:?}", published.name());
    let json = answer.headers()["content-type"] != "application/octet-stream";
    let Some(schema) = published.answer().filter(|_| json && answer.status().is_success()) else { return };
    let body: Value = serde_json::from_slice(answer.body()).unwrap_or_else(|_| panic!("{}", published.name()));
    let mut faults = DINERO.faults(schema, &body);
    faults.retain(|fault| {
        !(SHOWN_AS_ASKED.iter().any(|part| path.contains(part)) && fault.contains("is a required property"))
    });
    assert!(faults.is_empty(), "{}: {faults:?}\n{body:#}", published.name());
}

impl World {
    fn new() -> Self {
        let now: DateTime<Utc> = "2026-03-02T12:00:00Z".parse().unwrap();
        let mut dinero = Dinero::new(4711, "Prøvefirma ApS");
        dinero.times_with_zone = true;
        let customer: [(&str, Value); 4] = [
            ("Name", "Nordlys ApS".into()),
            ("CountryKey", "DK".into()),
            ("Email", "faktura@nordlys.dk".into()),
            ("EanNumber", "5798000000005".into()),
        ];
        let contact = ContactGuid(dinero.add_contact(&customer, now).parse().unwrap());
        Self { dinero: Arc::new(Mutex::new(dinero)), now: Arc::new(Mutex::new(now)), contact }
    }

    fn client(&self) -> DineroClient {
        let credentials = Credentials::Personal {
            client_id: CLIENT_ID.to_owned(),
            client_secret: CLIENT_SECRET.into(),
            api_key: API_KEY.into(),
        };
        let token_url = BaseUrl::parse("https://api.test/dineroapi/oauth/token").unwrap();
        let settings = DineroSettings { credentials, token_url, ..settings("https://api.test") };
        DineroClient::new(settings, Arc::new(self.clone()))
    }

    fn wait(&self, time: TimeDelta) {
        *self.now.lock().unwrap() += time;
    }

    /// What is asked of Dinero itself.
    fn ask<T>(&self, question: impl FnOnce(&mut Dinero) -> T) -> T {
        question(&mut self.dinero.lock().unwrap())
    }

    fn invoice(&self, guid: u128, price: &str) -> InvoiceWrite {
        let goods = Goods {
            what: What::Described("Rådgivning".to_owned()),
            comments: Some("Marts".to_owned()),
            base_amount_value: price.parse().unwrap(),
            quantity: Decimal::new(25, 1),
            account_number: 1000,
            unit: Unit::Hours,
            discount: 10.into(),
        };
        InvoiceWrite {
            guid: Some(InvoiceGuid(Uuid::from_u128(guid))),
            contact_guid: Some(self.contact),
            external_reference: Some(format!("crm:7x{guid}")),
            product_lines: vec![SalesLine::Text("Efter aftale".to_owned()), SalesLine::Goods(goods)],
            ..InvoiceWrite::default()
        }
    }

    /// A booked invoice. Gives its time stamp.
    async fn booked(&self, client: &DineroClient, guid: u128) -> (InvoiceGuid, Timestamp) {
        let invoice = self.invoice(guid, "500");
        let made = client.send(&CreateInvoice { invoice }).await.unwrap();
        let timestamp = made.time_stamp.unwrap();
        let booked = client.send(&BookInvoice { guid: made.guid, timestamp, number: None }).await.unwrap();
        (booked.guid, booked.time_stamp.unwrap())
    }
}

fn payment(timestamp: Timestamp, amount: Decimal) -> PaymentWrite {
    PaymentWrite {
        timestamp,
        deposit_account_number: 55000,
        remainder_is_fee: false,
        amount_in_foreign_currency: None,
        external_reference: Some("afstem:1".to_owned()),
        payment_date: None,
        description: "Overførsel".to_owned(),
        amount,
    }
}

#[tokio::test]
async fn an_invoice_lives_from_draft_to_paid() {
    let world = World::new();
    let client = world.client();
    let invoice = world.invoice(1, "500");
    let preview = client.send(&PreviewInvoice { invoice: invoice.clone() }).await.unwrap();
    let made = client.send(&CreateInvoice { invoice: invoice.clone() }).await.unwrap();
    let again = client.send(&CreateInvoice { invoice: invoice.clone() }).await.unwrap_err();
    assert!(again.is_duplicate(), "{again}");
    let draft = client.send(&GetInvoice { guid: made.guid }).await.unwrap();
    // 2.5 × 500, ten percent off, and a quarter of that.
    assert_eq!((draft.total_excl_vat, draft.total_vat), (1125.into(), Decimal::new(28125, 2)));
    assert_eq!((preview.total_incl_vat, preview.total_lines), (draft.total_incl_vat, draft.total_lines));
    assert_eq!(draft.product_lines[0].line_type, Some(LineType::Text));
    let stamp = draft.time_stamp.unwrap();
    let changed = UpdateInvoice { guid: made.guid, timestamp: stamp.clone(), invoice: world.invoice(1, "400") };
    let stored = client.send(&changed).await.unwrap();
    assert!(client.send(&changed).await.unwrap_err().is_stale());
    let book = BookInvoice { guid: made.guid, timestamp: stored.time_stamp.unwrap(), number: None };
    let booked = client.send(&book).await.unwrap();
    assert_eq!((booked.status, booked.number), (Some(BookStatus::Booked), 1));
    assert!(client.send(&book).await.unwrap_err().is_stale());
    let guid = booked.guid;
    let rest = booked.total_incl_vat;
    let paid = client
        .send(&CreatePayment { invoice: guid, payment: payment(booked.time_stamp.unwrap(), rest) })
        .await
        .unwrap();
    let payments = client.send(&GetPayments { invoice: guid }).await.unwrap();
    assert_eq!((payments.remaining_amount, payments.paid_amount), (Decimal::ZERO, rest));
    assert_eq!(payments.payments.unwrap()[0].external_reference.as_deref(), Some("afstem:1"));
    let listed =
        client.send(&ListInvoices { statuses: vec![PaymentStatus::Paid], ..ListInvoices::new() }).await.unwrap();
    assert_eq!(listed.collection[0].guid, guid.0);
    let timestamp = paid.time_stamp.unwrap();
    client.send(&DeletePayment { invoice: guid, payment: paid.guid, timestamp }).await.unwrap();
    assert_eq!(client.send(&GetInvoice { guid }).await.unwrap().payment_status, Some(PaymentStatus::Booked));
    assert_eq!(world.ask(|dinero| dinero.tally(&guid.to_string())).bookings, 1);
}

#[tokio::test]
async fn an_invoice_is_sent_in_every_way() {
    let world = World::new();
    let client = world.client();
    let (guid, timestamp) = world.booked(&client, 1).await;
    let template = client.send(&GetInvoiceEmailTemplate { guid }).await.unwrap();
    assert_eq!(template.receiver.as_deref(), Some("faktura@nordlys.dk"));
    let mail = Mail { timestamp: Some(timestamp.clone()), ..Mail::default() };
    client.send(&EmailInvoice { guid, mail: mail.clone() }).await.unwrap();
    let electronic = ElectronicInvoice {
        order_reference: Some("REK-17".to_owned()),
        att_person: None,
        timestamp: Some(timestamp),
        payment_mean: PaymentMean::Fik,
    };
    client.send(&SendElectronicInvoice { guid, invoice: electronic }).await.unwrap();
    let pdf = client.send(&GetInvoicePdf { guid }).await.unwrap();
    assert!(pdf.starts_with(b"%PDF"));
    assert!(client.send(&EmailPreReminder { guid, mail: mail.clone() }).await.unwrap_err().is_validation());
    world.wait(TimeDelta::days(30));
    client.send(&EmailPreReminder { guid, mail }).await.unwrap();
    let outs = client.send(&ListInvoiceMailOuts { guid, changes_since: None, include_sms: true }).await.unwrap();
    let kinds: Vec<_> = outs.into_iter().map(|out| out.kind.unwrap()).collect();
    assert_eq!(kinds, [MailOutType::Mailout, MailOutType::Einvoice, MailOutType::PreReminder]);
    let tally = world.ask(|dinero| dinero.tally(&guid.to_string()));
    assert_eq!((tally.mails, tally.electronic, tally.reminders), (1, 1, 1));
}

#[tokio::test]
async fn a_credit_note_is_set_off_against_its_invoice() {
    let world = World::new();
    let client = world.client();
    let (guid, _) = world.booked(&client, 1).await;
    let made = client.send(&GenerateCreditNote { invoice: guid, timestamp: None }).await.unwrap();
    let note = client.send(&GetCreditNote { guid: made.guid }).await.unwrap();
    assert_eq!((note.credit_note_for, note.payment_status), (Some(guid), Some(PaymentStatus::Draft)));
    let written = CreditNoteWrite {
        contact_guid: Some(world.contact),
        credit_note_for: Some(guid),
        product_lines: world.invoice(1, "100").product_lines,
        ..CreditNoteWrite::default()
    };
    let preview = client.send(&PreviewCreditNote { credit_note: written.clone() }).await.unwrap();
    assert_eq!(preview.total_excl_vat, 225.into());
    let timestamp = made.time_stamp.unwrap();
    let stored =
        client.send(&UpdateCreditNote { guid: made.guid, timestamp, credit_note: written.clone() }).await.unwrap();
    let timestamp = stored.time_stamp.unwrap();
    let booked = client.send(&BookCreditNote { guid: made.guid, timestamp, number: None }).await.unwrap();
    assert_eq!((booked.number, booked.payment_status), (2, Some(PaymentStatus::Paid)));
    let payments = client.send(&GetPayments { invoice: guid }).await.unwrap();
    assert_eq!(payments.remaining_amount, Decimal::new(140625 - 28125, 2));
    let too_much = CreditNoteWrite { product_lines: world.invoice(1, "500").product_lines, ..written };
    let other = client.send(&CreateCreditNote { credit_note: too_much }).await.unwrap();
    let timestamp = other.time_stamp.clone().unwrap();
    let refused = client.send(&BookCreditNote { guid: other.guid, timestamp, number: None }).await.unwrap_err();
    assert!(refused.is_validation(), "{refused}");
    client.send(&DeleteCreditNote { guid: other.guid, timestamp: other.time_stamp }).await.unwrap();
    let sales = client.send(&ListSales::new()).await.unwrap();
    assert_eq!(
        sales.collection.iter().map(|sale| sale.kind.clone().unwrap()).collect::<Vec<_>>(),
        [SaleType::CreditNote, SaleType::Invoice]
    );
    assert_eq!(client.send(&ListCreditNotes::new()).await.unwrap().collection.len(), 1);
    client.send(&GetCreditNotePdf { guid: made.guid }).await.unwrap();
    client.send(&EmailCreditNote { guid: made.guid, mail: Mail::default() }).await.unwrap();
    client.send(&GetCreditNoteEmailTemplate { guid: made.guid }).await.unwrap();
    client.send(&ListCreditNoteMailOuts { guid: made.guid, changes_since: None }).await.unwrap();
    client.send(&GetCreditNotePayments { credit_note: made.guid }).await.unwrap();
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let world = World::new();
    let client = world.client();
    let missing = InvoiceGuid(Uuid::from_u128(404));
    assert!(client.send(&GetInvoice { guid: missing }).await.unwrap_err().is_not_found());
    let made = client.send(&CreateInvoice { invoice: world.invoice(1, "500") }).await.unwrap();
    client.send(&DeleteInvoice { guid: made.guid, timestamp: None }).await.unwrap();
    let gone = client.send(&BookInvoice { guid: made.guid, timestamp: made.time_stamp.unwrap(), number: None }).await;
    assert!(gone.unwrap_err().is_deleted());
    let empty = InvoiceWrite { product_lines: Vec::new(), ..world.invoice(2, "1") };
    let error = client.send(&CreateInvoice { invoice: empty }).await.unwrap_err();
    assert!(!error.outcome_unknown() && !error.is_not_found(), "{error}");
    let nobody = InvoiceWrite { contact_guid: None, ..world.invoice(3, "1") };
    let made = client.send(&CreateInvoice { invoice: nobody }).await.unwrap();
    let book = BookInvoice { guid: made.guid, timestamp: made.time_stamp.unwrap(), number: None };
    let error = client.send(&book).await.unwrap_err();
    assert_eq!(error.fields().unwrap().keys().collect::<Vec<_>>(), ["ContactGuid"]);
}

#[tokio::test]
async fn what_surrounds_an_invoice_can_be_asked_for() {
    let world = World::new();
    let client = world.client();
    let accounts = client.send(&ListEntryAccounts { categories: Some("Turnover".to_owned()) }).await.unwrap();
    assert_eq!(accounts[0].vat_code.as_deref(), Some("U25"));
    let account = EntryAccountWrite {
        number: 7900,
        public_standard_number: None,
        name: "Øreafrunding".to_owned(),
        vat_code: "none".to_owned(),
    };
    client.send(&CreateEntryAccount { account }).await.unwrap();
    assert_eq!(client.send(&ListPurchaseAccounts {}).await.unwrap().len(), 1);
    assert_eq!(client.send(&ListDepositAccounts {}).await.unwrap().len(), 2);
    assert_eq!(client.send(&ListVatTypes {}).await.unwrap()[0].vat_rate, Decimal::new(25, 2));
    assert_eq!(client.send(&ListAccountingYears {}).await.unwrap().len(), 2);
    assert_eq!(client.send(&ListInvoiceTemplates {}).await.unwrap().len(), 1);
    assert!(!client.send(&ListOrganizationDetails).await.unwrap()[0].is_vat_free);
    assert_eq!(client.send(&GetSalesSettings).await.unwrap().payment_condition_number_of_days, Some(8));
}

#[tokio::test]
async fn a_file_is_kept_and_attached() {
    let world = World::new();
    let client = world.client();
    let (guid, _) = world.booked(&client, 1).await;
    let content = Bytes::from_static(b"%PDF-1.4 \r\n--not-a-boundary\r\n\r\n");
    let upload =
        Upload { name: "bilag.pdf".to_owned(), content_type: "application/pdf".to_owned(), content: content.clone() };
    let file = client.send(&UploadFile { upload: upload.clone() }).await.unwrap().file_guid.unwrap();
    assert!(client.send(&GetFile { file: file.clone() }).await.unwrap_err().is_not_found(), "it takes a second");
    world.wait(TimeDelta::seconds(1));
    assert_eq!(client.send(&GetFile { file: file.clone() }).await.unwrap(), content);
    let document = VoucherGuid(guid.0);
    client.send(&AttachFile { document, file: file.clone(), name: "Bilag.pdf".to_owned() }).await.unwrap();
    let attached = client.send(&ListAttachments { document }).await.unwrap();
    assert_eq!((attached.len(), attached[0].file_name.as_deref()), (1, Some("Bilag.pdf")));
    let used = ListFiles { status: Some(FileStatus::Used), extensions: vec!["pdf".to_owned()], ..ListFiles::default() };
    assert_eq!(client.send(&used).await.unwrap()[0].size, i64::try_from(content.len()).unwrap());
    client.send(&DetachFile { document, file }).await.unwrap();
    assert!(client.send(&used).await.unwrap().is_empty());
    let unfit = Upload { name: "bilag.exe".to_owned(), ..upload };
    assert_eq!(client.send(&UploadFile { upload: unfit }).await.unwrap_err().status().unwrap(), 400);
}
