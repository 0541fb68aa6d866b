//! Mapping files changed by a program, and what people wrote in them.

use field_mapping::{
    Condition, Constant, Draft, DraftError, Label, Own, Precedence, Source, Test, Translation, Travel, resolve,
    standard_files, standard_text,
};
use rust_decimal::Decimal;
use sync_model::{Side, Sides, Value};

use crate::schemas::{BOTH, Style, all_modules, modules, schemas, variables};

#[test]
fn what_is_not_touched_stays_to_the_letter() {
    let text = standard_text(&modules());
    assert_eq!(Draft::parse(&text).expect("TOML").to_string(), text);
    assert_eq!(Draft::standard(&modules()).to_string(), text);
    assert_eq!(standard_files().len(), 5);
    assert!(standard_files().iter().all(|(_, file)| standard_text(&all_modules()).contains(file)));
}

#[test]
fn changes_touch_one_line_each_and_still_load() {
    let before = standard_text(&modules());
    let mut draft = Draft::standard(&modules());
    draft.travel("Accounts", "phone", Travel::ToDinero).expect("there");
    draft.precedence("Accounts", "email", Precedence::First(Side::Left)).expect("there");
    draft.clearing("Accounts", "street", false).expect("there");
    draft.add("Accounts", "att", "AttPerson", "ownership", "line").expect("new");
    draft.remove("Accounts", "website").expect("there");
    let after = draft.to_string();
    let comments = |text: &str| text.lines().filter(|line| line.starts_with('#')).count();
    assert_eq!(comments(&after), comments(&before));
    let gone: Vec<&str> = before.lines().filter(|line| !after.lines().any(|it| it == *line)).collect();
    let website = [
        "name = \"website\"",
        "label = { da = \"Hjemmeside\", en = \"Website\" }",
        "dinero = \"Webpage\"",
        "crm = \"website\"",
        "translate = \"url\"",
    ];
    let left_alone =
        |line: &&str| line.contains("AttPerson") || line.contains("Att.-person") || line.contains("\"ownership\"");
    let (mapped, gone): (Vec<&str>, Vec<&str>) = gone.into_iter().partition(left_alone);
    assert_eq!((mapped.len(), gone), (3, website.to_vec()), "what is mapped is no longer left alone");
    let source = Source::Custom { file: "mapping.toml", text: &after };
    let mapping = resolve(&source, &modules(), &schemas("v840", Style::Slugs), BOTH, &variables()).expect("given");
    let fields = &mapping.modules[0].entities[0];
    assert!(fields.field("att").is_some() && fields.field("website").is_none());
    assert!(!fields.field("street").expect("there").clearing);
    let mut back = draft;
    back.travel("Accounts", "phone", Travel::Both).expect("there");
    back.precedence("Accounts", "email", Precedence::AsSet).expect("there");
    back.clearing("Accounts", "street", true).expect("there");
    back.remove("Accounts", "att").expect("there");
    assert!(!back.to_string().contains("direction") && !back.to_string().contains("dinero-first"));
}

#[test]
fn what_is_not_there_is_said() {
    let mut draft = Draft::standard(&modules());
    assert_eq!(draft.remove("Acounts", "phone"), Err(DraftError::NoEntity("Acounts".to_owned())));
    let field = |name: &str| ("Accounts".to_owned(), name.to_owned());
    let (entity, name) = field("fone");
    assert_eq!(draft.remove("Accounts", "fone"), Err(DraftError::NoField { entity, field: name }));
    let (entity, name) = field("phone");
    let twice = draft.add("Accounts", "phone", "Phone", "fax", "phone");
    assert_eq!(twice, Err(DraftError::SameName { entity, field: name }));
    assert!(matches!(Draft::parse("entity = "), Err(DraftError::NotToml(_))));
}

const CUSTOM: &str = r#"# ours
[[entity]]
module = "organisations"
dinero = "contact"
crm = "Accounts"
makes = ["crm"] # only there
filter.crm = { accounttype = "Customer" } # no partners

# strong
[[entity.match]]
name = "cvr"
fields = ["cvr"]
vetoes = true # always

# weak
[[entity.match]]
name = "name"
fields = ["name"]

# who
[[entity.field]]
name = "name"
dinero = "Name"
crm = "accountname" # never empty
clearing = false

[[entity.field]]
name = "cvr"
dinero = "VatNumber"
crm = "cf_cvr"
translate = "cvr"   # eight digits

[[entity.unmapped]]
side = "crm"
fields = [
    "fax", # gone
    "rating",
]
why = { da = "Ude", en = "Out" }
"#;

type Edit = fn(&mut Draft) -> Result<(), DraftError>;

const A: &str = "Accounts";

fn text(text: &str) -> Value {
    Value::text(text)
}

fn why() -> Label {
    Label { da: "Nej".to_owned(), en: "No".to_owned() }
}

fn of_entities() -> Vec<(&'static str, Edit)> {
    vec![
        ("a filter is changed", |it| {
            let kinds = Test::OneOf(vec![text("Customer"), text("Partner")]);
            it.filter(A, Side::Right, "accounttype", &[Condition::holds(kinds)])
        }),
        ("a filter more", |it| it.filter(A, Side::Right, "cf_cvr", &[Condition::fails(Test::Empty)])),
        ("a filter of the other side", |it| {
            it.filter(A, Side::Left, "IsPerson", &[Condition::holds(Test::OneOf(vec![Value::Flag(false)]))])
        }),
        ("bounds and what must not be", |it| {
            let ten = Test::AtLeast(Value::Decimal(Decimal::from(10)));
            let closed = Test::OneOf(vec![Value::Decimal(Decimal::from(13))]);
            it.filter(A, Side::Right, "employees", &[Condition::holds(ten), Condition::fails(closed)])
        }),
        ("parts of a text", |it| {
            let (begins, holds) = (Test::StartsWith("Ny".to_owned()), Test::Contains("test".to_owned()));
            it.filter(A, Side::Right, "accountname", &[Condition::fails(begins), Condition::fails(holds)])
        }),
        ("a filter less", |it| it.filter(A, Side::Right, "accounttype", &[])),
        ("a constant", |it| it.constant(A, Side::Left, "IsPerson", Some(&Constant::Value(Value::Flag(false))))),
        ("a constant from a setting", |it| {
            it.constant(A, Side::Left, "MemberNumber", Some(&Constant::Setting("sales_account".to_owned())))
        }),
        ("made nowhere", |it| it.makes(A, &Sides::new(false, false))),
        ("a rule is changed", |it| it.rule(A, "cvr", &["cvr", "name"], true)),
        ("a rule more", |it| it.rule(A, "both", &["name", "cvr"], false)),
        ("a rule less", |it| it.remove_rule(A, "name")),
        ("another order of rules", |it| it.strongest_rule(A, "name")),
        ("left alone", |it| it.leave(A, Side::Left, "Webpage", &why(), true)),
        ("one pair of kinds more", |it| {
            it.add_entity("contacts", "contact", "Contacts")?;
            it.makes("Contacts", &Sides::new(false, false))
        }),
        ("one pair of kinds less", |it| it.remove_entity(A)),
    ]
}

fn of_fields() -> Vec<(&'static str, Edit)> {
    vec![
        ("a pair more", |it| it.add(A, "fax", "AttPerson", "fax", "line")),
        ("a pair less", |it| {
            it.remove_rule(A, "cvr")?;
            it.remove(A, "cvr")
        }),
        ("another translation", |it| it.translate(A, "cvr", &Translation::Named("line".to_owned()))),
        ("at most", |it| it.translate(A, "cvr", &Translation::Most(10))),
        ("words by a table", |it| {
            let rows =
                vec![("A".to_owned(), vec!["x".to_owned(), "y".to_owned()]), ("B".to_owned(), vec!["z".to_owned()])];
            it.translate(A, "cvr", &Translation::Table(rows))
        }),
        ("an expression with its inverse", |it| {
            let (forward, inverse) = ("value".to_owned(), vec!["value".to_owned()]);
            it.translate(A, "cvr", &Translation::Expression { forward, inverse })
        }),
        ("cut, one way", |it| {
            it.translate(A, "cvr", &Translation::Cut(8))?;
            it.travel(A, "cvr", Travel::ToDinero)
        }),
        ("two own fields", |it| {
            it.own(A, "name", Side::Right, &Own::Named(vec!["accountname".to_owned(), "tickersymbol".to_owned()]))?;
            it.translate(A, "name", &Translation::Named("person".to_owned()))
        }),
        ("found by name or label", |it| {
            let (names, labels) = (vec!["cf_cvr".to_owned()], vec!["CVR".to_owned()]);
            it.own(A, "cvr", Side::Right, &Own::Find { names, labels })
        }),
        ("a default", |it| it.default_to(A, "name", Side::Left, Some(&text("Ukendt")))),
        ("a label", |it| it.label(A, "name", Some(&Label { da: "Navn".to_owned(), en: "Name".to_owned() }))),
        ("precedence", |it| it.precedence(A, "name", Precedence::Ask)),
        ("clearing", |it| it.clearing(A, "name", true)),
    ]
}

/// The lines that went and came, in their order.
fn difference(before: &str, after: &str) -> String {
    let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let same = before.iter().zip(&after).take_while(|(left, right)| left == right).count();
    let rest = before.len().min(after.len()) - same;
    let tail = before.iter().rev().zip(after.iter().rev()).take(rest).take_while(|(left, right)| left == right).count();
    let lines = |sign: &str, part: &[&str]| part.iter().map(|line| format!("{sign}{line}\n")).collect::<String>();
    lines("-", &before[same..before.len() - tail]) + &lines("+", &after[same..after.len() - tail])
}

#[test]
fn every_change_touches_only_its_lines_and_still_loads() {
    let mut golden = String::new();
    for (what, edit) in of_entities().into_iter().chain(of_fields()) {
        let mut draft = Draft::parse(CUSTOM).expect("TOML");
        edit(&mut draft).unwrap_or_else(|wrong| panic!("{what}: {wrong}"));
        let after = draft.to_string();
        golden.push_str(&format!("## {what}\n{}", difference(CUSTOM, &after)));
        let source = Source::Custom { file: "mapping.toml", text: &after };
        let loaded = resolve(&source, &modules(), &schemas("v840", Style::Slugs), BOTH, &variables());
        assert!(loaded.is_ok(), "{what}: {}", loaded.err().map(|told| told[0].in_english()).unwrap_or_default());
    }
    insta::assert_snapshot!(golden);
}

#[test]
fn what_a_file_cannot_say_is_refused() {
    let mut draft = Draft::parse(CUSTOM).expect("TOML");
    let twice = [Condition::holds(Test::Contains("a".to_owned())), Condition::holds(Test::Contains("b".to_owned()))];
    assert_eq!(draft.filter(A, Side::Right, "fax", &twice), Err(DraftError::SameCondition("contains")));
    let rows = Constant::Value(Value::Rows(Vec::new()));
    assert!(matches!(draft.constant(A, Side::Right, "fax", Some(&rows)), Err(DraftError::Unsayable(_))));
    assert_eq!(draft.add_entity("contacts", "contact", A), Err(DraftError::SameEntity(A.to_owned())));
    let (entity, rule) = (A.to_owned(), "ean".to_owned());
    assert_eq!(draft.remove_rule(A, "ean"), Err(DraftError::NoRule { entity, rule }));
    assert_eq!(draft.to_string(), CUSTOM, "what was refused changed nothing");
}

#[test]
fn other_spellings_of_the_same_file_are_changed_as_well() {
    let inline = "entity = [{ module = \"organisations\", dinero = \"contact\", crm = \"Accounts\", makes = [], \
                  filter = { crm = { accounttype = \"Customer\" } }, field = [{ name = \"name\", dinero = \"Name\", \
                  crm = \"accountname\" }] }]\n";
    let headed = "[[entity]]\nmodule = \"organisations\"\ndinero = \"contact\"\ncrm = \"Accounts\"\nmakes = []\n\n\
                  [entity.filter.crm]\naccounttype = \"Customer\"\n\n[[entity.field]]\nname = \"name\"\n\
                  dinero = \"Name\"\ncrm = \"accountname\"\n";
    for before in [inline, headed] {
        let mut draft = Draft::parse(before).expect("TOML");
        draft.filter(A, Side::Right, "cf_cvr", &[Condition::fails(Test::Empty)]).expect("there");
        draft.clearing(A, "name", false).expect("there");
        let after = draft.to_string();
        let source = Source::Custom { file: "mapping.toml", text: &after };
        let mapping = resolve(&source, &modules(), &schemas("v840", Style::Slugs), BOTH, &variables())
            .unwrap_or_else(|told| panic!("{after}\n{}", told[0].in_english()));
        let accounts = &mapping.modules[0].entities[0];
        assert!(accounts.filters.right.len() == 2 && !accounts.fields[0].clearing, "{after}");
    }
}
