//! What the API sends and takes. Names are the API's own. In contacts and products a read field is `None` where the answer
//! did not mention it and `Some(None)` where it said `null`; elsewhere the two are not told apart.
//!
//! What is written can also be read back from JSON, so that a request that was planned can be kept and sent later.
//!
//! Amounts are decimals and travel as JSON numbers; up to 15 digits they are exact in both directions.

mod account;
mod contact;
mod file;
mod known;
mod ledger;
mod line;
mod mail;
mod organization;
mod page;
mod payment;
mod product;
mod reminder;
mod sales;
mod statement;
mod template;
mod time;
mod vocabulary;
mod voucher;
mod webhook;
mod word;

pub use account::{
    AccountingYear, Country, DepositAccount, DepositAccountWrite, Entry, EntryAccount, EntryAccountWrite, VatType,
};
pub use contact::{Contact, ContactCreated, ContactWrite};
pub use file::{Attachment, FileItem, FileLink, FileSaved};
pub use known::Known;
pub use ledger::{LedgerItem, LedgerItemProgress, LedgerItemVersion, LedgerItemWrite, LedgerLine};
pub use line::{Goods, SalesLine, SalesLineRead, TotalLine, What};
pub use mail::{
    ElectronicInvoice, ElectronicReminder, InvoiceMailTemplate, Mail, MailOut, MailSent, MailTemplate, Recipient,
    TextMessage,
};
pub use organization::{Organization, OrganizationDetails, Subscription};
pub use page::{Page, Pagination};
pub use payment::{Payment, PaymentCreated, PaymentDeleted, PaymentWrite, Payments};
pub use product::{Product, ProductCreated, ProductWrite};
pub use reminder::{Reminder, ReminderDraft, ReminderWrite};
pub use sales::{Sale, SalesSettings, TradeOfferItem};
pub use statement::{ContactNote, NoteCreated, NoteWrite, StateOfAccount, StateOfAccountEntry, StateOfAccountMail};
pub use template::InvoiceTemplate;
pub(crate) use time::whole_seconds;
pub use time::{AuditTime, VoucherDate};
pub use vocabulary::{
    AddressPlacement, BookStatus, DeliveryStatus, DocumentType, FileStatus, InvoiceTheme, LedgerItemStatus, LineType,
    LogoType, MailOutStatus, MailOutType, PaymentCondition, PaymentMean, PaymentStatus, SalarySumTaxState, SaleType,
    SalesSort, SortOrder, TotalLineType, TradeOfferSort, TradeOfferStatus, Unit,
};
pub use voucher::{
    CreditNote, CreditNotePreview, CreditNoteWrite, Invoice, InvoicePreview, InvoiceWrite, Stored, TradeOffer,
    TradeOfferEvent, TradeOfferPreview, TradeOfferWrite,
};
pub use webhook::{Subscribe, Unsubscribe};
