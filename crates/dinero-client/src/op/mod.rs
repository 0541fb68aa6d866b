//! Each call of the API as a plain value: it builds its request and decodes its response, without input or output.
//!
//! Deprecated operations have no value here, and where a path has several versions the newest is used (fact sheet §2). What is
//! missing can be said with [`Raw`], or with an [`Operation`] of your own.

mod accounts;
mod call;
mod contacts;
mod credit_notes;
mod entries;
mod files;
mod invoices;
mod ledger;
mod multipart;
mod organizations;
mod products;
mod raw;
mod reminders;
mod sales_list;
mod statements;
mod trade_offers;
mod webhooks;

use api_transport::{BaseUrl, Safety};
use bytes::Bytes;
use http::{Request, Response};

use crate::{Error, OrganizationId};

pub use accounts::{
    CreateDepositAccount, CreateEntryAccount, ListAccountingYears, ListDepositAccounts, ListEntryAccounts,
    ListPurchaseAccounts, ListVatTypes,
};
pub use contacts::{
    CreateContact, CreateNote, DeleteContact, DeleteNote, GetContact, GetNote, ListContacts, ListLiveContacts,
    ListNotes, RestoreContact, UpdateContact, UpdateNote,
};
pub use credit_notes::{
    BookCreditNote, CreateCreditNote, CreateCreditNotePayment, DeleteCreditNote, DeleteCreditNotePayment,
    EmailCreditNote, GetCreditNote, GetCreditNoteEmailTemplate, GetCreditNotePayments, GetCreditNotePdf,
    ListCreditNoteMailOuts, PreviewCreditNote, SendElectronicCreditNote, UpdateCreditNote,
};
pub use entries::{ListEntries, ListEntryChanges};
pub use files::{
    AttachFile, BindDefaultAttachments, DetachFile, GetFile, ListAttachments, ListFiles, UploadAttachment, UploadFile,
};
pub use invoices::{
    BookInvoice, CreateInvoice, CreatePayment, DeleteInvoice, DeletePayment, EmailInvoice, EmailPreReminder,
    GenerateCreditNote, GetInvoice, GetInvoiceEmailTemplate, GetInvoicePdf, GetPayments, GetPreReminderTemplate,
    ListInvoiceMailOuts, ListInvoiceTemplates, PreviewInvoice, SendElectronicInvoice, SendTextMessage, UpdateInvoice,
};
pub use ledger::{
    BookLedgerItems, CreateLedgerItems, Created as LedgerItemsCreated, DeleteLedgerItems, GetLedgerItemProgress,
    GetLedgerItems, UpdateLedgerItems,
};
pub use multipart::Upload;
pub use organizations::{GetSalesSettings, ListCountries, ListOrganizationDetails, ListOrganizations};
pub use products::{CreateProduct, DeleteProduct, GetProduct, ListProducts, UpdateProduct};
pub use raw::Raw;
pub use reminders::{
    BookReminder, CreateReminder, DeleteReminder, EmailReminder, GetNextReminder, GetReminder,
    GetReminderEmailTemplate, GetReminderPdf, ListReminders, PreviewReminder, SendElectronicReminder, UpdateReminder,
};
pub use sales_list::{ListCreditNotes, ListInvoices, ListSales, Period, SalesList, SalesListField};
pub use statements::{EmailStateOfAccount, GetStateOfAccount, GetStateOfAccountPdf};
pub use trade_offers::{
    CreateTradeOffer, DeleteTradeOffer, EmailTradeOffer, GenerateInvoice, GetTradeOffer, GetTradeOfferEmailTemplate,
    GetTradeOfferPdf, ListTradeOfferMailOuts, ListTradeOffers, PreviewTradeOffer, UpdateTradeOffer,
};
pub use webhooks::{ListWebhookEvents, ListWebhookSubscriptions, SubscribeWebhook, UnsubscribeWebhook};

/// The largest page (fact sheet §4.1).
pub const LARGEST_PAGE: u32 = 1000;

/// One call of the API.
pub trait Operation: Sync {
    /// What a success gives.
    type Output: Send;
    /// Its name in traces and errors.
    const NAME: &'static str;
    /// What sending it twice would do, at its safest.
    const SAFETY: Safety;

    /// What sending this very value twice would do. A create without a chosen guid is not safe to repeat.
    fn safety(&self) -> Safety {
        Self::SAFETY
    }

    /// The request, without a token.
    fn request(&self, base: &BaseUrl, organization: OrganizationId) -> Request<Bytes>;

    /// What a successful response says.
    ///
    /// # Errors
    /// When the body is not what it should be; the error names the place.
    fn decode(&self, response: &Response<Bytes>) -> Result<Self::Output, Error>;
}

/// Declares operations: name and fields, `name in traces: safety`, method, version, path behind the organisation, further
/// steps of [`call::Call`], and what comes back (`json Type`, `bytes` or `nothing`).
macro_rules! operations {
    ($(
        $(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty),* $(,)? }
        $label:literal: $safety:ident $(when $chosen:expr)?,
        $method:ident $version:literal [$($segment:expr),*] $(.$step:ident($($argument:expr),*))*
        => $answer:ident $($output:ty)?;
    )*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name { $($(#[$field_doc])* pub $field: $type),* }

        impl $crate::Operation for $name {
            type Output = $crate::op::operations!(@output $answer $($output)?);
            const NAME: &'static str = $label;
            const SAFETY: api_transport::Safety = api_transport::Safety::$safety;

            $(fn safety(&self) -> api_transport::Safety {
                if ($chosen)(self) { Self::SAFETY } else { api_transport::Safety::UnsafeWrite }
            })?

            fn request(
                &self,
                base: &api_transport::BaseUrl,
                organization: $crate::OrganizationId,
            ) -> http::Request<bytes::Bytes> {
                #[allow(unused_variables, reason = "a field may stand in the path, in the query or in the body")]
                let Self { $($field),* } = self;
                $crate::op::call::Call::new(
                    http::Method::$method,
                    base,
                    $version,
                    Some(organization),
                    &[$(&$segment),*],
                )
                $(.$step($($argument),*))*
                .build()
            }

            fn decode(&self, response: &http::Response<bytes::Bytes>) -> Result<Self::Output, $crate::Error> {
                $crate::op::operations!(@decode $answer, Self::NAME, response)
            }
        }
    )*};
    (@output json $output:ty) => { $output };
    (@output bytes) => { bytes::Bytes };
    (@output nothing) => { () };
    (@decode json, $name:expr, $response:expr) => { $crate::op::call::json($name, $response) };
    (@decode bytes, $name:expr, $response:expr) => {{ let _ = $name; Ok($response.body().clone()) }};
    (@decode nothing, $name:expr, $response:expr) => {{ let _ = ($name, $response); Ok(()) }};
}

pub(crate) use operations;
