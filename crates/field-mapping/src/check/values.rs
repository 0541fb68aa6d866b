//! What a mapping file says in values: conditions, constants, and what a new record still needs.

use sync_model::{FieldName, FieldSpec, FieldType, Fields, KindSchema, Side, Value};

use super::Check;
use crate::diagnostic::Trouble;
use crate::written::{Given, WrittenConstant, WrittenEntity, WrittenFilter};
use crate::{Condition, FaultKind, FieldMapping, Filter, Test};

impl Check<'_> {
    /// A condition on a field that is not there would silently let nothing through, so it is an error everywhere.
    pub(super) fn filters(&mut self, schema: &KindSchema, written: &[WrittenFilter]) -> Vec<Filter> {
        let mut filters = Vec::new();
        for filter in written {
            let Some(spec) = schema.field(&filter.field.it) else {
                self.unknown_field(schema, &filter.field);
                continue;
            };
            let Condition { test, not } = &filter.condition.it;
            match testing(spec, test) {
                Ok(test) => {
                    filters.push(Filter { field: spec.name.clone(), condition: Condition { test, not: *not } });
                }
                Err(trouble) => self.tell(filter.condition.span.clone(), trouble),
            }
        }
        filters
    }

    pub(super) fn constants(&mut self, schema: &KindSchema, written: &[WrittenConstant]) -> Fields {
        let variables = self.variables;
        let mut constants = Fields::new();
        for constant in written {
            let Some(spec) = self.named(&constant.field.it, schema, &constant.field) else { continue };
            let span = constant.value.span.clone();
            let value = match &constant.value.it {
                Given::Value(value) => value.clone(),
                Given::Setting(name) => match variables.get(name) {
                    Some(value) => value.clone(),
                    None => {
                        let known = variables.keys().map(String::as_str);
                        self.push(span, Trouble::UnknownSetting, |wrong| wrong.suggest(name, known));
                        continue;
                    }
                },
            };
            match fitting(&spec, &value) {
                Ok(_) if !spec.writable && self.strict => self.tell(span, Trouble::ReadOnly(spec.name.to_string())),
                Ok(_) if !spec.writable => {}
                Ok(value) => constants.set(spec.name.clone(), value),
                Err(trouble) => self.tell(span, trouble),
            }
        }
        constants
    }

    /// What a new record on `side` needs from the mapping. A custom mapping has to give it; under the standard mapping a
    /// record that lacks it waits, and the others go on.
    pub(super) fn needs(
        &mut self,
        side: Side,
        schema: &KindSchema,
        written: &WrittenEntity,
        fields: &[FieldMapping],
        constants: &Fields,
    ) -> Vec<FieldName> {
        if !*written.makes.get(side) {
            return Vec::new();
        }
        let filled = |name: &FieldName| {
            let own = written.unmapped.iter().filter(|it| it.filled && it.side == side);
            own.flat_map(|it| &it.fields).any(|field| field.it == name.as_str())
        };
        let required = schema.fields.iter().filter(|spec| spec.required && spec.writable);
        let needs: Vec<FieldName> = required.map(|spec| spec.name.clone()).filter(|name| !filled(name)).collect();
        for name in &needs {
            let mapped = fields.iter().any(|field| field.own_fields(side).any(|own| own == name));
            if self.strict && !mapped && constants.get(name.as_str()).is_none() {
                self.tell(written.kinds.get(side).span.clone(), Trouble::Needs(name.to_string()));
            }
        }
        needs
    }
}

/// The test as this field's type can answer it.
fn testing(spec: &FieldSpec, test: &Test) -> Result<Test, Trouble> {
    let wrong = |word| Err(Trouble::WrongTest(word, spec.name.to_string()));
    match (test, &spec.ty) {
        (Test::Empty, _) => Ok(Test::Empty),
        (Test::OneOf(values), _) => {
            values.iter().map(|value| fitting(spec, value)).collect::<Result<_, _>>().map(Test::OneOf)
        }
        (Test::Contains(_) | Test::StartsWith(_), FieldType::Text | FieldType::Choice(_)) => Ok(test.clone()),
        (Test::Contains(_), _) => wrong("contains"),
        (Test::StartsWith(_), _) => wrong("starts-with"),
        (Test::AtLeast(least), FieldType::Decimal { .. } | FieldType::Date) => fitting(spec, least).map(Test::AtLeast),
        (Test::AtMost(most), FieldType::Decimal { .. } | FieldType::Date) => fitting(spec, most).map(Test::AtMost),
        (Test::AtLeast(_), _) => wrong("at-least"),
        (Test::AtMost(_), _) => wrong("at-most"),
    }
}

/// The value as this field holds it.
fn fitting(spec: &FieldSpec, value: &Value) -> Result<Value, Trouble> {
    let wrong = || Trouble::WrongType(spec.name.to_string());
    match (&spec.ty, value) {
        (_, Value::Empty)
        | (FieldType::Decimal { .. }, Value::Decimal(_))
        | (FieldType::Flag, Value::Flag(_))
        | (FieldType::Date, Value::Date(_)) => Ok(value.clone()),
        (FieldType::Choice(choices), Value::Text(text)) => {
            let known = choices.iter().any(|choice| *choice.value == **text);
            if known { Ok(value.clone()) } else { Err(Trouble::NotAChoice) }
        }
        (FieldType::Text, Value::Text(text)) => match spec.max_chars {
            Some(max) if text.chars().count() > usize::try_from(max).unwrap_or(usize::MAX) => {
                Err(Trouble::TooLong(max))
            }
            Some(_) | None => Ok(value.clone()),
        },
        (FieldType::Text, Value::Decimal(number)) => Ok(Value::text(number.to_string())),
        (
            FieldType::Text
            | FieldType::Decimal { .. }
            | FieldType::Flag
            | FieldType::Date
            | FieldType::Time
            | FieldType::Choice(_)
            | FieldType::Reference(_)
            | FieldType::Rows(_),
            _,
        ) => Err(wrong()),
    }
}

pub(super) fn unfit(kind: &FaultKind) -> Trouble {
    match kind {
        FaultKind::TooLong { max } => Trouble::TooLong(*max),
        FaultKind::NotAChoice => Trouble::NotAChoice,
        FaultKind::Missing
        | FaultKind::Invalid { .. }
        | FaultKind::NoCounterpart
        | FaultKind::Broken
        | FaultKind::Inexpressible(_)
        | FaultKind::NoAccount { .. }
        | FaultKind::UnknownAccount { .. }
        | FaultKind::NoTextService
        | FaultKind::NoCustomer { .. }
        | FaultKind::NoCreditedInvoice
        | FaultKind::CreditsDraft
        | FaultKind::OverCredit(_)
        | FaultKind::ClosedPeriod { .. } => Trouble::BadValue,
    }
}
