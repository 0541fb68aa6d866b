//! A mapping file being changed by a program: what is not touched keeps its comments, order and spelling.

use sync_model::Side;
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

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

/// Where one field's values may travel, as a mapping file says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Travel {
    /// Both ways.
    Both,
    /// Only to Dinero.
    ToDinero,
    /// Only to Simply CRM.
    ToCrm,
    /// Only when a record is made.
    CreateOnly,
}

/// Whose value stands when both changed, as a mapping file says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precedence {
    /// What the settings say.
    AsSet,
    /// This side's.
    First(Side),
    /// A person decides.
    Ask,
}

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
        let word = match travel {
            Travel::Both => None,
            Travel::ToDinero => Some("to-dinero"),
            Travel::ToCrm => Some("to-crm"),
            Travel::CreateOnly => Some("create-only"),
        };
        let table = self.field(entity, field)?;
        if matches!(travel, Travel::ToDinero | Travel::ToCrm) {
            table.remove("priority");
        }
        put(table, "direction", word.map(value));
        Ok(())
    }

    /// Whose value of a field stands when both changed.
    ///
    /// # Errors
    /// When there is no such field.
    pub fn precedence(&mut self, entity: &str, field: &str, precedence: Precedence) -> Result<(), DraftError> {
        let word = match precedence {
            Precedence::AsSet => None,
            Precedence::First(Side::Left) => Some("dinero-first"),
            Precedence::First(Side::Right) => Some("crm-first"),
            Precedence::Ask => Some("ask"),
        };
        put(self.field(entity, field)?, "priority", word.map(value));
        Ok(())
    }

    /// Whether clearing a field travels.
    ///
    /// # Errors
    /// When there is no such field.
    pub fn clearing(&mut self, entity: &str, field: &str, travels: bool) -> Result<(), DraftError> {
        put(self.field(entity, field)?, "clearing", (!travels).then(|| value(false)));
        Ok(())
    }

    /// A pair of fields more, behind the others.
    ///
    /// # Errors
    /// When there is no such entity, or a field of that name.
    pub fn add(&mut self, entity: &str, name: &str, dinero: &str, crm: &str, lens: &str) -> Result<(), DraftError> {
        if self.field(entity, name).is_ok() {
            return Err(DraftError::SameName { entity: entity.to_owned(), field: name.to_owned() });
        }
        let mut table = Table::new();
        for (key, text) in [("name", name), ("dinero", dinero), ("crm", crm), ("translate", lens)] {
            table.insert(key, value(text));
        }
        table.decor_mut().set_prefix("\n");
        let held = self.entity(entity)?;
        let fields = held.entry("field").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
        if let Some(fields) = fields.as_array_of_tables_mut() {
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
        if let Some(fields) = self.entity(entity)?.get_mut("field").and_then(Item::as_array_of_tables_mut) {
            fields.retain(|table| named(table, "name") != Some(field));
        }
        Ok(())
    }

    fn entity(&mut self, crm: &str) -> Result<&mut Table, DraftError> {
        let entities = self.0.get_mut("entity").and_then(Item::as_array_of_tables_mut);
        let found = entities.and_then(|it| it.iter_mut().find(|table| named(table, "crm") == Some(crm)));
        found.ok_or_else(|| DraftError::NoEntity(crm.to_owned()))
    }

    fn field(&mut self, entity: &str, name: &str) -> Result<&mut Table, DraftError> {
        let fields = self.entity(entity)?.get_mut("field").and_then(Item::as_array_of_tables_mut);
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

/// What is as it would be without the key is not written.
fn put(table: &mut Table, key: &str, item: Option<Item>) {
    match item {
        Some(item) => drop(table.insert(key, item)),
        None => drop(table.remove(key)),
    }
}
