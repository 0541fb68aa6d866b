//! What the database holds: rows with text cells, exactly as a column would keep them.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// A record, a user, a currency: anything with an id of its own.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) module: String,
    /// The part of the id after the `x`.
    pub(crate) number: u64,
    /// Field name to column text; a reference or owner holds the bare number, an absent field is NULL.
    pub(crate) cells: BTreeMap<String, String>,
    pub(crate) modified: DateTime<Utc>,
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

    /// Notes a save: time to the second, and who.
    pub(crate) fn stamp(&mut self, user: u64, now: DateTime<Utc>) {
        self.modified = now;
        self.set("modifiedtime", server_time(now));
        self.set("modifiedby", user.to_string());
    }
}

/// Server time as every record shows it: UTC, whole seconds (fact sheet §6.5).
pub(crate) fn server_time(moment: DateTime<Utc>) -> String {
    moment.format("%Y-%m-%d %H:%M:%S").to_string()
}
