//! Invoices from a seed, on top of seeded customers and goods: some made in the CRM, others in Dinero in every state.

use chrono::{DateTime, TimeDelta, Utc};
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::dinero::Dinero;
use crate::simplycrm::SimplyCrm;

/// The invoices that were seeded.
#[derive(Debug, Clone, Default)]
pub struct SeededSales {
    /// The ids of the invoices made in the CRM.
    pub in_crm: Vec<String>,
    /// The guids of those made in Dinero: drafts, booked, paid and overdue ones in turn.
    pub in_dinero: Vec<String>,
}

/// Gives each side `each` invoices of its own customers and goods, where it has any. The same seed gives the same invoices.
///
/// # Panics
/// Never: what is seeded fits both sandboxes.
pub fn seed_sales(dinero: &mut Dinero, crm: &mut SimplyCrm, each: u32, seed: u64, now: DateTime<Utc>) -> SeededSales {
    let mut chance = SmallRng::seed_from_u64(seed);
    let in_crm = in_crm(crm, each, &mut chance, now);
    let in_dinero = in_dinero(dinero, each, &mut chance, now);
    SeededSales { in_crm, in_dinero }
}

fn in_crm(crm: &mut SimplyCrm, each: u32, chance: &mut SmallRng, now: DateTime<Utc>) -> Vec<String> {
    let ids = |crm: &SimplyCrm, module: &str| -> Vec<(String, String)> {
        let text = |record: &Value, name: &str| record[name].as_str().unwrap_or_default().to_owned();
        crm.records(module).iter().map(|record| (text(record, "id"), text(record, "unit_price"))).collect()
    };
    let (companies, people) = (ids(crm, "Accounts"), ids(crm, "Contacts"));
    let goods: Vec<_> = ids(crm, "Products").into_iter().chain(ids(crm, "Services")).collect();
    let mut made = Vec::new();
    for nth in 0..each {
        let to_person = nth % 4 == 3;
        let Some((customer, _)) = (if to_person { &people } else { &companies }).choose(chance) else { continue };
        let lines = lines(&goods, chance, |(product, price), chance| {
            let quantity = Decimal::new(chance.random_range(1..=40), 1) * Decimal::TWO;
            let discount = if chance.random_range(0..4) == 0 { "10" } else { "" };
            json!({
                "productid": product, "quantity": quantity.to_string(), "listprice": price, "tax1": "25",
                "discount_percent": discount,
            })
        });
        let date = (now - TimeDelta::days(i64::from(nth % 28))).format("%Y-%m-%d").to_string();
        let subject = format!("Ordre {}", 1001 + nth);
        let customer_field = if to_person { "contact_id" } else { "account_id" };
        let head = [
            ("subject", subject.as_str()),
            (customer_field, customer),
            ("invoicedate", &date),
            ("invoicestatus", "Created"),
        ];
        if lines.is_empty() {
            continue;
        }
        made.push(crm.add_with_lines("Invoice", &head, &lines, "mette", now).expect("the seeded invoice fits the CRM"));
    }
    made
}

fn in_dinero(dinero: &mut Dinero, each: u32, chance: &mut SmallRng, now: DateTime<Utc>) -> Vec<String> {
    let (contacts, products) = (dinero.contacts(), dinero.products());
    let mut made = Vec::new();
    for nth in 0..each {
        let (Some(contact), Some(_)) = (contacts.choose(chance), products.first()) else { continue };
        let overdue = nth % 4 == 3;
        let date = (now - TimeDelta::days(if overdue { 60 } else { 1 })).date_naive();
        let lines = lines(&products, chance, |product, chance| {
            json!({
                "ProductGuid": product["ProductGuid"],
                "BaseAmountValue": product["BaseAmountValue"],
                "Quantity": chance.random_range(1..=20),
                "AccountNumber": 1000,
                "Unit": product["Unit"],
                "Discount": if chance.random_range(0..4) == 0 { 10 } else { 0 },
            })
        });
        let fields =
            [("ContactGuid", contact["ContactGuid"].clone()), ("Date", json!(date)), ("ProductLines", json!(lines))];
        let guid = dinero.add_invoice(&fields, now).expect("the seeded invoice fits Dinero");
        if nth % 4 > 0 {
            dinero.book_sale(&guid, now).expect("the seeded invoice can be booked");
        }
        if nth % 4 == 2 {
            let rest = dinero.remaining(&guid).unwrap_or_default();
            dinero.pay_sale(&guid, rest, now.date_naive(), now).expect("what is booked can be paid");
        }
        made.push(guid);
    }
    made
}

/// One to five lines, each of something from `goods`.
fn lines<T>(goods: &[T], chance: &mut SmallRng, mut line: impl FnMut(&T, &mut SmallRng) -> Value) -> Vec<Value> {
    let mut lines = Vec::new();
    for _ in 0..chance.random_range(1..=5) {
        let Some(item) = goods.choose(chance) else { break };
        lines.push(line(item, chance));
    }
    lines
}
