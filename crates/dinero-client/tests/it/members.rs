//! Every member of every answer is read under its published name: a misspelt one would only ever be missing.

use std::collections::BTreeSet;
use std::fmt;

use dinero_client::TradeOfferField;
use dinero_client::model::*;
use serde::de::{DeserializeOwned, Deserializer, Error, Visitor};
use serde_json::Value;

use crate::schema::DINERO;

/// Asks a struct for the names that it knows, and gives it nothing.
struct Asking;

/// The names.
#[derive(Debug)]
struct Names(Vec<&'static str>);

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl std::error::Error for Names {}

impl Error for Names {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self(Vec::new())
    }
}

impl<'de> Deserializer<'de> for Asking {
    type Error = Names;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Names> {
        Err(Names(Vec::new()))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Names> {
        Err(Names(names.to_vec()))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

fn names<T: DeserializeOwned>() -> BTreeSet<String> {
    let known = T::deserialize(Asking).err().unwrap();
    known.0.into_iter().map(str::to_owned).collect()
}

macro_rules! alike {
    ($($ours:ty = $published:literal;)*) => {
        vec![$(($published, names::<$ours>())),*]
    };
}

#[test]
fn contract_every_published_member_is_read_under_its_name() {
    let models = alike! {
        AccountingYear = "AccountingYearReadModel";
        Attachment = "DocumentAttachmentReadModel";
        Contact = "ContactReadModel";
        ContactCreated = "ContactCreatedResult";
        ContactNote = "ContactNoteReadModel";
        Country = "CountryModel";
        CreditNote = "SalesCreditNoteReadModel";
        CreditNotePreview = "SalesCreditNoteFetchReadModel";
        DepositAccount = "DepositAccountReadModel";
        Entry = "EntryReadModel";
        EntryAccount = "EntryAccountReadModel";
        FileItem = "FilteredFileReadModel";
        FileLink = "FileLinkReadModel";
        FileSaved = "FileSavedReadModel";
        Invoice = "InvoiceReadModel";
        InvoiceMailTemplate = "MailoutTemplateReadModelV2";
        InvoicePreview = "InvoiceFetchReadModel";
        InvoiceTemplate = "InvoiceTemplateModel";
        LedgerItem = "LedgerItemModelV2";
        LedgerItemProgress = "LedgerItemStatusReadModel";
        LedgerItemVersion = "LedgerItemReadModel";
        LedgerLine = "LedgerItemLineModelV2";
        MailOut = "VoucherMailoutReadModel";
        MailSent = "EmailSentModel";
        MailTemplate = "MailoutTemplateReadModel";
        NoteCreated = "ContactCreatedResult";
        Organization = "OrganizationReadModel";
        OrganizationDetails = "OrganizationReadModelV2";
        Page<Contact> = "ContactReadModelDineroCollection";
        Pagination = "PaginationDetails";
        Payment = "PaymentReadModel";
        PaymentCreated = "CreatedPaymentResponse";
        PaymentDeleted = "DeletedPaymentResponse";
        Payments = "InvoicePaymentsModel";
        Product = "ProductReadModel";
        ProductCreated = "ProductCreatedResult";
        Recipient = "EmailRecipientModel";
        Reminder = "ReminderViewModel";
        Sale = "SalesVoucherReadListModel";
        SalesLineRead = "InvoiceLinesReadModel";
        SalesLineRead = "TradeOfferLineReadModel";
        SalesSettings = "SalesVoucherSetttingsModel";
        StateOfAccount = "ContactStateOfAccount";
        StateOfAccountEntry = "ContactStateOfAccountEntry";
        Stored<dinero_client::InvoiceGuid> = "CreatedResponseModel";
        Stored<dinero_client::InvoiceGuid> = "UpdatedResponseModel";
        Subscription = "SubscriptionReadModel";
        TotalLine = "TotalLine";
        TradeOffer = "TradeOfferReadModel";
        TradeOfferEvent = "TradeOfferHistoryReadModel";
        TradeOfferPreview = "TradeOfferFetchReadModel";
        VatType = "VatTypeReadModel";
    };
    for (published, ours) in &models {
        let properties = DINERO.document["components"]["schemas"][published]["properties"].as_object().unwrap();
        let current = properties.iter().filter(|(_, schema)| schema["deprecated"] != true);
        let theirs: BTreeSet<String> = current.map(|(name, _)| name.clone()).collect();
        assert_eq!(*ours, theirs, "{published}");
    }
    // A list of trade offers shows what can be asked for.
    let shown: BTreeSet<String> = TradeOfferField::ALL.iter().map(|field| field.as_str().to_owned()).collect();
    assert_eq!(names::<TradeOfferItem>(), shown);
    let covered: BTreeSet<&str> = models.iter().map(|(published, _)| *published).collect();
    for name in answers() {
        assert!(name.ends_with("DineroCollection") || covered.contains(name.as_str()), "{name} is not compared");
    }
}

/// The models that answers are made of.
fn answers() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for published in DINERO.operations() {
        collect(&published.details["responses"], &mut found);
    }
    found
}

fn collect(value: &Value, found: &mut BTreeSet<String>) {
    if let Some(name) = value["$ref"].as_str().and_then(|it| it.strip_prefix("#/components/schemas/")) {
        let schema = &DINERO.document["components"]["schemas"][name];
        if schema["enum"].is_null() && found.insert(name.to_owned()) {
            collect(schema, found);
        }
    }
    match value {
        Value::Object(members) => members.values().for_each(|it| collect(it, found)),
        Value::Array(items) => items.iter().for_each(|it| collect(it, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
