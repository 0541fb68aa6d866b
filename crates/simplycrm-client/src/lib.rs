//! A typed client for the API of Simply CRM, which is that of vtiger CRM 6 to 8: `webservice.php`.
//!
//! - [`SimplyCrmClient`] keeps sessions open and sends operations. Start there.
//! - [`vtql`] builds queries that cannot be wrong or injected into.
//! - [`Record`] is what is read, [`Element`] what is written, [`Invoice`] a record with lines, [`ModuleSchema`] what a
//!   module's fields are.
//! - [`op`] has the operations as plain values that build requests and read responses without any input or output; with
//!   these and a transport of your own you can do without the client.
//! - [`Error`] answers questions, such as whether a lost write may have happened.
//!
//! ```no_run
//! # async fn run(crm: simplycrm_client::SimplyCrmClient) -> Result<(), Box<dyn std::error::Error>> {
//! use futures::TryStreamExt;
//! use simplycrm_client::vtql::{Condition, Pattern, Select, Text};
//! use simplycrm_client::{FieldName, ModuleName};
//!
//! const NAME: FieldName = FieldName::literal("accountname");
//! let danish = Select::from(ModuleName::ACCOUNTS)
//!     .columns([NAME])
//!     .filter(Condition::like(NAME, Pattern::ends_with(&Text::new(" ApS")?)));
//! let mut records = std::pin::pin!(crm.scan(danish));
//! while let Some(record) = records.try_next().await? {
//!     println!("{:?}", record.text(NAME)?);
//! }
//! # Ok(()) }
//! ```
//!
//! Facts about the API are cited as "fact sheet §n" in the documentation; they were read in vtiger's code and checked
//! against recorded exchanges with vtiger 7.3.0 and 8.4.0, which the tests of this crate replay.

#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod client;
mod code;
mod element;
mod endpoint;
mod envelope;
mod error;
mod id;
mod invoice;
mod line;
mod modules;
pub mod op;
mod pool;
mod product;
mod record;
mod schema;
mod session;
mod value;
pub mod vtql;
mod whole;

pub use client::{Precondition, SimplyCrmClient, SimplyCrmSettings, SyncReach};
pub use code::Code;
pub use element::Element;
pub use endpoint::Endpoint;
pub use envelope::{Answer, Repair};
pub use error::Error;
pub use id::{FieldName, InvalidName, ModuleName, WsId};
pub use invoice::{Invoice, InvoiceChanges, TaxMode, Totals, UnsayableLine};
pub use line::{Discount, InvoiceLine, LineItem};
pub use modules::{ModuleInfo, Modules, RelatedModules, Relation};
pub use op::{Call, FileContent, Operation, SyncPage, SyncScope};
pub use record::{FieldError, Record};
pub use schema::{FieldKind, FieldSchema, ModuleSchema, PicklistValue};
pub use session::Connection;
pub use value::{FieldValue, decode_entities};

/// The examples of the README, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
