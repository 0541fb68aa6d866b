//! Products (fact sheet §6.3, §7.2): no guid of one's own, no restore, totals computed. Not known: what an account that does
//! not exist answers (here it is kept, and carries no VAT).

use chrono::{DateTime, Utc};
use http::Method;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::body::object;
use super::list::{self, ListRules};
use super::money::{amount, decimal};
use super::{Answer, Call, Dinero, Failure};

const WRITABLE: [&str; 8] =
    ["ProductNumber", "Name", "BaseAmountValue", "Quantity", "AccountNumber", "Unit", "ExternalReference", "Comment"];
const LISTED: [&str; 14] = [
    "Name",
    "ProductGuid",
    "ProductNumber",
    "Quantity",
    "Unit",
    "AccountNumber",
    "BaseAmountValue",
    "BaseAmountValueInclVat",
    "TotalAmount",
    "TotalAmountInclVat",
    "ExternalReference",
    "CreatedAt",
    "UpdatedAt",
    "DeletedAt",
];
pub(super) const UNITS: [&str; 19] = [
    "hours",
    "parts",
    "km",
    "day",
    "week",
    "month",
    "kilogram",
    "cubicMetre",
    "set",
    "litre",
    "box",
    "case",
    "carton",
    "metre",
    "package",
    "shipment",
    "squareMetre",
    "session",
    "tonne",
];

impl Dinero {
    /// A person makes a product in Dinero. Returns its guid.
    pub fn add_product(&mut self, fields: &[(&str, Value)], now: DateTime<Utc>) -> String {
        let guid = self.next_guid();
        let sent: Map<String, Value> = fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        self.keep_product(&guid, &sent, now);
        guid
    }

    pub(super) fn product_route(&mut self, call: &Call<'_>, rest: &[&str]) -> Answer {
        match (call.method, call.version, rest) {
            (&Method::GET, "v1", []) => {
                if let Some(fields) = call.parameter("fields") {
                    let names: Vec<String> =
                        list::unknown(fields, &LISTED).map(|name| format!("products?fields={name}")).collect();
                    self.unknown_names.extend(names);
                }
                let filterable = &["Name", "ProductNumber", "ExternalReference"];
                let rules = ListRules { default: "Name,ProductGuid", guid: "ProductGuid", filterable, both: false };
                list::page(call, &rules, self.products.since(list::since(call)?))
            }
            (&Method::POST, "v1", []) => {
                let sent = self.product_body(call, "POST products")?;
                let guid = self.next_guid();
                self.keep_product(&guid, &sent, call.now);
                Ok(Some(json!({ "ProductGuid": guid })))
            }
            (&Method::GET, "v1", [guid]) => Ok(Some(Value::Object(self.known_product(guid)?.clone()))),
            (&Method::PUT, "v1", [guid]) => {
                if !self.known_product(guid)?["DeletedAt"].is_null() {
                    return Err(Failure::deleted());
                }
                let sent = self.product_body(call, "PUT products")?;
                self.keep_product(&guid.to_lowercase(), &sent, call.now);
                Ok(None)
            }
            (&Method::DELETE, "v1", [guid]) => {
                self.known_product(guid)?;
                let time = self.time(call.now);
                self.edit_product(&guid.to_lowercase(), &[("DeletedAt", time)], call.now);
                Ok(None)
            }
            _ => Err(Failure::no_route()),
        }
    }

    fn known_product(&self, guid: &str) -> Result<&Map<String, Value>, Failure> {
        self.products.get(&guid.to_lowercase()).ok_or_else(|| Failure::not_found("The product does not exist"))
    }

    fn product_body(&mut self, call: &Call<'_>, place: &str) -> Result<Map<String, Value>, Failure> {
        let (sent, unknown) = object(call, &WRITABLE)?;
        self.unknown_names.extend(unknown.into_iter().map(|name| format!("{place}: {name}")));
        let unit = sent.get("Unit").and_then(Value::as_str).unwrap_or_default();
        if !UNITS.contains(&unit) {
            return Err(Failure::validation(&[("Unit", "is not a valid unit")]));
        }
        let long = |name: &str| sent.get(name).and_then(Value::as_str).is_some_and(|text| text.chars().count() > 128);
        match ["ExternalReference", "Comment"].into_iter().find(|name| long(name)) {
            Some(name) => Err(Failure::validation(&[(name, "must be at most 128 characters")])),
            None => Ok(sent),
        }
    }

    fn keep_product(&mut self, guid: &str, sent: &Map<String, Value>, now: DateTime<Utc>) {
        let mut kept = Map::new();
        for name in WRITABLE {
            let default =
                if matches!(name, "BaseAmountValue" | "Quantity" | "AccountNumber") { json!(0) } else { Value::Null };
            kept.insert(name.to_owned(), sent.get(name).cloned().unwrap_or(default));
        }
        if let Some(habit) = self.habit {
            habit(&mut kept);
        }
        let number = |name: &str| decimal(&kept[name]).unwrap_or_default();
        let (net, quantity) = (number("BaseAmountValue"), number("Quantity"));
        let account = kept["AccountNumber"].as_i64().and_then(|number| self.account(number));
        let gross = net * (Decimal::ONE + account.map_or(Decimal::ZERO, |account| self.rate(account)));
        let created = self.products.get(guid).map(|standing| standing["CreatedAt"].clone());
        let time = self.time(now);
        kept.insert("ProductGuid".to_owned(), guid.into());
        kept.insert("BaseAmountValueInclVat".to_owned(), amount(gross));
        kept.insert("TotalAmount".to_owned(), amount(net * quantity));
        kept.insert("TotalAmountInclVat".to_owned(), amount(gross * quantity));
        kept.insert("CreatedAt".to_owned(), created.unwrap_or_else(|| time.clone()));
        kept.insert("UpdatedAt".to_owned(), time);
        kept.insert("DeletedAt".to_owned(), Value::Null);
        self.products.insert(guid, kept);
    }
}
