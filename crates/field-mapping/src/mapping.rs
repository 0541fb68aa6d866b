//! The mapping in force: resolved, checked against both schemas, ready to translate.

use serde::{Deserialize, Serialize};
use sync_model::{FieldName, Fields, Fingerprint, Kind, Module, Side, Sides, Value};

use crate::{Condition, Fault, Name};

/// Everything the user configured about fields, with all defaults filled in.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// In the order in which they are run: what others refer to comes first.
    pub modules: Vec<ModuleMapping>,
    /// What of the standard mapping this pair cannot have, and why.
    pub notes: Vec<Note>,
}

/// Something of the standard mapping that is left out or narrowed, because this pair's systems do not have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The module.
    pub module: Module,
    /// The canonical field, or `None` where it is about a whole kind of record.
    pub field: Option<FieldName>,
    /// What it is, in both languages.
    pub text: Label,
}

/// How one module's records are read, matched and written.
#[derive(Debug, Clone)]
pub struct ModuleMapping {
    /// The module's name.
    pub module: Module,
    /// One for each pair of kinds. A side's record belongs to the first whose kind and filter it fits.
    pub entities: Vec<EntityMapping>,
    /// How unlinked records find each other, strongest first.
    pub rules: Vec<MatchRule>,
    /// Changes whenever the meaning of a canonical value may have changed.
    pub fingerprint: Fingerprint,
}

/// One pair of kinds.
#[derive(Debug, Clone)]
pub struct EntityMapping {
    /// The kind on each side.
    pub kinds: Sides<Kind>,
    /// Which of a side's records take part. All conditions must hold.
    pub filters: Sides<Vec<Filter>>,
    /// Whether new records of a side are made through this entity. At most one entity of a module makes them.
    pub makes: Sides<bool>,
    /// The side's own fields that every record made through this entity gets.
    pub constants: Sides<Fields>,
    /// The pairs of fields.
    pub fields: Vec<FieldMapping>,
    /// Fields that are left alone on purpose.
    pub unmapped: Vec<Unmapped>,
    /// The side's own fields that a new record needs and nobody but the mapping gives.
    pub(crate) needs: Sides<Vec<FieldName>>,
}

/// Fields of one side that are left alone on purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmapped {
    /// Whose fields.
    pub side: Side,
    /// The side's own names.
    pub fields: Vec<FieldName>,
    /// Why.
    pub why: Label,
}

/// A condition on one of a side's own fields. A field that is unknown fits no condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// The side's own field.
    pub field: FieldName,
    /// What has to hold of it.
    pub condition: Condition,
}

/// Where values may travel, and whose stands when both changed. A one-way field has no priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Only away from `from`.
    OneWay {
        /// The source.
        from: Side,
        /// What happens to edits made at the target.
        drift: Drift,
    },
    /// Both ways.
    TwoWay {
        /// Whose value stands on a true conflict.
        priority: Priority,
    },
}

/// What a one-way field does with an edit made by hand at its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Drift {
    /// Show it and leave it, until the source changes that field.
    Keep,
    /// Write the source's value over it.
    Overwrite,
}

/// Who wins where both sides changed the same field to different values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Priority {
    /// This side.
    Prefer(Side),
    /// A person decides.
    Ask,
}

/// A match rule: canonical fields whose values, taken together, identify a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchRule {
    /// Its name, shown as the reason of a link: `cvr`, `email`, `name+postcode`.
    pub name: String,
    /// The canonical fields. All must be non-empty on both sides.
    pub fields: Vec<FieldName>,
    /// Whether two *different* non-empty values prove that two records are not the same thing, whatever weaker rules say.
    pub vetoes: bool,
    /// The one of the fields that need not be the same, only alike.
    pub similar: Option<Similar>,
    /// How sure a full agreement makes us, in percent. It is shown with every pair and decides nothing.
    pub score: u8,
}

/// A field of a rule whose values are compared as names, and how alike they must be, in percent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Similar {
    /// The canonical field.
    pub field: FieldName,
    /// From this likeness on, the rule links by itself.
    pub links: u8,
    /// From this likeness on, a person is asked.
    pub proposes: u8,
}

impl MatchRule {
    /// The likeness from which the rule links by itself.
    #[must_use]
    pub fn links_from(&self) -> u8 {
        self.similar.as_ref().map_or(100, |similar| similar.links)
    }

    /// The likeness from which a person is asked.
    #[must_use]
    pub fn proposes_from(&self) -> u8 {
        self.similar.as_ref().map_or(100, |similar| similar.proposes)
    }

    /// The score of two records that are so much alike by this rule, in percent.
    #[must_use]
    pub fn score_of(&self, likeness: u8) -> u8 {
        u8::try_from(u16::from(self.score) * u16::from(likeness) / 100).unwrap_or(100)
    }

    /// What the rule compares of a record in canonical form, as a person reads it.
    #[must_use]
    pub fn shown(&self, canonical: &Fields) -> String {
        let values = self.fields.iter().filter_map(|name| canonical.get(name.as_str()));
        values.map(Value::to_string).collect::<Vec<_>>().join(", ")
    }
}

/// What one rule makes of one record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MatchKey {
    /// The value in matching form: folded, without blanks and punctuation that carry no meaning.
    pub folded: Box<str>,
    /// The part that need only be alike, where the rule has one.
    pub name: Option<Box<Name>>,
}

impl MatchKey {
    /// How alike two records are by the rule that made both keys, in percent; 0 below `least`.
    #[must_use]
    pub fn likeness(&self, other: &Self, least: u8) -> u8 {
        if self.folded != other.folded {
            return 0;
        }
        match (&self.name, &other.name) {
            (Some(one), Some(other)) if one.likeness_at_most(other) < least => 0,
            (Some(one), Some(other)) => Some(one.likeness(other)).filter(|likeness| *likeness >= least).unwrap_or(0),
            (None, _) | (_, None) => 100,
        }
    }
}

/// One pair of fields.
#[derive(Debug, Clone)]
pub struct FieldMapping {
    /// The canonical name.
    pub name: FieldName,
    /// What it is called in Danish and English.
    pub label: Label,
    /// Where values may travel in the run's direction; `None` when this field stands still in it.
    pub direction: Option<Direction>,
    /// Whether a person's clearing of an agreed value travels.
    pub clearing: bool,
    /// What a record made on a side gets when the other side has nothing, as a canonical value.
    pub defaults: Sides<Option<Value>>,
    /// Whether it is only written when a record is made.
    pub create_only: bool,
    /// The side's own fields and their translation.
    pub(crate) bindings: Sides<crate::binding::Binding>,
}

/// A field's name in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Danish.
    pub da: String,
    /// English.
    pub en: String,
}

/// A side's record in canonical names and normal forms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Projection {
    /// Known values. A field whose own fields were not returned is missing.
    pub values: Fields,
    /// Fields whose value could not be read; they are missing from `values`.
    pub faults: Vec<Fault>,
}

/// A side's own fields, ready to be written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rendering {
    /// The side's own fields.
    pub fields: Fields,
    /// Values that could not be written; where [`crate::FaultKind::holds_record`] says so, nothing may be.
    pub faults: Vec<Fault>,
}
