//! A side's own fields: read into normal form, written with every limit of that side checked first.

use rust_decimal::{Decimal, RoundingStrategy};
use sync_model::{Choice, FieldName, FieldSpec, FieldType, Fields, Kind, Side, Value};

use crate::FaultKind;
use crate::fold::fold;
use crate::lens::Lens;

/// A side's own fields and how they are translated.
#[derive(Debug, Clone)]
pub(crate) struct Binding {
    pub(crate) fields: Vec<FieldSpec>,
    pub(crate) lens: Lens,
}

/// A value that cannot be written, with the own field that would not take it.
pub(crate) type Refusal = (Option<FieldName>, FaultKind);

impl Binding {
    /// The normal form, or `None` where one of the side's own fields is unknown.
    pub(crate) fn read(&self, side: Side, own: &Fields) -> Option<Result<Value, FaultKind>> {
        if let [spec] = self.fields.as_slice() {
            let value = own.get(spec.name.as_str())?;
            return Some(unbroken(|| self.lens.read(side, &[value])));
        }
        let values: Option<Vec<&Value>> = self.fields.iter().map(|spec| own.get(spec.name.as_str())).collect();
        let values = values?;
        Some(unbroken(|| self.lens.read(side, &values)))
    }

    /// The kinds of record that its fields refer to.
    pub(crate) fn refers_to(&self) -> impl Iterator<Item = &Kind> {
        let specs = self.fields.iter().flat_map(|spec| match &spec.ty {
            FieldType::Rows(columns) => columns.iter().collect(),
            _ => vec![spec],
        });
        specs.flat_map(|spec| match &spec.ty {
            FieldType::Reference(kinds) => kinds.as_slice(),
            _ => &[],
        })
    }

    /// What stands in the side's own fields, as a person reads it.
    pub(crate) fn shown(&self, own: &Fields) -> String {
        let values = self.fields.iter().filter_map(|spec| own.get(spec.name.as_str()));
        values.map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    /// The side's own values for the normal form `value`; `abroad` says that the record is known to be outside Denmark.
    pub(crate) fn write(
        &self,
        side: Side,
        value: &Value,
        current: &Fields,
        abroad: bool,
    ) -> Result<Vec<(FieldName, Value)>, Refusal> {
        let written = unbroken(|| Ok(self.written(side, value, current, abroad)));
        written.unwrap_or_else(|broken| Err((self.fields.first().map(|spec| spec.name.clone()), broken)))
    }

    fn written(
        &self,
        side: Side,
        value: &Value,
        current: &Fields,
        abroad: bool,
    ) -> Result<Vec<(FieldName, Value)>, Refusal> {
        let first = || self.fields.first().map(|spec| spec.name.clone());
        let standing: Option<Vec<&Value>> = self.fields.iter().map(|spec| current.get(spec.name.as_str())).collect();
        let standing = standing.unwrap_or_default();
        if self.lens.read(side, &standing).as_ref() == Ok(value) && !standing.is_empty() {
            let kept = self.fields.iter().zip(standing);
            return Ok(kept.map(|(spec, value)| (spec.name.clone(), value.clone())).collect());
        }
        self.lens.accept(side, value, abroad).map_err(|kind| (first(), kind))?;
        let written = self.lens.write(side, value, &standing).map_err(|kind| (first(), kind))?;
        let mut own = Vec::new();
        for (spec, part) in self.fields.iter().zip(written) {
            let part = self.fitted(side, spec, part, value).map_err(|kind| (Some(spec.name.clone()), kind))?;
            own.push((spec.name.clone(), part));
        }
        Ok(own)
    }

    /// `part` as the field can keep it: of its type, among its choices, short enough. Nothing is ever cut.
    fn fitted(&self, side: Side, spec: &FieldSpec, part: Value, whole: &Value) -> Result<Value, FaultKind> {
        if part.is_empty() {
            return Ok(Value::Empty);
        }
        match &spec.ty {
            FieldType::Choice(choices) => self.chosen(side, choices, &part, whole).ok_or(FaultKind::NotAChoice),
            FieldType::Decimal { scale } => number(&part, *scale),
            FieldType::Text => short_enough(spec, part),
            // A lens that writes days as text does so for text only.
            FieldType::Date if part.as_text().is_some() => Ok(whole.clone()),
            FieldType::Flag | FieldType::Date | FieldType::Time | FieldType::Reference(_) | FieldType::Rows(_) => {
                Ok(part)
            }
        }
    }

    /// The choice that means the value: the lens's own word where the list has it, otherwise any that reads the same.
    fn chosen(&self, side: Side, choices: &[Choice], part: &Value, whole: &Value) -> Option<Value> {
        let word = part.to_string();
        let exact = choices.iter().find(|choice| choice.value == word);
        let spelled = || {
            let words = self.lens.spellings(side, whole);
            words.iter().find_map(|word| choices.iter().find(|choice| fold(&choice.value) == fold(word)))
        };
        let means =
            |choice: &&Choice| self.lens.read(side, &[&Value::text(choice.value.as_str())]).as_ref() == Ok(whole);
        let found = exact.or_else(spelled).or_else(|| choices.iter().find(means));
        found.map(|choice| Value::text(choice.value.clone()))
    }
}

/// One value that a translation cannot bear must not stop a run: it costs its own field, and everything else goes on.
pub(crate) fn unbroken<T>(translate: impl FnOnce() -> Result<T, FaultKind>) -> Result<T, FaultKind> {
    // Translations keep no state that could be left half done.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(translate)).unwrap_or(Err(FaultKind::Broken))
}

/// The number a numeric field keeps. A field of fewer decimals keeps a price rounded, as its system would do unasked.
fn number(part: &Value, scale: Option<u32>) -> Result<Value, FaultKind> {
    let number = match part {
        Value::Decimal(number) => Some(*number),
        other => other.to_string().parse::<Decimal>().ok(),
    };
    let number = number.ok_or_else(|| FaultKind::Invalid { expected: "tal / number".to_owned() })?;
    let kept =
        scale.map_or(number, |scale| number.round_dp_with_strategy(scale, RoundingStrategy::MidpointAwayFromZero));
    Ok(Value::Decimal(kept))
}

fn short_enough(spec: &FieldSpec, part: Value) -> Result<Value, FaultKind> {
    let part = match part {
        Value::Text(_) => part,
        other => Value::text(other.to_string()),
    };
    let text = part.as_text().unwrap_or_default();
    match spec.max_chars {
        Some(max) if text.chars().count() > usize::try_from(max).unwrap_or(usize::MAX) => {
            Err(FaultKind::TooLong { max })
        }
        Some(_) | None if part.is_empty() => Ok(Value::Empty),
        Some(_) | None => Ok(part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p31_a_translation_that_breaks_costs_its_field_alone() {
        let broken = unbroken(|| if true { panic!("no such day") } else { Ok(Value::Empty) });
        assert_eq!(broken, Err(FaultKind::Broken));
        assert!(!FaultKind::Broken.holds_record());
        assert_eq!(unbroken(|| Ok(Value::Empty)), Ok(Value::Empty));
        assert_eq!(unbroken::<Value>(|| Err(FaultKind::Missing)), Err(FaultKind::Missing));
    }
}
