//! Lists of invoices, of credit notes, and of both (fact sheet §4, §6.7).
//!
//! Known: parameters, default fields, orders and states. A list shows no time stamp. A due date that passes changes the state
//! and no time: `changesSince` does not tell of it. Not known, and strict here: half a period, and an unknown state or order,
//! are refused with code 42; states are matched without their case.

use std::cmp::Ordering;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value};

use super::voucher::Voucher;
use super::{Answer, Call, Dinero, Failure, Kind};
use crate::dinero::list::{self, ListRules};

const LISTED: [&str; 20] = [
    "Number",
    "Guid",
    "ExternalReference",
    "ContactName",
    "ContactGuid",
    "Date",
    "PaymentDate",
    "Description",
    "Currency",
    "Status",
    "MailOutStatus",
    "LatestMailOutType",
    "TotalExclVatInDkk",
    "TotalInclVatInDkk",
    "TotalExclVat",
    "TotalInclVat",
    "CreatedAt",
    "UpdatedAt",
    "DeletedAt",
    "Type",
];
/// The states in their order.
const STATES: [&str; 5] = ["Draft", "Overdue", "Booked", "OverPaid", "Paid"];
const ORDERS: [&str; 4] = ["VoucherNumber", "VoucherDate", "Status", "Contact"];

type Row = Map<String, Value>;

impl Dinero {
    /// A page of the vouchers of a kind, or of both.
    pub(in crate::dinero) fn list_sales(&mut self, kind: Option<Kind>, call: &Call<'_>) -> Answer {
        let default = match kind {
            Some(Kind::Invoice) => "Guid,ContactName,Date,Description",
            Some(Kind::CreditNote) | None => "Guid,ContactName,Date,Description,Type",
        };
        let place = kind.map_or("sales", Kind::place);
        let left_out = |name: &&str| match kind {
            Some(Kind::Invoice) => *name != "Type",
            Some(Kind::CreditNote) => *name != "LatestMailOutType",
            None => true,
        };
        if let Some(fields) = call.parameter("fields") {
            let known: Vec<&str> = LISTED.into_iter().filter(left_out).collect();
            self.note_unknown(place, fields, &known);
        }
        let mut rows: Vec<Row> = self.rows(kind, call.now);
        if let Some(since) = list::since(call)? {
            rows.retain(|row| list::changed(row).is_some_and(|at| at >= since));
        }
        narrow(&mut rows, call)?;
        sort(&mut rows, call)?;
        let filterable = &["ExternalReference", "ContactGuid", "Description"];
        list::page(call, &ListRules { default, guid: "Guid", filterable, both: false }, rows.iter())
    }

    fn rows(&self, kind: Option<Kind>, now: DateTime<Utc>) -> Vec<Row> {
        let wanted = |voucher: &&Voucher| kind.is_none_or(|kind| voucher.kind == kind);
        self.vouchers.values().filter(wanted).map(|voucher| self.row(voucher, now.date_naive())).collect()
    }
}

/// Keeps the rows of a period, of some states, or with some words.
fn narrow(rows: &mut Vec<Row>, call: &Call<'_>) -> Result<(), Failure> {
    let day = |name: &str| match call.parameter(name).map(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d")) {
        None => Ok(None),
        Some(Ok(date)) => Ok(Some(date.to_string())),
        Some(Err(_)) => Err(Failure::validation(&[(name, "must be yyyy-MM-dd")])),
    };
    match (day("startDate")?, day("endDate")?) {
        (None, None) => {}
        (Some(start), Some(end)) => rows.retain(|row| {
            row["Status"] == "Draft"
                || row["Date"].as_str().is_some_and(|date| (start.as_str()..=end.as_str()).contains(&date))
        }),
        (Some(_), None) | (None, Some(_)) => {
            return Err(Failure::validation(&[("startDate", "goes with endDate alone")]));
        }
    }
    if let Some(filter) = call.parameter("statusFilter").filter(|filter| !filter.is_empty()) {
        let wanted: Vec<&str> = filter.split(',').map(str::trim).collect();
        if wanted.iter().any(|word| !STATES.iter().any(|state| state.eq_ignore_ascii_case(word))) {
            return Err(Failure::validation(&[("statusFilter", "names an unknown status")]));
        }
        rows.retain(|row| {
            wanted.iter().any(|word| row["Status"].as_str().is_some_and(|it| it.eq_ignore_ascii_case(word)))
        });
    }
    if let Some(words) = call.parameter("freeTextSearch").filter(|words| !words.is_empty()) {
        let words = words.to_lowercase();
        let names = ["Number", "ContactName", "Description", "TotalInclVat"];
        rows.retain(|row| names.iter().any(|name| text(row, name).to_lowercase().contains(&words)));
    }
    Ok(())
}

fn sort(rows: &mut [Row], call: &Call<'_>) -> Result<(), Failure> {
    let by: Vec<&str> =
        call.parameter("sort").unwrap_or("VoucherNumber,VoucherDate").split(',').map(str::trim).collect();
    if by.iter().any(|name| !ORDERS.contains(name)) {
        return Err(Failure::validation(&[("sort", "names an unknown order")]));
    }
    let descending = match call.parameter("sortOrder").unwrap_or("descending") {
        "ascending" => false,
        "descending" => true,
        _ => return Err(Failure::validation(&[("sortOrder", "is neither ascending nor descending")])),
    };
    // Status keeps its order whichever way.
    let compare = |left: &Row, right: &Row, name: &str| {
        let order = match name {
            "VoucherNumber" => left["Number"].as_i64().cmp(&right["Number"].as_i64()),
            "VoucherDate" => text(left, "Date").cmp(&text(right, "Date")),
            "Contact" => text(left, "ContactName").cmp(&text(right, "ContactName")),
            _ => return state(left).cmp(&state(right)),
        };
        if descending { order.reverse() } else { order }
    };
    rows.sort_by(|left, right| {
        by.iter().fold(Ordering::Equal, |order, name| order.then_with(|| compare(left, right, name)))
    });
    Ok(())
}

fn state(row: &Row) -> Option<usize> {
    STATES.iter().position(|state| row["Status"] == **state)
}

fn text(row: &Row, name: &str) -> String {
    match &row[name] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
