//! `create`, `update`, `revise`, `delete`: the checks in the server's order (fact sheet §1.4), then a save that
//! keeps whatever the columns take.

use super::collation;
use super::columns::{Keeping, keep, php_text};
use super::failure::Failure;
use super::html::encode_special;
use super::php::{Php, decimal};
use super::profile::Version;
use super::read::split_id;
use super::row::{Row, server_time};
use super::schema::{Field, Kind, Module, is_numbered};
use super::{SimplyCrm, User};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// How a save treats fields that the element does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    Create,
    Update,
    Revise,
}

/// How many creates hang behind the transaction that a bad owner leaves open on 7.3 (recording owner-not-existing).
const CREATES_BEHIND_OPEN_TRANSACTION: u32 = 3;

pub(crate) type Element = Map<String, Value>;

impl SimplyCrm {
    pub(crate) fn create(
        &mut self,
        user: &User,
        module: Option<&str>,
        element: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Php, Failure> {
        let module = module.and_then(|name| self.schema.module(name)).cloned().ok_or_else(Failure::denied)?;
        if !self.is_writable(user, &module.name) || !module.described {
            return Err(Failure::denied());
        }
        let element = match (parse_element(self.profile.version, element)?, self.profile.version) {
            (Some(element), _) => element,
            (None, Version::V8) => return Err(Failure::Fatal),
            (None, Version::V6 | Version::V7) => Map::new(),
        };
        if !module.entity || module.name == "Users" {
            return Err(self.actor_write(&module));
        }
        self.check_references(&module, &element)?;
        check_mandatory(&module, &element, Manner::Create)?;
        self.check_currency(&module, &element)?;
        if module.is_inventory() {
            self.check_lines(&element)?;
        }
        self.wait_behind_transaction()?;
        let mut row = Row::new(&module.name, self.next_record, now);
        self.fill(user, &module, &mut row, &element, Manner::Create)?;
        self.check_unique(&row)?;
        self.next_record += 1;
        self.number(&module, &mut row);
        row.set("createdtime", server_time(now));
        row.set("source", "WEBSERVICE");
        row.set("created_user_id", user.number.to_string());
        row.stamp(user.number, now);
        if self.owner_is_missing(&row) {
            return Err(self.bad_owner(row, Manner::Create));
        }
        self.save(&module, row, &element, Manner::Create)
    }

    /// `update` (7.x merges) and `revise`.
    pub(crate) fn change(
        &mut self,
        user: &User,
        element: Option<&str>,
        manner: Manner,
        now: DateTime<Utc>,
    ) -> Result<Php, Failure> {
        let element = parse_element(self.profile.version, element)?.unwrap_or_default();
        let id = match (element.get("id").map(|id| php_text(id, self.profile.version)), self.profile.version) {
            (Some(id), _) => id,
            (None, Version::V8) => return Err(Failure::wrong_id()),
            (None, Version::V6 | Version::V7) => return Err(Failure::denied_for("id")),
        };
        let mut row = self.find(Some(&id), user)?.clone();
        let module = self.schema.module(&row.module).cloned().ok_or_else(Failure::denied)?;
        if !self.is_writable(user, &module.name) {
            return Err(Failure::denied());
        }
        if !module.entity || module.name == "Users" {
            return Err(self.actor_write(&module));
        }
        self.check_references(&module, &element)?;
        check_mandatory(&module, &element, manner)?;
        self.check_currency(&module, &element)?;
        self.fill(user, &module, &mut row, &element, manner)?;
        self.check_unique(&row)?;
        row.stamp(user.number, now);
        if self.owner_is_missing(&row) {
            return Err(self.bad_owner(row, manner));
        }
        self.save(&module, row, &element, manner)
    }

    pub(crate) fn delete(&mut self, user: &User, id: Option<&str>, now: DateTime<Utc>) -> Result<Php, Failure> {
        let row = self.find(id, user)?;
        let (number, module) = (row.number, row.module.clone());
        if !self.is_writable(user, &module) || !self.records.contains_key(&number) {
            return Err(Failure::denied());
        }
        if let Some(row) = self.records.get_mut(&number) {
            row.deleted = true;
            row.lines.clear();
            row.stamp(user.number, now);
        }
        Ok(Php::map([("status", Php::text("successful"))]))
    }

    /// A record without lines is refused; lines sent as one text make 8.x throw and 7.3 save none of them
    /// (recording invoice-more).
    fn check_lines(&self, element: &Element) -> Result<(), Failure> {
        let is_text = matches!(element.get("LineItems"), Some(Value::String(text)) if !text.is_empty());
        match (is_text, self.profile.version) {
            (true, Version::V8) => Err(Failure::internal()),
            (true, Version::V6 | Version::V7) => Ok(()),
            (false, _) if has_lines(element) => Ok(()),
            (false, _) => Err(Failure::new("MANDATORY_FIELDS_MISSING", "Mandatory Fields Missing..")),
        }
    }

    fn actor_write(&self, module: &Module) -> Failure {
        match (module.name.as_str(), self.profile.version) {
            ("ProductTaxes", Version::V8) => Failure::new("RECORD_NOT_FOUND", "Record not found"),
            ("ProductTaxes", Version::V6 | Version::V7) => Failure::database(),
            ("Users", Version::V8) => Failure::wrong_id(),
            ("Users", Version::V6 | Version::V7) => Failure::denied_for("id"),
            _ => Failure::denied(),
        }
    }

    /// Every reference that is given must carry a known prefix of a module the field accepts.
    fn check_references(&self, module: &Module, element: &Element) -> Result<(), Failure> {
        for field in &module.fields {
            let Kind::Reference(accepted) = &field.kind else { continue };
            let Some(id) = element.get(&field.name).map(|id| php_text(id, self.profile.version)) else { continue };
            if id.is_empty() {
                continue;
            }
            let numeric = id.bytes().all(|byte| byte.is_ascii_digit());
            let Some((prefix, _)) = split_id(&id) else {
                let strict = self.profile.version >= Version::V8 && !numeric;
                return Err(if strict { Failure::wrong_id() } else { Failure::denied_for("id") });
            };
            let target = self.schema.by_prefix(prefix).ok_or_else(|| Failure::denied_for("id"))?;
            if !accepted.contains(&target.name) {
                return Err(Failure::new(
                    "REFERENCE_INVALID",
                    format!("Invalid reference specified for {}", field.name),
                ));
            }
        }
        Ok(())
    }

    /// Products and services are not written in a currency that has been put out of use.
    fn check_currency(&self, module: &Module, element: &Element) -> Result<(), Failure> {
        let id = element.get("currency_id").map(|id| php_text(id, self.profile.version)).unwrap_or_default();
        let number = split_id(&id).and_then(|(_, number)| number.parse().ok()).unwrap_or(1);
        let code = self.actors["Currency"].get(&number).map_or("", |row| row.cell("currency_code"));
        if module.is_priced() && self.switches.inactive_currencies.contains(code) {
            return Err(Failure::new("CURRENCY_INACTIVE", "Currency is inactive"));
        }
        Ok(())
    }

    fn check_unique(&self, row: &Row) -> Result<(), Failure> {
        for (module, field) in self.profile.unique.iter().filter(|(module, _)| *module == row.module) {
            let mine = row.cell(field);
            let taken = self.records.values().any(|other| {
                other.module == *module
                    && other.number != row.number
                    && !other.deleted
                    && collation::compare(other.cell(field), mine).is_eq()
            });
            if taken && !mine.is_empty() {
                return Err(Failure::duplicate());
            }
        }
        Ok(())
    }

    /// Puts the element's values into the row's columns.
    pub(crate) fn fill(
        &self,
        user: &User,
        module: &Module,
        row: &mut Row,
        element: &Element,
        manner: Manner,
    ) -> Result<(), Failure> {
        let date_format = self.actors["Users"][&user.number].cell("date_format").to_owned();
        let keeping = Keeping { version: self.profile.version, module: &module.name, date_format: &date_format };
        for field in module.own_fields().filter(|field| field.editable && field.name != "modifiedby") {
            let default = Value::String(field.default.clone());
            let sent = element.get(&field.name);
            let value = match (sent, manner) {
                (Some(Value::Null) | None, Manner::Create)
                    if !field.default.is_empty() && field.kind != Kind::LongText =>
                {
                    &default
                }
                (Some(value), _) => value,
                (None, Manner::Update) if self.profile.version == Version::V6 && field.kind != Kind::Owner => &default,
                (None, _) => continue,
            };
            match &field.kind {
                Kind::Reference(_) | Kind::Owner => {
                    let id = php_text(value, self.profile.version);
                    let number = split_id(&id).map_or(id.as_str(), |(_, number)| number);
                    if !number.is_empty() {
                        row.set(&field.name, number);
                    } else if manner != Manner::Update || value.is_null() {
                        row.cells.remove(&field.name);
                    }
                }
                _ => match keep(keeping, field, &self.handled(module, field, value))? {
                    Some(text) => row.set(&field.name, text),
                    None => {
                        row.cells.remove(&field.name);
                    }
                },
            }
        }
        if module.is_priced() {
            self.fill_prices(row, element, manner);
        }
        Ok(())
    }

    /// What the installation's own handlers make of a value.
    fn handled<'v>(&self, module: &Module, field: &Field, value: &'v Value) -> Cow<'v, Value> {
        match (self.habit, value, &field.kind) {
            (Some(habit), Value::String(text), Kind::Text | Kind::LongText) => {
                Cow::Owned(habit(&module.name, &field.name, text).into())
            }
            _ => Cow::Borrowed(value),
        }
    }

    /// Taxes and prices are rewritten from what the element holds (fact sheet §8, "side effects").
    fn fill_prices(&self, row: &mut Row, element: &Element, manner: Manner) {
        let sent = |name: &str| {
            element.get(name).map(|value| php_text(value, self.profile.version)).filter(|text| !text.is_empty())
        };
        let currency = sent("currency_id").and_then(|id| split_id(&id).and_then(|(_, number)| number.parse().ok()));
        if currency.is_some() && sent("unit_price").is_none() {
            row.set("unit_price", "0.00000000");
        }
        let price = decimal(row.cell("unit_price"));
        let kept = currency.is_some() || manner == Manner::Create || self.profile.version >= Version::V8;
        let own = currency.unwrap_or(1);
        row.set("currency_id", own.to_string());
        row.prices = [(own, if kept { price } else { Php::zero() })].into();
        row.taxes.clear();
        for (name, value) in element {
            let text = php_text(value, self.profile.version);
            if is_numbered(name, "tax") && !text.is_empty() {
                row.taxes.insert(name.clone(), super::columns::fixed(decimal(&text), 3));
            }
            if let Some(other) = name.strip_prefix("currency").and_then(|number| number.parse().ok())
                && other != own
                && currency.is_some()
            {
                row.prices.insert(other, decimal(&text));
            }
        }
    }

    fn save(&mut self, module: &Module, mut row: Row, element: &Element, manner: Manner) -> Result<Php, Failure> {
        if module.is_inventory() {
            return self.save_inventory(row, element, manner);
        }
        let answer = Php::Map(self.record(&row));
        if manner == Manner::Update && self.profile.version > Version::V6 {
            encode_unsent(module, &mut row, element);
        }
        self.records.insert(row.number, row);
        Ok(answer)
    }

    /// The server's own number: `ACC1`, `CON7`, ….
    pub(crate) fn number(&mut self, module: &Module, row: &mut Row) {
        let (field, stem) = match module.name.as_str() {
            "Accounts" => ("account_no", "ACC"),
            "Contacts" => ("contact_no", "CON"),
            "Products" => ("product_no", "PRO"),
            "Services" => ("service_no", "SER"),
            "Invoice" => ("invoice_no", "INV"),
            "Quotes" => ("quote_no", "QUO"),
            "SalesOrder" => ("salesorder_no", "SO"),
            "Vendors" => ("vendor_no", "VEN"),
            "PriceBooks" => ("pricebook_no", "PB"),
            _ => return,
        };
        let counter = self.counters.entry(module.name.clone()).or_default();
        *counter += 1;
        row.set(field, format!("{stem}{counter}"));
    }

    fn owner_is_missing(&self, row: &Row) -> bool {
        let number = row.cell("assigned_user_id").parse().unwrap_or_default();
        let known = |module: &str| self.actors.get(module).is_some_and(|rows| rows.contains_key(&number));
        row.cells.contains_key("assigned_user_id") && !known("Users") && !known("Groups")
    }

    /// The save dies half-way: 8.4 keeps the record, 7.3 rolls it back later and holds up creates until then.
    fn bad_owner(&mut self, row: Row, manner: Manner) -> Failure {
        match self.profile.version {
            Version::V8 => {
                self.records.insert(row.number, row);
            }
            Version::V6 | Version::V7 if manner == Manner::Create => {
                self.hung_creates = CREATES_BEHIND_OPEN_TRANSACTION;
            }
            Version::V6 | Version::V7 => {}
        }
        Failure::restricted_file()
    }

    fn wait_behind_transaction(&mut self) -> Result<(), Failure> {
        if self.hung_creates == 0 {
            return Ok(());
        }
        self.hung_creates -= 1;
        Err(Failure::Silence)
    }
}

impl Php {
    fn zero() -> rust_decimal::Decimal {
        rust_decimal::Decimal::ZERO
    }
}

/// Long texts that a partial update does not send come back entity-encoded (recording crud-accounts).
fn encode_unsent(module: &Module, row: &mut Row, element: &Element) {
    for field in module.own_fields().filter(|field| field.kind == Kind::LongText && !element.contains_key(&field.name))
    {
        if let Some(text) = row.cells.get_mut(&field.name) {
            *text = encode_special(text);
        }
    }
}

pub(crate) fn has_lines(element: &Element) -> bool {
    element.get("LineItems").and_then(Value::as_array).is_some_and(|lines| !lines.is_empty())
}

fn check_mandatory(module: &Module, element: &Element, manner: Manner) -> Result<(), Failure> {
    for field in module.fields.iter().filter(|field| field.mandatory) {
        let empty = match element.get(&field.name) {
            None if manner == Manner::Revise => continue,
            None | Some(Value::Null) => true,
            Some(value) => value == &Value::String(String::new()),
        };
        if empty {
            return Err(Failure::missing(&field.name));
        }
    }
    Ok(())
}

/// The element as the server decodes it; `None` is PHP's null.
fn parse_element(version: Version, text: Option<&str>) -> Result<Option<Element>, Failure> {
    let Some(text) = text else { return Ok(None) };
    let text = if version >= Version::V8 { split_surrogates(text) } else { text.to_owned() };
    match (serde_json::from_str(&text), version) {
        (Ok(Value::Object(element)), _) => Ok(Some(element)),
        (Ok(Value::Array(_)), _) => Ok(Some(Map::new())),
        (Ok(Value::Null), _) => Ok(None),
        (Ok(Value::String(_) | Value::Number(_) | Value::Bool(_)), _) => Err(Failure::Fatal),
        (Err(_), Version::V6 | Version::V7) => Ok(None),
        // The decoder of 8.x takes an object that ends at a comma, and throws at anything worse.
        (Err(_), Version::V8) => {
            let closed = text.trim_end().strip_suffix(',').map(|open| format!("{open}}}"));
            closed.and_then(|text| serde_json::from_str(&text).ok()).map(Some).ok_or_else(Failure::internal)
        }
    }
}

/// 8.x decodes an escaped pair of surrogates into two characters that the database cannot keep.
fn split_surrogates(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(place) = rest.find("\\ud") {
        let escape = rest.get(place..place + 12).unwrap_or_default().to_lowercase();
        let pair = escape.len() == 12 && matches!(escape.as_bytes()[3], b'8'..=b'b') && escape[6..].starts_with("\\ud");
        let (kept, replacement, next) = if pair { (place, "??", place + 12) } else { (place, "\\ud", place + 3) };
        out.push_str(&rest[..kept]);
        out.push_str(replacement);
        rest = &rest[next..];
    }
    out + rest
}
