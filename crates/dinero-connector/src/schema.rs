//! What Dinero's own model says of contacts, products and invoices (fact sheet §7.1–7.3). It is the same for every organisation.

use std::collections::BTreeMap;

use sync_model::{Choice, FieldName, FieldSpec, FieldType, Kind, KindSchema, Schema};

use crate::kind::{CONTACT, CREDIT_NOTE, INVOICE, PRODUCT, is};

/// Units that a product may be counted in.
const UNITS: [&str; 19] = [
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
/// The longest external reference.
const REFERENCE: u32 = 128;

/// The schema of `kinds`.
pub(crate) fn schema(kinds: &[Kind]) -> Schema {
    let mut schema = Schema { kinds: BTreeMap::new() };
    for kind in kinds {
        if is(kind, CONTACT) {
            schema.kinds.insert(kind.clone(), contact(kind));
        } else if is(kind, PRODUCT) {
            schema.kinds.insert(kind.clone(), product(kind));
        } else if is(kind, INVOICE) {
            schema.kinds.insert(kind.clone(), invoice(kind));
        } else if is(kind, CREDIT_NOTE) {
            schema.kinds.insert(kind.clone(), credit_note(kind));
        }
    }
    schema
}

fn contact(kind: &Kind) -> KindSchema {
    let mut fields: Vec<FieldSpec> = [
        "Street",
        "ZipCode",
        "City",
        "Phone",
        "Email",
        "Webpage",
        "AttPerson",
        "VatNumber",
        "EanNumber",
        "SENumber",
        "PNumber",
        "PaymentConditionType",
        "MemberNumber",
        "CompanyTypeKey",
        "InvoiceMailOutOptionKey",
        "PreferredInvoiceLanguageKey",
        "PreferredInvoiceCurrencyKey",
    ]
    .map(|name| field(name, FieldType::Text, false))
    .into();
    fields.push(field("Name", FieldType::Text, true));
    fields.push(field("CountryKey", FieldType::Text, true));
    fields.push(FieldSpec { max_chars: Some(REFERENCE), ..field("ExternalReference", FieldType::Text, false) });
    fields.extend(["IsPerson", "IsMember", "UseCvr"].map(|name| field(name, FieldType::Flag, false)));
    fields.push(field("PaymentConditionNumberOfDays", FieldType::Decimal { scale: Some(0) }, false));
    KindSchema { kind: kind.clone(), label: "Kontakter".to_owned(), fields }
}

fn product(kind: &Kind) -> KindSchema {
    let units = UNITS.map(|unit| Choice { value: unit.to_owned(), label: unit.to_owned() });
    let number = |name, scale| field(name, FieldType::Decimal { scale: Some(scale) }, false);
    let fields = vec![
        text("ProductNumber"),
        FieldSpec { required: true, ..text("Name") },
        number("BaseAmountValue", 2),
        number("Quantity", 2),
        number("AccountNumber", 0),
        field("Unit", FieldType::Choice(units.into()), true),
        FieldSpec { max_chars: Some(REFERENCE), ..text("ExternalReference") },
        FieldSpec { max_chars: Some(REFERENCE), ..text("Comment") },
    ];
    KindSchema { kind: kind.clone(), label: "Produkter".to_owned(), fields }
}

/// An invoice. What Dinero computes can only be read.
fn invoice(kind: &Kind) -> KindSchema {
    let mut fields = voucher();
    fields.push(field("PaymentDate", FieldType::Date, false));
    fields.extend([read_only(text("State")), read_only(number("CreditedAmount"))]);
    KindSchema { kind: kind.clone(), label: "Fakturaer".to_owned(), fields }
}

/// A credit note: it names the invoice that it credits, and has no terms of payment.
fn credit_note(kind: &Kind) -> KindSchema {
    let mut fields = voucher();
    fields.push(field("CreditNoteFor", FieldType::Reference(vec![Kind::new(INVOICE)]), false));
    KindSchema { kind: kind.clone(), label: "Kreditnotaer".to_owned(), fields }
}

/// What invoices and credit notes have in common.
fn voucher() -> Vec<FieldSpec> {
    let reference = |name, kind| field(name, FieldType::Reference(vec![Kind::new(kind)]), false);
    let line = vec![
        text("LineType"),
        reference("ProductGuid", PRODUCT),
        text("Description"),
        text("Comments"),
        number("Quantity"),
        number("BaseAmountValue"),
        number("Discount"),
        number("AccountNumber"),
    ];
    vec![
        text("Description"),
        reference("ContactGuid", CONTACT),
        field("Date", FieldType::Date, false),
        field("ProductLines", FieldType::Rows(line), true),
        field("ShowLinesInclVat", FieldType::Flag, false),
        text("Currency"),
        text("Comment"),
        text("Address"),
        FieldSpec { max_chars: Some(REFERENCE), ..text("ExternalReference") },
        read_only(text("PaymentStatus")),
        read_only(number("PaidAmount")),
        read_only(text("BookedNumber")),
        read_only(text("MailOutStatus")),
        read_only(number("TotalExclVat")),
        read_only(number("TotalVat")),
        read_only(number("TotalInclVat")),
        read_only(field("LineTotals", FieldType::Rows(vec![number("net"), number("gross")]), false)),
    ]
}

fn text(name: &str) -> FieldSpec {
    field(name, FieldType::Text, false)
}

fn number(name: &str) -> FieldSpec {
    field(name, FieldType::Decimal { scale: None }, false)
}

fn read_only(spec: FieldSpec) -> FieldSpec {
    FieldSpec { writable: false, ..spec }
}

fn field(name: &str, ty: FieldType, required: bool) -> FieldSpec {
    FieldSpec { name: FieldName::new(name), label: name.to_owned(), ty, required, writable: true, max_chars: None }
}
