//! Words by a table: one word on the left, one or several that mean it on the right.

use std::sync::LazyLock;

use sync_model::{Side, Value};

use super::text::{line, on_text};
use crate::FaultKind;
use crate::fold::fold;

/// Which word of one side means which of the other. The left word is the normal form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    rows: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    left: String,
    right: Vec<String>,
    /// All its words in matching form.
    folded: Vec<String>,
}

impl Row {
    fn new(left: String, right: Vec<String>) -> Self {
        let folded = right.iter().chain([&left]).map(|word| fold(word)).collect();
        Self { left, right, folded }
    }
}

/// Dinero's units (fact sheet §7.3), each with the CRM's words for it; the first one is written. Measures that only
/// resemble each other, such as dozens and pieces, are no counterparts.
const UNITS: [(&str, &[&str]); 19] = [
    ("hours", &["Hours", "Hour", "Timer", "Time"]),
    ("parts", &["Pieces", "Each", "Quantity", "Stk.", "Styk", "Stykker", "Piece", "Pcs", "Enhed"]),
    ("km", &["Km", "Kilometer", "Kilometre"]),
    ("day", &["Days", "Day", "Dage", "Dag"]),
    ("week", &["Weeks", "Week", "Uger", "Uge"]),
    ("month", &["Months", "Month", "Måneder", "Måned"]),
    ("kilogram", &["Kg", "Kilogram", "Kilo"]),
    ("cubicMetre", &["Cubic metre", "Kubikmeter", "m3", "Cubic meter"]),
    ("set", &["Set", "Sæt"]),
    ("litre", &["Litre", "Liter"]),
    ("box", &["Box", "Æske", "Boks"]),
    ("case", &["Case", "Kasse"]),
    ("carton", &["Carton", "Karton"]),
    ("metre", &["M", "Metre", "Meter"]),
    ("package", &["Pack", "Package", "Pakke"]),
    ("shipment", &["Shipment", "Forsendelse"]),
    ("squareMetre", &["Square metre", "Kvadratmeter", "m2", "Square meter"]),
    ("session", &["Session", "Sessions", "Sessioner"]),
    ("tonne", &["Tonne", "Ton", "Tons"]),
];

/// The languages Dinero names on a contact (fact sheet §7.1).
const LANGUAGES: [(&str, &[&str]); 5] = [
    ("da", &["Dansk", "Danish", "da-DK", "da_dk", "dk_dk"]),
    ("en", &["Engelsk", "English", "en-GB", "en-US", "en_us", "en_gb"]),
    ("de", &["Tysk", "German", "Deutsch", "de-DE", "de_de"]),
    ("sv", &["Svensk", "Swedish", "Svenska", "sv-SE", "sv_se", "se_se"]),
    ("no", &["Norsk", "Norwegian", "nb-NO", "nb", "no_no"]),
];

/// The languages Dinero names on an invoice (fact sheet §7.4).
const CULTURES: [(&str, &[&str]); 2] =
    [("da-DK", &["Dansk", "Danish", "da", "dk_dk"]), ("en-GB", &["Engelsk", "English", "en", "en-US", "en_us"])];

static UNIT_TABLE: LazyLock<Table> = LazyLock::new(|| Table::known(&UNITS));
static LANGUAGE_TABLE: LazyLock<Table> = LazyLock::new(|| Table::known(&LANGUAGES));
static CULTURE_TABLE: LazyLock<Table> = LazyLock::new(|| Table::known(&CULTURES));

impl Table {
    /// Dinero's units and the CRM's words for them.
    pub(crate) fn units() -> Self {
        UNIT_TABLE.clone()
    }

    /// Dinero's language keys and what people call the languages.
    pub(crate) fn languages() -> Self {
        LANGUAGE_TABLE.clone()
    }

    /// The same for the keys of an invoice.
    pub(crate) fn cultures() -> Self {
        CULTURE_TABLE.clone()
    }

    fn known(rows: &[(&str, &[&str])]) -> Self {
        let words = |right: &[&str]| right.iter().map(|word| (*word).to_owned()).collect();
        Self { rows: rows.iter().map(|(left, right)| Row::new((*left).to_owned(), words(right))).collect() }
    }

    /// A table of `rows`: the left word, and the right words that mean it, the one to write first.
    ///
    /// # Errors
    /// A word that stands in two rows, because it could not be read back.
    pub fn new(rows: impl IntoIterator<Item = (String, Vec<String>)>) -> Result<Self, String> {
        let mut table = Self { rows: Vec::new() };
        for (left, right) in rows {
            let twice = right.iter().chain([&left]).find(|word| table.row(word).is_some());
            if let Some(word) = twice {
                return Err(word.clone());
            }
            table.rows.push(Row::new(left, right));
        }
        Ok(table)
    }

    /// Every row in order: the left word and its right words.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.rows.iter().map(|row| (row.left.as_str(), row.right.as_slice()))
    }

    fn row(&self, word: &str) -> Option<&Row> {
        let folded = fold(word);
        self.rows.iter().find(|row| row.folded.contains(&folded))
    }

    /// The left word of the row the text stands in, otherwise the text.
    pub(super) fn read(&self, _side: Side, value: &Value) -> Value {
        on_text(&line(value), |text| self.row(text).map_or_else(|| text.to_owned(), |row| row.left.clone()))
    }

    pub(super) fn write(&self, side: Side, value: &Value) -> Result<Value, FaultKind> {
        let Some(text) = value.as_text() else { return Ok(value.clone()) };
        let row = self.row(text).ok_or(FaultKind::NoCounterpart)?;
        match side {
            Side::Left => Ok(Value::text(row.left.clone())),
            Side::Right => Ok(Value::text(row.right.first().unwrap_or(&row.left).clone())),
        }
    }

    pub(super) fn spellings(&self, side: Side, value: &Value) -> Vec<String> {
        let Some(row) = value.as_text().and_then(|text| self.row(text)) else { return Vec::new() };
        match side {
            Side::Left => vec![row.left.clone()],
            Side::Right => row.right.iter().chain([&row.left]).cloned().collect(),
        }
    }
}
