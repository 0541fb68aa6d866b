//! The filter of a side: a value, a list of values, or a table of what has to hold of a field.

use sync_model::Value;
use toml::Spanned;
use toml::de::DeValue;

use super::{Reader, Section};
use crate::diagnostic::{Shape, Trouble};
use crate::written::{Placed, WrittenFilter};
use crate::{Condition, Test};

const TESTS: [&str; 6] = ["is", "equals", "contains", "starts-with", "at-least", "at-most"];
const WITH_NOT: [&str; 7] = ["is", "equals", "contains", "starts-with", "at-least", "at-most", "not"];
/// Whether `is` asks for nothing.
const FILLED: [(&str, bool); 2] = [("set", false), ("empty", true)];

impl Reader<'_> {
    pub(super) fn filters(&mut self, section: &Section<'_>, key: &str) -> Vec<WrittenFilter> {
        let Some(inner) = self.table_of(section, "filter").and_then(|outer| self.table_of(&outer, key)) else {
            return Vec::new();
        };
        let mut filters = Vec::new();
        for (name, value) in inner.table {
            let field = Placed { span: name.span(), it: name.get_ref().to_string() };
            let conditions = self.conditions(value, &WITH_NOT, false);
            filters.extend(conditions.into_iter().map(|condition| WrittenFilter { field: field.clone(), condition }));
        }
        filters
    }

    /// What `value` asks; `not` where all of it must fail.
    fn conditions(
        &mut self,
        value: &Spanned<DeValue<'_>>,
        allowed: &[&'static str],
        not: bool,
    ) -> Vec<Placed<Condition>> {
        let Some(table) = value.get_ref().as_table() else {
            return self.one_of_these(value, not).into_iter().collect();
        };
        let inner = Section { table, span: value.span() };
        self.only(&inner, allowed);
        if table.is_empty() {
            self.tell(value.span(), Trouble::Expected(Shape::Condition));
        }
        let mut conditions = Vec::new();
        for key in TESTS {
            let Some(given) = inner.get(key) else { continue };
            let condition = match key {
                "is" => self.choice(&inner, key, &FILLED).map(|empty| Placed {
                    span: empty.span,
                    it: Condition { test: Test::Empty, not: empty.it == not },
                }),
                "equals" => self.one_of_these(given, not),
                "contains" => self.part(given, not, Test::Contains),
                "starts-with" => self.part(given, not, Test::StartsWith),
                "at-least" => self.bound(given, not, Test::AtLeast),
                _ => self.bound(given, not, Test::AtMost),
            };
            conditions.extend(condition);
        }
        if let Some(ruled) = inner.get("not").filter(|_| !not) {
            conditions.extend(self.conditions(ruled, &TESTS, true));
        }
        conditions
    }

    fn one_of_these(&mut self, value: &Spanned<DeValue<'_>>, not: bool) -> Option<Placed<Condition>> {
        let given: Vec<&Spanned<DeValue<'_>>> = match value.get_ref().as_array() {
            Some(items) => items.iter().collect(),
            None => vec![value],
        };
        if given.is_empty() {
            self.tell(value.span(), Trouble::Expected(Shape::Condition));
            return None;
        }
        let values: Option<Vec<Value>> = given.into_iter().map(|one| Some(self.value(one)?.it)).collect();
        Some(Placed { span: value.span(), it: Condition { test: Test::OneOf(values?), not } })
    }

    fn part(&mut self, value: &Spanned<DeValue<'_>>, not: bool, test: fn(String) -> Test) -> Option<Placed<Condition>> {
        let text = self.text_of(value)?;
        if text.it.trim().is_empty() {
            self.tell(text.span, Trouble::BadValue);
            return None;
        }
        Some(Placed { span: text.span, it: Condition { test: test(text.it), not } })
    }

    fn bound(&mut self, value: &Spanned<DeValue<'_>>, not: bool, test: fn(Value) -> Test) -> Option<Placed<Condition>> {
        let bound = self.value(value)?;
        if bound.it.is_empty() {
            self.tell(bound.span, Trouble::BadValue);
            return None;
        }
        Some(Placed { span: bound.span, it: Condition { test: test(bound.it), not } })
    }
}
