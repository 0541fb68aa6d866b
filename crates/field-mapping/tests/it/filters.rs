//! Which records take part: every condition a filter can hold, on every kind of value, and none on what is not known.

use field_mapping::{Mapping, Source, resolve};
use rust_decimal::Decimal;
use sync_model::{FieldName, Fields, Kind, Record, RecordId, Side, Value};

use crate::schemas::{BOTH, Style, modules, schemas, variables};

fn filtered(filter: &str) -> Mapping {
    let text = format!(
        "[[entity]]\nmodule = \"organisations\"\ndinero = \"contact\"\ncrm = \"Accounts\"\nmakes = []\n\
         filter.crm = {{ {filter} }}\n[[entity.field]]\nname = \"name\"\ndinero = \"Name\"\ncrm = \"accountname\"\n"
    );
    let source = Source::Custom { file: "mapping.toml", text: &text };
    resolve(&source, &modules(), &schemas("v840", Style::Slugs), BOTH, &variables())
        .unwrap_or_else(|told| panic!("{filter}: {}", told[0]))
}

fn takes(filter: &str, field: &str, held: Option<Value>) -> bool {
    let fields: Fields = held.map(|value| (FieldName::new(field), value)).into_iter().collect();
    let record = Record::new(Kind::new("Accounts"), RecordId::new("11x1"), fields);
    filtered(filter).modules[0].entities[0].takes(Side::Right, &record)
}

#[test]
fn each_condition_takes_what_it_says() {
    let number = |number: i64| Value::Decimal(Decimal::from(number));
    let (cvr, customer, partner) = (Value::text("10150817"), Value::text("Customer"), Value::text("Partner"));
    let table = [
        ("cf_cvr = { is = 'set' }", "cf_cvr", vec![cvr.clone()], vec![Value::Empty]),
        ("cf_cvr = { is = 'empty' }", "cf_cvr", vec![Value::Empty], vec![cvr.clone()]),
        ("cf_cvr = { not = '' }", "cf_cvr", vec![cvr.clone()], vec![Value::Empty]),
        ("cf_cvr = { not = { is = 'empty' } }", "cf_cvr", vec![cvr], vec![Value::Empty]),
        ("accounttype = 'Customer'", "accounttype", vec![customer.clone()], vec![partner.clone(), Value::Empty]),
        (
            "accounttype = ['Customer', 'Partner']",
            "accounttype",
            vec![customer.clone(), partner.clone()],
            vec![Value::text("Press"), Value::Empty],
        ),
        ("accounttype = { not = ['Customer', 'Press'] }", "accounttype", vec![partner, Value::Empty], vec![customer]),
        (
            "accountname = { contains = 'APS' }",
            "accountname",
            vec![Value::text("Nordlys ApS"), Value::text("aps")],
            vec![Value::text("Nordlys A/S"), Value::Empty],
        ),
        (
            "accountname = { contains = 'a/s' }",
            "accountname",
            vec![Value::text("Havn A/S")],
            vec![Value::text("Lasse")],
        ),
        (
            "accountname = { starts-with = 'ÆRØ', not = { contains = 'lukket' } }",
            "accountname",
            vec![Value::text("Ærø Både")],
            vec![Value::text("Ærø Både (LUKKET)"), Value::text("Ny Ærø")],
        ),
        ("employees = 5", "employees", vec![number(5)], vec![number(6)]),
        (
            "employees = { at-least = 10, at-most = 50 }",
            "employees",
            vec![number(10), number(50)],
            vec![number(9), number(51), Value::Empty],
        ),
        ("employees = { not = { at-least = 10 } }", "employees", vec![number(9), Value::Empty], vec![number(10)]),
    ];
    for (filter, field, taken, left) in table {
        for value in taken {
            assert!(takes(filter, field, Some(value.clone())), "{filter} takes {value:?}");
        }
        for value in left {
            assert!(!takes(filter, field, Some(value.clone())), "{filter} leaves {value:?}");
        }
        assert!(!takes(filter, field, None), "{filter}: what was not returned fits no condition");
    }
}
