//! What stands before every handler: who is asking, whether he may, and what a browser is told not to do.

mod client;
mod fields;
mod headers;
mod origin;
mod signed;

pub(crate) use client::client_address;
pub(crate) use fields::{Fields, SignedForm};
pub(crate) use headers::strict_headers;
pub(crate) use origin::own_origin;
pub(crate) use signed::{SignedIn, forget_cookie, language, member, set_cookie};
