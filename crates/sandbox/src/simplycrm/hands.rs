//! What people do in the CRM itself, past the web service, and what tests and the demonstration may look into.

use super::failure::Failure;
use super::related::number_of;
use super::row::{Row, server_time};
use super::write::Manner;
use super::{LogEntry, Profile, SimplyCrm, SyncOperation, User};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use std::fmt;
use std::sync::Arc;

/// Why an edit by hand could not be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditError {
    /// No module of that name.
    NoSuchModule(String),
    /// No living record with that id.
    NoSuchRecord(String),
    /// No user of that name.
    NoSuchUser(String),
    /// The module has no such field that a person could write.
    NoSuchField(String),
    /// The CRM does not take the value.
    Refused(String),
}

impl fmt::Display for EditError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchModule(name) => write!(formatter, "the sandbox CRM has no module {name}"),
            Self::NoSuchRecord(id) => write!(formatter, "the sandbox CRM has no living record {id}"),
            Self::NoSuchUser(name) => write!(formatter, "the sandbox CRM has no user {name}"),
            Self::NoSuchField(name) => write!(formatter, "the record has no field {name} that a person can write"),
            Self::Refused(why) => write!(formatter, "the sandbox CRM does not take the value: {why}"),
        }
    }
}

impl std::error::Error for EditError {}

impl SimplyCrm {
    /// The installation being played.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Every request so far, oldest first.
    #[must_use]
    pub fn log(&self) -> &[LogEntry] {
        &self.log
    }

    /// Forgets the requests so far.
    pub fn clear_log(&mut self) {
        self.log.clear();
    }

    /// Ends every session, as the server's clean-up does.
    pub fn forget_sessions(&mut self) {
        self.sessions.clear();
    }

    /// Repairs or breaks the `sync` operation.
    pub fn set_sync(&mut self, sync: SyncOperation) {
        self.profile.sync = sync;
    }

    /// Ends one session.
    pub fn forget_session(&mut self, name: &str) {
        self.sessions.remove(name);
    }

    /// Ends the challenges, as their five minutes do.
    pub fn forget_challenges(&mut self) {
        self.challenges.clear();
    }

    /// Ends the transaction that a bad owner left open on 7.3, so that creates are answered again.
    pub fn end_open_transaction(&mut self) {
        self.hung_creates = 0;
    }

    /// Lets a user in, or keeps it out.
    pub fn set_active(&mut self, user: &str, active: bool) {
        for known in self.users.values_mut().filter(|known| known.name == user) {
            known.active = active;
        }
    }

    /// Sets a field of a user's own settings, such as `date_format`.
    pub fn set_user_field(&mut self, user: &str, field: &str, value: &str) {
        let rows = self.actors.get_mut("Users").into_iter().flat_map(|rows| rows.values_mut());
        for row in rows.filter(|row| row.cell("user_name") == user) {
            row.set(field, value);
        }
    }

    /// Adds a currency (name, code, rate to the base currency) and gives its id.
    pub fn add_currency(&mut self, name: &str, code: &str, rate: &str) -> String {
        let number = self.actors.get("Currency").map_or(0, |rows| rows.len() as u64) + 1;
        Arc::make_mut(&mut self.schema).fit_currency(number, name, code);
        self.add_actor(
            "Currency",
            number,
            &[
                ("currency_name", name),
                ("currency_code", code),
                ("conversion_rate", rate),
                ("currency_status", "Active"),
                ("defaultid", "0"),
                ("deleted", "0"),
            ],
        );
        format!("{}x{number}", self.schema.prefix("Currency"))
    }

    /// The prefix this installation gives a module's ids; `None` for a module it does not have.
    #[must_use]
    pub fn prefix(&self, module: &str) -> Option<u32> {
        self.schema.module(module).map(|module| module.prefix)
    }

    /// The living records of a module as `retrieve` shows them, in the order of their numbers.
    #[must_use]
    pub fn records(&self, module: &str) -> Vec<Value> {
        let rows = self.records.values().filter(|row| !row.deleted && row.module == module);
        rows.map(|row| super::php::Php::Map(self.record(row)).to_json()).collect()
    }

    /// One living record as `retrieve` shows it.
    #[must_use]
    pub fn record_of(&self, id: &str) -> Option<Value> {
        let row = self.records.get(&number_of(id)?).filter(|row| !row.deleted)?;
        Some(super::php::Php::Map(self.record(row)).to_json())
    }

    /// Makes a record as a person would in the CRM, and gives its id. Rules of the web service about mandatory and
    /// unique fields do not apply.
    ///
    /// # Errors
    /// When there is no such module, user or field, or the CRM does not take a value.
    pub fn add(
        &mut self,
        module: &str,
        fields: &[(&str, &str)],
        user: &str,
        now: DateTime<Utc>,
    ) -> Result<String, EditError> {
        let user = self.person(user)?;
        let known = self.schema.module(module).filter(|known| known.described && known.entity).cloned();
        let module = known.ok_or_else(|| EditError::NoSuchModule(module.into()))?;
        let mut element = element(fields);
        element
            .entry("assigned_user_id")
            .or_insert_with(|| json!(format!("{}x{}", self.schema.prefix("Users"), user.number)));
        let mut row = Row::new(&module.name, self.next_record, now);
        self.check_fields(&row, fields)?;
        self.fill(&user, &module, &mut row, &element, Manner::Create).map_err(refused)?;
        self.next_record += 1;
        self.number(&module, &mut row);
        row.set("createdtime", server_time(now));
        row.set("source", "CRM");
        row.set("created_user_id", user.number.to_string());
        row.stamp(user.number, now);
        let id = format!("{}x{}", module.prefix, row.number);
        self.records.insert(row.number, row);
        Ok(id)
    }

    /// Edits fields as a person would in the CRM: the record is then modified now, by that user. The totals and the balance
    /// of an invoice follow.
    ///
    /// # Errors
    /// When there is no such record, user or field, or the CRM does not take a value.
    pub fn edit(&mut self, id: &str, fields: &[(&str, &str)], user: &str, now: DateTime<Utc>) -> Result<(), EditError> {
        let user = self.person(user)?;
        let mut row = self.living(id)?.clone();
        self.check_fields(&row, fields)?;
        let module =
            self.schema.module(&row.module).cloned().ok_or_else(|| EditError::NoSuchModule(row.module.clone()))?;
        let (taxes, prices) = (row.taxes.clone(), row.prices.clone());
        self.fill(&user, &module, &mut row, &element(fields), Manner::Revise).map_err(refused)?;
        // The form in the CRM sends taxes and prices along.
        (row.taxes, row.prices) = (taxes, prices);
        let currency = row.cell("currency_id").parse().unwrap_or(1);
        if let Some(price) = row.prices.get_mut(&currency) {
            *price = super::php::decimal(row.cells.get("unit_price").map_or("", String::as_str));
        }
        row.stamp(user.number, now);
        if module.is_inventory() {
            return self.save_form_of(row, element(fields));
        }
        self.records.insert(row.number, row);
        Ok(())
    }

    /// Attaches a tax (`tax1`, …) with a percentage to a product or service, without a save.
    ///
    /// # Errors
    /// When there is no such record.
    pub fn attach_tax(&mut self, id: &str, tax: &str, percentage: &str) -> Result<(), EditError> {
        let number = self.living(id)?.number;
        if let Some(row) = self.records.get_mut(&number) {
            row.taxes.insert(tax.to_owned(), super::columns::fixed(super::php::decimal(percentage), 3));
        }
        Ok(())
    }

    /// Moves a record to the recycle bin, as a person would.
    ///
    /// # Errors
    /// When there is no such record or user.
    pub fn remove(&mut self, id: &str, user: &str, now: DateTime<Utc>) -> Result<(), EditError> {
        let user = self.person(user)?;
        self.living(id)?;
        self.delete(&user, Some(id), now).map(|_| ()).map_err(refused)
    }

    /// Empties the recycle bin: what was deleted leaves no trace.
    pub fn empty_recycle_bin(&mut self) {
        self.records.retain(|_, row| !row.deleted);
    }

    pub(crate) fn person(&self, name: &str) -> Result<User, EditError> {
        self.users.values().find(|user| user.name == name).cloned().ok_or_else(|| EditError::NoSuchUser(name.into()))
    }

    pub(crate) fn living(&self, id: &str) -> Result<&Row, EditError> {
        let row = number_of(id).and_then(|number| self.records.get(&number)).filter(|row| !row.deleted);
        row.ok_or_else(|| EditError::NoSuchRecord(id.into()))
    }

    pub(crate) fn check_fields(&self, row: &Row, fields: &[(&str, &str)]) -> Result<(), EditError> {
        let module = self.schema.module(&row.module);
        let unknown = fields.iter().find(|(name, _)| {
            let known = module.and_then(|module| module.field(name)).is_some_and(|field| field.editable);
            !known && *name != "currency_id"
        });
        unknown.map_or(Ok(()), |(name, _)| Err(EditError::NoSuchField((*name).to_owned())))
    }
}

pub(crate) fn element(fields: &[(&str, &str)]) -> Map<String, Value> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect()
}

#[expect(clippy::needless_pass_by_value, reason = "made for map_err")]
pub(crate) fn refused(failure: Failure) -> EditError {
    EditError::Refused(format!("{failure:?}"))
}
