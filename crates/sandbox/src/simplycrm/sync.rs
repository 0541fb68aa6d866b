//! The `sync` operation: fatal as installed, owner-limited where it works (fact sheet §5, recordings sync-stock
//! and sync).

use super::failure::Failure;
use super::php::{Php, is_numeric};
use super::profile::{SyncOperation, Version};
use super::read::View;
use super::row::Row;
use super::{SimplyCrm, User};
use chrono::DateTime;

/// How many changes set the mark of a page.
const PAGE: usize = 100;

impl SimplyCrm {
    pub(crate) fn sync(
        &self,
        user: &User,
        since: Option<&str>,
        module: Option<&str>,
        kind: Option<&str>,
    ) -> Result<Php, Failure> {
        let strict = self.profile.version >= Version::V8;
        let since_is_number = since.is_some_and(is_numeric);
        let Some(module) = module.filter(|_| self.profile.sync == SyncOperation::Works && (since_is_number || !strict))
        else {
            return Err(Failure::Fatal);
        };
        let module = self.schema.module(module).ok_or_else(Failure::denied)?;
        if !module.entity || module.name == "Users" {
            return match (strict, module.entity) {
                (true, _) => Err(Failure::Fatal),
                (false, false) => Err(Failure::denied()),
                (false, true) => Ok(Php::map([
                    ("updated", Php::List(Vec::new())),
                    ("deleted", Php::List(Vec::new())),
                    ("more", Php::Bool(false)),
                ])),
            };
        }
        let everyone = kind == Some("application");
        if everyone && !user.admin {
            return Err(Failure::new("ACCESS_DENIED", "Only admin users can perform application sync"));
        }
        let seconds = since.and_then(|since| since.split('.').next()?.parse::<i64>().ok()).unwrap_or(0);
        // A moment in milliseconds is beyond any date the database knows, and compares as none.
        let seconds = if seconds > 99_999_999_999 { 0 } else { seconds };
        let since = DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::UNIX_EPOCH);
        let owner = user.number.to_string();
        let mut changed: Vec<&Row> = self
            .records
            .values()
            .filter(|row| row.module == module.name && row.modified.timestamp() > since.timestamp())
            .filter(|row| everyone || row.cell("assigned_user_id") == owner)
            .collect();
        changed.sort_by_key(|row| (row.modified.timestamp(), row.number));
        let mark = changed.get(changed.len().min(PAGE).wrapping_sub(1)).map_or(seconds, |row| row.modified.timestamp());
        let (page, rest): (Vec<&Row>, Vec<&Row>) =
            changed.into_iter().partition(|row| row.modified.timestamp() <= mark);
        let id = |row: &Row| Php::Text(format!("{}x{}", module.prefix, row.number));
        let shown = |row: &Row| {
            Php::map(module.own_fields().map(|field| (field.name.clone(), self.shown(row, field, View::Query))))
        };
        Ok(Php::map([
            ("updated", Php::list(page.iter().filter(|row| !row.deleted).map(|row| shown(row)))),
            ("deleted", Php::list(page.iter().filter(|row| row.deleted).map(|row| id(row)))),
            ("more", Php::Bool(!rest.is_empty())),
            ("lastModifiedTime", Php::Int(mark)),
        ]))
    }
}
