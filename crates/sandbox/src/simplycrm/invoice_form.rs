//! The form of an invoice, a quote or an order as a person fills it in. Unlike the web service it always sends everything
//! along: the lines with their taxes, the tax mode, and with them the totals and the balance.

use super::SimplyCrm;
use super::hands::{EditError, element, refused};
use super::row::{Line, Row, server_time};
use super::write::{Element, Manner};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

impl SimplyCrm {
    /// Makes an invoice (or another record with lines) as a person would, and gives its id. `lines` are as the web service
    /// takes them; the tax mode is `group` unless `hdnTaxType` says otherwise.
    ///
    /// # Errors
    /// When there is no such module, user, field or product, or the CRM does not take a value.
    ///
    /// ```
    /// use sandbox::simplycrm::{Goods, Organisation, Profile, SimplyCrm};
    /// use serde_json::json;
    ///
    /// let mut crm = SimplyCrm::new(Profile::simply());
    /// let (bakery, bread) = (Organisation { name: "Bageri ApS".into(), ..Organisation::default() }, Goods::default());
    /// let planted = crm.plant(&[bakery], &[], &[bread], "mette", chrono::Utc::now()).unwrap();
    /// let line = json!({ "productid": planted.goods[0], "quantity": "2", "listprice": "50", "tax1": "25" });
    /// let head = [("subject", "Brød"), ("account_id", &*planted.organisations[0]), ("invoicestatus", "Created")];
    /// let id = crm.add_with_lines("Invoice", &head, &[line], "mette", chrono::Utc::now()).unwrap();
    /// assert_eq!(crm.record_of(&id).unwrap()["hdnGrandTotal"], "125.00000000");
    /// ```
    pub fn add_with_lines(
        &mut self,
        module: &str,
        fields: &[(&str, &str)],
        lines: &[Value],
        user: &str,
        now: DateTime<Utc>,
    ) -> Result<String, EditError> {
        let user = self.person(user)?;
        let known = self.schema.module(module).filter(|known| known.is_inventory()).cloned();
        let module = known.ok_or_else(|| EditError::NoSuchModule(module.into()))?;
        let mut row = Row::new(&module.name, self.next_record, now);
        self.check_fields(&row, fields)?;
        let mut element = element(fields);
        for (name, default) in [("hdnTaxType", "group".to_owned()), ("currency_id", self.base_currency())] {
            element.entry(name).or_insert_with(|| json!(default));
        }
        let owner = format!("{}x{}", self.schema.prefix("Users"), user.number);
        element.entry("assigned_user_id").or_insert_with(|| json!(owner));
        element.insert("LineItems".to_owned(), json!(lines));
        self.fill(&user, &module, &mut row, &element, Manner::Create).map_err(refused)?;
        self.next_record += 1;
        self.number(&module, &mut row);
        row.set("createdtime", server_time(now));
        row.set("source", "CRM");
        row.set("created_user_id", user.number.to_string());
        row.stamp(user.number, now);
        let id = format!("{}x{}", module.prefix, row.number);
        self.save_inventory(row, &element, Manner::Create).map_err(refused)?;
        Ok(id)
    }

    /// Replaces the lines of a record as a person would. The totals and the balance follow.
    ///
    /// # Errors
    /// When there is no such record, user or product.
    pub fn edit_lines(&mut self, id: &str, lines: &[Value], user: &str, now: DateTime<Utc>) -> Result<(), EditError> {
        let user = self.person(user)?;
        let mut row = self.living(id)?.clone();
        row.stamp(user.number, now);
        self.save_form(row, Element::new(), json!(lines))
    }

    /// Saves the form of a record whose fields were edited: its lines go along as they are.
    pub(crate) fn save_form_of(&mut self, row: Row, element: Element) -> Result<(), EditError> {
        let lines: Vec<Value> = row.lines.iter().map(|line| self.form_input(line)).collect();
        self.save_form(row, element, json!(lines))
    }

    fn save_form(&mut self, mut row: Row, mut element: Element, lines: Value) -> Result<(), EditError> {
        // What a request left empty, the form shows as its first choice.
        let mode = Some(row.cell("hdnTaxType")).filter(|mode| !mode.is_empty()).unwrap_or("group").to_owned();
        row.set("hdnTaxType", mode.clone());
        element.insert("hdnTaxType".to_owned(), mode.into());
        element.insert("LineItems".to_owned(), lines);
        self.save_inventory(row, &element, Manner::Update).map_err(refused).map(|_| ())
    }

    /// A line as the form sends it back.
    fn form_input(&self, line: &Line) -> Value {
        let mut sent: Element = line.cells.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        sent.insert("productid".to_owned(), json!(self.product_id(line)));
        Value::Object(sent)
    }

    fn base_currency(&self) -> String {
        format!("{}x1", self.schema.prefix("Currency"))
    }
}
