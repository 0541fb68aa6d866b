//! What the API sends and takes. Names are the API's own; a read field is `None` where the answer did not mention it and
//! `Some(None)` where it said `null`.

mod account;
mod contact;
mod known;
mod organization;
mod page;
mod product;
mod time;

pub use account::SalesSettings;
pub use contact::{Contact, ContactCreated, ContactWrite};
pub use known::Known;
pub use organization::Organization;
pub use page::{Page, Pagination};
pub use product::{Product, ProductCreated, ProductWrite};
pub use time::AuditTime;
