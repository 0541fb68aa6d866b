//! A side's own fields: read into normal form, written with every limit of that side checked first.

use sync_model::{FieldSpec, FieldType, Fields, Side, Value};

use crate::lens::{Lens, synonyms};
use crate::{Fault, FaultKind, FieldMapping};

/// A side's own fields and how they are translated.
#[derive(Debug, Clone)]
pub(crate) struct Binding {
    pub(crate) fields: Vec<FieldSpec>,
    pub(crate) lens: Lens,
}

impl Binding {
    /// The normal form, or `None` where one of the side's own fields is unknown.
    pub(crate) fn read(&self, side: Side, own: &Fields) -> Option<Value> {
        let values: Option<Vec<&Value>> = self.fields.iter().map(|spec| own.get(spec.name.as_str())).collect();
        self.lens.read(side, &values?)
    }

    /// The side's own values for the normal form `value`.
    pub(crate) fn write(
        &self,
        field: &FieldMapping,
        side: Side,
        value: &Value,
        current: &Fields,
    ) -> Result<Vec<(FieldSpec, Value)>, Fault> {
        let empty = Value::Empty;
        let standing: Vec<&Value> =
            self.fields.iter().map(|spec| current.get(spec.name.as_str()).unwrap_or(&empty)).collect();
        let fault = |spec: Option<&FieldSpec>, kind| Fault {
            side,
            field: field.name.clone(),
            own_field: spec.map(|spec| spec.name.clone()),
            value: value.to_string(),
            kind,
        };
        let written = self.lens.write(side, value, &standing).map_err(|kind| fault(self.fields.first(), kind))?;
        let mut own = Vec::new();
        for (spec, value) in self.fields.iter().zip(written) {
            let value = fitted(spec, value).map_err(|kind| fault(Some(spec), kind))?;
            own.push((spec.clone(), value));
        }
        Ok(own)
    }
}

/// The value as the field can keep it: short enough, and among its choices.
fn fitted(spec: &FieldSpec, value: Value) -> Result<Value, FaultKind> {
    let Some(text) = value.as_text() else { return Ok(value) };
    if let Some(max) = spec.max_chars
        && text.chars().count() > usize::try_from(max).unwrap_or(usize::MAX)
    {
        return Err(FaultKind::TooLong { max });
    }
    let FieldType::Choice(choices) = &spec.ty else { return Ok(value) };
    let offered = |word: &str| choices.iter().find(|choice| choice.value.eq_ignore_ascii_case(word));
    let chosen = offered(text).or_else(|| synonyms(text).iter().find_map(|word| offered(word)));
    chosen.map(|choice| Value::text(choice.value.clone())).ok_or(FaultKind::NotAChoice)
}
