//! Terms of payment: a type and days in Dinero, words such as "Netto 30 dage" in the CRM.

use sync_model::Value;

use super::text::line;
use crate::FaultKind;
use crate::fold::fold;

/// Dinero's types (fact sheet §7.1), each with what people write for it, folded and without digits.
const KINDS: [(&str, &[&str]); 3] = [
    (
        "Netto",
        &["", "netto", "net", "nettodage", "netdays", "nettodag", "netday", "dage", "days", "dag", "day", "ndage"],
    ),
    ("NettoCash", &["nettocash", "nettokontant", "kontant", "cash", "netcash", "straks", "kontantbetaling"]),
    (
        "CurrentMonthOut",
        &[
            "currentmonthout",
            "currentmonthoutdays",
            "loebendemaaned",
            "loebendemaaneddage",
            "lbmd",
            "lbmddage",
            "lbmaaned",
            "endofmonth",
            "endofmonthdays",
        ],
    ),
];

struct Terms {
    kind: &'static str,
    days: Option<u32>,
}

impl Terms {
    /// What the words mean, if they name exactly one type and at most one number of days.
    fn parse(text: &str) -> Option<Self> {
        let folded = fold(text);
        let letters: String = folded.chars().filter(|char| !char.is_ascii_digit()).collect();
        let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
        let numbers: Vec<&str> = text.split(|char: char| !char.is_ascii_digit()).filter(|it| !it.is_empty()).collect();
        if digits != numbers.concat() || numbers.len() > 1 || digits.len() > 3 || folded.is_empty() {
            return None;
        }
        let days = digits.parse().ok();
        let (kind, _) = KINDS.iter().find(|(_, words)| words.contains(&letters.as_str()))?;
        (*kind != "NettoCash" || days.is_none()).then_some(Self { kind, days })
    }

    fn canonical(&self) -> String {
        self.days.map_or_else(|| self.kind.to_owned(), |days| format!("{} {days}", self.kind))
    }

    fn words(&self) -> String {
        let words = match self.kind {
            "NettoCash" => "Netto kontant",
            "CurrentMonthOut" => "Løbende måned",
            other => other,
        };
        self.days.map_or_else(|| words.to_owned(), |days| format!("{words} {days} dage"))
    }
}

/// Dinero's type and days as one text such as `Netto 30`. Days without a type, and days of cash, mean nothing.
pub(super) fn read_parts(own: &[&Value]) -> Result<Value, FaultKind> {
    let kind = own.first().map_or(Value::Empty, |value| line(value));
    let days = own.get(1).map_or(Value::Empty, |value| line(value)).to_string();
    let Some(terms) = kind.as_text().and_then(Terms::parse) else { return Ok(kind) };
    let days = match (days.as_str(), terms.kind) {
        ("", _) | (_, "NettoCash") => terms.days,
        (days, _) => Some(days.parse().ok().filter(|days| *days < 1000).ok_or_else(invalid)?),
    };
    Ok(Value::text(Terms { days, ..terms }.canonical()))
}

/// The words of the CRM as `Netto 30`, or as they stand where they cannot be understood.
pub(super) fn read_words(value: &Value) -> Value {
    let text = line(value);
    text.as_text().and_then(Terms::parse).map_or(text.clone(), |terms| Value::text(terms.canonical()))
}

/// Dinero's type and days. Words that Dinero does not know have no counterpart.
pub(super) fn parts(value: &Value) -> Result<Vec<Value>, FaultKind> {
    let Some(text) = value.as_text() else { return Ok(vec![Value::Empty, Value::Empty]) };
    let terms = Terms::parse(text).ok_or(FaultKind::NoCounterpart)?;
    let days = terms.days.map_or(Value::Empty, |days| Value::Decimal(days.into()));
    Ok(vec![Value::text(terms.kind), days])
}

/// The words for the CRM.
pub(super) fn words(value: &Value) -> Value {
    let terms = value.as_text().and_then(Terms::parse);
    terms.map_or_else(|| value.clone(), |terms| Value::text(terms.words()))
}

fn invalid() -> FaultKind {
    FaultKind::Invalid { expected: "betalingsbetingelse / terms of payment".to_owned() }
}
