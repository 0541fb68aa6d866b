//! What the database holds: rows with text cells, exactly as a column would keep them.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The digits of a date and time, to the second.
pub(crate) type Moment = [u8; 14];

/// A record, a user, a currency: anything with an id of its own.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) module: String,
    /// The part of the id after the `x`.
    pub(crate) number: u64,
    /// Field name to column text; a reference or owner holds the bare number, an absent field is NULL.
    pub(crate) cells: BTreeMap<String, String>,
    pub(crate) modified: DateTime<Utc>,
    /// `modifiedtime`, as the database compares it: every page of a walk asks all rows for it.
    saved: Option<Moment>,
    pub(crate) deleted: bool,
    /// Taxes attached to a product or service: `tax1` to its percentage.
    pub(crate) taxes: BTreeMap<String, String>,
    /// Prices of a product or service by currency number.
    pub(crate) prices: BTreeMap<u64, Decimal>,
    /// Lines of an inventory record.
    pub(crate) lines: Vec<Line>,
}

/// One line of an inventory record.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) number: u64,
    /// The product's or service's record number.
    pub(crate) product: u64,
    pub(crate) cells: BTreeMap<String, String>,
}

impl Row {
    pub(crate) fn new(module: &str, number: u64, now: DateTime<Utc>) -> Self {
        Self {
            module: module.to_owned(),
            number,
            cells: BTreeMap::new(),
            modified: now,
            saved: None,
            deleted: false,
            taxes: BTreeMap::new(),
            prices: BTreeMap::new(),
            lines: Vec::new(),
        }
    }

    pub(crate) fn cell(&self, field: &str) -> &str {
        self.cells.get(field).map_or("", String::as_str)
    }

    pub(crate) fn set(&mut self, field: &str, value: impl Into<String>) {
        self.cells.insert(field.to_owned(), value.into());
    }

    /// When it was last saved, if `field` is the one that says so.
    pub(crate) fn saved(&self, field: &str) -> Option<Moment> {
        self.saved.filter(|_| field == "modifiedtime")
    }

    /// Notes a save: time to the second, and who.
    pub(crate) fn stamp(&mut self, user: u64, now: DateTime<Utc>) {
        self.modified = now;
        let time = server_time(now);
        self.saved = moment(&time);
        self.set("modifiedtime", time);
        self.set("modifiedby", user.to_string());
    }
}

/// Server time as every record shows it: UTC, whole seconds (fact sheet §6.5).
pub(crate) fn server_time(moment: DateTime<Utc>) -> String {
    moment.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// What a text says as a date and time; what is no date comes before all that are.
pub(crate) fn moment(text: &str) -> Option<Moment> {
    let mut moment: Moment = [b'0'; 14];
    let digits = text.bytes().filter(u8::is_ascii_digit).zip(&mut moment).map(|(digit, place)| *place = digit).count();
    (digits >= 8).then_some(moment)
}
