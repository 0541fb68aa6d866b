//! What both systems say of themselves: Dinero's model, and recorded `describe` answers with custom fields put in.

use std::collections::BTreeMap;

use field_mapping::{Direction, Drift, Mapping, Priority, Source, resolve};
use rust_decimal::Decimal;
use serde_json::Value as Json;
use sync_model::{Choice, FieldName, FieldSpec, FieldType, Kind, KindSchema, Schema, Side, Sides, Value};

pub(crate) const BOTH: Direction = Direction::TwoWay { priority: Priority::Prefer(Side::Right) };
pub(crate) const TO_DINERO: Direction = Direction::OneWay { from: Side::Right, drift: Drift::Keep };

/// How an installation names its custom fields: `cf_853` with a label, or a name made from the label.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Style {
    Numbers,
    Slugs,
    None,
}

pub(crate) fn modules() -> Vec<String> {
    ["organisations", "contacts", "products"].map(str::to_owned).into()
}

/// All that the standard mapping knows.
pub(crate) fn all_modules() -> Vec<String> {
    modules().into_iter().chain(["invoices".to_owned()]).collect()
}

pub(crate) fn variables() -> BTreeMap<String, Value> {
    BTreeMap::from([("sales_account".to_owned(), Value::Decimal(Decimal::from(1000)))])
}

pub(crate) fn standard(direction: Direction) -> Mapping {
    resolve(&Source::Standard, &modules(), &schemas("v840", Style::Slugs), direction, &variables()).expect("given")
}

pub(crate) fn schemas(version: &str, style: Style) -> Sides<Schema> {
    Sides::new(dinero(), crm(version, style))
}

fn describe(kind: &str, version: &str) -> Json {
    let path = format!("{}/tests/describe/{kind}.{version}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).expect("given")).expect("given")
}

fn crm(version: &str, style: Style) -> Schema {
    let mut kinds = BTreeMap::new();
    for file in ["accounts", "contacts", "products", "services", "invoice"] {
        let described = describe(file, version);
        let kind = Kind::new(described["name"].as_str().expect("given"));
        let mut fields: Vec<FieldSpec> =
            described["fields"].as_array().expect("given").iter().map(|field| spec(kind.as_str(), field)).collect();
        if file == "accounts" {
            let custom: &[(&str, &str)] = match style {
                Style::Numbers => &[("cf_853", "CVR-nr."), ("cf_855", "EAN nummer"), ("cf_857", "Dinero guid")],
                Style::Slugs => &[("cf_cvr", "CVR"), ("cf_ean", "EAN"), ("cf_dinero_guid", "Dinero guid")],
                Style::None => &[],
            };
            fields.extend(custom.iter().map(|(name, label)| field(name, label, FieldType::Text)));
        }
        if file == "invoice" {
            extend_invoice(&mut fields);
        }
        let label = described["label"].as_str().expect("given").to_owned();
        kinds.insert(kind.clone(), KindSchema { kind, label, fields });
    }
    Schema { kinds }
}

/// What an invoice has beside its described fields, and a custom field for Dinero's number.
fn extend_invoice(fields: &mut Vec<FieldSpec>) {
    let number = || FieldType::Decimal { scale: None };
    for spec in fields.iter_mut().filter(|spec| spec.name.as_str() == "currency_id") {
        spec.ty = FieldType::Text;
    }
    let goods = FieldType::Reference(vec![Kind::new("Products"), Kind::new("Services")]);
    fields.push(field("LineItems", "LineItems", FieldType::Rows(vec![field("productid", "productid", goods)])));
    fields.push(field("charges_tax", "charges_tax", number()));
    fields.push(field("deducted_tax", "deducted_tax", number()));
    fields.push(field("credited_invoice", "credited_invoice", FieldType::Reference(vec![Kind::new("Invoice")])));
    fields.push(field("cf_dinero_invoice_no", "Dinero fakturanummer", FieldType::Text));
}

fn spec(kind: &str, described: &Json) -> FieldSpec {
    let text = |key: &str| described[key].as_str().expect("given");
    let ty = match described["type"]["name"].as_str().expect("given") {
        "integer" => FieldType::Decimal { scale: Some(0) },
        "double" | "currency" => FieldType::Decimal { scale: None },
        "boolean" => FieldType::Flag,
        "date" => FieldType::Date,
        "datetime" => FieldType::Time,
        "picklist" => FieldType::Choice(choices(&described["type"]["picklistValues"])),
        "reference" | "owner" => FieldType::Reference(Vec::new()),
        _ => FieldType::Text,
    };
    let owner = described["type"]["name"] == "owner";
    FieldSpec {
        required: described["mandatory"].as_bool().unwrap_or(false) && !owner,
        writable: described["editable"].as_bool().unwrap_or(true),
        max_chars: max_chars(kind, text("name")),
        ..field(text("name"), text("label"), ty)
    }
}

fn max_chars(kind: &str, name: &str) -> Option<u32> {
    let columns = [
        ("Accounts", "accountname", 100),
        ("Accounts", "phone", 30),
        ("Accounts", "bill_city", 30),
        ("Accounts", "bill_country", 30),
        ("Accounts", "bill_street", 250),
        ("Contacts", "firstname", 40),
        ("Contacts", "lastname", 80),
        ("Contacts", "mailingcountry", 40),
        ("Products", "productname", 100),
        ("Products", "productcode", 40),
        ("Services", "servicename", 50),
    ];
    columns.into_iter().find(|(of, field, _)| *of == kind && *field == name).map(|(_, _, most)| most)
}

fn choices(values: &Json) -> Vec<Choice> {
    let text = |value: &Json, key: &str| value[key].as_str().expect("given").to_owned();
    let values = values.as_array().expect("given").iter();
    values.map(|value| Choice { value: text(value, "value"), label: text(value, "label") }).collect()
}

pub(crate) fn field(name: &str, label: &str, ty: FieldType) -> FieldSpec {
    let (name, label) = (FieldName::new(name), label.to_owned());
    FieldSpec { name, label, ty, required: false, writable: true, max_chars: None }
}

/// The names of Dinero's own model: what each kind may show, and what may be written.
pub(crate) fn dinero_model() -> Json {
    serde_json::from_str(include_str!("../dinero-model.json")).expect("given")
}

fn voucher(kind: &str) -> Vec<FieldSpec> {
    let model = dinero_model();
    let names = |half: &str| -> Vec<String> {
        let names = model[kind][half].as_array().expect("given").iter();
        names.map(|name| name.as_str().expect("given").to_owned()).collect()
    };
    let written = names("write");
    let all: std::collections::BTreeSet<String> = names("read").into_iter().chain(written.clone()).collect();
    let spec = |name: &String| {
        let ty = match name.as_str() {
            "Date" | "PaymentDate" => FieldType::Date,
            "ContactGuid" => FieldType::Reference(vec![Kind::new("contact")]),
            "CreditNoteFor" => FieldType::Reference(vec![Kind::new("invoice")]),
            "ShowLinesInclVat" => FieldType::Flag,
            "TotalInclVat" => FieldType::Decimal { scale: None },
            "ProductLines" => {
                let product = FieldType::Reference(vec![Kind::new("product")]);
                FieldType::Rows(vec![field("ProductGuid", "ProductGuid", product)])
            }
            _ => FieldType::Text,
        };
        FieldSpec { writable: written.contains(name) || name == "PaymentDate", ..field(name, name, ty) }
    };
    let mut specs: Vec<FieldSpec> = all.iter().map(spec).collect();
    let read_only = |name, ty| FieldSpec { writable: false, ..field(name, name, ty) };
    specs.push(read_only("PaidAmount", FieldType::Decimal { scale: None }));
    specs.push(read_only("BookedNumber", FieldType::Text));
    if kind == "invoice" {
        specs.push(read_only("State", FieldType::Text));
        specs.push(read_only("CreditedAmount", FieldType::Decimal { scale: None }));
    }
    specs
}

/// Dinero's model (fact sheet §7.1, §7.2): what may be written, and what only comes back.
fn dinero() -> Schema {
    let texts = "Street ZipCode City Phone Email Webpage AttPerson VatNumber EanNumber SENumber PNumber \
                 PaymentConditionType MemberNumber CompanyTypeKey InvoiceMailOutOptionKey PreferredInvoiceLanguageKey \
                 PreferredInvoiceCurrencyKey ExternalReference";
    let mut contact: Vec<FieldSpec> = texts.split_whitespace().map(|name| field(name, name, FieldType::Text)).collect();
    for name in ["Name", "CountryKey"] {
        contact.push(FieldSpec { required: true, ..field(name, name, FieldType::Text) });
    }
    for name in ["IsPerson", "IsMember", "UseCvr"] {
        contact.push(FieldSpec { required: true, ..field(name, name, FieldType::Flag) });
    }
    contact.push(field(
        "PaymentConditionNumberOfDays",
        "PaymentConditionNumberOfDays",
        FieldType::Decimal { scale: Some(0) },
    ));
    for name in "ContactGuid CreatedAt UpdatedAt DeletedAt IsDebitor IsCreditor CompanyStatus VatRegionKey".split(' ') {
        contact.push(FieldSpec { writable: false, ..field(name, name, FieldType::Text) });
    }
    let units = "hours parts km day week month kilogram cubicMetre set litre box case carton metre package shipment \
                 squareMetre session tonne";
    let units = units.split_whitespace().map(|unit| Choice { value: unit.to_owned(), label: unit.to_owned() });
    let mut product = vec![
        field("ProductNumber", "ProductNumber", FieldType::Text),
        FieldSpec { required: true, ..field("Name", "Name", FieldType::Text) },
        FieldSpec { required: true, ..field("Unit", "Unit", FieldType::Choice(units.collect())) },
        field("ExternalReference", "ExternalReference", FieldType::Text),
        FieldSpec { max_chars: Some(128), ..field("Comment", "Comment", FieldType::Text) },
    ];
    for (name, scale) in [("BaseAmountValue", 2), ("Quantity", 2), ("AccountNumber", 0)] {
        let ty = FieldType::Decimal { scale: Some(scale) };
        product.push(FieldSpec { required: true, ..field(name, name, ty) });
    }
    let computed = "ProductGuid CreatedAt UpdatedAt DeletedAt BaseAmountValueInclVat TotalAmount TotalAmountInclVat";
    for name in computed.split(' ') {
        product.push(FieldSpec { writable: false, ..field(name, name, FieldType::Text) });
    }
    let (invoice, note) = (voucher("invoice"), voucher("credit-note"));
    let kind = |name: &str, fields| KindSchema { kind: Kind::new(name), label: name.to_owned(), fields };
    let kinds =
        [kind("contact", contact), kind("product", product), kind("invoice", invoice), kind("credit-note", note)];
    Schema { kinds: kinds.into_iter().map(|kind| (kind.kind.clone(), kind)).collect() }
}
