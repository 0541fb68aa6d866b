//! Custom mappings that are in order, and what they change.

use field_mapping::{Direction, Drift, EntityMapping, Priority, Source, resolve};
use sync_model::{Kind, Record, RecordId, Side, Value};

use crate::schemas::{BOTH, Style, TO_DINERO, modules, schemas, variables};

fn load(text: &str, direction: Direction) -> field_mapping::Mapping {
    let source = Source::Custom { file: "mapping.toml", text };
    resolve(&source, &modules(), &schemas("v840", Style::Slugs), direction, &variables())
        .unwrap_or_else(|told| panic!("{}", told.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

const ORGANISATIONS: &str = r#"
[[entity]]
module = "organisations"
dinero = "contact"
crm = "Accounts"
makes = ["dinero"]
filter.dinero = { IsPerson = false }
filter.crm = { accounttype = "Customer", cf_cvr = { not = "" } }
constants.dinero = { IsPerson = false, PaymentConditionType = "Netto", PaymentConditionNumberOfDays = 14 }

[[entity.match]]
name = "cvr"
fields = ["cvr"]
vetoes = true

[[entity.field]]
name = "name"
dinero = "Name"
crm = "accountname"
clearing = false

[[entity.field]]
name = "country"
dinero = "CountryKey"
crm = "bill_country"
translate = "country"
default = { dinero = "Sverige" }

[[entity.field]]
name = "cvr"
dinero = "VatNumber"
crm = "cf_cvr"
translate = "cvr"
direction = "to-dinero"

[[entity.field]]
name = "phone"
dinero = "Phone"
crm = "otherphone"
translate = "phone"
direction = "to-crm"

[[entity.field]]
name = "email"
dinero = "Email"
crm = "email1"
translate = "email"
priority = "ask"

[[entity.field]]
name = "reference"
dinero = "AttPerson"
crm = "tickersymbol"
direction = "create-only"

[[entity.field]]
name = "branch"
dinero = "CompanyTypeKey"
crm = "ownership"
translate = { table = { PublicLimitedCompany = ["Aktieselskab", "A/S"], PrivateLimitedCompany = "Anpartsselskab" } }

[[entity.unmapped]]
side = "dinero"
fields = ["IsMember", "UseCvr"]
filled = true
why = { da = "Sættes af forbindelsen.", en = "Set by the connection." }
"#;

fn accounts(direction: Direction) -> EntityMapping {
    load(ORGANISATIONS, direction).modules.remove(0).entities.remove(0)
}

fn direction_of(run: Direction, field: &str) -> Option<Direction> {
    accounts(run).field(field).expect("given").direction
}

#[test]
fn fields_have_their_own_direction_and_priority() {
    let one_way = |from| Some(Direction::OneWay { from, drift: Drift::Keep });
    let to_crm = Direction::OneWay { from: Side::Left, drift: Drift::Overwrite };
    let table = [
        (BOTH, "name", Some(BOTH)),
        (BOTH, "cvr", one_way(Side::Right)),
        (BOTH, "phone", one_way(Side::Left)),
        (BOTH, "email", Some(Direction::TwoWay { priority: Priority::Ask })),
        (TO_DINERO, "name", Some(TO_DINERO)),
        (TO_DINERO, "cvr", Some(TO_DINERO)),
        (TO_DINERO, "phone", None),
        (TO_DINERO, "email", Some(TO_DINERO)),
        (to_crm, "cvr", None),
        (to_crm, "phone", Some(to_crm)),
    ];
    for (run, field, expected) in table {
        assert_eq!(direction_of(run, field), expected, "{field} in {run:?}");
    }
    assert!(accounts(BOTH).field("reference").expect("given").create_only);
}

#[test]
fn filters_constants_defaults_and_tables_are_data() {
    let accounts = accounts(BOTH);
    let record = |cvr: &str| {
        let fields = [("accounttype", Value::text("Customer")), ("cf_cvr", Value::text(cvr))].into_iter().collect();
        Record::new(Kind::new("Accounts"), RecordId::new("11x1"), fields)
    };
    assert!(accounts.takes(Side::Right, &record("10150817")));
    assert!(!accounts.takes(Side::Right, &record("")));
    let values = [("name", Value::text("Nordlys")), ("branch", Value::text("PublicLimitedCompany"))];
    let born = accounts.birth(Side::Left, &values.clone().into_iter().collect());
    assert_eq!(born.faults, []);
    let shown = |name: &str| born.fields.get(name).map(ToString::to_string).unwrap_or_default();
    assert_eq!((shown("CountryKey"), shown("PaymentConditionNumberOfDays")), ("SE".to_owned(), "14".to_owned()));
    let written = accounts.render(Side::Right, &values.into_iter().collect(), &sync_model::Fields::new());
    assert_eq!(written.fields.get("ownership"), Some(&Value::text("Aktieselskab")));
    let as_it_stands = [("ownership", Value::text("a/s"))].into_iter().collect();
    assert_eq!(
        accounts.project(Side::Right, &as_it_stands).values.get("branch"),
        Some(&Value::text("PublicLimitedCompany"))
    );
    let contact = |person: bool| {
        let fields = [("IsPerson", Value::Flag(person))].into_iter().collect();
        Record::new(Kind::new("contact"), RecordId::new("g1"), fields)
    };
    assert!(accounts.takes(Side::Left, &contact(false)) && !accounts.takes(Side::Left, &contact(true)));
    assert_eq!(born.fields.get("IsPerson"), Some(&Value::Flag(false)), "what a new record needs is a constant");
    let nameless = accounts.birth(Side::Left, &sync_model::Fields::new());
    assert_eq!(nameless.faults.iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>(), ["name"]);
    assert!(!accounts.field("name").expect("given").clearing && accounts.field("email").expect("given").clearing);
    assert!(!accounts.makes.right, "new records of the CRM are not made");
}

#[test]
fn a_module_the_file_does_not_mention_keeps_the_standard_mapping() {
    let mapping = load(ORGANISATIONS, BOTH);
    let names: Vec<&str> = mapping.modules.iter().map(|module| module.module.as_str()).collect();
    assert_eq!(names, ["organisations", "contacts", "products"]);
    assert_eq!(mapping.modules[0].entities[0].fields.len(), 7);
    assert_eq!(mapping.modules[0].rules.len(), 1);
    assert_eq!(mapping.modules[2].entities.len(), 2);
}

#[test]
fn an_empty_file_is_the_standard_mapping() {
    assert_eq!(load("# nothing yet\n", BOTH).modules.len(), 3);
}

/// The lens that `translate` holds, for a pair of texts.
pub(crate) fn lens_of(translate: &str) -> field_mapping::Lens {
    let text = format!(
        "[[entity]]\nmodule = \"organisations\"\ndinero = \"contact\"\ncrm = \"Accounts\"\nmakes = []\n\
         [[entity.field]]\nname = \"it\"\ndinero = \"AttPerson\"\ncrm = \"ownership\"\ntranslate = {translate}\n"
    );
    load(&text, BOTH).modules[0].entities[0].field("it").expect("given").lens().clone()
}

#[test]
fn expressions_join_split_choose_look_up_and_default() {
    let table = [
        ("value | upper", "Ærø", "ÆRØ"),
        ("value | split(',') | last", "Jensen, Ole", "Ole"),
        ("value | split(',') | join(' - ')", "a, b,, c", "a - b - c"),
        ("'privat' if 'P' in value else 'firma'", "P1", "privat"),
        ("{'a': 'x', 'b': 'y'}[value]", "b", "y"),
        ("{'a': 'x'}[value] | default('z')", "q", "z"),
        ("value | replace('.', ',')", "1234.50", "1234,50"),
        ("value | length", "æøå", "3"),
        ("value | title", "ole JENSEN", "Ole Jensen"),
        ("AttPerson ~ ' (att.)'", "Ole", "Ole (att.)"),
    ];
    for (expression, own, expected) in table {
        let lens = lens_to_crm(&format!("{{ expression = \"{expression}\" }}"));
        let value = lens.read(Side::Left, &[&Value::text(own)]);
        assert_eq!(value, Ok(Value::text(expected)), "{expression}");
        assert_eq!(lens.read(Side::Left, &[&Value::Empty]), Ok(Value::Empty), "nothing in, nothing out");
    }
    let fault = |expression: &str, own: &str| {
        let lens = lens_to_crm(&format!("{{ expression = \"{expression}\" }}"));
        lens.read(Side::Left, &[&Value::text(own)]).is_err()
    };
    assert!(fault("{'a': 'x'}[value]", "q"), "a look-up without an answer is a fault, not an empty text");
    assert!(
        fault(&format!("value{}", " | replace('a', 'aaaaaaaaaa')".repeat(20)), "aaaa"),
        "texts do not grow for ever"
    );
    assert!(fault("value + 1", "1"), "text is no number");
}

fn lens_to_crm(translate: &str) -> field_mapping::Lens {
    lens_of(&format!("{translate}\ndirection = \"to-crm\""))
}
