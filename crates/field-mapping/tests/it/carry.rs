//! Records read and written through the standard mapping.

use field_mapping::{EntityMapping, FaultKind};
use rust_decimal::Decimal;
use sync_model::{Fields, Side, Value};

use crate::schemas::{BOTH, standard};

fn entity(crm: &str) -> EntityMapping {
    let mapping = standard(BOTH);
    let mut entities = mapping.modules.into_iter().flat_map(|module| module.entities);
    entities.find(|entity| entity.kinds.right.as_str() == crm).expect("given")
}

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().map(|(name, value)| (*name, Value::text(*value))).collect()
}

fn shown(fields: &Fields) -> Vec<String> {
    fields.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}={value}")).collect()
}

#[test]
fn both_sides_of_one_organisation_read_the_same() {
    let accounts = entity("Accounts");
    let dinero = fields(&[
        ("Name", "Nordlys ApS"),
        ("Street", "Havnegade 3\n2. sal"),
        ("ZipCode", "8000"),
        ("City", "Aarhus C"),
        ("CountryKey", "DK"),
        ("Phone", "+4586123456"),
        ("Email", "info@nordlys.dk"),
        ("Webpage", "nordlys.dk"),
        ("VatNumber", "10150817"),
        ("EanNumber", "5790000000005"),
    ]);
    let crm = fields(&[
        ("accountname", " Nordlys  ApS"),
        ("bill_street", "Havnegade 3\r\n2. sal "),
        ("bill_code", "8000"),
        ("bill_city", "Aarhus C"),
        ("bill_country", "Denmark"),
        ("phone", "86 12 34 56"),
        ("email1", "Info@Nordlys.dk"),
        ("website", "https://nordlys.dk/"),
        ("cf_cvr", "DK 10 15 08 17"),
        ("cf_ean", "5790 0000 0000 5"),
    ]);
    let left = accounts.project(Side::Left, &dinero);
    let right = accounts.project(Side::Right, &crm);
    assert_eq!(left, right);
    assert_eq!(left.values.len(), 10);
    for (side, own, other) in [(Side::Left, &dinero, &right), (Side::Right, &crm, &left)] {
        let kept = accounts.render(side, &other.values, own);
        assert_eq!((&kept.fields, kept.faults.len()), (own, 0), "p15: what means the same is left as it stands");
    }
}

#[test]
fn p11_what_is_not_shown_is_unknown() {
    let accounts = entity("Accounts");
    let seen = accounts.project(Side::Right, &fields(&[("accountname", "Nordlys"), ("phone", "")]));
    assert_eq!(shown(&seen.values), ["name=Nordlys"]);
    assert_eq!(seen.values.get("phone"), Some(&Value::Empty));
    assert_eq!(seen.values.get("email"), None);
    let contacts = entity("Contacts");
    let half = contacts.project(Side::Right, &fields(&[("lastname", "Hansen")]));
    assert_eq!(half.values.get("name"), None, "half a name is none");
}

#[test]
fn an_unreadable_number_is_a_fault_and_unknown() {
    let products = entity("Products");
    let seen = products.project(Side::Right, &fields(&[("unit_price", "1.234,56"), ("productname", "Kaffe")]));
    assert_eq!(seen.values.get("price"), None);
    let [fault] = seen.faults.as_slice() else { panic!("{:?}", seen.faults) };
    assert_eq!((fault.field.as_str(), fault.value.as_str()), ("price", "1.234,56"));
    assert_eq!(fault.own_field.as_ref().expect("given").as_str(), "unit_price");
}

#[test]
fn an_organisation_is_born_in_dinero_with_its_constants_and_defaults() {
    let accounts = entity("Accounts");
    let born = accounts.birth(Side::Left, &fields(&[("name", "Nordlys ApS"), ("cvr", "10150817")]));
    assert_eq!(born.faults, []);
    assert_eq!(shown(&born.fields), ["CountryKey=DK", "IsPerson=false", "Name=Nordlys ApS", "VatNumber=10150817"]);
    let defaulted = accounts.defaulted(Side::Left, &fields(&[("name", "Nordlys ApS")]));
    assert_eq!(defaulted, [("country".into(), Value::text("DK"))]);
    assert_eq!(accounts.defaulted(Side::Left, &fields(&[("country", "SE")])), []);
    assert_eq!(accounts.defaulted(Side::Right, &Fields::new()), []);
    assert_eq!(accounts.title(&fields(&[("name", "Nordlys ApS")])), "Nordlys ApS");
}

#[test]
fn products_are_born_with_what_each_side_needs() {
    let products = entity("Products");
    let mut values = fields(&[("name", "Kaffe"), ("number", "K-1"), ("unit", "hours")]);
    values.set("price", Value::Decimal(Decimal::new(12_345, 3)));
    let dinero = products.birth(Side::Left, &values);
    assert_eq!(dinero.faults, []);
    let expected =
        ["AccountNumber=1000", "BaseAmountValue=12.35", "Name=Kaffe", "ProductNumber=K-1", "Quantity=1", "Unit=hours"];
    assert_eq!(shown(&dinero.fields), expected);
    let crm = products.birth(Side::Right, &values);
    assert_eq!(crm.faults, []);
    let expected =
        ["discontinued=true", "productcode=K-1", "productname=Kaffe", "unit_price=12.345", "usageunit=Hours"];
    assert_eq!(shown(&crm.fields), expected);
}

#[test]
fn units_go_by_the_list_of_the_installation() {
    let products = entity("Products");
    let table = [
        ("parts", None, Some("Pieces")),
        ("parts", Some("Each"), Some("Each")),
        ("metre", None, Some("M")),
        ("package", Some("Each"), Some("Pack")),
        ("km", None, None),
    ];
    for (unit, current, expected) in table {
        let standing = current.map(|word| fields(&[("usageunit", word)])).unwrap_or_default();
        let written = products.render(Side::Right, &fields(&[("unit", unit)]), &standing);
        assert_eq!(written.fields.get("usageunit").and_then(Value::as_text), expected, "{unit} over {current:?}");
        let slight =
            written.faults.iter().all(|fault| fault.kind == FaultKind::NotAChoice && !fault.kind.holds_record());
        assert_eq!(written.faults.len(), usize::from(expected.is_none()));
        assert!(slight, "{:?}", written.faults);
    }
    let dozen = products.project(Side::Right, &fields(&[("usageunit", "Dozen")])).values;
    let changed = products.render(Side::Left, &dozen, &Fields::new());
    assert_eq!(changed.faults[0].kind, FaultKind::NoCounterpart);
    assert_eq!(products.defaulted(Side::Left, &dozen), [("unit".into(), Value::text("parts"))]);
}

#[test]
fn what_the_other_system_would_refuse_or_cut_is_held_with_the_field_named() {
    let accounts = entity("Accounts");
    let long = "Kongens ".repeat(10);
    let longer = long.repeat(2);
    let invalid = |expected: &str| FaultKind::Invalid { expected: expected.to_owned() };
    let table = [
        (Side::Left, vec![("name", "X"), ("cvr", "12345678")], "VatNumber", invalid("CVR-nr.")),
        (Side::Left, vec![("name", "X"), ("ean", "5790000000001")], "EanNumber", invalid("EAN-nr.")),
        (Side::Left, vec![("name", "X"), ("country", "Danmrak")], "CountryKey", invalid("land / country")),
        (Side::Left, vec![("cvr", "10150817")], "Name", FaultKind::Missing),
        (Side::Right, vec![("name", "X"), ("city", long.trim_end())], "bill_city", FaultKind::TooLong { max: 30 }),
        (Side::Right, vec![("name", longer.trim_end())], "accountname", FaultKind::TooLong { max: 100 }),
    ];
    for (side, values, own_field, kind) in table {
        let born = accounts.birth(side, &fields(&values));
        let [fault] = born.faults.as_slice() else { panic!("{values:?}: {:?}", born.faults) };
        assert_eq!((fault.own_field.as_ref().expect("given").as_str(), &fault.kind), (own_field, &kind));
        assert!(fault.kind.holds_record());
        if kind != FaultKind::Missing {
            let updated = accounts.render(side, &fields(&values), &Fields::new());
            assert_eq!(updated.faults, born.faults, "updates are checked like births");
        }
    }
}

#[test]
fn numbers_of_other_countries_are_not_danish_numbers() {
    let accounts = entity("Accounts");
    let abroad = fields(&[("name", "Nordljus AB"), ("country", "SE"), ("cvr", "12345678")]);
    assert_eq!(accounts.birth(Side::Left, &abroad).faults, []);
    let change = fields(&[("cvr", "12345678")]);
    let standing = |country| accounts.render(Side::Left, &change, &fields(&[("CountryKey", country)])).faults.len();
    assert_eq!((standing("SE"), standing("DK")), (0, 1));
}

#[test]
fn a_person_of_one_name_has_a_last_name() {
    let contacts = entity("Contacts");
    let born = contacts.birth(Side::Right, &fields(&[("name", "Prince")]));
    assert_eq!(born.faults, []);
    assert_eq!(shown(&born.fields), ["lastname=Prince"]);
    let nameless = contacts.birth(Side::Right, &fields(&[("email", "x@y.dk")]));
    assert_eq!(nameless.faults[0].kind, FaultKind::Missing);
    assert_eq!(nameless.faults[0].field.as_str(), "name");
    let renamed = contacts.render(
        Side::Right,
        &fields(&[("name", "Anne Bjørn Åkesson")]),
        &fields(&[("firstname", "Anne Bjørn"), ("lastname", "Åkesson")]),
    );
    assert_eq!(shown(&renamed.fields), ["firstname=Anne Bjørn", "lastname=Åkesson"]);
}

#[test]
fn clearing_empties_the_own_fields() {
    let contacts = entity("Contacts");
    let mut changes = Fields::new();
    changes.set("phone", Value::Empty);
    let cleared = contacts.render(Side::Right, &changes, &fields(&[("phone", "86 12 34 56")]));
    assert_eq!(cleared.fields.get("phone"), Some(&Value::Empty));
    assert_eq!(cleared.faults, []);
}
