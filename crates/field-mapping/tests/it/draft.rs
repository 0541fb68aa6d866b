//! Mapping files changed by a program, and what people wrote in them.

use field_mapping::{Draft, DraftError, Precedence, Source, Travel, resolve, standard_files, standard_text};
use sync_model::Side;

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
    assert_eq!(gone, website);
    let source = Source::Custom { file: "mapping.toml", text: &after };
    // What is mapped now is still listed as unmapped; that is no mistake, the pair holds.
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
