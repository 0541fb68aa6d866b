//! Rows as answers: ids with prefixes, unset columns, titles.

use super::SimplyCrm;
use super::columns::unset;
use super::failure::Failure;
use super::html::{decode_special, encode_all};
use super::php::Php;
use super::profile::Version;
use super::row::Row;
use super::schema::{Field, Kind, Module};

/// Where a row is being shown: a record of its own, or a line in a query's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    Record,
    Query,
}

/// An id split at its `x`: prefix and the rest as it came.
pub(crate) fn split_id(id: &str) -> Option<(u32, &str)> {
    let (prefix, rest) = id.split_once('x')?;
    Some((prefix.parse().ok()?, rest))
}

impl SimplyCrm {
    /// A row with everything `retrieve` shows.
    pub(crate) fn record(&self, row: &Row) -> Vec<(String, Php)> {
        let Some(module) = self.schema.module(&row.module) else { return Vec::new() };
        let mut entries: Vec<(String, Php)> = module
            .own_fields()
            .filter(|field| !self.is_secret(module, field))
            .map(|field| (field.name.clone(), self.shown(row, field, View::Record)))
            .collect();
        if module.entity && module.name != "Users" && self.profile.version > Version::V6 {
            entries.push(("label".into(), Php::Text(self.title(module, row))));
        }
        if module.is_priced() && self.profile.version > Version::V6 {
            for (tax, percentage) in &row.taxes {
                entries.push((tax.clone(), Php::text(percentage)));
            }
            for (currency, price) in &row.prices {
                entries.push((format!("currency{currency}"), Php::Number(*price)));
            }
            entries.push((
                "currency_id".into(),
                Php::Text(format!("{}x{}", self.schema.prefix("Currency"), row.cell("currency_id"))),
            ));
        }
        if module.is_inventory() {
            entries.extend(self.inventory_part(row));
        }
        entries
    }

    /// One field of a row as an answer shows it.
    pub(crate) fn shown(&self, row: &Row, field: &Field, view: View) -> Php {
        let cell = row.cells.get(&field.name);
        match &field.kind {
            Kind::Id => Php::Text(format!("{}x{}", self.schema.prefix(&row.module), row.number)),
            Kind::Reference(modules) if modules.is_empty() && self.profile.version >= Version::V8 => {
                Php::text(cell.map_or("", String::as_str))
            }
            Kind::Reference(modules) => match cell.and_then(|number| self.reference(modules, number)) {
                Some(id) => Php::Text(id),
                // These two columns are empty rather than NULL.
                None if view == View::Record && matches!(field.name.as_str(), "salesorder_id" | "reports_to_id") => {
                    Php::text("")
                }
                None => self.nothing(),
            },
            Kind::Owner => Php::Text(cell.map(|number| self.owner(number)).unwrap_or_default()),
            _ => match cell {
                Some(text) if view == View::Record => Php::Text(self.readable(field, text)),
                Some(text) => Php::text(text),
                None if !self.is_entity(&row.module) || row.module == "Users" => self.nothing(),
                None if view == View::Query && field.name == "region_id" => self.nothing(),
                None => match unset(field) {
                    Some(text) => Php::Text(text),
                    None if view == View::Query => self.nothing(),
                    None => Php::text(""),
                },
            },
        }
    }

    /// NULL: 8.x says so, earlier versions send an empty text.
    fn nothing(&self) -> Php {
        match self.profile.version {
            Version::V6 | Version::V7 => Php::text(""),
            Version::V8 => Php::Null,
        }
    }

    fn is_entity(&self, module: &str) -> bool {
        self.schema.module(module).is_some_and(|module| module.entity)
    }

    /// The full id behind a reference, unless its target is gone.
    fn reference(&self, modules: &[String], number: &str) -> Option<String> {
        let number: u64 = number.parse().ok()?;
        let actor = modules
            .iter()
            .find(|module| self.actors.get(module.as_str()).is_some_and(|rows| rows.contains_key(&number)));
        let module = match actor {
            Some(module) => module.as_str(),
            None => self.records.get(&number).filter(|row| !row.deleted)?.module.as_str(),
        };
        Some(format!("{}x{number}", self.schema.prefix(module)))
    }

    /// An owner's id; the bare number when there is no such user or group.
    fn owner(&self, number: &str) -> String {
        let key = number.parse().unwrap_or_default();
        let module = ["Users", "Groups"]
            .into_iter()
            .find(|module| self.actors.get(*module).is_some_and(|rows| rows.contains_key(&key)));
        module.map_or_else(|| number.to_owned(), |module| format!("{}x{number}", self.schema.prefix(module)))
    }

    /// The record's title, entity-encoded as the CRM sends it.
    pub(crate) fn title(&self, module: &Module, row: &Row) -> String {
        let parts: Vec<&str> = match module.name.as_str() {
            "Contacts" => vec![row.cell("firstname"), row.cell("lastname")],
            _ => module.label_fields.iter().map(|field| row.cell(field)).collect(),
        };
        let title = parts.join(" ");
        encode_all(&match (self.profile.version, title.trim()) {
            // Trimmed unless nothing is left that PHP takes for something.
            (Version::V6 | Version::V7, _) | (Version::V8, "" | "0") => title,
            (Version::V8, trimmed) => decode_special(trimmed),
        })
    }

    /// 7.3 shows access keys and password hashes to administrators, 8.4 does not (recording query-limits-users).
    pub(crate) fn is_secret(&self, module: &Module, field: &Field) -> bool {
        self.profile.version >= Version::V8
            && module.name == "Users"
            && matches!(field.name.as_str(), "accesskey" | "user_password" | "confirm_password")
    }

    /// 8.x decodes the entities of short texts on their way out.
    fn readable(&self, field: &Field, text: &str) -> String {
        match (self.profile.version, &field.kind) {
            (Version::V8, Kind::Text) => decode_special(text),
            _ => text.to_owned(),
        }
    }

    /// The living record an id names, with the checks in the server's order (fact sheet §1.4).
    pub(crate) fn find(&self, id: Option<&str>, user: &super::User) -> Result<&Row, Failure> {
        let (prefix, rest) = id.and_then(split_id).ok_or_else(|| Failure::denied_for("id"))?;
        let module = self.schema.by_prefix(prefix).ok_or_else(|| Failure::denied_for("id"))?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = rest[..digits].parse().map_err(|_| Failure::denied())?;
        if let Some(rows) = self.actors.get(&module.name) {
            return rows
                .get(&number)
                .ok_or_else(|| Failure::new("RECORD_NOT_FOUND", "Record you are trying to access is not found"));
        }
        let row = self.records.get(&number).filter(|row| !row.deleted).ok_or_else(Failure::denied)?;
        if self.is_hidden(user, &row.module) {
            return Err(Failure::denied());
        }
        if row.module != module.name {
            return Err(Failure::wrong_id());
        }
        if digits < rest.len() && self.profile.version >= Version::V8 {
            return Err(Failure::new("ACCESS_DENIED", "Permission to read given object is denied"));
        }
        Ok(row)
    }

    pub(crate) fn is_hidden(&self, user: &super::User, module: &str) -> bool {
        self.switches.hidden.get(&user.name).is_some_and(|modules| modules.contains(module))
    }

    pub(crate) fn is_writable(&self, user: &super::User, module: &str) -> bool {
        !self.is_hidden(user, module)
            && !self.switches.read_only.get(&user.name).is_some_and(|modules| modules.contains(module))
    }
}
