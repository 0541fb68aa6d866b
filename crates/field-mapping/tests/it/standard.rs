//! The standard mapping on the schemas of real installations.

use std::collections::BTreeSet;

use field_mapping::{Direction, EntityMapping, Mapping, Source, kinds_of, resolve, standard_text};
use sync_model::{FieldName, Kind, Record, Schema, Side, Sides};

use crate::schemas::{BOTH, Style, TO_DINERO, all_modules, dinero_model, modules, schemas, standard, variables};

fn own(entity: &EntityMapping, canonical: &str, side: Side) -> Vec<String> {
    let field = entity.field(canonical);
    field.map(|field| field.own_fields(side).map(ToString::to_string).collect()).unwrap_or_default()
}

fn entity<'m>(mapping: &'m Mapping, crm: &str) -> &'m EntityMapping {
    let mut entities = mapping.modules.iter().flat_map(|module| &module.entities);
    entities.find(|entity| entity.kinds.right.as_str() == crm).expect("given")
}

#[test]
fn it_loads_on_both_recorded_versions_and_finds_custom_fields_in_both_styles() {
    let table = [
        ("v730", Style::Numbers, "cf_853", "cf_855"),
        ("v730", Style::Slugs, "cf_cvr", "cf_ean"),
        ("v840", Style::Numbers, "cf_853", "cf_855"),
        ("v840", Style::Slugs, "cf_cvr", "cf_ean"),
    ];
    for (version, style, cvr, ean) in table {
        let mapping =
            resolve(&Source::Standard, &all_modules(), &schemas(version, style), BOTH, &variables()).expect("given");
        assert_eq!(mapping.notes, [], "{version} {style:?}");
        let accounts = entity(&mapping, "Accounts");
        assert_eq!(own(accounts, "cvr", Side::Right), [cvr], "{version} {style:?}");
        assert_eq!(own(accounts, "ean", Side::Right), [ean], "{version} {style:?}");
    }
}

#[test]
fn without_custom_fields_the_numbers_are_left_out_with_a_note() {
    let mapping =
        resolve(&Source::Standard, &modules(), &schemas("v840", Style::None), BOTH, &variables()).expect("given");
    let told: Vec<_> =
        mapping.notes.iter().map(|note| (note.field.clone().expect("given"), note.text.en.as_str())).collect();
    let en = "Accounts has no field for";
    assert_eq!(
        told,
        [
            (FieldName::new("cvr"), format!("{en} CVR; make one if it is to be kept in step").as_str()),
            (FieldName::new("ean"), format!("{en} EAN; make one if it is to be kept in step").as_str()),
        ]
    );
    assert!(entity(&mapping, "Accounts").field("cvr").is_none());
    let rules: Vec<&str> = mapping.modules[0].rules.iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!(rules, ["email", "name+phone", "name+postcode"], "rules over fields that are not there are gone");
}

/// The whole of the standard mapping on one recorded version.
fn whole(version: &str) -> Mapping {
    resolve(&Source::Standard, &all_modules(), &schemas(version, Style::Slugs), BOTH, &variables()).expect("given")
}

#[test]
fn every_field_of_both_sides_is_mapped_or_left_alone_for_a_reason() {
    let model = dinero_model();
    for version in ["v730", "v840"] {
        let (schemas, mapping) = (schemas(version, Style::Slugs), whole(version));
        assert_eq!(mapping.modules.len(), 4, "{version}");
        for entity in mapping.modules.iter().flat_map(|module| &module.entities) {
            let (left, right) = (entity.kinds.left.as_str(), entity.kinds.right.as_str());
            let halves = ["read", "write"].map(|half| model[left][half].as_array().expect("given").clone());
            let model = halves.into_iter().flatten().map(|name| FieldName::new(name.as_str().expect("given")));
            let described = schemas.right.kind(right).expect("given").fields.iter().map(|spec| spec.name.clone());
            for (side, names) in [(Side::Left, model.collect::<Vec<_>>()), (Side::Right, described.collect())] {
                let mapped = entity.fields.iter().flat_map(|field| field.own_fields(side));
                let named = entity.unmapped.iter().filter(|it| it.side == side).flat_map(|it| &it.fields);
                let covered: BTreeSet<&FieldName> = mapped.chain(named).collect();
                let forgotten: Vec<_> =
                    names.iter().filter(|it| !covered.contains(it) && it.as_str() != "cf_dinero_guid").collect();
                assert!(forgotten.is_empty(), "{version} {left} {right} {side}: {forgotten:?}");
            }
            assert!(entity.unmapped.iter().all(|it| !it.why.da.is_empty() && !it.why.en.is_empty()));
        }
    }
}

#[test]
fn invoices_are_mapped_where_both_systems_describe_them() {
    let mapping = whole("v840");
    let invoices = entity(&mapping, "Invoice");
    let names: Vec<&str> = invoices.fields.iter().map(|field| field.name.as_str()).collect();
    let wanted = "name customer date due lines currency comment address status paid number total";
    assert_eq!(names, wanted.split(' ').collect::<Vec<_>>());
    let status = |text: &str| {
        let own = [("State", sync_model::Value::text(text))].into_iter().collect();
        let values = invoices.project(Side::Left, &own).values;
        invoices.render(Side::Right, &values, &sync_model::Fields::new()).fields.get("invoicestatus").cloned()
    };
    assert_eq!(status("Overdue"), Some(sync_model::Value::text("Approved")));
    assert_eq!(status("Credited"), Some(sync_model::Value::text("Credit Invoice")));
    assert_eq!(status("Draft"), Some(sync_model::Value::Empty), "a draft says nothing of the CRM's status");
    let kinds = kinds_of(&["invoices".to_owned()]);
    assert_eq!(
        (kinds.left, kinds.right),
        (["credit-note", "invoice"].map(Kind::new).to_vec(), vec![Kind::new("Invoice")])
    );
    let mut schemas = schemas("v840", Style::Slugs);
    schemas.left.kinds.remove("invoice");
    schemas.left.kinds.remove("credit-note");
    let without = resolve(&Source::Standard, &all_modules(), &schemas, BOTH, &variables()).expect("given");
    assert_eq!((without.modules.len(), without.notes.len()), (3, 0));
}

#[test]
fn no_field_is_both_mapped_and_listed_as_unmapped() {
    for entity in whole("v840").modules.iter().flat_map(|module| &module.entities) {
        for unmapped in &entity.unmapped {
            for field in &entity.fields {
                let both = field.own_fields(unmapped.side).find(|name| unmapped.fields.contains(name));
                assert_eq!(both, None, "{}", entity.kinds.right);
            }
        }
    }
}

#[test]
fn modules_come_in_the_order_in_which_they_run_and_unknown_ones_are_left_out() {
    let wanted: Vec<String> = ["invoices", "products", "organisations"].map(str::to_owned).into();
    let schemas = schemas("v840", Style::Slugs);
    let mapping = resolve(&Source::Standard, &wanted, &schemas, BOTH, &variables()).expect("given");
    let names: Vec<&str> = mapping.modules.iter().map(|module| module.module.as_str()).collect();
    assert_eq!(names, ["organisations", "products", "invoices"]);
    let kinds = kinds_of(&wanted);
    assert_eq!(kinds.left, ["contact", "credit-note", "invoice", "product"].map(Kind::new));
    assert_eq!(kinds.right, ["Accounts", "Invoice", "Products", "Services"].map(Kind::new));
}

#[test]
fn a_product_of_dinero_becomes_a_product_and_a_service_of_the_crm_a_product() {
    let mapping = standard(BOTH);
    let products = mapping.modules.iter().find(|module| module.module.as_str() == "products").expect("given");
    let made = |side, from: &str| {
        let record = Record::new(Kind::new(from), "1".into(), sync_model::Fields::new());
        products.maker(side, &record).map(|it| it.kinds.get(side).to_string())
    };
    assert_eq!(made(Side::Right, "product").as_deref(), Some("Products"));
    assert_eq!(made(Side::Left, "Products").as_deref(), Some("product"));
    assert_eq!(made(Side::Left, "Services").as_deref(), Some("product"));
}

#[test]
fn p12_in_a_one_way_direction_every_field_is_one_way() {
    for module in standard(TO_DINERO).modules {
        for field in module.entities.iter().flat_map(|entity| &entity.fields) {
            assert_eq!(field.direction, Some(TO_DINERO), "{}", field.name);
        }
    }
}

#[test]
fn what_nobody_may_write_goes_one_way_with_a_note() {
    let mut schemas = schemas("v840", Style::Slugs);
    set(&mut schemas.right, "Accounts", "phone", |spec| spec.writable = false);
    let mapping = resolve(&Source::Standard, &modules(), &schemas, BOTH, &variables()).expect("given");
    let direction = entity(&mapping, "Accounts").field("phone").expect("given").direction;
    assert!(matches!(direction, Some(Direction::OneWay { from: Side::Right, .. })), "{direction:?}");
    assert_eq!(
        mapping.notes.iter().map(|note| note.text.en.as_str()).collect::<Vec<_>>(),
        ["`phone` can only be read"]
    );
}

#[test]
fn a_field_an_installation_lacks_or_holds_otherwise_is_left_out() {
    let mut schemas = schemas("v840", Style::Slugs);
    schemas.right.kinds.remove("Services");
    let accounts = schemas.right.kinds.get_mut("Accounts").expect("given");
    accounts.fields.retain(|spec| spec.name.as_str() != "website");
    set(&mut schemas.right, "Accounts", "cf_ean", |spec| spec.ty = sync_model::FieldType::Flag);
    let mapping = resolve(&Source::Standard, &modules(), &schemas, BOTH, &variables()).expect("given");
    let told: Vec<&str> = mapping.notes.iter().map(|note| note.text.da.as_str()).collect();
    assert_eq!(
        told,
        ["Accounts har intet felt `website`", "`cf_ean` er af en anden type", "Simply CRM har ikke Services"]
    );
}

#[test]
fn p13_fingerprints_follow_meaning_and_nothing_else() {
    let fingerprints = |mapping: &Mapping| -> Vec<String> {
        mapping.modules.iter().map(|module| module.fingerprint.to_string()).collect()
    };
    let usual = fingerprints(&standard(BOTH));
    assert_eq!(usual, fingerprints(&standard(TO_DINERO)), "a direction is no meaning");
    let text = standard_text(&modules());
    let schemas = schemas("v840", Style::Slugs);
    let load = |text: &str| {
        let source = Source::Custom { file: "mapping.toml", text };
        fingerprints(&resolve(&source, &modules(), &schemas, BOTH, &variables()).expect("given"))
    };
    assert_eq!(usual, load(&text), "the exported standard mapping is the standard mapping");
    let filtered = text.replace("filter.dinero = { IsPerson = false }", "filter.dinero = { IsPerson = true }");
    assert_ne!(filtered, text);
    assert_eq!(usual, load(&filtered), "a filter is no meaning");
    let otherwise = text.replace("crm = \"bill_city\"", "crm = \"ship_city\"");
    assert_ne!(usual, load(&otherwise), "another field is another meaning");
}

fn set(schema: &mut Schema, kind: &str, field: &str, change: impl FnOnce(&mut sync_model::FieldSpec)) {
    let kind = schema.kinds.get_mut(kind).expect("given");
    change(kind.fields.iter_mut().find(|spec| spec.name.as_str() == field).expect("given"));
}

#[test]
fn match_keys_forgive_spelling_and_nothing_else() {
    let mapping = standard(BOTH);
    let module = |name: &str| mapping.modules.iter().find(|module| module.module.as_str() == name).expect("given");
    let same = |name: &str, rule: &str, one: &[(&str, &str)], other: &[(&str, &str)]| {
        let module = module(name);
        let at = module.rules.iter().position(|it| it.name == rule).expect("given");
        let key = |values: &[(&str, &str)]| {
            let fields = values.iter().map(|(name, value)| (*name, sync_model::Value::text(*value))).collect();
            module.keys(&fields)[at].clone()
        };
        let links = module.rules[at].links_from();
        key(one).zip(key(other)).is_some_and(|(one, other)| one.likeness(&other, links) >= links)
    };
    let place = |name| [("name", name), ("postcode", "8000")];
    let table = [
        (place("Ærø Bådebyggeri A/S"), place("AEROE BAADEBYGGERI AS"), true),
        (place("Nordlys ApS"), place("Nordlys  aps."), true),
        (place("Nordlys ApS"), place("Nordlys A/S"), false),
        (place("Nordlys ApS"), place("Nordlys"), true),
        (place("Nordlys"), place("Nordlyst"), false),
        (place("Café Æblet"), place("Cafe Aeblet"), true),
        (place("★"), place("★"), false),
    ];
    for (one, other, expected) in table {
        assert_eq!(same("organisations", "name+postcode", &one, &other), expected, "{one:?} {other:?}");
    }
    assert!(!same("organisations", "email", &[("email", "ab@x.dk")], &[("email", "a.b@x.dk")]));
    assert!(!same("products", "number", &[("number", "A-1")], &[("number", "A1")]), "punctuation of a number counts");
    assert!(same("products", "number", &[("number", "a-1")], &[("number", "A-1")]));
    assert!(
        !same("organisations", "name+postcode", &[("name", "Nordlys")], &[("name", "Nordlys")]),
        "unknown postcode"
    );
}

#[test]
fn a_side_takes_only_what_fits_its_filter() {
    let mapping = standard(BOTH);
    let record = |fields: &[(&str, bool)]| {
        let fields = fields.iter().map(|(name, flag)| (*name, sync_model::Value::Flag(*flag))).collect();
        Record::new(Kind::new("contact"), sync_model::RecordId::new("1"), fields)
    };
    let taken = |fields: &[(&str, bool)]| -> Vec<String> {
        let record = record(fields);
        let takes = mapping.modules.iter().filter(|it| !it.entities_taking(Side::Left, &record).is_empty());
        takes.map(|module| module.module.to_string()).collect()
    };
    assert_eq!(taken(&[("IsPerson", false)]), ["organisations"]);
    assert_eq!(taken(&[("IsPerson", true)]), ["contacts"]);
    assert_eq!(taken(&[]), Vec::<String>::new(), "unknown fits no condition");
    let accounts = &mapping.modules[0];
    let kinds = Sides::new(Kind::new("contact"), Kind::new("Accounts"));
    assert!(accounts.entity_for(kinds.as_ref()).is_some());
}
