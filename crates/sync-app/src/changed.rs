//! What runs changed, counted for a chart: by module and by field.

use std::collections::BTreeMap;

use sync_run::{Summary, Written};

use crate::{App, AppError, Language};

/// What runs changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// By module, in the order of the settings' names.
    pub modules: Vec<(String, Written)>,
    /// How often each field of a standing record was written: module, field, how often; the most frequent first.
    pub fields: Vec<(String, String, u64)>,
}

impl Changed {
    /// What all of `summaries` changed together.
    pub fn of<'s>(summaries: impl IntoIterator<Item = &'s Summary>) -> Self {
        let mut modules: BTreeMap<String, Written> = BTreeMap::new();
        for summary in summaries {
            if summary.written.is_empty() {
                // A run of an earlier version kept no counts, and all of its steps.
                for (module, step) in &summary.done {
                    modules.entry(module.to_string()).or_default().count(step);
                }
            }
            for (module, more) in &summary.written {
                modules.entry(module.to_string()).or_default().add(more);
            }
        }
        let fields = modules.iter().flat_map(|(module, written)| {
            written.fields.iter().map(|(field, count)| (module.clone(), field.to_string(), *count))
        });
        let mut fields: Vec<(String, String, u64)> = fields.collect();
        fields.sort_by_key(|(_, _, count)| std::cmp::Reverse(*count));
        Self { modules: modules.into_iter().filter(|(_, written)| written.total() > 0).collect(), fields }
    }
}

impl App {
    /// What the mapping in force calls its fields, by module and field; nothing before both systems were seen.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn field_labels(&self, language: Language) -> Result<BTreeMap<(String, String), String>, AppError> {
        let mapping = self.known_mapping().await?;
        let mut labels = BTreeMap::new();
        for module in mapping.iter().flat_map(|mapping| &mapping.modules) {
            for field in module.entities.iter().flat_map(|entity| &entity.fields) {
                let label = language.pick(&field.label.da, &field.label.en).to_owned();
                labels.insert((module.module.to_string(), field.name.to_string()), label);
            }
        }
        Ok(labels)
    }
}
