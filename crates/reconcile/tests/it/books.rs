//! Invoices and credit notes on both sides, as small as they can be and still be counted.

use rust_decimal::Decimal;
use sync_model::{FieldType, Fields, Kind, RecordKey, Side, Sides, Value};

use crate::scene::Scene;

const MAPPING: &str = r#"
[[entity]]
module = "invoices"
dinero = "invoice"
crm = "Invoice"
filter.crm = { hdnGrandTotal = { not = { at-most = -0.005 } } }
[[entity.match]]
name = "name"
fields = ["name"]
[[entity.field]]
name = "name"
dinero = "Description"
crm = "subject"
translate = "line"
[[entity.field]]
name = "customer"
dinero = "ContactGuid"
crm = ["account_id", "contact_id"]
translate = "customer"
clearing = false
[[entity.field]]
name = "date"
dinero = "Date"
crm = "invoicedate"
translate = "voucher-date"
[[entity.field]]
name = "lines"
dinero = ["ProductLines", "ShowLinesInclVat"]
crm = ["LineItems", "hdnTaxType", "hdnDiscountPercent", "hdnDiscountAmount", "hdnS_H_Amount", "charges_tax", "txtAdjustment", "deducted_tax", "bill_country", "vtiger_purchaseorder"]
translate = "lines"
[[entity.field]]
name = "status"
dinero = "State"
crm = "invoicestatus"
translate = { expression = "{'Booked': 'Approved'}[value] | default('')" }
direction = "to-crm"
clearing = false
[[entity.field]]
name = "total"
dinero = "TotalInclVat"
crm = "hdnGrandTotal"
translate = "total"
direction = "compared"

[[entity]]
module = "invoices"
dinero = "credit-note"
crm = "Invoice"
filter.crm = { hdnGrandTotal = { at-most = -0.005 } }
[[entity.field]]
name = "name"
dinero = "Description"
crm = "subject"
translate = "line"
[[entity.field]]
name = "lines"
dinero = ["ProductLines", "ShowLinesInclVat"]
crm = ["LineItems", "hdnTaxType", "hdnDiscountPercent", "hdnDiscountAmount", "hdnS_H_Amount", "charges_tax", "txtAdjustment", "deducted_tax", "bill_country", "vtiger_purchaseorder"]
translate = "credit-lines"
[[entity.field]]
name = "total"
dinero = "TotalInclVat"
crm = "hdnGrandTotal"
translate = "credit-total"
direction = "compared"
"#;

/// What an invoice has in the CRM beside its lines, for the lines.
const NUMBERS: [&str; 6] =
    ["hdnDiscountPercent", "hdnDiscountAmount", "hdnS_H_Amount", "charges_tax", "txtAdjustment", "deducted_tax"];

const SALES: i64 = 1000;
const ROUNDINGS: i64 = 7900;

/// The last day of the closed period.
pub(crate) const CLOSED: &str = "2026-03-31";

pub(crate) fn number(number: i64) -> Value {
    Value::Decimal(Decimal::from(number))
}

pub(crate) fn day(day: &str) -> Value {
    Value::Date(day.parse().expect("a day"))
}

pub(crate) fn stage() -> Scene {
    let to = |kinds: &[&str]| FieldType::Reference(kinds.iter().map(|kind| Kind::new(*kind)).collect());
    let decimal = || FieldType::Decimal { scale: None };
    let left = vec![
        ("Description", FieldType::Text),
        ("ContactGuid", to(&["contact"])),
        ("Date", FieldType::Date),
        ("ProductLines", FieldType::Rows(Vec::new())),
        ("ShowLinesInclVat", FieldType::Flag),
        ("State", FieldType::Text),
        ("TotalInclVat", decimal()),
    ];
    let mut right = vec![
        ("subject", FieldType::Text),
        ("account_id", to(&["Accounts"])),
        ("contact_id", to(&["Contacts"])),
        ("invoicedate", FieldType::Date),
        ("LineItems", FieldType::Rows(Vec::new())),
        ("hdnTaxType", FieldType::Text),
        ("bill_country", FieldType::Text),
        ("vtiger_purchaseorder", FieldType::Text),
        ("invoicestatus", FieldType::Text),
        ("hdnGrandTotal", decimal()),
    ];
    right.extend(NUMBERS.map(|name| (name, decimal())));
    let row: Fields = [("vat", number(25)), ("account", number(SALES))].into_iter().collect();
    let settings = [
        ("vat_accounts", Value::Rows(vec![row])),
        ("rounding_account", number(ROUNDINGS)),
        ("rounding_limit", number(1)),
        ("cancelled", Value::text("Cancel")),
        ("closed_until", day(CLOSED)),
        ("customer_instead", Value::Flag(true)),
    ];
    let left = [("invoice", left.clone()), ("credit-note", left)];
    let mut scene = Scene::set("invoices", MAPPING, Sides::new(&left, &[("Invoice", right)]), settings);
    for keys in [product(), customer(), person()] {
        scene.observed.partners.left.insert(keys.left.clone(), keys.right.clone());
        scene.observed.partners.right.insert(keys.right, keys.left);
    }
    scene
}

pub(crate) fn product() -> Sides<RecordKey> {
    Sides::new(RecordKey::new("product", "p1"), RecordKey::new("Products", "14x1"))
}

pub(crate) fn customer() -> Sides<RecordKey> {
    Sides::new(RecordKey::new("contact", "c1"), RecordKey::new("Accounts", "11x1"))
}

pub(crate) fn person() -> Sides<RecordKey> {
    Sides::new(RecordKey::new("contact", "c2"), RecordKey::new("Contacts", "12x2"))
}

pub(crate) fn keys() -> Sides<RecordKey> {
    Sides::new(RecordKey::new("invoice", "1"), RecordKey::new("Invoice", "9x1"))
}

pub(crate) fn note_keys() -> Sides<RecordKey> {
    Sides::new(RecordKey::new("credit-note", "2"), RecordKey::new("Invoice", "9x2"))
}

/// Dinero's lines for one thing at this price, and perhaps a rounding in øre.
pub(crate) fn lines(quantity: i64, price: i64, rounding: i64) -> Value {
    let row = |quantity: i64, amount: Decimal, account: i64| -> Fields {
        [
            ("LineType", Value::text("Product")),
            ("Quantity", number(quantity)),
            ("BaseAmountValue", Value::Decimal(amount)),
            ("AccountNumber", number(account)),
        ]
        .into_iter()
        .collect()
    };
    let mut sold = row(quantity, Decimal::from(price), SALES);
    sold.set("ProductGuid", Value::Reference(product().left));
    let mut rounded = row(1, Decimal::new(rounding, 2), ROUNDINGS);
    rounded.set("Description", Value::text("Øreafrunding"));
    Value::Rows(if rounding == 0 { vec![sold] } else { vec![sold, rounded] })
}

pub(crate) fn items(quantity: i64, price: i64) -> Value {
    let row = [
        ("productid", Value::Reference(product().right)),
        ("quantity", number(quantity)),
        ("listprice", number(price)),
        ("tax", number(25)),
    ];
    Value::Rows(vec![row.into_iter().collect()])
}

pub(crate) fn books(title: &str, price: i64) -> Fields {
    [
        ("Description", Value::text(title)),
        ("ContactGuid", Value::Reference(customer().left)),
        ("Date", day("2026-06-01")),
        ("ProductLines", lines(1, price, 0)),
        ("ShowLinesInclVat", Value::Flag(false)),
        ("State", Value::text("Draft")),
        ("TotalInclVat", Value::Decimal(Decimal::new(price * 125, 2))),
    ]
    .into_iter()
    .collect()
}

pub(crate) fn crm(title: &str, quantity: i64, price: i64) -> Fields {
    let mut fields: Fields = NUMBERS.into_iter().map(|name| (name, number(0))).collect();
    let more = [
        ("subject", Value::text(title)),
        ("account_id", Value::Reference(customer().right)),
        ("contact_id", Value::Empty),
        ("invoicedate", day("2026-06-01")),
        ("LineItems", items(quantity, price)),
        ("hdnTaxType", Value::text("group")),
        ("bill_country", Value::text("Danmark")),
        ("vtiger_purchaseorder", Value::Empty),
        ("invoicestatus", Value::text("Created")),
        ("hdnGrandTotal", Value::Decimal(Decimal::new(quantity * price * 125, 2))),
    ];
    fields.overlay(&more.into_iter().collect());
    fields
}

/// An invoice of 100 kroner on both sides, a draft, agreed on.
pub(crate) fn drafted() -> Scene {
    let mut scene = stage();
    scene.put(Side::Left, &keys().left, books("Rådgivning", 100));
    scene.put(Side::Right, &keys().right, crm("Rådgivning", 1, 100));
    scene.agree(&keys());
    scene
}

pub(crate) fn booked() -> Scene {
    let mut scene = drafted();
    scene.freeze(Side::Left, &keys().left);
    scene
}

/// A credit note of 100 kroner on both sides, agreed on.
pub(crate) fn credited() -> Scene {
    let mut scene = stage();
    scene.put(Side::Left, &note_keys().left, books("Retur", 100));
    scene.put(Side::Right, &note_keys().right, crm("Retur", -1, 100));
    scene.agree(&note_keys());
    scene
}

impl Scene {
    pub(crate) fn write(&mut self, key: &RecordKey, name: &str, value: Value) {
        let side = if key.kind.as_str() == "Invoice" { Side::Right } else { Side::Left };
        self.record(side, key).fields.set(name, value);
    }
}
