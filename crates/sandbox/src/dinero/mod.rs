//! A stand-in for Dinero's API that keeps state: tokens, organisations, contacts, products, invoices, credit notes, payments,
//! with the limits, error shapes and oddities of the fact sheet (`dinero-api`), and its suggestions (§11) where the sources are silent.
//!
//! ```
//! use sandbox::dinero::Dinero;
//!
//! let mut dinero = Dinero::new(4711, "Prøvefirma ApS");
//! let guid = dinero.add_contact(&[("Name", "Nordlys ApS".into()), ("CountryKey", "DK".into())], chrono::Utc::now());
//! assert_eq!(dinero.contact(&guid).unwrap()["Name"], "Nordlys ApS");
//! ```

mod accounts;
mod body;
mod contacts;
mod failure;
mod files;
mod list;
mod money;
mod products;
mod records;
mod sales;
mod settings;
mod token;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bytes::Bytes;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use http::{Method, Request, StatusCode, header};
use rust_decimal::Decimal;
use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::fault::throttled;
use crate::{Reply, Sandbox};
pub(crate) use contacts::is_cvr;
use failure::{Body, Failure};
pub use money::{Arithmetic, Halves, VatRounding};
use records::Records;
pub use sales::Tally;
use sales::{Kind, Voucher};

/// The client id of a new installation.
pub const CLIENT_ID: &str = "afstem";
/// The client secret of a new installation.
pub const CLIENT_SECRET: &str = "qK7wYdP2";
/// The API key of a new organisation.
pub const API_KEY: &str = "f3c1a7d29b";

/// What time stamps begin after.
const FIRST_STAMP: u64 = 0x020A_5EA8;

/// One organisation at Dinero with everything in it. A clone is a snapshot.
#[derive(Debug, Clone)]
pub struct Dinero {
    /// The organisation's number.
    pub organization: u64,
    /// Its name.
    pub name: String,
    /// Whether its subscription gives access to the API.
    pub is_pro: bool,
    /// Requests a minute that are let through; 0 means all.
    pub requests_per_minute: u32,
    /// Seconds for which a token is good.
    pub token_life: i64,
    /// Whether audit times end in `Z`.
    pub times_with_zone: bool,
    /// How values are changed when they are stored.
    pub habit: Option<fn(&mut Map<String, Value>)>,
    /// Whether it is without VAT: then no line carries any.
    pub is_vat_free: bool,
    /// How it computes what the facts leave open.
    pub arithmetic: Arithmetic,
    /// What its computation without storing (`fetch`) is off by, so that whoever compares can be tried.
    pub fetch_is_off_by: Decimal,
    /// The last day for which nothing can be booked any more. No answer tells of it.
    pub closed_until: Option<NaiveDate>,
    /// Whether it refuses to credit more than was invoiced.
    pub limits_credit: bool,
    /// The accounting years, from the earliest. Empty: this calendar year and the one before.
    pub years: Vec<(NaiveDate, NaiveDate)>,
    contacts: Records,
    products: Records,
    vouchers: BTreeMap<String, Voucher>,
    /// The last time stamp that was given.
    stamps: u64,
    accounts: Vec<accounts::Account>,
    vat_types: Vec<accounts::VatType>,
    deposits: Vec<accounts::DepositAccount>,
    files: Vec<files::StoredFile>,
    tokens: BTreeMap<String, DateTime<Utc>>,
    recent: VecDeque<DateTime<Utc>>,
    made: u64,
    log: Vec<LogEntry>,
    unknown_names: BTreeSet<String>,
}

/// One request that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The query, decoded.
    pub query: Vec<(String, String)>,
    /// The status it was answered with.
    pub status: u16,
    /// Whether it changed the organisation.
    pub write: bool,
}

/// A request taken apart.
struct Call<'a> {
    method: &'a Method,
    version: &'a str,
    path: Vec<&'a str>,
    query: Vec<(String, String)>,
    content_type: &'a str,
    /// Whether a file is wanted rather than JSON.
    wants_file: bool,
    body: &'a Bytes,
    now: DateTime<Utc>,
}

type Answer = Result<Option<Value>, Failure>;

impl Dinero {
    /// An organisation with nothing in it.
    #[must_use]
    pub fn new(organization: u64, name: &str) -> Self {
        Self {
            organization,
            name: name.to_owned(),
            is_pro: true,
            requests_per_minute: 60,
            token_life: 3600,
            times_with_zone: false,
            habit: None,
            is_vat_free: false,
            arithmetic: Arithmetic::default(),
            fetch_is_off_by: Decimal::ZERO,
            closed_until: None,
            limits_credit: true,
            years: Vec::new(),
            contacts: Records::default(),
            products: Records::default(),
            vouchers: BTreeMap::new(),
            stamps: FIRST_STAMP,
            accounts: accounts::chart(),
            vat_types: accounts::vat_types(),
            deposits: accounts::deposits(),
            files: Vec::new(),
            tokens: BTreeMap::new(),
            recent: VecDeque::new(),
            made: 0,
            log: Vec::new(),
            unknown_names: BTreeSet::new(),
        }
    }

    /// Every request so far.
    #[must_use]
    pub fn log(&self) -> &[LogEntry] {
        &self.log
    }

    /// Forgets the requests so far.
    pub fn clear_log(&mut self) {
        self.log.clear();
    }

    /// Names that requests carried and that the API does not know, each with where it stood.
    #[must_use]
    pub fn unknown_names(&self) -> &BTreeSet<String> {
        &self.unknown_names
    }

    /// Makes every token worthless.
    pub fn forget_tokens(&mut self) {
        self.tokens.clear();
    }

    /// The live contacts.
    #[must_use]
    pub fn contacts(&self) -> Vec<Value> {
        self.contacts.live()
    }

    /// The live products.
    #[must_use]
    pub fn products(&self) -> Vec<Value> {
        self.products.live()
    }

    /// A contact, also a deleted one.
    #[must_use]
    pub fn contact(&self, guid: &str) -> Option<Value> {
        self.contacts.get(guid).map(|fields| Value::Object(fields.clone()))
    }

    /// A product, also a deleted one.
    #[must_use]
    pub fn product(&self, guid: &str) -> Option<Value> {
        self.products.get(guid).map(|fields| Value::Object(fields.clone()))
    }

    /// A person edits a contact in Dinero. `false` when there is none.
    pub fn edit_contact(&mut self, guid: &str, fields: &[(&str, Value)], now: DateTime<Utc>) -> bool {
        let time = self.time(now);
        self.contacts.edit(guid, fields, time)
    }

    /// A person edits a product in Dinero. `false` when there is none.
    pub fn edit_product(&mut self, guid: &str, fields: &[(&str, Value)], now: DateTime<Utc>) -> bool {
        let time = self.time(now);
        self.products.edit(guid, fields, time)
    }

    /// A person deletes a contact in Dinero. `false` when there is none.
    pub fn remove_contact(&mut self, guid: &str, now: DateTime<Utc>) -> bool {
        let time = self.time(now);
        self.contacts.edit(guid, &[("DeletedAt", time.clone())], time)
    }

    /// An audit time as this organisation writes it.
    fn time(&self, now: DateTime<Utc>) -> Value {
        let zone = if self.times_with_zone { "Z" } else { "" };
        format!("{}{zone}", now.format("%Y-%m-%dT%H:%M:%S%.3f")).into()
    }

    /// A guid that was never given before.
    fn next_guid(&mut self) -> String {
        self.made += 1;
        let name = format!("{}/{}", self.organization, self.made);
        uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, name.as_bytes()).to_string()
    }

    fn over_the_limit(&mut self, now: DateTime<Utc>) -> bool {
        if self.requests_per_minute == 0 {
            return false;
        }
        // A clock that was put back must not lock anybody out.
        self.recent.retain(|at| *at > now - Duration::seconds(60) && *at <= now);
        if self.recent.len() >= usize::try_from(self.requests_per_minute).unwrap_or(usize::MAX) {
            return true;
        }
        self.recent.push_back(now);
        false
    }

    fn route(&mut self, call: &Call<'_>, request: &Request<Bytes>) -> Result<Body, Failure> {
        if call.path.first() == Some(&"dineroapi") || call.path.last() == Some(&"token") {
            return self.give_token(request, call.now).map(Body::from);
        }
        self.check_token(request, call.now)?;
        match call.path.as_slice() {
            ["organizations"] => Ok(Body::Json(self.organizations(call))),
            [organization, rest @ ..] if *organization == self.organization.to_string() => {
                if self.is_pro {
                    self.resource(call, rest)
                } else {
                    Err(Failure::no_pro())
                }
            }
            [_, _, ..] => Err(Failure::forbidden()),
            _ => Err(Failure::no_route()),
        }
    }

    fn resource(&mut self, call: &Call<'_>, rest: &[&str]) -> Result<Body, Failure> {
        match rest {
            ["files", rest @ ..] => self.file_route(call, rest),
            ["attachments", rest @ ..] => self.attachment_route(call, rest),
            ["invoices", guid] if call.wants_file => self.pdf(Kind::Invoice, guid).map(Body::File),
            ["sales", "creditnotes", guid, "pdf"] => self.pdf(Kind::CreditNote, guid).map(Body::File),
            _ => self.record_resource(call, rest).map(Body::from),
        }
    }

    /// What answers with JSON.
    fn record_resource(&mut self, call: &Call<'_>, rest: &[&str]) -> Answer {
        let get = *call.method == Method::GET;
        match rest {
            ["contacts", rest @ ..] => self.contact_route(call, rest),
            ["products", rest @ ..] => self.product_route(call, rest),
            ["invoices"] if get => self.list_sales(Some(Kind::Invoice), call),
            ["invoices", rest @ ..] => self.sales_route(Kind::Invoice, call, rest),
            ["sales", "creditnotes"] if get => self.list_sales(Some(Kind::CreditNote), call),
            ["sales", "creditnotes", rest @ ..] => self.sales_route(Kind::CreditNote, call, rest),
            ["sales"] if get => self.list_sales(None, call),
            ["sales", "settings"] if get => Ok(Some(settings::sales())),
            ["accounts", rest @ ..] => self.account_route(call, rest),
            ["vatTypes"] if get => Ok(Some(self.shown_vat_types())),
            ["accountingyears"] if get => Ok(Some(self.accounting_years(call.now))),
            _ => Err(Failure::no_route()),
        }
    }

    fn organizations(&self, call: &Call<'_>) -> Value {
        if call.version == "v1.1" {
            return Value::Array(vec![self.organization_in_full()]);
        }
        let mut organization = Map::new();
        organization.insert("Name".to_owned(), self.name.clone().into());
        organization.insert("Id".to_owned(), self.organization.into());
        organization.insert("IsPro".to_owned(), self.is_pro.into());
        organization.insert("IsPayingPro".to_owned(), self.is_pro.into());
        organization.insert("IsVatFree".to_owned(), self.is_vat_free.into());
        let fields = call.parameter("fields").unwrap_or("id,name,isPro");
        Value::Array(vec![list::echo(&organization, fields)])
    }
}

impl Call<'_> {
    /// All values of a parameter that may stand several times.
    fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.query.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

impl Sandbox for Dinero {
    fn handle(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Reply {
        let query: Vec<(String, String)> =
            form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()).into_owned().collect();
        let mut path: Vec<&str> = request.uri().path().split('/').filter(|part| !part.is_empty()).collect();
        let version = if path.first().is_some_and(|part| part.starts_with('v')) { path.remove(0) } else { "" };
        let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let call = Call {
            method: request.method(),
            version,
            path,
            query,
            content_type: header(header::CONTENT_TYPE),
            wants_file: *request.method() == Method::GET && header(header::ACCEPT) == "application/octet-stream",
            body: request.body(),
            now,
        };
        let reply = if self.over_the_limit(now) {
            throttled(Some(60))
        } else {
            match self.route(&call, request) {
                Ok(body) => failure::answer(StatusCode::OK, body),
                Err(failure) => failure.reply(),
            }
        };
        let status = match &reply {
            Reply::Answer(response) => response.status().as_u16(),
            Reply::NoAnswer => 0,
        };
        let asks = ["/token", "/fetch"].iter().any(|end| request.uri().path().ends_with(end));
        let write = *request.method() != Method::GET && !asks;
        self.log.push(LogEntry {
            method: request.method().to_string(),
            path: request.uri().path().to_owned(),
            query: call.query,
            status,
            write,
        });
        reply
    }
}
