//! The contract with the published description: every operation is there, every request fits it, and every answer that fits
//! it is understood.

use std::collections::BTreeSet;
use std::sync::Mutex;

use api_transport::{BaseUrl, Safety};
use bytes::Bytes;
use dinero_client::op::*;
use dinero_client::*;
use http::Response;
use proptest::prelude::*;
use serde_json::Value;

use crate::generated::{Chance, without_nulls};
use crate::schema::DINERO;

/// What the description calls deprecated has no type of ours, for a newer version has; the way out reaches it all the same.
const DEPRECATED: [&str; 1] = ["PUT /v1/{organizationId}/contacts/{guid}"];

/// One pass over all operations with values made by chance.
struct Pass {
    chance: Chance,
    covered: BTreeSet<String>,
}

impl Pass {
    /// Builds the request of `operation`, compares it with the description and with what it should say, and lets the
    /// operation read an answer.
    fn check<O: Operation>(&mut self, operation: &O, sent: Option<Value>) {
        let base = BaseUrl::parse("https://api.dinero.dk").unwrap();
        let request = operation.request(&base, OrganizationId(4711));
        let published = DINERO.operation(&request).unwrap_or_else(|| panic!("{}: {request:?}", O::NAME));
        let wrong = DINERO.wrong(published, &request);
        assert!(wrong.is_empty(), "{} is wrong: {wrong:?}\n{request:?}", published.name());
        let way_out = O::NAME == Raw::NAME;
        assert_eq!(published.is_deprecated(), way_out, "{}", published.name());
        if let Some(sent) = sent {
            let body: Value = serde_json::from_slice(request.body()).unwrap();
            assert_eq!(without_nulls(&body), without_nulls(&sent), "{}", published.name());
        }
        let reads = published.method == "get"
            || published.path.ends_with("/fetch")
            || published.path.ends_with("/status")
            || published.path.ends_with("/ledgers");
        assert_eq!(operation.safety() == Safety::Read, reads, "{}", published.name());
        let wants_file = request.headers()["accept"] == "application/octet-stream";
        let answer = match published.answer() {
            Some(schema) if !wants_file => serde_json::to_vec(&self.chance.answer(schema)).unwrap(),
            Some(_) | None => Vec::new(),
        };
        let response = Response::new(Bytes::from(answer));
        if let Err(error) = operation.decode(&response) {
            panic!("{error}\n{}", String::from_utf8_lossy(response.body()));
        }
        self.covered.insert(published.name());
    }

    fn stamp(&mut self) -> (Timestamp, Option<Timestamp>) {
        let stamp = Timestamp(self.chance.words());
        let maybe = self.chance.maybe(|_| stamp.clone());
        (stamp, maybe)
    }

    /// A body with a time stamp: the time stamp, the rest as one of our types, and the whole.
    fn stamped<T: serde::de::DeserializeOwned>(&mut self, name: &str) -> (Timestamp, T, Value) {
        let (rest, whole) = self.chance.sent::<T>(name);
        (Timestamp(whole["Timestamp"].as_str().unwrap().to_owned()), rest, whole)
    }

    fn contacts(&mut self) {
        let (contact, note) = (ContactGuid(self.chance.uuid()), NoteGuid(self.chance.uuid()));
        let chance = &mut self.chance;
        let list = ListContacts {
            fields: chance.some_of(ContactField::ALL),
            filter: Some(Filter::contains(ContactField::Email, "a@b").unwrap()),
            changes_since: chance.maybe(Chance::time),
            deleted_only: chance.maybe(Chance::coin),
            page: chance.up_to(9),
            page_size: chance.up_to(5000),
        };
        self.check(&list, None);
        self.check(&ListLiveContacts(list), None);
        self.check(&GetContact(contact), None);
        let (write, sent) = self.chance.sent("ContactCreateModel");
        self.check(&CreateContact(write), Some(sent));
        let (write, sent) = self.chance.sent("ContactUpdateModel");
        self.check(&UpdateContact { guid: contact, contact: write }, Some(sent));
        self.check(&DeleteContact(contact), None);
        self.check(&RestoreContact(contact), None);
        let deleted_only = self.chance.maybe(Chance::coin);
        self.check(&ListNotes { contact, deleted_only, page: 0, page_size: 1000 }, None);
        self.check(&GetNote { contact, note }, None);
        let (text, sent) = self.chance.sent("ContactNoteCreateModel");
        self.check(&CreateNote { contact, text }, Some(sent));
        let (text, sent) = self.chance.sent("ContactNoteUpdateModel");
        self.check(&UpdateNote { contact, note, text }, Some(sent));
        self.check(&DeleteNote { contact, note }, None);
        let (from, to) = (self.chance.maybe(Chance::time), self.chance.maybe(Chance::time));
        let hide_closed = self.chance.coin();
        self.check(&GetStateOfAccount { contact, from, to, hide_closed }, None);
        self.check(&GetStateOfAccountPdf { contact, from, to, hide_closed }, None);
        let (mail, sent) = self.chance.sent("ContactStateOfAccountMailoutModel");
        self.check(&EmailStateOfAccount { contact, mail }, Some(sent));
    }

    fn deprecated(&mut self) {
        let (_, sent) = self.chance.sent::<model::ContactWrite>("ContactUpdateModel");
        let update = Raw {
            method: http::Method::PUT,
            version: "v1".to_owned(),
            path: vec!["contacts".to_owned(), self.chance.uuid().to_string()],
            query: Vec::new(),
            body: Some(sent.clone()),
            safety: Safety::UnsafeWrite,
        };
        self.check(&update, Some(sent));
    }

    fn products_and_settings(&mut self) {
        let guid = ProductGuid(self.chance.uuid());
        let chance = &mut self.chance;
        let list = ListProducts {
            fields: chance.some_of(ProductField::ALL),
            free_text: chance.maybe(Chance::text),
            filter: Some(Filter::equals(ProductField::ExternalReference, "x").unwrap()),
            changes_since: chance.maybe(Chance::time),
            deleted_only: chance.maybe(Chance::coin),
            page: 0,
            page_size: 0,
        };
        self.check(&list, None);
        self.check(&GetProduct(guid), None);
        let (product, sent) = self.chance.sent("ProductCreateModel");
        self.check(&CreateProduct(product), Some(sent));
        let (product, sent) = self.chance.sent("ProductUpdateModel");
        self.check(&UpdateProduct { guid, product }, Some(sent));
        self.check(&DeleteProduct(guid), None);
        self.check(&ListOrganizations, None);
        self.check(&ListOrganizationDetails, None);
        self.check(&ListCountries, None);
        self.check(&GetSalesSettings, None);
        let categories = self.chance.maybe(|_| "Turnover,Equity".to_owned());
        self.check(&ListEntryAccounts { categories }, None);
        let (account, sent) = self.chance.sent("AccountCreateModel");
        self.check(&CreateEntryAccount { account }, Some(sent));
        self.check(&ListPurchaseAccounts {}, None);
        self.check(&ListDepositAccounts {}, None);
        let (account, sent) = self.chance.sent("DepositCreateModel");
        self.check(&CreateDepositAccount { account }, Some(sent));
        self.check(&ListVatTypes {}, None);
        self.check(&ListAccountingYears {}, None);
        let (from, to) = (self.chance.time(), self.chance.time());
        let include_primo = self.chance.coin();
        self.check(&ListEntries { from: Some(from), to: Some(to), include_primo }, None);
        let include_primo = self.chance.coin();
        self.check(&ListEntryChanges { from, to, include_primo }, None);
    }

    fn sales_list<F: SalesListField>(&mut self) {
        let chance = &mut self.chance;
        let filterable: Vec<F> = F::ALL.iter().copied().filter(|field| field.is_filterable()).collect();
        let list = SalesList::<F> {
            fields: chance.some_of(F::ALL),
            filter: Some(Filter::equals(chance.pick(&filterable), "y").unwrap()),
            period: chance.maybe(|chance| Period { start: chance.date(), end: chance.date() }),
            free_text: chance.maybe(Chance::text),
            statuses: chance.some_of(model::PaymentStatus::KNOWN),
            changes_since: chance.maybe(Chance::time),
            deleted_only: chance.maybe(Chance::coin),
            page: 3,
            page_size: 10,
            sort: chance.maybe(|chance| chance.pick(model::SalesSort::KNOWN)),
            order: chance.maybe(|chance| chance.pick(model::SortOrder::KNOWN)),
        };
        self.check(&list, None);
    }

    fn invoices(&mut self) {
        let guid = InvoiceGuid(self.chance.uuid());
        let payment = PaymentGuid(self.chance.uuid());
        let (timestamp, maybe) = self.stamp();
        self.sales_list::<InvoiceField>();
        self.sales_list::<SaleField>();
        let (invoice, sent) = self.chance.sent("InvoiceCreateModel");
        self.check(&CreateInvoice { invoice }, Some(sent));
        let (invoice, sent) = self.chance.sent("InvoiceCreateFetchModel");
        self.check(&PreviewInvoice { invoice }, Some(sent));
        self.check(&GetInvoice { guid }, None);
        self.check(&GetInvoicePdf { guid }, None);
        let (timestamp_sent, invoice, sent) = self.stamped("InvoiceUpdateModel");
        self.check(&UpdateInvoice { guid, timestamp: timestamp_sent, invoice }, Some(sent));
        self.check(&DeleteInvoice { guid, timestamp: maybe.clone() }, None);
        let number = self.chance.maybe(|chance| i64::from(chance.up_to(9)));
        self.check(&BookInvoice { guid, timestamp: timestamp.clone(), number }, None);
        let (mail, sent) = self.chance.sent::<model::Mail>("ApiMailoutModel");
        self.check(&EmailInvoice { guid, mail: mail.clone() }, Some(sent.clone()));
        self.check(&EmailPreReminder { guid, mail }, Some(sent));
        self.check(&GetInvoiceEmailTemplate { guid }, None);
        self.check(&GetPreReminderTemplate { guid }, None);
        let (invoice, sent) = self.chance.sent("EInvoiceSendModel");
        self.check(&SendElectronicInvoice { guid, invoice }, Some(sent));
        let (create, sent) = self.chance.sent("PaymentCreateModel");
        self.check(&CreatePayment { invoice: guid, payment: create }, Some(sent));
        self.check(&GetPayments { invoice: guid }, None);
        self.check(&DeletePayment { invoice: guid, payment, timestamp }, None);
        self.check(&GenerateCreditNote { invoice: guid, timestamp: maybe }, None);
        self.check(&ListInvoiceTemplates {}, None);
        let changes_since = self.chance.maybe(Chance::time);
        let include_sms = self.chance.coin();
        self.check(&ListInvoiceMailOuts { guid, changes_since, include_sms }, None);
        let (message, sent) = self.chance.sent("SmsSendModel");
        self.check(&SendTextMessage { invoice: guid, message }, Some(sent));
    }

    fn credit_notes(&mut self) {
        let guid = CreditNoteGuid(self.chance.uuid());
        let payment = PaymentGuid(self.chance.uuid());
        let (timestamp, maybe) = self.stamp();
        self.sales_list::<CreditNoteField>();
        let (credit_note, sent) = self.chance.sent("SalesCreditNoteCreateModel");
        self.check(&CreateCreditNote { credit_note }, Some(sent));
        let (credit_note, sent) = self.chance.sent("SalesCreditNoteCreateFetchModel");
        self.check(&PreviewCreditNote { credit_note }, Some(sent));
        self.check(&GetCreditNote { guid }, None);
        self.check(&GetCreditNotePdf { guid }, None);
        let (timestamp_sent, credit_note, sent) = self.stamped("SalesCreditNoteUpdateModel");
        self.check(&UpdateCreditNote { guid, timestamp: timestamp_sent, credit_note }, Some(sent));
        self.check(&DeleteCreditNote { guid, timestamp: maybe.clone() }, None);
        self.check(&BookCreditNote { guid, timestamp, number: None }, None);
        let (mail, sent) = self.chance.sent("ApiMailoutModel");
        self.check(&EmailCreditNote { guid, mail }, Some(sent));
        self.check(&GetCreditNoteEmailTemplate { guid }, None);
        let (credit_note, sent) = self.chance.sent("EInvoiceSendModel");
        self.check(&SendElectronicCreditNote { guid, credit_note }, Some(sent));
        let changes_since = self.chance.maybe(Chance::time);
        self.check(&ListCreditNoteMailOuts { guid, changes_since }, None);
        let (create, sent) = self.chance.sent("PaymentCreateModel");
        self.check(&CreateCreditNotePayment { credit_note: guid, payment: create }, Some(sent));
        self.check(&GetCreditNotePayments { credit_note: guid }, None);
        self.check(&DeleteCreditNotePayment { credit_note: guid, payment, timestamp: maybe }, None);
    }

    fn trade_offers(&mut self) {
        let guid = TradeOfferGuid(self.chance.uuid());
        let (_, timestamp) = self.stamp();
        let list = ListTradeOffers {
            fields: self.chance.some_of(TradeOfferField::ALL),
            filter: Some(Filter::equals(TradeOfferField::Comment, "z").unwrap()),
            changes_since: self.chance.maybe(Chance::time),
            deleted_only: self.chance.maybe(Chance::coin),
            free_text: self.chance.maybe(Chance::text),
            sort: self.chance.maybe(|chance| chance.pick(model::TradeOfferSort::KNOWN)),
            order: self.chance.maybe(|chance| chance.pick(model::SortOrder::KNOWN)),
            ..ListTradeOffers::new()
        };
        self.check(&list, None);
        let (trade_offer, sent) = self.chance.sent("TradeOfferCreateModel");
        self.check(&CreateTradeOffer { trade_offer }, Some(sent));
        let (trade_offer, sent) = self.chance.sent("TradeOfferCreateModel");
        self.check(&PreviewTradeOffer { trade_offer }, Some(sent));
        self.check(&GetTradeOffer { guid }, None);
        self.check(&GetTradeOfferPdf { guid }, None);
        let (timestamp_sent, trade_offer, sent) = self.stamped("TradeOfferUpdateModel");
        self.check(&UpdateTradeOffer { guid, timestamp: timestamp_sent, trade_offer }, Some(sent));
        self.check(&DeleteTradeOffer { guid, timestamp: timestamp.clone() }, None);
        self.check(&GenerateInvoice { guid, timestamp }, None);
        let (mail, sent) = self.chance.sent("ApiMailoutModel");
        self.check(&EmailTradeOffer { guid, mail }, Some(sent));
        self.check(&GetTradeOfferEmailTemplate { guid }, None);
        let changes_since = self.chance.maybe(Chance::time);
        let include_sms = self.chance.coin();
        self.check(&ListTradeOfferMailOuts { guid, changes_since, include_sms }, None);
    }

    fn reminders(&mut self) {
        let (invoice, id) = (InvoiceGuid(self.chance.uuid()), ReminderId(7));
        let (timestamp, _) = self.stamp();
        let changes_since = self.chance.maybe(Chance::time);
        self.check(&ListReminders { invoice, changes_since }, None);
        let (reminder, sent) = self.chance.sent::<model::ReminderWrite>("ReminderCreateModel");
        self.check(&CreateReminder { invoice, reminder: reminder.clone() }, Some(sent.clone()));
        self.check(&UpdateReminder { invoice, id, reminder }, Some(sent));
        self.check(&GetReminder { invoice, id }, None);
        self.check(&GetReminderPdf { invoice, id }, None);
        self.check(&DeleteReminder { invoice, id, timestamp: timestamp.clone() }, None);
        self.check(&GetNextReminder { invoice }, None);
        let (reminder, sent) = self.chance.sent("ReminderFetchModel");
        self.check(&PreviewReminder { invoice, reminder }, Some(sent));
        self.check(&BookReminder { invoice, id, timestamp }, None);
        self.check(&GetReminderEmailTemplate { invoice }, None);
        let (mail, sent) = self.chance.sent("ApiMailoutModel");
        self.check(&EmailReminder { invoice, mail }, Some(sent));
        let (reminder, sent) = self.chance.sent("EanReminderModel");
        self.check(&SendElectronicReminder { invoice, id, reminder }, Some(sent));
    }

    fn files_ledger_and_webhooks(&mut self) {
        let list = ListFiles {
            extensions: self.chance.some_of(&["pdf".to_owned(), "png".to_owned()]),
            uploaded_before: self.chance.maybe(Chance::date),
            uploaded_after: self.chance.maybe(Chance::date),
            status: self.chance.maybe(|chance| chance.pick(model::FileStatus::KNOWN)),
            ..ListFiles::default()
        };
        self.check(&list, None);
        let (name, content) = (self.chance.text(), Bytes::from(self.chance.text()));
        let upload = Upload { name: name.clone(), content_type: "application/pdf".to_owned(), content };
        self.check(&UploadFile { upload: upload.clone() }, None);
        self.check(&UploadAttachment { upload }, None);
        let file = FileGuid(self.chance.uuid().simple().to_string());
        let document = VoucherGuid(self.chance.uuid());
        self.check(&GetFile { file: file.clone() }, None);
        self.check(&ListAttachments { document }, None);
        self.check(&AttachFile { document, file: file.clone(), name: format!("{name}.pdf") }, None);
        self.check(&DetachFile { document, file }, None);
        let kind = self.chance.pick(model::DocumentType::KNOWN);
        self.check(&BindDefaultAttachments { document, kind }, None);
        let (item, sent) = self.chance.sent::<model::LedgerItemWrite>("LedgerItemModelV2");
        let sent = Some(Value::Array(vec![sent]));
        self.check(&CreateLedgerItems { items: vec![item.clone()] }, sent.clone());
        self.check(&UpdateLedgerItems { items: vec![item] }, sent);
        let (item, sent) = self.chance.sent::<model::LedgerItemVersion>("LedgerItemModel");
        let (items, sent) = (vec![item], Some(Value::Array(vec![sent])));
        self.check(&GetLedgerItems { items: items.clone() }, sent.clone());
        self.check(&BookLedgerItems { items: items.clone() }, sent.clone());
        self.check(&DeleteLedgerItems { items: items.clone() }, sent);
        self.check(&GetLedgerItemProgress { items: items.iter().map(|item| item.id).collect() }, None);
        self.check(&ListWebhookEvents, None);
        self.check(&ListWebhookSubscriptions, None);
        let (subscription, sent) = self.chance.sent("SubscribeToWebhookModel");
        self.check(&SubscribeWebhook { subscription }, Some(sent));
        let (subscription, sent) = self.chance.sent("UnsubscribeFromWebhookModel");
        self.check(&UnsubscribeWebhook { subscription }, Some(sent));
    }
}

#[test]
fn contract_every_request_fits_the_description_and_every_answer_is_understood() {
    let covered = Mutex::new(BTreeSet::new());
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) };
    proptest!(config, |(seed: u64)| {
        let mut pass = Pass { chance: Chance::new(seed), covered: BTreeSet::new() };
        pass.contacts();
        pass.products_and_settings();
        pass.invoices();
        pass.credit_notes();
        pass.trade_offers();
        pass.reminders();
        pass.files_ledger_and_webhooks();
        pass.deprecated();
        covered.lock().unwrap().extend(pass.covered);
    });
    let covered = covered.into_inner().unwrap();
    let all: BTreeSet<String> = DINERO.operations().iter().map(crate::schema::Published::name).collect();
    let deprecated: Vec<String> =
        DINERO.operations().iter().filter(|it| it.is_deprecated()).map(crate::schema::Published::name).collect();
    assert_eq!(deprecated, DEPRECATED);
    println!(
        "typed {}, deprecated and through the escape hatch {}",
        covered.len() - deprecated.len(),
        deprecated.len()
    );
    println!("dinero: operations {}/{}", covered.intersection(&all).count(), all.len());
    let missing: Vec<&String> = all.difference(&covered).collect();
    assert!(missing.is_empty(), "no operation of ours is {missing:?}");
}

#[test]
fn contract_every_field_asked_for_is_published_and_not_deprecated() {
    fn check<F: ListField>(model: &str) {
        let properties = &DINERO.document["components"]["schemas"][model]["properties"];
        for field in F::ALL {
            let published = &properties[field.as_str()];
            assert!(published.is_object(), "{model} has no {}", field.as_str());
            assert_ne!(published["deprecated"], true, "{model}.{}", field.as_str());
        }
    }
    check::<ContactField>("ContactReadModel");
    check::<NoteField>("ContactNoteReadModel");
    check::<ProductField>("ProductReadModel");
    check::<InvoiceField>("SalesVoucherReadListModel");
    check::<SaleField>("SalesVoucherReadListModel");
    check::<CreditNoteField>("SalesVoucherReadListModel");
    check::<TradeOfferField>("TradeOfferReadModel");
    check::<OrganizationField>("OrganizationReadModel");
    check::<EntryAccountField>("EntryAccountReadModel");
    check::<PurchaseAccountField>("EntryAccountReadModel");
    check::<DepositAccountField>("DepositAccountReadModel");
}
