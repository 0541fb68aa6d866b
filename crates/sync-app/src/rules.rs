//! The user's settings as the engine's rules.

use std::collections::BTreeMap;
use std::sync::Arc;

use field_mapping::{Checked, Direction, Drift, Held, Mapping, Priority, resolve_checked};
use reconcile::{Deletes, Guards, Policy};
use rust_decimal::Decimal;
use sync_model::{Fields, Kind, RecordKey, Schema, Side, Sides, Value};
use sync_run::{Effects, Rules, RulesError};

use crate::settings::{self, CustomMapping, DataPriority, Settings, SyncDirection};
use crate::words::side_name;
use crate::{Language, Say};

/// The account for sales with 25 % VAT in Dinero's standard chart (dinero-api fact sheet §6.6); used where the settings
/// name none.
const STANDARD_SALES_ACCOUNT: u32 = 1000;

/// What `settings` mean to an engine, for whoever wires one by hand.
#[must_use]
pub fn rules_of(settings: &Settings) -> Arc<dyn Rules> {
    Arc::new(ConfiguredRules::new(settings))
}

/// The settings of one pair, as rules.
#[derive(Debug, Clone)]
pub(crate) struct ConfiguredRules {
    direction: Direction,
    creates: Sides<bool>,
    deletes: Deletes,
    max_creates: u32,
    effects: Effects,
    modules: Vec<String>,
    mapping: Option<CustomMapping>,
    variables: BTreeMap<String, Value>,
    language: Language,
}

impl ConfiguredRules {
    pub(crate) fn new(settings: &Settings) -> Self {
        let account = settings.invoices.vat_accounts.get("25").copied().unwrap_or(STANDARD_SALES_ACCOUNT);
        let account = Value::Decimal(Decimal::from(account));
        Self {
            direction: direction(settings),
            creates: creates(settings.sync.direction),
            deletes: match settings.sync.deletes {
                settings::Deletes::Keep => Deletes::Keep,
                settings::Deletes::Approve => Deletes::Approve,
            },
            max_creates: settings.sync.max_creates,
            effects: effects(settings),
            modules: settings.sync.modules.clone(),
            mapping: settings.mapping.clone(),
            variables: variables(settings, account),
            language: settings.language,
        }
    }
}

/// What a mapping may refer to.
fn variables(settings: &Settings, account: Value) -> BTreeMap<String, Value> {
    let own = &settings.invoices;
    let number = |number: u32| Value::Decimal(Decimal::from(number));
    let row = |(rate, account): (&String, &u32)| -> Fields {
        let of = match rate.strip_prefix("0-") {
            Some(zone) => ("zone", Value::text(zone)),
            None => ("vat", Value::Decimal(rate.parse().unwrap_or_default())),
        };
        [of, ("account", number(*account))].into_iter().collect()
    };
    let mut variables = BTreeMap::from([
        ("sales_account".to_owned(), account),
        ("vat_accounts".to_owned(), Value::Rows(own.vat_accounts.iter().map(row).collect())),
        ("rounding_limit".to_owned(), Value::Decimal(own.rounding_limit)),
        ("customer_instead".to_owned(), Value::Flag(own.other_customer)),
        ("cancelled".to_owned(), Value::text(own.cancelled_status.as_str())),
    ]);
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            variables.insert(name.to_owned(), value);
        }
    };
    let by_person = settings.sync.invoice_priority == settings::InvoicePriority::Contacts;
    set("customer", by_person.then(|| Value::text("contacts")));
    set("adjustment_account", own.adjustment_account.map(number));
    set("rounding_account", own.rounding_account.map(number));
    set("closed_until", own.closed_until.map(Value::Date));
    let service = own.text_service.as_deref().and_then(settings::service);
    set("text_service", service.map(|(module, id)| Value::Reference(RecordKey::new(module, id))));
    if settings.language == Language::En {
        for (name, text) in [
            ("text_discount", "Discount"),
            ("text_charges", "Shipping"),
            ("text_adjustment", "Adjustment"),
            ("text_rounding", "Rounding"),
            ("text_order", "Order number"),
        ] {
            set(name, Some(Value::text(text)));
        }
    }
    variables
}

impl ConfiguredRules {
    /// The mapping as a file: the custom one, or the standard one with its comments.
    pub(crate) fn text(&self) -> String {
        match &self.mapping {
            Some(custom) => custom.text.clone(),
            None => field_mapping::standard_text(&self.modules),
        }
    }

    /// The same with a custom mapping.
    pub(crate) fn with_mapping(&self, mapping: CustomMapping) -> Self {
        Self { mapping: Some(mapping), ..self.clone() }
    }

    /// The mapping in force, or everything that does not fit.
    pub(crate) fn check(&self, schemas: &Sides<Schema>) -> Result<Mapping, Vec<field_mapping::Diagnostic>> {
        let source = match &self.mapping {
            Some(CustomMapping { file, text }) => field_mapping::Source::Custom { file, text },
            None => field_mapping::Source::Standard,
        };
        field_mapping::resolve(&source, &self.modules, schemas, self.direction, &self.variables)
    }

    /// Whether every kind that the direction writes to can be written at all.
    fn may_write(&self, schemas: &Sides<Schema>) -> Result<(), RulesError> {
        for (side, schema) in schemas.iter().filter(|(side, _)| *self.creates.get(*side)) {
            let closed: Vec<&str> = schema
                .kinds
                .values()
                .filter(|kind| !kind.fields.iter().any(|field| field.writable))
                .map(|kind| kind.kind.as_str())
                .collect();
            if !closed.is_empty() {
                let (name, closed) = (side_name(side), closed.join(", "));
                return Err(RulesError(match self.language {
                    Language::Da => format!(
                        "{name}: brugeren må ikke oprette eller rette {closed}. Giv brugeren ret til det i {name}, eller \
                         vælg en retning, der ikke skriver dertil (sync.direction)."
                    ),
                    Language::En => format!(
                        "{name}: the user may neither make nor change {closed}. Give the user that right in {name}, or \
                         choose a direction that does not write there (sync.direction)."
                    ),
                }));
            }
        }
        Ok(())
    }
}

fn direction(settings: &Settings) -> Direction {
    let drift = if settings.sync.overwrite_drift { Drift::Overwrite } else { Drift::Keep };
    match settings.sync.direction {
        SyncDirection::CrmToDinero => Direction::OneWay { from: Side::Right, drift },
        SyncDirection::DineroToCrm => Direction::OneWay { from: Side::Left, drift },
        SyncDirection::Both { first: DataPriority::Crm } => {
            Direction::TwoWay { priority: Priority::Prefer(Side::Right) }
        }
        SyncDirection::Both { first: DataPriority::Dinero } => {
            Direction::TwoWay { priority: Priority::Prefer(Side::Left) }
        }
    }
}

/// What may be booked, sent and paid: nothing where Dinero is only read.
fn effects(settings: &Settings) -> Effects {
    if settings.sync.direction == SyncDirection::DineroToCrm {
        return Effects::default();
    }
    Effects {
        book: settings.invoices.book,
        send: settings.invoices.send,
        pay: settings.invoices.deposit_account.filter(|_| settings.invoices.payments),
    }
}

fn creates(direction: SyncDirection) -> Sides<bool> {
    match direction {
        SyncDirection::CrmToDinero => Sides::new(true, false),
        SyncDirection::DineroToCrm => Sides::new(false, true),
        SyncDirection::Both { .. } => Sides::new(true, true),
    }
}

impl Rules for ConfiguredRules {
    fn kinds(&self) -> Sides<Vec<Kind>> {
        field_mapping::kinds_of(&self.modules)
    }

    fn mapping(&self, schemas: &Sides<Schema>, checked: Option<&Checked>) -> Result<(Mapping, Vec<Held>), RulesError> {
        self.may_write(schemas)?;
        let source = match &self.mapping {
            Some(CustomMapping { file, text }) => field_mapping::Source::Custom { file, text },
            None => field_mapping::Source::Standard,
        };
        let (modules, variables) = (&self.modules, &self.variables);
        let resolved = resolve_checked(&source, modules, checked, schemas, self.direction, variables);
        resolved.map_err(|diagnostics| {
            let sentences: Vec<String> = diagnostics.iter().map(|it| it.say(self.language)).collect();
            RulesError(sentences.join("\n\n"))
        })
    }

    fn effects(&self) -> Effects {
        self.effects
    }

    fn policy(&self) -> Policy {
        let priority = match self.direction {
            Direction::TwoWay { priority } => Some(priority),
            Direction::OneWay { .. } => None,
        };
        Policy {
            priority,
            creates: self.creates,
            earlier_life: false,
            deletes: self.deletes,
            guards: Guards { creates: self.max_creates, ..Guards::default() },
        }
    }
}
