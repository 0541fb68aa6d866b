//! Relations between records, and lines on their own (fact sheet §3, recordings related and invoice-more).

use super::failure::Failure;
use super::php::Php;
use super::read::{View, split_id};
use super::{SimplyCrm, User};
use serde_json::Value;

/// How many related records one answer holds.
const PAGE: usize = 100;

impl SimplyCrm {
    /// The relations of organisations are as recorded; of the other modules none are known here.
    pub(crate) fn relatedtypes(&self, user: &User, module: Option<&str>) -> Result<Php, Failure> {
        let module =
            module.and_then(|name| self.schema.module(name)).filter(|module| !self.is_hidden(user, &module.name));
        let module = module.ok_or_else(Failure::denied)?;
        let recorded = match module.name.as_str() {
            "Accounts" => include_str!("describe/related-to-Accounts.json"),
            _ => r#"{"types":[],"information":[]}"#,
        };
        Ok(Php::from_json(&serde_json::from_str(recorded).unwrap_or(Value::Null)))
    }

    /// Records that were related by hand, or that point here with a reference.
    pub(crate) fn retrieve_related(&self, user: &User, id: Option<&str>, kind: Option<&str>) -> Result<Php, Failure> {
        let source = self.find(id, user)?;
        let module = kind.and_then(|name| self.schema.module(name)).ok_or_else(Failure::denied)?;
        let own = source.number.to_string();
        let pointing = match source.module.as_str() {
            "Accounts" => "account_id",
            "Contacts" => "contact_id",
            _ => "productid",
        };
        let rows = self.records.values().filter(|row| !row.deleted && row.module == module.name);
        let rows = rows.filter(|row| row.cell(pointing) == own || self.related.contains(&(source.number, row.number)));
        Ok(Php::list(rows.take(PAGE).map(|row| {
            Php::map(module.own_fields().map(|field| (field.name.clone(), self.shown(row, field, View::Query))))
        })))
    }

    pub(crate) fn add_related(
        &mut self,
        user: &User,
        source: Option<&str>,
        target: Option<&str>,
    ) -> Result<Php, Failure> {
        let pair = (self.find(source, user)?.number, self.find(target, user)?.number);
        self.related.push(pair);
        Ok(Php::map([("message", Php::text("successfull"))]))
    }

    /// A line made on its own joins its invoice and leaves the totals as they were.
    pub(crate) fn create_line(&mut self, user: &User, element: Option<&str>) -> Result<Php, Failure> {
        let sent: Value = element.and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Value::Null);
        let parent = self.find(sent["parent_id"].as_str(), user)?.clone();
        let number = self.records.values().flat_map(|row| &row.lines).map(|line| line.number).max().unwrap_or(0) + 1;
        let place = u32::try_from(parent.lines.len()).unwrap_or(u32::MAX).saturating_add(1);
        let mut line = self.line(&sent, place, number);
        line.cells.insert("incrementondel".into(), "0".into());
        if let Some(row) = self.records.get_mut(&parent.number) {
            row.lines.push(line);
        }
        self.retrieve_line(&number.to_string())
    }

    /// A line retrieved by its own id shows no taxes, whatever it has.
    pub(crate) fn retrieve_line(&self, number: &str) -> Result<Php, Failure> {
        let row = self.line_rows().into_iter().find(|row| row.number.to_string() == number);
        let mut row =
            row.ok_or_else(|| Failure::new("RECORD_NOT_FOUND", "Record you are trying to access is not found"))?;
        for (field, value) in &mut row.cells {
            if super::schema::is_numbered(field, "tax") {
                *value = "0.000".into();
            }
        }
        row.set("incrementondel", "1");
        let mut entries = self.record(&row);
        entries.push(("description".into(), Php::text(row.cell("description"))));
        Ok(Php::Map(entries))
    }
}

/// The number behind the prefix of an id.
pub(crate) fn number_of(id: &str) -> Option<u64> {
    split_id(id).and_then(|(_, number)| number.parse().ok())
}
