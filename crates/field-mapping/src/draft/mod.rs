//! A mapping file being changed by a program: what is not touched keeps its comments, order and spelling.

mod entity;
mod words;

use entity::{no_longer_left, set};
use sync_model::{Side, Value};
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table};

pub use self::words::{Constant, Own, Precedence, Translation, Travel};
use crate::Label;
use crate::written::STANDARD;

/// The text of a mapping file, to be changed and written back.
///
/// ```
/// use field_mapping::{Draft, Travel};
///
/// let mut draft = Draft::standard(&["organisations".to_owned()]);
/// draft.travel("Accounts", "phone", Travel::ToDinero)?;
/// draft.remove("Accounts", "website")?;
/// let text = draft.to_string();
/// assert!(text.contains("direction = \"to-dinero\"") && !text.contains("Webpage\"\ncrm"));
/// assert!(text.contains("# Simply CRM har intet fast felt til CVR og EAN"), "comments stay");
/// # Ok::<(), field_mapping::DraftError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Draft(DocumentMut);

/// Why a draft could not be changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// The text is no TOML; the parser's words.
    #[error("not valid TOML: {0}")]
    NotToml(String),
    /// No entity of this CRM module.
    #[error("the mapping has no entity for `{0}`")]
    NoEntity(String),
    /// No field of this canonical name.
    #[error("the mapping of `{entity}` has no field `{field}`")]
    NoField {
        /// The CRM module.
        entity: String,
        /// The canonical name.
        field: String,
    },
    /// No match rule of this name.
    #[error("the mapping of `{entity}` has no match rule `{rule}`")]
    NoRule {
        /// The CRM module.
        entity: String,
        /// The rule's name.
        rule: String,
    },
    /// There is an entity of this CRM module already.
    #[error("the mapping has an entity for `{0}` already")]
    SameEntity(String),
    /// A field has two conditions of one kind, which a file cannot say.
    #[error("a field has only one condition `{0}`")]
    SameCondition(&'static str),
    /// A value that a file cannot hold.
    #[error("a mapping file cannot hold `{0}`")]
    Unsayable(String),
    /// There is a field of this canonical name already.
    #[error("the mapping of `{entity}` has a field `{field}` already")]
    SameName {
        /// The CRM module.
        entity: String,
        /// The canonical name.
        field: String,
    },
}

impl Draft {
    /// The standard mapping of `modules`, with its comments.
    #[must_use]
    pub fn standard(modules: &[String]) -> Self {
        let text = crate::standard_text(modules);
        Self(text.parse().unwrap_or_default())
    }

    /// A file as it stands.
    ///
    /// # Errors
    /// When it is no TOML. What it means is not looked at: that is [`crate::resolve`]'s.
    pub fn parse(text: &str) -> Result<Self, DraftError> {
        text.parse().map(Self).map_err(|error: toml_edit::TomlError| DraftError::NotToml(error.message().to_owned()))
    }

    /// Where the values of a field travel. A priority goes with a direction that has no conflict.
    ///
    /// # Errors
    /// When there is no such field.
    pub fn travel(&mut self, entity: &str, field: &str, travel: Travel) -> Result<(), DraftError> {
        let table = self.field(entity, field)?;
        if matches!(travel, Travel::ToDinero | Travel::ToCrm) {
            table.remove("priority");
        }
        put(table, "direction", travel.word().map(Into::into));
        Ok(())
    }

    /// Whose value of a field stands when both changed.
    ///
    /// # Errors
    /// When there is no such field.
    pub fn precedence(&mut self, entity: &str, field: &str, precedence: Precedence) -> Result<(), DraftError> {
        put(self.field(entity, field)?, "priority", precedence.word().map(Into::into));
        Ok(())
    }

    /// Whether clearing a field travels.
    ///
    /// # Errors
    /// When there is no such field.
    pub fn clearing(&mut self, entity: &str, field: &str, travels: bool) -> Result<(), DraftError> {
        put(self.field(entity, field)?, "clearing", (!travels).then(|| false.into()));
        Ok(())
    }

    /// How the values of a field are translated.
    ///
    /// # Errors
    /// When there is no such field.
    pub fn translate(&mut self, entity: &str, field: &str, translation: &Translation) -> Result<(), DraftError> {
        put(self.field(entity, field)?, "translate", Some(translation.toml()));
        Ok(())
    }

    /// Which own fields of `side` a field is read from and written to. They are no longer left alone.
    ///
    /// # Errors
    /// When there is no such field.
    pub fn own(&mut self, entity: &str, field: &str, side: Side, own: &Own) -> Result<(), DraftError> {
        put(self.field(entity, field)?, side_key(side), Some(own.toml()));
        if let Own::Named(names) = own {
            let held = self.entity(entity)?;
            names.iter().for_each(|name| no_longer_left(held, side, name));
        }
        Ok(())
    }

    /// What a new record on `side` gets when the other side has nothing; nothing, where it is `None`.
    ///
    /// # Errors
    /// When there is no such field, or a file cannot hold the value.
    pub fn default_to(
        &mut self,
        entity: &str,
        field: &str,
        side: Side,
        value: Option<&Value>,
    ) -> Result<(), DraftError> {
        let said = value.map(words::plain).transpose()?;
        let table = self.field(entity, field)?;
        if said.is_some() && table.get("default").is_none() {
            table.insert("default", Item::Value(toml_edit::InlineTable::new().into()));
        }
        if let Some(inner) = table.get_mut("default").and_then(Item::as_table_like_mut) {
            set(inner, side_key(side), said);
            if inner.is_empty() {
                table.remove("default");
            }
        }
        Ok(())
    }

    /// What a field is called in both languages; its canonical name, where it is `None`.
    ///
    /// # Errors
    /// When there is no such field.
    pub fn label(&mut self, entity: &str, field: &str, label: Option<&Label>) -> Result<(), DraftError> {
        put(self.field(entity, field)?, "label", label.map(words::label));
        Ok(())
    }

    /// A pair of fields more, behind the others. Its own fields are no longer left alone.
    ///
    /// # Errors
    /// When there is no such entity, or a field of that name.
    pub fn add(&mut self, entity: &str, name: &str, dinero: &str, crm: &str, lens: &str) -> Result<(), DraftError> {
        if self.field(entity, name).is_ok() {
            return Err(DraftError::SameName { entity: entity.to_owned(), field: name.to_owned() });
        }
        let mut table = Table::new();
        for (key, text) in [("name", name), ("dinero", dinero), ("crm", crm), ("translate", lens)] {
            put(&mut table, key, Some(text.into()));
        }
        table.decor_mut().set_prefix("\n");
        let held = self.entity(entity)?;
        no_longer_left(held, Side::Left, dinero);
        no_longer_left(held, Side::Right, crm);
        if let Some(fields) = tables(held, "field", true) {
            fields.push(table);
        }
        Ok(())
    }

    /// Takes a pair of fields out. Their values stay as they are on both sides.
    ///
    /// # Errors
    /// When there is no such field.
    pub fn remove(&mut self, entity: &str, field: &str) -> Result<(), DraftError> {
        self.field(entity, field)?;
        if let Some(fields) = tables(self.entity(entity)?, "field", false) {
            fields.retain(|table| named(table, "name") != Some(field));
        }
        Ok(())
    }

    fn entity(&mut self, crm: &str) -> Result<&mut Table, DraftError> {
        let entities = tables(&mut self.0, "entity", false);
        let found = entities.and_then(|it| it.iter_mut().find(|table| named(table, "crm") == Some(crm)));
        found.ok_or_else(|| DraftError::NoEntity(crm.to_owned()))
    }

    fn field(&mut self, entity: &str, name: &str) -> Result<&mut Table, DraftError> {
        let fields = tables(self.entity(entity)?, "field", false);
        let found = fields.and_then(|it| it.iter_mut().find(|table| named(table, "name") == Some(name)));
        found.ok_or_else(|| DraftError::NoField { entity: entity.to_owned(), field: name.to_owned() })
    }
}

impl std::fmt::Display for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// The files of the standard mapping as they are shipped: name and text.
#[must_use]
pub fn standard_files() -> &'static [(&'static str, &'static str)] {
    &STANDARD
}

fn named<'t>(table: &'t Table, key: &str) -> Option<&'t str> {
    table.get(key).and_then(Item::as_str)
}

fn side_key(side: Side) -> &'static str {
    match side {
        Side::Left => "dinero",
        Side::Right => "crm",
    }
}

/// The tables under `key`. Those that a file spells as a list of inline tables get headings of their own.
fn tables<'t>(table: &'t mut Table, key: &str, make: bool) -> Option<&'t mut ArrayOfTables> {
    if make && table.get(key).is_none() {
        table.insert(key, Item::ArrayOfTables(ArrayOfTables::new()));
    }
    let item = table.get_mut(key)?;
    if item.is_array() {
        *item = std::mem::take(item).into_array_of_tables().map_or_else(|as_it_was| as_it_was, Item::ArrayOfTables);
    }
    item.as_array_of_tables_mut()
}

/// Sets a key where it stands, with the comment behind it. What is as it would be without the key is not written.
fn put(table: &mut Table, key: &str, said: Option<toml_edit::Value>) {
    set(table, key, said);
}
