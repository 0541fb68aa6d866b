//! Units: Dinero's fixed words and the CRM's picklist. Several of the CRM's words may mean one of Dinero's.

use sync_model::{Side, Value};

use super::text::{line, on_text};
use crate::FaultKind;
use crate::fold::fold;

/// Dinero's word (fact sheet §7.3), then the CRM's words for it; the first one is written.
const UNITS: [(&str, &[&str]); 19] = [
    ("hours", &["Hours", "Hour", "Timer", "Time", "Incidents"]),
    ("parts", &["Pieces", "Each", "Quantity", "Stk", "Stk.", "Styk", "Piece"]),
    ("km", &["Km", "Kilometer"]),
    ("day", &["Days", "Day", "Dage", "Dag"]),
    ("week", &["Weeks", "Week", "Uger", "Uge"]),
    ("month", &["Months", "Month", "Måneder", "Måned"]),
    ("kilogram", &["Kg", "Kilogram", "Kilo"]),
    ("cubicMetre", &["Cubic metre", "Kubikmeter", "m3"]),
    ("set", &["Set", "Sæt"]),
    ("litre", &["Litre", "Liter"]),
    ("box", &["Box", "Æske", "Boks"]),
    ("case", &["Case", "Kasse"]),
    ("carton", &["Carton", "Karton"]),
    ("metre", &["M", "Metre", "Meter"]),
    ("package", &["Pack", "Package", "Pakke"]),
    ("shipment", &["Shipment", "Forsendelse"]),
    ("squareMetre", &["Square metre", "Kvadratmeter", "m2"]),
    ("session", &["Session", "Sessioner"]),
    ("tonne", &["Tonne", "Ton"]),
];

/// Dinero's word where the text is a known unit of either side, otherwise the text.
pub(super) fn read(value: &Value) -> Value {
    on_text(&line(value), |text| {
        let folded = fold(text);
        let known =
            UNITS.iter().find(|(unit, words)| fold(unit) == folded || words.iter().any(|it| fold(it) == folded));
        known.map_or_else(|| text.to_owned(), |(unit, _)| (*unit).to_owned())
    })
}

pub(super) fn write(side: Side, value: &Value) -> Result<Value, FaultKind> {
    let Some(text) = value.as_text() else { return Ok(value.clone()) };
    match (UNITS.iter().find(|(unit, _)| *unit == text), side) {
        (Some((unit, _)), Side::Left) => Ok(Value::text(*unit)),
        (Some((_, words)), Side::Right) => Ok(Value::text(words[0])),
        (None, Side::Left) => Err(FaultKind::NoCounterpart),
        (None, Side::Right) => Ok(value.clone()),
    }
}

/// The CRM's other words for the unit that `word` stands for, to be looked for in its picklist.
pub(crate) fn synonyms(word: &str) -> &'static [&'static str] {
    let folded = fold(word);
    UNITS.iter().find(|(_, words)| words.iter().any(|it| fold(it) == folded)).map_or(&[], |(_, words)| words)
}
