//! Contacts (fact sheet §6.2, §7.1): a PUT replaces everything, a guid may be chosen once, a Danish CVR number is checked.

use chrono::{DateTime, Utc};
use http::Method;
use serde_json::{Map, Value, json};

use super::body::object;
use super::list::{self, ListRules};
use super::{Answer, Call, Dinero, Failure};

/// What a request may set, and the value of what it leaves out.
const WRITABLE: [(&str, Value); 24] = [
    ("ExternalReference", Value::Null),
    ("Name", Value::Null),
    ("Street", Value::Null),
    ("ZipCode", Value::Null),
    ("City", Value::Null),
    ("CountryKey", Value::Null),
    ("Phone", Value::Null),
    ("Email", Value::Null),
    ("Webpage", Value::Null),
    ("AttPerson", Value::Null),
    ("VatNumber", Value::Null),
    ("EanNumber", Value::Null),
    ("SENumber", Value::Null),
    ("PNumber", Value::Null),
    ("PaymentConditionType", Value::Null),
    ("PaymentConditionNumberOfDays", Value::Null),
    ("IsPerson", Value::Bool(false)),
    ("IsMember", Value::Bool(false)),
    ("MemberNumber", Value::Null),
    ("UseCvr", Value::Bool(false)),
    ("CompanyTypeKey", Value::Null),
    ("InvoiceMailOutOptionKey", Value::Null),
    ("PreferredInvoiceLanguageKey", Value::Null),
    ("PreferredInvoiceCurrencyKey", Value::Null),
];
/// What a list may show.
const LISTED: [&str; 25] = [
    "Name",
    "ContactGuid",
    "ExternalReference",
    "IsPerson",
    "Street",
    "ZipCode",
    "City",
    "CountryKey",
    "Phone",
    "Email",
    "Webpage",
    "AttPerson",
    "VatNumber",
    "EanNumber",
    "PaymentConditionType",
    "PaymentConditionNumberOfDays",
    "IsMember",
    "MemberNumber",
    "CompanyStatus",
    "VatRegionKey",
    "CreatedAt",
    "UpdatedAt",
    "DeletedAt",
    "PreferredInvoiceLanguageKey",
    "PreferredInvoiceCurrencyKey",
];
const FILTERABLE: &[&str] = &["ExternalReference", "Name", "Email", "VatNumber", "EanNumber", "IsPerson", "Phone"];
/// What only companies have.
const COMPANY: [&str; 5] = ["AttPerson", "VatNumber", "EanNumber", "SENumber", "PNumber"];
const COUNTRIES: [&str; 12] = ["DK", "SE", "NO", "DE", "FI", "GB", "NL", "FR", "ES", "IT", "PL", "US"];

impl Dinero {
    /// A person makes a contact in Dinero. Returns its guid.
    pub fn add_contact(&mut self, fields: &[(&str, Value)], now: DateTime<Utc>) -> String {
        let guid = self.next_guid();
        let sent: Map<String, Value> = fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        self.keep_contact(&guid, &sent, now);
        guid
    }

    pub(super) fn contact_route(&mut self, call: &Call<'_>, rest: &[&str]) -> Answer {
        match (call.method, call.version, rest) {
            (&Method::GET, "v1" | "v2", []) => self.list_contacts(call),
            (&Method::POST, "v1", []) => self.create_contact(call),
            (&Method::GET, "v1", [guid]) => Ok(Some(Value::Object(self.known_contact(guid)?.clone()))),
            (&Method::PUT, "v2", [guid]) => self.replace_contact(call, guid),
            (&Method::PUT, "v1", [guid]) => {
                self.unknown_names.insert("PUT v1 contacts is deprecated".to_owned());
                self.replace_contact(call, guid)
            }
            (&Method::DELETE, "v1", [guid]) => {
                self.known_contact(guid)?;
                self.remove_contact(&guid.to_lowercase(), call.now);
                Ok(None)
            }
            (&Method::POST, "v1", [guid, "restore"]) => {
                self.known_contact(guid)?;
                let now = call.now;
                self.edit_contact(&guid.to_lowercase(), &[("DeletedAt", Value::Null)], now);
                Ok(None)
            }
            _ => Err(Failure::no_route()),
        }
    }

    fn list_contacts(&mut self, call: &Call<'_>) -> Answer {
        if let Some(fields) = call.parameter("fields") {
            let names: Vec<String> =
                list::unknown(fields, &LISTED).map(|name| format!("contacts?fields={name}")).collect();
            self.unknown_names.extend(names);
        }
        let both = call.version == "v2";
        let rules = ListRules { default: "name,contactGuid", guid: "contactGuid", filterable: FILTERABLE, both };
        list::page(call, &rules, self.contacts.since(list::since(call)?))
    }

    fn known_contact(&self, guid: &str) -> Result<&Map<String, Value>, Failure> {
        self.contacts.get(&guid.to_lowercase()).ok_or_else(|| Failure::not_found("The contact does not exist"))
    }

    fn create_contact(&mut self, call: &Call<'_>) -> Answer {
        let sent = self.body(call, "POST contacts", &["ContactGuid"])?;
        check(&sent)?;
        let guid = match sent.get("ContactGuid").and_then(Value::as_str) {
            Some(guid) => guid.to_lowercase(),
            None => self.next_guid(),
        };
        if self.contacts.contains_key(&guid) {
            return Err(Failure::validation(&[("ContactGuid", "guidMustBeUnique")]));
        }
        self.keep_contact(&guid, &sent, call.now);
        Ok(Some(json!({ "ContactGuid": guid })))
    }

    fn replace_contact(&mut self, call: &Call<'_>, guid: &str) -> Answer {
        let standing = self.known_contact(guid)?;
        if !standing["DeletedAt"].is_null() {
            return Err(Failure::deleted());
        }
        let sent = self.body(call, "PUT contacts", &[])?;
        check(&sent)?;
        self.keep_contact(&guid.to_lowercase(), &sent, call.now);
        Ok(None)
    }

    /// Takes over everything that was sent and empties the rest.
    fn keep_contact(&mut self, guid: &str, sent: &Map<String, Value>, now: DateTime<Utc>) {
        let mut kept: Map<String, Value> = WRITABLE
            .iter()
            .map(|(name, default)| ((*name).to_owned(), sent.get(*name).cloned().unwrap_or_else(|| default.clone())))
            .collect();
        if kept["IsPerson"] == Value::Bool(true) {
            kept.extend(COMPANY.map(|name| (name.to_owned(), Value::Null)));
        }
        if let Some(habit) = self.habit {
            habit(&mut kept);
        }
        let region = match kept["CountryKey"].as_str() {
            Some("DK") => "DK",
            Some("SE" | "DE" | "FI" | "NL" | "FR" | "ES" | "IT" | "PL") => "EU",
            Some(_) | None => "World",
        };
        let created = self.contacts.get(guid).map(|standing| standing["CreatedAt"].clone());
        let time = self.time(now);
        kept.insert("ContactGuid".to_owned(), guid.into());
        kept.insert("VatRegionKey".to_owned(), region.into());
        kept.insert("CompanyStatus".to_owned(), Value::Null);
        kept.insert("IsDebitor".to_owned(), false.into());
        kept.insert("IsCreditor".to_owned(), false.into());
        kept.insert("CreatedAt".to_owned(), created.unwrap_or_else(|| time.clone()));
        kept.insert("UpdatedAt".to_owned(), time);
        kept.insert("DeletedAt".to_owned(), Value::Null);
        self.contacts.insert(guid, kept);
    }

    /// The body as an object. Names that do not exist are dropped without a word, and noted for whoever tests.
    fn body(&mut self, call: &Call<'_>, place: &str, also: &[&str]) -> Result<Map<String, Value>, Failure> {
        let known: Vec<&str> = WRITABLE.iter().map(|(name, _)| *name).chain(also.iter().copied()).collect();
        let (sent, unknown) = object(call, &known)?;
        self.unknown_names.extend(unknown.into_iter().map(|name| format!("{place}: {name}")));
        Ok(sent)
    }
}

fn check(sent: &Map<String, Value>) -> Result<(), Failure> {
    let text = |name: &str| sent.get(name).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    let mut errors: Vec<(&str, &str)> = Vec::new();
    for name in ["Name", "CountryKey"] {
        if text(name).is_empty() {
            errors.push((name, "must not be empty"));
        }
    }
    let country = text("CountryKey");
    if !country.is_empty() && !COUNTRIES.contains(&country.as_str()) {
        errors.push(("CountryKey", "is not a valid country key"));
    }
    let vat = text("VatNumber");
    if country == "DK" && !vat.is_empty() && !is_cvr(vat.strip_prefix("DK").unwrap_or(&vat)) {
        errors.push(("VatNumber", "is not a valid VAT number"));
    }
    if text("ExternalReference").chars().count() > 128 {
        errors.push(("ExternalReference", "must be at most 128 characters"));
    }
    if errors.is_empty() { Ok(()) } else { Err(Failure::validation(&errors)) }
}

/// Whether these are the eight digits of a CVR number.
pub(crate) fn is_cvr(digits: &str) -> bool {
    let weights = [2, 7, 6, 5, 4, 3, 2, 1];
    digits.len() == 8
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && digits.bytes().zip(weights).map(|(byte, weight)| u32::from(byte - b'0') * weight).sum::<u32>() % 11 == 0
}
