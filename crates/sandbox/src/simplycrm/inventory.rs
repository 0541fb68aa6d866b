//! Invoices, quotes and orders: lines replaced as a whole, totals computed by the server (fact sheet §8.1–8.4,
//! recordings invoice and invoice-more).

use super::SimplyCrm;
use super::columns::{fixed, php_text};
use super::failure::Failure;
use super::php::{Php, decimal};
use super::profile::Version;
use super::read::split_id;
use super::row::{Line, Row};
use super::schema::is_numbered;
use super::write::{Element, Manner, has_lines};
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::BTreeMap;

/// The one charge of a stock installation, as its field is named.
const CHARGE: &str = "shipping_&_handling";

/// The computed amounts of an inventory record.
#[derive(Debug, Clone, Copy)]
struct Totals {
    subtotal: Decimal,
    before_tax: Decimal,
    grand: Decimal,
}

impl SimplyCrm {
    pub(crate) fn save_inventory(&mut self, mut row: Row, element: &Element, manner: Manner) -> Result<Php, Failure> {
        let with_lines = has_lines(element) || manner == Manner::Create;
        let tax_type_sent =
            element.get("hdnTaxType").is_some_and(|value| !php_text(value, self.profile.version).is_empty());
        match (self.profile.version, manner) {
            _ if tax_type_sent => {}
            // The 7.3 code trips over the missing tax mode (recordings invoice and invoice-more).
            (Version::V7, _) => return Err(Failure::Fatal),
            (Version::V8, Manner::Revise) if !with_lines => {}
            (Version::V6, _) => {}
            (Version::V8, _) => row.set("hdnTaxType", ""),
        }
        let number = row.number;
        if with_lines {
            self.check_products(&mut row, element)?;
            self.move_stock(&row.lines, Decimal::ONE);
            row.lines = self.lines(element, number);
            self.move_stock(&row.lines, Decimal::NEGATIVE_ONE);
        }
        let totals = with_lines.then(|| self.totals(&row, element));
        if let Some(totals) = totals {
            row.set("hdnSubTotal", fixed(totals.subtotal, 8));
            row.set("pre_tax_total", fixed(totals.before_tax, 8));
            row.set("hdnGrandTotal", fixed(totals.grand, 8));
        }
        let mut answer = self.record(&row);
        if let Some(totals) = totals {
            self.show_computed(&mut answer, totals, manner);
        }
        if manner == Manner::Revise && !with_lines && self.profile.version >= Version::V8 {
            answer.retain(|(key, _)| key != "LineItems_FinalDetails" && !key.starts_with(CHARGE));
            let first = row.lines.first().into_iter().flat_map(|line| &line.cells);
            answer.extend(first.filter_map(|(name, value)| match name.as_str() {
                "sequence_no" | "incrementondel" | "description" => None,
                "image" | "purchase_cost" | "margin" => Some((name.clone(), Php::Null)),
                _ => Some((name.clone(), Php::text(value))),
            }));
        }
        if manner != Manner::Revise {
            let balance = decimal(row.cell("hdnGrandTotal")).saturating_sub(decimal(row.cell("received")));
            row.set("balance", fixed(balance, 8));
        }
        self.records.insert(number, row);
        Ok(Php::Map(answer))
    }

    /// Right after a save the computed totals are numbers, and an update forgets to show the lines.
    fn show_computed(&self, answer: &mut Vec<(String, Php)>, totals: Totals, manner: Manner) {
        for (key, value) in answer.iter_mut() {
            match key.as_str() {
                "hdnSubTotal" => *value = Php::Number(totals.subtotal),
                "pre_tax_total" => *value = Php::Number(totals.before_tax),
                "hdnGrandTotal" => *value = Php::Number(totals.grand),
                "LineItems" if manner == Manner::Update => *value = Php::List(Vec::new()),
                "productid" if manner == Manner::Create && self.profile.version < Version::V8 => *value = Php::Null,
                "productid" if manner == Manner::Create => *value = Php::text(""),
                _ => {}
            }
        }
        if manner == Manner::Create && self.profile.version > Version::V6 {
            answer.push(("new".into(), Php::Bool(true)));
        }
    }

    /// 8.x looks the products up: an id that is none stops the save, a product that is not there leaves a header
    /// without lines behind.
    fn check_products(&mut self, row: &mut Row, element: &Element) -> Result<(), Failure> {
        if self.profile.version < Version::V8 {
            return Ok(());
        }
        let sent = element.get("LineItems").and_then(Value::as_array).into_iter().flatten();
        for line in sent {
            let id = line.get("productid").map(|id| php_text(id, self.profile.version)).unwrap_or_default();
            let number: Option<u64> = split_id(&id).and_then(|(_, number)| number.parse().ok());
            let known = number.is_some_and(|number| self.records.contains_key(&number));
            if number.is_some() && !known && !self.records.contains_key(&row.number) {
                row.set("hdnGrandTotal", fixed(Decimal::ZERO, 8));
                self.records.insert(row.number, row.clone());
            }
            if !known {
                return Err(Failure::wrong_id());
            }
        }
        Ok(())
    }

    fn lines(&self, element: &Element, invoice: u64) -> Vec<Line> {
        let others = self.records.values().filter(|row| row.number != invoice).flat_map(|row| &row.lines);
        let first = others.map(|line| line.number).max().unwrap_or(0) + 1;
        let sent = element.get("LineItems").and_then(Value::as_array).into_iter().flatten();
        sent.zip(1..).zip(first..).map(|((line, place), number)| self.line(line, place, number)).collect()
    }

    pub(crate) fn line(&self, sent: &Value, place: u32, number: u64) -> Line {
        let text = |name: &str| sent.get(name).map(|value| php_text(value, self.profile.version)).unwrap_or_default();
        let product = split_id(&text("productid")).and_then(|(_, number)| number.parse().ok()).unwrap_or(0);
        let listed = match text("listprice").as_str() {
            // Looked up among products only, so a service costs nothing.
            "" => self
                .records
                .get(&product)
                .filter(|row| row.module == "Products")
                .map(|row| decimal(row.cell("unit_price"))),
            price => Some(decimal(price)),
        };
        let mut cells: BTreeMap<String, String> = [
            ("sequence_no", place.to_string()),
            ("quantity", fixed(decimal(&text("quantity")), 3)),
            ("listprice", fixed(listed.unwrap_or_default(), 8)),
            ("discount_percent", fixed(decimal(&text("discount_percent")), 3)),
            ("discount_amount", fixed(decimal(&text("discount_amount")), 8)),
            ("comment", text("comment")),
            ("description", text("description")),
            ("incrementondel", "1".into()),
            ("image", String::new()),
            ("purchase_cost", fixed(decimal(&text("purchase_cost")), 8)),
            ("margin", fixed(decimal(&text("margin")), 8)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        for tax in self.actors["Tax"].values() {
            let name = tax.cell("taxname");
            cells.insert(name.to_owned(), fixed(decimal(&text(name)), 3));
        }
        Line { number, product, cells }
    }

    fn totals(&self, row: &Row, element: &Element) -> Totals {
        let hundred = Decimal::ONE_HUNDRED;
        let sent = element.get("LineItems").and_then(Value::as_array).cloned().unwrap_or_default();
        let group = row.cell("hdnTaxType") != "individual";
        let mut subtotal = Decimal::ZERO;
        let mut base_total = Decimal::ZERO;
        for (line, sent) in row.lines.iter().zip(&sent) {
            let base = net(line);
            let tax =
                if group { Decimal::ZERO } else { base.saturating_mul(self.own_percentage(line, sent)) / hundred };
            base_total = base_total.saturating_add(base);
            subtotal = subtotal.saturating_add(base).saturating_add(tax);
        }
        let discount = match decimal(row.cell("hdnDiscountAmount")) {
            amount if amount.is_zero() => subtotal.saturating_mul(decimal(row.cell("hdnDiscountPercent"))) / hundred,
            amount => amount,
        };
        let charges = decimal(row.cell("hdnS_H_Amount"));
        let percentage: Decimal = match sent.first() {
            Some(Value::Object(first)) if group => {
                let taxes = first.iter().filter(|(name, _)| is_numbered(name, "tax"));
                taxes.map(|(_, value)| decimal(&fixed(decimal(&php_text(value, self.profile.version)), 3))).sum()
            }
            _ => Decimal::ZERO,
        };
        let discounted = subtotal.saturating_sub(discount);
        let tax = discounted.saturating_mul(percentage) / hundred;
        Totals {
            subtotal,
            before_tax: base_total.saturating_sub(discount).saturating_add(charges),
            grand: discounted
                .saturating_add(charges)
                .saturating_add(tax)
                .saturating_add(decimal(row.cell("txtAdjustment"))),
        }
    }

    /// What a line is taxed with in `individual` mode: only taxes attached to its product count.
    fn own_percentage(&self, line: &Line, sent: &Value) -> Decimal {
        let Some(product) = self.records.get(&line.product) else { return Decimal::ZERO };
        let named = sent.as_object().is_some_and(|sent| sent.keys().any(|name| is_numbered(name, "tax")));
        product
            .taxes
            .iter()
            .map(|(name, attached)| {
                decimal(if named { line.cells.get(name).map_or("", String::as_str) } else { attached })
            })
            .sum()
    }

    fn move_stock(&mut self, lines: &[Line], direction: Decimal) {
        for line in lines {
            if let Some(product) = self.records.get_mut(&line.product).filter(|row| row.module == "Products") {
                let stock = decimal(product.cell("qtyinstock"))
                    + direction.saturating_mul(decimal(line.cells.get("quantity").map_or("", String::as_str)));
                product.set("qtyinstock", fixed(stock, 3));
            }
        }
    }

    /// What `retrieve` adds to the header: charges, lines, the first product, and the form's own view of it all.
    pub(crate) fn inventory_part(&self, row: &Row) -> Vec<(String, Php)> {
        let mut entries = vec![(CHARGE.to_owned(), Php::Null)];
        for tax in self.actors["Tax"].keys() {
            entries.push((format!("{CHARGE}_shtax{tax}"), Php::Int(0)));
        }
        entries.push(("LineItems".into(), Php::list(row.lines.iter().map(|line| self.line_answer(row, line)))));
        let first = row.lines.first().map(|line| self.product_id(line)).unwrap_or_default();
        entries.push(("productid".into(), Php::Text(first)));
        let details =
            row.lines.iter().zip(1..).map(|(line, place)| (place.to_string(), self.form_line(row, line, place)));
        entries.push(("LineItems_FinalDetails".into(), Php::map(details)));
        entries
    }

    fn line_answer(&self, row: &Row, line: &Line) -> Php {
        let prefix = self.schema.prefix(&row.module);
        let parent = match self.profile.version {
            Version::V8 => format!("{prefix}x{}", row.number),
            // A list where a number was meant.
            Version::V6 | Version::V7 => format!("{prefix}xArray"),
        };
        let product = self.records.get(&line.product);
        let mut entries = vec![
            ("parent_id".to_owned(), Php::Text(parent)),
            ("productid".to_owned(), Php::Text(self.product_id(line))),
        ];
        entries.extend(line.cells.iter().map(|(name, value)| (name.clone(), Php::text(value))));
        entries.push(("id".into(), Php::Text(format!("{}x{}", self.schema.prefix("LineItem"), line.number))));
        let name =
            product.and_then(|product| self.schema.module(&product.module).map(|module| self.title(module, product)));
        // Unlike other texts this one goes out with its entities (fact sheet §8.2).
        entries.push(("product_name".into(), name.map_or(Php::Null, Php::Text)));
        entries.push(("entity_type".into(), product.map_or(Php::Null, |product| Php::text(&product.module))));
        let deleted = product.map_or(Php::Null, |product| Php::text(if product.deleted { "1" } else { "0" }));
        entries.push(("deleted".into(), deleted));
        Php::Map(entries)
    }

    /// The part of the form's data that is the same on every installation.
    fn form_line(&self, row: &Row, line: &Line, place: u32) -> Php {
        let cell = |name: &str| line.cells.get(name).map_or("", String::as_str);
        let mut entries = vec![
            (format!("hdnProductId{place}"), Php::Text(line.product.to_string())),
            (format!("qty{place}"), Php::Text(decimal(cell("quantity")).normalize().to_string())),
            (format!("listPrice{place}"), Php::Text(fixed(decimal(cell("listprice")), 2))),
            (format!("comment{place}"), Php::Text(super::html::encode_all(cell("comment")))),
            (format!("netPrice{place}"), Php::Text(fixed(net(line), 2))),
        ];
        if place == 1 {
            let details = [
                ("taxtype", Php::text(row.cell("hdnTaxType"))),
                ("hdnSubTotal", Php::Text(fixed(decimal(row.cell("hdnSubTotal")), 2))),
            ];
            entries.push(("final_details".into(), Php::map(details)));
        }
        Php::Map(entries)
    }

    pub(crate) fn product_id(&self, line: &Line) -> String {
        let product = self.records.get(&line.product).filter(|row| !row.deleted);
        product.map(|row| format!("{}x{}", self.schema.prefix(&row.module), row.number)).unwrap_or_default()
    }

    /// Lines as rows of their own, for queries on LineItem.
    pub(crate) fn line_rows(&self) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        for parent in self.records.values().filter(|row| !row.deleted) {
            for line in &parent.lines {
                let mut row = Row::new("LineItem", line.number, parent.modified);
                row.cells.clone_from(&line.cells);
                row.set("parent_id", parent.number.to_string());
                row.set("productid", line.product.to_string());
                rows.push(row);
            }
        }
        rows.sort_by_key(|row| row.number);
        rows
    }
}

/// Quantity times price less the line's discount; an amount goes before a percentage.
fn net(line: &Line) -> Decimal {
    let cell = |name: &str| decimal(line.cells.get(name).map_or("", String::as_str));
    let gross = cell("quantity").saturating_mul(cell("listprice"));
    match cell("discount_amount") {
        amount if amount.is_zero() => {
            gross.saturating_sub(gross.saturating_mul(cell("discount_percent")) / Decimal::ONE_HUNDRED)
        }
        amount => gross.saturating_sub(amount),
    }
}
