//! What the database does to a value on its way into a column: cut, round, clamp, blank. Silently, every time
//! (recordings errors and crud-products; column sizes from fact sheet §8).

use super::failure::Failure;
use super::php::{decimal, is_numeric};
use super::profile::Version;
use super::schema::{Field, Kind};
use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;

/// What decides how a value is kept, beyond the field itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keeping<'a> {
    pub(crate) version: Version,
    pub(crate) module: &'a str,
    /// The date format of the calling user, such as `dd-mm-yyyy`.
    pub(crate) date_format: &'a str,
}

/// The text the column holds afterwards; `None` is NULL. References and owners are not kept here.
pub(crate) fn keep(keeping: Keeping<'_>, field: &Field, value: &Value) -> Result<Option<String>, Failure> {
    let text = php_text(value, keeping.version);
    if text.is_empty()
        && unset(field).is_some_and(|unset| unset.is_empty())
        && matches!(field.kind, Kind::Currency | Kind::Double)
    {
        return Ok(None);
    }
    Ok(match &field.kind {
        Kind::Text => {
            let text = match keeping.version {
                Version::V6 | Version::V7 => text,
                // 8.x takes the byte order mark for one wherever it stands.
                Version::V8 => text.replace('\u{feff}', ""),
            };
            let harmless = if text.contains("<script") { super::html::encode_special(&text) } else { text };
            Some(cut(&harmless, length(keeping.module, &field.name)))
        }
        Kind::LongText => Some(cut(&text, length(keeping.module, &field.name))),
        Kind::Integer => Some(integer(&text)),
        Kind::Boolean => {
            let on = matches!(value, Value::Bool(true)) || matches!(text.as_str(), "1" | "on");
            Some(if on { "1" } else { "0" }.to_owned())
        }
        Kind::Currency => Some(amount(keeping, field, &text)),
        Kind::Double => Some(fixed(decimal(&text), scale(&field.name))),
        Kind::Date => date(keeping, &text)?,
        Kind::Moment | Kind::Reference(_) | Kind::Owner | Kind::Id => Some(text),
    })
}

/// A JSON value where the server expects a text.
pub(crate) fn php_text(value: &Value, version: Version) -> String {
    match value {
        Value::Null | Value::Bool(false) => String::new(),
        Value::Bool(true) => "1".into(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.first().map(|item| php_text(item, version)).unwrap_or_default(),
        Value::Object(entries) => match version {
            Version::V6 | Version::V7 => {
                entries.values().next().map(|item| php_text(item, version)).unwrap_or_default()
            }
            Version::V8 => String::new(),
        },
    }
}

/// Cuts to the column; what is beyond the old three-byte UTF-8 becomes four question marks.
fn cut(text: &str, length: usize) -> String {
    let narrow = text.chars().flat_map(|character| {
        let wide = u32::from(character) > 0xFFFF;
        std::iter::repeat_n(if wide { '?' } else { character }, if wide { 4 } else { 1 })
    });
    narrow.take(length).collect()
}

fn integer(text: &str) -> String {
    let rounded = decimal(text).round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    rounded.clamp(Decimal::from(i32::MIN), Decimal::from(i32::MAX)).normalize().to_string()
}

fn amount(keeping: Keeping<'_>, field: &Field, text: &str) -> String {
    let strict = keeping.version >= Version::V8 && field.name == "unit_price";
    let number = if strict && !is_numeric(text) { Decimal::ZERO } else { decimal(text) };
    // A user sees, and a save keeps, two decimals unless set otherwise.
    let rounded = if number.abs() > most() {
        number
    } else {
        number.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
    };
    fixed(rounded, 8)
}

/// The largest amount a column holds.
fn most() -> Decimal {
    Decimal::from_i128_with_scale(9_999_999_999_999_999_999_999_999, 8)
}

/// A number with exactly so many decimals, as a decimal column reads.
pub(crate) fn fixed(number: Decimal, scale: u32) -> String {
    let mut kept = number.clamp(-most(), most()).round_dp_with_strategy(scale, RoundingStrategy::MidpointAwayFromZero);
    if kept.is_zero() {
        kept.set_sign_positive(true);
    }
    format!("{kept:.places$}", places = scale as usize)
}

fn date(keeping: Keeping<'_>, text: &str) -> Result<Option<String>, Failure> {
    let parts: Vec<&str> = text.split(['-', '.']).collect();
    let numbers =
        |parts: &[&str]| parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    match parts.as_slice() {
        [""] => Ok(None),
        [year, month, day] if numbers(&parts) && year.len() == 4 => Ok(Some(real_date(year, month, day))),
        [day, month, year] if numbers(&parts) && year.len() == 4 => {
            let own_format =
                keeping.version >= Version::V8 || text.contains('-') && keeping.date_format == "dd-mm-yyyy";
            Ok(own_format.then(|| real_date(year, month, day)))
        }
        _ if text.bytes().any(|byte| byte.is_ascii_digit()) => Ok(None),
        _ => Err(Failure::internal()),
    }
}

fn real_date(year: &str, month: &str, day: &str) -> String {
    let parsed = (year.parse().ok()).zip(month.parse().ok()).zip(day.parse().ok());
    parsed
        .and_then(|((year, month), day)| NaiveDate::from_ymd_opt(year, month, day))
        .map_or_else(|| "0000-00-00".into(), |date| date.format("%Y-%m-%d").to_string())
}

/// What an unset column reads as.
pub(crate) fn unset(field: &Field) -> Option<String> {
    match (&field.kind, field.name.as_str()) {
        (_, "hdnDiscountPercent" | "hdnDiscountAmount") => Some(String::new()),
        (Kind::Integer | Kind::Boolean, _) => Some("0".into()),
        (Kind::Currency, _) => Some(fixed(Decimal::ZERO, 8)),
        (Kind::Double, name) => Some(fixed(Decimal::ZERO, scale(name))),
        (Kind::Date | Kind::Reference(_), _) => None,
        (Kind::Text | Kind::LongText | Kind::Moment | Kind::Owner | Kind::Id, _) => Some(String::new()),
    }
}

fn scale(field: &str) -> u32 {
    match field {
        "qty_per_unit" => 2,
        "hdnS_H_Percent" | "listprice" | "discount_amount" | "purchase_cost" | "margin" => 8,
        _ => 3,
    }
}

/// The length of a text column in characters; 255 where nothing is known.
fn length(module: &str, field: &str) -> usize {
    let inventory = matches!(module, "Invoice" | "Quotes" | "SalesOrder");
    match (module, field) {
        (_, "description" | "terms_conditions" | "comment" | "imagename") => usize::MAX,
        (_, "bill_street" | "ship_street" | "mailingstreet" | "otherstreet") => 250,
        ("Accounts", "phone" | "otherphone" | "fax" | "tickersymbol") => 30,
        ("Accounts", "ownership" | "siccode") => 50,
        ("Accounts", "accountname" | "website" | "email1" | "email2" | "account_no") => 100,
        ("Accounts", "rating" | "industry" | "accounttype") => 200,
        ("Contacts", "firstname" | "mailingcity" | "othercity" | "mailingcountry") => 40,
        ("Contacts", "lastname") => 80,
        (
            "Contacts",
            "phone" | "mobile" | "homephone" | "otherphone" | "assistantphone" | "title" | "fax" | "otherstate",
        ) => 50,
        ("Contacts", "department" | "assistant" | "mailingstate" | "mailingzip" | "otherzip" | "othercountry") => 30,
        ("Contacts", "email" | "secondaryemail" | "contact_no") => 100,
        ("Contacts", "salutationtype" | "leadsource") => 200,
        ("Products", "productname" | "website" | "product_no") => 100,
        ("Products", "productcode") => 40,
        ("Services", "servicename") => 50,
        ("Services", "website" | "service_no") => 100,
        ("Products" | "Services", _) => 200,
        (_, "subject" | "customerno" | "invoice_no") if inventory => 100,
        (_, "hdnTaxType") => 25,
        (_, "vtiger_purchaseorder" | "invoicestatus") => 200,
        (_, "mailingpobox" | "otherpobox") => 30,
        (_, name) if name.starts_with("bill_") || name.starts_with("ship_") => 30,
        _ => 255,
    }
}
