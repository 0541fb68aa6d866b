//! A pair under test: two systems, a store, an engine, and the standard mapping between them.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::Duration;
use field_mapping::{Checked, Direction, Held, Mapping, Priority};
use reconcile::{Deletes, Guards, Policy};
use rust_decimal::Decimal;
use sync_model::{FieldName, FieldSpec, FieldType, Fields, Kind, KindSchema, PairId, Schema, Side, Sides, Value};
use sync_run::conformance::{Gated, MemoryStore};
use sync_run::{Engine, Order, Pace, Rules, RulesError, RunError, Summary, Unheard};

use crate::clock::{CountingGuids, VirtualClock};
use crate::fuse::{Blow, Fuse};
use crate::world::{System, SystemState};

/// The modules under test.
pub(crate) const MODULES: [&str; 1] = ["organisations"];

/// The rules of a pair under test.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TestRules {
    pub(crate) direction: Direction,
}

impl Rules for TestRules {
    fn kinds(&self) -> Sides<Vec<Kind>> {
        Sides::new(vec![Kind::new("contact")], vec![Kind::new("Accounts")])
    }

    fn mapping(&self, schemas: &Sides<Schema>, checked: Option<&Checked>) -> Result<(Mapping, Vec<Held>), RulesError> {
        let modules = MODULES.map(str::to_owned);
        let variables = BTreeMap::from([("sales_account".to_owned(), Value::Decimal(Decimal::from(1000)))]);
        let source = field_mapping::Source::Standard;
        field_mapping::resolve_checked(&source, &modules, checked, schemas, self.direction, &variables)
            .map_err(|diagnostics| RulesError(format!("{diagnostics:?}")))
    }

    fn policy(&self) -> Policy {
        match self.direction {
            Direction::OneWay { from, .. } => Policy {
                priority: None,
                creates: Sides::from_fn(|side| side != from),
                earlier_life: false,
                deletes: Deletes::Keep,
                guards: Guards::default(),
            },
            Direction::TwoWay { priority } => Policy {
                priority: Some(priority),
                creates: Sides::new(true, true),
                earlier_life: false,
                deletes: Deletes::Keep,
                guards: Guards::default(),
            },
        }
    }
}

/// A pair under test.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) systems: Sides<System>,
    pub(crate) memory: MemoryStore,
    pub(crate) fuse: Arc<Fuse>,
    pub(crate) rules: TestRules,
    pub(crate) guids: Arc<CountingGuids>,
    pub(crate) clock: Arc<VirtualClock>,
    pub(crate) batch: usize,
}

impl Pair {
    pub(crate) fn new(direction: Direction) -> Self {
        Self::shifted(direction, Duration::zero())
    }

    pub(crate) fn shifted(direction: Direction, shift: Duration) -> Self {
        let fuse = Arc::new(Fuse::default());
        let system = |side: Side| System {
            side,
            schema: if side == Side::Left { dinero_schema() } else { crm_schema() },
            state: Arc::new(std::sync::Mutex::new(SystemState::default())),
            fuse: Arc::clone(&fuse),
            page: 7,
        };
        Self {
            systems: Sides::from_fn(system),
            memory: MemoryStore::default(),
            fuse,
            rules: TestRules { direction },
            guids: Arc::new(CountingGuids::default()),
            clock: Arc::new(VirtualClock::shifted(shift)),
            batch: 4,
        }
    }

    pub(crate) fn two_way(prefer: Side) -> Self {
        Self::new(Direction::TwoWay { priority: Priority::Prefer(prefer) })
    }

    pub(crate) fn engine(&self) -> Engine {
        Engine {
            pair: PairId::new("test"),
            connectors: Sides::new(Arc::new(self.systems.left.clone()), Arc::new(self.systems.right.clone())),
            store: Arc::new(Gated { inner: self.memory.clone(), gate: self.fuse.clone() }),
            clock: self.clock.clone(),
            guids: self.guids.clone(),
            events: Arc::new(Unheard),
            pace: Pace { batch: self.batch, ..Pace::default() },
        }
    }

    pub(crate) async fn sync(&self) -> Result<Summary, RunError> {
        self.engine().sync(&self.rules, &Order::default()).await
    }

    /// Runs until the fuse is burnt down, and reports whether it was.
    pub(crate) async fn sync_until_killed(&self, edge: u64) -> bool {
        self.order_until_killed(edge, &self.rules, &Order::default()).await
    }

    /// Carries out `order` until the fuse is burnt down, and reports whether it was.
    pub(crate) async fn order_until_killed(&self, edge: u64, rules: &dyn Rules, order: &Order) -> bool {
        self.fuse.arm(edge, Blow::Kill);
        let engine = self.engine();
        let killed = tokio::select! {
            biased;
            () = self.fuse.blown() => true,
            result = engine.sync(rules, order) => {
                result.expect("without faults a run succeeds");
                false
            }
        };
        self.fuse.disarm();
        killed
    }

    /// How many requests changed a system.
    pub(crate) fn writes(&self) -> usize {
        self.systems.left.writes() + self.systems.right.writes()
    }

    /// Both sides' live records in canonical form, by what identifies them.
    pub(crate) fn canonical(&self) -> Sides<BTreeMap<String, Fields>> {
        let schemas = Sides::new(dinero_schema(), crm_schema());
        let (mapping, _) = self.rules.mapping(&schemas, None).unwrap();
        let entity = &mapping.modules[0].entities[0];
        Sides::from_fn(|side| {
            let live = self.systems.get(side).live();
            live.values()
                .map(|fields| {
                    let values = entity.project(side, fields).values;
                    (values.get("name").map(ToString::to_string).unwrap_or_default(), values)
                })
                .collect()
        })
    }
}

/// An organisation in Dinero.
pub(crate) fn contact(name: &str, street: &str, phone: &str, cvr: Option<&str>) -> Fields {
    let mut fields: Fields = dinero_schema().kinds[&Kind::new("contact")]
        .fields
        .iter()
        .map(|field| (field.name.clone(), Value::Empty))
        .collect();
    fields.set("IsPerson", Value::Flag(false));
    fields.set("Name", Value::text(name));
    fields.set("Street", Value::text(street));
    fields.set("Phone", Value::text(phone));
    fields.set("CountryKey", Value::text("DK"));
    fields.set("VatNumber", cvr.map_or(Value::Empty, Value::text));
    fields
}

/// An organisation in the CRM.
pub(crate) fn account(name: &str, street: &str, phone: &str, cvr: Option<&str>) -> Fields {
    let mut fields: Fields = crm_schema().kinds[&Kind::new("Accounts")]
        .fields
        .iter()
        .map(|field| (field.name.clone(), Value::Empty))
        .collect();
    fields.set("accountname", Value::text(name));
    fields.set("bill_street", Value::text(street));
    fields.set("phone", Value::text(phone));
    fields.set("bill_country", Value::text("Danmark"));
    fields.set("cf_cvr", cvr.map_or(Value::Empty, Value::text));
    fields
}

fn schema(kind: &str, names: &[(&str, FieldType, Option<u32>)]) -> Schema {
    let fields = names
        .iter()
        .map(|(name, ty, max_chars)| FieldSpec {
            name: FieldName::new(*name),
            label: (*name).to_owned(),
            ty: ty.clone(),
            required: false,
            writable: true,
            max_chars: *max_chars,
        })
        .collect();
    let kind = Kind::new(kind);
    let schema = KindSchema { kind: kind.clone(), label: kind.to_string(), fields };
    Schema { kinds: BTreeMap::from([(kind, schema)]) }
}

pub(crate) fn dinero_schema() -> Schema {
    let text = |name| (name, FieldType::Text, None);
    let flag = |name| (name, FieldType::Flag, None);
    schema(
        "contact",
        &[
            text("Name"),
            text("Street"),
            text("ZipCode"),
            text("City"),
            text("CountryKey"),
            text("Phone"),
            text("Email"),
            text("Webpage"),
            text("AttPerson"),
            text("VatNumber"),
            text("EanNumber"),
            text("ExternalReference"),
            flag("IsPerson"),
        ],
    )
}

pub(crate) fn crm_schema() -> Schema {
    let text = |name, most| (name, FieldType::Text, Some(most));
    schema(
        "Accounts",
        &[
            text("accountname", 100),
            text("account_no", 100),
            text("phone", 30),
            text("website", 100),
            text("email1", 100),
            text("bill_street", 250),
            text("bill_code", 30),
            text("bill_city", 30),
            text("bill_country", 30),
            ("cf_cvr", FieldType::Text, None),
            ("cf_ean", FieldType::Text, None),
        ],
    )
}
