//! What runs changed, counted for a chart: by module and by field.

use std::collections::BTreeMap;

use reconcile::{Action, WriteChange};
use sync_run::Summary;

use crate::{App, AppError, Language};

/// What runs changed in one module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModuleChanges {
    /// The module.
    pub module: String,
    /// Records made.
    pub created: u64,
    /// Records changed.
    pub updated: u64,
    /// Records deleted.
    pub deleted: u64,
    /// Records tied together.
    pub linked: u64,
}

/// What runs changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// By module, in the order of the settings' names.
    pub modules: Vec<ModuleChanges>,
    /// How often each field of a standing record was written: module, field, how often; the most frequent first.
    pub fields: Vec<(String, String, u64)>,
}

impl Changed {
    /// What all of `summaries` changed together.
    pub fn of<'s>(summaries: impl IntoIterator<Item = &'s Summary>) -> Self {
        let mut modules: BTreeMap<&str, ModuleChanges> = BTreeMap::new();
        let mut fields: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        for (module, step) in summaries.into_iter().flat_map(|summary| &summary.done) {
            let counted = modules.entry(module.as_str()).or_default();
            match &step.action {
                Action::Tie(_) => counted.linked += 1,
                Action::Write(write) => match write.change {
                    WriteChange::Create { .. } => counted.created += 1,
                    WriteChange::Delete { .. } => counted.deleted += 1,
                    WriteChange::Update { .. } => {
                        counted.updated += 1;
                        for why in step.why.iter().filter(|why| why.write.is_some()) {
                            *fields.entry((module.as_str(), why.field.as_str())).or_default() += 1;
                        }
                    }
                },
                Action::Settle { .. } | Action::Retire { .. } => {}
            }
        }
        let mut fields: Vec<(String, String, u64)> =
            fields.into_iter().map(|((module, field), count)| (module.to_owned(), field.to_owned(), count)).collect();
        fields.sort_by_key(|(_, _, count)| std::cmp::Reverse(*count));
        let named = |(module, counted): (&str, ModuleChanges)| ModuleChanges { module: module.to_owned(), ..counted };
        Self { modules: modules.into_iter().map(named).filter(|it| it.sum() > 0).collect(), fields }
    }
}

impl ModuleChanges {
    /// Everything together.
    #[must_use]
    pub fn sum(&self) -> u64 {
        self.created + self.updated + self.deleted + self.linked
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
