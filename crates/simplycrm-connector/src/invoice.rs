//! Invoices as records: the head, the lines as rows, and what vtiger says of taxes beside them.
//!
//! A query shows neither all lines nor the discount on the whole (recording invoice), so a list gives heads only, and what
//! changed is read by itself.

use rust_decimal::Decimal;
use simplycrm_client::{
    Discount, Element, FieldName as WsField, FieldValue, Invoice, InvoiceLine, LineItem, Record as WsRecord, WsId,
};
use sync_model::{FieldName, FieldSpec, FieldType, Fields, Kind, KindSchema, Record, RecordKey, Value};
use sync_run::{FailureClass, Refusal, WriteError};

use crate::record::seen;
use crate::schema::credits_field;
use crate::values::text_of;

pub(crate) const INVOICE: &str = "Invoice";
/// What a list is asked to show.
pub(crate) const LISTED: [WsField; 2] = [WsField::MODIFIED_TIME, WsField::literal("subject")];

/// The invoice that an invoice credits: what a custom field says in a person's words, as a reference.
pub(crate) const CREDITED: &str = "credited_invoice";
/// What vtiger computes when an invoice is saved: it can only be read.
const COMPUTED: [&str; 4] = ["hdnSubTotal", "hdnGrandTotal", "pre_tax_total", "balance"];

/// What every installation's taxes and currencies are called.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vocabulary {
    /// Names and percentages of the taxes in use.
    pub(crate) taxes: Vec<(String, Decimal)>,
    /// Ids and codes of the currencies in use.
    pub(crate) currencies: Vec<(String, String)>,
}

impl Vocabulary {
    /// From the rows of `Tax` and `Currency`.
    pub(crate) fn new(taxes: &[WsRecord], currencies: &[WsRecord]) -> Self {
        let text = |row: &WsRecord, name: &str| row.text(name).ok().flatten().map(|text| text.to_string());
        let alive = |row: &&WsRecord| text(row, "deleted").is_none_or(|deleted| deleted == "0");
        let tax = |row: &WsRecord| Some((text(row, "taxname")?, row.decimal("percentage").ok().flatten()?));
        let currency = |row: &WsRecord| Some((row.id().ok()?.to_string(), text(row, "currency_code")?));
        Self {
            taxes: taxes.iter().filter(alive).filter_map(tax).collect(),
            currencies: currencies.iter().filter(alive).filter_map(currency).collect(),
        }
    }

    fn code(&self, id: &str) -> Option<&str> {
        self.currencies.iter().find(|(known, _)| known == id).map(|(_, code)| code.as_str())
    }

    fn id(&self, code: &str) -> Option<&str> {
        self.currencies.iter().find(|(_, known)| known == code).map(|(id, _)| id.as_str())
    }
}

/// The module's schema with what an invoice has beside its described fields.
pub(crate) fn extended(mut schema: KindSchema) -> KindSchema {
    let spec = |name: &str, ty: FieldType| FieldSpec {
        name: FieldName::new(name),
        label: name.to_owned(),
        ty,
        required: false,
        writable: true,
        max_chars: None,
    };
    let number = || FieldType::Decimal { scale: None };
    for field in &mut schema.fields {
        field.writable &= !COMPUTED.contains(&field.name.as_str());
        if field.name.as_str() == "currency_id" {
            // An id says nothing outside its installation: it is told as a code.
            field.ty = FieldType::Text;
        }
    }
    let goods = [Kind::new("Products"), Kind::new("Services")];
    let columns = vec![
        spec("productid", FieldType::Reference(goods.into())),
        spec("name", FieldType::Text),
        spec("comment", FieldType::Text),
        spec("quantity", number()),
        spec("listprice", number()),
        spec("discount_percent", number()),
        spec("discount_amount", number()),
        spec("tax", number()),
    ];
    schema.fields.push(spec("LineItems", FieldType::Rows(columns)));
    schema.fields.push(spec("charges_tax", number()));
    schema.fields.push(spec("deducted_tax", number()));
    if credits_field(&schema).is_some() {
        schema.fields.push(spec(CREDITED, FieldType::Reference(vec![Kind::new(INVOICE)])));
    }
    schema
}

/// An invoice as a list shows it: there, and saved at that time.
pub(crate) fn listed(schema: &KindSchema, row: &WsRecord) -> Option<Record> {
    let record = seen(schema, None, row)?;
    Some(Record { fields: Fields::new(), partial: true, ..record })
}

/// An invoice in full.
pub(crate) fn whole(
    schema: &KindSchema,
    mark: Option<&FieldName>,
    invoice: &Invoice,
    words: &Vocabulary,
) -> Option<Record> {
    let header = invoice.header();
    let mut record = seen(schema, mark, header)?;
    let mut charges_tax = Decimal::ZERO;
    for (name, _) in header.iter() {
        if is_charge_tax(name) {
            charges_tax += header.decimal(name).ok().flatten().unwrap_or_default();
        }
        let is_beside = name.starts_with("shipping_") || is_charge_tax(name);
        if is_beside || ["productid", "LineItems_FinalDetails", "compoundTaxInfo"].contains(&name) {
            record.fields.remove(name);
        }
    }
    let currency = header.text("currency_id").ok().flatten();
    let code = currency.as_deref().and_then(|id| words.code(id)).or(currency.as_deref());
    record.fields.set("currency_id", code.map_or(Value::Empty, Value::text));
    record.fields.set("charges_tax", Value::Decimal(charges_tax.normalize()));
    record.fields.set("deducted_tax", Value::Decimal(deducted(header).normalize()));
    record.fields.set("LineItems", Value::Rows(invoice.lines().iter().map(row).collect()));
    for amount in ["hdnDiscountPercent", "hdnDiscountAmount", "hdnS_H_Amount", "txtAdjustment"] {
        // Blank and nothing are the same amount.
        if record.fields.get(amount).is_none_or(Value::is_empty) {
            record.fields.set(amount, Value::Decimal(Decimal::ZERO));
        }
    }
    Some(record)
}

/// `shipping_&_handling_shtax1` and its like.
fn is_charge_tax(name: &str) -> bool {
    name.rsplit_once("_shtax").is_some_and(|(_, number)| number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Taxes that are held back; only the form's own view of the invoice shows them.
fn deducted(header: &WsRecord) -> Decimal {
    let Some(FieldValue::Nested(details)) = header.get("LineItems_FinalDetails") else { return Decimal::ZERO };
    let amount = details.pointer("/1/final_details/deductTaxesTotalAmount");
    amount.and_then(serde_json::Value::as_str).and_then(|text| text.parse().ok()).unwrap_or_default()
}

fn row(line: &InvoiceLine) -> Fields {
    let mut row = Fields::new();
    if let Some(id) = line.product().ok().flatten() {
        let module = line.product_module().unwrap_or_else(|| "Products".to_owned());
        row.set("productid", Value::Reference(RecordKey::new(module.as_str(), id.to_string().as_str())));
    }
    let text = |text: Option<String>| text.map_or(Value::Empty, Value::text);
    row.set("name", text(line.product_name()));
    row.set("comment", text(line.comment()));
    let mut put = |name: &str, number: Decimal| row.set(name, Value::Decimal(number.normalize()));
    put("quantity", line.quantity().unwrap_or_default());
    put("listprice", line.list_price().unwrap_or_default());
    match line.discount().ok().flatten() {
        Some(Discount::Amount(amount)) => put("discount_amount", amount),
        Some(Discount::Percent(percent)) => put("discount_percent", percent),
        None => {}
    }
    put("tax", line.taxes().unwrap_or_default().iter().map(|(_, percent)| *percent).sum());
    row
}

/// The lines of `fields` to write; `None` where they do not change.
pub(crate) fn lines(fields: &Fields, words: &Vocabulary) -> Result<Option<Vec<LineItem>>, WriteError> {
    let Some(Value::Rows(rows)) = fields.get("LineItems") else { return Ok(None) };
    rows.iter().map(|row| line(row, words)).collect::<Result<_, _>>().map(Some)
}

fn line(row: &Fields, words: &Vocabulary) -> Result<LineItem, WriteError> {
    let number = |name: &str| row.get(name).and_then(Value::as_decimal).unwrap_or_default();
    let product = match row.get("productid") {
        Some(Value::Reference(key)) => key.id.as_str().parse::<WsId>().ok(),
        _ => None,
    };
    let product = product.ok_or_else(|| refusal("a line has no product", "productid"))?;
    let mut line = LineItem::new(product, number("quantity"), number("listprice"));
    if !number("discount_percent").is_zero() {
        line = line.discount(Discount::Percent(number("discount_percent")));
    }
    if let Some(comment) = row.get("comment").filter(|comment| !comment.is_empty()) {
        line = line.comment(comment.to_string());
    }
    let rate = number("tax");
    let name = words.taxes.iter().find(|(_, percent)| *percent == rate).map(|(name, _)| name);
    if name.is_none() && !rate.is_zero() {
        return Err(refusal(&format!("the CRM has no tax of {} %", rate.normalize()), "tax"));
    }
    // Every tax is named: what is left out, the server would take from the product.
    for (tax, _) in &words.taxes {
        line = line.tax(tax.as_str(), if Some(tax) == name { rate } else { Decimal::ZERO });
    }
    Ok(line)
}

/// The header of `fields` to write, with the currency's id.
pub(crate) fn header(fields: &Fields, words: &Vocabulary) -> Result<Element, WriteError> {
    let beside = ["LineItems", "charges_tax", "deducted_tax", CREDITED];
    let mut header = Element::new();
    for (name, value) in fields.iter().filter(|(name, _)| !beside.contains(&name.as_str())) {
        let text = text_of(value);
        header = if name.as_str() == "currency_id" {
            let id =
                words.id(&text).ok_or_else(|| refusal(&format!("the CRM has no currency {text}"), "currency_id"))?;
            header.text("currency_id", id)
        } else {
            header.text(name.as_str(), text)
        };
    }
    Ok(header)
}

/// The header of a new invoice: its streets must not be blank, and the first line's product is asked for in it (fact
/// sheet §8.1).
pub(crate) fn new_header(header: Element, schema: &KindSchema) -> Element {
    let filled = |header: &Element, name: &str| header.get(name).is_some_and(|value| !value.is_blank());
    let needs = |name: &str| schema.field(name).is_some_and(|field| field.required);
    let street = match header.get("bill_street") {
        Some(FieldValue::Text(street)) if !street.trim().is_empty() => street.clone(),
        _ => "-".to_owned(),
    };
    ["bill_street", "ship_street"].into_iter().fold(header, |header, name| {
        if needs(name) && !filled(&header, name) { header.text(name, street.as_str()) } else { header }
    })
}

fn refusal(message: &str, field: &str) -> WriteError {
    WriteError::Refused(Refusal {
        message: message.to_owned(),
        field: Some(field.to_owned()),
        class: FailureClass::Data,
    })
}
