//! Books to be kept: organisations, one perhaps below another, and invoices to them, which are booked, sent and paid.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use field_mapping::{Checked, Direction, Held, Mapping, Source};
use reconcile::{Deletes, Guards, Policy};
use rust_decimal::Decimal;
use sync_model::{
    FieldName, FieldSpec, FieldType, Fields, Kind, KindSchema, Lock, Presence, Record, RecordKey, Schema, Side, Sides,
    Value,
};
use sync_run::{Effect, EffectFound, EffectRecord, Effects, FailureClass, Refusal, Rules, RulesError, WriteError};

use crate::pair::{Pair, crm_schema, dinero_schema};
use crate::world::{Request, System};

const MAPPING: &str = r#"
[[entity]]
module = "organisations"
dinero = "contact"
crm = "Accounts"
[[entity.match]]
name = "cvr"
fields = ["cvr"]
[[entity.field]]
name = "name"
dinero = "Name"
crm = "accountname"
translate = "line"
clearing = false
[[entity.field]]
name = "cvr"
dinero = "VatNumber"
crm = "cf_cvr"
translate = "cvr"
clearing = false
[[entity.field]]
name = "street"
dinero = "Street"
crm = "bill_street"
translate = "line"
[[entity.field]]
name = "phone"
dinero = "Phone"
crm = "phone"
translate = "phone"
[[entity.field]]
name = "parent"
dinero = "Parent"
crm = "parent"
translate = "reference"

[[entity]]
module = "products"
dinero = "product"
crm = "Products"
[[entity.field]]
name = "name"
dinero = "Name"
crm = "productname"
translate = "line"
clearing = false

[[entity]]
module = "invoices"
dinero = "invoice"
crm = "Invoice"
[[entity.field]]
name = "name"
dinero = "Description"
crm = "subject"
translate = "line"
clearing = false
[[entity.field]]
name = "customer"
dinero = "Parent"
crm = "parent"
translate = "reference"
[[entity.field]]
name = "number"
dinero = "Number"
crm = "cf_number"
direction = "to-crm"
translate = "line"
clearing = false
[[entity.field]]
name = "lines"
dinero = ["ProductLines", "ShowLinesInclVat"]
crm = ["LineItems", "hdnTaxType", "hdnDiscountPercent", "hdnDiscountAmount", "hdnS_H_Amount", "charges_tax", "txtAdjustment", "deducted_tax", "bill_country", "vtiger_purchaseorder"]
translate = "lines"
clearing = false
"#;

/// What an invoice has in the CRM beside its lines, for the lines.
const NUMBERS: [&str; 6] =
    ["hdnDiscountPercent", "hdnDiscountAmount", "hdnS_H_Amount", "charges_tax", "txtAdjustment", "deducted_tax"];

/// The account that a VAT of 25 % stands for.
const SALES: u32 = 1000;

/// The rules by which the books are kept.
#[derive(Debug, Clone)]
pub(crate) struct BookRules {
    pub(crate) direction: Direction,
    pub(crate) deletes: Deletes,
    pub(crate) guards: Guards,
    pub(crate) effects: Effects,
    /// Whether there are invoices, and what is sold on them, beside organisations.
    pub(crate) invoices: bool,
}

impl Rules for BookRules {
    fn kinds(&self) -> Sides<Vec<Kind>> {
        let kinds = Sides::new(["contact", "product", "invoice"], ["Accounts", "Products", "Invoice"]);
        kinds.map(|kinds| kinds.into_iter().take(if self.invoices { 3 } else { 1 }).map(Kind::new).collect())
    }

    fn mapping(&self, _: &Sides<Schema>, _: Option<&Checked>) -> Result<(Mapping, Vec<Held>), RulesError> {
        Ok((mapping(self.direction, self.invoices), Vec::new()))
    }

    fn policy(&self) -> Policy {
        let (priority, creates) = match self.direction {
            Direction::OneWay { from, .. } => (None, Sides::from_fn(|side| side != from)),
            Direction::TwoWay { priority } => (Some(priority), Sides::new(true, true)),
        };
        Policy { priority, creates, earlier_life: false, deletes: self.deletes, guards: self.guards }
    }

    fn effects(&self) -> Effects {
        self.effects
    }
}

/// The same for every run under the same rules, and resolved once.
fn mapping(direction: Direction, invoices: bool) -> Mapping {
    static RESOLVED: Mutex<Vec<(Direction, bool, Mapping)>> = Mutex::new(Vec::new());
    let mut resolved = RESOLVED.lock().unwrap();
    if let Some((.., known)) = resolved.iter().find(|(to, with, _)| (*to, *with) == (direction, invoices)) {
        return known.clone();
    }
    let row: Fields =
        [("vat", Value::Decimal(Decimal::from(25))), ("account", Value::Decimal(SALES.into()))].into_iter().collect();
    let variables = BTreeMap::from([("vat_accounts".to_owned(), Value::Rows(vec![row]))]);
    let source = Source::Custom { file: "mapping.toml", text: MAPPING };
    let modules: &[&str] = if invoices { &["organisations", "products", "invoices"] } else { &["organisations"] };
    let modules: Vec<String> = modules.iter().map(|name| (*name).to_owned()).collect();
    let fresh = field_mapping::resolve(&source, &modules, &schemas(), direction, &variables).unwrap();
    resolved.push((direction, invoices, fresh.clone()));
    fresh
}

fn schemas() -> Sides<Schema> {
    let spec = |name: &str, ty: FieldType| FieldSpec {
        name: FieldName::new(name),
        label: name.to_owned(),
        ty,
        required: false,
        writable: true,
        max_chars: None,
    };
    let to = |kind: &str| FieldType::Reference(vec![Kind::new(kind)]);
    let number = || FieldType::Decimal { scale: None };
    let text = |name: &str| spec(name, FieldType::Text);
    // The organisation's kind is there; that of products and that of invoices are added.
    let with =
        |mut schema: Schema, kinds: [&str; 3], parent: FieldSpec, name: FieldSpec, mut fields: Vec<FieldSpec>| {
            let [organisation, product, invoice] = kinds;
            schema.kinds.get_mut(&Kind::new(organisation)).unwrap().fields.push(parent.clone());
            fields.push(parent);
            for (kind, fields) in [(product, vec![name]), (invoice, fields)] {
                let described = KindSchema { kind: Kind::new(kind), label: kind.to_owned(), fields };
                schema.kinds.insert(Kind::new(kind), described);
            }
            schema
        };
    let left = vec![
        spec("Description", FieldType::Text),
        spec("Number", FieldType::Text),
        spec("ProductLines", FieldType::Rows(Vec::new())),
        spec("ShowLinesInclVat", FieldType::Flag),
    ];
    let mut right = vec![
        spec("subject", FieldType::Text),
        spec("cf_number", FieldType::Text),
        spec("LineItems", FieldType::Rows(Vec::new())),
        spec("hdnTaxType", FieldType::Text),
        spec("bill_country", FieldType::Text),
        spec("vtiger_purchaseorder", FieldType::Text),
    ];
    right.extend(NUMBERS.map(|name| spec(name, number())));
    Sides::new(
        with(dinero_schema(), ["contact", "product", "invoice"], spec("Parent", to("contact")), text("Name"), left),
        with(
            crm_schema(),
            ["Accounts", "Products", "Invoice"],
            spec("parent", to("Accounts")),
            text("productname"),
            right,
        ),
    )
}

/// Two systems with books, and a batch so small that there are several.
pub(crate) fn open_books(direction: Direction) -> Pair {
    let mut pair = Pair::new(direction);
    let schemas = schemas();
    pair.systems.left.schema = schemas.left;
    pair.systems.right.schema = schemas.right;
    pair.batch = 2;
    pair
}

/// What is sold.
fn product() -> RecordKey {
    RecordKey::new("Products", "14x1")
}

/// Somebody writes an invoice in the CRM over one thing at this price.
pub(crate) fn write_invoice(pair: &Pair, key: &RecordKey, title: &str, customer: &RecordKey, price: i64) {
    let crm = &pair.systems.right;
    if !crm.live().contains_key(&product()) {
        let fields = [("productname", Value::text("Rådgivning"))].into_iter().collect();
        crm.put("Products", &product().id.to_string(), fields);
    }
    crm.put("Invoice", &key.id.to_string(), invoice(title, customer, price));
}

fn invoice(title: &str, customer: &RecordKey, price: i64) -> Fields {
    let mut fields: Fields = NUMBERS.into_iter().map(|name| (name, Value::Decimal(Decimal::ZERO))).collect();
    fields.set("subject", Value::text(title));
    fields.set("parent", Value::Reference(customer.clone()));
    fields.set("hdnTaxType", Value::text("group"));
    fields.set("bill_country", Value::text("Danmark"));
    fields.set("vtiger_purchaseorder", Value::Empty);
    fields.set("cf_number", Value::Empty);
    fields.set("received", Value::Decimal(Decimal::ZERO));
    fields.set("LineItems", items(price));
    fields
}

/// The lines of the CRM for one thing at this price.
pub(crate) fn items(price: i64) -> Value {
    let number = |number: i64| Value::Decimal(Decimal::from(number));
    let row = [
        ("productid", Value::Reference(product())),
        ("quantity", number(1)),
        ("listprice", number(price)),
        ("tax", number(25)),
    ];
    Value::Rows(vec![row.into_iter().collect()])
}

/// The books count an invoice when its lines change.
pub(crate) fn count_up(fields: &mut Fields) {
    let Some(Value::Rows(rows)) = fields.get("ProductLines") else { return };
    let number = |row: &Fields, name: &str| row.get(name).and_then(Value::as_decimal).unwrap_or_default();
    let net: Decimal = rows.iter().map(|row| number(row, "Quantity") * number(row, "BaseAmountValue")).sum();
    fields.set("TotalInclVat", Value::Decimal(net * Decimal::new(125, 2)));
    if fields.get("MailOutStatus").is_none() {
        fields.set("Number", Value::Empty);
        fields.set("MailOutStatus", Value::text("NotSent"));
        fields.set("PaidAmount", Value::Decimal(Decimal::ZERO));
        fields.set("Currency", Value::text("DKK"));
    }
}

impl System {
    /// Books, sends or registers a payment, as the books do: what they can tell from a second one is refused a second time.
    pub(crate) fn bring_about(&self, wanted: &EffectRecord) -> Result<Record, WriteError> {
        let mut state = self.state();
        let refuse = |message: &str| {
            let message = message.to_owned();
            Err(WriteError::Refused(Refusal { message, field: None, class: FailureClass::Accounting }))
        };
        state.version += 1;
        let (version, pays_later) = (state.version, state.pays_later);
        if let Effect::Pay { reference, .. } = &wanted.effect
            && !state.payments.insert(reference.clone())
        {
            return refuse("that payment is there already");
        }
        let held = state.records.get_mut(&wanted.invoice).unwrap();
        match &wanted.effect {
            Effect::Book if held.lock == Lock::Frozen => return refuse("it is booked already"),
            Effect::Book => {
                held.lock = Lock::Frozen;
                let title = held.fields.get("Description").map(ToString::to_string).unwrap_or_default();
                held.fields.set("Number", Value::text(title.replace("Faktura ", "100")));
            }
            Effect::Send { .. } => held.fields.set("MailOutStatus", Value::text("Sent")),
            Effect::Credit { .. } => return refuse("these books have no credit notes"),
            Effect::Pay { .. } if pays_later => {}
            Effect::Pay { amount, .. } => {
                let paid = held.fields.get("PaidAmount").and_then(Value::as_decimal).unwrap();
                held.fields.set("PaidAmount", Value::Decimal(paid + amount));
            }
        }
        held.version = version;
        let Presence::Present(after) = Self::show(&wanted.invoice, held) else { return refuse("it is gone") };
        state.log.push(Request::Effect(wanted.invoice.clone(), wanted.effect.name()));
        Ok(after)
    }

    /// Whether it happened, as far as the books show it.
    pub(crate) fn look_for_effect(&self, wanted: &EffectRecord) -> EffectFound {
        let state = self.state();
        let held = &state.records[&wanted.invoice];
        let happened = match &wanted.effect {
            Effect::Book => held.lock == Lock::Frozen,
            Effect::Send { .. } => held.fields.get("MailOutStatus") == Some(&Value::text("Sent")),
            Effect::Pay { reference, .. } => state.payments.contains(reference),
            Effect::Credit { .. } => false,
        };
        if happened { EffectFound::Happened(None) } else { EffectFound::NoTrace }
    }
}

/// How records are called, by kind.
pub(crate) fn title(kind: &Kind) -> &'static str {
    match kind.as_str() {
        "contact" | "product" => "Name",
        "Products" => "productname",
        "Accounts" => "accountname",
        "invoice" => "Description",
        _ => "subject",
    }
}

/// Every living record of a side in words, in which ids are titles: made of the same things, the same words.
pub(crate) fn told(pair: &Pair, side: Side) -> Vec<String> {
    let titles: BTreeMap<RecordKey, String> = Side::BOTH
        .into_iter()
        .flat_map(|side| pair.systems.get(side).live())
        .map(|(key, fields)| {
            let title = fields.get(title(&key.kind)).map(ToString::to_string).unwrap_or_default();
            (key, title)
        })
        .collect();
    let state = pair.systems.get(side).state();
    let living = state.records.iter().filter(|(_, held)| !held.deleted);
    let mut told: Vec<String> =
        living.map(|(key, held)| format!("{} {:?} {}", key.kind, held.lock, in_words(&held.fields, &titles))).collect();
    told.sort();
    told
}

fn in_words(fields: &Fields, titles: &BTreeMap<RecordKey, String>) -> String {
    let word = |value: &Value| match value {
        Value::Reference(to) => titles.get(to).cloned().unwrap_or_else(|| to.to_string()),
        Value::Rows(rows) => rows.iter().map(|row| format!("({})", in_words(row, titles))).collect(),
        other => format!("{other:?}"),
    };
    let filled = fields.iter().filter(|(_, value)| !value.is_empty());
    filled.map(|(name, value)| format!("{name}={}", word(value))).collect::<Vec<_>>().join(" ")
}

/// How often which effect happened to which invoice.
pub(crate) fn effects(pair: &Pair) -> BTreeMap<(String, String), usize> {
    let state = pair.systems.left.state();
    let mut counts = BTreeMap::new();
    for request in &state.log {
        if let Request::Effect(key, effect) = request {
            let name = state.records[key].fields.get("Description").map(ToString::to_string).unwrap_or_default();
            *counts.entry((name, effect.clone())).or_default() += 1;
        }
    }
    counts
}

/// The origins for which something was made more than once.
pub(crate) fn made_twice(pair: &Pair, side: Side) -> BTreeSet<String> {
    let (mut marks, mut twice) = (BTreeSet::new(), BTreeSet::new());
    for request in &pair.systems.get(side).state().log {
        if let Request::Create(_, mark) = request
            && !marks.insert(mark.clone())
        {
            twice.insert(mark.to_string());
        }
    }
    twice
}
