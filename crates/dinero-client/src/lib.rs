//! A typed client for the Dinero accounting API.
//!
//! [`DineroClient`] keeps a token, obeys the rate limit and sends operations; start there. Each call is a plain value in
//! [`op`] that builds its request and decodes its response without any input or output, so that it can be used with a
//! transport of your own. [`Error`] answers questions: was the record not found, is the key wrong, may a lost write have
//! happened?
//!
//! Facts about the API are cited as "fact sheet §n" in the documentation.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use api_transport::{BaseUrl, HttpSettings, HttpTransport};
//! use dinero_client::{Credentials, DineroClient, DineroSettings, OrganizationId, op::ListContacts};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let transport = Arc::new(HttpTransport::new(&HttpSettings::default())?);
//! let client = DineroClient::new(
//!     DineroSettings {
//!         base_url: BaseUrl::parse("https://api.dinero.dk")?,
//!         token_url: BaseUrl::parse("https://authz.dinero.dk/dineroapi/oauth/token")?,
//!         organization: OrganizationId(4711),
//!         credentials: Credentials::Personal {
//!             client_id: "…".to_owned(),
//!             client_secret: "…".into(),
//!             api_key: "…".into(),
//!         },
//!         requests_per_minute: 60,
//!     },
//!     transport,
//! );
//! for contact in client.send(&ListContacts::new()).await?.collection {
//!     println!("{:?}", contact.name);
//! }
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod any_case;
mod auth;
mod client;
mod error;
mod field;
mod filter;
mod id;
pub mod model;
pub mod op;
mod paging;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use auth::{Credentials, Pkce, TokenStore, TokenStoreError, VismaApp, VismaGrant};
pub use client::{DineroClient, DineroSettings};
pub use error::{Error, ErrorCode};
pub use field::{
    ContactField, CreditNoteField, DepositAccountField, EntryAccountField, InvoiceField, ListField, NoteField,
    OrganizationField, ProductField, PurchaseAccountField, SaleField, TradeOfferField,
};
pub use filter::{Filter, FilterError};
pub use id::{
    ContactGuid, CreditNoteGuid, FileGuid, InvoiceGuid, LedgerItemId, NoteGuid, OrganizationId, PaymentGuid,
    ProductGuid, ReminderId, TemplateId, Timestamp, TradeOfferGuid, Version, VoucherGuid,
};
pub use op::Operation;
pub use paging::{Paged, Portion};
