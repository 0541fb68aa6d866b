//! Whom an invoice belongs to: one contact in Dinero, an organisation and a person in the CRM.

use std::collections::BTreeMap;

use sync_model::{RecordKey, Value};

use crate::FaultKind;

/// Which of the two an invoice belongs to, and whether the other one may stand in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CustomerTerms {
    person_first: bool,
    instead: bool,
}

impl CustomerTerms {
    /// From the settings that a mapping may refer to.
    #[must_use]
    pub fn bound(settings: &BTreeMap<String, Value>) -> Self {
        Self {
            person_first: settings.get("customer").and_then(Value::as_text) == Some("contacts"),
            instead: settings.get("customer_instead") == Some(&Value::Flag(true)),
        }
    }

    pub(super) fn parameters(self) -> Vec<String> {
        vec![format!("{} {}", self.person_first, self.instead)]
    }

    /// Whether the one that stands in is taken, because the preferred one is missing.
    #[must_use]
    pub fn stands_in(self, own: &[&Value]) -> bool {
        self.instead && matches!(self.ranked(own), (None, Some(_)))
    }

    /// The preferred one and the other.
    fn ranked<'v>(self, own: &[&'v Value]) -> (Option<&'v RecordKey>, Option<&'v RecordKey>) {
        let key = |at: usize| match own.get(at) {
            Some(Value::Reference(key)) => Some(key),
            _ => None,
        };
        if self.person_first { (key(1), key(0)) } else { (key(0), key(1)) }
    }

    /// The customer by the CRM's organisation and person.
    pub(super) fn read(self, own: &[&Value]) -> Result<Value, FaultKind> {
        match self.ranked(own) {
            (Some(key), _) => Ok(Value::Reference(key.clone())),
            (None, Some(key)) if self.instead => Ok(Value::Reference(key.clone())),
            (None, _) => Err(FaultKind::NoCustomer { person: self.person_first }),
        }
    }

    /// The CRM's organisation and person; the one that is not meant stays as it is.
    pub(super) fn write(value: &Value, current: &[&Value]) -> Vec<Value> {
        let standing = |at: usize| current.get(at).map_or(Value::Empty, |value| (*value).clone());
        match value {
            Value::Reference(key) if key.kind.as_str() == "Contacts" => vec![standing(0), value.clone()],
            _ => vec![value.clone(), standing(1)],
        }
    }
}
