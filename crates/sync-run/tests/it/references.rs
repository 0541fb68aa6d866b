//! P30: what refers to another record is made only when that one is linked. Invoices refer to organisations here, by a
//! custom mapping, and organisations to their parents.

use std::collections::{BTreeMap, BTreeSet};

use field_mapping::{Checked, Direction, Held, Mapping, Priority, Source};
use proptest::prelude::*;
use reconcile::{Deletes, Guards, Matter, Policy};
use sync_model::{FieldName, FieldSpec, FieldType, Fields, Kind, KindSchema, RecordKey, Schema, Side, Sides, Value};
use sync_run::{Order, Rules, RulesError, RunError, Summary};

use crate::pair::Pair;
use crate::properties::on_virtual_time;
use crate::world::{Request, WriteFault};

const INVOICES_BY_ORGANISATION: &str = r#"
[[entity]]
module = "invoices"
dinero = "invoice"
crm = "Invoice"
[[entity.field]]
name = "name"
dinero = "Name"
crm = "name"
translate = "line"
[[entity.field]]
name = "customer"
dinero = "Parent"
crm = "parent"
translate = "reference"

[[entity]]
module = "organisations"
dinero = "contact"
crm = "Accounts"
[[entity.field]]
name = "name"
dinero = "Name"
crm = "name"
translate = "line"
[[entity.field]]
name = "parent"
dinero = "Parent"
crm = "parent"
translate = "reference"
"#;

/// The kinds of each side, and what their field for another record refers to.
fn schemas(organisations_refer_to: Sides<&str>) -> Sides<Schema> {
    let kind = |name: &str, names: [&str; 2], to: &str| {
        let field = |name: &str, ty: FieldType| FieldSpec {
            name: FieldName::new(name),
            label: name.to_owned(),
            ty,
            required: false,
            writable: true,
            max_chars: None,
        };
        let fields = vec![field(names[0], FieldType::Text), field(names[1], FieldType::Reference(vec![Kind::new(to)]))];
        (Kind::new(name), KindSchema { kind: Kind::new(name), label: name.to_owned(), fields })
    };
    let of = |names, invoice, organisation, to| Schema {
        kinds: BTreeMap::from([kind(invoice, names, organisation), kind(organisation, names, to)]),
    };
    Sides::new(
        of(["Name", "Parent"], "invoice", "contact", organisations_refer_to.left),
        of(["name", "parent"], "Invoice", "Accounts", organisations_refer_to.right),
    )
}

struct ReferringRules;

impl Rules for ReferringRules {
    fn kinds(&self) -> Sides<Vec<Kind>> {
        let kinds = |names: [&str; 2]| names.map(Kind::new).to_vec();
        Sides::new(kinds(["contact", "invoice"]), kinds(["Accounts", "Invoice"]))
    }

    fn mapping(&self, schemas: &Sides<Schema>, checked: Option<&Checked>) -> Result<(Mapping, Vec<Held>), RulesError> {
        let source = Source::Custom { file: "mapping.toml", text: INVOICES_BY_ORGANISATION };
        let modules = ["invoices", "organisations"].map(str::to_owned);
        let direction = Direction::TwoWay { priority: Priority::Prefer(Side::Right) };
        field_mapping::resolve_checked(&source, &modules, checked, schemas, direction, &BTreeMap::new())
            .map_err(|diagnostics| RulesError(format!("{diagnostics:?}")))
    }

    fn policy(&self) -> Policy {
        let priority = Some(Priority::Prefer(Side::Right));
        Policy {
            priority,
            creates: Sides::new(true, true),
            earlier_life: false,
            deletes: Deletes::Keep,
            guards: Guards::default(),
        }
    }
}

const KINDS: Sides<[&str; 2]> = Sides { left: ["contact", "invoice"], right: ["Accounts", "Invoice"] };
const FIELDS: Sides<[&str; 2]> = Sides { left: ["Name", "Parent"], right: ["name", "parent"] };

/// Records of one side: organisations, each perhaps below an earlier one, and invoices to some of them.
#[derive(Debug, Clone)]
struct Books {
    organisations: Vec<Option<prop::sample::Index>>,
    invoices: Vec<Option<prop::sample::Index>>,
    /// Whether the last organisation is one that the other side refuses: it has no name.
    nameless: bool,
}

fn books() -> impl Strategy<Value = Books> {
    let to = || prop::option::of(any::<prop::sample::Index>());
    let some = || prop::collection::vec(to(), 0..6);
    (some(), some(), any::<bool>()).prop_map(|(organisations, invoices, nameless)| Books {
        organisations,
        invoices,
        nameless,
    })
}

fn lay_out(pair: &Pair, side: Side, books: &Books) {
    let system = pair.systems.get(side);
    let ([organisation, invoice], [name, parent]) = (KINDS.get(side), FIELDS.get(side));
    let id = |kind: usize, nth: usize| match side {
        Side::Left => format!("00000000-0000-0000-{kind:04}-{nth:012}"),
        Side::Right => format!("{kind}x{nth}"),
    };
    let mut made: Vec<RecordKey> = Vec::new();
    let record = |title: String, to: Option<&RecordKey>| -> Fields {
        let to = to.map_or(Value::Empty, |key| Value::Reference(key.clone()));
        [(*name, Value::text(title)), (*parent, to)].into_iter().collect()
    };
    let pick = |made: &[RecordKey], to: Option<prop::sample::Index>| {
        to.filter(|_| !made.is_empty()).map(|index| index.get(made).clone())
    };
    for (nth, to) in books.organisations.iter().enumerate() {
        let title = format!("{side} organisation {nth}");
        let nameless = books.nameless && nth + 1 == books.organisations.len();
        let to = pick(&made, *to);
        made.push(system.put(
            organisation,
            &id(1, nth),
            record(if nameless { String::new() } else { title }, to.as_ref()),
        ));
    }
    for (nth, to) in books.invoices.iter().enumerate() {
        let to = pick(&made, *to);
        system.put(invoice, &id(2, nth), record(format!("{side} invoice {nth}"), to.as_ref()));
    }
}

/// Two systems whose organisations and invoices refer to organisations.
fn world_of_references() -> Pair {
    let mut pair = Pair::two_way(Side::Right);
    let schemas = schemas(Sides::new("contact", "Accounts"));
    pair.systems.left.schema = schemas.left;
    pair.systems.right.schema = schemas.right;
    pair
}

async fn sync(pair: &Pair) -> Result<Summary, RunError> {
    pair.engine().sync(&ReferringRules, &Order::default()).await
}

/// At every prefix of the request log: whatever a new record refers to was there before.
fn assert_in_order(pair: &Pair, before: &Sides<BTreeSet<RecordKey>>) {
    for side in Side::BOTH {
        let state = pair.systems.get(side).state();
        let mut there = before.get(side).clone();
        for request in &state.log {
            let Request::Create(key, _) = request else { continue };
            let fields = &state.records[key].fields;
            if let Some(Value::Reference(to)) = fields.get(FIELDS.get(side)[1]) {
                assert!(there.contains(to), "{key} was made before {to}");
            }
            there.insert(key.clone());
        }
    }
}

/// A record as its title and the title of what it refers to.
fn told(pair: &Pair, side: Side) -> BTreeSet<(String, String)> {
    let live = pair.systems.get(side).live();
    let [name, parent] = FIELDS.get(side);
    let title = |fields: &Fields| fields.get(name).map(ToString::to_string).unwrap_or_default();
    let of = |fields: &Fields| match fields.get(parent) {
        Some(Value::Reference(to)) => live.get(to).map(&title).unwrap_or_default(),
        _ => String::new(),
    };
    live.values().map(|fields| (title(fields), of(fields))).collect()
}

fn faults() -> impl Strategy<Value = Vec<Option<WriteFault>>> {
    let fault = prop_oneof![Just(WriteFault::LostBefore), Just(WriteFault::LostAfter), Just(WriteFault::Refused)];
    prop::collection::vec(prop::option::weighted(0.3, fault), 0..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn p30_nothing_is_made_before_what_it_refers_to(left in books(), right in books(), bad in faults()) {
        on_virtual_time(async {
            let mut pair = Pair::two_way(Side::Right);
            let schemas = schemas(Sides::new("contact", "Accounts"));
            pair.systems.left.schema = schemas.left;
            pair.systems.right.schema = schemas.right;
            lay_out(&pair, Side::Left, &left);
            lay_out(&pair, Side::Right, &right);
            let before = Sides::from_fn(|side| pair.systems.get(side).live().into_keys().collect());
            pair.systems.left.state().faults = bad.clone();
            sync(&pair).await.unwrap();
            assert_in_order(&pair, &before);
            // On a quiet day whatever was refused or lost is made, and what waited for it.
            for side in Side::BOTH { pair.systems.get(side).state().faults.clear(); }
            for _ in 0..2 { sync(&pair).await.unwrap(); }
            assert_in_order(&pair, &before);
            assert_eq!(told(&pair, Side::Left), told(&pair, Side::Right));
        });
    }
}

#[test]
fn p30_what_refers_to_a_record_that_stays_behind_waits_and_says_for_whom() {
    on_virtual_time(async {
        let mut pair = Pair::two_way(Side::Right);
        let schemas = schemas(Sides::new("contact", "Accounts"));
        pair.systems.left.schema = schemas.left;
        pair.systems.right.schema = schemas.right;
        let books = Books { organisations: vec![None], invoices: vec![None], nameless: false };
        lay_out(&pair, Side::Right, &books);
        let gone = RecordKey::new("Accounts", "1x999");
        let invoice = RecordKey::new("Invoice", "2x0");
        pair.systems.right.edit(&invoice, |fields| fields.set("parent", Value::Reference(gone.clone())));
        let summary = sync(&pair).await.unwrap();
        let matters: Vec<&Matter> = summary.findings.iter().map(|(_, finding)| &finding.matter).collect();
        assert_eq!(matters, [&Matter::Needs { records: vec![(Side::Right, gone)] }]);
        assert_eq!(pair.systems.left.live().len(), 1, "the organisation went on without it");
    });
}

#[test]
fn p30_modules_that_refer_to_each_other_in_a_circle_are_refused() {
    on_virtual_time(async {
        let mut pair = Pair::two_way(Side::Right);
        let schemas = schemas(Sides::new("invoice", "Invoice"));
        pair.systems.left.schema = schemas.left;
        pair.systems.right.schema = schemas.right;
        let error = sync(&pair).await.unwrap_err();
        assert!(error.to_string().contains("in a circle: organisations, invoices"), "{error}");
        assert_eq!(pair.systems.left.writes() + pair.systems.right.writes(), 0);
    });
}

#[test]
fn p17_one_record_brings_what_it_refers_to_and_nothing_else() {
    on_virtual_time(async {
        let pair = world_of_references();
        let put = |kind: &str, id: &str, name: &str, parent: Option<&RecordKey>| {
            let parent = parent.map_or(Value::Empty, |key| Value::Reference(key.clone()));
            let fields = [("name", Value::text(name)), ("parent", parent)].into_iter().collect();
            pair.systems.right.put(kind, id, fields)
        };
        let top = put("Accounts", "1x1", "Øverst", None);
        let below = put("Accounts", "1x2", "Nedenunder", Some(&top));
        let invoice = put("Invoice", "2x1", "Faktura 1", Some(&below));
        put("Accounts", "1x3", "En anden", None);
        put("Invoice", "2x2", "Faktura 2", Some(&top));
        let order =
            Order { modules: vec!["invoices".into()], record: Some((Side::Right, invoice)), ..Order::default() };
        let summary = pair.engine().sync(&ReferringRules, &order).await.unwrap();
        assert_eq!((summary.created.left, summary.held()), (3, 0), "{:?}", summary.findings);
        let made: Vec<String> = pair
            .systems
            .left
            .live()
            .values()
            .filter_map(|fields| fields.get("Name").and_then(Value::as_text).map(str::to_owned))
            .collect();
        assert!(["Øverst", "Nedenunder", "Faktura 1"].iter().all(|name| made.iter().any(|it| it == name)), "{made:?}");
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn p17_all_records_one_by_one_end_like_one_run(left in books(), right in books(), backwards: bool) {
        on_virtual_time(async {
            let (bulk, single) = (world_of_references(), world_of_references());
            for pair in [&bulk, &single] {
                lay_out(pair, Side::Left, &left);
                lay_out(pair, Side::Right, &right);
            }
            bulk.engine().sync(&ReferringRules, &Order::default()).await.unwrap();
            let mut records: Vec<(Side, RecordKey)> = Side::BOTH
                .into_iter()
                .flat_map(|side| single.systems.get(side).live().into_keys().map(move |key| (side, key)))
                .collect();
            if backwards {
                records.reverse();
            }
            for record in records {
                let order = Order { record: Some(record), ..Order::default() };
                single.engine().sync(&ReferringRules, &order).await.unwrap();
            }
            for side in Side::BOTH {
                assert_eq!(told(&bulk, side), told(&single, side), "{side}");
            }
        });
    }
}
