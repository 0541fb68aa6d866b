//! What invoices add to histories: their lines as a text that tells who typed it, and how both desks write and read them.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Days, NaiveDate, Utc};
use rust_decimal::{Decimal, RoundingStrategy};
use sandbox::dinero::{Dinero, VatRounding};
use sandbox::simplycrm::SimplyCrm;
use serde_json::{Value, json};
use sync_app::{InvoicePriority, Settings};
use sync_model::Side;

use crate::subject::{CLERK, Systems, text};
use crate::world::State;

/// Where roundings go.
pub(crate) const ROUNDING_ACCOUNT: u32 = 7010;
/// Where payments go.
pub(crate) const DEPOSIT_ACCOUNT: u32 = 55_000;
/// The first day that people write on an invoice.
const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 6, 1).expect("a day");
/// How many days there are.
const DAYS: u64 = 120;

/// How invoices are in one history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sales {
    /// Whether Dinero rounds the VAT of each line, and so comes to something else than we do.
    pub(crate) vat_by_line: bool,
    /// Whether roundings may be made up for.
    pub(crate) rounds: bool,
    /// The last day of the closed period.
    pub(crate) closed_until: Option<NaiveDate>,
    /// Whether invoices belong to persons.
    pub(crate) to_persons: bool,
    /// Whether people credit what is booked.
    pub(crate) credited: bool,
}

impl Sales {
    /// Both systems as these invoices need them.
    pub(crate) fn equip(&self, dinero: &mut Dinero, crm: &mut SimplyCrm) {
        dinero.add_account(ROUNDING_ACCOUNT.into(), "Afrunding", None);
        if self.vat_by_line {
            dinero.arithmetic.vat = VatRounding::ByLine;
        }
        // The second rate is one that the settings have no account for.
        crm.set_taxes(&[("Moms", "25.000"), ("Lav moms", "12.000")]);
    }

    /// The settings that people chose for them. What may be booked, sent and paid is chosen apart.
    pub(crate) fn configure(&self, settings: &mut Settings) {
        let invoices = &mut settings.invoices;
        invoices.vat_accounts = [("25".to_owned(), 1000), ("0".to_owned(), 1100)].into();
        invoices.rounding_account = self.rounds.then_some(ROUNDING_ACCOUNT);
        invoices.rounding_limit = Decimal::new(5, 2);
        invoices.closed_until = self.closed_until;
        invoices.deposit_account = Some(DEPOSIT_ACCOUNT);
        if self.to_persons {
            settings.sync.invoice_priority = InvoicePriority::Contacts;
        }
    }
}

/// The `n`-th day.
pub(crate) fn day(n: u64) -> NaiveDate {
    FIRST_DAY.checked_add_days(Days::new(n.wrapping_mul(37) % DAYS)).unwrap_or(FIRST_DAY)
}

/// A line: a product by its tag, and what it comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) product: String,
    pub(crate) quantity: Decimal,
    pub(crate) price: Decimal,
    pub(crate) discount: Decimal,
    /// The rate of the VAT, or the account where it stands for none.
    pub(crate) vat: String,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [quantity, price, discount] = [self.quantity, self.price, self.discount].map(|it| it.normalize());
        write!(f, "{} {quantity} {price} {discount} {}", self.product, self.vat)
    }
}

pub(crate) fn said(lines: &[Line]) -> String {
    lines.iter().map(Line::to_string).collect::<Vec<_>>().join("; ")
}

/// The lines that a text says.
pub(crate) fn lines_of(said: &str) -> Vec<Line> {
    let number = |text: Option<&str>| text.and_then(|text| text.parse().ok()).unwrap_or_default();
    let line = |text: &str| {
        let mut words = text.split(' ');
        Line {
            product: words.next().unwrap_or_default().to_owned(),
            quantity: number(words.next()),
            price: number(words.next()),
            discount: number(words.next()),
            vat: words.next().unwrap_or_default().to_owned(),
        }
    };
    said.split("; ").filter(|text| !text.is_empty()).map(line).collect()
}

/// What lines come to with VAT, as Dinero counts by its documentation; `None` where the VAT stands for no rate.
pub(crate) fn gross(lines: &[Line]) -> Option<Decimal> {
    let ore = |amount: Decimal| amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    let hundred = Decimal::ONE_HUNDRED;
    let rates: BTreeSet<&str> = lines.iter().map(|line| line.vat.as_str()).collect();
    let mut sum = Decimal::ZERO;
    for name in rates {
        let rate: Decimal = name.parse().ok()?;
        let of_rate = lines.iter().filter(|line| line.vat == name);
        let net: Decimal =
            of_rate.map(|line| ore(line.quantity * line.price * (hundred - line.discount) / hundred)).sum();
        sum += net + ore(net * rate / hundred);
    }
    Some(sum)
}

/// Whether the settings say what every line's VAT means.
pub(crate) fn is_mapped(lines: &[Line]) -> bool {
    lines.iter().all(|line| matches!(line.vat.as_str(), "25" | "0"))
}

/// Lines that nobody ever wrote, of products that stand on `side`.
pub(crate) fn fresh_lines(state: &mut State, side: Side, products: &[String]) -> Option<String> {
    let vat = match (state.luck.below(20), side) {
        (0, Side::Left) => "1350",
        (0, Side::Right) => "12",
        (1..4, _) => "0",
        _ => "25",
    };
    let mut lines = Vec::new();
    for _ in 0..state.luck.between(1, 4) {
        state.typed += 1;
        let ore = state.luck.below(100);
        let thousandths = if state.luck.in_thousand(150) { 5 } else { 0 };
        lines.push(Line {
            product: state.luck.pick(products)?.clone(),
            quantity: state.luck.pick(&["1", "2", "3", "1.5", "12"])?.parse().ok()?,
            price: format!("{}.{ore:02}{thousandths}", state.typed).parse().ok()?,
            discount: state.luck.pick(&["0", "0", "0", "10", "12.5"])?.parse().ok()?,
            vat: vat.to_owned(),
        });
    }
    Some(said(&lines))
}

/// An invoice as a person writes it: to whom, when, what, and a remark.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written<'a> {
    pub(crate) tag: &'a str,
    pub(crate) customer: &'a str,
    pub(crate) date: &'a str,
    pub(crate) lines: &'a str,
    pub(crate) comment: &'a str,
}

/// A person makes an invoice.
pub(crate) fn make(systems: &mut Systems, side: Side, it: &Written<'_>, now: DateTime<Utc>) -> Option<String> {
    match side {
        Side::Left => {
            let fields = [
                ("ContactGuid", json!(customer_in_dinero(systems, it.customer)?)),
                ("Description", json!(it.tag)),
                ("Date", json!(it.date)),
                ("Comment", if it.comment.is_empty() { Value::Null } else { json!(it.comment) }),
                ("ProductLines", dinero_lines(systems, it.lines)?),
            ];
            systems.dinero.add_invoice(&fields, now).ok()
        }
        Side::Right => {
            let (field, id) = customer_in_crm(systems, it.customer)?;
            // The form asks for an organisation, also where the invoice is a person's.
            let employer = match field {
                "account_id" => id.clone(),
                _ => employer(systems, now)?,
            };
            let head = [
                ("subject", it.tag),
                ("account_id", employer.as_str()),
                (field, id.as_str()),
                ("invoicedate", it.date),
                ("description", it.comment),
                ("invoicestatus", "Created"),
                // The form does not go without.
                ("bill_street", "Torvet 1"),
                ("ship_street", "Torvet 1"),
            ];
            let lines = crm_lines(systems, it.lines)?;
            systems.crm.add_with_lines("Invoice", &head, &lines, CLERK, now).ok()
        }
    }
}

/// A person writes one field of an invoice. `false` when the system does not take it: it is gone, or booked.
pub(crate) fn write(systems: &mut Systems, side: Side, id: &str, own: &str, value: &str, now: DateTime<Utc>) -> bool {
    match (side, own) {
        (Side::Left, "ProductLines") => {
            let Some(lines) = dinero_lines(systems, value) else { return false };
            systems.dinero.edit_sale(id, &[(own, lines)], now).is_ok()
        }
        (Side::Left, _) => {
            let value = if value.is_empty() { Value::Null } else { json!(value) };
            systems.dinero.edit_sale(id, &[(own, value)], now).is_ok()
        }
        (Side::Right, "LineItems") => {
            let Some(lines) = crm_lines(systems, value) else { return false };
            systems.crm.edit_lines(id, &lines, CLERK, now).is_ok()
        }
        (Side::Right, _) => systems.crm.edit(id, &[(own, value)], CLERK, now).is_ok(),
    }
}

/// What an attribute of an invoice holds.
pub(crate) fn read(systems: &Systems, side: Side, record: &Value, own: &str) -> String {
    match (side, own) {
        (Side::Left, "ContactGuid") => {
            let contact = systems.dinero.contact(&text(record, own));
            contact.map(|contact| text(&contact, "Email").to_lowercase()).unwrap_or_default()
        }
        // Whom an invoice belongs to says the setting; an organisation without an e-mail is none of ours.
        (Side::Right, "account_id") => customer_of_crm(systems, record),
        (Side::Left, "ProductLines") => said(&lines_in_dinero(systems, record)),
        (Side::Right, "LineItems") => said(&lines_in_crm(systems, record)),
        (_, _) => text(record, own).trim().to_owned(),
    }
}

fn customer_in_dinero(systems: &Systems, tag: &str) -> Option<String> {
    let contacts = systems.dinero.contacts();
    let contact = contacts.iter().find(|it| text(it, "Email").to_lowercase() == tag)?;
    Some(text(contact, "ContactGuid"))
}

fn customer_in_crm(systems: &Systems, tag: &str) -> Option<(&'static str, String)> {
    [("Accounts", "account_id", "email1"), ("Contacts", "contact_id", "email")].into_iter().find_map(
        |(module, field, email)| {
            let records = systems.crm.records(module);
            let found = records.iter().find(|it| text(it, email).to_lowercase() == tag)?;
            Some((field, text(found, "id")))
        },
    )
}

/// The organisation that stands on the invoices of persons; nothing else is known of it.
fn employer(systems: &mut Systems, now: DateTime<Utc>) -> Option<String> {
    let known = systems.crm.records("Accounts").first().map(|account| text(account, "id"));
    known.or_else(|| systems.crm.add("Accounts", &[("accountname", "Privatkunder")], CLERK, now).ok())
}

fn customer_of_crm(systems: &Systems, record: &Value) -> String {
    let of = |field: &str, email: &str| {
        let customer = systems.crm.record_of(&text(record, field))?;
        Some(text(&customer, email).to_lowercase()).filter(|tag| !tag.is_empty())
    };
    of("account_id", "email1").or_else(|| of("contact_id", "email")).unwrap_or_default()
}

fn dinero_lines(systems: &Systems, said: &str) -> Option<Value> {
    let products = systems.dinero.products();
    let line = |line: Line| {
        let product = products.iter().find(|it| text(it, "ProductNumber").to_lowercase() == line.product)?;
        let account = match line.vat.as_str() {
            "25" => 1000,
            "0" => 1100,
            account => account.parse().ok()?,
        };
        let number = |number: Decimal| serde_json::from_str::<Value>(&number.to_string()).unwrap_or_default();
        Some(json!({
            "ProductGuid": text(product, "ProductGuid"),
            "BaseAmountValue": number(line.price),
            "Quantity": number(line.quantity),
            "Discount": number(line.discount),
            "AccountNumber": account,
            "Unit": "parts",
        }))
    };
    lines_of(said).into_iter().map(line).collect()
}

fn crm_lines(systems: &Systems, said: &str) -> Option<Vec<Value>> {
    let products = systems.crm.records("Products");
    let line = |line: Line| {
        let product = products.iter().find(|it| text(it, "productcode").to_lowercase() == line.product)?;
        let tax = |rate: &'static str| if line.vat == rate { rate } else { "0" };
        Some(json!({
            "productid": text(product, "id"),
            "quantity": line.quantity.to_string(),
            "listprice": line.price.to_string(),
            "discount_percent": line.discount.to_string(),
            "tax1": tax("25"),
            "tax2": tax("12"),
        }))
    };
    lines_of(said).into_iter().map(line).collect()
}

/// An amount, as either system shows it.
pub(crate) fn number(record: &Value, field: &str) -> Decimal {
    let text = text(record, field);
    text.parse().ok().or_else(|| Decimal::from_scientific(&text).ok()).unwrap_or_default()
}

fn lines_in_dinero(systems: &Systems, record: &Value) -> Vec<Line> {
    let rows = record["ProductLines"].as_array().into_iter().flatten();
    let is_rounding = |row: &&Value| text(row, "AccountNumber") == ROUNDING_ACCOUNT.to_string();
    let line = |row: &Value| Line {
        product: systems
            .dinero
            .product(&text(row, "ProductGuid"))
            .map(|product| text(&product, "ProductNumber").to_lowercase())
            .unwrap_or_default(),
        quantity: number(row, "Quantity"),
        price: number(row, "BaseAmountValue"),
        discount: number(row, "Discount"),
        vat: match text(row, "AccountNumber").as_str() {
            "1000" => "25".to_owned(),
            "1100" => "0".to_owned(),
            account => account.to_owned(),
        },
    };
    rows.filter(|row| !is_rounding(row)).map(line).collect()
}

fn lines_in_crm(systems: &Systems, record: &Value) -> Vec<Line> {
    let rows = record["LineItems"].as_array().map(Vec::as_slice).unwrap_or_default();
    let group = text(record, "hdnTaxType") == "group";
    let vat = |row: &Value| {
        let taxed = if group { rows.first().unwrap_or(row) } else { row };
        (number(taxed, "tax1") + number(taxed, "tax2")).normalize().to_string()
    };
    let line = |row: &Value| Line {
        product: systems
            .crm
            .record_of(&text(row, "productid"))
            .map(|product| text(&product, "productcode").to_lowercase())
            .unwrap_or_default(),
        quantity: number(row, "quantity"),
        price: number(row, "listprice"),
        discount: number(row, "discount_percent"),
        vat: vat(row),
    };
    rows.iter().map(line).collect()
}

/// The invoice's total as the CRM holds it, to the øre.
pub(crate) fn crm_total(record: &Value) -> Decimal {
    number(record, "hdnGrandTotal").round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}
