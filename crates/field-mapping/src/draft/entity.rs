//! What a draft changes of a whole pair of kinds: filters, constants, match rules, what is made, what is left alone.

use sync_model::{Side, Sides};
use toml_edit::{Item, Table, TableLike};

use super::words::{conditions, label, texts};
use super::{Constant, Draft, DraftError, named, put, side_key, tables};
use crate::{Condition, Label};

impl Draft {
    /// A pair of kinds more, behind the others, with nothing in it.
    ///
    /// # Errors
    /// When there is one of this CRM module already.
    pub fn add_entity(&mut self, module: &str, dinero: &str, crm: &str) -> Result<(), DraftError> {
        if self.entity(crm).is_ok() {
            return Err(DraftError::SameEntity(crm.to_owned()));
        }
        let mut table = Table::new();
        for (key, text) in [("module", module), ("dinero", dinero), ("crm", crm)] {
            put(&mut table, key, Some(text.into()));
        }
        if !self.0.is_empty() {
            table.decor_mut().set_prefix("\n");
        }
        if let Some(entities) = tables(&mut self.0, "entity", true) {
            entities.push(table);
        }
        Ok(())
    }

    /// Takes a pair of kinds out. Its records stay as they are on both sides.
    ///
    /// # Errors
    /// When there is none.
    pub fn remove_entity(&mut self, entity: &str) -> Result<(), DraftError> {
        self.entity(entity)?;
        if let Some(entities) = tables(&mut self.0, "entity", false) {
            entities.retain(|table| named(table, "crm") != Some(entity));
        }
        Ok(())
    }

    /// On which sides new records are made.
    ///
    /// # Errors
    /// When there is no such entity.
    pub fn makes(&mut self, entity: &str, makes: &Sides<bool>) -> Result<(), DraftError> {
        let sides: Vec<&str> = makes.iter().filter(|(_, makes)| **makes).map(|(side, _)| side_key(side)).collect();
        put(self.entity(entity)?, "makes", Some(texts(&sides)));
        Ok(())
    }

    /// What has to hold of `own` before a record of `side` takes part; nothing, where there are no conditions.
    ///
    /// # Errors
    /// When there is no such entity, or a file cannot say the conditions.
    pub fn filter(
        &mut self,
        entity: &str,
        side: Side,
        own: &str,
        conditions_of: &[Condition],
    ) -> Result<(), DraftError> {
        let said = if conditions_of.is_empty() { None } else { Some(conditions(conditions_of)?) };
        inside(self.entity(entity)?, "filter", side, own, said);
        Ok(())
    }

    /// What every new record of `side` gets in `own`; nothing, where it is `None`.
    ///
    /// # Errors
    /// When there is no such entity, or a file cannot hold the value.
    pub fn constant(
        &mut self,
        entity: &str,
        side: Side,
        own: &str,
        constant: Option<&Constant>,
    ) -> Result<(), DraftError> {
        let said = constant.map(Constant::toml).transpose()?;
        inside(self.entity(entity)?, "constants", side, own, said);
        Ok(())
    }

    /// A match rule: changed where it stands, or put behind the others. What else stands in it is kept.
    ///
    /// # Errors
    /// When there is no such entity.
    pub fn rule(&mut self, entity: &str, name: &str, fields: &[&str], vetoes: bool) -> Result<(), DraftError> {
        let Some(rules) = tables(self.entity(entity)?, "match", true) else { return Ok(()) };
        if !rules.iter().any(|table| named(table, "name") == Some(name)) {
            let mut table = Table::new();
            put(&mut table, "name", Some(name.into()));
            table.decor_mut().set_prefix("\n");
            rules.push(table);
        }
        if let Some(table) = rules.iter_mut().find(|table| named(table, "name") == Some(name)) {
            put(table, "fields", Some(texts(fields)));
            put(table, "vetoes", vetoes.then(|| true.into()));
        }
        Ok(())
    }

    /// Takes a match rule out. Links that it made stay.
    ///
    /// # Errors
    /// When there is no such rule.
    pub fn remove_rule(&mut self, entity: &str, name: &str) -> Result<(), DraftError> {
        let none = || DraftError::NoRule { entity: entity.to_owned(), rule: name.to_owned() };
        let rules = tables(self.entity(entity)?, "match", false).ok_or_else(none)?;
        let before = rules.len();
        rules.retain(|table| named(table, "name") != Some(name));
        if rules.len() < before { Ok(()) } else { Err(none()) }
    }

    /// Puts the match rule `name` before all others: it is the strongest now. Called from the weakest to the strongest,
    /// it gives any order.
    ///
    /// # Errors
    /// When there is no such rule.
    pub fn strongest_rule(&mut self, entity: &str, name: &str) -> Result<(), DraftError> {
        let none = || DraftError::NoRule { entity: entity.to_owned(), rule: name.to_owned() };
        let rules = tables(self.entity(entity)?, "match", false).ok_or_else(none)?;
        let at = rules.iter().position(|table| named(table, "name") == Some(name)).ok_or_else(none)?;
        let places: Vec<Option<isize>> = rules.iter().map(Table::position).collect();
        let mut all: Vec<Table> = std::mem::take(rules).into_iter().collect();
        let first = all.remove(at);
        all.insert(0, first);
        // Where a table is written follows its place in the file, so the places stay and the tables move.
        for (mut table, place) in all.into_iter().zip(places) {
            table.set_position(place);
            rules.push(table);
        }
        Ok(())
    }

    /// Leaves an own field alone on purpose. `filled`: something else fills it in, so that a new record does not lack it.
    ///
    /// # Errors
    /// When there is no such entity.
    pub fn leave(&mut self, entity: &str, side: Side, own: &str, why: &Label, filled: bool) -> Result<(), DraftError> {
        let held = self.entity(entity)?;
        no_longer_left(held, side, own);
        let mut table = Table::new();
        put(&mut table, "side", Some(side_key(side).into()));
        put(&mut table, "fields", Some(texts(&[own])));
        put(&mut table, "filled", filled.then(|| true.into()));
        put(&mut table, "why", Some(label(why)));
        table.decor_mut().set_prefix("\n");
        if let Some(left) = tables(held, "unmapped", true) {
            left.push(table);
        }
        Ok(())
    }
}

/// Takes an own field out of those that are left alone; a list without fields goes.
pub(super) fn no_longer_left(entity: &mut Table, side: Side, own: &str) {
    let Some(left) = tables(entity, "unmapped", false) else { return };
    for table in left.iter_mut().filter(|table| named(table, "side") == Some(side_key(side))) {
        let Some(fields) = table.get_mut("fields").and_then(Item::as_array_mut) else { continue };
        let found = fields.iter().position(|field| field.as_str() == Some(own));
        let Some(at) = found else { continue };
        let removed = fields.remove(at);
        // The first of a list stands at its bracket.
        if at == 0
            && let (Some(first), Some(prefix)) = (fields.get_mut(0), removed.decor().prefix())
        {
            first.decor_mut().set_prefix(prefix.clone());
        }
    }
    left.retain(|table| table.get("fields").and_then(Item::as_array).is_none_or(|fields| !fields.is_empty()));
}

/// Sets `key.<side>.<own>`, wherever and however the file spells these tables; empty ones go.
fn inside(entity: &mut Table, key: &str, side: Side, own: &str, said: Option<toml_edit::Value>) {
    if said.is_some() && entity.get(key).is_none() {
        // Spelled `filter.crm = { … }`, as the standard mapping does.
        let mut dotted = Table::new();
        dotted.set_dotted(true);
        entity.insert(key, Item::Table(dotted));
    }
    let Some(outer) = entity.get_mut(key).and_then(Item::as_table_like_mut) else { return };
    if said.is_some() && outer.get(side_key(side)).is_none() {
        outer.insert(side_key(side), Item::Value(toml_edit::InlineTable::new().into()));
    }
    if let Some(inner) = outer.get_mut(side_key(side)).and_then(Item::as_table_like_mut) {
        set(inner, own, said);
        if inner.is_empty() {
            outer.remove(side_key(side));
        }
    }
    if outer.is_empty() {
        entity.remove(key);
    }
}

/// As [`put`], in a table of any spelling.
pub(super) fn set(table: &mut dyn TableLike, key: &str, said: Option<toml_edit::Value>) {
    match (said, table.get_mut(key).and_then(Item::as_value_mut)) {
        (Some(mut value), Some(standing)) => {
            *value.decor_mut() = standing.decor().clone();
            *standing = value;
        }
        (Some(value), None) => {
            // The blank before the brace that closes a table on one line goes with the last value.
            if let Some((_, Item::Value(last))) = table.iter_mut().last()
                && last.decor().suffix().and_then(toml_edit::RawString::as_str) == Some(" ")
            {
                last.decor_mut().set_suffix("");
            }
            table.insert(key, Item::Value(value));
        }
        (None, _) => drop(table.remove(key)),
    }
}
