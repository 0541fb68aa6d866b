//! Systems that changed under their mapping: the field waits, the rest goes on.

use field_mapping::{Change, Checked, Held, Mapping, Source, changes, resolve, resolve_checked};
use sync_model::{FieldSpec, FieldType, Fields, KindSchema, Schema, Side, Sides, Value};

use crate::schemas::{BOTH, Style, modules, schemas, standard, variables};

fn checked() -> Checked {
    Checked::of(&standard(BOTH), &schemas("v840", Style::Slugs))
}

fn accounts(schemas: &mut Sides<Schema>) -> &mut KindSchema {
    schemas.right.kinds.get_mut("Accounts").expect("given")
}

fn spec<'s>(schemas: &'s mut Sides<Schema>, name: &str) -> &'s mut FieldSpec {
    accounts(schemas).fields.iter_mut().find(|spec| spec.name.as_str() == name).expect("given")
}

fn drifted(change: impl FnOnce(&mut Sides<Schema>)) -> (Mapping, Vec<Held>) {
    let mut today = schemas("v840", Style::Slugs);
    change(&mut today);
    resolve_checked(&Source::Standard, &modules(), Some(&checked()), &today, BOTH, &variables()).expect("given")
}

fn names(mapping: &Mapping) -> Vec<&str> {
    mapping.modules[0].entities[0].fields.iter().map(|field| field.name.as_str()).collect()
}

#[test]
fn without_a_change_nothing_waits() {
    let (mapping, held) = drifted(|_| {});
    assert_eq!((names(&mapping).len(), held), (10, Vec::new()));
    let first =
        resolve_checked(&Source::Standard, &modules(), None, &schemas("v840", Style::Slugs), BOTH, &variables());
    assert_eq!(names(&first.expect("given").0).len(), 10);
}

#[test]
fn a_field_that_changed_waits_with_its_cause_and_the_rest_goes_on() {
    type Do = fn(&mut Sides<Schema>);
    let table: [(&str, Do, &str, Option<&str>); 6] = [
        (
            "website",
            |it| accounts(it).fields.retain(|spec| spec.name.as_str() != "website"),
            "removed",
            Some("website"),
        ),
        ("website", |it| spec(it, "website").name = "cf_web".into(), "renamed", Some("website")),
        ("website", |it| spec(it, "website").ty = FieldType::Flag, "retyped", Some("website")),
        ("website", |it| spec(it, "website").writable = false, "read-only", Some("website")),
        ("employees", |it| spec(it, "employees").required = true, "mandatory", None),
        ("bill_city", |it| spec(it, "bill_city").max_chars = Some(5), "shorter", None),
    ];
    for (own, change, what, waits) in table {
        let (mapping, held) = drifted(change);
        let mut today = schemas("v840", Style::Slugs);
        change(&mut today);
        let told = changes(&checked(), &today);
        assert_eq!(told.len(), 1, "{what}");
        assert_eq!(told[0].field.as_str(), own);
        assert!(serde_json::to_string(&told[0].what).expect("given").contains(what), "{what}: {:?}", told[0].what);
        let held: Vec<_> = held.iter().map(|it| it.field.as_ref().map(|name| name.as_str().to_owned())).collect();
        match (waits, what) {
            (Some(field), _) => {
                assert_eq!(held, [Some(field.to_owned())], "{what}");
                assert!(!names(&mapping).contains(&field) && names(&mapping).len() == 9);
            }
            (None, "mandatory") => {
                assert_eq!(held, [None]);
                let born = mapping.modules[0].entities[0].birth(Side::Right, &given(&[("name", "Nordlys")]));
                assert_eq!(born.faults.len(), 1, "a new record lacks what it now needs");
            }
            (None, _) => {
                let entity = &mapping.modules[0].entities[0];
                let written = entity.render(Side::Right, &given(&[("city", "Aarhus C")]), &Fields::new());
                assert_eq!((held.len(), written.faults.len()), (0, 1), "today's limits hold");
            }
        }
    }
}

fn given(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().map(|(name, value)| (*name, Value::text(*value))).collect()
}

#[test]
fn a_lost_match_key_lets_nothing_new_be_made_and_the_meaning_stays() {
    let usual = standard(BOTH);
    let (mapping, held) = drifted(|it| accounts(it).fields.retain(|spec| spec.name.as_str() != "cf_cvr"));
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].text.da, "Accounts har ikke længere feltet `cf_cvr`; opret det igen, eller ret kortlægningen");
    let organisations = &mapping.modules[0];
    assert!(organisations.rules.iter().all(|rule| rule.name != "cvr"));
    assert_eq!(organisations.entities[0].makes, Sides::new(false, false));
    assert_eq!(mapping.modules[1].entities[0].makes, Sides::new(true, true), "contacts go on");
    assert_eq!(organisations.fingerprint, usual.modules[0].fingerprint, "p13: nothing settled is settled anew");
}

#[test]
fn a_choice_that_is_gone_holds_its_field() {
    let (mapping, held) = drifted(|it| {
        let products = it.right.kinds.get_mut("Products").expect("given");
        let unit = products.fields.iter_mut().find(|spec| spec.name.as_str() == "usageunit").expect("given");
        let FieldType::Choice(choices) = &mut unit.ty else { panic!("a list") };
        choices.retain(|choice| choice.value != "Hours");
    });
    assert_eq!(held[0].cause.what, Change::ChoicesGone { values: vec!["Hours".to_owned()] });
    assert_eq!(
        held[0].text.en,
        "the list `usageunit` of Products no longer has: Hours; add them again, or correct the mapping"
    );
    assert!(mapping.modules[2].entities[0].field("unit").is_none());
}

#[test]
fn a_custom_mapping_goes_on_where_it_would_be_refused_today() {
    let text = "[[entity]]\nmodule = \"organisations\"\ndinero = \"contact\"\ncrm = \"Accounts\"\nmakes = []\n\
                [[entity.field]]\nname = \"name\"\ndinero = \"Name\"\ncrm = \"accountname\"\n\
                [[entity.field]]\nname = \"att\"\ndinero = \"AttPerson\"\ncrm = \"ownership\"\n";
    let source = Source::Custom { file: "mapping.toml", text };
    let mut today = schemas("v840", Style::Slugs);
    accounts(&mut today).fields.retain(|spec| spec.name.as_str() != "ownership");
    assert!(resolve(&source, &modules(), &today, BOTH, &variables()).is_err());
    let (mapping, held) =
        resolve_checked(&source, &modules(), Some(&checked()), &today, BOTH, &variables()).expect("given");
    assert_eq!((names(&mapping), held.len()), (vec!["name"], 1));
    let mended = text.replace("ownership", "tickersymbol");
    let source = Source::Custom { file: "mapping.toml", text: &mended };
    let (mapping, held) =
        resolve_checked(&source, &modules(), Some(&checked()), &today, BOTH, &variables()).expect("given");
    assert_eq!((names(&mapping).len(), held.len()), (2, 0), "a mended mapping waits for nothing");
}

#[test]
fn a_module_that_the_custom_mapping_does_not_mention_waits_as_the_standard_does() {
    let text = "[[entity]]\nmodule = \"contacts\"\ndinero = \"contact\"\ncrm = \"Contacts\"\nmakes = []\n\
                [[entity.field]]\nname = \"name\"\ndinero = \"Name\"\ncrm = \"lastname\"\n";
    let source = Source::Custom { file: "mapping.toml", text };
    let mut today = schemas("v840", Style::Slugs);
    accounts(&mut today).fields.retain(|spec| spec.name.as_str() != "website");
    let (mapping, held) =
        resolve_checked(&source, &modules(), Some(&checked()), &today, BOTH, &variables()).expect("given");
    assert_eq!(held.len(), 1);
    assert!(!names(&mapping).contains(&"website"));
    let contacts = &mapping.modules[1];
    assert_eq!(contacts.entities[0].fields.len(), 1, "what was changed since is in force as it is written");
}

#[test]
fn a_mandatory_field_waits_until_the_mapping_gives_it() {
    let text = |constants: &str| {
        format!(
            "[[entity]]\nmodule = \"organisations\"\ndinero = \"contact\"\ncrm = \"Accounts\"\nmakes = [\"crm\"]\n{constants}\
             [[entity.field]]\nname = \"name\"\ndinero = \"Name\"\ncrm = \"accountname\"\n"
        )
    };
    let of = |text: &str, checked: Option<&Checked>, today: &Sides<Schema>| {
        let source = Source::Custom { file: "mapping.toml", text };
        resolve_checked(&source, &modules(), checked, today, BOTH, &variables())
    };
    let before = schemas("v840", Style::Slugs);
    let checked = Checked::of(&of(&text(""), None, &before).expect("given").0, &before);
    let mut today = before.clone();
    spec(&mut today, "employees").required = true;
    let (_, held) = of(&text(""), Some(&checked), &today).expect("given");
    assert_eq!(held.iter().map(|it| &it.cause.what).collect::<Vec<_>>(), [&Change::Mandatory]);
    let (_, held) = of(&text("constants.crm = { employees = 1 }\n"), Some(&checked), &today).expect("given");
    assert_eq!(held, Vec::new());
}

#[test]
fn what_was_checked_can_be_kept_and_has_a_fingerprint() {
    let checked = checked();
    let kept = serde_json::to_string(&checked).expect("given");
    assert_eq!(serde_json::from_str::<Checked>(&kept).expect("given"), checked);
    let mut other = checked.clone();
    accounts(&mut other.schemas).fields.reverse();
    assert_eq!(other.fingerprint(), checked.fingerprint(), "order is no meaning");
    spec(&mut other.schemas, "website").writable = false;
    assert_ne!(other.fingerprint(), checked.fingerprint());
}
