//! What an administrator does to a module's fields in the CRM's own settings, past the web service.

use super::schema::{Field, Module};
use super::{EditError, SimplyCrm};
use serde_json::Value;
use std::sync::Arc;

impl SimplyCrm {
    /// Takes a field out of everything the web service shows of a module, as field privileges do, and gives its description.
    /// The values stay.
    ///
    /// # Errors
    /// When there is no such module or field.
    pub fn hide_field(&mut self, module: &str, name: &str) -> Result<Value, EditError> {
        let fields = &mut self.layout(module)?.fields;
        let at = fields.iter().position(|field| field.name == name);
        let at = at.ok_or_else(|| EditError::NoSuchField(name.to_owned()))?;
        Ok(fields.remove(at).description().clone())
    }

    /// Deletes a field with all its values, and gives its description. No record counts as modified.
    ///
    /// # Errors
    /// When there is no such module or field.
    pub fn delete_field(&mut self, module: &str, name: &str) -> Result<Value, EditError> {
        let description = self.hide_field(module, name)?;
        for row in self.records.values_mut().filter(|row| row.module == module) {
            row.cells.remove(name);
        }
        Ok(description)
    }

    /// Gives a module a field with this description, in the place of one of the same name.
    ///
    /// # Errors
    /// When there is no such module.
    pub fn put_field(&mut self, module: &str, description: Value) -> Result<(), EditError> {
        let module = self.layout(module)?;
        let field = Field::new(description, module.is_inventory(), module.is_priced());
        match module.fields.iter_mut().find(|known| known.name == field.name) {
            Some(known) => *known = field,
            None => module.fields.push(field),
        }
        Ok(())
    }

    /// How a field is described now.
    #[must_use]
    pub fn field(&self, module: &str, name: &str) -> Option<&Value> {
        Some(self.schema.module(module)?.field(name)?.description())
    }

    fn layout(&mut self, name: &str) -> Result<&mut Module, EditError> {
        let mut modules = Arc::make_mut(&mut self.schema).modules_mut();
        modules.find(|module| module.name == name).ok_or_else(|| EditError::NoSuchModule(name.to_owned()))
    }
}
